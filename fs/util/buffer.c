/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded growable buffer. */
#include <stdio.h>
#include <string.h>

#include <licensefs/buffer.h>

void lic_buf_release(struct lic_buf *b)
{
	if (!b)
		return;
	free(b->data);
	*b = (struct lic_buf)LIC_BUF_INIT(b->max);
}

void lic_buf_reset(struct lic_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

bool lic_buf_reserve(struct lic_buf *b, size_t n)
{
	size_t cap;
	char *p;

	if (b->failed || n > b->max - b->len) {
		b->failed = true;
		return false;
	}
	if (b->len + n < b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap <= b->len + n && cap <= b->max / 2)
		cap *= 2;
	if (cap <= b->len + n)
		cap = b->len + n + 1;
	p = realloc(b->data, cap);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

void lic_buf_add(struct lic_buf *b, const void *data, size_t n)
{
	if (!lic_buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void lic_buf_adds(struct lic_buf *b, const char *s)
{
	lic_buf_add(b, s, strlen(s));
}

void lic_buf_addc(struct lic_buf *b, char c)
{
	if (b->failed || b->len + 1 >= b->cap || b->len >= b->max) {
		lic_buf_add(b, &c, 1);
		return;
	}
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void lic_buf_addf(struct lic_buf *b, const char *fmt, ...)
{
	const size_t room = b->failed ? 0 : b->cap - b->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->data + b->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room && (size_t)n <= b->max - b->len) {
		b->len += (size_t)n;
		return;
	}
	if (room)
		b->data[b->len] = '\0';
	if (n < 0) {
		b->failed = true;
		return;
	}
	if (!lic_buf_reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void lic_buf_truncate(struct lic_buf *b, size_t n)
{
	if (n >= b->len)
		return;
	b->len = n;
	b->data[n] = '\0';
}

char *lic_buf_take(struct lic_buf *b)
{
	char *s = b->failed ? NULL : b->data;

	if (b->failed)
		free(b->data);
	*b = (struct lic_buf)LIC_BUF_INIT(b->max);
	return s;
}
