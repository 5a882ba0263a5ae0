/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of JSON documents about one image: what they state, and which they are not. */
#include <stdlib.h>

#include <licensefs/rights.h>

#include "fs/evidence/shape.h"
#include "tests/unit/tap.h"

#define NOW INT64_C(1790000000)

static struct lic_record record = LIC_RECORD_INIT;
static struct lic_claims claims = LIC_CLAIMS_INIT;
static struct lic_rights rights;
static struct lic_credit credit;

/* Parses, finds the shape at `at`, and resolves its claims; the name of the shape, or "none". */
static const char *read_shape(const char *json, const char *at)
{
	static const struct lic_limits limits = LIC_LIMITS_DEFAULT;
	const struct lic_policy policy = { .now = NOW };
	const struct lic_shape *s;
	struct lic_reading r;

	lic_claims_reset(&claims);
	lic_credit_release(&credit);
	credit = (struct lic_credit){ 0 };
	if (!lic_record_parse(&record, (const uint8_t *)json, strlen(json)))
		return "malformed";
	s = lic_shape_find(&record, at);
	if (s) {
		lic_shape_begin(&r, &claims, LIC_RANK_SIDECAR, "test", &limits);
		s->claims(&r, &record, at);
		lic_shape_end(&r);
	}
	lic_rights_resolve(&claims, &policy, &rights, &credit, NULL);
	return s ? s->name : "none";
}

