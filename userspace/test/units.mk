# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests: every test_*.c is one program, linked with the library and the
# command line program under AddressSanitizer and UBSan.
