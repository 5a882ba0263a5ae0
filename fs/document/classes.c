/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and numbers of classes: files of a closed list of names that have no records. Whatever in
 * them may name an image is a suspect.
 */
#include <errno.h>
#include <string.h>

#include "fs/document/readers.h"
#include "fs/document/sample.h"

static const struct lic_manifest_options no_options;

/* --- names of files ----------------------------------------------------------------------------
 */

/* Without extension, in small letters, nothing but letters and digits. */
static const char *const names[] = {
	"classes",
	"class",
	"classnames",
	"classname",
	"classlist",
	"classids",
	"classlabels",
	"classestrainable",
	"classesrotated",
	"synsets",
	"synset",
	"synsetwords",
	"synsetlabels",
	"imagenetsynsets",
	"locsynsetmapping",
	"words",
	"wnids",
	"imagenetclasses",
	"imagenetlabels",
	"imagenet1000clsidxtolabels",
	"imagenetclassindex",
	"cocolabels",
	"coconames",
	"cococlasses",
	"vocclasses",
	"voclabels",
	"categories",
	"category",
	"categorynames",
	"categoriesplaces365",
	"attributes",
	"attributenames",
	"families",
	"manufacturers",
	"variants",
	"classtoidx",
	"classtoindex",
	"classtoid",
	"classindices",
	"classindex",
	"classmap",
	"classmapping",
	"idxtoclass",
	"idtoclass",
	"id2label",
	"label2id",
	"idtolabel",
	"labeltoid",
	"indextoname",
	"indextolabel",
	"cattoname",
	"labelmap",
	"labelsmap",
	"labelnames",
	"labelstonames",
	"labellist",
	"bboxlabels600hierarchy",
	"hierarchy",
};

/* These are as often lists of images with their labels. */
static const char *const doubtful[] = { "labels", "label", "names", "tags" };

static const char *const endings[] = { "classes",   "classnames", "classdescriptions",
				       "labelmap",  "labelsmap",  "classdescriptionsboxable",
				       "classindex" };

static const char *const extensions[] = { "txt", "csv", "tsv", "names", "json", "pbtxt", "list" };

/* The name without extension, as above. */
static void plain_name(const char *name, char *ret, size_t size)
{
	const char *dot = strrchr(name, '.');
	size_t n = 0;

	for (const char *p = name; *p && p != dot && n < size - 1; p++) {
		const char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			ret[n++] = c;
	}
	ret[n] = '\0';
}

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

static bool has_ending(const char *s)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(endings); i++) {
		size_t n = strlen(s), e = strlen(endings[i]);

		if (n >= e && strcmp(s + n - e, endings[i]) == 0)
			return true;
	}
	return false;
}

static bool has_known_extension(const struct lic_indexing *x)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(extensions); i++)
		if (lic_has_extension(x, extensions[i]))
			return true;
	return !strchr(x->name, '.');
}

/* torchvision's ImageNet: the classes of its devkit, pickled. */
static bool is_meta(const struct lic_indexing *x)
{
	return strcmp(x->name, "meta.bin") == 0;
}

/* --- bids --------------------------------------------------------------------------------------
 */

/* A table with a column called after images is no list of classes, whatever its file is called. */
static bool has_image_column(const struct lic_indexing *x)
{
	static const char *const words[] = { "image", "img", "file", "photo", "path" };
	struct lic_bytes line;
	size_t at = 0;

	if (!lic_next_line(x->head, x->head_n, &at, &line) ||
	    (!lic_has_extension(x, "csv") && !lic_has_extension(x, "tsv")))
		return false;
	for (size_t i = 0; i < line.n; i++)
		for (size_t k = 0; k < LIC_ARRAY_SIZE(words); k++)
			if (strncasecmp((const char *)line.p + i, words[k], strlen(words[k])) == 0)
				return true;
	return false;
}

static int bid(const struct lic_indexing *x)
{
	char plain[64];

	if (is_meta(x))
		return 90;
	plain_name(x->name, plain, sizeof(plain));
	if (lic_head_kind(x) != LIC_HEAD_TEXT || !has_known_extension(x))
		return 0;
	if (is_one_of(plain, doubtful, LIC_ARRAY_SIZE(doubtful)) && !lic_has_extension(x, "json"))
		return lic_has_extension(x, "names") ? 66 : 53;
	if (!lic_has_extension(x, "names") && !has_ending(plain) &&
	    !is_one_of(plain, names, LIC_ARRAY_SIZE(names)))
		return 0;
	if (lic_has_extension(x, "json") || lic_has_extension(x, "pbtxt"))
		return lic_image_mention(x->head, x->head_n, 0) ? 2 : 88;
	return has_image_column(x) ? 40 : 66;
}

