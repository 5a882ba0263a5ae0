/* SPDX-License-Identifier: Apache-2.0 */
/* Table of the XMP properties that speak about rights. */
#include <string.h>
#include <strings.h>

#include <licensefs/evidence.h>

#include "fs/evidence/fields.h"

enum ns {
	NS_DC,
	NS_XMP_RIGHTS,
	NS_XMP,
	NS_XMP_NOTE,
	NS_XMP_MM,
	NS_XMP_PLUS,
	NS_CC,
	NS_PHOTOSHOP,
	NS_TIFF,
	NS_EXIF,
	NS_EXIF_EX,
	NS_AUX,
	NS_PDF,
	NS_PDFX,
	NS_IPTC_EXT,
	NS_PLUS,
	NS_PUR,
	NS_PRISM,
	NS_ACDSEE,
	NS_DEX,
	NS_SEAL,
	NS_PHOTOMECH,
	NS_TDM,
	NS_RSL,
	NS_DCTERMS,
};

#define NAMESPACE(uri, id)                                                                         \
	{                                                                                          \
		uri, sizeof(uri) - 1, id                                                           \
	}

static const struct {
	const char *uri;
	size_t n;
	int id;
} namespaces[] = {
	NAMESPACE("http://purl.org/dc/elements/1.1/", NS_DC),
	NAMESPACE("http://ns.adobe.com/xap/1.0/rights/", NS_XMP_RIGHTS),
	NAMESPACE("http://ns.adobe.com/xap/1.0/", NS_XMP),
	NAMESPACE("http://ns.adobe.com/xmp/note/", NS_XMP_NOTE),
	NAMESPACE("http://ns.adobe.com/xap/1.0/mm/", NS_XMP_MM),
	NAMESPACE("http://ns.adobe.com/xap/1.0/PLUS/", NS_XMP_PLUS),
	NAMESPACE("http://creativecommons.org/ns#", NS_CC),
	/* before 2008 */
	NAMESPACE("http://web.resource.org/cc/", NS_CC),
	NAMESPACE("http://ns.adobe.com/photoshop/1.0/", NS_PHOTOSHOP),
	NAMESPACE("http://ns.adobe.com/tiff/1.0/", NS_TIFF),
	NAMESPACE("http://ns.adobe.com/exif/1.0/", NS_EXIF),
	NAMESPACE("http://cipa.jp/exif/1.0/", NS_EXIF_EX),
	NAMESPACE("http://ns.adobe.com/exif/1.0/aux/", NS_AUX),
	NAMESPACE("http://ns.adobe.com/pdf/1.3/", NS_PDF),
	NAMESPACE("http://ns.adobe.com/pdfx/1.3/", NS_PDFX),
	NAMESPACE("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", NS_IPTC_EXT),
	NAMESPACE("http://iptc.org/std/Iptc4xmpExt/2008-02-19/", NS_IPTC_EXT),
	NAMESPACE("http://ns.useplus.org/ldf/xmp/1.0/", NS_PLUS),
	NAMESPACE("http://ns.useplus.org/ldf/xmp/2.0/", NS_PLUS),
	NAMESPACE("http://prismstandard.org/namespaces/prismusagerights/2.1/", NS_PUR),
	NAMESPACE("http://prismstandard.org/namespaces/prismusagerights/3.0/", NS_PUR),
	NAMESPACE("http://prismstandard.org/namespaces/basic/2.0/", NS_PRISM),
	NAMESPACE("http://ns.acdsee.com/iptc/1.0/", NS_ACDSEE),
	NAMESPACE("http://ns.optimasc.com/dex/1.0/", NS_DEX),
	NAMESPACE("http://ns.seal/2024/1.0/", NS_SEAL),
	NAMESPACE("http://ns.camerabits.com/photomechanic/1.0/", NS_PHOTOMECH),
	/* PDF's form and EPUB's */
	NAMESPACE("http://www.w3.org/ns/tdmrep/", NS_TDM),
	NAMESPACE("http://www.w3.org/ns/tdmrep#", NS_TDM),
	NAMESPACE("https://rslstandard.org/rsl", NS_RSL),
	NAMESPACE("http://purl.org/dc/terms/", NS_DCTERMS),
};

struct xmp_field {
	int ns;
	const char *parent; /* structure that it is a member of, NULL: property of the image */
	const char *local;
	struct lic_field field;
};

#define FIELD(ns, prefix, local, role)                                                             \
	{                                                                                          \
		ns, NULL, local,                                                                   \
		{                                                                                  \
			prefix ":" local, role, LIC_FIELD_TEXT, LIC_CONTEXT_ANY                    \
		}                                                                                  \
	}
