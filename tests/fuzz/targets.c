/* SPDX-License-Identifier: Apache-2.0 */
/* The list of targets, and what they share. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <licensefs/text.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/xmp.h"
#include "fs/manifest/readers.h"
#include "fs/util/hash.h"
#include "tests/fuzz/fuzz.h"

static void profile(struct lic_reading *r, const uint8_t *p, size_t n)
{
	if (!lic_profile_read(r, p, n))
		lic_reading_damage(r, "no profile");
}

static void xmp(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_xmp_notes notes;

	lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, &notes);
	FUZZ_CHECK(strlen(notes.guid) < sizeof(notes.guid), "GUID ends");
	FUZZ_CHECK(strlen(notes.extension) < sizeof(notes.extension), "extension ends");
}

/* Every reader of fs/evidence/readers.c comes behind these, under its own name, and every format of
 * manifests behind these. */
static const struct fuzz_target targets[] = {
	{ .name = "exif", .run = fuzz_block, .block = lic_exif_read },
	{ .name = "iptc", .run = fuzz_block, .block = lic_iptc_read },
	{ .name = "irb", .run = fuzz_block, .block = lic_irb_read },
	{ .name = "profile", .run = fuzz_block, .block = profile },
	{ .name = "xmp", .run = fuzz_block, .block = xmp },
	{ .name = "c2pa", .run = fuzz_block, .block = lic_c2pa_read },
	{ .name = "sidecar", .run = fuzz_sidecar },
	{ .name = "sidecar-json", .run = fuzz_sidecar_json },
	{ .name = "sidecar-license", .run = fuzz_sidecar_license },
	{ .name = "rules-toml", .run = fuzz_rules },
	{ .name = "rules-dep5", .run = fuzz_rules },
	{ .name = "rules-tdm", .run = fuzz_rules },
	{ .name = "manifest", .run = fuzz_manifest },
	{ .name = "any", .run = fuzz_any },
	{ .name = "license", .run = fuzz_license },
	{ .name = "spdx", .run = fuzz_spdx },
	{ .name = "view", .run = fuzz_view },
	{ .name = "key", .run = fuzz_key },
	{ .name = "join", .run = fuzz_join },
	{ .name = "answer", .run = fuzz_answer },
	{ .name = "document", .run = fuzz_document },
	{ .name = "document-json", .run = fuzz_document_json },
	{ .name = "document-tar", .run = fuzz_document_tar },
	{ .name = "likeness-jpeg", .run = fuzz_likeness },
	{ .name = "likeness-png", .run = fuzz_likeness },
	{ .name = "likeness-webp", .run = fuzz_likeness },
	{ .name = "likeness-tiff", .run = fuzz_likeness },
	{ .name = "likeness-gif", .run = fuzz_likeness },
	{ .name = "likeness-bmp", .run = fuzz_likeness },
	{ .name = "likeness-pnm", .run = fuzz_likeness },
};

/* "manifest-coco" */
static struct fuzz_target manifest_at(size_t i)
{
	static char names[64][48];
	struct fuzz_target t = { .run = fuzz_manifest };

	for (size_t k = 0; k <= i; k++)
		if (!lic_manifest_readers[k])
			return (struct fuzz_target){ .name = NULL };
	FUZZ_CHECK(i < LIC_ARRAY_SIZE(names), "more than %zu formats", i);
	t.manifest = lic_manifest_readers[i];
	snprintf(names[i], sizeof(names[i]), "manifest-%s", t.manifest->format.name);
	t.name = names[i];
	return t;
}

struct fuzz_target fuzz_target_at(size_t i)
{
	struct fuzz_target t = { .run = fuzz_reader };
	size_t n = 0;

	if (i < LIC_ARRAY_SIZE(targets))
		return targets[i];
	i -= LIC_ARRAY_SIZE(targets);
	while (lic_reader_at(n))
		n++;
	if (i >= n)
		return manifest_at(i - n);
	t.reader = lic_reader_at(i);
	t.name = t.reader->name;
	return t;
}

bool fuzz_target_find(const char *name, struct fuzz_target *ret)
{
	for (size_t i = 0; fuzz_target_at(i).name; i++) {
		if (strcmp(fuzz_target_at(i).name, name) != 0)
			continue;
		*ret = fuzz_target_at(i);
		return true;
	}
	return false;
}

void fuzz_fail(const char *file, int line, const char *cond, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: does not hold: %s: ", file, line, cond);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

size_t fuzz_choose(const uint8_t *p, size_t n, unsigned salt, size_t limit)
{
	uint8_t h[16];
	uint64_t v = 0;

	if (!limit)
		return 0;
	lic_hash128(p, n, h);
	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | h[(i + salt * 5) % sizeof(h)];
	return (size_t)(v % limit);
}

int fuzz_file(const uint8_t *p, size_t n)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, p, n, 0) != (ssize_t)n)
		fuzz_fail(__FILE__, __LINE__, "memfd", "no file in memory");
	return fd;
}

bool fuzz_is_shown(const char *s)
{
	if (!lic_utf8_valid(s, strlen(s)))
		return false;
	for (; *s; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f)
			return false;
	return true;
}
