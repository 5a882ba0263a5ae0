/* SPDX-License-Identifier: Apache-2.0 */
/* JSON made at random: views of it are what a filter of the images gives. */
#include "tests/unit/document.h"

#define NAMES 12u
#define UNKNOWN (~0u)

/* A document and, beside it, what Python's filter of it gives, without blanks. */
struct pair {
	struct lic_buf full, want;
	unsigned hidden; /* a bit for each name */
	bool unknown;	 /* it has a record about nothing that is known */
};

static unsigned pick(unsigned n)
{
	return (unsigned)rand() % n;
}

static void blank(struct pair *p)
{
	static const char *const some[] = { "", "", "", " ", "\n", "  ", "\r\n\t" };

	lic_buf_adds(&p->full, some[pick(LIC_ARRAY_SIZE(some))]);
}

static void both(struct pair *p, const char *text)
{
	lic_buf_adds(&p->full, text);
	lic_buf_adds(&p->want, text);
	blank(p);
}

struct list {
	bool full, want;
};

/* An element or member about the names in `about`, which stays where none of them is hidden. */
_printf_format_(4, 5) static void item(struct pair *p, struct list *l, unsigned about,
				       const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lic_buf_adds(&p->full, l->full ? "," : "");
	blank(p);
	lic_buf_adds(&p->full, text);
	blank(p);
	l->full = true;
	if (about == UNKNOWN || about & p->hidden)
		return;
	lic_buf_adds(&p->want, l->want ? "," : "");
	lic_buf_adds(&p->want, text);
	l->want = true;
}

static void images(struct pair *p, unsigned base)
{
	struct list l = { false, false };

	both(p, "\"images\":[");
	for (unsigned i = 0; i < NAMES / 2; i++)
		item(p, &l, 1u << (base + i),
		     pick(2) ? "{\"id\":%u,\"file_name\":\"d/im%u.jpg\",\"w\":[1,2]}"
			     : "{\"id\":%u,\"x\":{\"y\":\"z\"},\"file_name\":\"d\\/im%u.jpg\"}",
		     100 + i, base + i);
	both(p, "]");
}

static void annotations(struct pair *p, unsigned base, unsigned n)
{
	struct list l = { false, false };

	both(p, "\"annotations\":[");
	while (n--) {
		unsigned i = pick(NAMES / 2);

		if (pick(20) == 0) {
			item(p, &l, UNKNOWN, "{\"id\":3,\"image_id\":%u}", 900 + i);
			p->unknown = true;
		} else if (pick(9) == 0) {
			item(p, &l, 1u << (base + i) | 1u << (base + (i + 1) % 6),
			     "{\"image_id\":%u,\"other\":\"im%u.jpg\"}", 100 + i,
			     base + (i + 1) % 6);
		} else {
			item(p, &l, 1u << (base + i),
			     "{\"id\":%u,\"image_id\":%u,\"segmentation\":[[1.5,%u,-3],[0.25]]}", n,
			     100 + i, n);
		}
	}
	both(p, "]");
}

static void coco(struct pair *p, unsigned base, unsigned n)
{
	bool first = pick(2);

	both(p, "{\"info\":{\"year\":2017},");
	if (first)
		images(p, base);
	else
		annotations(p, base, n);
	both(p, ",\"categories\":[{\"id\":100,\"name\":\"im\"}],");
	if (first)
		annotations(p, base, n);
	else
		images(p, base);
	both(p, "}");
}

static void parts(struct pair *p, unsigned n)
{
	both(p, "{\"train\":");
	coco(p, 0, n);
	both(p, ",\"val\":");
	coco(p, NAMES / 2, n);
	both(p, "}");
}

static void samples(struct pair *p, unsigned n)
{
	struct list l = { false, false };

	both(p, pick(2) ? "[" : "{\"v\":[1,2],\"data\":[");
	while (n--) {
		unsigned i = pick(NAMES), k = pick(NAMES);

		switch (pick(5)) {
		case 0:
			item(p, &l, 0, "{\"text\":[%u,\"x\"]}", n);
			break;
		case 1:
			item(p, &l, 1u << i | 1u << k,
			     "{\"image\":[\"im%u.jpg\",\"im%u.jpg\"],\"a\":[{\"b\":%u}]}", i, k, n);
			break;
		case 2:
			item(p, &l, 1u << i | 1u << k,
			     "{\"c\":[{\"v\":\"see:im%u.jpg\"}],\"image\":\"im%u.jpg\"}", k, i);
			break;
		default:
			item(p, &l, 1u << i, "{\"c\":[],\"image\":\"x/im%u.jpg\"}", i);
		}
	}
	both(p, p->full.data[0] == '[' ? "]" : "]}");
}

