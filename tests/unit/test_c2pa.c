/* SPDX-License-Identifier: Apache-2.0 */
/* What C2PA assertions state: opt-outs in all notations, metadata that never grants, AI origin. */
#include "fs/evidence/c2pa.h"
#include "tests/unit/c2pa.h"

#define ALL (LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT)

static const struct {
	const char *key;
	int reserve;
} uses[] = {
	{ "data_mining", LIC_RESERVE_DATA_MINING },
	{ "ai_inference", LIC_RESERVE_INPUT },
	{ "ai_training", LIC_RESERVE_AI_TRAINING },
	{ "ai_generative_training", LIC_RESERVE_GENERATIVE },
};

static const struct {
	const char *name, *use, *info;
	bool reserves;
} values[] = {
	{ "allowed", "allowed", NULL, false },
	{ "not allowed", "notAllowed", NULL, true },
	{ "constrained", "constrained", NULL, true },
	{ "constrained with a reason", "constrained", "ask first; then it is allowed", true },
	{ "a new word", "perhaps", NULL, true },
};

/* {"entries": {PREFIX.KEY: {"constraint_info": INFO, "use": USE}}} */
static void entry(struct bytes *f, enum form form, const char *prefix, const char *key,
		  const char *use, const char *info)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%s", prefix, key);
	map_begin(f, 1, form);
	key_of_form(f, "entries", form);
	map_begin(f, 1, form);
	key_of_form(f, name, form);
	map_begin(f, info ? 2 : 1, form);
	if (info) {
		key_of_form(f, "constraint_info", form);
		text_of_form(f, info, form);
		if (form == FORM_JSON)
			puts_(f, ",");
	}
	key_of_form(f, "use", form);
	text_of_form(f, use, form);
	map_end(f, form);
	map_end(f, form);
	map_end(f, form);
}

/* The rest of one case: which image, which label. */
static bool entry_reads(size_t image, enum form form, const char *prefix, size_t use, size_t value)
{
	struct bytes data = BYTES_INIT, a = BYTES_INIT, s = BYTES_INIT, f = BYTES_INIT;
	int want = values[value].reserves ? uses[use].reserve : 0;
	char label[64], field[64];
	const char *text;
	bool good;

	snprintf(label, sizeof(label), "%s.training-mining%s", prefix, use % 2 ? "__1" : "");
	snprintf(field, sizeof(field), "%s.%s", prefix, uses[use].key);
	entry(&data, form, prefix, uses[use].key, values[value].use, values[value].info);
	assertion(&a, label, form == FORM_JSON ? "json" : "cbor", data.b.data, data.b.len);
	store(&s, &a);
	images[image].make(&f, &s);
	read_built(&f, &claims);
	text = text_of(&claims, field, 0);
	good = !claims.damage && reserved() == want && claims.n == 1 && text &&
	       strncmp(text, values[value].use, strlen(values[value].use)) == 0 &&
	       (!values[value].info || strstr(text, values[value].info));
	if (!good)
		printf("# %s %s %s: %s: reserves %d, wanted %d; %s\n", images[image].name,
		       form_names[form], field, values[value].name, reserved(), want,
		       claims.damage ? claims.damage : "no damage");
	bytes_release(&data);
	bytes_release(&a);
	bytes_release(&s);
	bytes_release(&f);
	return good;
}

static void test_matrix(void)
{
	static const char *const prefixes[] = { "c2pa", "cawg" };

	for (size_t image = 0; image < LIC_ARRAY_SIZE(images); image++)
		for (int form = 0; form < FORM_COUNT; form++) {
			unsigned bad = 0;

			for (size_t n = 0; n < 2 * LIC_ARRAY_SIZE(uses) * LIC_ARRAY_SIZE(values);
			     n++)
				bad += !entry_reads(image, (enum form)form, prefixes[n % 2],
						    n / 2 % LIC_ARRAY_SIZE(uses),
						    n / 2 / LIC_ARRAY_SIZE(uses));
			is_int(bad, 0, "%s, %s: every use with every value", images[image].name,
			       form_names[form]);
		}
}

