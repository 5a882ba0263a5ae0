# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += man/licensefs.1 \
	man/licensefs-check.1 \
	man/licensefs-decide.1 \
	man/licensefs-explain.1 \
	man/licensefs-find.1 \
	man/licensefs-help.1 \
	man/licensefs-import.1 \
	man/licensefs-job.1 \
	man/licensefs-license.1 \
	man/licensefs-mount.1 \
	man/licensefs-report.1 \
	man/licensefs-restore.1 \
	man/licensefs-revoke.1 \
	man/licensefs-run.1 \
	man/licensefs-scan.1 \
	man/licensefs-snapshot.1 \
	man/licensefs-status.1 \
	man/licensefs-umount.1 \
	man/licensefs-version.1 \
	man/licensefs-view.1 \
	man/licensefs-watch.1 \
	man/licensefs-expressions.7
