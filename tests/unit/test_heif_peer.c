/* SPDX-License-Identifier: Apache-2.0 */
/* libheif as a second opinion: whatever metadata it hands out, the reader of HEIF has found. */
#include <libheif/heif.h>

#include "tests/unit/boxes.h"

static struct lic_claims theirs = LIC_CLAIMS_INIT;

/* The block alone, in the plainest file that holds such blocks. */
static void read_block(const char *type, const void *p, size_t n)
{
	struct bytes f = BYTES_INIT;

	put(&f, "\0\0\0\x0cJXL \r\n\x87\n", 12);
	box(&f, strcmp(type, "Exif") == 0 ? "Exif" : "xml ", p, n);
	box(&f, "jxlc", "\xff\x0a", 2);
	read_built(&f, &theirs);
	bytes_release(&f);
}

static bool is_ours(const struct lic_claim *k)
{
	for (size_t i = 0; i < claims.n; i++)
		if (strcmp(claims.item[i].field, k->field) == 0 &&
		    strcmp(claims.item[i].text, k->text) == 0)
			return true;
	return false;
}

static size_t compare_block(const struct heif_image_handle *h, heif_item_id id)
{
	const char *type = heif_image_handle_get_metadata_type(h, id);
	size_t n = heif_image_handle_get_metadata_size(h, id), missing = 0;
	void *p = malloc(n + 1);

	if (!p || heif_image_handle_get_metadata(h, id, p).code != heif_error_Ok) {
		free(p);
		return 0;
	}
	read_block(type, p, n);
	for (size_t i = 0; i < theirs.n; i++)
		missing += !is_ours(&theirs.item[i]);
	is_int(missing, 0, "all of an item of type %s", type);
	free(p);
	return theirs.n;
}

static size_t compare_image(struct heif_context *context)
{
	struct heif_image_handle *h;
	heif_item_id id[16];
	size_t found = 0;
	int n;

	if (heif_context_get_primary_image_handle(context, &h).code != heif_error_Ok)
		return 0;
	n = heif_image_handle_get_list_of_metadata_block_IDs(h, NULL, id, 16);
	for (int i = 0; i < n; i++)
		found += compare_block(h, id[i]);
	heif_image_handle_release(h);
	return found;
}

static void compare(const char *name, size_t at_least)
{
	struct heif_context *context = heif_context_alloc();
	struct bytes f = BYTES_INIT;
	size_t found = 0;

	load(&f, name);
	read_built(&f, &claims);
	clean(name);
	if (heif_context_read_from_memory_without_copy(context, f.b.data, f.b.len, NULL).code ==
	    heif_error_Ok)
		found = compare_image(context);
	ok(found >= at_least, "%s: libheif finds %zu claims", name, found);
	heif_context_free(context);
	bytes_release(&f);
}

int main(void)
{
	compare("cc-by.avif", 6);
	compare("cc-by.heic", 6);
	compare("heif-enc.heic", 8);
	lic_claims_release(&theirs);
	lic_claims_release(&claims);
	return done_testing();
}
