/* SPDX-License-Identifier: Apache-2.0 */
/* Files beside an image: REUSE's `.license`, and which JSON speaks for the image. */
#include <licensefs/rights.h>

#include "tests/unit/evidence.h"

#define NOW INT64_C(1790000000)

static struct lic_rights rights;
static struct lic_credit credit;

static void read_beside(const char *name, const char *image, const void *p, size_t n)
{
	const struct lic_policy policy = { .now = NOW };
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("sidecar", MFD_CLOEXEC);

	lic_claims_reset(&claims);
	lic_credit_release(&credit);
	ok(fd >= 0 && write(fd, p, n) == (ssize_t)n, "wrote %s", name);
	is_int(lic_evidence_read_sidecar(fd, n, name, image, &limits_default, &claims, &err), 0,
	       "read %s: %s", name, err.msg);
	close(fd);
	lic_rights_resolve(&claims, &policy, &rights, &credit, NULL);
}

/* REUSE-IgnoreStart */
#define TAG "SPDX-License-Identifier:"
#define HOLDER "SPDX-FileCopyrightText:"
#define CC "SPDX-License-Identifier: CC-BY-4.0\n"

static const struct {
	const char *name, *text, *license, *status, *creator;
} licenses[] = {
	{ "usual",
	  "SPDX-FileCopyrightText: 2019 Jane Doe <jane@example.com>\n\n"
	  "SPDX-License-Identifier: CC-BY-SA-4.0\n",
	  "CC-BY-SA-4.0", "clear", "Jane Doe" },
	{ "CRLF and no end",
	  "SPDX-FileCopyrightText: © 2019-2021 Jane\r\n"
	  "SPDX-License-Identifier: CC0-1.0",
	  "CC0-1.0", "clear", "Jane" },
	{ "comments", "# SPDX-FileCopyrightText: Jane\n/* SPDX-License-Identifier: CC0-1.0 */\n",
	  "CC0-1.0", "clear", "Jane" },
	{ "XML", "<!-- SPDX-License-Identifier: CC0-1.0 -->", "CC0-1.0", "clear", NULL },
	{ "two hold together", CC "SPDX-License-Identifier: CC-BY-NC-4.0\n",
	  "CC-BY-4.0 AND CC-BY-NC-4.0", "clear", NULL },
	{ "an expression and another",
	  "SPDX-License-Identifier: CC0-1.0 OR CC-BY-4.0\nSPDX-License-Identifier: CC-BY-NC-4.0\n",
	  "(CC-BY-4.0 AND CC-BY-NC-4.0) OR (CC-BY-NC-4.0 AND CC0-1.0)", "clear", NULL },
	{ "another and an expression",
	  "SPDX-License-Identifier: CC-BY-NC-4.0\nSPDX-License-Identifier: CC0-1.0 OR CC-BY-4.0\n",
	  "(CC-BY-4.0 AND CC-BY-NC-4.0) OR (CC-BY-NC-4.0 AND CC0-1.0)", "clear", NULL },
	{ "own id", "SPDX-License-Identifier: LicenseRef-Mine\n", "LicenseRef-Unrecognised",
	  "unlicensed", NULL },
	{ "own id beside one that is known", CC "SPDX-License-Identifier: LicenseRef-Mine\n",
	  "LicenseRef-Unrecognised", "unlicensed", NULL },
	{ "snippets are not the file",
	  CC "SPDX-SnippetBegin\nSPDX-License-Identifier: CC0-1.0\nSPDX-SnippetEnd\n", "CC-BY-4.0",
	  "clear", NULL },
	{ "ignored blocks",
	  "REUSE-IgnoreStart SPDX-License-Identifier: CC0-1.0 REUSE-IgnoreEnd\n" CC
	  "x REUSE-IgnoreStart\nSPDX-License-Identifier: MIT\n",
	  "CC-BY-4.0", "clear", NULL },
	{ "nothing but a snippet",
	  "SPDX-SnippetBegin\nSPDX-License-Identifier: CC0-1.0\nSPDX-SnippetEnd\n", "",
	  "unreadable", NULL },
	{ "copyright alone", "SPDX-FileCopyrightText: 2020 Jane\n", "", "unlicensed", "Jane" },
	{ "a plain notice", "Copyright (c) 2020, Jane\n" CC, "CC-BY-4.0", "clear", "Jane" },
	{ "reserved in the notice", "SPDX-FileCopyrightText: Jane, all rights reserved\n" CC,
	  "LicenseRef-Conflict", "conflict", "Jane, all rights reserved" },
	{ "reserved in the rest", CC "All rights reserved.\n", "LicenseRef-Conflict", "conflict",
	  NULL },
	{ "empty", "", "", "unreadable", NULL },
	{ "blank", "\n\n", "", "unreadable", NULL },
	{ "prose", "You may use this picture.\n", "", "unreadable", NULL },
	{ "no value", "SPDX-License-Identifier:\n" CC, "CC-BY-4.0", "unreadable", NULL },
	{ "malformed UTF-8 in the id", "SPDX-License-Identifier: CC-BY-4.0\xff\n",
	  "LicenseRef-Unrecognised", "unlicensed", NULL },
	{ "byte order mark", "\xef\xbb\xbf" CC, "CC-BY-4.0", "clear", NULL },
};

