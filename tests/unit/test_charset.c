/* SPDX-License-Identifier: Apache-2.0 */
/* Character sets as found in the wild: whatever the bytes, the statement is read. */
#include "fs/evidence/charset.h"
#include "tests/unit/evidence.h"

#define UTF8 3
#define ASCII 2
#define UNDEFINED 7

static struct lic_buf text = LIC_BUF_INIT(1u << 20);

static const char *decode(enum lic_charset charset, const void *p, size_t n)
{
	lic_buf_reset(&text);
	lic_decode(&text, charset, p, n);
	lic_mojibake_mend(&text);
	return lic_buf_str(&text);
}

#define DECODES(charset, bytes, want)                                                              \
	is_str(decode(charset, bytes, sizeof(bytes) - 1), want, "%s", #bytes)
#define GUESSES(bytes, want) DECODES(LIC_CHARSET_GUESS, bytes, want)
#define MENDS(from, to) GUESSES(from, to)

static void test_guess(void)
{
	GUESSES("CC BY 4.0", "CC BY 4.0");
	GUESSES("\xa9 Jane", "© Jane");
	GUESSES("\x93r\xe9serv\xe9\x94 \x96 5 \x80", "“réservé” – 5 €");
	GUESSES("a\0b", "a b");
	GUESSES("\xff\xfe"
		"C\0C\0"
		"0\0",
		"CC0");
	GUESSES("\xfe\xff\0C\0C\0"
		"0",
		"CC0");
	GUESSES("C\0C\0 \0B\0Y\0", "CC BY");
	GUESSES("C\0C\0 \0B\0Y", "CC BY");
	GUESSES("\0C\0C\0 \0B\0Y", "CC BY");
	GUESSES("\xff\xfe\0\0C\0\0\0C\0\0\0"
		"0\0\0\0",
		"CC0");
	GUESSES("\0\0\xfe\xff\0\0\0C\0\0\0C\0\0\0"
		"0",
		"CC0");
	GUESSES("C\0\0\0C\0\0\0"
		"0\0\0\0",
		"CC0");
	GUESSES("\0\0\0C\0\0\0C\0\0\0"
		"0",
		"CC0");
	GUESSES("J\0K\0", "J K ");
	GUESSES("CC0\0not for AI training\0", "CC0 not for AI training ");
	/* what is broken splits nothing */
	GUESSES("CC0\x81\xc3 all rights reserved", "CC0\xc2\x81Ã all rights reserved");
	/* one bad byte leaves the rest as it is */
	GUESSES("\xc2\xa9 Jane \x81 CC BY", "© Jane \xc2\x81 CC BY");
}

static void test_sets(void)
{
	DECODES(LIC_CHARSET_UTF16LE, "\xa9\0 \0J\0", "© J");
	DECODES(LIC_CHARSET_UTF16LE, "\xfe\xff\0J", "J");
	DECODES(LIC_CHARSET_UTF16BE, "\xff\xfeJ\0", "J");
	DECODES(LIC_CHARSET_UTF16BE, "\xd8\x3d\xde\x00", "😀");
	DECODES(LIC_CHARSET_UTF16BE, "\xd8\x3d", "\ufffd");
	DECODES(LIC_CHARSET_UTF16, "\x30\x42\x30\x44\x30\x46", "あいう");
	DECODES(LIC_CHARSET_UTF16_BIG, "\x42\x30\x44\x30\x46\x30", "あいう");
	DECODES(LIC_CHARSET_UTF16_BIG, "\x72\x48", "版");
	DECODES(LIC_CHARSET_UTF16, "\x48\x72", "版");
	DECODES(LIC_CHARSET_8859 + 2, "\xa9 \xb3", "Š ł");
	DECODES(LIC_CHARSET_8859 + 5, "\xb2\xe1\xd5", "Все");
	DECODES(LIC_CHARSET_8859 + 15, "5 \xa4", "5 €");
	DECODES(LIC_CHARSET_8859 + 5, "\xc2\xa9", "©");
	DECODES(LIC_CHARSET_8859 + 12, "\xa9", "©");
	DECODES(LIC_CHARSET_JIS, "\x1b$BHG8\"=jM-\x1b(B CC", "版権所有 CC");
	DECODES(LIC_CHARSET_JIS, "\x94\xc5\x8c\xa0 CC", "版権 CC");
	DECODES(LIC_CHARSET_JIS, "\xb6\xc5", "ｶﾅ");
	DECODES(LIC_CHARSET_JIS, "%+%J$+", "カナか");
	DECODES(LIC_CHARSET_JIS, "all rights reserved", "all rights reserved");
	DECODES(LIC_CHARSET_JIS, "\xc2\xa9 Jane", "© Jane");
	DECODES(LIC_CHARSET_JIS, "\x1b$B", "");
	DECODES(LIC_CHARSET_JIS, "\x1b$BH", "H");
	DECODES(LIC_CHARSET_JIS, "\xfc", "ü");
}

static void test_mojibake(void)
{
	MENDS("Â© Jane", "© Jane");
	MENDS("Ã‚Â© Jane", "© Jane");
	MENDS("Ãƒâ€šÃ‚Â© Jane", "© Jane");
	MENDS("ZoÃ« MÃ¼ller", "Zoë Müller");
	MENDS("ZoÃƒÂ«", "Zoë");
	MENDS("donâ€™t", "don’t");
	MENDS("ç‰ˆæ¨©", "版権");
	MENDS("Ð’ÑÐµ Ð¿Ñ€Ð°Ð²Ð°", "Ð’ÑÐµ права");
	MENDS("Ð\xc2\x92Ñ\xc2\x81Ðµ", "Все");
	MENDS("Â©", "©");
	MENDS("¬© Jane √©", "© Jane é");
	/* what was meant so stays */
	MENDS("“CAFÉ”", "“CAFÉ”");
	MENDS("NESTLÉ®", "NESTLÉ®");
	MENDS("São Paulo, Österreich", "São Paulo, Österreich");
	MENDS("版権所有", "版権所有");
	MENDS("x ¬ y", "x ¬ y");
	MENDS("Ã", "Ã");
}

/* A TIFF whose one entry is this. */
static void exif(bool big, unsigned tag, unsigned type, const void *p, size_t n)
{
	struct bytes f = BYTES_INIT;

	tiff_one(&f, big, tag, type, n, p, n);
	read_built(&f, &claims);
	bytes_release(&f);
}
#define EXIF(big, tag, type, bytes, field, want)                                                   \
	do {                                                                                       \
		exif(big, tag, type, bytes, sizeof(bytes) - 1);                                    \
		is_str(text_of(&claims, field, 0), want, "%s %s", field, #bytes);                  \
	} while (0)

static void test_exif(void)
{
	EXIF(false, 0x8298, ASCII,
	     "C\0C\0 \0B\0Y\0 \0"
	     "4\0",
	     "Copyright", "CC BY 4");
	is_str(text_of(&claims, "Copyright", 1), NULL, "and is one text");
	EXIF(true, 0x8298, ASCII, "\xc2\xa9 Jane\0\xa9 Ed\0", "Copyright", "© Jane");
	is_str(text_of(&claims, "Copyright", 1), "© Ed", "each part has its own character set");
	EXIF(false, 0x9286, UNDEFINED, "ASCII\0\0\0CC0", "UserComment", "CC0");
	EXIF(false, 0x9286, UNDEFINED, "ASCII   CC0", "UserComment", "CC0");
	EXIF(false, 0x9286, UNDEFINED, "\0\0\0\0\0\0\0\0CC0", "UserComment", "CC0");
	EXIF(false, 0x9286, UNDEFINED, "\0abcdefgCC0", "UserComment", "CC0");
	EXIF(false, 0x9286, UNDEFINED,
	     "UNICODE\0C\0C\0"
	     "0\0",
	     "UserComment", "CC0");
	EXIF(false, 0x9286, UNDEFINED,
	     "UNICODE\0\0C\0C\0"
	     "0",
	     "UserComment", "CC0");
	EXIF(true, 0x9286, UNDEFINED,
	     "UNICODE\0C\0C\0"
	     "0\0",
	     "UserComment", "CC0");
	EXIF(true, 0x9286, UNDEFINED,
	     "UNICODE \xff\xfe"
	     "C\0C\0",
	     "UserComment", "CC");
	EXIF(true, 0x9286, UNDEFINED, "UNICODE\0\x72\x48\x6a\x29", "UserComment", "版権");
	EXIF(false, 0x9286, UNDEFINED, "UNICODE\0\x48\x72\x29\x6a", "UserComment", "版権");
	EXIF(false, 0x9286, UNDEFINED, "UNICODE\0All rights reserved\0", "UserComment",
	     "All rights reserved");
	EXIF(false, 0x9286, UNDEFINED, "JIS\0\0\0\0\0\x94\xc5\x8c\xa0", "UserComment", "版権");
	EXIF(false, 0x9286, UNDEFINED, "All rights reserved", "UserComment", "All rights reserved");
	EXIF(false, 0x9286, UNDEFINED,
	     "\0C\0C\0 \0B\0Y\0 \0"
	     "4",
	     "UserComment", "CC BY 4");
	EXIF(false, 0x9286, UNDEFINED, "CC0", "UserComment", "CC0");
	EXIF(false, 0x9c9c, 1,
	     "C\0C\0"
	     "0\0\0\0",
	     "XPComment", "CC0");
	EXIF(true, 0x9c9c, 1,
	     "C\0C\0"
	     "0\0\0\0",
	     "XPComment", "CC0");
	EXIF(true, 0x9c9c, 1, "All rights reserved\0", "XPComment", "All rights reserved");
}

static void iim(const char *designation, size_t n, const void *value, size_t value_n)
{
	struct bytes f = BYTES_INIT, b = BYTES_INIT;

	if (n) {
		put(&b, "\x1c\x01\x5a", 3);
		be(&b, 2, n);
		put(&b, designation, n);
	}
	put(&b, "\x1c\x02\x74", 3);
	be(&b, 2, value_n);
	put(&b, value, value_n);
	tiff_one(&f, true, 0x83bb, 1, b.b.len, b.b.data, b.b.len);
	read_built(&f, &claims);
	bytes_release(&f);
	bytes_release(&b);
}
#define IIM(designation, bytes, want)                                                              \
	do {                                                                                       \
		iim(designation, sizeof(designation) - 1, bytes, sizeof(bytes) - 1);               \
		is_str(text_of(&claims, "2:116", 0), want, "2:116 after %s", #designation);        \
	} while (0)

static void test_iim(void)
{
	IIM("", "\xa9 Jane", "© Jane");
	IIM("\x1b%G", "\xc2\xa9 Jane", "© Jane");
	IIM("\x1b%G", "\xa9 Jane", "© Jane");
	IIM("\x1b-B", "\xa9", "Š");
	IIM("\x1b.L", "\xb2\xe1\xd5", "Все");
	IIM("\x1b.A", "\xa9 Jane", "© Jane");
	IIM("\x1b-L", "\xc2\xa9 Jane", "© Jane");
	IIM("\x1b$B", "\x1b$BHG8\"\x1b(B", "版権");
	IIM("\x1b", "\xa9 Jane", "© Jane");
}

/* A packet in another encoding: every character as `unit` bytes. */
static void packet(unsigned unit, bool big, bool mark, const char *before)
{
	static const char body[] =
		"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" RDF("dc:rights='CC0'") "</x:xmpmeta>";
	struct bytes f = BYTES_INIT, b = BYTES_INIT;
	void (*num)(struct bytes *, unsigned, uint64_t) = big ? be : le;

	if (mark && unit == 1)
		puts_(&b, "\xef\xbb\xbf");
	else if (mark)
		num(&b, unit, 0xfeff);
	for (; *before; before++)
		num(&b, unit, (uint8_t)*before);
	for (const char *s = body; *s; s++)
		num(&b, unit, (uint8_t)*s);
	xmp_file(&f, b.b.data, b.b.len);
	read_built(&f, &claims);
	is_str(text_of(&claims, "dc:rights", 0), "CC0",
	       "packet of UTF-%u, %s, mark %d, behind '%s'", unit * 8, big ? "big" : "little", mark,
	       *before ? before : "nothing");
	clean("no damage");
	bytes_release(&f);
	bytes_release(&b);
}

static void test_packets(void)
{
	for (unsigned i = 0; i < 12; i++) {
		packet(i < 4 ? 1 : i < 8 ? 2 : 4, i & 1, i & 2, "");
		packet(i < 4 ? 1 : i < 8 ? 2 : 4, i & 1, i & 2, " ");
		packet(i < 4 ? 1 : i < 8 ? 2 : 4, i & 1, i & 2, "\n  ");
	}
	read_rdf("<rdf:Description dc:rights='\xa9 Jane \x93"
		 "all\x94'/>",
		 &claims);
	is_str(text_of(&claims, "dc:rights", 0), "© Jane “all”", "Windows-1252 in a packet");
	clean("no damage");
	read_rdf("<rdf:Description dc:rights='Â© Jane'/>", &claims);
	is_str(text_of(&claims, "dc:rights", 0), "© Jane", "mojibake in a packet");
	ok(nth(&claims, "dc:rights", 0)->raw.n == strlen("Â© Jane"), "its bytes are kept");
}

/* No bytes whatever make a text grow beyond three times, or leave it in no UTF-8. */
static void test_any_bytes(void)
{
	uint8_t p[64];
	uint32_t seed = 1;
	bool small = true, valid = true;

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = round % sizeof(p);

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			p[i] = seed >> 24 < 40 ? 0 : (uint8_t)(seed >> 16);
		}
		decode((enum lic_charset)(round % (LIC_CHARSET_8859_LAST + 1)), p, n);
		small = small && text.len <= 3 * n;
		valid = valid && lic_utf8_valid(lic_buf_str(&text), text.len) &&
			strlen(lic_buf_str(&text)) == text.len;
	}
	ok(small, "a byte never becomes more than three");
	ok(valid, "the result is UTF-8 without NUL");
}

int main(void)
{
	test_guess();
	test_sets();
	test_mojibake();
	test_exif();
	test_iim();
	test_packets();
	test_any_bytes();
	lic_buf_release(&text);
	lic_claims_release(&claims);
	return done_testing();
}
