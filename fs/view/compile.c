/* SPDX-License-Identifier: Apache-2.0 */
/* Text to view: parses, checks, and keeps the result in one arena. */
#include <errno.h>
#include <string.h>

#include "fs/view/view.h"

#define ARENA_MAX (16u << 20)

static void free_viewp(struct lic_view **v)
{
	lic_view_free(*v);
}

void lic_view_free(struct lic_view *v)
{
	if (!v)
		return;
	lic_arena_release(&v->arena);
	free(v);
}

int lic_view_compile_words(const char *expr, size_t n, unsigned flags,
			   const struct lic_view_words *words, struct lic_view **ret,
			   struct lic_error *err)
{
	_cleanup_(free_viewp) struct lic_view *v = calloc(1, sizeof(*v));
	struct lic_check check = { v, words, 0, err };
	struct lic_source source = { words->self, NULL, n, 0, NULL };
	struct lic_node *root;
	int r;

	if (n > LIC_EXPR_MAX)
		return lic_error_set(err, EINVAL,
				     "the expression is longer than %u bytes, use fewer conditions",
				     LIC_EXPR_MAX);
	if (!v)
		return lic_error_set(err, ENOMEM, "out of memory for the expression");
	v->arena = (struct lic_arena)LIC_ARENA_INIT(ARENA_MAX);
	v->flags = flags;
	v->expr = lic_arena_dup(&v->arena, expr, n);
	if (!v->expr)
		return lic_error_set(err, ENOMEM, "out of memory for the expression");
	source.text = v->expr;
	r = lic_source_parse(&source, &v->arena, &check.nodes, &root, err);
	if (r == 0)
		r = lic_check_node(&check, &source, root);
	if (r < 0)
		return r;
	v->root = root;
	*ret = LIC_TAKE(v);
	return 0;
}

int lic_view_compile(const char *expr, size_t n, unsigned flags, lic_view_lookup lookup, void *ctx,
		     struct lic_view **ret, struct lic_error *err)
{
	const struct lic_view_words words = { .lookup = lookup, .ctx = ctx };

	return lic_view_compile_words(expr, n, flags, &words, ret, err);
}

bool lic_view_needs_asset(const struct lic_view *v)
{
	return v->asks & LIC_ASKS_ASSET;
}

bool lic_view_needs_collections(const struct lic_view *v)
{
	return v->asks & LIC_ASKS_COLLECTION;
}

bool lic_view_needs_makers(const struct lic_view *v)
{
	return v->asks & LIC_ASKS_MAKER;
}

const char *lic_view_name(const struct lic_view *v)
{
	return v->name ? v->name : "";
}

const char *lic_view_expr(const struct lic_view *v)
{
	return v->expr;
}

const char *lic_view_basis(const struct lic_view *v)
{
	return v->basis ? v->basis : "";
}
