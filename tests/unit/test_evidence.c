/* SPDX-License-Identifier: Apache-2.0 */
/* Claims of real and built files of every format. */
#include <errno.h>
#include <pthread.h>

#include "tests/unit/evidence.h"

/* One line a claim that is expected, in order of appearance within its field. */
struct expected {
	const char *file;
	enum lic_format format;
	const char *field;
	size_t i;
	enum lic_role role;
	const char *text;
};

#define BY40 "http://creativecommons.org/licenses/by/4.0/"
#define JANE_BY "Jane Doe, CC BY 4.0"
#define TERMS_BY_SA                                                                                \
	"This work is licensed under the Creative Commons Attribution-ShareAlike 4.0 "             \
	"International License."

static const struct expected expected[] = {
	{ "cc-by.jpg", LIC_FORMAT_JPEG, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.png", LIC_FORMAT_PNG, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.webp", LIC_FORMAT_WEBP, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.tif", LIC_FORMAT_TIFF, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.gif", LIC_FORMAT_GIF, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.avif", LIC_FORMAT_AVIF, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE, "CC BY 4.0" },
	{ "cc-by.avif", LIC_FORMAT_AVIF, "Copyright", 0, LIC_ROLE_COPYRIGHT, JANE_BY },
	{ "cc-by.heic", LIC_FORMAT_HEIF, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE, "CC BY 4.0" },
	{ "cc-by.heic", LIC_FORMAT_HEIF, "Copyright", 0, LIC_ROLE_COPYRIGHT, JANE_BY },
	{ "cc-by.jxl", LIC_FORMAT_JXL, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE, "CC BY 4.0" },
	{ "cc-by.jxl", LIC_FORMAT_JXL, "Copyright", 0, LIC_ROLE_COPYRIGHT, JANE_BY },
	{ "cc-by.jp2", LIC_FORMAT_JP2, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE, "CC BY 4.0" },
	{ "cc-by.jp2", LIC_FORMAT_JP2, "Copyright", 0, LIC_ROLE_COPYRIGHT, JANE_BY },
	{ "cc-by.jp2", LIC_FORMAT_JP2, "2:116", 0, LIC_ROLE_COPYRIGHT, "CC BY 4.0" },
	{ "comment.j2k", LIC_FORMAT_JP2, "COM", 0, LIC_ROLE_COMMENT, "CC BY 4.0" },
	{ "cc-by.jpg", LIC_FORMAT_JPEG, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE, "CC BY 4.0" },
	{ "cc-by.jpg", LIC_FORMAT_JPEG, "xmpRights:Marked", 0, LIC_ROLE_NOTICE, "True" },
	{ "cc-by.jpg", LIC_FORMAT_JPEG, "dc:rights", 0, LIC_ROLE_COPYRIGHT, "(c) 2020 Jane Doe" },
	{ "cc-by.jpg", LIC_FORMAT_JPEG, "cc:attributionURL", 0, LIC_ROLE_SOURCE_URL,
	  "https://example.org/jane" },
	{ "cc-by.psd", LIC_FORMAT_PSD, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.dng", LIC_FORMAT_DNG, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "cc-by.raf", LIC_FORMAT_RAW, "cc:license", 0, LIC_ROLE_LICENSE, BY40 },
	{ "optout.mpo", LIC_FORMAT_JPEG, "plus:DataMining", 0, LIC_ROLE_RESERVATION,
	  "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING" },
	{ "conflict.gif", LIC_FORMAT_GIF, "dc:rights", 0, LIC_ROLE_COPYRIGHT,
	  "All rights reserved" },
	{ "terms-CC-BY-SA-4.0.jpg", LIC_FORMAT_JPEG, "xmpRights:UsageTerms", 0, LIC_ROLE_LICENSE,
	  TERMS_BY_SA },
	{ "exif-CC-BY-4.0.png", LIC_FORMAT_PNG, "Copyright", 0, LIC_ROLE_COPYRIGHT,
	  "Jane Doe, CC BY 4.0, https://creativecommons.org/licenses/by/4.0/" },
	{ "exif-CC-BY-4.0.webp", LIC_FORMAT_WEBP, "Copyright", 0, LIC_ROLE_COPYRIGHT,
	  "Jane Doe, CC BY 4.0, https://creativecommons.org/licenses/by/4.0/" },
	{ "exif-two-copyrights.jpg", LIC_FORMAT_JPEG, "Copyright", 0, LIC_ROLE_COPYRIGHT,
	  "(c) 2020 Photographer" },
	{ "exif-two-copyrights.jpg", LIC_FORMAT_JPEG, "Copyright", 1, LIC_ROLE_COPYRIGHT,
	  "(c) 2021 Editor" },
	{ "gif-comment.gif", LIC_FORMAT_GIF, "Comment", 0, LIC_ROLE_COMMENT,
	  "Licensed under CC BY-NC 3.0" },
	{ "iptc-CC-BY-NC-4.0.tif", LIC_FORMAT_TIFF, "2:116", 0, LIC_ROLE_COPYRIGHT,
	  "CC BY-NC 4.0" },
	{ "iptc-iim.jpg", LIC_FORMAT_JPEG, "2:116", 0, LIC_ROLE_COPYRIGHT,
	  "(c) 2019 John Doe. All rights reserved." },
	{ "iptc-iim.jpg", LIC_FORMAT_JPEG, "2:40", 0, LIC_ROLE_CAPTION, "No AI training" },
	{ "iptc-iim.jpg", LIC_FORMAT_JPEG, "CopyrightFlag", 0, LIC_ROLE_NOTICE, "True" },
	{ "iptc-iim.jpg", LIC_FORMAT_JPEG, "URL", 0, LIC_ROLE_WEBSTATEMENT,
	  "https://example.org/terms" },
	{ "png-text.png", LIC_FORMAT_PNG, "Copyright", 0, LIC_ROLE_COPYRIGHT, "CC0 1.0" },
	{ "plus-datamining.jpg", LIC_FORMAT_JPEG, "Iptc4xmpExt:DigitalSourceType", 0,
	  LIC_ROLE_ORIGIN,
	  "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" },
	{ "plus-datamining.jpg", LIC_FORMAT_JPEG, "plus:CopyrightStatus", 0, LIC_ROLE_COPYRIGHT,
	  "http://ns.useplus.org/ldf/vocab/CS-PRO" },
	{ "plus-datamining.jpg", LIC_FORMAT_JPEG, "plus:OtherConstraints", 0, LIC_ROLE_CONSTRAINT,
	  "ask" },
};

static void test_fixtures(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(expected); i++) {
		const struct expected *e = &expected[i];
		struct bytes f = BYTES_INIT;
		const struct lic_claim *k;

		load(&f, e->file);
		is_int(read_built(&f, &claims), 0, "%s is read", e->file);
		is_str(claims.damage, NULL, "%s is clean", e->file);
		is_int(claims.format, e->format, "%s is %s", e->file, lic_format_name(e->format));
		k = nth(&claims, e->field, e->i);
		is_str(k ? k->text : NULL, e->text, "%s: %s", e->file, e->field);
		is_int(k ? (int)k->role : -1, e->role, "%s: %s is a %s", e->file, e->field,
		       lic_role_name(e->role));
		is_int(k ? (int)k->rank : -1, LIC_RANK_EMBEDDED, "%s is embedded", e->field);
		bytes_release(&f);
	}
}

static void test_reservations(void)
{
	struct bytes f = BYTES_INIT;
	const struct lic_claim *k;

	load(&f, "plus-datamining.jpg");
	read_built(&f, &claims);
	k = nth(&claims, "plus:DataMining", 0);
	is_int(k ? (int)k->role : -1, LIC_ROLE_RESERVATION, "DataMining reserves");
	is_int(k ? (int)k->reserve : -1, LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE,
	       "DMI-PROHIBITED-AIMLTRAINING reserves training of both kinds");
	bytes_release(&f);
	load(&f, "exif-learning-optout.jpg");
	read_built(&f, &claims);
	k = nth(&claims, "LearningOptOutIn", 0);
	is_int(k ? (int)k->reserve : -1, LIC_RESERVE_GENERATIVE,
	       "LearningOptOutIn reserves generative training, and allows data mining");
	is_str(k ? k->text : NULL, "generative-training", "and says so");
	bytes_release(&f);
}

/* Returns NULL where every reading found the same. */
static void *read_often(void *arg)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct bytes *f = arg;
	void *failed = NULL;

	for (int i = 0; i < 100; i++)
		if (read_built(f, &c) < 0 || c.damage || c.n != 8)
			failed = arg;
	lic_claims_release(&c);
	return failed;
}

