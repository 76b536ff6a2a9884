/* SPDX-License-Identifier: ISC
 *
 * verb -- the command line of a program that does several things: PROGRAM VERB
 * [OPTION]... One table of verbs and one of options make the parser, the --help
 * of the program, which lists all of both, and the --help of each verb, which
 * lists what that verb takes.
 *
 * A verb may have two words, "dead ls". The verb "" is what the program does
 * without one; its first operand must not be the first word of a verb.
 */
#ifndef BASE_VERB_H
#define BASE_VERB_H

#include "base/opt.h"

struct verb {
	const char *name;
	unsigned takes;       /* groups of options, one bit each */
	const char *synopsis; /* after the name: "--archive DIR [OPTION]..." */
	const char *operands; /* after that: "[PATH]..."; NULL: it takes none */
	const char *help;     /* one sentence; with the longest name one line */
	const char *more;     /* further lines for the verb's own help, or NULL */
	const char *examples[OPT_EXAMPLE_COUNT];
	/* Returns the exit code, or -1. */
	int (*run)(struct run *run, struct err *err);
};

struct verb_option {
	unsigned group; /* taken by each verb whose .takes includes this bit */
	struct opt opt;
};

struct verb_program {
	const char *synopsis;
	const char *purpose;
	const struct verb *verbs; /* 32 at the most */
	size_t verb_count;
	const struct verb_option *options;
	size_t option_count;
	const char *examples[OPT_EXAMPLE_COUNT];
};

/* Parses a command line into run. Returns the index of the first operand in argv and
 * sets *verb, which is one of program->verbs; 0 when --help or --version has been
 * printed; -1 with EXIT_USAGE, also when the verb takes no operand and there is
 * one. */
MUST_USE int verb_parse(const struct verb_program *program, struct run *run,
    int argc, char **argv, const struct verb **verb, struct err *err);

/* Writes to near the first word of the verb that word was most likely meant to be.
 * Returns false when none is near. */
#define VERB_WORD_SIZE 24
MUST_USE bool verb_nearest(const struct verb *verbs, size_t count,
    const char *word, char near[VERB_WORD_SIZE]);

#endif