/* Apostrophes for quotes keep the tables readable. */
static char *quoted(const char *s)
{
	char *copy = strdup(s);

	for (char *p = copy; p && *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

static const struct {
	const char *name, *json, *at, *shape, *license, *status, *creator, *title, *source;
} documents[] = {
	{ "getInfo",
	  "{'photo':{'id':'1001234567','secret':'a','license':'4','owner':{'nsid':'98765432@N00',"
	  "'username':'janedoe','realname':'Jane Doe','path_alias':'janedoe'},"
	  "'title':{'_content':'A title'},'description':{'_content':''},"
	  "'urls':{'url':[{'type':'photopage','_content':'https://www.flickr.com/photos/janedoe/"
	  "1001234567/'}]}},'stat':'ok'}",
	  "photo", "flickr", "CC-BY-2.0", "clear", "Jane Doe", "A title",
	  "https://www.flickr.com/photos/janedoe/1001234567/" },
	{ "search",
	  "{'photos':{'photo':[{'id':'1','owner':'1@N01','secret':'x','license':'0'},"
	  "{'id':'1001234567','owner':'98765432@N00','secret':'a','title':'A title',"
	  "'license':'11','ownername':'Jane Doe'}]}}",
	  "photos.photo[1]", "flickr", "CC-BY-4.0", "clear", "Jane Doe", "A title",
	  "https://www.flickr.com/photos/98765432@N00/1001234567" },
	{ "search, the first",
	  "{'photos':{'photo':[{'id':'1','owner':'1@N01','secret':'x','license':'0'},"
	  "{'id':'2','owner':'1@N01','license':'4'}]}}",
	  "photos.photo[0]", "flickr", "LicenseRef-AllRightsReserved", "unlicensed", NULL, NULL,
	  "https://www.flickr.com/photos/1@N01/1" },
	{ "old dumps have a number", "{'id':5,'owner':'1@N01','license':6,'title':'T'}", "",
	  "flickr", "CC-BY-ND-2.0", "clear", NULL, "T", "https://www.flickr.com/photos/1@N01/5" },
	{ "gallery-dl with an id that it has no name for",
	  "{'id':1001234567,'owner':{'nsid':'98765432@N00','username':'janedoe',"
	  "'path_alias':'janedoe'},'title':'A title','license':'12','license_name':null,"
	  "'category':'flickr','extension':'jpg'}",
	  "", "flickr", "CC-BY-SA-4.0", "clear", "janedoe", "A title",
	  "https://www.flickr.com/photos/janedoe/1001234567" },
	{ "gallery-dl without metadata=license",
	  "{'id':1,'owner':{'nsid':'9@N00'},'title':'T','category':'flickr'}", "", "flickr", "",
	  "unlicensed", NULL, "T", "https://www.flickr.com/photos/9@N00/1" },
	{ "a name that contradicts the number",
	  "{'id':1,'owner':{'nsid':'9@N00'},'license':'4','license_name':'All Rights Reserved',"
	  "'category':'flickr'}",
	  "", "flickr", "LicenseRef-Conflict", "conflict", NULL, NULL,
	  "https://www.flickr.com/photos/9@N00/1" },
	{ "an id of tomorrow", "{'id':1,'owner':'9@N00','license':'17'}", "", "flickr",
	  "LicenseRef-Unrecognised", "unlicensed", NULL, NULL,
	  "https://www.flickr.com/photos/9@N00/1" },
	{ "reserved wording in the description",
	  "{'id':1,'owner':'9@N00','license':'4','description':{'_content':'<b>All</b> rights "
	  "reserved'}}",
	  "", "flickr", "LicenseRef-Conflict", "conflict", NULL, NULL,
	  "https://www.flickr.com/photos/9@N00/1" },
	{ "no photo", "{'stat':'fail','code':1,'message':'Photo not found'}", "", "none", "",
	  "unlicensed", NULL, NULL, NULL },
	{ "a page of Commons",
	  "{'title':'File:Dog.jpg','imageinfo':[{'descriptionurl':"
	  "'https://commons.wikimedia.org/wiki/File:Dog.jpg','extmetadata':{"
	  "'ObjectName':{'value':'Dog'},'LicenseShortName':{'value':'CC BY-SA 3.0 de'},"
	  "'UsageTerms':{'value':'Creative Commons Attribution-Share Alike 3.0 de'},"
	  "'LicenseUrl':{'value':'https://creativecommons.org/licenses/by-sa/3.0/de/deed.en'},"
	  "'License':{'value':'cc-by-sa-3.0-de'},'AttributionRequired':{'value':'true'},"
	  "'Artist':{'value':'<a href=\\'//x\\'>Jane &amp; John&nbsp;D&ouml;e</a>'},"
	  "'Restrictions':{'value':'personality'},'Credit':{'value':'Own work'}}}]}",
	  "", "commons", "CC-BY-SA-3.0-DE", "clear", "Jane & John Döe", "Dog",
	  "https://commons.wikimedia.org/wiki/File:Dog.jpg" },
	{ "pages by number",
	  "{'query':{'pages':{'123':{'imageinfo':[{'extmetadata':{'LicenseShortName':{"
	  "'value':'<span>CC0</span>'},'License':{'value':'cc0'},'Attribution':{'value':'Me'},"
	  "'Artist':{'value':'You'}}}]}}}}",
	  "query.pages.123", "commons", "CC0-1.0", "clear", "Me", NULL, NULL },
	{ "extmetadata alone",
	  "{'LicenseShortName':{'value':'Public domain'},'UsageTerms':{'value':'Public domain'},"
	  "'Copyrighted':{'value':'False'},'License':{'value':'pd'},"
	  "'Artist':{'value':'Unknown author<span style=\\'display: none;\\'>Unknown author"
	  "</span>'}}",
	  "", "commons", "LicenseRef-PublicDomain-Unspecified", "clear", "Unknown author", NULL,
	  NULL },
	{ "at your choice",
	  "{'LicenseShortName':{'value':'CC BY-SA 3.0,2.5'},'UsageTerms':{'value':"
	  "'Creative Commons Attribution-Share Alike 3.0,2.5'}}",
	  "", "commons", "CC-BY-SA-2.5 OR CC-BY-SA-3.0", "clear", NULL, NULL, NULL },
	{ "CC NC has no code",
	  "{'LicenseShortName':{'value':'CC BY-NC 3.0'},'LicenseUrl':{'value':"
	  "'http://creativecommons.org/licenses/by-nc/3.0'}}",
	  "", "commons", "CC-BY-NC-3.0", "clear", NULL, NULL, NULL },
	{ "no license name", "{'LicenseShortName':{'value':''},'Artist':{'value':'Me'}}", "",
	  "commons", "", "unlicensed", "Me", NULL, NULL },
	{ "not free",
	  "{'LicenseShortName':{'value':'CC BY 4.0'},'License':{'value':'cc-by-4.0'},"
	  "'NonFree':{'value':'true'}}",
	  "", "commons", "LicenseRef-Conflict", "conflict", NULL, NULL, NULL },
	{ "free", "{'LicenseShortName':{'value':'CC BY 4.0'},'NonFree':{'value':'false'}}", "",
	  "commons", "CC-BY-4.0", "clear", NULL, NULL, NULL },
	{ "nominated for deletion",
	  "{'LicenseShortName':{'value':'CC BY 4.0'},'DeletionReason':{'value':'copyvio'}}", "",
	  "commons", "LicenseRef-Conflict", "conflict", NULL, NULL, NULL },
	{ "Openverse",
	  "{'id':'6','title':'A title','foreign_landing_url':'https://www.flickr.com/photos/j/1',"
	  "'url':'https://live.staticflickr.com/1/1_b.jpg','creator':'Jane Doe','license':'by',"
	  "'license_version':'2.0','license_url':'https://creativecommons.org/licenses/by/2.0/',"
	  "'provider':'flickr','attribution':'A title by Jane Doe is licensed under CC BY 2.0.'}",
	  "", "openverse", "CC-BY-2.0", "clear", "Jane Doe", "A title",
	  "https://www.flickr.com/photos/j/1" },
	{ "Openverse, a port",
	  "{'foreign_landing_url':'x','license':'by-sa','license_version':'3.0','provider':'p',"
	  "'license_url':'https://creativecommons.org/licenses/by-sa/3.0/de/'}",
	  "", "openverse", "CC-BY-SA-3.0-DE", "clear", NULL, NULL, "x" },
	{ "Openverse without address",
	  "{'foreign_landing_url':'x','license':'pdm','license_version':'1.0','license_url':null}",
	  "", "openverse", "CC-PDM-1.0", "clear", NULL, NULL, "x" },
	{ "Openverse, two licenses",
	  "{'foreign_landing_url':'x','license':'by-nc','license_version':'2.0',"
	  "'license_url':'https://creativecommons.org/licenses/by/2.0/'}",
	  "", "openverse", "LicenseRef-Conflict", "conflict", NULL, NULL, "x" },
	{ "img2dataset of LAION",
	  "{'caption':'a dog','url':'https://example.org/dog.jpg','LICENSE':'?','NSFW':'UNLIKELY',"
	  "'key':'000000000','status':'success','error_message':null,'exif':"
	  "'{\\'Image Copyright\\': \\'(c) Jane Doe\\', \\'Image Artist\\': \\'Jane\\'}'}",
	  "", "img2dataset", "LicenseRef-Unknown", "unlicensed", "Jane", NULL,
	  "https://example.org/dog.jpg" },
	{ "what LAION guessed grants nothing",
	  "{'url':'https://example.org/d.jpg','LICENSE':"
	  "'https://creativecommons.org/licenses/by/4.0/','similarity':0.3,'key':'0',"
	  "'status':'success','error_message':null}",
	  "", "img2dataset", "CC-BY-4.0", "unlicensed", NULL, NULL, "https://example.org/d.jpg" },
	{ "img2dataset, own column",
	  "{'url':'https://example.org/d.jpg','license':'CC BY 4.0','author':'Jane','key':'0',"
	  "'status':'success','error_message':null,'exif':null}",
	  "", "img2dataset", "CC-BY-4.0", "clear", "Jane", NULL, "https://example.org/d.jpg" },
	{ "EXIF forbids what a column grants",
	  "{'url':'https://example.org/d.jpg','license':'CC BY 4.0','key':'0',"
	  "'status':'success','error_message':null,'exif':"
	  "'{\\'Image Copyright\\': \\'CC BY-NC 4.0\\'}'}",
	  "", "img2dataset", "LicenseRef-Conflict", "conflict", NULL, NULL,
	  "https://example.org/d.jpg" },
	{ "Takeout",
	  "{'title':'a.jpg','description':'A dog','photoTakenTime':{'timestamp':'1'},"
	  "'googlePhotosOrigin':{'mobileUpload':{'deviceType':'X'}}}",
	  "", "takeout", "", "unlicensed", NULL, NULL, NULL },
	{ "Takeout, of somebody else",
	  "{'title':'a.jpg','photoTakenTime':{'timestamp':'1'},"
	  "'googlePhotosOrigin':{'fromPartnerSharing':{}},'x':{'y':1}}",
	  "", "takeout", "LicenseRef-Unrecognised", "unlicensed", NULL, NULL, NULL },
	{ "plain", "{'License':'CC-BY-4.0','Author':'Jane','Source URL':'https://a.example/1'}", "",
	  "plain", "CC-BY-4.0", "clear", "Jane", NULL, "https://a.example/1" },
	{ "plain, British and nested",
	  "{'licence':{'name':'CC BY-SA 4.0','url':"
	  "'https://creativecommons.org/licenses/by-sa/4.0/','id':'CC-BY-SA-4.0'},"
	  "'creator':{'id':'17','name':'Jane','url':'https://x'},'source':'no address'}",
	  "", "plain", "CC-BY-SA-4.0", "clear", "Jane", NULL, NULL },
	{ "plain, two licenses", "{'license':['CC-BY-4.0','CC0-1.0']}", "", "plain",
	  "LicenseRef-Conflict", "conflict", NULL, NULL, NULL },
	{ "plain, a number of somebody's table", "{'license':3}", "", "plain",
	  "LicenseRef-Unrecognised", "unlicensed", NULL, NULL, NULL },
	{ "plain, reserved beside a license",
	  "{'license':'CC-BY-4.0','rights':'All rights "
	  "reserved'}",
	  "", "plain", "LicenseRef-Conflict", "conflict", NULL, NULL, NULL },
	{ "plain with prefixes", "{'XMP:UsageTerms':'CC BY 4.0','IFD0:Artist':'Jane'}", "", "plain",
	  "CC-BY-4.0", "clear", "Jane", NULL, NULL },
	{ "a license somewhere deep", "{'a':{'license':'CC-BY-4.0'}}", "", "none", "", "unlicensed",
	  NULL, NULL, NULL },
	{ "many images", "{'license':'CC-BY-4.0','images':[{'file_name':'a.jpg'}]}", "", "none", "",
	  "unlicensed", NULL, NULL, NULL },
	{ "labels", "{'version':'5.0','shapes':[{'label':'dog'}],'imagePath':'a.jpg'}", "", "none",
	  "", "unlicensed", NULL, NULL, NULL },
	{ "labels beside a license", "{'shapes':[{'label':'dog'}],'license':'CC0-1.0'}", "",
	  "plain", "CC0-1.0", "unlicensed", NULL, NULL, NULL },
	{ "a list", "[1, 2]", "", "none", "", "unlicensed", NULL, NULL, NULL },
};

static void test_documents(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(documents); i++) {
		const char *name = documents[i].name;
		char *json = quoted(documents[i].json);

		is_str(read_shape(json, documents[i].at), documents[i].shape, "%s: shape", name);
		is_str(rights.license, documents[i].license, "%s: license", name);
		is_str(lic_status_name(rights.status), documents[i].status, "%s: status", name);
		is_str(credit.creator, documents[i].creator, "%s: creator", name);
		is_str(credit.title, documents[i].title, "%s: title", name);
		is_str(credit.source_url, documents[i].source, "%s: source", name);
		ok(!claims.damage, "%s: no damage", name);
		free(json);
	}
}

static unsigned reserved(void)
{
	return rights.reservations;
}

static void test_optouts(void)
{
	static const struct {
		const char *json;
		unsigned bits;
	} docs[] = {
		{ "{\"url\":\"u\",\"key\":\"0\",\"status\":\"failed_to_download\",\"error_"
		  "message\":"
		  "\"Use of image disallowed by X-Robots-Tag directive\"}",
		  LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT },
		{ "{\"url\":\"u\",\"key\":\"0\",\"status\":\"success\",\"error_message\":null,"
		  "\"exif\":\"{\\\"EXIF Tag 0x9287\\\": \\\"[1, 0]\\\"}\"}",
		  LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT },
		{ "{\"url\":\"u\",\"key\":\"0\",\"status\":\"success\",\"error_message\":\"404\"}",
		  0 },
		{ "{\"noai\":true}", LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT },
		{ "{\"noai\":false,\"title\":\"x\"}", 0 },
		{ "{\"tdm-reservation\":1}", LIC_RESERVE_DATA_MINING },
		{ "{\"tdm-reservation\":0}", 0 },
		{ "{\"plus:DataMining\":\"DMI-PROHIBITED\"}", LIC_RESERVE_TRAINING },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(docs); i++) {
		read_shape(docs[i].json, "");
		is_int(reserved(), docs[i].bits, "opt-outs of %s", docs[i].json);
	}
	read_shape("{\"url\":\"u\",\"key\":\"0\",\"status\":\"success\",\"error_message\":null,"
		   "\"exif\":\"{broken\"}",
		   "");
	ok(claims.damage, "EXIF that nobody can read");
}

/* What is shared by others is not cleared by a rule for the folder, but by what it says itself. */
static void test_shared(void)
{
	static const char json[] = "{\"title\":\"a\",\"photoTakenTime\":{\"timestamp\":1},"
				   "\"googlePhotosOrigin\":{\"fromSharedAlbum\":{\"a\":1}}}";
	struct lic_claim rule = { .rank = LIC_RANK_DIRECTORY,
				  .role = LIC_ROLE_LICENSE,
				  .packet = 99,
				  .source = "rule",
				  .field = "license",
				  .raw = { (const uint8_t *)"CC0-1.0", 7 },
				  .text = "CC0-1.0" };
	const struct lic_policy policy = { .now = NOW };

	is_str(read_shape(json, ""), "takeout", "shared");
	lic_claims_add(&claims, &rule);
	lic_rights_resolve(&claims, &policy, &rights, NULL, NULL);
	is_str(lic_status_name(rights.status), "conflict", "a rule does not clear it");
	rule.rank = LIC_RANK_EMBEDDED;
	lic_claims_add(&claims, &rule);
	lic_rights_resolve(&claims, &policy, &rights, NULL, NULL);
	is_str(lic_status_name(rights.status), "clear", "what is embedded does");
}

static const struct {
	const char *html, *text, *visible;
} fragments[] = {
	{ "", "", "" },
	{ "plain", "plain", "plain" },
	{ "a <b>b</b> c", "a b c", "a b c" },
	{ "CC<b>-BY</b>", "CC-BY", "CC-BY" },
	{ "one<br>two<p>three</p><h2>four</h2>", "one two three four", "one two three four" },
	{ " a \t\n b ", "a b", "a b" },
	{ "&lt;b&gt; &amp;amp; &copy; &#169; &#xA9; &eacute;", "<b> &amp; © © © é",
	  "<b> &amp; © © © é" },
	{ "AT&T &unknown; &#0; &", "AT&T &unknown; &#0; &", "AT&T &unknown; &#0; &" },
	{ "Jane <jane@example.com>", "Jane <jane@example.com>", "Jane <jane@example.com>" },
	{ "1 < 2 > 0 <", "1 < 2 > 0 <", "1 < 2 > 0 <" },
	{ "a<!-- no <b> -->b<!-- open", "ab<!-- open", "ab<!-- open" },
	{ "<a title='>'>x</a>", "x", "x" },
	{ "<a title='unclosed", "<a title='unclosed", "<a title='unclosed" },
	{ "x<script>var y;</script>z<STYLE>q</style>w", "x z w", "x z w" },
	{ "a<span style='display:none'>b<span>c</span>d</span>e", "abcde", "ae" },
	{ "a<div style=\"x; display : none\">b<br>c</div>d", "a b c d", "a d" },
	{ "&#1114112;&#99999999999;", "&#1114112;&#99999999999;", "&#1114112;&#99999999999;" },
};

static void test_html(void)
{
	struct lic_buf b = LIC_BUF_INIT(4096);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(fragments); i++) {
		const char *html = fragments[i].html;

		lic_buf_reset(&b);
		lic_html_text(&b, html, strlen(html), false);
		is_str(lic_buf_str(&b), fragments[i].text, "text of \"%s\"", html);
		lic_buf_reset(&b);
		lic_html_text(&b, html, strlen(html), true);
		is_str(lic_buf_str(&b), fragments[i].visible, "what is seen of \"%s\"", html);
	}
	lic_buf_release(&b);
}

