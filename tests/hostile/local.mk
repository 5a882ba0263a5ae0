# SPDX-License-Identifier: Apache-2.0
# Hostile files, made anew for each run.
hostile_tests = tests/hostile/hostile.t
TESTS += $(hostile_tests)
dist_check_SCRIPTS += $(hostile_tests)
EXTRA_DIST += tests/hostile/seeds.py tests/hostile/bombs.py tests/hostile/generate.py \
	tests/hostile/check.py
