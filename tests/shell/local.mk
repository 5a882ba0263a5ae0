# SPDX-License-Identifier: Apache-2.0
shell_tests += tests/shell/cli_usage.t tests/shell/cli_license.t tests/shell/cli_scan.t \
	tests/shell/cli_explain.t tests/shell/cli_view.t tests/shell/cli_find.t \
	tests/shell/cli_decide.t tests/shell/cli_mount.t tests/shell/cli_manual.t \
	tests/shell/cli_completion.t
shell_tests += tests/shell/bench_scan.t
shell_tests += tests/shell/bench_scale.t
shell_tests += tests/shell/bench_run.t
shell_tests += tests/shell/documents_scan.t
shell_tests += tests/shell/scan.t tests/shell/scan_kill.t tests/shell/scan_workers.t
EXTRA_DIST += tests/shell/faults.c
shell_tests += tests/shell/similar.t
EXTRA_DIST += tests/shell/similar_make.py
shell_tests += tests/shell/scan_raws.t
EXTRA_DIST += tests/shell/catalog_dump.py
shell_tests += tests/shell/mount_views.t tests/shell/mount_single.t tests/shell/mount_live.t \
	tests/shell/mount_system.t tests/shell/mount_takedown.t
EXTRA_DIST += tests/shell/mount.sh tests/shell/dirents.py
shell_tests += tests/shell/snapshot.t
shell_tests += tests/shell/snapshot_export.t
EXTRA_DIST += tests/shell/snapshot_digest.py
shell_tests += tests/shell/c2pa.t
shell_tests += tests/shell/run.t tests/shell/run_hostile.t
EXTRA_DIST += tests/shell/run.sh tests/shell/run_tty.py tests/shell/run_hostile.py
EXTRA_DIST += tests/shell/c2pa_make.py
shell_tests += tests/shell/cli_trust.t
shell_tests += tests/shell/import.t tests/shell/import_samples.t tests/shell/import_faults.t
shell_tests += tests/shell/mount_snapshot.t
shell_tests += tests/shell/mount_follow.t tests/shell/mount_collection.t
shell_tests += tests/shell/mount_documents.t
EXTRA_DIST += tests/shell/mount_documents.py
shell_tests += tests/shell/cli_documents.t tests/shell/bench_documents.t tests/shell/docs_layouts.t
shell_tests += tests/shell/bench_import.t tests/shell/docs_datasets.t
EXTRA_DIST += tests/shell/docs_stores.py tests/shell/docs.sh
shell_tests += tests/shell/cli_decide_list.t
shell_tests += tests/shell/sidecars.t
shell_tests += tests/shell/cli_settle.t
shell_tests += tests/shell/import_hash.t
shell_tests += tests/shell/rules.t
shell_tests += tests/shell/cli_own_license.t
shell_tests += tests/shell/cli_collection.t
shell_tests += tests/shell/cli_history.t
shell_tests += tests/shell/documents_tar.t
shell_tests += tests/shell/layouts.t
shell_tests += tests/shell/mount_await.t tests/shell/mount_storm.t tests/shell/mount_recall.t
shell_tests += tests/shell/scan_dirs.t
EXTRA_DIST += tests/shell/scan_dirs.py
shell_tests += tests/shell/mount_dead.t tests/shell/mount_crash.t tests/shell/mount_tiers.t
EXTRA_DIST += tests/shell/mount_faults.c
shell_tests += tests/shell/watch.t tests/shell/watch_limits.t
EXTRA_DIST += tests/shell/watch.py
shell_tests += tests/shell/erase.t
shell_tests += tests/shell/cli_revoke.t tests/shell/revoke_masks.t
shell_tests += tests/shell/docs_takedown.t
shell_tests += tests/shell/libfuse.t
shell_tests += tests/shell/ledger.t tests/shell/bench_ledger.t
EXTRA_DIST += tests/shell/ledger.sh tests/shell/ledger_dump.py