/* REUSE-IgnoreEnd */

static void test_licenses(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(licenses); i++) {
		const char *name = licenses[i].name;

		read_beside("cat.jpg.license", "cat.jpg", licenses[i].text,
			    strlen(licenses[i].text));
		is_str(lic_status_name(rights.status), licenses[i].status, "%s: status", name);
		if (rights.status != LIC_STATUS_UNREADABLE)
			is_str(rights.license, licenses[i].license, "%s: license", name);
		is_str(credit.creator, licenses[i].creator, "%s: creator", name);
	}
	read_beside("cat.jpg.license", "cat.jpg",
		    "\xff\xfe"
		    "S\0P\0D\0X\0",
		    10);
	ok(claims.damage, "UTF-16 without a tag");
	read_beside("cat.jpg.license", "cat.jpg", CC "\0", sizeof(CC));
	is_str(rights.license, "CC-BY-4.0", "NUL behind it");
}

static void test_huge(void)
{
	struct lic_buf b = LIC_BUF_INIT(64u << 20);

	lic_buf_adds(&b, CC);
	while (b.len <= 1u << 20)
		lic_buf_adds(&b, HOLDER " 2020 Jane\n");
	read_beside("cat.jpg.license", "cat.jpg", b.data, b.len);
	ok(claims.damage, "a huge one is damage");
	lic_buf_reset(&b);
	for (int i = 0; i < 5000; i++)
		lic_buf_adds(&b, TAG " CC0-1.0 OR CC-BY-4.0\n");
	read_beside("cat.jpg.license", "cat.jpg", b.data, b.len);
	ok(rights.status != LIC_STATUS_CLEAR, "more licenses than anybody can read");
	lic_buf_reset(&b);
	lic_buf_adds(&b, "{\"license\":\"CC0-1.0\",\"x\":\"");
	while (b.len <= 17u << 20)
		lic_buf_adds(&b, "0123456789012345678901234567890123456789");
	lic_buf_adds(&b, "\"}");
	read_beside("cat.json", "cat.jpg", b.data, b.len);
	ok(claims.damage, "and huge JSON");
	lic_buf_release(&b);
}