static bool parse(const char *json)
{
	return lic_record_parse(&record, (const uint8_t *)json, strlen(json));
}

static void test_records(void)
{
	ok(parse("{\"a\":{\"b\":[1,{\"c\":\"x\"},[2,3]]},\"d\":null,\"e\":true}"), "nested");
	is_str(lic_record_text(&record, "", "a.b[0]"), "1", "an item");
	is_str(lic_record_text(&record, "", "a.b[1].c"), "x", "a member of an item");
	is_str(lic_record_text(&record, "", "a.b[2][1]"), "3", "an item of an item");
	is_str(lic_record_text(&record, "a.b[1]", "c"), "x", "below a path");
	is_str(lic_record_text(&record, "", "d"), "", "null");
	ok(lic_record_find(&record, "", "d"), "null is there");
	is_str(lic_record_text(&record, "", "e"), "true", "true");
	ok(!lic_record_find(&record, "", "a"), "an object is no scalar");
	ok(lic_record_has(&record, "", "a") && lic_record_has(&record, "a", "b"),
	   "but it is there");
	ok(!lic_record_has(&record, "", "aa") && !lic_record_has(&record, "", "a.bb"),
	   "others not");
	ok(parse("{\"a\":NaN,\"b\":[-Infinity,Infinity],\"c\":\"NaN \\\" NaN\"}"), "Python");
	is_str(lic_record_text(&record, "", "c"), "NaN \" NaN", "strings stay");
	ok(parse("\xef\xbb\xbf{\"a\":1}"), "byte order mark");
	ok(!parse(""), "nothing");
	ok(!parse("{\"a\":1"), "cut off");
	ok(!parse("{\"a\":1,\"a\":2}"), "a key twice");
	ok(!parse("{\"a\":NaNcy}"), "no word");
	ok(!parse("{} {}"), "two documents");
	ok(!parse("{\"a\":\"\xff\"}"), "no UTF-8");
}

