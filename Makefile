# SPDX-License-Identifier: ISC
# teltools. `make demo` shows all programs at work, `make check` tests them; both first
# install missing packages. `make help` lists the targets.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

MODE   ?= release
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc 2>/dev/null || echo 1)
# V=1 shows complete commands.
ifeq ($(V),1)
say = @:
else
Q   := @
say = @printf '  %-4s %s\n'
endif
comma := ,
# Each mode has a folder of its own, so that objects of asan and release never mix.
B := build/$(MODE)

# The programs, each with the packages that it links beside libtel. No other place names
# them.
PKGS.dl-fetch    := libcurl sqlite3 simdjson libcrypto
PKGS.tel-ingest  := sqlite3 simdjson libjq libzstd zlib libcrypto
PKGS.slo-eval    := sqlite3 libfyaml libjq simdjson libzstd zlib libcrypto
PKGS.prom-text   := sqlite3 libmicrohttpd gnutls libcrypt libfyaml simdjson libzstd zlib libcrypto
PKGS.tel-archive := sqlite3 libzstd simdjson libcrypto

CMDS   := $(sort $(basename $(notdir $(wildcard cmd/*.c))))
# The other files of a program, in a folder of its name.
PARTS   = $(patsubst %.c,$B/%.o,$(sort $(wildcard cmd/$1/*.c)))
PKGS    = $(sort $(foreach name,$(CMDS),$(PKGS.$(name))))
# refuse,TEXT: ends make, unless its goals need nothing to be right.
refuse  = $(if $(filter-out clean help,$(or $(MAKECMDGOALS),all)),$(error $1))
$(foreach name,$(CMDS),$(if $(filter undefined,$(origin PKGS.$(name))),$(call refuse,\
	add PKGS.$(name)$(comma) the libraries that cmd/$(name).c links)))

LIB_C  := $(sort $(wildcard lib/*/*.c))
LIB_CC := $(sort $(wildcard lib/*/*.cc))

# package,NAME: the flags of a package, by pkg-config, which each make calls once for a
# package. Where pkg-config or the .pc file is missing, the flags are guessed.
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
# Warnings, also new ones of newer compilers, are errors only for developers and CI.
ifeq ($(DEVELOPER),1)
WARN += -Werror
STRICT := -Wcast-qual -Wnull-dereference $(if $(findstring clang,$(CC)),,-Wlogical-op)
endif
CWARN  := $(WARN) $(STRICT) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
# Keeps a level that a distribution has set in $1, the flags of a language. -U, because
# some compilers set one.
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $1),, \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
# The modes. flags,FLAGS: those of the mode, and then FLAGS.
flags = $(call FLAGS.$(MODE),$1) $(CPPFLAGS) $1
FLAGS.release = -O2 -g $(call FORTIFY,$1) -fstack-protector-strong -fPIE
LINK.release  := -pie -Wl,-z,relro,-z,now
FLAGS.asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LINK.asan  := -fsanitize=address,undefined
# For checks that read symbols: an optimiser would add and remove calls.
FLAGS.plain := -O0 -fno-builtin
LINK.plain  :=
# For `make fuzz`, with clang.
FLAGS.fuzz := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK.fuzz  := -fsanitize=fuzzer,address,undefined
MODES := $(sort $(patsubst FLAGS.%,%,$(filter FLAGS.%,$(.VARIABLES))))
$(if $(filter $(MODE),$(MODES)),,$(call refuse,MODE=$(MODE) is none of $(MODES)))
CPPFLAGS ?=
CFLAGS   ?=
CXXFLAGS ?= $(CFLAGS)
LDFLAGS  ?=

LIB_OBJS := $(LIB_C:%.c=$B/%.o) $(LIB_CC:%.cc=$B/%.o) $B/texts.o
PROGRAMS := $(CMDS:%=$B/bin/%)

COMPILE_C   = $(CC) $(CSTD) $(INC) $(CWARN) $(call flags,$(CFLAGS))
COMPILE_CXX = $(CXX) $(CXXSTD) $(INC) $(WARN) $(call flags,$(CXXFLAGS))
LINK        = $(CC) $(call FLAGS.$(MODE),$(CFLAGS)) $(CFLAGS) $(LINK.$(MODE)) $(LDFLAGS)

.PHONY: all
all: $(PROGRAMS)

# Some files record how the last build was made: the flags, the objects of the library,
# the parts and libraries of a program or tool. When the text of such a file changes, all
# that depends on it is made again, so that removed and moved sources are noticed too.
# differs,FILE,TEXT: FORCE, unless the file has that text. Blanks at the ends do not
# count: make 4.3 keeps the last newline of some files that it reads.
differs = $(call unequal,x$(strip $(file <$1)),x$(strip $2))
unequal = $(if $(subst $1,,$2)$(subst $2,,$1),FORCE)
# keep,TEXT: writes the file, and removes objects that only the old text names.
keep = @mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$1)' >$@ && \
	rm -f $(patsubst %.o,%.[od],$(filter-out $1,$(filter %.o,$(file <$@))))
.PHONY: FORCE
FORCE:

.SECONDEXPANSION:
include tests/tests.mk

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

# The commit that --version shows, with + when the tree has changes; nothing where the
# tree is no checkout of git. It is an object of its own, so that a new commit compiles
# one line and links the programs again.
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

# -Werror and STRICT do not change the objects, so `make` and `make check` share them.
FLAGS_NOW = $(filter-out -Werror $(STRICT),$(COMPILE_C) $(COMPILE_CXX))
$B/flags: $$(call differs,$$@,$$(FLAGS_NOW))
	$(call keep,$(FLAGS_NOW))

# Text files that are built into the programs. Their folders are prerequisites too, so
# that a removed file is noticed.
TEXT_DIRS  := schema/slo $(wildcard schema/metric/*)
TEXT_FILES := schema/store.sql schema/counts.sql $(sort $(wildcard schema/slo/*.yaml schema/metric/*/*.sql schema/metric/*/*.yaml))
$B/texts.c: $(TEXT_FILES) $(TEXT_DIRS) scripts/embed
	@mkdir -p $(@D)
	$(say) TEXT $@
	$(Q)scripts/embed $(TEXT_FILES) >$@
$B/texts.o: $B/texts.c $B/flags
	$(say) CC $<
	$(Q)$(COMPILE_C) -Wno-overlength-strings -c -o $@ $<

# Reports objectives and metrics that the programs would refuse, at build time instead of
# in each run. A program that contains a wrong one is removed, so that nobody runs it.
# CHECK_TEXTS=0 is for cross builds, which cannot run the programs.
CHECK_TEXTS ?= 1
ifneq ($(CHECK_TEXTS),0)
all: $B/texts.checked
endif
$B/texts.checked: $B/texts.c scripts/check-texts $(PROGRAMS)
	$(say) TEST schema
	$(Q)scripts/check-texts $B/bin || { \
		code=$$?; rm -f $B/bin/slo-eval $B/bin/prom-text; exit $$code; }
	$(Q)touch $@

-include $(wildcard $B/lib/*/*.d $B/cmd/*.d $B/cmd/*/*.d $B/scripts/*.d $B/tests/*/*.d \
	$B/tests/*/*/*.d)

# schema/out and the lists in the pages: event.def, word.def and exit.def as SQL, JSON
# Schema and mdoc, committed for reviewers.
SCHEMA_OBJS := $(filter $B/lib/base/% $B/lib/json/object.o $B/lib/tel/event% \
	$B/lib/tel/text% $B/lib/tel/word%, $(LIB_OBJS)) $B/texts.o
SCHEMA_PARTS := $(patsubst %.c,$B/%.o,$(sort $(wildcard scripts/schema-*.c)))
$B/schema-dump: $(SCHEMA_PARTS) $(SCHEMA_OBJS) $B/schema-dump.link $B/objects
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(call libraries)
$B/schema-dump.link: $$(call differs,$$@,$$(LINK) $$(SCHEMA_PARTS))
	$(call keep,$(LINK) $(SCHEMA_PARTS))

# For tests and measurements: random events, and a bare loop to compare with.
$B/make-events $B/bench-insert: $B/%: $B/scripts/%.o $(SCHEMA_OBJS) $B/objects
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(call libraries,sqlite3)

.PHONY: schema
schema: $B/schema-dump
	scripts/schema-out $B/schema-dump schema/out cmd

.PHONY: deps
deps:
	scripts/deps build

# User-facing targets build in a second make, because before `deps` there may be no
# compiler for C++.
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
	@echo 'make demo       install missing packages, build, show all programs at work'
	@echo 'make check      install missing packages, build, run every test'
	@echo 'make asan       run the tests under AddressSanitizer and UBSan'
	@echo 'make lint       run gcc, clang, clang-tidy, cppcheck, shellcheck and mandoc'
	@echo 'make fuzz       run the libFuzzer targets, SECONDS each (default 60)'
	@echo 'make kills      kill programs CYCLES times for each way of input (default 200)'
	@echo 'make simulation judge RUNS times 30 simulated days (default 2000): false pages'
	@echo 'make property compare slo-eval with another judge, SEEDS times (default 500)'
	@echo 'make bench      measure the programs against others'
	@echo 'make schema     rewrite schema/out and lists in pages from schema/*.def'
	@echo 'make golden     rewrite the expected outputs of the golden tests'
	@echo 'make install    install below PREFIX (default /usr/local); also: make uninstall'
	@echo 'make clean      remove build/'
