/* SPDX-License-Identifier: Apache-2.0 */
/* Naming a process. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "fs/util/title.h"

#define ARG_START 48 /* proc_pid_stat(5) counts from 1 */
#define AFTER_NAME 3

/* Where the kernel looks for the command line, or false. */
static bool find_arguments(uintptr_t *ret_start, uintptr_t *ret_end)
{
	char line[2048], *save = NULL, *word;
	FILE *f = fopen("/proc/self/stat", "re");
	size_t n = f ? fread(line, 1, sizeof(line) - 1, f) : 0;

	if (f)
		fclose(f);
	line[n] = '\0';
	/* the name may hold anything */
	word = strrchr(line, ')');
	word = word ? strtok_r(word + 1, " ", &save) : NULL;
	for (int i = AFTER_NAME; word && i < ARG_START; i++)
		word = strtok_r(NULL, " ", &save);
	*ret_start = word ? strtoull(word, NULL, 10) : 0;
	word = word ? strtok_r(NULL, " ", &save) : NULL;
	*ret_end = word ? strtoull(word, NULL, 10) : 0;
	return *ret_start && *ret_end > *ret_start;
}

void lic_title_set(const char *comm, const char *title)
{
	uintptr_t start, end;
	size_t n = strlen(title);

	prctl(PR_SET_NAME, comm);
	if (!find_arguments(&start, &end))
		return;
	/* its last byte stays NUL, or the kernel reads on in the environment */
	if (n > end - start - 1)
		n = end - start - 1;
	memset((void *)start, 0, end - start);
	memcpy((void *)start, title, n);
}