/* --- reading -----------------------------------------------------------------------------------
 */

struct classes {
	struct lic_indexing *x;
	struct lic_source s;
	struct lic_suspects suspects;
};

/* What was found goes out, so that nothing grows: there are no other subjects. */
static int hand_out(struct classes *c)
{
	if (!lic_suspects_write(&c->suspects, c->x->out))
		return lic_index_refuse(c->x, "a line with too many names");
	lic_buf_reset(&c->suspects.packed);
	c->suspects.n = 0;
	return 0;
}

/* Names in binary data end where their extension does: what follows may be any byte. */
static void take_run(struct classes *c, struct lic_bytes run)
{
	for (size_t i = 1; i < run.n; i++) {
		const size_t e =
			run.p[i] == '.' ? lic_image_extension(run.p + i + 1, run.n - i - 1) : 0;

		if (e && i >= 3) {
			const struct lic_bytes name = { run.p, i + 1 + e };

			lic_suspects_name(&c->suspects, name);
			/* the byte in front may be its length */
			lic_suspects_name(&c->suspects,
					  (struct lic_bytes){ name.p + 1, name.n - 1 });
		}
	}
}

static int take_binary(struct classes *c, struct lic_bytes all)
{
	size_t from = 0;

	for (size_t i = 0; i + 10 < all.n; i++)
		if (memcmp(all.p + i, "PK\3\4", 4) == 0 && (all.p[i + 8] || all.p[i + 9]))
			return lic_index_refuse(c->x, "compressed data, in which nobody can look "
						      "for names of images");
	for (size_t i = 0; i <= all.n; i++) {
		if (i < all.n && all.p[i] >= ' ' && all.p[i] != 0x7f)
			continue;
		if (i - from > 4)
			take_run(c, (struct lic_bytes){ all.p + from, i - from });
		from = i + 1;
	}
	return hand_out(c);
}

static int take_text(struct classes *c, struct lic_bytes text)
{
	if (memchr(text.p, '\0', text.n))
		return lic_index_refuse(c->x, "a NUL byte, which no text has");
	lic_suspects_text(&c->suspects, text, true);
	return c->suspects.packed.len > (1u << 20) ? hand_out(c) : 0;
}

/* All of the file in pieces that end with a line. */
static int read_pieces(struct classes *c, struct lic_error *err)
{
	struct lic_source *s = &c->s;
	const bool binary = is_meta(c->x);
	int r = 1;

	while (r > 0 && c->x->ret->format != LIC_DOCUMENT_NONE) {
		const uint8_t *end;
		size_t n;

		r = lic_source_more(s, err);
		if (r < 0)
			return r;
		end = r ? memrchr(s->p + s->at, '\n', s->end - s->at) : s->p + s->end - 1;
		if (!end || (binary && r))
			continue;
		n = s->end == s->at ? 0 : (size_t)(end + 1 - s->p) - s->at;
		if (binary)
			take_binary(c, (struct lic_bytes){ s->p + s->at, n });
		else
			take_text(c, (struct lic_bytes){ s->p + s->at, n });
		s->at += n;
	}
	if (c->x->ret->format != LIC_DOCUMENT_NONE && lic_source_offset(s) != c->x->size)
		return lic_error_set(err, ESTALE, "'%s' has changed while it was read", c->x->name);
	return 0;
}

static int index_classes(struct lic_indexing *x, struct lic_error *err)
{
	struct classes c = { .x = x, .s = { .fd = -1 }, .suspects = LIC_SUSPECTS_INIT };
	int r = lic_source_open(&c.s, x->fd, x->name, &no_options, err);

	x->ret->format = LIC_DOCUMENT_CLASSES;
	if (r == 0 && c.s.gunzip)
		lic_index_refuse(x, "compressed data, in which nobody can look for names of "
				    "images");
	else if (r == 0)
		r = read_pieces(&c, err);
	if (r == -EOVERFLOW)
		r = lic_index_refuse(x, "more than %u MiB without the end of a line",
				     LIC_WINDOW_MAX >> 20);
	if (r == 0 && x->ret->format != LIC_DOCUMENT_NONE)
		hand_out(&c);
	lic_source_release(&c.s);
	lic_suspects_release(&c.suspects);
	return r;
}

const struct lic_document_reader lic_document_classes = { "classes", bid, index_classes };