static void training(const char *json, int want, const char *what)
{
	read_json("cawg.training-mining", json);
	is_int(reserved(), want, "%s", what);
	is_str(claims.damage, NULL, "%s: clean", what);
}

static void test_notations(void)
{
	training("{\"entries\":{\"cawg.ai_training\":{\"use\":\"allowed\"},"
		 "\"cawg.ai_generative_training\":{\"use\":\"notAllowed\"},"
		 "\"cawg.data_mining\":{\"use\":\"constrained\",\"constraint_info\":\"ask\"}},"
		 "\"metadata\":{\"dateTime\":\"2026-01-01\",\"use\":\"x\"}}",
		 LIC_RESERVE_GENERATIVE | LIC_RESERVE_DATA_MINING, "several entries");
	is_str(text_of(&claims, "cawg.data_mining", 0), "constrained: ask", "the constraint");
	is_int(claims.n, 3, "a claim an entry");
	training("{\"c2pa.ai_training\":{\"use\":\"notAllowed\"}}", LIC_RESERVE_AI_TRAINING,
		 "without \"entries\"");
	training("{\"entries\":{\"c2pa.ai_training\":\"notAllowed\"}}", LIC_RESERVE_AI_TRAINING,
		 "without \"use\"");
	training("{\"entries\":{\"ai_training\":{\"use\":\"notAllowed\"}}}",
		 LIC_RESERVE_AI_TRAINING, "without prefix");
	training("{\"entries\":[{\"c2pa.ai_training\":{\"use\":\"notAllowed\"}}]}", ALL,
		 "in a list, whose items are no entries");
	training("{\"entries\":{\"cawg.ai_training\":{}}}", LIC_RESERVE_AI_TRAINING,
		 "an entry that says nothing");
	training("{\"entries\":{\"cawg.ai_training\":{\"use\":null}}}", LIC_RESERVE_AI_TRAINING,
		 "null");
	training("{\"entries\":{\"com.example.weather\":{\"use\":\"notAllowed\"}}}", ALL,
		 "a use of somebody's own may be any");
	is_str(text_of(&claims, "training-mining", 0), "com.example.weather=notAllowed",
	       "and is named");
	training("{\"entries\":{\"com.example.weather\":{\"use\":\"allowed\"}}}", 0,
		 "allowed, it reserves nothing");
	training("{\"entries\":{}}", ALL, "no entry: cannot be understood");
	training("[]", ALL, "no map");
	training("\xef\xbb\xbf{\"entries\":{\"cawg.ai_training\":{\"use\":\"allowed\"}}}", 0,
		 "behind a byte order mark");
	read_json("cawg.training-mining", "{\"entries\":{\"cawg.ai_training\":{\"use\":"
					  "\"notAllowed\",\"use\":\"allowed\"}}}");
	damaged("JSON that says two things");
	is_int(reserved(), ALL, "reserves everything");
}

/* {"entries": {"cawg.ai_training": {"use": FIRST, "use": SECOND}}} */
static int reserved_twice(const char *first, const char *second)
{
	struct bytes f = BYTES_INIT;

	map_begin(&f, 1, FORM_SHORT);
	cbor_text(&f, "entries", FORM_SHORT);
	map_begin(&f, 1, FORM_SHORT);
	cbor_text(&f, "cawg.ai_training", FORM_SHORT);
	map_begin(&f, 2, FORM_SHORT);
	cbor_text(&f, "use", FORM_SHORT);
	cbor_text(&f, first, FORM_SHORT);
	cbor_text(&f, "use", FORM_SHORT);
	cbor_text(&f, second, FORM_SHORT);
	read_assertion("cawg.training-mining", "cbor", f.b.data, f.b.len);
	bytes_release(&f);
	return reserved();
}

static void test_most_restrictive(void)
{
	is_int(reserved_twice("notAllowed", "allowed"), LIC_RESERVE_AI_TRAINING, "first of two");
	is_str(text_of(&claims, "cawg.ai_training", 0), "notAllowed", "is told");
	is_int(reserved_twice("allowed", "notAllowed"), LIC_RESERVE_AI_TRAINING, "second of two");
	is_int(reserved_twice("allowed", "allowed"), 0, "twice the same");
}