#define FIELD_AS(ns, prefix, local, role, kind, context)                                           \
	{                                                                                          \
		ns, NULL, local,                                                                   \
		{                                                                                  \
			prefix ":" local, role, kind, context                                      \
		}                                                                                  \
	}
#define MEMBER(ns, prefix, parent, local, role)                                                    \
	{                                                                                          \
		ns, parent, local,                                                                 \
		{                                                                                  \
			prefix ":" parent "/" local, role, LIC_FIELD_TEXT, LIC_CONTEXT_ANY         \
		}                                                                                  \
	}

static const struct xmp_field fields[] = {
	FIELD(NS_DC, "dc", "rights", LIC_ROLE_COPYRIGHT),
	FIELD(NS_DC, "dc", "creator", LIC_ROLE_CREATOR),
	FIELD(NS_DC, "dc", "contributor", LIC_ROLE_NONE),
	FIELD(NS_DC, "dc", "publisher", LIC_ROLE_NONE),
	FIELD(NS_DC, "dc", "description", LIC_ROLE_CAPTION),
	FIELD(NS_DC, "dc", "subject", LIC_ROLE_CAPTION),
	FIELD(NS_DC, "dc", "title", LIC_ROLE_TITLE),
	FIELD_AS(NS_DC, "dc", "source", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0),
	FIELD(NS_DC, "dc", "relation", LIC_ROLE_NONE),
	FIELD(NS_DC, "dc", "identifier", LIC_ROLE_NONE),
	FIELD(NS_DC, "dc", "type", LIC_ROLE_NONE),

	/* what cc:Agent is called in SVG; beside dc:rights people write the license */
	MEMBER(NS_DC, "dc", "rights", "title", LIC_ROLE_COPYRIGHT),
	MEMBER(NS_DC, "dc", "creator", "title", LIC_ROLE_CREATOR),
	MEMBER(NS_DC, "dc", "contributor", "title", LIC_ROLE_NONE),
	MEMBER(NS_DC, "dc", "publisher", "title", LIC_ROLE_NONE),
	FIELD(NS_DCTERMS, "dcterms", "license", LIC_ROLE_LICENSE),
	FIELD(NS_DCTERMS, "dcterms", "rights", LIC_ROLE_COPYRIGHT),
	FIELD(NS_DCTERMS, "dcterms", "accessRights", LIC_ROLE_COPYRIGHT),
	FIELD(NS_DCTERMS, "dcterms", "rightsHolder", LIC_ROLE_NONE),
	FIELD(NS_DCTERMS, "dcterms", "creator", LIC_ROLE_CREATOR),
	FIELD(NS_DCTERMS, "dcterms", "title", LIC_ROLE_TITLE),
	FIELD(NS_DCTERMS, "dcterms", "description", LIC_ROLE_CAPTION),

	FIELD_AS(NS_XMP_RIGHTS, "xmpRights", "Marked", LIC_ROLE_NOTICE, LIC_FIELD_TEXT,
		 LIC_CONTEXT_XMPRIGHTS_MARKED),
	FIELD(NS_XMP_RIGHTS, "xmpRights", "WebStatement", LIC_ROLE_WEBSTATEMENT),
	FIELD(NS_XMP_RIGHTS, "xmpRights", "UsageTerms", LIC_ROLE_LICENSE),
	FIELD(NS_XMP_RIGHTS, "xmpRights", "Owner", LIC_ROLE_NONE),
	FIELD(NS_XMP_RIGHTS, "xmpRights", "Certificate", LIC_ROLE_WEBSTATEMENT),
	FIELD(NS_XMP, "xmp", "WebStatement", LIC_ROLE_WEBSTATEMENT),
	FIELD(NS_XMP, "xmp", "Author", LIC_ROLE_CREATOR),
	FIELD_AS(NS_XMP_NOTE, "xmpNote", "HasExtendedXMP", LIC_ROLE_NONE, LIC_FIELD_GUID, 0),
	FIELD_AS(NS_XMP_PLUS, "xmpPLUS", "ReuseAllowed", LIC_ROLE_CONSTRAINT, LIC_FIELD_PERMIT, 0),
	FIELD_AS(NS_XMP_PLUS, "xmpPLUS", "DataMining", LIC_ROLE_RESERVATION, LIC_FIELD_DATA_MINING,
		 0),
	FIELD(NS_XMP_PLUS, "xmpPLUS", "CreditLineReq", LIC_ROLE_NONE),

	FIELD_AS(NS_CC, "cc", "license", LIC_ROLE_LICENSE, LIC_FIELD_TEXT, LIC_CONTEXT_CCREL),
	FIELD(NS_CC, "cc", "attributionName", LIC_ROLE_CREATOR),
	FIELD(NS_CC, "cc", "attributionURL", LIC_ROLE_SOURCE_URL),
	FIELD(NS_CC, "cc", "morePermissions", LIC_ROLE_NONE),
	FIELD(NS_CC, "cc", "useGuidelines", LIC_ROLE_NONE),
	FIELD(NS_CC, "cc", "permits", LIC_ROLE_NONE),
	FIELD(NS_CC, "cc", "requires", LIC_ROLE_NONE),
	/* of the image itself; of a license it is not asked for */
	FIELD(NS_CC, "cc", "prohibits", LIC_ROLE_CONSTRAINT),
	FIELD(NS_CC, "cc", "legalcode", LIC_ROLE_NONE),
	FIELD(NS_CC, "cc", "jurisdiction", LIC_ROLE_NONE),
	FIELD(NS_CC, "cc", "deprecatedOn", LIC_ROLE_NONE),

	FIELD(NS_PHOTOSHOP, "photoshop", "Instructions", LIC_ROLE_CAPTION),
	FIELD(NS_PHOTOSHOP, "photoshop", "Headline", LIC_ROLE_CAPTION),
	FIELD(NS_PHOTOSHOP, "photoshop", "Credit", LIC_ROLE_CREATOR),
	FIELD_AS(NS_PHOTOSHOP, "photoshop", "Source", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0),
	FIELD(NS_PHOTOSHOP, "photoshop", "AuthorsPosition", LIC_ROLE_NONE),
	FIELD(NS_PHOTOSHOP, "photoshop", "CaptionWriter", LIC_ROLE_NONE),
	FIELD(NS_PHOTOSHOP, "photoshop", "TransmissionReference", LIC_ROLE_NONE),
	/* no property of Adobe's: may restrict */
	FIELD(NS_PHOTOSHOP, "photoshop", "Copyright", LIC_ROLE_CAPTION),
	FIELD_AS(NS_PHOTOSHOP, "photoshop", "SidecarForExtension", LIC_ROLE_NONE,
		 LIC_FIELD_EXTENSION, 0),
	FIELD(NS_TIFF, "tiff", "Copyright", LIC_ROLE_COPYRIGHT),
	FIELD(NS_TIFF, "tiff", "Artist", LIC_ROLE_CREATOR),
	FIELD(NS_TIFF, "tiff", "ImageDescription", LIC_ROLE_CAPTION),
	FIELD(NS_EXIF, "exif", "UserComment", LIC_ROLE_COMMENT),
	FIELD(NS_EXIF_EX, "exifEX", "CameraOwnerName", LIC_ROLE_NONE),
	FIELD(NS_EXIF_EX, "exifEX", "Photographer", LIC_ROLE_CREATOR),
	FIELD(NS_EXIF_EX, "exifEX", "ImageEditor", LIC_ROLE_NONE),
	FIELD(NS_AUX, "aux", "OwnerName", LIC_ROLE_NONE),
	FIELD(NS_PDF, "pdf", "Copyright", LIC_ROLE_COPYRIGHT),
	FIELD(NS_PDFX, "pdfx", "Copyright", LIC_ROLE_COPYRIGHT),

	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "DigitalSourceType", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "DigitalSourcefileType", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "AISystemUsed", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "AISystemVersionUsed", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "AIPromptInformation", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "AIPromptWriterName", LIC_ROLE_ORIGIN),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "CopyrightYear", LIC_ROLE_NONE),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "DigImageGUID", LIC_ROLE_NONE),
	FIELD(NS_IPTC_EXT, "Iptc4xmpExt", "AddlModelInfo", LIC_ROLE_NONE),
	MEMBER(NS_IPTC_EXT, "Iptc4xmpExt", "RegistryId", "RegItemId", LIC_ROLE_NONE),
	MEMBER(NS_IPTC_EXT, "Iptc4xmpExt", "RegistryId", "RegOrgId", LIC_ROLE_NONE),
	MEMBER(NS_IPTC_EXT, "Iptc4xmpExt", "Creator", "Name", LIC_ROLE_CREATOR),
	/* misplaced, but nobody else's */
	FIELD_AS(NS_IPTC_EXT, "Iptc4xmpExt", "DataMining", LIC_ROLE_RESERVATION,
		 LIC_FIELD_DATA_MINING, 0),
	/* a rights expression that nobody here can read may hold any restriction */
	MEMBER(NS_IPTC_EXT, "Iptc4xmpExt", "EmbdEncRightsExpr", "EncRightsExpr",
	       LIC_ROLE_CONSTRAINT),
	MEMBER(NS_IPTC_EXT, "Iptc4xmpExt", "LinkedEncRightsExpr", "LinkedRightsExpr",
	       LIC_ROLE_CONSTRAINT),

	FIELD_AS(NS_PLUS, "plus", "DataMining", LIC_ROLE_RESERVATION, LIC_FIELD_DATA_MINING, 0),
	FIELD_AS(NS_PLUS, "plus", "CopyrightStatus", LIC_ROLE_COPYRIGHT, LIC_FIELD_TEXT,
		 LIC_CONTEXT_PLUS_COPYRIGHTSTATUS),
	FIELD(NS_PLUS, "plus", "OtherConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "MediaConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "RegionConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "ProductOrServiceConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "ImageFileConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "ImageAlterationConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "ImageDuplicationConstraints", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "OtherConditions", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "OtherLicenseRequirements", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "OtherLicenseDocuments", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "MediaSummaryCode", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "CreditLineRequired", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PLUS, "plus", "OtherLicenseInfo", LIC_ROLE_LICENSE),
	FIELD(NS_PLUS, "plus", "TermsAndConditionsText", LIC_ROLE_LICENSE),
	FIELD(NS_PLUS, "plus", "TermsAndConditionsURL", LIC_ROLE_WEBSTATEMENT),
	FIELD(NS_PLUS, "plus", "LicenseStartDate", LIC_ROLE_NOT_BEFORE),
	FIELD(NS_PLUS, "plus", "LicenseEndDate", LIC_ROLE_NOT_AFTER),
	FIELD(NS_PLUS, "plus", "LicenseID", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "Reuse", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "ModelReleaseStatus", LIC_ROLE_RELEASE),
	FIELD(NS_PLUS, "plus", "PropertyReleaseStatus", LIC_ROLE_RELEASE),
	FIELD(NS_PLUS, "plus", "MinorModelAgeDisclosure", LIC_ROLE_RELEASE),
	FIELD(NS_PLUS, "plus", "ModelReleaseID", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "PropertyReleaseID", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "LicenseTransactionDate", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "CopyrightRegistrationNumber", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "AdultContentWarning", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "ImageSupplierImageID", LIC_ROLE_NONE),
	FIELD(NS_PLUS, "plus", "Version", LIC_ROLE_NONE),
	/* a license to one party is none for everybody else */
	MEMBER(NS_PLUS, "plus", "Licensee", "LicenseeName", LIC_ROLE_CONSTRAINT),
	MEMBER(NS_PLUS, "plus", "Licensee", "LicenseeID", LIC_ROLE_CONSTRAINT),
	MEMBER(NS_PLUS, "plus", "EndUser", "EndUserName", LIC_ROLE_CONSTRAINT),
	MEMBER(NS_PLUS, "plus", "EndUser", "EndUserID", LIC_ROLE_CONSTRAINT),
	MEMBER(NS_PLUS, "plus", "CopyrightOwner", "CopyrightOwnerName", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "CopyrightOwner", "CopyrightOwnerID", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "ImageSupplier", "ImageSupplierName", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "ImageSupplier", "ImageSupplierID", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "ImageCreator", "ImageCreatorID", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "ImageCreator", "ImageCreatorName", LIC_ROLE_CREATOR),
	MEMBER(NS_PLUS, "plus", "Licensor", "LicensorName", LIC_ROLE_NONE),
	MEMBER(NS_PLUS, "plus", "Licensor", "LicensorURL", LIC_ROLE_NONE),

	FIELD(NS_PUR, "pur", "copyright", LIC_ROLE_COPYRIGHT),
	FIELD(NS_PUR, "pur", "creditLine", LIC_ROLE_NONE),
	FIELD(NS_PUR, "pur", "rightsOwner", LIC_ROLE_NONE),
	FIELD(NS_PUR, "pur", "rightsAgent", LIC_ROLE_NONE),
	FIELD(NS_PUR, "pur", "permissions", LIC_ROLE_LICENSE),
	FIELD(NS_PUR, "pur", "restrictions", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PUR, "pur", "imageSizeRestriction", LIC_ROLE_CONSTRAINT),
	FIELD(NS_PUR, "pur", "agreement", LIC_ROLE_CONSTRAINT),
	FIELD_AS(NS_PUR, "pur", "reuseProhibited", LIC_ROLE_CONSTRAINT, LIC_FIELD_FLAG, 0),
	FIELD(NS_PUR, "pur", "expirationDate", LIC_ROLE_NOT_AFTER),
	FIELD(NS_PUR, "pur", "embargoDate", LIC_ROLE_NOT_BEFORE),
	FIELD(NS_PRISM, "prism", "copyrightYear", LIC_ROLE_NONE),

	FIELD(NS_ACDSEE, "acdsee", "author", LIC_ROLE_CREATOR),
	FIELD(NS_DEX, "dex", "licensetype", LIC_ROLE_LICENSE),
	FIELD(NS_SEAL, "seal", "copyright", LIC_ROLE_COPYRIGHT),
	FIELD(NS_PHOTOMECH, "photomech", "CreatorIdentity", LIC_ROLE_CREATOR),
	FIELD_AS(NS_TDM, "tdm", "reservation", LIC_ROLE_RESERVATION, LIC_FIELD_TDM, 0),
	FIELD(NS_TDM, "tdm", "policy", LIC_ROLE_NONE),
	FIELD_AS(NS_RSL, "rsl", "prohibits", LIC_ROLE_RESERVATION, LIC_FIELD_RSL_PROHIBITS, 0),
	FIELD_AS(NS_RSL, "rsl", "permits", LIC_ROLE_RESERVATION, LIC_FIELD_RSL_PERMITS, 0),
	FIELD_AS(NS_RSL, "rsl", "payment", LIC_ROLE_RESERVATION, LIC_FIELD_RSL_PAYMENT, 0),
};

