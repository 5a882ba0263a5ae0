/* SPDX-License-Identifier: Apache-2.0 */
/* A library to preload: stops before the first fsync() until the file that it makes then is
 * removed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int fsync(int fd)
{
	static int calls;

	if (!calls++)
		close(open(getenv("PAUSE_FILE"), O_WRONLY | O_CREAT, 0600));
	while (access(getenv("PAUSE_FILE"), F_OK) == 0)
		usleep(1000);
	return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