static void claims_of(const char *json, struct bytes *ret_assertions)
{
	assertion(ret_assertions, "cawg.training-mining", "json", json, strlen(json));
}

static void test_manifests(void)
{
	struct bytes ingredient = BYTES_INIT, active = BYTES_INIT, both = BYTES_INIT,
		     s = BYTES_INIT;

	claims_of("{\"entries\":{\"cawg.ai_training\":{\"use\":\"notAllowed\"}}}", &ingredient);
	assertion(&ingredient, "stds.schema-org.CreativeWork", "json",
		  "{\"author\":{\"name\":\"Parent\"}}", 28);
	claims_of("{\"entries\":{\"cawg.data_mining\":{\"use\":\"allowed\"}}}", &active);
	assertion(&active, "stds.schema-org.CreativeWork", "json",
		  "{\"author\":{\"name\":\"Active\"}}", 28);
	manifest(&both, "urn:uuid:1", &ingredient);
	manifest(&both, "urn:uuid:2", &active);
	superbox(&s, "c2pa", "c2pa", &both);
	read_jumbf(&s);
	clean("two manifests");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "an ingredient's opt-out holds");
	is_str(text_of(&claims, "CreativeWork/author", 0), "Parent", "its creator is kept");
	is_int(nth(&claims, "CreativeWork/author", 0)->role, LIC_ROLE_NONE, "for the record");
	is_int(nth(&claims, "CreativeWork/author", 1)->role, LIC_ROLE_CREATOR,
	       "the active manifest's is the creator");
	bytes_release(&ingredient);
	bytes_release(&active);
	bytes_release(&both);
	bytes_release(&s);
}

static void test_unreadable(void)
{
	struct bytes a = BYTES_INIT, s = BYTES_INIT, inner = BYTES_INIT;

	read_assertion("cawg.training-mining", "cbor", "\xa1\x67", 2);
	damaged("a broken training-mining assertion");
	is_int(reserved(), ALL, "which reserves everything");
	read_assertion("org.example.other", "cbor", "\xa1\x67", 2);
	clean("a broken assertion that nobody asks for");
	read_assertion("c2pa.actions", "cbor", "\xa1\x67", 2);
	clean("broken actions: facts");
	read_assertion("cawg.metadata", "json", "{\"dc:rights\":", 13);
	damaged("broken metadata");
	read_assertion("cawg.training-mining", "bidb", "abc", 3);
	damaged("content of an unknown kind");
	is_int(reserved(), ALL, "reserves everything");
	superbox(&a, "cbor", "cawg.training-mining", &inner);
	store(&s, &a);
	read_jumbf(&s);
	is_int(reserved(), ALL, "an assertion without content reserves everything");
	read_assertion("c2pa.cloud-data", "json", "{\"label\":\"cawg.training-mining\"}", 32);
	is_int(reserved(), ALL, "and so does one that lies elsewhere");
	lic_buf_reset(&s.b);
	superbox(&s, "\x74\xb1\x1b\xbf", "x", &inner);
	memcpy(s.b.data + 16, "\x74\xb1\x1b\xbf\xf2\x1d\x4e\xea\x98\xc1\x0b\xeb\xf2\x3a\xef\xd3",
	       16);
	read_jumbf(&s);
	damaged("an encrypted box");
	read_assertion("c2pa.hash.data", "cbor", "\xa0", 1);
	is_int((long long)claims.n, 0, "no assertion of ours, no claim");
	clean("which is no damage");
	bytes_release(&a);
	bytes_release(&s);
	bytes_release(&inner);
}

