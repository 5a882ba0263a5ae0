/* SPDX-License-Identifier: Apache-2.0 */
/* Makes clean UTF-8 of an SVG file, piece by piece. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/charset.h"
#include "fs/evidence/svg.h"
#include "fs/util/cursor.h"

#define PIECE (64u * 1024)
#define DECLARATION 256 /* bytes in which an XML declaration ends */

/* Bytes that need a look; all others are passed on as they are. */
enum { PLAIN = 0, MARK, HIGH, FORBIDDEN };

static const uint8_t class_of[256] = {
	[0 ... 8] = FORBIDDEN,
	[11 ... 12] = FORBIDDEN,
	[14 ... 31] = FORBIDDEN,
	['<'] = MARK,
	['>'] = MARK,
	['"'] = MARK,
	['\''] = MARK,
	['&'] = MARK,
	[';'] = MARK,
	[0x80 ... 0xff] = HIGH,
};

bool lic_svg_source_init(struct lic_svg_source *s, struct lic_reading *r)
{
	const uint8_t *head = lic_input_peek(r->in, 0, r->in->size < 2 ? 0 : 2);

	*s = (struct lic_svg_source){ .r = r, .left = LIC_SVG_TEXT_MAX };
	/* UTF-16 and UTF-32 leave at most 3 bytes for the next piece */
	s->raw = (struct lic_buf)LIC_BUF_INIT(2 * PIECE);
	/* Latin-1 doubles; U+FFFD takes three bytes, for which there were two */
	s->out = (struct lic_buf)LIC_BUF_INIT(8 * PIECE);
	if (head && r->in->size >= 2 && head[0] == 0x1f && head[1] == 0x8b) {
		s->left = LIC_SVG_UNPACKED_MAX;
		s->gunzip = lic_gunzip_new();
		return s->gunzip != NULL;
	}
	return true;
}

void lic_svg_source_release(struct lic_svg_source *s)
{
	lic_gunzip_free(s->gunzip);
	lic_buf_release(&s->raw);
	lic_buf_release(&s->out);
	*s = (struct lic_svg_source){ 0 };
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void end(struct lic_svg_source *s, const char *damage)
{
	s->ended = true;
	if (!s->damage)
		s->damage = damage;
}

/* --- bytes ---------------------------------------------------------------------------------- */

static void unpack(struct lic_svg_source *s, const struct lic_block *b)
{
	uint8_t piece[16 * 1024];
	size_t taken = 0;
	long n = lic_gunzip(s->gunzip, b->p, b->n, &taken, piece, sizeof(piece));

	s->at += taken;
	if (n < 0 || (!n && !taken && b->n))
		end(s, "a compressed SVG that does not unpack");
	else if (n)
		lic_buf_add(&s->raw, piece, (size_t)n);
	else if (s->at >= s->r->in->size)
		end(s, lic_gunzip_ended(s->gunzip) ? NULL : "a compressed SVG that is cut off");
}

/* Adds the next bytes of the file to `raw`. */
static void fetch(struct lic_svg_source *s)
{
	uint64_t rest = s->r->in->size - s->at;
	/* small, because what is left of it is read again */
	size_t want = s->gunzip ? 4096 : PIECE;
	struct lic_block b = { 0 };
	size_t before = s->raw.len;

	if (want > rest)
		want = (size_t)rest;
	if (want && lic_input_block(s->r->in, s->at, want, &b) < 0)
		return end(s, "a file that cannot be read whole");
	if (s->gunzip) {
		unpack(s, &b);
	} else {
		lic_buf_add(&s->raw, b.p, b.n);
		s->at += b.n;
		if (s->at >= s->r->in->size)
			s->ended = true;
	}
	lic_block_release(&b);
	if (s->raw.len - before > s->left)
		end(s, "an SVG larger than the limits allow");
	else
		s->left -= s->raw.len - before;
}

/* --- leaving out ---------------------------------------------------------------------------- */

/* Plain bytes: path data, pictures in base64. Whole, until the run is too long; then the last few
 * are kept back, because "--", "]]" and "?" before the bracket that ends the run belong to it. */
static void add_plain(struct lic_svg_source *s, const uint8_t *p, size_t n)
{
	size_t keep;

	s->run += n;
	if (!s->in_tag || s->in_reference || (!s->n_tail && s->run <= LIC_SVG_RUN_MAX)) {
		lic_buf_add(&s->out, p, n);
		return;
	}
	if (!s->n_tail)
		s->omitted++;
	keep = n < sizeof(s->tail) ? sizeof(s->tail) - n : 0;
	if (keep > s->n_tail)
		keep = s->n_tail;
	memmove(s->tail, s->tail + s->n_tail - keep, keep);
	if (n > sizeof(s->tail) - keep) {
		p += n - (sizeof(s->tail) - keep);
		n = sizeof(s->tail) - keep;
	}
	memcpy(s->tail + keep, p, n);
	s->n_tail = (unsigned)(keep + n);
}

static void flush_tail(struct lic_svg_source *s)
{
	unsigned i = 0;

	/* not from the middle of a character */
	while (i < s->n_tail && (s->tail[i] & 0xc0) == 0x80)
		i++;
	lic_buf_add(&s->out, s->tail + i, s->n_tail - i);
	s->n_tail = 0;
}

static void add_mark(struct lic_svg_source *s, uint8_t c)
{
	if (c == '&' || c == ';') {
		if (s->n_tail) {
			/* within a run that is left out a reference is as good as gone */
			uint8_t blank = ' ';

			add_plain(s, &blank, 1);
			return;
		}
		s->in_reference = c == '&';
		lic_buf_addc(&s->out, (char)c);
		s->run++;
		return;
	}
	flush_tail(s);
	lic_buf_addc(&s->out, (char)c);
	s->run = 0;
	s->in_reference = false;
	if (c == '<' || c == '>')
		s->in_tag = c == '<';
}

static void add_char(struct lic_svg_source *s, uint32_t cp)
{
	uint8_t b[4];
	size_t n = 0;

	if (cp < 0x80)
		b[n++] = (uint8_t)cp;
	else if (cp < 0x800)
		b[n++] = (uint8_t)(0xc0 | cp >> 6);
	else if (cp < 0x10000)
		b[n++] = (uint8_t)(0xe0 | cp >> 12);
	else
		b[n++] = (uint8_t)(0xf0 | cp >> 18);
	if (cp >= 0x10000)
		b[n++] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
	if (cp >= 0x800)
		b[n++] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	if (cp >= 0x80)
		b[n++] = (uint8_t)(0x80 | (cp & 0x3f));
	add_plain(s, b, n);
}

/* One character, made one that XML allows. */
static void add_decoded(struct lic_svg_source *s, uint32_t cp)
{
	if (cp < 0x80 && class_of[cp] == MARK)
		return add_mark(s, (uint8_t)cp);
	if (cp < 0x80 && class_of[cp] == FORBIDDEN)
		cp = ' ';
	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) || cp == 0xfffe || cp == 0xffff)
		cp = 0xfffd;
	if (cp != 0xfeff)
		add_char(s, cp);
}

