/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of licenses: those that were given, those of Debian, or where to find one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/export_files.h"
#include "fs/history/export_reuse.h"
#include "fs/util/io.h"

#define DEBIAN "/usr/share/common-licenses"
#define TEXT_MAX (1u << 20)

/* --- identifiers ----------------------------------------------------------------------------- */

/* Identifiers that SPDX has given up: it says what they mean. */
static const char *const retired[] = { "AGPL-3.0", "GFDL-1.1", "GFDL-1.2", "GFDL-1.3", "GPL-1.0",
				       "GPL-2.0",  "GPL-3.0",  "LGPL-2.0", "LGPL-2.1", "LGPL-3.0" };
/* And those that its list lacks, or that came to it late. */
static const char *const unlisted[] = {
	"CC-BY-3.0-AU", "CC-BY-NC-3.0-IGO", "CC-BY-NC-SA-2.0-DE", "CC-BY-SA-3.0-IGO", "CC-PDM-1.0",
	"CC-SA-1.0",	"DL-DE-ZERO-2.0",   "OPL-UK-3.0",	  "OpenMDW-1.0",
};

static bool is_one_of(const char *const *list, size_t count, const char *p, size_t n)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == n && memcmp(list[i], p, n) == 0)
			return true;
	return false;
}

static void add_id(struct lic_buf *out, const char *p, size_t n)
{
	if (is_one_of(unlisted, LIC_ARRAY_SIZE(unlisted), p, n))
		lic_buf_adds(out, "LicenseRef-");
	lic_buf_add(out, p, n);
	if (is_one_of(retired, LIC_ARRAY_SIZE(retired), p, n))
		lic_buf_adds(out, "-only");
}

static bool is_id_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '.' || c == '+' || c == '_';
}

/* The next identifier or operator, of *ret_n bytes; NULL at the end. */
static const char *next_word(const char **s, size_t *ret_n)
{
	const char *p;

	while (**s && !is_id_char(**s))
		++*s;
	p = *s;
	while (is_id_char(**s))
		++*s;
	*ret_n = (size_t)(*s - p);
	return *ret_n ? p : NULL;
}

static bool is_word(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(p, word, n) == 0;
}

static bool is_operator(const char *p, size_t n)
{
	return is_word(p, n, "AND") || is_word(p, n, "OR") || is_word(p, n, "WITH");
}

static bool says_nothing(const char *license)
{
	return !*license || strcmp(license, "NOASSERTION") == 0 || strcmp(license, "NONE") == 0;
}

void lic_texts_expression(struct lic_buf *out, const char *license)
{
	const char *s = says_nothing(license) ? LIC_TEXTS_NOT_STATED : license;

	while (*s) {
		size_t n = 0;

		while (is_id_char(s[n]))
			n++;
		if (!n)
			lic_buf_addc(out, *s++);
		else if (is_operator(s, n))
			lic_buf_add(out, s, n);
		else
			add_id(out, s, n);
		s += n;
	}
}

/* Takes `id` over. */
static int insert(struct lic_texts *t, char *id)
{
	size_t at = 0;

	while (at < t->n && strcmp(t->need[at], id) < 0)
		at++;
	if (at < t->n && strcmp(t->need[at], id) == 0) {
		free(id);
		return 0;
	}
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 16;
		void *p = reallocarray(t->need, cap, sizeof(*t->need));

		if (!p) {
			free(id);
			return -ENOMEM;
		}
		t->need = p;
		t->cap = cap;
	}
	memmove(t->need + at + 1, t->need + at, (t->n - at) * sizeof(*t->need));
	t->need[at] = id;
	t->n++;
	return 0;
}

int lic_texts_need(struct lic_texts *t, const char *license, struct lic_error *err)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 16);
	const char *s, *p;
	size_t n;
	int r = 0;

	lic_texts_expression(&b, license);
	s = lic_buf_str(&b);
	while (r == 0 && (p = next_word(&s, &n))) {
		char *id = is_operator(p, n) ? NULL : strndup(p, n);

		if (id)
			r = insert(t, id);
		else if (!is_operator(p, n))
			r = -ENOMEM;
	}
	if (lic_buf_failed(&b))
		r = -ENOMEM;
	lic_buf_release(&b);
	return r < 0 ? lic_error_set(err, ENOMEM, "out of memory for licenses") : 0;
}

/* --- where ----------------------------------------------------------------------------------- */

int lic_texts_open(struct lic_texts *t, const char *dir, struct lic_error *err)
{
	*t = (struct lic_texts){ .given = -1 };
	if (dir)
		t->given = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir && t->given < 0 ? lic_error_sys(err, errno, "cannot open '%s'", dir) : 0;
}

