/* SPDX-License-Identifier: Apache-2.0 */
/* Makes tar archives, header by header. */
#ifndef LICENSEFS_TESTS_TAR_H
#define LICENSEFS_TESTS_TAR_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/buffer.h>

/* The archive that is being made. */
static struct lic_buf tar = LIC_BUF_INIT(64u << 20);

struct header {
	const char *name;
	char type;	    /* 0: '0' */
	const char *prefix; /* not with `gnu` or `v7` */
	uint64_t n;
	bool gnu, v7, base256, signed_sum;
};

static void put_octal(uint8_t *p, size_t n, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*llo", (int)n - 1, (unsigned long long)v);
	memcpy(p, text, n - 1);
}

static void put_checksum(uint8_t *b, bool is_signed)
{
	int64_t sum = 0;

	memset(b + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += is_signed ? (int8_t)b[i] : b[i];
	put_octal(b + 148, 7, (uint64_t)sum);
}

/* Returns where it stands. */
_unused_ static uint64_t tar_header(const struct header *h)
{
	const uint64_t at = tar.len;
	uint8_t b[512] = { 0 };

	memcpy(b, h->name, strnlen(h->name, 100));
	put_octal(b + 100, 8, 0644);
	put_octal(b + 108, 8, 0);
	put_octal(b + 116, 8, 0);
	put_octal(b + 124, 12, h->base256 ? 0 : h->n);
	if (h->base256) {
		memset(b + 124, 0, 12);
		b[124] = 0x80;
		for (int i = 0; i < 8; i++)
			b[135 - i] = (uint8_t)(h->n >> 8 * i);
	}
	put_octal(b + 136, 12, 1700000000);
	b[156] = h->v7 ? 0 : h->type ? h->type : '0';
	if (h->gnu)
		memcpy(b + 257, "ustar  ", 8);
	else if (!h->v7)
		memcpy(b + 257,
		       "ustar\0"
		       "00",
		       8);
	if (h->prefix)
		memcpy(b + 345, h->prefix, strlen(h->prefix));
	put_checksum(b, h->signed_sum);
	lic_buf_add(&tar, b, sizeof(b));
	return at;
}

_unused_ static void tar_body(const void *p, size_t n)
{
	static const uint8_t zeros[512];

	lic_buf_add(&tar, p, n);
	if (n % 512)
		lic_buf_add(&tar, zeros, 512 - n % 512);
}

_unused_ static uint64_t tar_file(const char *name, const char *text)
{
	uint64_t at = tar_header(&(struct header){ .name = name, .n = strlen(text) });

	tar_body(text, strlen(text));
	return at;
}

_unused_ static uint64_t tar_extended(char type, const char *text, size_t n)
{
	uint64_t at = tar_header(&(struct header){
		.name = "././@LongLink", .type = type, .n = n, .gnu = type == 'L' || type == 'K' });

	tar_body(text, n);
	return at;
}

/* A record of a pax header; NULL ends them. */
_unused_ static uint64_t tar_pax(char type, ...)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	const char *key;
	uint64_t at;
	va_list ap;

	va_start(ap, type);
	while ((key = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);
		size_t n = strlen(key) + strlen(value) + 3, digits = 1;
		char text[32];

		while ((size_t)snprintf(text, sizeof(text), "%zu", n + digits) > digits)
			digits++;
		lic_buf_addf(&b, "%zu %s=%s\n", n + digits, key, value);
	}
	va_end(ap);
	at = tar_extended(type, lic_buf_str(&b), b.len);
	lic_buf_release(&b);
	return at;
}

_unused_ static uint64_t tar_end(void)
{
	static const uint8_t zeros[1024];
	uint64_t at = tar.len;

	lic_buf_add(&tar, zeros, sizeof(zeros));
	return at;
}

_unused_ static void tar_begin(void)
{
	lic_buf_reset(&tar);
}

#endif