/* A file has one try to unpack more than the limits allow: thousands would cost minutes. */
static void test_bomb(void)
{
	const struct lic_limits limits = { 1000, 1000, 100, 64 };
	static const char zeros[4000], json[] = "{\"ai_training\":\"notAllowed\"}";
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_reading r = { .limits = &limits, .claims = &c, .budget = 1u << 20 };
	struct bytes bomb = BYTES_INIT, inner = BYTES_INIT, a = BYTES_INIT;

	r.claims_left = limits.claims_max;
	compressed(&bomb, "free", zeros, sizeof(zeros));
	compressed(&inner, "json", json, strlen(json));
	superbox(&bomb, "json", "cawg.training-mining", &inner);
	lic_c2pa_read(&r, (const uint8_t *)bomb.b.data, bomb.b.len);
	ok(c.damage != NULL, "more than the limits allow");
	is_str(text_of(&c, "training-mining", 1), NULL, "ends all unpacking");
	is_int(nth(&c, "training-mining", 0)->reserve, ALL, "and reserves everything");
	lic_claims_reset(&c);
	r.budget = 1u << 20;
	superbox(&a, "json", "cawg.training-mining", &inner);
	lic_c2pa_read(&r, (const uint8_t *)a.b.data, a.b.len);
	is_str(text_of(&c, "training-mining", 0), "ai_training=notAllowed",
	       "what is not too large is read");
	lic_buf_release(&r.text);
	lic_claims_release(&c);
	bytes_release(&bomb);
	bytes_release(&inner);
	bytes_release(&a);
}

static void test_compressed(void)
{
	static const char json[] = "{\"ai_training\":\"notAllowed\"}";
	struct bytes a = BYTES_INIT, m = BYTES_INIT, inner = BYTES_INIT, c = BYTES_INIT,
		     s = BYTES_INIT;

	claims_of("{\"entries\":{\"cawg.ai_training\":{\"use\":\"notAllowed\"}}}", &a);
	manifest(&m, "urn:uuid:1", &a);
	compressed(&inner, "jumb", m.b.data, m.b.len);
	superbox(&c, "c2cm", "urn:uuid:1", &inner);
	superbox(&s, "c2pa", "c2pa", &c);
	read_jumbf(&s);
	clean("a compressed manifest");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "is read");
	lic_buf_reset(&inner.b);
	compressed(&inner, "jumb", m.b.data + 8, m.b.len - 8);
	read_jumbf(&inner);
	clean("without its header, too");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "is read");
	lic_buf_reset(&s.b);
	compressed(&s, "jumb", c.b.data, c.b.len);
	read_jumbf(&s);
	damaged("compressed twice");
	inner.b.data[inner.b.len - 1] = 1;
	read_jumbf(&inner);
	damaged("a stream that is cut off");
	lic_buf_reset(&inner.b);
	lic_buf_reset(&a.b);
	compressed(&inner, "json", json, strlen(json));
	superbox(&a, "json", "c2pa.training-mining", &inner);
	read_jumbf(&a);
	clean("compressed content of an assertion");
	is_int(reserved(), LIC_RESERVE_AI_TRAINING, "is read");
	bytes_release(&a);
	bytes_release(&m);
	bytes_release(&inner);
	bytes_release(&c);
	bytes_release(&s);
}

static const char *role_name_of(const char *field)
{
	int role = role_of(&claims, field);

	return role < 0 ? NULL : lic_role_name((enum lic_role)role);
}

