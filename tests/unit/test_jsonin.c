/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming JSON: passing over values made at random gives them back as they stand there. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/manifest/jsonin.h"
#include "tap.h"

static uint32_t seed = 1;

static unsigned pick(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void make_string(struct lic_buf *b)
{
	static const char *const parts[] = { "\\\"", "\\\\", "{", "}",	 "[",	    "]",
					     "a",    ",",    ":", "\\n", "\\u00e9", "\\\\\\\"" };

	lic_buf_addc(b, '"');
	for (unsigned n = pick(12); n; n--)
		lic_buf_adds(b, parts[pick(LIC_ARRAY_SIZE(parts))]);
	lic_buf_addc(b, '"');
}

static void make_value(struct lic_buf *b, unsigned depth)
{
	static const char *const words[] = { "true", "null", "-1.5e3", "0" };
	unsigned kind = pick(depth > 6 ? 2 : 4);

	if (kind == 0) {
		lic_buf_adds(b, words[pick(LIC_ARRAY_SIZE(words))]);
	} else if (kind == 1) {
		make_string(b);
	} else {
		unsigned n = pick(6);

		lic_buf_addc(b, kind == 2 ? '{' : '[');
		for (unsigned i = 0; i < n; i++) {
			lic_buf_adds(b, i ? ", " : "");
			if (kind == 2) {
				make_string(b);
				lic_buf_addc(b, ':');
			}
			make_value(b, depth + 1);
		}
		lic_buf_addc(b, kind == 2 ? '}' : ']');
	}
}

struct file {
	struct lic_manifest_options o;
	struct lic_source s;
	struct lic_jsonin j;
	struct lic_error err;
	int fd;
};

static void open_file(struct file *f, const void *p, size_t n)
{
	*f = (struct file){ .fd = memfd_create("json", MFD_CLOEXEC), .err = LIC_ERROR_INIT };
	if (f->fd < 0 || write(f->fd, p, n) != (ssize_t)n ||
	    lic_source_open(&f->s, f->fd, "a.json", &f->o, &f->err) < 0 ||
	    lic_jsonin_init(&f->j, &f->s, &f->err) < 0)
		abort();
}

static void close_file(struct file *f)
{
	lic_jsonin_release(&f->j);
	lic_source_release(&f->s);
	close(f->fd);
}

/* Is the value, behind `pad` blanks, what is captured, and does what follows follow? */
static bool is_captured(const struct lic_buf *value, unsigned pad)
{
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(64u << 20);
	_cleanup_(lic_buf_release) struct lic_buf raw = LIC_BUF_INIT(64u << 20);
	struct file f;
	bool good;

	lic_buf_addf(&text, "[%*s", (int)pad, "");
	lic_buf_add(&text, value->data, value->len);
	lic_buf_adds(&text, ",");
	lic_buf_add(&text, value->data, value->len);
	lic_buf_adds(&text, ",17]");
	open_file(&f, text.data, text.len);
	good = lic_jsonin_value(&f.j) == LIC_JSONIN_ARRAY && lic_jsonin_raw(&f.j, &raw) == 0 &&
	       raw.len == value->len && memcmp(raw.data, value->data, raw.len) == 0 &&
	       lic_jsonin_skip(&f.j) == 0 && lic_jsonin_value(&f.j) == LIC_JSONIN_NUMBER &&
	       lic_jsonin_is(&f.j, "17") && lic_jsonin_value(&f.j) == LIC_JSONIN_NONE &&
	       lic_jsonin_value(&f.j) == LIC_JSONIN_NONE;
	if (!good)
		printf("# %s\n# %s\n", lic_buf_str(&text), f.err.msg);
	close_file(&f);
	return good;
}

static void test_random(void)
{
	_cleanup_(lic_buf_release) struct lic_buf value = LIC_BUF_INIT(64u << 20);
	bool good = true;

	for (unsigned i = 0; good && i < 4000; i++) {
		lic_buf_reset(&value);
		make_value(&value, 0);
		good = is_captured(&value, i % 80);
	}
	ok(good, "values at random are captured and passed over");
	lic_buf_reset(&value);
	lic_buf_addc(&value, '[');
	while (value.len < 3u << 20) {
		make_value(&value, 3);
		lic_buf_adds(&value, ",\n");
	}
	lic_buf_adds(&value, "0]");
	ok(is_captured(&value, 5), "so is one that is longer than the window");
}

/* Every prefix of a text is cut off, and says so. */
static void test_prefixes(void)
{
	static const char text[] = "{\"a\":[1,{\"b\":\"\\\\\\\"}\"}],\"c\":{}}";
	bool good = true;

	for (size_t n = 1; n < sizeof(text) - 1; n++) {
		struct file f;

		open_file(&f, text, n);
		good = good && lic_jsonin_skip(&f.j) == -EBADMSG &&
		       strstr(f.err.msg, "it may be cut off");
		/* an error stays */
		good = good && lic_jsonin_skip(&f.j) == -EBADMSG;
		close_file(&f);
	}
	ok(good, "whatever is cut off is an error");
}

static void bad(const char *text, size_t n, const char *want)
{
	struct file f;

	open_file(&f, text, n);
	is_int(lic_jsonin_skip(&f.j), -EBADMSG, "%s", want);
	is_str(f.err.msg, want, "it says so");
	close_file(&f);
}

static void test_malformed(void)
{
	_cleanup_(lic_buf_release) struct lic_buf deep = LIC_BUF_INIT(1u << 20);

	bad("[1,{\"a\":2]}", 11, "'a.json', byte 10: ']' where '}' should be");
	bad("[\"a\0b\"]", 7, "'a.json', byte 4: a NUL byte");
	bad("[1,\"}]", 6,
	    "'a.json', byte 7: the file ends where the end of a string should be; it "
	    "may be cut off");
	for (int i = 0; i < 3000; i++)
		lic_buf_addc(&deep, '[');
	bad(deep.data, deep.len, "'a.json', byte 1025: nested deeper than 1024 levels");
}

int main(void)
{
	test_random();
	test_prefixes();
	test_malformed();
	return done_testing();
}