static void test_bounds(void)
{
	struct lic_buf b = LIC_BUF_INIT(32u << 20);

	lic_buf_adds(&b, "{\"many\":[");
	for (int i = 0; i < 1000; i++)
		lic_buf_addf(&b, "{\"k\":%d},", i);
	lic_buf_adds(&b, "0],\"id\":1,\"owner\":\"9@N00\",\"license\":\"");
	for (int i = 0; i < 100000; i++)
		lic_buf_addc(&b, '4');
	lic_buf_adds(&b, "\"}");
	is_str(read_shape(lic_buf_str(&b), ""), "flickr", "a long license");
	ok(claims.damage, "is damage");
	ok(record.n < 200, "items that nobody asks for are left out");
	lic_buf_reset(&b);
	for (int i = 0; i < 100; i++)
		lic_buf_addc(&b, '[');
	for (int i = 0; i < 100; i++)
		lic_buf_addc(&b, ']');
	ok(!parse(lic_buf_str(&b)), "too deep");
	lic_buf_release(&b);
}

int main(void)
{
	test_records();
	test_html();
	test_documents();
	test_optouts();
	test_shared();
	test_bounds();
	lic_record_release(&record);
	lic_claims_release(&claims);
	lic_credit_release(&credit);
	return done_testing();
}