static void lists(struct pair *p, unsigned n)
{
	both(p, "{\"a\":[");
	for (unsigned k = 0; k < 2; k++) {
		struct list l = { false, false };

		for (unsigned m = 0; m < n; m++) {
			unsigned i = pick(NAMES);

			if (pick(6) == 0)
				item(p, &l, 0, "%u", m);
			else
				item(p, &l, 1u << i, "\"im%u.jpg\"", i);
		}
		both(p, k ? "]}" : "],\"b\":[");
	}
}

static void keyed(struct pair *p, unsigned n)
{
	struct list l = { false, false };

	both(p, "{");
	for (unsigned m = 0; m < n; m++) {
		unsigned i = pick(NAMES);

		if (pick(4) == 0)
			item(p, &l, 0, "\"k\":{\"x\":[%u]}", m);
		else if (pick(2))
			item(p, &l, 1u << i, "\"im%u.jpg\":[%u]", i, m);
		else
			item(p, &l, 1u << i, "\"sample_%u\":{\"file_name\":\"im%u.jpg\"}", m, i);
	}
	both(p, "}");
}

static bool same_but_blanks(const struct lic_buf *a, const struct lic_buf *b)
{
	const char *p = lic_buf_str(a), *q = lic_buf_str(b);

	for (;; p++, q++) {
		p += strspn(p, " \t\r\n");
		if (*p != *q)
			return false;
		if (!*p)
			return true;
	}
}

static bool try_pair(struct pair *p, unsigned shape, unsigned n)
{
	static const char *const none[] = { NULL };
	char text[NAMES][16];
	const char *hidden[NAMES + 1];
	struct lic_buf out = LIC_BUF_INIT(64u << 20);
	bool good, whole;
	struct doc d;
	size_t k = 0;

	switch (shape) {
	case 0:
		coco(p, 0, n);
		break;
	case 1:
		parts(p, n);
		break;
	case 2:
		samples(p, n);
		break;
	case 3:
		lists(p, n);
		break;
	default:
		keyed(p, n);
	}
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(text[i], sizeof(text[i]), "im%u.jpg", i);
		if (p->hidden & 1u << i)
			hidden[k++] = text[i];
	}
	hidden[k] = NULL;
	doc_index(&d, "a.json", p->full.data, p->full.len);
	good = d.code == 0;
	if (d.result.format == LIC_DOCUMENT_NONE)
		/* nothing in it names an image: nothing is filtered */
		good = good && strstr(d.result.note, "nothing names an image") &&
		       !strstr(lic_buf_str(&p->full), ".jpg");
	else
		good = good && doc_view(&d, hidden, &out, &whole) &&
		       same_but_blanks(&out, &p->want) && doc_view(&d, none, &out, &whole) &&
		       (p->unknown ||
			(whole && strcmp(lic_buf_str(&out), lic_buf_str(&p->full)) == 0));
	if (!good) {
		doc_view(&d, hidden, &out, &whole);
		printf("# %s\n# full: %.3000s\n# want: %.3000s\n#  got: %.3000s\n", d.result.note,
		       lic_buf_str(&p->full), lic_buf_str(&p->want), lic_buf_str(&out));
	}
	doc_release(&d);
	lic_buf_release(&out);
	return good;
}

static void at_random(void)
{
	static const char *const shape[] = { "COCO", "COCO in parts", "samples", "lists",
					     "objects keyed by names" };

	srand(11);
	for (unsigned s = 0; s < LIC_ARRAY_SIZE(shape); s++) {
		unsigned bad = 0;

		for (unsigned round = 0; round < 400 && bad < 2; round++) {
			struct pair p = { LIC_BUF_INIT(64u << 20), LIC_BUF_INIT(64u << 20),
					  pick(1u << NAMES) & pick(1u << NAMES), false };

			/* some with more than may wait */
			bad += !try_pair(&p, s, round % 20 ? pick(9) : 600 + pick(1500));
			lic_buf_release(&p.full);
			lic_buf_release(&p.want);
		}
		is_int(bad, 0, "%s: views are what a filter gives", shape[s]);
	}
}

int main(void)
{
	at_random();
	return done_testing();
}
