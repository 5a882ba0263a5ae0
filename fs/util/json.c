/* SPDX-License-Identifier: Apache-2.0 */
/* JSON writer. */
#include <inttypes.h>
#include <string.h>

#include <licensefs/json.h>
#include <licensefs/text.h>

static void separate(struct lic_json *j)
{
	if (j->need_comma)
		lic_buf_addc(j->out, ',');
	j->need_comma = true;
}

static void open_bracket(struct lic_json *j, char c)
{
	separate(j);
	lic_buf_addc(j->out, c);
	j->depth++;
	j->need_comma = false;
}

static void close_bracket(struct lic_json *j, char c)
{
	lic_buf_addc(j->out, c);
	j->depth--;
	j->need_comma = true;
}

void lic_json_object(struct lic_json *j)
{
	open_bracket(j, '{');
}

void lic_json_object_end(struct lic_json *j)
{
	close_bracket(j, '}');
}

void lic_json_array(struct lic_json *j)
{
	open_bracket(j, '[');
}

void lic_json_array_end(struct lic_json *j)
{
	close_bracket(j, ']');
}

static void add_string(struct lic_buf *out, const uint8_t *p, size_t n)
{
	lic_buf_addc(out, '"');
	while (n) {
		uint32_t cp;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (!k) {
			lic_buf_addf(out, "\\udc%02x", *p);
			k = 1;
		} else if (cp == '"' || cp == '\\') {
			lic_buf_addf(out, "\\%c", (int)cp);
		} else if (cp == '\n') {
			lic_buf_adds(out, "\\n");
		} else if (cp < 0x20 || cp == 0x7f || (cp >= 0x80 && cp < 0xa0) || cp == 0x2028 ||
			   cp == 0x2029) {
			lic_buf_addf(out, "\\u%04x", (unsigned)cp);
		} else {
			lic_buf_add(out, p, k);
		}
		p += k;
		n -= k;
	}
	lic_buf_addc(out, '"');
}

void lic_json_key(struct lic_json *j, const char *key)
{
	separate(j);
	add_string(j->out, (const uint8_t *)key, strlen(key));
	lic_buf_addc(j->out, ':');
	j->need_comma = false;
}

void lic_json_bytes(struct lic_json *j, const void *p, size_t n)
{
	separate(j);
	add_string(j->out, p, n);
}

void lic_json_str(struct lic_json *j, const char *s)
{
	if (s)
		lic_json_bytes(j, s, strlen(s));
	else
		lic_json_null(j);
}

void lic_json_int(struct lic_json *j, int64_t v)
{
	separate(j);
	lic_buf_addf(j->out, "%" PRId64, v);
}

void lic_json_bool(struct lic_json *j, bool v)
{
	separate(j);
	lic_buf_adds(j->out, v ? "true" : "false");
}

void lic_json_null(struct lic_json *j)
{
	separate(j);
	lic_buf_adds(j->out, "null");
}

void lic_json_kstr(struct lic_json *j, const char *key, const char *s)
{
	lic_json_key(j, key);
	lic_json_str(j, s);
}

void lic_json_kint(struct lic_json *j, const char *key, int64_t v)
{
	lic_json_key(j, key);
	lic_json_int(j, v);
}

void lic_json_kbool(struct lic_json *j, const char *key, bool v)
{
	lic_json_key(j, key);
	lic_json_bool(j, v);
}
