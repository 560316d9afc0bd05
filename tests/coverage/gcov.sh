# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# For make, when a module is to count its lines: one's own code alone, since
# checks of others would count as branches.
GCOV=(GCOV_PROFILE=y KASAN_SANITIZE=n UBSAN_SANITIZE=n)
