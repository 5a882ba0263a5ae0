/* SPDX-License-Identifier: Apache-2.0 */
/* Claims in, rights out: one line a case. SPEC of the cases: docs/decisions/0002. */
#include "tests/unit/claims_notation.h"
#include "tests/unit/tap.h"

#define ARR "LicenseRef-AllRightsReserved"
#define CONFLICT "LicenseRef-Conflict"
#define URL_BY4 "https://creativecommons.org/licenses/by/4.0/"

/* Permissions: noncommercial, commercial, redistribute, derive, share adaptations. */
struct rights_case {
	const char *policy; /* "S" strict statements, "N" strict notices */
	const char *claims;
	const char *status, *license, *permissions, *reservations;
};

#define CLEAR "clear"
#define BAD "conflict"
#define NONE "unlicensed"

static const struct rights_case cases[] = {
	/* nothing said */
	{ "", "", NONE, "", "uuuuu", "" },
	{ "", "e1 none Acme", NONE, "", "uuuuu", "" },
	{ "", "e1 by Jane | e1 title Cat | e1 src https://example.org/", NONE, "", "uuuuu", "" },
	{ "", "e1 lic", NONE, "", "uuuuu", "" },
	{ "", "e1 lic \t ", NONE, "", "uuuuu", "" },
	{ "", "e1 rel MR-UMR", NONE, "", "uuuuu", "" },

	/* one license, wherever it may stand */
	{ "", "e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic  CC-BY-4.0\n", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic " URL_BY4, CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "e1 lic CC-BY-ND-4.0", CLEAR, "CC-BY-ND-4.0", "aaaaf", "" },
	{ "", "e1 lic CC-BY-ND-3.0", CLEAR, "CC-BY-ND-3.0", "aaaff", "" },
	{ "", "e1 lic LicenseRef-CC-BY-ND", CLEAR, "LicenseRef-CC-BY-ND", "aaaff", "" },
	{ "", "e1 lic CC-BY-NC-ND-4.0", CLEAR, "CC-BY-NC-ND-4.0", "afaaf", "" },
	{ "", "e1 web " URL_BY4, CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 copy CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 copy (c) 2020 Jane, CC BY 4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 com CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "s1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "m lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "d lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "o lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 cap CC-BY-4.0", NONE, "", "uuuuu", "" },
	{ "", "e1 mark CC-BY-4.0", NONE, "", "uuuuu", "" },
	{ "", "t lic CC-BY-4.0", NONE, "CC-BY-4.0", "uuuuu", "" },
	{ "", "t! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "x lic CC-BY-4.0", NONE, "CC-BY-4.0", "uuuuu", "" },
	{ "", "e1 none CC-BY-4.0", NONE, "", "uuuuu", "" },

	/* words that forbid what a license permits, wherever they stand */
	{ "", "e1 lic CC0-1.0 | e1 copy (c) Jane. No AI training. Not for commercial use.", BAD,
	  CONFLICT, "uuuuu", "tg" },
	{ "", "e1 lic CC0-1.0 | e1 copy (c) Jane. No AI training.", CLEAR, "CC0-1.0", "aaaaa",
	  "tg" },
	{ "", "e1 lic CC0-1.0 | e2 cap sunset, noai", CLEAR, "CC0-1.0", "aaaaa", "dtg" },
	{ "", "o! lic CC0-1.0 | e2 com noai", CLEAR, "CC0-1.0", "aaaaa", "dtg" },
	{ "", "o! lic CC0-1.0 | e2 con No AI training", CLEAR, "CC0-1.0", "aaaaa", "tg" },
	{ "", "t cap noai", NONE, "", "uuuuu", "dtg" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy Not for commercial use", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-NC-4.0 | e2 copy Not for commercial use", CLEAR, "CC-BY-NC-4.0",
	  "afaaa", "" },
	{ "", "e1 copy CC BY-NC 4.0: not for commercial use", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "e1 copy CC BY-NC 4.0. Not for commercial use or redistribution.", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "m:1 lic CC-BY-4.0 | e2 com editorial use only", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o lic CC-BY-4.0 | e2 com editorial use only", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o! lic CC-BY-4.0 | e2 com editorial use only", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "s4 lic CC-BY-4.0 | e1 terms Not for commercial use", BAD, CONFLICT, "uuuuu", "" },
	{ "", "s4 lic CC-BY-NC-4.0 | e1 terms Not for commercial use", CLEAR, "CC-BY-NC-4.0",
	  "afaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 cap personal use only", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | t com research use only", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-ND-4.0 | e2 copy no derivatives", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-ND-3.0 | e2 copy no derivatives", CLEAR, "CC-BY-ND-3.0", "aaaff", "" },
	{ "", "e1 lic CC-BY-4.0 OR CC-BY-NC-4.0 | e2 copy no commercial use", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "e1 copy No commercial use", NONE, "", "uuuuu", "" },
	/* a license is its owner's permission, unless both stand together */
	{ "", "e1 lic CC-BY-4.0 | e1 copy Do not use without permission", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy Do not use without permission", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 cap no derivatives without permission", BAD, CONFLICT, "uuuuu",
	  "" },
	/* and words that take nothing */
	{ "", "e1 lic CC-BY-4.0 | e1 copy No restrictions on commercial use", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 com You may use it for AI training", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 com not only for commercial use", CLEAR, "CC-BY-4.0", "aaaaa",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e1 cap No AI was used to train this dog", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },

	/* unrecognised text: only a field made for licenses conflicts */
	{ "", "e1 lic do as you please", NONE, "LicenseRef-Unrecognised", "uuuuu", "" },
	{ "", "e1 lic do as you please | e1 terms CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic do as you please | m lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic do as you please | d lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "s1 lic do as you please | e2 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic do as you please | s2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic do as you please | o lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic do as you please | e1 copy All rights reserved", NONE, ARR, "fffff", "" },
	{ "", "e1 web https://example.org/terms", NONE, "", "uuuuu", "" },
	{ "", "e1 web https://example.org/terms | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy example.com | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 com made with love | e2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 cap a cat | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },

	/* notices and reserved wording */
	{ "", "e1 copy (c) Jane", NONE, "", "uuuuu", "" },
	{ "", "e1 copy (c) Jane | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 copy (c) Jane, all rights reserved", NONE, ARR, "fffff", "" },
	{ "", "e1 copy Copyright", NONE, "", "uuuuu", "" },
	{ "", "e1 copy Copyrighted | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 cap copyright | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "m lic copyright", NONE, ARR, "fffff", "" },
	{ "", "e1 terms All rights reserved", NONE, ARR, "fffff", "" },
	{ "", "e1 web All rights reserved", NONE, ARR, "fffff", "" },
	{ "", "e1 copy All rights reserved | e1 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 copy All rights reserved | e2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy All rights reserved | s2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy All rights reserved | d lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "m copy All rights reserved | m lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "m:1 copy All rights reserved | m:2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy All rights reserved | e1 lic CC0-1.0 | s2 lic CC0-1.0", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "e1 copy All rights reserved | e1 lic CC0-1.0 | o lic CC0-1.0", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "e1 copy All rights reserved | e1 lic CC0-1.0 | o! lic CC0-1.0", CLEAR, "CC0-1.0",
	  "aaaaa", "" },
	{ "", "e1 copy CC BY 4.0, all rights reserved", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 copy CC BY 4.0, all rights reserved | s2 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 com All rights reserved | e1 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 com All rights reserved | e2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy All rights reserved | e1 terms All rights reserved", NONE, ARR, "fffff",
	  "" },
	{ "", "e1 lic All rights reserved | e1 terms CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 mark True | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 mark True", NONE, "", "uuuuu", "" },
	{ "", "e1 mark False", NONE, "", "uuuuu", "" },
	{ "", "e1 mark False | e1 lic CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "e1 status CS-PRO | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 status CS-PRO", NONE, "", "uuuuu", "" },
	{ "", "e1 status http://ns.useplus.org/ldf/vocab/CS-PUB", CLEAR,
	  "LicenseRef-PublicDomain-Unspecified", "aaaaa", "" },
	{ "S", "e1 status CS-PUB", NONE, "LicenseRef-PublicDomain-Unspecified", "uuuuu", "" },
	{ "", "e1 status CS-PUB | e1 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 status CS-UNK | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },

	/* policy notice=conflict */
	{ "N", "e1 copy (c) Jane | e2 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "N", "e1 copy All rights reserved | s2 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "N", "e1 copy (c) Jane", NONE, ARR, "fffff", "" },
	{ "N", "e1 mark True | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "N", "e1 copy (c) Jane | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },

	/* captions restrict and never grant */
	{ "", "e1 cap All rights reserved | e1 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 cap All rights reserved | e2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 cap All rights reserved", NONE, "", "uuuuu", "" },
	{ "", "e1 cap CC-BY-NC-4.0 | e1 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 cap CC-BY-NC-4.0 | s2 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 cap CC-BY-NC-4.0 | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 cap CC0-1.0 | e1 lic CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "e1 cap CC-BY-4.0 | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 cap CC BY 4.0, all rights reserved | e1 lic CC0-1.0", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 cap CC BY 4.0, all rights reserved | e2 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa",
	  "" },

	/* equal rank */
	{ "", "e1 lic CC-BY-4.0 | e2 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 com CC-BY-3.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 copy LicenseRef-CC-BY", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic LicenseRef-CC-BY | e1 copy CC-BY-4.0 | e1 com CC-BY-3.0", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "e1 lic CC-BY-SA-4.0 | e1 copy LicenseRef-CC-BY", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-ND-4.0 | e1 copy LicenseRef-CC-BY-ND", CLEAR, "CC-BY-ND-4.0", "aaaaf",
	  "" },
	{ "", "e1 lic CC-BY-NC-4.0 | e1 copy LicenseRef-CC-Unspecified", CLEAR, "CC-BY-NC-4.0",
	  "afaaa", "" },
	{ "", "e1 lic LicenseRef-CC-BY | e1 copy CC-BY-4.0 | e1 terms LicenseRef-CC-Unspecified",
	  CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 terms LicenseRef-SomeRightsReserved", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC0-1.0 | e1 terms LicenseRef-SomeRightsReserved", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC0-1.0 | e1 copy LicenseRef-PublicDomain-Unspecified", CLEAR, "CC0-1.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e1 copy LicenseRef-PublicDomain-Unspecified", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "e1 lic GFDL-1.2-or-later | e1 copy LicenseRef-GFDL", CLEAR, "GFDL-1.2-or-later",
	  "aaaaa", "" },
	{ "", "e1 lic GFDL-1.2-only | e1 copy GFDL-1.2", CLEAR, "GFDL-1.2-only", "aaaaa", "" },
	{ "", "e1 lic GFDL-1.2-only | e1 copy GFDL-1.3", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic LicenseRef-RS-InC-1.0 | e1 terms All rights reserved", NONE,
	  "LicenseRef-RS-InC-1.0", "fffff", "" },
	{ "", "s1 lic CC0-1.0 | s2 lic CC-BY-4.0 | e3 lic CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o:1 lic CC0-1.0 | o:2 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o:1 lic CC0-1.0 | o!:2 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "o!:1 lic CC0-1.0 | o!:2 lic CC-BY-4.0", BAD, CONFLICT, "uuuuu", "" },

	/* ranks: the stronger wins, but grants nothing that another forbids */
	{ "", "s1 lic CC-BY-NC-4.0 | e2 lic CC-BY-4.0", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "s1 lic CC-BY-4.0 | e2 lic CC-BY-NC-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "s1 lic CC-BY-4.0 | e2 lic CC-BY-SA-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC0-1.0 | m lic CC-BY-4.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic CC0-1.0 | m lic CC-BY-ND-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC0-1.0 | d lic CC-BY-ND-4.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic CC0-1.0 | t! lic CC-BY-NC-4.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic CC0-1.0 | x lic CC-BY-NC-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o lic CC0-1.0 | m lic CC-BY-NC-4.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o! lic CC0-1.0 | m lic CC-BY-NC-4.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "d! lic CC0-1.0 | e1 lic CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0", "afaaa", "" },
	{ "", "o lic CC0-1.0 | e1 terms All rights reserved", BAD, CONFLICT, "uuuuu", "" },
	{ "", "o lic CC0-1.0 | e1 copy All rights reserved", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "s1 lic CC-BY-ND-4.0 | e2 lic LicenseRef-CC-BY-ND", CLEAR, "CC-BY-ND-4.0", "aaaaf",
	  "" },
	{ "", "e1 terms All rights reserved | m lic CC0-1.0", NONE, ARR, "fffff", "" },
	{ "", "e1 lic LicenseRef-Other | m lic CC0-1.0", NONE, "LicenseRef-Other", "uuuuu", "" },
	{ "", "e1 lic LicenseRef-Unknown | m lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "m lic LicenseRef-Other | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "o lic CC-BY-4.0 | e1 lic CC-BY-4.0 | e2 lic CC0-1.0", CLEAR, "CC-BY-4.0", "aaaaa",
	  "" },
	{ "", "o lic CC-BY-4.0 | e1 lic CC-BY-4.0 | e2 lic CC-BY-NC-4.0", BAD, CONFLICT, "uuuuu",
	  "" },

	/* licenses that name no permission, or are for something else */
	{ "", "e1 lic LicenseRef-Other", NONE, "LicenseRef-Other", "uuuuu", "" },
	{ "", "e1 lic LicenseRef-Unknown", NONE, "LicenseRef-Unknown", "uuuuu", "" },
	{ "", "e1 lic LicenseRef-Other | e1 terms CC0-1.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic LicenseRef-Unknown | e1 terms CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 copy LicenseRef-NoKnownCopyrightRestrictions", NONE,
	  "LicenseRef-NoKnownCopyrightRestrictions", "uuuuu", "" },
	{ "", "e1 copy LicenseRef-NoKnownCopyrightRestrictions | e1 lic CC0-1.0", CLEAR, "CC0-1.0",
	  "aaaaa", "" },
	{ "", "e1 com Apache-2.0", NONE, "Apache-2.0", "uuuuu", "" },
	{ "", "e1 lic GPL-2.0-only", NONE, "GPL-2.0-only", "uuuuu", "" },
	{ "", "e1 lic ODbL-1.0", NONE, "ODbL-1.0", "uuuuu", "" },
	{ "", "e1 lic PDDL-1.0", CLEAR, "PDDL-1.0", "aaaaa", "" },
	{ "", "e1 lic CDLA-Permissive-2.0", NONE, "CDLA-Permissive-2.0", "uuuuu", "" },
	{ "", "e1 lic LicenseRef-OpenRAIL", NONE, "LicenseRef-OpenRAIL", "uuuuu", "" },
	{ "", "e1 lic CC-PDM-1.0", CLEAR, "CC-PDM-1.0", "aaaaa", "" },
	{ "S", "e1 lic CC-PDM-1.0", NONE, "CC-PDM-1.0", "uuuuu", "" },
	{ "S", "e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 lic LicenseRef-RS-InC-1.0", NONE, "LicenseRef-RS-InC-1.0", "fffff", "" },
	{ "", "e1 lic LicenseRef-RS-InC-1.0 | d lic CC0-1.0", NONE, "LicenseRef-RS-InC-1.0",
	  "fffff", "" },
	{ "", "o lic LicenseRef-ImageNet-Terms", CLEAR, "LicenseRef-ImageNet-Terms", "affff", "" },
	{ "", "e1 lic LicenseRef-CC-DevNations-2.0", NONE, "LicenseRef-CC-DevNations-2.0", "fffff",
	  "" },

	/* expressions */
	{ "", "e1 lic CC-BY-4.0 OR CC-BY-3.0", CLEAR, "CC-BY-3.0 OR CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 OR CC-BY-3.0 | e2 lic CC-BY-3.0 OR CC-BY-4.0", CLEAR,
	  "CC-BY-3.0 OR CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 OR CC-BY-3.0 | e2 lic CC-BY-3.0", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 OR GFDL-1.2-only | e2 copy LicenseRef-CC-BY OR LicenseRef-GFDL",
	  CLEAR, "CC-BY-4.0 OR GFDL-1.2-only", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 OR CC-BY-3.0 | e2 copy LicenseRef-CC-BY", CLEAR,
	  "CC-BY-3.0 OR CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-ND-4.0 AND CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0 AND CC-BY-ND-4.0",
	  "afaaf", "" },
	{ "", "e1 lic CC-BY-4.0 AND MIT", NONE, "CC-BY-4.0 AND MIT", "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 OR MIT", CLEAR, "CC-BY-4.0 OR MIT", "aaaaa", "" },
	{ "", "e1 lic CC-BY-ND-3.0 OR CC-BY-NC-4.0", CLEAR, "CC-BY-NC-4.0 OR CC-BY-ND-3.0", "aaaaa",
	  "" },
	{ "", "s1 lic CC-BY-4.0 | e2 lic CC-BY-ND-3.0 OR CC-BY-NC-4.0", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "s1 lic CC-BY-NC-4.0 | e2 lic CC-BY-4.0 OR CC-BY-ND-3.0", CLEAR, "CC-BY-NC-4.0",
	  "afaaa", "" },

	/* the operator denies; dataset terms bind */
	{ "", "o deny | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "d deny | o! lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "o deny", NONE, "", "fffff", "" },
	{ "", "o deny | e1 lic CC0-1.0 | e2 lic CC-BY-4.0", NONE, CONFLICT, "fffff", "" },
	{ "", "d bind LicenseRef-ImageNet-Terms | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "affff",
	  "" },
	{ "", "t bind LicenseRef-ImageNet-Terms | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "affff",
	  "" },
	{ "", "d bind LicenseRef-ImageNet-Terms", NONE, "", "uuuuu", "" },
	{ "", "d bind LicenseRef-ImageNet-Terms | d bind CC-BY-NC-ND-4.0 | e1 lic CC0-1.0", CLEAR,
	  "CC0-1.0", "affff", "" },
	{ "", "d bind CC-BY-ND-4.0 OR CC-BY-NC-4.0 | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "afaaf",
	  "" },
	{ "", "d bind be nice | e1 lic CC0-1.0", NONE, "CC0-1.0", "uuuuu", "" },
	{ "", "d bind All rights reserved | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "d bind LicenseRef-COCO-Terms | e1 lic CC0-1.0", NONE, "CC0-1.0", "uuuuu", "" },

	/* trust: of sources of equal rank that differ one counts; the others still forbid */
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | d trust *license", CLEAR, "CC-BY-4.0",
	  "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | o trust xmp DC:rights", CLEAR,
	  "CC-BY-SA-4.0", "aaaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | d trust XMP", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | d trust EXIF", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | d trust", BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | e1 trust *license", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-NC-4.0 | d trust *license", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-NC-4.0 | d trust *rights", CLEAR, "CC-BY-NC-4.0",
	  "afaaa", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | m lic CC-BY-ND-4.0 | d trust *license",
	  BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-SA-4.0 | e3 com CC-BY-3.0 | d trust *license",
	  CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "",
	  "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | e3 com CC-BY-2.0 | d trust *license | d "
	  "trust *rights",
	  BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | d trust *rights | o trust *license", CLEAR,
	  "CC-BY-4.0", "aaaaa", "" },
	{ "",
	  "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | e1 copy All rights reserved | d trust "
	  "*license",
	  BAD, CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | e3 terms be kind | d trust *license", BAD,
	  CONFLICT, "uuuuu", "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC BY 3.0, all rights reserved | d trust *license", BAD,
	  CONFLICT, "uuuuu", "" },
	{ "", "d:1 lic CC-BY-4.0 | d:2 copy CC-BY-NC-4.0 | d trust *license", BAD, CONFLICT,
	  "uuuuu", "" },
	{ "", "o!:1 lic CC-BY-4.0 | o!:2 copy CC-BY-3.0 | o trust *license", BAD, CONFLICT, "uuuuu",
	  "" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | e1 res t | e1 con AL-CRP | d trust *license",
	  CLEAR, "CC-BY-4.0", "aaaff", "t" },
	{ "", "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | d deny | d trust *license", NONE, "CC-BY-4.0",
	  "fffff", "" },
	{ "", "e1 lic CC-BY-4.0 | s2 lic CC-BY-3.0 | d trust XMP", CLEAR, "CC-BY-3.0", "aaaaa",
	  "" },
	{ "", "d trust XMP", NONE, "", "uuuuu", "" },

	/* reservations unite and change no license */
	{ "", "e1 res t | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "t" },
	{ "", "e1 res dtg | m res i | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "dtgi" },
	{ "", "e1 res | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "x res g | o! lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "g" },
	{ "", "t res d", NONE, "", "uuuuu", "d" },
	{ "", "e1 lic LicenseRef-NTDL-1.0", NONE, "LicenseRef-NTDL-1.0", "uuuuu", "dtg" },
	{ "", "e1 lic LicenseRef-NTDL-1.0 | o! lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "dtg" },
	{ "", "e1 lic CC-BY-4.0 OR LicenseRef-NTDL-1.0", CLEAR, "CC-BY-4.0 OR LicenseRef-NTDL-1.0",
	  "aaaaa", "" },
	{ "", "d bind LicenseRef-NTDL-1.0 | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "dtg" },

	/* constraints */
	{ "", "e1 con AL-CRP | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaff", "" },
	{ "", "e1 con http://ns.useplus.org/ldf/vocab/AL-MRG | e1 lic CC-BY-4.0", CLEAR,
	  "CC-BY-4.0", "aaaff", "" },
	{ "", "e1 con DP-NOD | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aafaa", "" },
	{ "", "e1 con DP-LIC | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aafaa", "" },
	{ "", "e1 con DP-NDC | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 con IF-MMD, IF-MFN | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 con al-crp; dp-nod | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aafff", "" },
	{ "", "e1 con | e1 lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 con not for tobacco | e1 lic CC-BY-4.0", BAD, "CC-BY-4.0", "uuuuu", "" },
	{ "", "e1 con AL-CRP but ask | e1 lic CC-BY-4.0", BAD, "CC-BY-4.0", "uuuuu", "" },
	{ "", "e1 con xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxAL-CRP | e1 lic CC-BY-4.0", BAD, "CC-BY-4.0",
	  "uuuuu", "" },
	{ "", "e1 con XX-CRP | e1 lic CC-BY-4.0", BAD, "CC-BY-4.0", "uuuuu", "" },
	{ "", "e1 con not for tobacco", NONE, "", "uuuuu", "" },
	{ "", "e1 con not for tobacco | o lic CC-BY-4.0", BAD, "CC-BY-4.0", "uuuuu", "" },
	{ "", "e1 con not for tobacco | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "e1 con AL-CRP | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaaa", "" },
	{ "", "d con AL-CRP | o! lic CC-BY-4.0", CLEAR, "CC-BY-4.0", "aaaff", "" },
	{ "", "e1 new anything | e1 lic CC-BY-4.0", BAD, "CC-BY-4.0", "uuuuu", "" },

	/* dates */
	{ "", "e1 end 20260614 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 end 20260615 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 end 20260616 | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 end 2026-06-15T12:00:00Z | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 end 2026-06-15T12:00:00 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 end | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 end soon | e1 lic CC0-1.0", NONE, "CC0-1.0", "uuuuu", "" },
	{ "", "e1 end 00000000 | e1 lic CC0-1.0", NONE, "CC0-1.0", "uuuuu", "" },
	{ "", "e1 end 20250229 | o! lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "o end 2026-01-01 | o! lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 begin 20260614 | e1 lic CC0-1.0", CLEAR, "CC0-1.0", "aaaaa", "" },
	{ "", "e1 begin 20260615 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 begin 2027 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff", "" },
	{ "", "e1 begin later | e1 lic CC0-1.0", NONE, "CC0-1.0", "uuuuu", "" },
	{ "", "e1 end 20260616 | e1 begin 20260701 | e1 lic CC0-1.0", NONE, "CC0-1.0", "fffff",
	  "" },
};

static void check_case(const struct rights_case *c)
{
	struct lic_policy policy = { .now = TEST_NOW };
	struct lic_buf key = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX),
		       again = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	struct notation n;
	struct lic_rights r;
	char got[1024], want[1024], perms[6], res[5] = "";
	uint32_t seed = 7;
	bool same = true;

	policy.strict_statements = strchr(c->policy, 'S') != NULL;
	policy.strict_notice = strchr(c->policy, 'N') != NULL;
	if (!notation_read(&n, c->claims)) {
		ok(false, "notation: %s", c->claims);
		return;
	}
	lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
	for (unsigned i = 0, k = 0; i < LIC_RESERVE_COUNT; i++)
		if (r.reservations & (1u << i))
			res[k++] = "dtgi"[i];
	snprintf(got, sizeof(got), "%s %s %s %s", lic_status_name(r.status), r.license,
		 notation_permissions(&r, perms), res);
	snprintf(want, sizeof(want), "%s %s %s %s", c->status, c->license, c->permissions,
		 c->reservations);
	is_str(got, want, "%s%s", c->claims, c->policy);
	lic_rights_key(&r, &key);
	for (int i = 0; i < 6; i++) {
		notation_shuffle(&n.claims, &seed);
		lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
		lic_buf_reset(&again);
		lic_rights_key(&r, &again);
		same = same && strcmp(lic_buf_str(&key), lic_buf_str(&again)) == 0;
	}
	if (!same)
		ok(false, "order matters: %s", c->claims);
	lic_buf_release(&key);
	lic_buf_release(&again);
}

/* A file that cannot be read whole is unreadable, whatever else was found [I2]. */
static void test_damage(void)
{
	struct lic_policy policy = { .now = TEST_NOW };
	struct notation n;
	struct lic_rights r;
	char perms[6];

	notation_read(&n, "e1 lic CC0-1.0 | o! lic CC0-1.0 | e1 res t");
	n.claims.damage = "XMP ends early";
	lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
	is_int(r.status, LIC_STATUS_UNREADABLE, "damage: unreadable");
	is_str(r.license, "CC0-1.0", "damage: the license is still shown");
	is_str(notation_permissions(&r, perms), "uuuuu", "damage: nothing is permitted");
	is_int(r.reservations, LIC_RESERVE_AI_TRAINING, "damage: reservations stand");
	notation_read(&n, "o deny | e1 lic CC0-1.0");
	n.claims.damage = "XMP ends early";
	lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
	is_int(r.status, LIC_STATUS_UNREADABLE, "damage outranks a denial");
}

int main(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++)
		check_case(&cases[i]);
	test_damage();
	return done_testing();
}
