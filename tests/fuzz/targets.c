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

/* Every reader of fs/evidence/readers.c comes behind these, under its own name. */
static const struct fuzz_target targets[] = {
	{ "exif", fuzz_block, lic_exif_read, NULL },
	{ "iptc", fuzz_block, lic_iptc_read, NULL },
	{ "irb", fuzz_block, lic_irb_read, NULL },
	{ "profile", fuzz_block, profile, NULL },
	{ "xmp", fuzz_block, xmp, NULL },
	{ "c2pa", fuzz_block, lic_c2pa_read, NULL },
	{ "sidecar", fuzz_sidecar, NULL, NULL },
	{ "sidecar-json", fuzz_sidecar_json, NULL, NULL },
	{ "sidecar-license", fuzz_sidecar_license, NULL, NULL },
	{ "rules-toml", fuzz_rules, NULL, NULL },
	{ "rules-dep5", fuzz_rules, NULL, NULL },
	{ "rules-tdm", fuzz_rules, NULL, NULL },
	{ "any", fuzz_any, NULL, NULL },
	{ "license", fuzz_license, NULL, NULL },
	{ "spdx", fuzz_spdx, NULL, NULL },
	{ "view", fuzz_view, NULL, NULL },
	{ "key", fuzz_key, NULL, NULL },
	{ "join", fuzz_join, NULL, NULL },
	{ "answer", fuzz_answer, NULL, NULL },
};

struct fuzz_target fuzz_target_at(size_t i)
{
	struct fuzz_target t = { NULL, fuzz_reader, NULL, NULL };

	if (i < LIC_ARRAY_SIZE(targets))
		return targets[i];
	t.reader = lic_reader_at(i - LIC_ARRAY_SIZE(targets));
	if (t.reader)
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
