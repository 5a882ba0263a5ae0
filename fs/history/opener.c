/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that look at every file for reasons of their own. */
#include <string.h>

#include <licensefs/job.h>

/* A '*' at the end stands for anything. Names as the packages of Debian install them. */
static const struct {
	const char *name;
	enum lic_opener kind;
} table[] = {
	{ "tumblerd", LIC_OPENER_THUMBNAILER },
	{ "*-thumbnailer", LIC_OPENER_THUMBNAILER },
	{ "*-thumbnail-f*", LIC_OPENER_THUMBNAILER },
	{ "glycin-*", LIC_OPENER_THUMBNAILER },
	{ "ffmpegthumbnailer", LIC_OPENER_THUMBNAILER },
	{ "thumbnail.so", LIC_OPENER_THUMBNAILER },
	{ "nautilus", LIC_OPENER_THUMBNAILER },
	{ "nemo", LIC_OPENER_THUMBNAILER },
	{ "caja", LIC_OPENER_THUMBNAILER },
	{ "thunar", LIC_OPENER_THUMBNAILER },
	{ "dolphin", LIC_OPENER_THUMBNAILER },
	{ "pcmanfm*", LIC_OPENER_THUMBNAILER },
	{ "tracker-*", LIC_OPENER_INDEXER },
	{ "tracker3", LIC_OPENER_INDEXER },
	{ "localsearch*", LIC_OPENER_INDEXER },
	{ "baloo_file*", LIC_OPENER_INDEXER },
	{ "baloorunner", LIC_OPENER_INDEXER },
	{ "recollindex", LIC_OPENER_INDEXER },
	{ "updatedb*", LIC_OPENER_INDEXER },
	{ "zeitgeist*", LIC_OPENER_INDEXER },
	{ "clamscan", LIC_OPENER_SCANNER },
	{ "clamdscan", LIC_OPENER_SCANNER },
	{ "clamd", LIC_OPENER_SCANNER },
	{ "clamonacc", LIC_OPENER_SCANNER },
	{ "freshclam", LIC_OPENER_SCANNER },
	{ "rkhunter", LIC_OPENER_SCANNER },
	{ "chkrootkit", LIC_OPENER_SCANNER },
	{ "wdavdaemon", LIC_OPENER_SCANNER },
	{ "falcon-sensor*", LIC_OPENER_SCANNER },
	{ "aide", LIC_OPENER_SCANNER },
	{ "restic", LIC_OPENER_BACKUP },
	{ "borg*", LIC_OPENER_BACKUP },
	{ "duplicity", LIC_OPENER_BACKUP },
	{ "rsnapshot", LIC_OPENER_BACKUP },
	{ "bacula-fd", LIC_OPENER_BACKUP },
	{ "bareos-fd", LIC_OPENER_BACKUP },
	{ "amandad", LIC_OPENER_BACKUP },
	{ "kopia", LIC_OPENER_BACKUP },
	{ "bup", LIC_OPENER_BACKUP },
	{ "deja-dup*", LIC_OPENER_BACKUP },
	{ "backintime*", LIC_OPENER_BACKUP },
	{ "dsmc", LIC_OPENER_BACKUP },
};

const char *lic_opener_name(enum lic_opener o)
{
	static const char *const name[LIC_OPENER_COUNT] = { "job",     "thumbnailer", "indexer",
							    "scanner", "backup",      "unknown" };

	return (unsigned)o < LIC_OPENER_COUNT ? name[o] : "unknown";
}

/* What the kernel keeps of a name ends after 15 bytes. */
#define COMM_MAX 15

static bool is_called(const char *name, const char *pattern, bool cut)
{
	size_t n = strlen(name);

	for (; *pattern; pattern++, name++, n--) {
		if (*pattern == '*') {
			size_t rest = strcspn(++pattern, "*");

			if (!rest)
				return true;
			for (size_t i = 0; i + rest <= n; i++)
				if (memcmp(name + i, pattern, rest) == 0 &&
				    (pattern[rest] == '*' || i + rest == n))
					return true;
			return false;
		}
		if (*name != *pattern)
			return cut && !n;
	}
	return !*name;
}

enum lic_opener lic_opener_of(const char *exe, const char *comm)
{
	const char *slash = strrchr(exe, '/'), *name = slash ? slash + 1 : exe;
	bool cut = false;

	if (!*name) {
		name = comm;
		cut = strlen(comm) >= COMM_MAX;
	}
	if (!*name)
		return LIC_OPENER_UNKNOWN;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(table); i++)
		if (is_called(name, table[i].name, cut))
			return table[i].kind;
	/* scripts run by an interpreter are known by their comm alone */
	if (name != comm && *comm && lic_opener_of("", comm) != LIC_OPENER_UNKNOWN)
		return lic_opener_of("", comm);
	return LIC_OPENER_JOB;
}
