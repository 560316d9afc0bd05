# SPDX-License-Identifier: GPL-2.0-only
#
# The front door.
#
#   make			module for KVER (the running kernel) and userspace
#   make install		both, and the man pages and completion (as root)
#   make uninstall
#   make dkms-install		module by dkms, for each kernel to come
#   make demo			ksteer at work, in a virtual machine
#   make check			all that must pass; installs what it needs
#   make check-debug		the same and more on kernels that find bugs: hours
#   make bench		what ksteer costs, beside its peers (KVER: 6.1)
#   make help			the single parts of these
#
# KVER is a kernel release, or 6.1 or 6.12 for the newest that
# scripts/fetch-kernel.sh has fetched; KDIR a kernel's build tree.

VERSION := 0.1.0
SERIES := 6.1 6.12

PREFIX ?= /usr/local
DESTDIR ?=
KERNELS := $(or $(KSTEER_KERNELS),$(CURDIR)/build/kernels)
export KSTEER_KERNELS := $(KERNELS)

# What is measured is Debian's own kernel, unless another is named
BENCH_KVER := $(or $(KVER),6.1)
KVER ?= $(shell uname -r)
override KVER := $(notdir $(or $(shell readlink $(KERNELS)/$(KVER)),$(KVER)))
KDIR ?= $(firstword $(wildcard $(KERNELS)/$(KVER)/build \
			       /lib/modules/$(KVER)/build) \
		    /lib/modules/$(KVER)/build)
MODDIR := $(DESTDIR)/lib/modules/$(KVER)/updates

# Objects of two kernels must never meet: each has a tree of its own, of links
# to the sources, and the kernel's build leaves its files there.
B := build/$(KVER)
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR)/$(B) W=1 KCFLAGS=-Werror

all: module userspace

module: $(B)
	+$(KBUILD) modules

# Sources that went away leave dangling links
$(B): FORCE
	@test -e $(KDIR)/Makefile || { \
		echo "No headers of kernel $(KVER): install linux-headers-$(KVER), or name another by KVER=" >&2; \
		exit 1; }
	@mkdir -p $@
	@find $@ -xtype l -delete
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/include $(CURDIR)/kmod $@/

# Bugs on purpose, for the kernels that find bugs
P := build/planted/$(KVER)

planted: FORCE
	@mkdir -p $(P)
	@cp -rsf $(CURDIR)/selftests/planted/* $(P)/
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(P) W=1 KCFLAGS=-Werror modules

# sparse, with byte orders; a warning of any kind is in the output
sparse: $(B)
	+$(KBUILD) C=2 CF="-D__CHECK_ENDIAN__ -Wsparse-error" modules

userspace:
	$(MAKE) -C userspace

units:
	$(MAKE) -C userspace units

tests:
	$(MAKE) -C selftests

deps:
	scripts/deps.sh $(SERIES)

# Each target of fuzz/ for so many seconds
FUZZ ?= 5

fuzz:
	scripts/fuzz.sh $(FUZZ)

static:
	scripts/static.sh $(SERIES)

gen:
	scripts/gen.sh

gencheck:
	scripts/gen.sh --check

# The selftests on each kernel, one after the other
vmtest: userspace tests
	@for s in $(SERIES); do \
		$(MAKE) module KVER=$$s && \
		selftests/vm/run.sh -k $$s ./run_tests.sh || exit 1; \
	done

statictest:
	scripts/static_test.sh

verdicttest:
	selftests/vm/verdict_test.sh

check:
	scripts/check.sh $(SERIES)

check-debug:
	scripts/check_debug.sh $(STEPS)

# The kernels that check-debug runs on: 6.12-debug, 6.12-kcsan, 6.12-gcov
debug-kernels:
	scripts/debug_kernel.sh debug kcsan gcov

bench: deps
	bench/bench.sh -k $(BENCH_KVER) $(PARTS)

# Is a packet dearer than bench/baseline.json says?
bench-guard: deps
	bench/guard.sh

demo: deps
	$(MAKE) -s demo-run KVER=$(lastword $(SERIES))

demo-run: module userspace
	selftests/vm/run.sh -r -k $(KVER) ./demo.sh

install: all
	install -D -m 644 $(B)/ksteer.ko $(MODDIR)/ksteer.ko
	strip --strip-debug $(MODDIR)/ksteer.ko
	$(if $(DESTDIR),,depmod $(KVER))
	$(MAKE) -C userspace install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

uninstall:
	$(RM) $(MODDIR)/ksteer.ko
	$(if $(DESTDIR),,depmod $(KVER))
	$(MAKE) -C userspace uninstall PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

dkms-install:
	install -d /usr/src/ksteer-$(VERSION)
	cp -r Kbuild dkms.conf COPYING include kmod /usr/src/ksteer-$(VERSION)/
	dkms install --force -m ksteer -v $(VERSION) -k $(KVER)

dkms-uninstall:
	dkms remove -m ksteer -v $(VERSION) --all
	$(RM) -r /usr/src/ksteer-$(VERSION)

# The kernels stay: distclean takes them, too
clean:
	$(RM) -r $(filter-out build/kernels build/debug-kernel,$(wildcard build/*))
	$(MAKE) -C userspace clean
	$(MAKE) -C selftests clean

distclean: clean
	$(RM) -r build

help:
	@sed -n '/^# The front door/,/^$$/s/^# \{0,1\}//p' Makefile
	@echo "Parts: module userspace units fuzz tests deps static sparse gen gencheck"
	@echo "       vmtest statictest verdicttest planted debug-kernels bench-guard"
	@echo "       dkms-uninstall clean distclean"

FORCE:

.PHONY: all module sparse userspace units fuzz tests deps static gen gencheck \
	vmtest statictest verdicttest bench bench-guard check check-debug debug-kernels \
	planted demo demo-run install uninstall dkms-install \
	dkms-uninstall clean distclean help FORCE
