/* SPDX-License-Identifier: Apache-2.0 */
/* What programs append behind images: AFCP, FotoStation, Canon VRD, MIE, one behind the other. */
#include <zlib.h>

#include "tests/unit/evidence.h"

#define IIM "\x1c\2\x74\0\3CC0" /* 2:116 */
#define XMP RDF("dc:rights='r'")

static void jpeg(struct bytes *f)
{
	be(f, 4, 0xffd8ffda);
	be(f, 2, 2);
	be(f, 4, 0x1234ffd9);
}

static void afcp(struct bytes *f, bool big, int moved)
{
	void (*num)(struct bytes *, unsigned, uint64_t) = big ? be : le;
	size_t at = f->b.len;

	puts_(f, big ? "AXS!" : "AXS*");
	num(f, 2, 0x100);
	num(f, 2, 2);
	num(f, 4, 0);
	puts_(f, "Nail");
	num(f, 4, 4);
	num(f, 4, at + 36);
	puts_(f, "IPTC");
	num(f, 4, sizeof(IIM) - 1);
	num(f, 4, at + 40 + (unsigned)moved);
	puts_(f, "nail");
	put(f, IIM, sizeof(IIM) - 1);
	puts_(f, big ? "AXS!" : "AXS*");
	num(f, 4, at + (unsigned)moved);
	num(f, 4, 0);
}

static void fotostation(struct bytes *f, unsigned tag, const void *p, size_t n)
{
	put(f, p, n);
	be(f, 2, tag);
	be(f, 4, n + 10);
	be(f, 4, 0xa1b2c3d4);
}

static void vrd(struct bytes *f)
{
	size_t n = 8 + 4 + 8 + sizeof(XMP) - 1;

	put(f, "CANON OPTIONAL DATA\0\0\1\0\0", 24);
	be(f, 4, n);
	be(f, 4, 0xffff00f4);
	be(f, 4, 4);
	puts_(f, "edit");
	be(f, 4, 0xffff00f6);
	be(f, 4, sizeof(XMP) - 1);
	puts_(f, XMP);
	put(f, "CANON OPTIONAL DATA\0", 20);
	be(f, 4, n);
	for (int i = 0; i < 40; i++)
		be(f, 1, 0);
}

static void mechanic(struct bytes *f)
{
	puts_(f, "soft edits");
	be(f, 4, 10);
	puts_(f, "cbipcbbl");
}

/* --- MIE ----------------------------------------------------------------------------------- */

static void element(struct bytes *f, unsigned format, const char *tag, const void *p, size_t n)
{
	puts_(f, "~");
	be(f, 1, format);
	be(f, 1, strlen(tag));
	be(f, 1, n > 252 ? 0xfe : n);
	puts_(f, tag);
	if (n > 252)
		be(f, 4, n);
	put(f, p, n);
}

static void deflated(struct bytes *f, unsigned format, const char *tag, const void *p, size_t n)
{
	uLongf len = compressBound(n);
	Bytef *out = malloc(len);

	if (out && compress(out, &len, p, n) == Z_OK)
		element(f, format | 4, tag, out, len);
	free(out);
}

static void mie(struct bytes *f, bool wide)
{
	size_t at = f->b.len;

	element(f, 0x10, "0MIE", "", 0);
	element(f, 0x10, "Meta", "", 0);
	element(f, 0x10, "Document", "", 0);
	element(f, 0x28, "Author", "Jane", 4);
	element(f, 0x29, "Comment", "\0C\0C\0B\0Y", 8);
	element(f, 0x28, "Copyright-de_DE", "CC BY 4.0", 9);
	element(f, 0, "", "", 0);
	element(f, 0, "IPTC", IIM, sizeof(IIM) - 1);
	deflated(f, 0, "XMP", XMP, sizeof(XMP) - 1);
	element(f, 0, "", "", 0);
	puts_(f, "~");
	be(f, 3, wide ? 0x0a : 6);
	be(f, wide ? 8 : 4, f->b.len - at + (wide ? 10 : 6));
	be(f, 2, wide ? 0x1008 : 0x1004);
}

/* --- tests --------------------------------------------------------------------------------- */

static void has(const char *field, const char *text, const char *where)
{
	is_str(text_of(&claims, field, 0), text, "%s: %s", where, field);
}

/* Cut at the front, whatever stands there: the trailer must be found whole or be damage. */
static void lie_anywhere(struct bytes *f, const char *what)
{
	for (size_t i = 0; i + 4 <= f->b.len; i++) {
		char old[4];

		memcpy(old, f->b.data + i, 4);
		for (unsigned k = 0; k < 4; k++) {
			memset(f->b.data + i, (int)(0x7f * k + k / 3), 4);
			read_built(f, &claims);
		}
		memcpy(f->b.data + i, old, 4);
	}
	ok(true, "%s survives words that are wrong", what);
}

static void test_each(void)
{
	struct bytes f = BYTES_INIT;

	for (int k = 0; k < 6; k++) {
		const char *const what[] = {
			"AFCP",	       "AFCP, little-endian", "AFCP that was moved",
			"FotoStation", "Canon VRD",	      "all of them"
		};

		jpeg(&f);
		if (k == 3 || k == 5) {
			fotostation(&f, 1, IIM, sizeof(IIM) - 1);
			fotostation(&f, 3, "thumbnail", 9);
		}
		if (k >= 4)
			vrd(&f);
		if (k == 5) {
			mie(&f, false);
			mechanic(&f);
		}
		if (k < 3)
			afcp(&f, k != 1, k == 2 ? 1234 : 0);
		read_built(&f, &claims);
		clean(what[k]);
		if (k != 4)
			has("2:116", "CC0", what[k]);
		if (k >= 4)
			has("dc:rights", "r", what[k]);
		lie_anywhere(&f, what[k]);
		bytes_release(&f);
	}
}

static void test_mie(void)
{
	struct bytes f = BYTES_INIT;

	for (int wide = 0; wide < 2; wide++) {
		jpeg(&f);
		mie(&f, wide);
		read_built(&f, &claims);
		clean("MIE");
		has("Copyright", "CC BY 4.0", "MIE");
		has("Comment", "CCBY", "MIE");
		has("Author", "Jane", "MIE");
		has("2:116", "CC0", "MIE");
		has("dc:rights", "r", "MIE");
		lie_anywhere(&f, "MIE");
		f.b.data[10] = '!';
		done(&f);
		damaged("MIE whose group is none");
	}
}

static void test_broken(void)
{
	struct bytes f = BYTES_INIT;

	jpeg(&f);
	puts_(&f, "AXS!");
	be(&f, 8, 4);
	done(&f);
	damaged("an AFCP trailer without its beginning");
	jpeg(&f);
	vrd(&f);
	memmove(f.b.data + 10, f.b.data + 14, f.b.len - 14);
	f.b.len -= 4;
	done(&f);
	damaged("a Canon VRD trailer without its beginning");
	jpeg(&f);
	be(&f, 2, 1);
	be(&f, 4, 9999);
	be(&f, 4, 0xa1b2c3d4);
	done(&f);
	damaged("a FotoStation trailer longer than the file");
	jpeg(&f);
	puts_(&f, "what nobody knows");
	done(&f);
	ok(!claims.damage && !claims.n, "other bytes behind an image say nothing");
}

int main(void)
{
	test_each();
	test_mie();
	test_broken();
	lic_claims_release(&claims);
	return done_testing();
}
