/* SPDX-License-Identifier: Apache-2.0 */
/* Documents whose usual loader compares a checksum of the whole file, so that a view of one, which
 * lacks records, is "corrupted" to it. */
#include <stdio.h>
#include <string.h>

#include "fs/document/index.h"

/* torchvision 0.14.1: datasets/celeba.py (file_list), places365.py (_FILE_LIST_META), lfw.py
 * (checksums). */
static const struct {
	const char *name, *loader;
} checked[] = {
	{ "list_attr_celeba.txt", "CelebA" },
	{ "identity_CelebA.txt", "CelebA" },
	{ "list_bbox_celeba.txt", "CelebA" },
	{ "list_landmarks_align_celeba.txt", "CelebA" },
	{ "list_eval_partition.txt", "CelebA" },
	{ "places365_train_standard.txt", "Places365" },
	{ "places365_train_challenge.txt", "Places365" },
	{ "places365_val.txt", "Places365" },
	{ "pairs.txt", "LFWPairs" },
	{ "pairsDevTrain.txt", "LFWPairs" },
	{ "pairsDevTest.txt", "LFWPairs" },
	{ "people.txt", "LFWPeople" },
	{ "peopleDevTrain.txt", "LFWPeople" },
	{ "peopleDevTest.txt", "LFWPeople" },
	{ "lfw-names.txt", "LFWPeople" },
};

void lic_checksum_note(const char *name, struct lic_index_result *r)
{
	if (r->format == LIC_DOCUMENT_NONE || r->format == LIC_DOCUMENT_CLASSES ||
	    r->format == LIC_DOCUMENT_SETTINGS)
		return;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(checked); i++) {
		if (strcmp(checked[i].name, name) != 0)
			continue;
		r->flags |= LIC_DOCUMENT_CHECKSUM;
		snprintf(r->note, sizeof(r->note),
			 "torchvision.datasets.%s compares the MD5 of this file: where a view "
			 "leaves records out, it takes the file for corrupted",
			 checked[i].loader);
	}
}