/* The part of a URI that people get right: not the scheme, not the "/" or "#" at its end. */
static void stem(const char **uri, size_t *n)
{
	size_t scheme = strncmp(*uri, "https://", 8) == 0 ? 8 : 0;

	if (!scheme && strncmp(*uri, "http://", 7) == 0)
		scheme = 7;
	*uri += scheme;
	*n -= scheme;
	if (*n && ((*uri)[*n - 1] == '/' || (*uri)[*n - 1] == '#'))
		(*n)--;
}

static int namespace_of_stem(const char *uri, size_t n)
{
	stem(&uri, &n);
	for (size_t i = 0; n && i < LIC_ARRAY_SIZE(namespaces); i++) {
		const char *known = namespaces[i].uri;
		size_t k = namespaces[i].n;

		stem(&known, &k);
		if (k == n && memcmp(known, uri, n) == 0)
			return namespaces[i].id;
	}
	return -1;
}

int lic_xmp_namespace(const char *uri)
{
	size_t n = strlen(uri);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(namespaces); i++)
		if (namespaces[i].n == n && memcmp(namespaces[i].uri, uri, n) == 0)
			return namespaces[i].id;
	/* most names of others end so, and are written right */
	if (!n || (strncmp(uri, "http:", 5) == 0 && (uri[n - 1] == '/' || uri[n - 1] == '#')))
		return -1;
	return namespace_of_stem(uri, n);
}

