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
# V=1 shows the commands whole.
ifeq ($(V),1)
say = @:
else
Q   := @
say = @printf '  %-4s %s\n'
endif
# Objects of each mode live apart: asan and release never mix.
B := build/$(MODE)

# The only place that names a program, with the packages that it links beside libtel.
PKGS.dl-fetch    := libcurl sqlite3 simdjson libcrypto
PKGS.tel-ingest  := sqlite3 simdjson libjq libzstd zlib libcrypto
PKGS.slo-eval    := sqlite3 libfyaml libjq simdjson libzstd zlib libcrypto
PKGS.prom-text   := sqlite3
PKGS.tel-archive := sqlite3 libzstd simdjson libcrypto

CMDS   := $(sort $(basename $(notdir $(wildcard cmd/*.c))))
# Further files of a program, in a folder of its name.
PARTS   = $(patsubst %.c,$B/%.o,$(sort $(wildcard cmd/$1/*.c)))
PKGS    = $(sort $(foreach name,$(CMDS),$(PKGS.$(name))))
$(foreach name,$(CMDS),$(if $(filter undefined,$(origin PKGS.$(name))),$(error \
	add PKGS.$(name), the libraries that cmd/$(name).c links)))

LIB_C  := $(sort $(wildcard lib/*/*.c))
LIB_CC := $(sort $(wildcard lib/*/*.cc))

# package,NAME: the flags of a package. pkg-config is asked once a make; where it, or
# the package's .pc file, is missing, the name tells the flags.
PKG_CONFIG ?= pkg-config
GUESS.libjq := -ljq -lm
GUESS.zlib  := -lz
guess   = $(or $(GUESS.$1),-l$(1:lib%=%))
package = $(or $(FOUND.$1),$(eval FOUND.$1 := $(or $(shell \
	$(PKG_CONFIG) --cflags --libs $1 2>/dev/null),$(guess)))$(FOUND.$1))
# includes,PACKAGE... for the compiler; libraries,PACKAGE... for the linker.
includes  = $(sort $(filter -I% -D%,$(foreach name,$1,$(call package,$(name)))))
libraries = $(filter-out -I% -D%,$(foreach name,$1,$(call package,$(name)))) \
	$(if $(filter simdjson,$1),-lstdc++) -lm -lpthread

CC  ?= cc
CXX ?= c++
CSTD   := -std=c11 -D_GNU_SOURCE
CXXSTD := -std=c++17 -fno-exceptions -fno-rtti
INC     = -I. -Ilib $(call includes,$(PKGS))
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wwrite-strings \
	-Wvla -Wpointer-arith -Wformat=2 -Wundef
# New warnings of newer compilers are errors for developers and CI, not for users.
ifeq ($(DEVELOPER),1)
WARN += -Werror
STRICT := -Wcast-qual -Wnull-dereference $(if $(findstring clang,$(CC)),,-Wlogical-op)
endif
CWARN  := $(WARN) $(STRICT) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
# A distribution that sets its own level keeps it; compilers have one built in.
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS) $(CXXFLAGS)),, \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
FLAGS.release = -O2 -g $(FORTIFY) -fstack-protector-strong -fPIE
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
CPPFLAGS ?=
CFLAGS   ?=
CXXFLAGS ?= $(CFLAGS)
LDFLAGS  ?=

LIB_OBJS := $(LIB_C:%.c=$B/%.o) $(LIB_CC:%.cc=$B/%.o) $B/texts.o
PROGRAMS := $(CMDS:%=$B/bin/%)

COMPILE_C   = $(CC) $(CSTD) $(INC) $(CWARN) $(FLAGS.$(MODE)) $(CPPFLAGS) $(CFLAGS)
COMPILE_CXX = $(CXX) $(CXXSTD) $(INC) $(WARN) $(FLAGS.$(MODE)) $(CPPFLAGS) $(CXXFLAGS)
LINK        = $(CC) $(FLAGS.$(MODE)) $(CFLAGS) $(LINK.$(MODE)) $(LDFLAGS)

.PHONY: all
all: $(PROGRAMS)

include tests/tests.mk

# Files that hold what the last build was made of: the flags, the objects of the
# library, the parts and libraries of a program. What depends on one is made again
# when its text is another, so that a removed or moved source is noticed too.
# differs,FILE,TEXT: FORCE, unless the file holds the text.
differs = $(if $(subst x$(file <$1),,x$2)$(subst x$2,,x$(file <$1)),FORCE)
# keep,TEXT: writes it; objects that only the old text names are removed.
keep = @mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$1)' >$@ && \
	rm -f $(patsubst %.o,%.[od],$(filter-out $1,$(filter %.o,$(file <$@))))
.PHONY: FORCE
FORCE:

.SECONDEXPANSION:
link_of = $(strip $(LINK) $(call PARTS,$1) $(call libraries,$(PKGS.$1)))
$(PROGRAMS): $B/bin/%: $B/cmd/%.o $$(call PARTS,$$*) $B/commit.o $B/libtel.a $B/cmd/%.link
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(call libraries,$(PKGS.$*))
$(CMDS:%=$B/cmd/%.link): $B/cmd/%.link: $$(call differs,$$@,$$(call link_of,$$*))
	$(call keep,$(call link_of,$*))

$B/libtel.a: $(LIB_OBJS) $B/objects
	$(say) AR $@
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)
$B/objects: $$(call differs,$$@,$$(LIB_OBJS))
	$(call keep,$(LIB_OBJS))

# The commit that --version shows, with + when the tree has changes; none where the
# tree is no checkout of git. It is an object of the programs alone, so that a new
# commit compiles one line and links the programs.
COMMIT ?= $(shell [ ! -e .git ] || GIT_OPTIONAL_LOCKS=0 git -c safe.directory='*' \
	describe --always --abbrev=7 --exclude='*' --dirty=+ 2>/dev/null)
COMMIT_C = extern const char prog_commit[]; const char prog_commit[] = "$(COMMIT)";
$B/commit.c: $$(call differs,$$@,$$(COMMIT_C))
	$(call keep,$(COMMIT_C))
$B/commit.o: $B/commit.c $B/flags
	$(Q)$(COMPILE_C) -c -o $@ $<

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(COMPILE_C) -MMD -MP -c -o $@ $<

$B/%.o: %.cc $B/flags
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(COMPILE_CXX) -MMD -MP -c -o $@ $<

# -Werror and STRICT do not change what comes out, so `make` and `make check` share
# their objects.
FLAGS_NOW = $(filter-out -Werror $(STRICT),$(COMPILE_C) $(COMPILE_CXX))
$B/flags: $$(call differs,$$@,$$(FLAGS_NOW))
	$(call keep,$(FLAGS_NOW))

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

# Objectives and metrics that the programs would refuse are told here, not by each run.
# A cross build cannot run its programs: CHECK_TEXTS=0.
CHECK_TEXTS ?= 1
ifneq ($(CHECK_TEXTS),0)
all: $B/texts.checked
endif
$B/texts.checked: $B/texts.c scripts/check-texts $(PROGRAMS)
	$(say) TEST schema
	$(Q)scripts/check-texts $B/bin && touch $@

-include $(wildcard $B/lib/*/*.d $B/cmd/*.d $B/cmd/*/*.d $B/scripts/*.d $B/tests/*/*.d \
	$B/tests/*/*/*.d)

# schema/out and the lists in the pages: event.def, word.def and exit.def as SQL, JSON
# Schema and mdoc, committed for reviewers.
SCHEMA_OBJS := $(filter $B/lib/base/% $B/lib/tel/event% $B/lib/tel/text% $B/lib/tel/word%, \
	$(LIB_OBJS)) $B/texts.o
$B/schema-dump: $B/scripts/schema-dump.o $(SCHEMA_OBJS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(call libraries)

# For tests and measurements: made-up events, and a bare loop to compare with.
$B/make-events $B/bench-insert: $B/%: $B/scripts/%.o $(SCHEMA_OBJS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(call libraries,sqlite3)

.PHONY: schema
schema: $B/schema-dump
	scripts/schema-out $B/schema-dump schema/out cmd

.PHONY: deps
deps:
	scripts/deps build

# The build of the user-facing targets runs in a second make, because before
# `deps` there may be no compiler for C++.
ifneq ($(V),1)
PROGRESS := scripts/progress
endif
.PHONY: demo
demo: deps
	@$(PROGRESS) $(MAKE) --no-print-directory -j$(JOBS) all $B/tests/origin/origin
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
	@echo 'make schema     rewrite schema/out and lists in pages from schema/*.def'
	@echo 'make golden     rewrite the expected outputs of the golden tests'
	@echo 'make install    DESTDIR and PREFIX as usual; make uninstall'
	@echo 'make clean      remove build/'