static void test_metadata(void)
{
	read_json("cawg.metadata",
		  "{\"@context\":{\"x\":\"http://purl.org/dc/elements/1.1/\","
		  "\"y\":{\"@id\":\"http://ns.useplus.org/ldf/xmp/1.0/\"}},"
		  "\"x:rights\":{\"@value\":\"CC-BY-4.0\",\"@language\":\"en\"},"
		  "\"dc:creator\":[\"Jane\",\"Joe\"],"
		  "\"xmpRights:UsageTerms\":{\"x-default\":\"CC0\",\"de\":\"CC0\"},"
		  "\"xmpRights:Marked\":true,"
		  "\"y:Licensor\":[{\"plus:LicensorName\":\"Acme\"}],"
		  "\"plus:CopyrightStatus\":\"http://ns.useplus.org/ldf/vocab/CS-PUB\","
		  "\"Iptc4xmpExt:DigitalSourceType\":\"http://cv.iptc.org/newscodes/"
		  "digitalsourcetype/trainedAlgorithmicMedia\","
		  "\"xmpMM:Ingredients\":{\"dc:rights\":\"CC-BY-NC-4.0\","
		  "\"plus:OtherConstraints\":\"x\",\"tdm:reservation\":\"x\"},"
		  "\"y:DataMining\":\"http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED\"}");
	clean("cawg.metadata");
	is_int(reserved(), LIC_RESERVE_TRAINING, "plus:DataMining under a prefix of its own");
	is_str(role_name_of("cawg.metadata/dc:rights"), "caption", "dc:rights never grants");
	is_str(text_of(&claims, "cawg.metadata/dc:rights", 0), "CC-BY-4.0", "its value");
	is_str(text_of(&claims, "cawg.metadata/dc:rights", 1), NULL, "an ingredient's is not ours");
	is_str(text_of(&claims, "cawg.metadata/dc:creator", 1), "Joe", "all creators");
	is_str(role_name_of("cawg.metadata/xmpRights:UsageTerms"), "caption", "nor terms of use");
	is_str(role_name_of("cawg.metadata/plus:CopyrightStatus"), "caption", "nor a status");
	is_str(role_name_of("cawg.metadata/xmpRights:Marked"), "notice", "a flag stays a flag");
	is_str(text_of(&claims, "cawg.metadata/plus:Licensor/LicensorName", 0), "Acme", "members");
	is_str(role_name_of("cawg.metadata/Iptc4xmpExt:DigitalSourceType"), "origin", "AI origin");
	read_json("c2pa.metadata",
		  "{\"@graph\":[{\"http://www.w3.org/ns/tdmrep#reservation\":1}]}");
	is_int(reserved(), LIC_RESERVE_DATA_MINING, "tdm:reservation by its full name");
	read_json("c2pa.metadata__2", "{\"plus:DataMining\":{\"@id\":\"nonsense\"}}");
	is_int(reserved(), ALL, "a value that nobody knows reserves everything");
	read_json("org.example.metadata", "{\"tdm:reservation\":\"1\"}");
	is_int(reserved(), LIC_RESERVE_DATA_MINING, "metadata of anybody");
	read_json("stds.iptc.photo-metadata", "{\"plus:DataMining\":\"DMI-ALLOWED\"}");
	is_int(reserved(), 0, "an opt-in reserves nothing");
}

static void test_creative_work(void)
{
	read_json("stds.schema-org.CreativeWork",
		  "{\"@context\":\"https://schema.org\",\"@type\":\"CreativeWork\","
		  "\"author\":[{\"@type\":\"Person\",\"name\":\"Jane\",\"identifier\":\"x\"}],"
		  "\"license\":{\"@id\":\"https://creativecommons.org/licenses/by/4.0/\"},"
		  "\"copyrightNotice\":\"(c) Jane\",\"copyrightYear\":2026}");
	clean("CreativeWork");
	is_str(role_name_of("CreativeWork/license"), "caption", "a license never grants");
	is_str(text_of(&claims, "CreativeWork/license", 0),
	       "https://creativecommons.org/licenses/by/4.0/", "its address");
	is_str(text_of(&claims, "CreativeWork/author", 0), "Jane", "the author");
	is_str(text_of(&claims, "CreativeWork/author", 1), NULL, "and nothing else of them");
	is_str(text_of(&claims, "CreativeWork/copyrightYear", 0), "2026", "numbers");
}

static void test_actions(void)
{
	read_json(
		"c2pa.actions.v2",
		"{\"actions\":[{\"action\":\"c2pa.created\",\"softwareAgent\":{\"name\":\"Brush\","
		"\"version\":\"1\"},\"digitalSourceType\":\" http://cv.iptc.org/newscodes/"
		"digitalsourcetype/trainedAlgorithmicMedia\"},{\"action\":\"c2pa.edited\","
		"\"softwareAgent\":\"Brush\"}]}");
	is_str(text_of(&claims, "c2pa.actions/DigitalSourceType", 0),
	       "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
	       "how the picture was made");
	is_str(role_name_of("c2pa.actions/DigitalSourceType"), "origin", "is its origin");
	is_str(text_of(&claims, "c2pa.actions/softwareAgent", 0), "Brush", "and with what");
	is_int((long long)claims.n, 2, "said once");
}

int main(void)
{
	test_matrix();
	test_notations();
	test_most_restrictive();
	test_manifests();
	test_unreadable();
	test_compressed();
	test_bomb();
	test_metadata();
	test_creative_work();
	test_actions();
	lic_claims_release(&claims);
	return done_testing();
}
