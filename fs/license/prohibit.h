/* SPDX-License-Identifier: Apache-2.0 */
/* Words by the part that they may play in a prohibition. */
#ifndef LICENSEFS_LICENSE_PROHIBIT_H
#define LICENSEFS_LICENSE_PROHIBIT_H

#include <licensefs/license.h>

#include "fs/license/words.h"

/* What is done with the picture. */
#define LIC_PART_AI (1ull << 0)		 /* ai, ml, llm */
#define LIC_PART_GENERATIVE (1ull << 1)	 /* generative, diffusion */
#define LIC_PART_TRAIN (1ull << 2)	 /* train, learning */
#define LIC_PART_DATA (1ull << 3)	 /* data, text, dataset: what is mined, or trained on */
#define LIC_PART_MINING (1ull << 4)	 /* mining */
#define LIC_PART_TDM (1ull << 5)	 /* tdm, scraping, crawling: mining by itself */
#define LIC_PART_COMMERCE (1ull << 6)	 /* commercial */
#define LIC_PART_NONCOMMERCE (1ull << 7) /* noncommercial */
#define LIC_PART_SELL (1ull << 8)	 /* resale, sell */
#define LIC_PART_SPREAD (1ull << 9)	 /* redistribute, republish */
#define LIC_PART_COPY (1ull << 10)	 /* copy, share, publish: also what captions tell of */
#define LIC_PART_DERIVE (1ull << 11)	 /* derivatives */
#define LIC_PART_EDIT (1ull << 12)	 /* modify, edit, crop: also what captions tell of */
#define LIC_PART_USE (1ull << 13)
#define LIC_PART_PURPOSE (1ull << 14) /* personal, editorial, research */
#define LIC_PART_PICTURE (1ull << 15) /* image, photo, work */
/* How it is taken away. */
#define LIC_PART_NO (1ull << 16)  /* no, kein */
#define LIC_PART_NOT (1ull << 17) /* not, never */
#define LIC_PART_WITHOUT (1ull << 18)
#define LIC_PART_BAN (1ull << 19)   /* prohibited, forbidden */
#define LIC_PART_ALLOW (1ull << 20) /* allowed, permitted: with a "not" */
#define LIC_PART_RESERVE (1ull << 21)
#define LIC_PART_ONLY (1ull << 22)
#define LIC_PART_NEED (1ull << 23)	 /* requires, contact */
#define LIC_PART_PERMISSION (1ull << 24) /* permission, consent, license */
#define LIC_PART_OPT_OUT (1ull << 25)	 /* noai */
#define LIC_PART_FREE (1ull << 26)
/* What stands between, or tells that nothing is taken. */
#define LIC_PART_FILLER (1ull << 27) /* for, of, the, this, under, circumstances */
#define LIC_PART_ORDER (1ull << 28)  /* may, must, do, to, be: not a report of what was */
#define LIC_PART_PAST (1ull << 29)   /* was, did */
#define LIC_PART_LIFTS (1ull << 30)  /* restrictions, fee, need, only: "no restrictions on" */
#define LIC_PART_MADE (1ull << 31)   /* generated, made, used: "no AI was used" */
#define LIC_PART_TO (1ull << 32)     /* for, by, with: "not for AI" */
#define LIC_PART_MODEL (1ull << 33)  /* model, machine: AI beside training */
#define LIC_PART_EXCEPT (1ull << 34) /* except: takes away what follows */

/* LIC_PART_* of word i. */
uint64_t lic_word_parts(const struct lic_words *t, size_t i) _nonnull_all_;

/* LIC_FORBIDS_* bits: what the text as a whole takes away, whatever license it names. Everything
 * where memory runs out. Cost linear in the words. */
unsigned lic_prohibit(const struct lic_words *t) _nonnull_all_;

#endif
