/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and the blocks that they share, on bytes that nobody bid on. */
#include <string.h>

#include <licensefs/manifest.h>

#include "fs/evidence/reader.h"
#include "fs/evidence/rules.h"
#include "fs/util/cursor.h"
#include "fs/util/hash.h"
#include "tests/fuzz/fuzz.h"

static const struct lic_limits usual = LIC_LIMITS_DEFAULT;
/* So low that small inputs reach them. */
static const struct lic_limits low = {
	.value_max = 200, .block_max = 4000, .claims_max = 8, .depth_max = 6
};

static void read_input(const struct fuzz_target *t, struct lic_input *in, const uint8_t *p,
		       size_t n, const struct lic_limits *limits, struct lic_claims *c)
{
	struct lic_reading r = {
		.in = in,
		.limits = limits,
		.claims = c,
		.rank = LIC_RANK_EMBEDDED,
		.budget = (uint64_t)limits->block_max * 4,
		.claims_left = limits->claims_max,
		.text = LIC_BUF_INIT(limits->value_max * 3 + 16),
	};

	lic_claims_reset(c);
	if (t->reader) {
		c->format = t->reader->format;
		t->reader->read(&r);
	} else {
		t->block(&r, p, n);
	}
	FUZZ_CHECK(!in->error, "error %d", in->error);
	lic_buf_release(&r.text);
}

static void read_whole(const struct fuzz_target *t, const uint8_t *p, size_t n,
		       const struct lic_limits *limits, struct lic_claims *c)
{
	struct lic_input in;

	lic_input_of(&in, p, t->reader ? n : 0);
	read_input(t, &in, p, n, limits, c);
	lic_input_release(&in);
}

/* As a file too large to be taken into memory whole. */
static void read_windows(const struct fuzz_target *t, const uint8_t *p, size_t n,
			 struct lic_claims *c)
{
	struct lic_input in = { .fd = fuzz_file(p, n), .size = n };

	read_input(t, &in, p, n, &usual, c);
	lic_input_release(&in);
}

/* Lower limits may cut captions and damage the file; they never make a claim vanish in silence. The
 * long prose of an SVG is searched and not kept (docs/decisions/0011-svg.md). */
static void check_limits(const struct fuzz_target *t, const uint8_t *p, size_t n,
			 const struct lic_claims *whole, struct lic_claims *c)
{
	read_whole(t, p, n, &low, c);
	FUZZ_CHECK(c->damage || c->n == whole->n || t->reader == &lic_reader_svg,
		   "lower limits lose %zu of %zu claims", whole->n - c->n, whole->n);
	fuzz_check_claims(c, &low);
}

/* A file of boxes is whole where it ends between two of them, behind its picture
 * (docs/decisions/0009-boxes.md); where the last bytes lead to the directory, a value may hold a
 * whole file. */
static bool may_be_cut(const struct fuzz_target *t, const uint8_t *p, size_t cut)
{
	static const struct lic_reader *const readers[] = {
		&lic_reader_heif, &lic_reader_avif, &lic_reader_jxl, &lic_reader_jp2,
		&lic_reader_cr3,  &lic_reader_crw,  &lic_reader_x3f,
	};

	/* what is appended behind its end may restrict, and leaves no trace when it is gone */
	if (t->reader == &lic_reader_png)
		return memmem(p, cut, "IEND", 4) != NULL;
	if (t->reader == &lic_reader_webp)
		return cut >= 8 && cut - 8 >= lic_load(p + 4, 4, false);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(readers); i++)
		if (t->reader == readers[i])
			return true;
	return false;
}

/* [I2] Cut anywhere, a whole file says the same, or is damaged. */
static void check_cuts(const struct fuzz_target *t, const uint8_t *p, size_t n,
		       const struct lic_claims *whole, struct lic_claims *c)
{
	if (whole->damage)
		return;
	for (unsigned i = 0; i < 4; i++) {
		size_t cut = fuzz_choose(p, n, i, n);
		/* the cut is at the end of its own allocation, where ASan sees one byte too many */
		uint8_t *copy = malloc(cut + !cut);

		if (!copy)
			abort();
		memcpy(copy, p, cut);
		read_whole(t, copy, cut, &usual, c);
		/* what is left may be no image */
		if (!c->damage && c->format != LIC_FORMAT_NONE && !may_be_cut(t, copy, cut) &&
		    t->reader->bid(copy, cut < LIC_PEEK ? cut : LIC_PEEK))
			fuzz_check_same(whole, c, "cut");
		free(copy);
	}
}

static struct lic_claims claims[2] = { LIC_CLAIMS_INIT, LIC_CLAIMS_INIT };

