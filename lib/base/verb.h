/* SPDX-License-Identifier: ISC
 *
 * verb -- the command line of a program that does several things: PROGRAM VERB
 * [OPTION]... Each verb has its own --help, made from one table of options; the
 * --help of the program shows all of them.
 *
 * A verb may have two words, "dead ls". The verb "" is what the program does
 * without one; its operands begin with no word of another verb.
 */
#ifndef BASE_VERB_H
#define BASE_VERB_H

#include "base/opt.h"

struct verb {
	const char *name;
	const char *synopsis; /* "pack --archive DIR [OPTION]..." */
	const char *purpose;  /* one sentence */
};

struct verb_option {
	unsigned verbs; /* bit i is set when verbs[i] takes it */
	struct opt opt;
};

struct verb_program {
	const char *synopsis;
	const char *purpose;
	const struct verb *verbs;
	size_t verb_count;
	const struct verb_option *options;
	size_t option_count;
};

/* Parses a command line. Returns the index of the first operand in argv and
 * sets *verb; 0 when --help or --version has been printed; -1 with
 * EXIT_USAGE. */
MUST_USE int verb_parse(const struct verb_program *program, int argc,
    char **argv, size_t *verb, struct err *err);

#endif
