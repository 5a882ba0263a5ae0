/* SPDX-License-Identifier: Apache-2.0 */
/* The door for libFuzzer: the target is what follows "fuzz_" in the name of the program. */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct fuzz_target target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = strrchr((*argv)[0], '/');

	(void)argc;
	name = name ? name + 1 : (*argv)[0];
	if (strncmp(name, "fuzz_", 5) != 0 || !fuzz_target_find(name + 5, &target)) {
		fprintf(stderr, "%s: no target; call it by the name fuzz_TARGET\n", name);
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	target.run(&target, p, n);
	return 0;
}
