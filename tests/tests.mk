# SPDX-License-Identifier: ISC
# The targets that test. Included by the Makefile.

# tests/origin: the HTTP origin that tests and the demo fetch from.
$B/tests/origin/origin: $B/tests/origin/origin.o
	@mkdir -p $(@D)
	$(CC) $(FLAGS.$(MODE)) $(LINK.$(MODE)) $(LDFLAGS) -o $@ $^ -lmicrohttpd -lcrypto -lpthread

# Unit tests: one program per tests/unit/NAME.c, of pure modules only.
UNIT := $(sort $(basename $(notdir $(wildcard tests/unit/*.c))))
UNIT_PROGRAMS := $(UNIT:%=$B/tests/unit/%)
$B/tests/unit/%: $B/tests/unit/%.o $B/libtel.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS.$(MODE)) $(LINK.$(MODE)) $(LDFLAGS) -o $@ $^ -lcmocka \
	    -lsqlite3 -lfyaml -lsimdjson -ljq -lzstd -lcurl -lcrypto -lstdc++ -lm -lpthread