const struct lic_field *lic_xmp_field(int ns, const char *parent, const char *local)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++) {
		const struct xmp_field *f = &fields[i];

		if (f->ns != ns || strcasecmp(f->local, local) != 0)
			continue;
		if (parent ? f->parent && strcmp(f->parent, parent) == 0 : !f->parent)
			return &f->field;
	}
	return NULL;
}

const char *lic_xmp_structure(int ns, const char *local)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++) {
		const struct xmp_field *f = &fields[i];

		if (f->ns == ns && f->parent && strcasecmp(f->parent, local) == 0)
			return f->parent;
	}
	return NULL;
}

const struct lic_field *lic_xmp_field_anywhere(int ns, const char *local)
{
	const struct lic_field *f = NULL;

	if (ns == NS_PLUS || ns == NS_XMP_PLUS || ns == NS_IPTC_EXT || ns == NS_TDM || ns == NS_RSL)
		f = lic_xmp_field(ns, NULL, local);
	return f && f->role == LIC_ROLE_RESERVATION ? f : NULL;
}

bool lic_xmp_is_foreign(int ns, const char *local)
{
	static const char *const mm[] = { "DerivedFrom", "Ingredients", "History", "Pantry",
					  "ManagedFrom", "RenditionOf", "Versions" };

	if (ns == NS_IPTC_EXT)
		return strcmp(local, "ArtworkOrObject") == 0;
	for (size_t i = 0; ns == NS_XMP_MM && i < LIC_ARRAY_SIZE(mm); i++)
		if (strcmp(local, mm[i]) == 0)
			return true;
	return false;
}

bool lic_xmp_is_work(int ns, const char *local)
{
	return ns == NS_CC && strcasecmp(local, "work") == 0;
}

bool lic_xmp_is_license_class(int ns, const char *local)
{
	return ns == NS_CC && strcasecmp(local, "license") == 0;
}