static void forget(char ***list, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free((*list)[i]);
	free(*list);
	*list = NULL;
	*n = 0;
}

void lic_texts_close(struct lic_texts *t)
{
	forget(&t->need, &t->n);
	forget(&t->made, &t->n_made);
	lic_closep(&t->given);
}

/* Appends a regular file that is not too large for a text. */
static bool read_text(int dir, const char *name, struct lic_buf *out)
{
	_cleanup_(lic_closep) int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n;
	char *buf;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size ||
	    st.st_size > TEXT_MAX)
		return false;
	buf = malloc((size_t)st.st_size);
	n = buf ? lic_pread_full(fd, buf, (size_t)st.st_size, 0) : -1;
	if (n > 0)
		lic_buf_add(out, buf, (size_t)n);
	free(buf);
	return n > 0;
}

/* "GPL-2.0-or-later" is GPL-2 there. */
static bool read_debian(const char *id, struct lic_buf *out)
{
	static const char *const end[] = { "-only", "-or-later", "-invariants", "-no-invariants" };
	_cleanup_(lic_closep) int dir = open(DEBIAN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[64];
	size_t n = strlen(id), k = strlen(end[0]);

	if (dir < 0 || n >= sizeof(name))
		return false;
	memcpy(name, id, n + 1);
	if (read_text(dir, name, out))
		return true;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(end); i++) {
		k = strlen(end[i]);
		if (n > k && strcmp(name + n - k, end[i]) == 0)
			name[n -= k] = 0;
	}
	if (strlen(id) == n)
		return false;
	if (read_text(dir, name, out))
		return true;
	if (n > 2 && strcmp(name + n - 2, ".0") == 0)
		name[n - 2] = 0;
	return strlen(name) != n && read_text(dir, name, out);
}

static bool read_given(const struct lic_texts *t, const char *id, struct lic_buf *out)
{
	struct lic_buf name = LIC_BUF_INIT(1u << 12);
	bool found = false;

	lic_buf_addf(&name, "%s.txt", id);
	if (t->given >= 0 && !lic_buf_failed(&name))
		found = read_text(t->given, lic_buf_str(&name), out) ||
			read_text(t->given, id, out);
	lic_buf_release(&name);
	return found;
}

/* What stands for a text. */
static void add_address(const struct lic_export *x, const char *id, struct lic_buf *out)
{
	const char *known = id;
	const struct lic_license *l = lic_license_find(id, strlen(id));

	if (!l && strncmp(id, "LicenseRef-", 11) == 0) {
		known = id + 11;
		l = lic_license_find(known, strlen(known));
	}
	if (!l)
		l = lic_own_license_find(x->policy.own, id, strlen(id));
	if (strcmp(id, LIC_TEXTS_NOT_STATED) == 0) {
		lic_buf_adds(out, "No license is stated for these files. This name says so, and "
				  "permits nothing.\n");
		return;
	}
	lic_buf_adds(out, l && l->name ? l->name : id);
	if (l && l->url)
		lic_buf_addf(out, "\n\n%s\n\nThe text of the license is at this address.\n",
			     l->url);
	else
		lic_buf_adds(out, "\n\nNo text of these terms is known here.\n");
}

static int write_one(struct lic_texts *t, struct lic_export *x, const char *dir, const char *id)
{
	struct lic_buf name = LIC_BUF_INIT(1u << 12), text = LIC_BUF_INIT(4u << 20);
	int r;

	if (!read_given(t, id, &text) && !read_debian(id, &text)) {
		add_address(x, id, &text);
		x->result->no_text += strcmp(id, LIC_TEXTS_NOT_STATED) != 0;
	}
	lic_buf_addf(&name, "%s/%s.txt", dir, id);
	r = lic_buf_failed(&name) || lic_buf_failed(&text)
		    ? lic_export_no_memory(x)
		    : lic_site_put(&x->files->site, lic_buf_str(&name), text.data, text.len,
				   x->err);
	lic_buf_release(&text);
	if (r == 0)
		t->made[t->n_made++] = lic_buf_take(&name);
	lic_buf_release(&name);
	return r;
}

int lic_texts_write(struct lic_texts *t, struct lic_export *x, const char *dir)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n_made; i++)
		r = lic_site_unlink(&x->files->site, t->made[i], x->err);
	forget(&t->made, &t->n_made);
	t->made = calloc(t->n + 1, sizeof(*t->made));
	if (!t->made)
		r = lic_export_no_memory(x);
	x->result->no_text = 0;
	for (size_t i = 0; r == 0 && i < t->n; i++)
		r = write_one(t, x, dir, t->need[i]);
	forget(&t->need, &t->n);
	t->cap = 0;
	return r;
}
