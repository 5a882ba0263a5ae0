/* SPDX-License-Identifier: Apache-2.0 */
/* Development tool: FILE... -> one line a claim (file, format, damage, claim), tab-separated.
 * Files that end in .xmp are read as sidecars. With -q nothing is printed, with -n N each file is
 * read N times: for profilers and sanitizers. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/evidence.h>

static bool quiet;

static void print(const char *path, const struct lic_claims *c)
{
	const char *damage = c->damage ? c->damage : "-";
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	if (!c->n)
		printf("%s\t%s\t%s\n", path, lic_format_name(c->format), damage);
	for (size_t i = 0; i < c->n; i++) {
		const struct lic_claim *k = &c->item[i];

		lic_buf_reset(&b);
		lic_text_show(&b, k->text, strlen(k->text));
		printf("%s\t%s\t%s\t%u\t%s\t%s\t%s\t%s\t%#x\t%s\n", path,
		       lic_format_name(c->format), damage, k->packet, lic_rank_name(k->rank),
		       lic_role_name(k->role), k->source, k->field, k->reserve, lic_buf_str(&b));
	}
	lic_buf_release(&b);
}

static int dump(const char *path, struct lic_claims *c)
{
	static const struct lic_limits limits = LIC_LIMITS_DEFAULT;
	const char *dot = strrchr(path, '.');
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_hash hash;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = -1;

	lic_claims_reset(c);
	if (fd < 0 || fstat(fd, &st) < 0)
		perror(path);
	else if (dot && strcasecmp(dot, ".xmp") == 0)
		r = lic_evidence_read_sidecar(fd, (uint64_t)st.st_size, "s.xmp", "s.jpg", &limits,
					      c, &err);
	else
		r = lic_evidence_read(fd, (uint64_t)st.st_size, &limits, c, &hash, &err);
	if (fd >= 0)
		close(fd);
	if (r < 0 && err.code)
		fprintf(stderr, "%s: %s\n", path, err.msg);
	if (r == 0 && !quiet)
		print(path, c);
	return r;
}

int main(int argc, char **argv)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	long times = 1;
	int status = 0;
	int opt;

	while ((opt = getopt(argc, argv, "qn:")) != -1) {
		if (opt == 'q')
			quiet = true;
		else if (opt == 'n')
			times = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	for (long k = 0; k < times; k++)
		for (int i = optind; i < argc; i++)
			if (dump(argv[i], &c) < 0)
				status = 1;
	lic_claims_release(&c);
	return status;
}
