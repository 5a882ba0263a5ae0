/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs the program. */
#include <pwd.h>
#include <unistd.h>

#include "output.h"
#include "who.h"

char *who_am_i(void)
{
	const char *login = getlogin();
	const struct passwd *pw = login ? NULL : getpwuid(getuid());
	struct lic_buf name = LIC_BUF_INIT(256);
	char *who;

	if (login || pw)
		lic_buf_adds(&name, login ? login : pw->pw_name);
	else
		lic_buf_addf(&name, "uid %u", (unsigned)getuid());
	who = lic_buf_take(&name);
	if (!who)
		output_out_of_memory();
	return who;
}
