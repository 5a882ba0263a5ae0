/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of rights fields for EXIF, IPTC-IIM, PNG and the containers; XMP is in fields_xmp.c. */
#include <string.h>
#include <strings.h>

#include <licensefs/evidence.h>

#include "fs/evidence/fields.h"

struct numbered {
	unsigned tag;
	struct lic_field field;
};

/* Exif 3.0 4.6.5, Exif 3.1 0x9287, Microsoft's XP tags; ExifTool 13.59 for those in the wild. Not
 * here on purpose: 0xC6FE ProfileCopyright speaks for a camera profile. */
static const struct numbered exif[] = {
	{ 0x010e, { "ImageDescription", LIC_ROLE_CAPTION, 0, 0 } },
	{ 0x013b, { "Artist", LIC_ROLE_CREATOR, 0, 0 } },
	{ 0x8298, { "Copyright", LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ 0x9286, { "UserComment", LIC_ROLE_COMMENT, 0, 0 } },
	{ 0x9287, { "LearningOptOutIn", LIC_ROLE_RESERVATION, 0, 0 } },
	{ 0x9c9b, { "XPTitle", LIC_ROLE_TITLE, 0, 0 } },
	{ 0x9c9c, { "XPComment", LIC_ROLE_COMMENT, 0, 0 } },
	{ 0x9c9d, { "XPAuthor", LIC_ROLE_CREATOR, 0, 0 } },
	{ 0x9c9e, { "XPKeywords", LIC_ROLE_CAPTION, 0, 0 } },
	{ 0x9c9f, { "XPSubject", LIC_ROLE_CAPTION, 0, 0 } },
	{ 0xa430, { "CameraOwnerName", LIC_ROLE_NONE, 0, 0 } },
	{ 0xa436, { "ImageTitle", LIC_ROLE_TITLE, 0, 0 } },
	{ 0xa437, { "Photographer", LIC_ROLE_CREATOR, 0, 0 } },
	{ 0xa438, { "ImageEditor", LIC_ROLE_NONE, 0, 0 } },
	{ 0xfde8, { "OwnerName", LIC_ROLE_NONE, 0, 0 } },
};

/* IPTC-IIM 4.2, record 2. */
static const struct numbered iim[] = {
	{ 5, { "2:05", LIC_ROLE_TITLE, 0, 0 } },		     /* ObjectName */
	{ 25, { "2:25", LIC_ROLE_CAPTION, 0, 0 } },		     /* Keywords */
	{ 30, { "2:30", LIC_ROLE_NOT_BEFORE, 0, 0 } },		     /* ReleaseDate */
	{ 37, { "2:37", LIC_ROLE_NOT_AFTER, 0, 0 } },		     /* ExpirationDate */
	{ 38, { "2:38", LIC_ROLE_NONE, 0, 0 } },		     /* ExpirationTime */
	{ 40, { "2:40", LIC_ROLE_CAPTION, 0, 0 } },		     /* SpecialInstructions */
	{ 80, { "2:80", LIC_ROLE_CREATOR, 0, 0 } },		     /* By-line */
	{ 85, { "2:85", LIC_ROLE_NONE, 0, 0 } },		     /* By-lineTitle */
	{ 103, { "2:103", LIC_ROLE_NONE, 0, 0 } },		     /* job */
	{ 105, { "2:105", LIC_ROLE_CAPTION, 0, 0 } },		     /* Headline */
	{ 110, { "2:110", LIC_ROLE_CREATOR, 0, 0 } },		     /* Credit */
	{ 115, { "2:115", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } }, /* Source */
	{ 116, { "2:116", LIC_ROLE_COPYRIGHT, 0, 0 } },		     /* CopyrightNotice */
	{ 120, { "2:120", LIC_ROLE_CAPTION, 0, 0 } },		     /* Caption-Abstract */
	{ 122, { "2:122", LIC_ROLE_NONE, 0, 0 } },		     /* Writer-Editor */
	{ 188, { "2:188", LIC_ROLE_NONE, 0, 0 } },		     /* OwnerID */
	{ 230, { "2:230", LIC_ROLE_CAPTION, 0, 0 } },		     /* DocumentNotes */
};

/* PNG 3rd edition 11.3.3.1, and keywords seen in the wild. ImageMagick copies Exif fields to
 * "exif:..." and the colour profile's to "icc:...", which does not speak for the image. */
static const struct lic_field png[] = {
	{ "Copyright", LIC_ROLE_COPYRIGHT, 0, 0 },
	{ "License", LIC_ROLE_LICENSE, 0, 0 },
	{ "Licence", LIC_ROLE_LICENSE, 0, 0 },
	{ "Licensing", LIC_ROLE_LICENSE, 0, 0 },
	{ "Usage Terms", LIC_ROLE_LICENSE, 0, 0 },
	{ "Rights", LIC_ROLE_COPYRIGHT, 0, 0 },
	{ "Disclaimer", LIC_ROLE_COPYRIGHT, 0, 0 },
	{ "exif:Copyright", LIC_ROLE_COPYRIGHT, 0, 0 },
	{ "Comment", LIC_ROLE_COMMENT, 0, 0 },
	{ "exif:UserComment", LIC_ROLE_COMMENT, 0, 0 },
	{ "Description", LIC_ROLE_CAPTION, 0, 0 },
	{ "exif:ImageDescription", LIC_ROLE_CAPTION, 0, 0 },
	{ "Warning", LIC_ROLE_CAPTION, 0, 0 },
	{ "Author", LIC_ROLE_CREATOR, 0, 0 },
	{ "Artist", LIC_ROLE_CREATOR, 0, 0 },
	{ "exif:Artist", LIC_ROLE_CREATOR, 0, 0 },
	{ "Title", LIC_ROLE_TITLE, 0, 0 },
	{ "Source", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 },
	{ "URL", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 },
	{ "Collection", LIC_ROLE_NONE, 0, 0 },
	/* what programs that generate pictures keep: Stable Diffusion's web UIs, ComfyUI, InvokeAI
	 */
	{ "parameters", LIC_ROLE_ORIGIN, 0, 0 },
	{ "prompt", LIC_ROLE_ORIGIN, 0, 0 },
	{ "workflow", LIC_ROLE_ORIGIN, 0, 0 },
	{ "generation_data", LIC_ROLE_ORIGIN, 0, 0 },
	{ "sd-metadata", LIC_ROLE_ORIGIN, 0, 0 },
	{ "Dream", LIC_ROLE_ORIGIN, 0, 0 },
	{ "invokeai_metadata", LIC_ROLE_ORIGIN, 0, 0 },
	{ "invokeai_graph", LIC_ROLE_ORIGIN, 0, 0 },
};

const struct lic_field lic_field_jpeg_comment = { "COM", LIC_ROLE_COMMENT, 0, 0 };
const struct lic_field lic_field_gif_comment = { "Comment", LIC_ROLE_COMMENT, 0, 0 };
const struct lic_field lic_field_riff_comment = { "ICMT", LIC_ROLE_COMMENT, 0, 0 };
const struct lic_field lic_field_riff_copyright = { "ICOP", LIC_ROLE_COPYRIGHT, 0, 0 };
const struct lic_field lic_field_pnm_comment = { "Comment", LIC_ROLE_COMMENT, 0, 0 };
const struct lic_field lic_field_ducky_comment = { "Comment", LIC_ROLE_COMMENT, 0, 0 };
const struct lic_field lic_field_ducky_copyright = { "Copyright", LIC_ROLE_COPYRIGHT, 0, 0 };
const struct lic_field lic_field_irb_copyright_flag = { "CopyrightFlag", LIC_ROLE_NOTICE, 0,
							LIC_CONTEXT_XMPRIGHTS_MARKED };
/* 0 is what Photoshop writes where nobody chose: it means nothing. */
const struct lic_field lic_field_irb_copyright_unset = { "CopyrightFlag", LIC_ROLE_NONE, 0, 0 };
const struct lic_field lic_field_irb_url = { "URL", LIC_ROLE_WEBSTATEMENT, 0, 0 };

static const struct lic_field *find(const struct numbered *t, size_t n, unsigned tag)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].tag == tag)
			return &t[i].field;
	return NULL;
}

const struct lic_field *lic_exif_field(unsigned tag)
{
	return find(exif, LIC_ARRAY_SIZE(exif), tag);
}

const struct lic_field *lic_exif_field_named(const char *name)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(exif); i++)
		if (strcasecmp(exif[i].field.name, name) == 0)
			return &exif[i].field;
	return NULL;
}

const struct lic_field *lic_iim_field(unsigned dataset)
{
	return find(iim, LIC_ARRAY_SIZE(iim), dataset);
}

const struct lic_field *lic_png_field(const char *keyword)
{
	static const char *const words[] = { "copyright", "license", "licence",
					     "rights",	  "terms",   "restriction" };
	static const struct lic_field png_other = { "rights", LIC_ROLE_CAPTION, 0, 0 };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(png); i++)
		if (strcasecmp(png[i].name, keyword) == 0)
			return &png[i];
	/* the space that a keyword may not end with; the name that a program made up */
	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++)
		if (strcasestr(keyword, words[i]) && strncasecmp(keyword, "icc:", 4) != 0)
			return &png_other;
	return NULL;
}