static void test_threads(void)
{
	struct bytes f[4] = { BYTES_INIT, BYTES_INIT, BYTES_INIT, BYTES_INIT };
	static const char *const names[] = { "cc-by.jpg", "cc-by.png", "cc-by.tif", "cc-by.gif" };
	pthread_t thread[4];

	for (int i = 0; i < 4; i++) {
		load(&f[i], names[i]);
		is_int(pthread_create(&thread[i], NULL, read_often, &f[i]), 0, "thread");
	}
	for (int i = 0; i < 4; i++) {
		void *failed = &f;

		pthread_join(thread[i], &failed);
		ok(!failed, "%s is read the same beside other threads", names[i]);
		bytes_release(&f[i]);
	}
}

static void is_digest(const uint8_t *p, size_t n, const char *want, const char *what)
{
	char text[65] = "";

	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", p[i]);
	is_str(text, want, "%s", what);
}

/* RFC 1321 A.5 and FIPS 180-2 B.1, B.3. */
static void test_digests(void)
{
	int fd = memfd_create("digest", MFD_CLOEXEC);
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_digests d = { 0 };

	ok(write(fd, "abcx", 4) == 4, "a file");
	is_int(lic_evidence_digest(fd, 3, LIC_DIGEST_ALL, &d, &err), 0, "both digests");
	is_int(d.has, LIC_DIGEST_ALL, "are known");
	is_digest(d.md5, 16, "900150983cd24fb0d6963f7d28e17f72", "MD5 of what it was judged as");
	is_digest(d.sha256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		  "SHA-256");
	is_int(lic_evidence_digest(fd, 5, LIC_DIGEST_ALL, &d, &err), -EBADMSG, "a short file");
	is_int(d.has, LIC_DIGEST_ALL, "changes nothing");
	is_int(lic_evidence_digest(fd, 0, LIC_DIGEST_MD5, &d, &err), 0, "one alone");
	is_int(d.has, LIC_DIGEST_MD5, "is known");
	is_digest(d.md5, 16, "d41d8cd98f00b204e9800998ecf8427e", "of nothing");
	ok(ftruncate(fd, 0) == 0, "a file");
	for (unsigned i = 0; i < 1000; i++)
		if (write(fd, &(char[1000]){ 0 }, 1000) != 1000)
			ok(false, "writes");
	is_int(lic_evidence_digest(fd, 1000000, LIC_DIGEST_SHA256, &d, &err), 0, "many pieces");
	is_digest(d.sha256, 32, "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025",
		  "SHA-256");
	close(fd);
	is_int(lic_evidence_digest(fd, 3, LIC_DIGEST_MD5, &d, &err), -EBADF, "no file");
}

int main(void)
{
	test_digests();
	test_fixtures();
	test_reservations();
	test_threads();
	lic_claims_release(&claims);
	return done_testing();
}
