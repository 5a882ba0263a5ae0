/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of jobs share. */
#ifndef LICENSEFS_TESTS_JOB_FIXTURE_H
#define LICENSEFS_TESTS_JOB_FIXTURE_H

#include <licensefs/job.h>

#include "tests/unit/revoke_fixture.h"

_unused_ static int job_rm(struct lic_catalog *cat, const char *name)
{
	_cleanup_(lic_freep) char *one = strdup(name);

	return one ? lic_job_rm(cat, &one, 1, "me", &fix_err) : -ENOMEM;
}

#endif
