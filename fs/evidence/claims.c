/* SPDX-License-Identifier: Apache-2.0 */
/* The list of claims, and the names of what is in it. */
#include <string.h>

#include <licensefs/evidence.h>

#define CLAIMS_FIRST 16

void lic_claims_release(struct lic_claims *c)
{
	if (!c)
		return;
	lic_arena_release(&c->arena);
	*c = (struct lic_claims)LIC_CLAIMS_INIT;
}

void lic_claims_reset(struct lic_claims *c)
{
	struct lic_arena arena = c->arena;

	lic_arena_reset(&arena);
	*c = (struct lic_claims)LIC_CLAIMS_INIT;
	c->arena = arena;
}

static bool grow(struct lic_claims *c)
{
	size_t cap = c->cap ? c->cap * 2 : CLAIMS_FIRST;
	struct lic_claim *item;

	if (c->n < c->cap)
		return true;
	if (cap > SIZE_MAX / sizeof(*item))
		return false;
	item = lic_arena_alloc(&c->arena, cap * sizeof(*item));
	if (!item)
		return false;
	if (c->n)
		memcpy(item, c->item, c->n * sizeof(*item));
	c->item = item;
	c->cap = cap;
	return true;
}

static const char *copy_text(struct lic_claims *c, const struct lic_claim *from, const uint8_t *raw)
{
	size_t n = strlen(from->text);

	if (n == from->raw.n && (n == 0 || memcmp(from->text, raw, n) == 0))
		return (const char *)raw;
	return lic_arena_dup(&c->arena, from->text, n);
}

/* The claims of one packet come in a row: most share the source of the one before. */
static const char *copy_source(struct lic_claims *c, const char *source)
{
	if (c->n && strcmp(c->item[c->n - 1].source, source) == 0)
		return c->item[c->n - 1].source;
	return lic_arena_dup(&c->arena, source, strlen(source));
}

void lic_claims_add(struct lic_claims *c, const struct lic_claim *claim)
{
	struct lic_claim copy = *claim;

	copy.text = NULL;
	copy.raw.p = (const uint8_t *)lic_arena_dup(&c->arena, claim->raw.p, claim->raw.n);
	if (copy.raw.p)
		copy.text = copy_text(c, claim, copy.raw.p);
	copy.source = copy_source(c, claim->source);
	copy.field = lic_arena_dup(&c->arena, claim->field, strlen(claim->field));
	if (!copy.text || !copy.source || !copy.field || !grow(c)) {
		if (!c->damage)
			c->damage = "more claims than fit in memory";
		return;
	}
	c->item[c->n++] = copy;
}

static const char *name_at(const char *const *names, size_t n, size_t i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

const char *lic_reserve_name(unsigned bit)
{
	switch (bit) {
	case LIC_RESERVE_DATA_MINING:
		return "data-mining";
	case LIC_RESERVE_AI_TRAINING:
		return "ai-training";
	case LIC_RESERVE_GENERATIVE:
		return "generative-training";
	case LIC_RESERVE_INPUT:
		return "input";
	default:
		return "unknown";
	}
}

const char *lic_format_name(enum lic_format f)
{
	static const char *const names[LIC_FORMAT_COUNT] = {
		[LIC_FORMAT_NONE] = "none", [LIC_FORMAT_JPEG] = "jpeg", [LIC_FORMAT_PNG] = "png",
		[LIC_FORMAT_WEBP] = "webp", [LIC_FORMAT_TIFF] = "tiff", [LIC_FORMAT_GIF] = "gif",
		[LIC_FORMAT_BMP] = "bmp",   [LIC_FORMAT_PNM] = "pnm",	[LIC_FORMAT_HEIF] = "heif",
		[LIC_FORMAT_AVIF] = "avif", [LIC_FORMAT_JXL] = "jxl",	[LIC_FORMAT_JP2] = "jp2",
		[LIC_FORMAT_PSD] = "psd",   [LIC_FORMAT_DNG] = "dng",	[LIC_FORMAT_RAW] = "raw",
		[LIC_FORMAT_SVG] = "svg",
	};

	return name_at(names, LIC_ARRAY_SIZE(names), (size_t)f);
}

const char *lic_rank_name(enum lic_rank r)
{
	static const char *const names[] = {
		[LIC_RANK_NONE] = "none",	    [LIC_RANK_DATASET] = "dataset",
		[LIC_RANK_DIRECTORY] = "directory", [LIC_RANK_MANIFEST] = "manifest",
		[LIC_RANK_EMBEDDED] = "embedded",   [LIC_RANK_SIDECAR] = "sidecar",
		[LIC_RANK_OPERATOR] = "operator",
	};

	return name_at(names, LIC_ARRAY_SIZE(names), (size_t)r);
}

const char *lic_role_name(enum lic_role r)
{
	static const char *const names[LIC_ROLE_COUNT] = {
		[LIC_ROLE_NONE] = "none",
		[LIC_ROLE_LICENSE] = "license",
		[LIC_ROLE_WEBSTATEMENT] = "web-statement",
		[LIC_ROLE_COPYRIGHT] = "copyright",
		[LIC_ROLE_COMMENT] = "comment",
		[LIC_ROLE_CAPTION] = "caption",
		[LIC_ROLE_NOTICE] = "notice",
		[LIC_ROLE_RESERVATION] = "reservation",
		[LIC_ROLE_CONSTRAINT] = "constraint",
		[LIC_ROLE_NOT_AFTER] = "not-after",
		[LIC_ROLE_NOT_BEFORE] = "not-before",
		[LIC_ROLE_CREATOR] = "creator",
		[LIC_ROLE_TITLE] = "title",
		[LIC_ROLE_SOURCE_URL] = "source-url",
		[LIC_ROLE_ORIGIN] = "origin",
		[LIC_ROLE_RELEASE] = "release",
		[LIC_ROLE_DENY] = "deny",
		[LIC_ROLE_TERMS] = "terms",
		[LIC_ROLE_TRUST] = "trust",
	};

	return name_at(names, LIC_ARRAY_SIZE(names), (size_t)r);
}
