/* SPDX-License-Identifier: ISC
 *
 * opt -- one table of options makes the parser, the checks of values and
 * --help. --help, --version, -q and -v belong to every program and are added
 * to every table; -h is --help. No option takes an empty value, because that is
 * most likely a variable of the shell that was not set.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt_type {
	OPT_FLAG,
	OPT_TEXT,
	OPT_INTEGER,
	OPT_DURATION_MS,
	OPT_SIZE_BYTES,
	OPT_TIME_MS,
	OPT_CHOICE,
	OPT_LIST
};

/* What an option that may be repeated was given. All zero is empty. */
struct opt_list {
	const char **items; /* the array is the list's; each text is argv's */
	size_t count;
};

/* Adds a text, which is borrowed. */
void opt_list_add(struct opt_list *list, const char *text);
void opt_list_release(struct opt_list *list);

/* Each program has one of its own: its command line, and what it works with. */
struct run;

/* A row of a table of options, to be written with the macros below. */
struct opt {
	const char *name;     /* long name, without the dashes */
	char letter;          /* or 0 */
	enum opt_type type;
	const char *argument; /* as the help shows it: "FILE"; of a choice its words:
	                       * "jsonl|table"; NULL for a flag */
	const char *help;
	size_t offset;        /* of the member of struct run that it sets */
	int64_t min, max;     /* of a number */
};

/* Each macro takes a member of struct run, "db" or "fetch.out", and only one of
 * its own type: with another it does not compile. A member is written when its
 * option is given, and else left as it is. */
#define OPT_OFFSET(type, member) _Generic(&((struct run *)0)->member, \
	type *: offsetof(struct run, member))

/* bool: set to true. */
#define OPT_FLAG_AT(long_name, short_name, member, what) \
	{ .name = (long_name), .letter = (short_name), .type = OPT_FLAG, \
	    .help = (what), .offset = OPT_OFFSET(bool, member) }
/* const char *: borrowed from argv. */
#define OPT_TEXT_AT(long_name, short_name, value, member, what) \
	{ .name = (long_name), .letter = (short_name), .type = OPT_TEXT, \
	    .argument = (value), .help = (what), \
	    .offset = OPT_OFFSET(const char *, member) }
/* struct opt_list, to be released: the option may be repeated. */
#define OPT_LIST_AT(long_name, short_name, value, member, what) \
	{ .name = (long_name), .letter = (short_name), .type = OPT_LIST, \
	    .argument = (value), .help = (what), \
	    .offset = OPT_OFFSET(struct opt_list, member) }
/* int: set to the index of the value in words, "jsonl|table". */
#define OPT_CHOICE_AT(long_name, short_name, words, member, what) \
	{ .name = (long_name), .letter = (short_name), .type = OPT_CHOICE, \
	    .argument = (words), .help = (what), \
	    .offset = OPT_OFFSET(int, member) }
/* int64_t: set to a time as tim_parse reads it, in ms since the epoch. */
#define OPT_TIME_MS_AT(long_name, short_name, member, what) \
	{ .name = (long_name), .letter = (short_name), .type = OPT_TIME_MS, \
	    .argument = "TIME", .help = (what), \
	    .offset = OPT_OFFSET(int64_t, member) }
/* int64_t within least..most: a whole number; a time such as "30d" or "250ms", in
 * ms; a size such as "8MiB", in bytes. */
#define OPT_INTEGER_AT(long_name, short_name, value, least, most, member, what) \
	OPT_NUMBER_AT(OPT_INTEGER, long_name, short_name, value, least, most, \
	    member, what)
#define OPT_DURATION_MS_AT(long_name, short_name, value, least, most, member, \
    what) \
	OPT_NUMBER_AT(OPT_DURATION_MS, long_name, short_name, value, least, \
	    most, member, what)
#define OPT_SIZE_BYTES_AT(long_name, short_name, value, least, most, member, \
    what) \
	OPT_NUMBER_AT(OPT_SIZE_BYTES, long_name, short_name, value, least, \
	    most, member, what)
#define OPT_NUMBER_AT(kind, long_name, short_name, value, least, most, member, \
    what) \
	{ .name = (long_name), .letter = (short_name), .type = (kind), \
	    .argument = (value), .help = (what), \
	    .offset = OPT_OFFSET(int64_t, member), .min = (least), .max = (most) }

#define OPT_EXAMPLE_COUNT 2

struct opt_program {
	const char *verb;     /* as given after the program's name, or NULL */
	const char *synopsis; /* "[OPTION]... [FILE]..." */
	const char *purpose;  /* one sentence, may be several lines */
	const struct opt *options;
	size_t count;
	const char *more;     /* printed after the options, or NULL */
	const char *examples[OPT_EXAMPLE_COUNT]; /* commands; NULL: none */
	const struct opt_program *whole; /* what --help describes; NULL: this */
	/* Options of other verbs. The help of each names those verbs: "dead ls". */
	const struct opt *others;
	size_t other_count;
};

/* Parses argv[1..argc-1] into run; options and operands may be mixed, "--" ends the
 * options. Operands are moved to the end of argv. Returns the index of the
 * first operand; 0 when --help or --version has been printed and the program
 * is to end with success; -1 with EXIT_USAGE, and the verb in front of the
 * text. */
MUST_USE int opt_parse(const struct opt_program *program, struct run *run,
    int argc, char **argv, struct err *err);

/* The candidate that text was most likely meant to be, or NULL when none is
 * near: at most two edits (Levenshtein), one when text is shorter than four. */
const char *opt_nearest(const char *text, const char *const *candidates,
    size_t count);

#endif