void fuzz_reader(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	int bid;

	if (!n)
		p = (const uint8_t *)""; /* the fuzzer's is NULL */
	bid = t->reader->bid(p, n < LIC_PEEK ? n : LIC_PEEK);

	FUZZ_CHECK(bid >= 0, "bid %d", bid);
	read_whole(t, p, n, &usual, &claims[0]);
	read_windows(t, p, n, &claims[1]);
	fuzz_check_same(&claims[0], &claims[1], "windows");
	check_limits(t, p, n, &claims[0], &claims[1]);
	if (bid)
		check_cuts(t, p, n, &claims[0], &claims[1]);
	fuzz_check_claims(&claims[0], &usual);
}

void fuzz_block(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	read_whole(t, p, n, &usual, &claims[0]);
	read_whole(t, p, n, &usual, &claims[1]);
	fuzz_check_same(&claims[0], &claims[1], "again");
	check_limits(t, p, n, &claims[0], &claims[1]);
	fuzz_check_claims(&claims[0], &usual);
}

/* The public door: whoever bids highest reads, and the bytes of an image are hashed. */
void fuzz_any(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = fuzz_file(p, n);
	struct lic_hash hash;
	uint8_t want[16];

	(void)t;
	lic_claims_reset(&claims[0]);
	FUZZ_CHECK(lic_evidence_read(fd, n, &usual, &claims[0], &hash, &err) == 0, "%s", err.msg);
	lic_hash128(p, n, want);
	FUZZ_CHECK(claims[0].format == LIC_FORMAT_NONE || memcmp(want, hash.b, sizeof(want)) == 0,
		   "hash");
	FUZZ_CHECK(claims[0].format < LIC_FORMAT_COUNT, "format");
	FUZZ_CHECK(claims[0].format != LIC_FORMAT_NONE || (!claims[0].n && !claims[0].damage),
		   "no image, and claims");
	fuzz_check_claims(&claims[0], &usual);
	lic_claims_reset(&claims[1]);
	FUZZ_CHECK(lic_evidence_read(fd, n + 1, &usual, &claims[1], NULL, &err) == 0, "%s",
		   err.msg);
	FUZZ_CHECK(claims[1].damage, "shorter than when it was judged");
}

static void read_sidecar(const uint8_t *p, size_t n, const char *name)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = fuzz_file(p, n);

	for (unsigned i = 0; i < 2; i++) {
		lic_claims_reset(&claims[i]);
		FUZZ_CHECK(lic_evidence_read_sidecar(fd, n, name, i ? "a.png" : "a.jpg",
						     i ? &low : &usual, &claims[i], &err) == 0,
			   "%s", err.msg);
		fuzz_check_claims(&claims[i], i ? &low : &usual);
	}
}

void fuzz_sidecar(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	(void)t;
	read_sidecar(p, n, "a.xmp");
}

void fuzz_sidecar_json(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	(void)t;
	read_sidecar(p, n, "a.jpg.json");
}

void fuzz_sidecar_license(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	(void)t;
	read_sidecar(p, n, "a.jpg.license");
}

/* A rule file keeps what claims promise; what is malformed counts for nothing. */
static void read_rules(const uint8_t *p, size_t n, const char *name)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_claims *c = &claims[0];
	int fd = fuzz_file(p, n);

	lic_claims_reset(c);
	FUZZ_CHECK(lic_rules_read(fd, n, name, &usual, c, &err) == 0, "%s", err.msg);
	FUZZ_CHECK(!c->damage || fuzz_is_shown(c->damage), "damage");
	FUZZ_CHECK(!c->damage || c->n == lic_rule_file_reserves(name), "%zu claims of nothing",
		   c->n);
	for (size_t i = 0; i < c->n; i++) {
		const struct lic_claim *k = &c->item[i];

		FUZZ_CHECK(k->rank == LIC_RANK_DIRECTORY || k->rank == LIC_RANK_SIDECAR ||
				   k->rank == LIC_RANK_NONE,
			   "rank %d", (int)k->rank);
		FUZZ_CHECK(k->packet && k->packet < c->next_packet, "packet %u", k->packet);
		FUZZ_CHECK(!i || k->packet >= c->item[i - 1].packet, "packets are in order");
		FUZZ_CHECK(lic_utf8_valid(k->text, strlen(k->text)), "text of %s", k->field);
		if (strcmp(k->field, LIC_RULE_PATTERN) == 0)
			(void)lic_key_rule_matches(k->raw,
						   (struct lic_bytes){ p, n < 300 ? n : 300 });
	}
}

void fuzz_rules(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	static const char *const names[][2] = { { "rules-toml", "REUSE.toml" },
						{ "rules-dep5", ".reuse/dep5" },
						{ "rules-tdm", "tdmrep.json" } };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++)
		if (strcmp(t->name, names[i][0]) == 0)
			read_rules(p, n, names[i][1]);
}
