/* SPDX-License-Identifier: ISC
 *
 * opt -- one table of options makes the parser, the checks of numbers and
 * --help. --help, --version, -q and -v belong to every program and are added
 * to every table.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum opt_type {
	OPT_FLAG,        /* bool: set to true */
	OPT_TEXT,        /* const char *: borrowed from argv */
	OPT_INTEGER,     /* int64_t within min..max */
	OPT_DURATION_MS, /* int64_t, "30d", "250ms"; within min..max when max > 0 */
	OPT_SIZE_BYTES,  /* int64_t, "8MiB" */
	OPT_LIST         /* struct opt_list: the option may be given again */
};

struct opt_list {
	const char **items; /* each borrowed from argv; the array is never freed */
	size_t count;
};

struct opt {
	const char *name;     /* long name, without the dashes */
	char letter;          /* or 0 */
	enum opt_type type;
	const char *argument; /* as the help shows it: "FILE"; NULL for a flag */
	const char *help;
	void *target;
	int64_t min, max;
};

struct opt_program {
	const char *synopsis; /* "[OPTION]... [FILE]..." */
	const char *purpose;  /* one sentence, may be several lines */
	const struct opt *options;
	size_t count;
	const char *more;     /* printed after the options, or NULL */
};

/* Parses argv[1..argc-1]; options and operands may be mixed, "--" ends the
 * options. Operands are moved to the end of argv. Returns the index of the
 * first operand; 0 when --help or --version has been printed and the program
 * is to end with success; -1 with EXIT_USAGE. */
MUST_USE int opt_parse(const struct opt_program *program, int argc, char **argv,
    struct err *err);

/* The candidate that text was most likely meant to be, or NULL when none is
 * near: at most two edits (Levenshtein), one when text is shorter than four. */
const char *opt_nearest(const char *text, const char *const *candidates,
    size_t count);

#endif
