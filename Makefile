# SPDX-License-Identifier: ISC
# teltools. `make demo` shows the whole pipe, `make check` tests it; both first
# install what is missing. `make help` lists the targets.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

MODE   ?= release
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc 2>/dev/null || echo 1)
# V=1 shows the commands whole.
ifeq ($(V),1)
say = @:
else
Q   := @
say = @printf '  %-4s %s\n'
endif
# Objects of each mode live apart: asan and release never mix.
B := build/$(MODE)

# The only place that names a program, with what it links beside libtel.
LIBS.dl-fetch    := -lcurl -lsqlite3 -lsimdjson -lcrypto -lstdc++ -lm -lpthread
LIBS.tel-ingest  := -lsqlite3 -lsimdjson -ljq -lzstd -lz -lcrypto -lstdc++ -lm -lpthread
LIBS.slo-eval    := -lsqlite3 -lfyaml -ljq -lsimdjson -lzstd -lz -lcrypto -lstdc++ -lm -lpthread
LIBS.prom-text   := -lsqlite3 -lm
LIBS.tel-archive := -lsqlite3 -lzstd -lsimdjson -lcrypto -lstdc++ -lm

CMDS   := $(sort $(basename $(notdir $(wildcard cmd/*.c))))
# Further files of a program, in a folder of its name.
PARTS   = $(patsubst %.c,$B/%.o,$(sort $(wildcard cmd/$1/*.c)))
LIB_C  := $(sort $(wildcard lib/*/*.c))
LIB_CC := $(sort $(wildcard lib/*/*.cc))
HEADERS := $(sort $(wildcard lib/*/*.h cmd/*/*.h))

CC  ?= cc
CXX ?= c++
CSTD   := -std=c11 -D_GNU_SOURCE
CXXSTD := -std=c++17 -fno-exceptions -fno-rtti
INC    := -I. -Ilib
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wwrite-strings \
	-Wvla -Wpointer-arith -Wformat=2 -Wundef
# New warnings of newer compilers are errors for developers and CI, not for users.
ifeq ($(DEVELOPER),1)
WARN += -Werror
STRICT := -Wcast-qual -Wnull-dereference $(if $(findstring clang,$(CC)),,-Wlogical-op)
endif
CWARN  := $(WARN) $(STRICT) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
FLAGS.release := -O2 -g $(HARDEN)
LINK.release  := -pie -Wl,-z,relro,-z,now
FLAGS.asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LINK.asan  := -fsanitize=address,undefined
# Without an optimiser that adds or removes calls, for checks that read symbols.
FLAGS.plain := -O0 -fno-builtin
LINK.plain  :=
# For `make fuzz`, with clang.
FLAGS.fuzz := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK.fuzz  := -fsanitize=fuzzer,address,undefined
CFLAGS ?=
LDFLAGS ?=

LIB_OBJS := $(LIB_C:%.c=$B/%.o) $(LIB_CC:%.cc=$B/%.o) $B/texts.o
PROGRAMS := $(CMDS:%=$B/bin/%)

COMPILE_C   = $(CC) $(CSTD) $(INC) $(CWARN) $(FLAGS.$(MODE)) $(CFLAGS)
COMPILE_CXX = $(CXX) $(CXXSTD) $(INC) $(WARN) $(FLAGS.$(MODE)) $(CFLAGS)
LINK        = $(CC) $(FLAGS.$(MODE)) $(CFLAGS) $(LINK.$(MODE)) $(LDFLAGS)

.PHONY: all
all: $(PROGRAMS)

include tests/tests.mk

.SECONDEXPANSION:
$B/bin/%: $B/cmd/%.o $$(call PARTS,$$*) $B/libtel.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LIBS.$*)

$B/libtel.a: $(LIB_OBJS)
	$(say) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(COMPILE_C) -MMD -MP -c -o $@ $<

$B/%.o: %.cc $B/flags
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(COMPILE_CXX) -MMD -MP -c -o $@ $<

# When the flags change, everything is compiled again. -Werror and STRICT do not
# change what comes out, so `make` and `make check` share their objects.
FLAGS_NOW = $(subst ','\'',$(filter-out -Werror $(STRICT),$(COMPILE_C) $(COMPILE_CXX)))
$B/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' >$@
.PHONY: FORCE
FORCE:

# Text files that are part of the programs. The folders are prerequisites too,
# so that a removed file is noticed.
TEXT_DIRS  := schema/slo $(wildcard schema/metric/*)
TEXT_FILES := schema/store.sql $(sort $(wildcard schema/slo/*.yaml schema/metric/*/*.sql))
$B/texts.c: $(TEXT_FILES) $(TEXT_DIRS) scripts/embed
	@mkdir -p $(@D)
	$(say) TEXT $@
	$(Q)scripts/embed $(TEXT_FILES) >$@
$B/texts.o: $B/texts.c $B/flags
	$(say) CC $<
	$(Q)$(COMPILE_C) -Wno-overlength-strings -c -o $@ $<

-include $(wildcard $B/lib/*/*.d $B/cmd/*.d $B/cmd/*/*.d $B/scripts/*.d $B/tests/*/*.d \
	$B/tests/*/*/*.d)

# schema/out and the lists in the pages: event.def and exit.def as SQL, JSON
# Schema and mdoc, committed for reviewers.
SCHEMA_OBJS := $(filter $B/lib/base/% $B/lib/tel/event% $B/lib/tel/text%,$(LIB_OBJS)) \
	$B/texts.o
$B/schema-dump: $B/scripts/schema-dump.o $(SCHEMA_OBJS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ -lm

# For tests and measurements: made-up events, and a bare loop to compare with.
$B/make-events $B/bench-insert: $B/%: $B/scripts/%.o $(SCHEMA_OBJS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ -lsqlite3 -lm

.PHONY: schema
schema: $B/schema-dump
	scripts/schema-out $B/schema-dump schema/out cmd

.PHONY: deps
deps:
	scripts/deps build

# The build of the user-facing targets runs in a second make, because before
# `deps` there may be no compiler for C++.
.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all $B/tests/origin/origin
	BIN=$(abspath $B/bin) ORIGIN=$(abspath $B/tests/origin/origin) scripts/demo

.PHONY: install uninstall
install: all
	scripts/install-files '$(DESTDIR)$(PREFIX)' $B/bin

uninstall:
	scripts/install-files --remove '$(DESTDIR)$(PREFIX)' $B/bin

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@echo 'make            build the programs into build/release/bin'
	@echo 'make demo       install what is missing, build, show the whole pipe'
	@echo 'make check      install what is missing, build, run every test'
	@echo 'make asan       the tests under AddressSanitizer and UBSan'
	@echo 'make lint       clang-tidy, cppcheck, shellcheck, mandoc'
	@echo 'make fuzz       libFuzzer targets, SECONDS each (default 60)'
	@echo 'make kills      tel-ingest killed CYCLES times a way (200) over LINES (1000000)'
	@echo 'make bench      measurements against other programs'
	@echo 'make schema     rewrite schema/out from schema/event.def'
	@echo 'make golden     rewrite the expected outputs of the golden tests'
	@echo 'make install    DESTDIR and PREFIX as usual; make uninstall'
	@echo 'make clean      remove build/'
