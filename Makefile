# SPDX-License-Identifier: ISC
# teltools. `make demo` shows the whole pipe, `make check` tests it; both first
# install what is missing. `make help` lists the targets.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

MODE   ?= release
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc 2>/dev/null || echo 1)
# Objects of each mode live apart: asan and release never mix.
B := build/$(MODE)

# The only place that names a program, with what it links beside libtel.
LIBS.dl-fetch    := -lcurl -lcrypto -lpthread
LIBS.tel-ingest  := -lsqlite3 -lsimdjson -ljq -lcrypto -lstdc++ -lm
LIBS.slo-eval    := -lsqlite3 -lfyaml -lsimdjson -lcrypto -lstdc++ -lm
LIBS.prom-text   := -lsqlite3 -lm
LIBS.tel-archive := -lsqlite3 -lzstd -lcrypto -lm

CMDS   := $(sort $(basename $(notdir $(wildcard cmd/*.c))))
LIB_C  := $(sort $(wildcard lib/base/*.c lib/tel/*.c lib/io/*.c))
LIB_CC := $(sort $(wildcard lib/io/*.cc))
HEADERS := $(sort $(wildcard lib/*/*.h))

CC  ?= cc
CXX ?= c++
CSTD   := -std=c11 -D_GNU_SOURCE
CXXSTD := -std=c++17 -fno-exceptions -fno-rtti
INC    := -I. -Ilib
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wwrite-strings \
	-Wvla -Wpointer-arith -Wformat=2 -Wundef
CWARN  := $(WARN) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
# Users with newer compilers must not suffer for new warnings; developers and CI do.
ifeq ($(DEVELOPER),1)
WARN += -Werror
endif
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
FLAGS.release := -O2 -g $(HARDEN)
LINK.release  := -pie -Wl,-z,relro,-z,now
FLAGS.asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LINK.asan  := -fsanitize=address,undefined
CFLAGS ?=
LDFLAGS ?=

LIB_OBJS := $(LIB_C:%.c=$B/%.o) $(LIB_CC:%.cc=$B/%.o) $B/texts.o
PROGRAMS := $(CMDS:%=$B/bin/%)

.PHONY: all
all: $(PROGRAMS)

include tests/tests.mk

$B/bin/%: $B/cmd/%.o $B/libtel.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS.$(MODE)) $(LINK.$(MODE)) $(LDFLAGS) -o $@ $^ $(LIBS.$*)

$B/libtel.a: $(LIB_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(INC) $(CWARN) $(FLAGS.$(MODE)) $(CFLAGS) -MMD -MP -c -o $@ $<

$B/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CXXSTD) $(INC) $(WARN) $(FLAGS.$(MODE)) $(CFLAGS) -MMD -MP -c -o $@ $<

# Text files that are part of the programs. The folders are prerequisites too,
# so that a removed file is noticed.
TEXT_DIRS  := schema/slo $(wildcard schema/metric/*)
TEXT_FILES := schema/store.sql $(sort $(wildcard schema/slo/*.yaml schema/metric/*/*.sql))
$B/texts.c: $(TEXT_FILES) $(TEXT_DIRS) scripts/embed
	@mkdir -p $(@D)
	scripts/embed $(TEXT_FILES) >$@
$B/texts.o: $B/texts.c
	$(CC) $(CSTD) $(INC) $(CWARN) -Wno-overlength-strings $(FLAGS.$(MODE)) -c -o $@ $<

-include $(wildcard $B/lib/*/*.d $B/cmd/*.d $B/tests/*.d $B/tests/*/*.d)

# schema/out: event.def as SQL, JSON Schema and mdoc, committed for reviewers.
$B/schema-dump: $B/scripts/schema-dump.o $B/libtel.a
	$(CC) $(FLAGS.$(MODE)) $(LINK.$(MODE)) $(LDFLAGS) -o $@ $^ -lm

.PHONY: schema
schema: $B/schema-dump
	scripts/schema-out $B/schema-dump schema/out

.PHONY: deps
deps:
	scripts/deps build

# The build of the user-facing targets runs in a second make, because before
# `deps` there may be no compiler for C++.
.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all $B/tests/origin/origin
	BIN=$(CURDIR)/$B/bin ORIGIN=$(CURDIR)/$B/tests/origin/origin scripts/demo

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7 \
	    $(DESTDIR)$(PREFIX)/share/teltools/slo \
	    $(DESTDIR)$(PREFIX)/share/teltools/maps \
	    $(DESTDIR)$(PREFIX)/share/teltools/jq
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 cmd/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 cmd/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 cmd/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 schema/slo/*.yaml $(DESTDIR)$(PREFIX)/share/teltools/slo
	install -m 644 examples/maps/*.jq $(DESTDIR)$(PREFIX)/share/teltools/maps
	install -m 644 examples/jq/*.jq $(DESTDIR)$(PREFIX)/share/teltools/jq
	for d in schema/metric/*/; do \
	    install -d $(DESTDIR)$(PREFIX)/share/teltools/metric/$$(basename $$d) && \
	    install -m 644 $$d*.sql $(DESTDIR)$(PREFIX)/share/teltools/metric/$$(basename $$d) || exit 1; \
	done

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
	@echo 'make bench      measurements against other programs'
	@echo 'make schema     rewrite schema/out from schema/event.def'
	@echo 'make golden     rewrite the expected outputs of the golden tests'
	@echo 'make install    DESTDIR and PREFIX as usual'
	@echo 'make clean      remove build/'
