/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear under their names when they are whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "sink.h"

int sink_put(void *ctx, const void *p, size_t n)
{
	struct sink *s = ctx;

	if (!s->temporary && output_broken())
		return 1;
	if (fwrite(p, 1, n, s->f) == n)
		return 0;
	s->code = errno;
	return 1;
}

static char *directory_of(const char *path)
{
	char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");

	if (!dir)
		output_out_of_memory();
	return dir;
}

/* A file without a name in the directory of `path`. */
static int open_nameless(const char *path)
{
	_cleanup_(lic_freep) char *dir = directory_of(path);

	return open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

/* Why it cannot be begun. */
static void tell(const char *path, int code, struct lic_error *err)
{
	_cleanup_(lic_freep) char *dir = directory_of(path);
	struct stat st;

	if (code == ENOENT && stat(dir, &st) != 0)
		lic_error_set(err, code, "cannot write '%s': there is no directory '%s'", path,
			      dir);
	else
		lic_error_sys(err, code, "cannot write '%s'", path);
}

/* Links it beside `path`, from where it can be renamed; 0 or an errno. */
static int name_it(struct sink *s, const char *path)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fileno(s->f));
	for (int i = 0; i < 64; i++) {
		free(s->temporary);
		if (asprintf(&s->temporary, "%s.%d-%d", path, (int)getpid(), i) < 0)
			output_out_of_memory();
		if (linkat(AT_FDCWD, self, AT_FDCWD, s->temporary, AT_SYMLINK_FOLLOW) == 0) {
			s->nameless = false;
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return errno;
}

int sink_open(struct sink *s, const char *path, struct lic_error *err)
{
	mode_t mask = umask(0);
	struct stat st;
	int fd;

	umask(mask);
	if (!path) {
		s->f = stdout;
		return 0;
	}
	if (!*path)
		return lic_error_set(err, EINVAL, "name a file, or '-' for standard output");
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return lic_error_set(err, EINVAL,
				     S_ISDIR(st.st_mode)
					     ? "'%s' is a directory; name a file in it"
					     : "'%s' is no regular file; '-' is standard output",
				     path);
	if (asprintf(&s->temporary, "%s.XXXXXX", path) < 0)
		output_out_of_memory();
	fd = open_nameless(path);
	s->nameless = fd >= 0;
	if (!s->nameless)
		fd = mkostemp(s->temporary, O_CLOEXEC);
	if (fd >= 0 && (s->nameless || fchmod(fd, 0666 & ~mask) == 0))
		s->f = fdopen(fd, "w");
	if (s->f)
		return 0;
	tell(path, errno, err);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !s->nameless)
		unlink(s->temporary);
	free(s->temporary);
	s->temporary = NULL;
	return -err->code;
}

/* Gives the file its name, or takes it away. */
int sink_sync(struct sink *s, const char *path, struct lic_error *err)
{
	if (!s->temporary || s->code)
		return 0; /* sink_close() says so */
	if (fflush(s->f) != 0 || fsync(fileno(s->f)) != 0)
		return lic_error_sys(err, errno, "cannot write '%s'", path);
	return 0;
}

int sink_close(struct sink *s, const char *path, bool good, struct lic_error *err)
{
	int code = s->code;

	if (!s->temporary)
		return 0;
	if (good && (fflush(s->f) != 0 || fsync(fileno(s->f)) != 0))
		code = errno;
	if (good && !code && s->nameless)
		code = name_it(s, path);
	if (fclose(s->f) != 0 && !code)
		code = errno;
	if (good && !code && rename(s->temporary, path) != 0)
		code = errno;
	if ((!good || code) && !s->nameless)
		unlink(s->temporary);
	free(s->temporary);
	s->temporary = NULL;
	return code ? lic_error_sys(err, code, "cannot write '%s'", path) : 0;
}