static const struct {
	const char *name, *image, *json, *license, *status;
} documents[] = {
	{ "a.jpg.json", "a.jpg", "{\"license\":\"CC0-1.0\"}", "CC0-1.0", "clear" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\",\"file_name\":\"x/A.JPG\"}", "CC0-1.0",
	  "clear" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\",\"file_name\":\"b.jpg\"}", "",
	  "unlicensed" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\",\"imagePath\":\"..\\\\b.png\"}", "",
	  "unlicensed" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\",\"filename\":\"1_o\"}", "CC0-1.0", "clear" },
	{ "0001.json", "0001.jpg",
	  "{\"url\":\"u\",\"key\":\"0001\",\"status\":\"success\",\"error_message\":null,"
	  "\"license\":\"CC0-1.0\"}",
	  "CC0-1.0", "clear" },
	{ "0001.json", "0001.jpg",
	  "{\"url\":\"u\",\"key\":\"0002\",\"status\":\"success\",\"error_message\":null,"
	  "\"license\":\"CC0-1.0\"}",
	  "", "unlicensed" },
	{ "a.json", "a.jpg", "[{\"SourceFile\":\"./a.jpg\",\"UsageTerms\":\"CC0-1.0\"}]", "CC0-1.0",
	  "clear" },
	{ "a.json", "a.jpg", "[{\"license\":\"CC0-1.0\"},{\"license\":\"CC0-1.0\"}]", "",
	  "unlicensed" },
	{ "a.json", "a.jpg", "{\"photo\":{\"id\":1,\"owner\":\"1@N01\",\"license\":\"9\"}}",
	  "CC0-1.0", "clear" },
	{ "a.json", "a.jpg",
	  "{\"photos\":{\"photo\":[{\"id\":1,\"owner\":\"1@N01\",\"license\":\"9\"}]}}", "CC0-1.0",
	  "clear" },
	{ "a.json", "a.jpg",
	  "{\"query\":{\"pages\":{\"7\":{\"imageinfo\":[{\"extmetadata\":{\"LicenseShortName\":"
	  "{\"value\":\"CC0\"}}}]}}}}",
	  "CC0-1.0", "clear" },
	{ "a.json", "a.jpg",
	  "{\"query\":{\"pages\":{\"7\":{\"imageinfo\":[{\"extmetadata\":{\"LicenseShortName\":"
	  "{\"value\":\"CC0\"}}}]},\"71\":{\"title\":\"x\"}}}}",
	  "", "unlicensed" },
	{ "a.json", "a.jpg", "{\"shapes\":[],\"imagePath\":\"a.jpg\",\"score\":NaN}", "",
	  "unlicensed" },
	{ "a.json", "a.jpg", "[]", "", "unlicensed" },
	{ "a.json", "a.jpg", "3", "", "unlicensed" },
	{ "a.json", "a.jpg", "", "", "unreadable" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\"", "", "unreadable" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\",\"license\":\"MIT\"}", "", "unreadable" },
	{ "a.json", "a.jpg", "{\"license\":\"CC0-1.0\"}\n{\"license\":\"CC0-1.0\"}", "",
	  "unreadable" },
};

static void test_documents(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(documents); i++) {
		const char *json = documents[i].json;

		read_beside(documents[i].name, documents[i].image, json, strlen(json));
		is_str(lic_status_name(rights.status), documents[i].status, "status of %s", json);
		is_str(rights.license, documents[i].license, "license of %s", json);
	}
}

/* [I2] What a crash left of a document is damage, wherever it ends. */
static void test_cuts(void)
{
	static const char json[] = "{\"license\":\"CC0-1.0\",\"tags\":[1,\"x\"],\"rights\":"
				   "\"All rights reserved\",\"noai\":true}";
	unsigned undamaged = 0;

	for (size_t n = 0; n < sizeof(json) - 1; n++) {
		struct lic_error err = LIC_ERROR_INIT;
		int fd = memfd_create("sidecar", MFD_CLOEXEC);

		lic_claims_reset(&claims);
		if (fd < 0 || write(fd, json, n) != (ssize_t)n ||
		    lic_evidence_read_sidecar(fd, n, "a.json", "a.jpg", &limits_default, &claims,
					      &err) < 0)
			printf("Bail out! cannot read a piece\n");
		undamaged += !claims.damage;
		close(fd);
	}
	is_int(undamaged, 0, "pieces of a document that pass for whole ones");
	read_beside("a.json", "a.jpg", json, sizeof(json) - 1);
	ok(!claims.damage && rights.reservations, "the whole one is read");
}

int main(void)
{
	test_licenses();
	test_documents();
	test_cuts();
	test_huge();
	lic_claims_release(&claims);
	lic_credit_release(&credit);
	return done_testing();
}
