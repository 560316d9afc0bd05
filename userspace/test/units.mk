# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests: every test_*.c is a program, linked with the library under
# AddressSanitizer and UBSan.  Those that speak with a kernel speak with
# fake_kernel.c, which stands between the library and libnl's socket; those of
# the command line have all commands in them.

SAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
       -fno-omit-frame-pointer
fake_calls := nl_send_auto nl_recvmsgs genl_connect genl_ctrl_resolve \
	      genl_ctrl_resolve_grp nl_socket_add_membership
fake_flags := $(fake_calls:%=-Wl,--wrap=%)

tests := $(sort $(notdir $(basename $(wildcard $(src)test/test_*.c))))
san_lib := $(lib_src:$(src)%.c=$(O)/san/%.o)
san_cli := $(cli_src:$(src)%.c=$(O)/san/%.o)
cmocka := $(shell $(PKG_CONFIG) --libs cmocka)

$(O)/san/%.o: $(src)%.c
	@mkdir -p $(@D)
	$(CC) $(cppflags) -I$(src)cli -I$(src)test $(cflags) $(SAN) -c -o $@ $<

# cmocka hands every test a state, which few need
$(O)/san/test/%.o: cflags += -Wno-unused-parameter

$(O)/san/libksteer.a: $(san_lib)
	rm -f $@
	$(AR) rcs $@ $^

$(O)/san/test_cli%: $(O)/san/test/test_cli%.o $(O)/san/test/fake_kernel.o \
		    $(O)/san/test/run.o $(san_cli) $(O)/san/libksteer.a
	$(CC) $(SAN) $(fake_flags) -o $@ $^ $(libs) $(cmocka)

$(O)/san/test_nl: $(O)/san/test/test_nl.o $(O)/san/test/fake_kernel.o \
		  $(O)/san/libksteer.a
	$(CC) $(SAN) $(fake_flags) -o $@ $^ $(libs) $(cmocka)

$(O)/san/test_%: $(O)/san/test/test_%.o $(O)/san/libksteer.a
	$(CC) $(SAN) -o $@ $^ $(libs) $(cmocka)

units: $(tests:%=$(O)/san/%)
	@fail=0; for t in $(tests); do \
		echo "# $$t"; \
		CMOCKA_MESSAGE_OUTPUT=TAP $(O)/san/$$t || fail=1; \
	done; exit $$fail

.PHONY: units
.SECONDARY:
