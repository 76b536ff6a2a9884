# SPDX-License-Identifier: ISC
# The targets for tests, included by the Makefile.

TEST_LIBS = $(call libraries,libmicrohttpd $(PKGS))
TEST_INC  = $(call includes,libmicrohttpd cmocka)
$B/tests/%.o: private INC += $(TEST_INC)

# tests/origin: the HTTP origin that tests and the demo fetch from.
ORIGIN_PARTS := $(patsubst %.c,$B/%.o,$(sort $(wildcard tests/origin/*.c)))
$B/tests/origin/origin: $(ORIGIN_PARTS) $B/tests/origin/origin.link
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(call libraries,libmicrohttpd libcrypto)
$B/tests/origin/origin.link: $$(call differs,$$@,$$(LINK) $$(ORIGIN_PARTS))
	$(call keep,$(LINK) $(ORIGIN_PARTS))
ORIGIN_PROGRAM := $(patsubst %.c,$B/%,$(wildcard tests/origin/origin.c))

# Preloaded into a program, makes one of its calls fail or kills it there.
$B/tests/fault/fault.so: tests/fault/fault.c $B/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CSTD) $(CWARN) -O2 $(CPPFLAGS) $(CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl
FAULT_LIBRARY := $(patsubst %.c,$B/%.so,$(wildcard tests/fault/fault.c))

# Writes and rotates a log for scripts/kill-proof.
$B/tests/kill/rotate: $B/tests/kill/rotate.o
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^
ROTATE_PROGRAM := $(patsubst %.c,$B/%,$(wildcard tests/kill/rotate.c))

# tests/serve: fixed pages by lib/io/serve, for tests/serve.bats.
$B/tests/serve/page: $B/tests/serve/page.o $B/libtel.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS)
PAGE_PROGRAM := $(patsubst %.c,$B/%,$(wildcard tests/serve/page.c))

# Unit tests: one program for each tests/unit/ROOM/NAME.c, which tests the module
# lib/ROOM/NAME.
UNIT_C := $(sort $(wildcard tests/unit/*/*.c))
UNIT_PROGRAMS := $(UNIT_C:%.c=$B/%)
$B/tests/unit/%: $B/tests/unit/%.o $B/libtel.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(call libraries,cmocka) $(TEST_LIBS)

# Fuzz targets: one LLVMFuzzerTestOneInput for each tests/fuzz/NAME.c. Linked with
# replay.c they run the inputs of tests/fuzz/corpus/NAME; with libFuzzer they search for
# new ones.
FUZZ := $(filter-out replay,$(sort $(basename $(notdir $(wildcard tests/fuzz/*.c)))))
REPLAYS := $(FUZZ:%=$B/tests/fuzz/%)
ifneq ($(MODE),fuzz)
FUZZ_MAIN := $B/tests/fuzz/replay.o
endif
$B/tests/fuzz/%: $B/tests/fuzz/%.o $(FUZZ_MAIN) $B/libtel.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS)

# tests/exposition: programs that print what tests/exposition.bats lets others judge.
EXPOSITION_PROGRAMS := $(patsubst %.c,$B/%,$(sort $(wildcard tests/exposition/*.c)))
$(EXPOSITION_PROGRAMS): %: %.o $B/libtel.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(TEST_LIBS)

# tests/property: a judge of its own, random worlds, and the comparison; nothing of lib.
PROPERTY_PARTS := $(patsubst %.c,$B/%.o,$(sort $(wildcard tests/property/*.c)))
PROPERTY_TESTS := $(patsubst %.c,$B/%,$(sort $(wildcard tests/property/*_test.c)))
PROPERTY_PROGRAMS := $B/tests/property/property $(PROPERTY_TESTS)
$(PROPERTY_PROGRAMS): %: %.o $(filter-out $(PROPERTY_PROGRAMS:%=%.o),$(PROPERTY_PARTS)) \
		$B/tests/property/link
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(call libraries,cmocka) -lm
$B/tests/property/link: $$(call differs,$$@,$$(LINK) $$(PROPERTY_PARTS))
	$(call keep,$(LINK) $(PROPERTY_PARTS))

BENCH_PROGRAMS := $B/make-events $B/bench-insert

# Everything that the tests run. Objects are named too, because make removes objects
# that are only intermediate files.
.PHONY: test-programs
test-programs: all $(ORIGIN_PROGRAM) $(FAULT_LIBRARY) $(ROTATE_PROGRAM) \
	$(PAGE_PROGRAM) $(PAGE_PROGRAM:%=%.o) $(UNIT_PROGRAMS) $(REPLAYS) $B/schema-dump $(BENCH_PROGRAMS) \
	$(PROPERTY_PROGRAMS) $(PROPERTY_PARTS) $(EXPOSITION_PROGRAMS) \
	$(UNIT_PROGRAMS:%=%.o) $(EXPOSITION_PROGRAMS:%=%.o) $(REPLAYS:%=%.o) $(FUZZ_MAIN)

# Every object, for the checks that read symbols.
.PHONY: objects
objects: $(LIB_OBJS) $(CMDS:%=$B/cmd/%.o) $(call PARTS,*)

# Tests of the tree itself, which need no run under the sanitizers.
HOUSE_TESTS := tests/house.bats tests/schema.bats tests/install.bats tests/build.bats
BATS_TESTS  := $(filter-out $(HOUSE_TESTS),$(sort $(wildcard tests/*.bats)))
SUITES      := $(BATS_TESTS) $(UNIT_PROGRAMS) $(PROPERTY_TESTS) $(REPLAYS) scripts/golden

RUN_TESTS = BIN=$(abspath $B/bin) ORIGIN=$(abspath $(ORIGIN_PROGRAM)) \
	FAULT=$(abspath $(FAULT_LIBRARY)) BUILD=$(abspath $B) CMOCKA_MESSAGE_OUTPUT=TAP JOBS=$(JOBS) \
	scripts/run-tests $B/logs
SUBMAKE = $(MAKE) --no-print-directory -j$(JOBS) DEVELOPER=1

.PHONY: check
check:
	scripts/deps test
	@$(SUBMAKE) test-programs
	@$(SUBMAKE) MODE=plain B=$B/plain objects
	@$(RUN_TESTS) $(HOUSE_TESTS) $(SUITES)

.PHONY: asan
asan:
	scripts/deps test
	@$(SUBMAKE) MODE=asan sanitized-check
.PHONY: sanitized-check
sanitized-check: test-programs
	@ASAN_OPTIONS=allocator_may_return_null=1:verify_asan_link_order=0 \
	    UBSAN_OPTIONS=print_stacktrace=1 $(RUN_TESTS) $(SUITES)

.PHONY: golden
golden: all
	BIN=$(abspath $B/bin) scripts/golden --rewrite
	BIN=$(abspath $B/bin) scripts/example-files --rewrite examples/*/*

# The C that is not of the library.
OTHER_C := $(wildcard cmd/*.c cmd/*/*.c scripts/*.c tests/*/*.c tests/*/*/*.c)

.PHONY: lint
lint:
	scripts/deps test
	@$(SUBMAKE) $B/texts.c
	@$(SUBMAKE) warnings
	@$(SUBMAKE) CC=clang CXX=clang++ warnings
	scripts/lint '$(CSTD) $(INC) $(TEST_INC)' $(LIB_C) \
	    $(filter-out tests/fault/%,$(OTHER_C))

# Compiles every source, and keeps nothing: a build is silent about files that have not
# changed since it first told their warnings. Many warnings of gcc need its optimiser.
C_FILES  := $(LIB_C) $(OTHER_C)
CC_FILES := $(LIB_CC)
THROW_AWAY = $(if $(findstring clang,$(CC)),-fsyntax-only,-S -o /dev/null)
each = @printf '%s\n' $1 | xargs -P $(JOBS) -I '{}' $2 $(TEST_INC) $(THROW_AWAY) '{}'
.PHONY: warnings
warnings:
	@echo 'warnings of $(CC)'
	$(call each,$(C_FILES),$(COMPILE_C))
	$(call each,$(CC_FILES),$(COMPILE_CXX))

# A long test: CYCLES kills of each way of input, over LINES lines. WAYS chooses the
# ways. Not `?=`, because shells export a LINES of their own.
CYCLES = 200
LINES  = 1000000
WAYS   =
.PHONY: kills
kills:
	scripts/deps test
	@$(SUBMAKE) all $(FAULT_LIBRARY) $(ROTATE_PROGRAM)
	BIN=$(abspath $B/bin) BUILD=$(abspath $B) KILL_COUNT=$(CYCLES) KILL_LINES=$(LINES) \
	    KILL_SEED=$(KILL_SEED) scripts/kill-proof $(WAYS)

# A long test: 30 days and an outage are simulated RUNS times. TEST_SEED sets the seed.
RUNS = 2000
.PHONY: simulation
simulation:
	@$(SUBMAKE) $B/tests/unit/slo/slo_simulation
	SIMULATION_RUNS=$(RUNS) $B/tests/unit/slo/slo_simulation

# A long test: slo-eval against another judge, for SEEDS random worlds from FIRST on, or
# for SEED alone. tests/property/run says what else can be set.
SEEDS = 500
FIRST = 1
.PHONY: property
property:
	scripts/deps test
	@$(SUBMAKE) all $(PROPERTY_PROGRAMS)
	BIN=$(abspath $B/bin) BUILD=$(abspath $B) JOBS=$(JOBS) SEEDS=$(SEEDS) FIRST=$(FIRST) \
	    tests/property/run $(SEED)

# A long test: random lives of a store, in which no counter of prom-text may fall and each
# number must be what SQL finds; of LIVES seeds from FIRST on, or of SEED alone.
LIVES = 100
.PHONY: lives
lives:
	scripts/deps test
	@$(SUBMAKE) all $(FAULT_LIBRARY)
	BIN=$(abspath $B/bin) BUILD=$(abspath $B) JOBS=$(JOBS) SEEDS=$(LIVES) FIRST=$(FIRST) \
	    tests/life/run $(SEED)

# A long test: SCRAPES scrapes of one prom-text in such a life. Sanitizers keep freed memory
# for a while, so that it grows under them, and report what was leaked.
SCRAPES = 1000
.PHONY: scrapes
scrapes:
	scripts/deps test
	@$(SUBMAKE) all $(FAULT_LIBRARY)
	BIN=$(abspath $B/bin) BUILD=$(abspath $B) SCRAPES=$(SCRAPES) LIFE_SEED=$(SEED) \
	    $(if $(filter asan,$(MODE)),SCRAPES_GROWTH=) tests/life/scrapes

SECONDS ?= 60
FUZZ_B  := build/fuzz
.PHONY: fuzz
fuzz:
	scripts/deps test
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz B=$(FUZZ_B) CC=clang CXX=clang++ \
	    fuzz-programs
	@for name in $(FUZZ); do \
	    mkdir -p $(FUZZ_B)/found/$$name && echo "fuzz $$name" && \
	    $(FUZZ_B)/tests/fuzz/$$name -max_total_time=$(SECONDS) -timeout=10 -verbosity=0 \
	        -print_final_stats=1 -artifact_prefix=$(FUZZ_B)/found/$$name- \
	        $(FUZZ_B)/found/$$name tests/fuzz/corpus/$$name || exit 1; \
	done
.PHONY: fuzz-programs
fuzz-programs: $(REPLAYS)

.PHONY: bench
bench:
	scripts/deps bench
	@$(SUBMAKE) all $(BENCH_PROGRAMS)
	BIN=$(abspath $B/bin) BUILD=$(abspath $B) scripts/bench