/* --- charsets ------------------------------------------------------------------------------- */

/* Might these bytes be the beginning of a longer character? */
static bool is_cut(const uint8_t *p, size_t n)
{
	size_t need = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 1;

	for (size_t i = 1; i < n && i < need; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return n < need;
}

/* Returns how many bytes were decoded. */
static size_t decode_bytes(struct lic_svg_source *s, const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t from = i, k = 1;
		uint32_t cp;

		while (i < n && class_of[p[i]] == PLAIN)
			i++;
		if (i > from)
			add_plain(s, p + from, i - from);
		if (i == n)
			break;
		cp = p[i];
		if (s->charset == LIC_SVG_ASCII && class_of[p[i]] != MARK) {
			end(s, "XML in an encoding that is not read");
			return n;
		}
		if (cp >= 0x80 && s->charset == LIC_SVG_UTF8) {
			if (!s->ended && is_cut(p + i, n - i))
				break;
			k = lic_utf8_decode(p + i, n - i, &cp);
		}
		if (!k || (cp >= 0x80 && s->charset == LIC_SVG_LATIN1))
			cp = p[i] < 0xa0 ? lic_cp1252[p[i] - 0x80] : p[i];
		add_decoded(s, cp);
		i += k ? k : 1;
	}
	return i;
}

static size_t decode_utf16(struct lic_svg_source *s, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; i + 2 <= n; i += 2) {
		uint32_t cp = (uint32_t)lic_load(p + i, 2, s->big), low;

		if (cp >= 0xd800 && cp < 0xdc00) {
			if (i + 4 > n)
				break;
			low = (uint32_t)lic_load(p + i + 2, 2, s->big);
			if (low >= 0xdc00 && low < 0xe000) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		add_decoded(s, cp);
	}
	return i;
}

static size_t decode_utf32(struct lic_svg_source *s, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		add_decoded(s, (uint32_t)lic_load(p + i, 4, s->big));
	return i;
}

static bool is_wide(struct lic_svg_source *s, const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t head[4];
		uint8_t len;
		enum lic_svg_charset charset;
		bool big;
	} marks[] = {
		{ { 0xff, 0xfe, 0, 0 }, 4, LIC_SVG_UTF32, false },
		{ { 0, 0, 0xfe, 0xff }, 4, LIC_SVG_UTF32, true },
		{ { '<', 0, 0, 0 }, 4, LIC_SVG_UTF32, false },
		{ { 0, 0, 0, '<' }, 4, LIC_SVG_UTF32, true },
		{ { 0xff, 0xfe }, 2, LIC_SVG_UTF16, false },
		{ { 0xfe, 0xff }, 2, LIC_SVG_UTF16, true },
		{ { '<', 0 }, 2, LIC_SVG_UTF16, false },
		{ { 0, '<' }, 2, LIC_SVG_UTF16, true },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(marks); i++)
		if (n >= marks[i].len && memcmp(p, marks[i].head, marks[i].len) == 0) {
			s->charset = marks[i].charset;
			s->big = marks[i].big;
			return true;
		}
	return false;
}

static enum lic_svg_charset charset_of(const char *name, size_t n)
{
	static const char *const utf8[] = { "utf-8", "utf8",   "us-ascii",
					    "ascii", "utf-16", "unicode" };
	static const char *const latin1[] = { "iso-8859-1", "iso-8859-15",  "iso8859-1", "latin1",
					      "latin-1",    "windows-1252", "cp1252" };

	/* "UTF-16" in a file of single bytes was left there by whoever converted it */
	for (size_t i = 0; i < LIC_ARRAY_SIZE(utf8); i++)
		if (strlen(utf8[i]) == n && strncasecmp(name, utf8[i], n) == 0)
			return LIC_SVG_UTF8;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(latin1); i++)
		if (strlen(latin1[i]) == n && strncasecmp(name, latin1[i], n) == 0)
			return LIC_SVG_LATIN1;
	return LIC_SVG_ASCII;
}

/* The value of encoding="..."; *ret_n is 0 where there is none. */
static const char *encoding_of(const char *p, size_t n, size_t *ret_n)
{
	const char *stop = p + n, *name = memmem(p, n, "encoding", 8), *from;

	*ret_n = 0;
	if (!name)
		return p;
	name += 8;
	while (name < stop && (*name == '=' || is_space(*name)))
		name++;
	if (name == stop || (*name != '"' && *name != '\''))
		return p;
	from = name + 1;
	for (name = from; name < stop && *name != from[-1];)
		name++;
	*ret_n = (size_t)(name - from);
	return from;
}

/*
 * Reads <?xml version="1.0" encoding="..."?> and returns how long it is: nobody else needs it, and
 * some are not quite right. In an encoding that is not read the markup must still be ASCII; UTF-7
 * and HZ write it otherwise.
 */
static size_t read_declaration(struct lic_svg_source *s, const char *p, size_t n)
{
	const char *stop, *name;
	size_t len;

	if (n < 6 || memcmp(p, "<?xml", 5) != 0 || !is_space(p[5]))
		return 0;
	stop = memmem(p, n < DECLARATION ? n : DECLARATION, "?>", 2);
	if (!stop)
		return 0;
	name = encoding_of(p, (size_t)(stop - p), &len);
	if (len)
		s->charset = charset_of(name, len);
	if (s->charset == LIC_SVG_ASCII && ((len >= 4 && strncasecmp(name, "utf", 3) == 0) ||
					    (len >= 2 && strncasecmp(name, "hz", 2) == 0)))
		end(s, "XML in an encoding that is not read");
	return (size_t)(stop - p) + 2;
}

/* Finds the charset and drops what stands before the first character. */
static void begin(struct lic_svg_source *s)
{
	const uint8_t *p = (const uint8_t *)lic_buf_str(&s->raw);
	size_t n = s->raw.len, skip = 0;

	s->begun = true;
	if (is_wide(s, p, n))
		return;
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		skip = 3;
	while (skip < n && is_space((char)p[skip]))
		skip++;
	skip += read_declaration(s, (const char *)p + skip, n - skip);
	if (!skip)
		return;
	memmove(s->raw.data, s->raw.data + skip, n - skip);
	lic_buf_truncate(&s->raw, n - skip);
}

/* --- reading -------------------------------------------------------------------------------- */

static void decode(struct lic_svg_source *s)
{
	const uint8_t *p = (const uint8_t *)lic_buf_str(&s->raw);
	size_t n = s->raw.len, done;

	if (!n)
		return;
	if (s->charset == LIC_SVG_UTF16)
		done = decode_utf16(s, p, n);
	else if (s->charset == LIC_SVG_UTF32)
		done = decode_utf32(s, p, n);
	else
		done = decode_bytes(s, p, n);
	if (done < n)
		memmove(s->raw.data, s->raw.data + done, n - done);
	lic_buf_truncate(&s->raw, n - done);
	if (lic_buf_failed(&s->out) || lic_buf_failed(&s->raw))
		end(s, "out of memory while reading an SVG");
}

size_t lic_svg_source_read(void *source, char *to, size_t n)
{
	struct lic_svg_source *s = source;
	size_t got = 0, k;

	while (got < n) {
		if (s->out_at == s->out.len) {
			lic_buf_reset(&s->out);
			s->out_at = 0;
			if (s->ended)
				break;
			fetch(s);
			if (!s->begun && (s->raw.len >= DECLARATION || s->ended))
				begin(s);
			if (s->begun && !s->damage)
				decode(s);
			if (s->ended)
				flush_tail(s);
			continue;
		}
		k = s->out.len - s->out_at;
		k = k < n - got ? k : n - got;
		memcpy(to + got, s->out.data + s->out_at, k);
		s->out_at += k;
		got += k;
	}
	return got;
}
