/* SPDX-License-Identifier: ISC */
#include "base/opt.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt_private.h"
#include "base/prog.h"
#include "base/require.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP = 1000, VERSION, OTHER, FIRST_OPTION };
#define COMMON_COUNT 4
#define MAX_OPTIONS 48
#define MAX_WORD 40

static const struct option common[COMMON_COUNT] = {
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
};

void
opt_list_release(struct opt_list *list)
{
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

static int
least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static int
edits(const char *a, const char *b)
{
	int row[MAX_WORD + 1], len_b = (int)strlen(b);

	if (strlen(a) > MAX_WORD || len_b > MAX_WORD)
		return MAX_WORD;
	for (int k = 0; k <= len_b; k++)
		row[k] = k;
	for (int i = 1; a[i - 1] != '\0'; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int k = 1; k <= len_b; k++) {
			int above = row[k];

			row[k] = least(row[k] + 1, row[k - 1] + 1,
			    diagonal + (a[i - 1] != b[k - 1]));
			diagonal = above;
		}
	}
	return row[len_b];
}

const char *
opt_nearest(const char *text, const char *const *candidates, size_t count)
{
	const char *best = NULL;
	int best_edits = 3;

	/* Two edits would make a short word match anything. */
	if (strlen(text) < 4)
		best_edits = 2;
	for (size_t i = 0; i < count; i++) {
		int distance = edits(text, candidates[i]);

		if (distance < best_edits) {
			best_edits = distance;
			best = candidates[i];
		}
	}
	return best;
}

/* Whether a long option of the program begins with the name. */
static bool
begins_own(const struct opt_program *program, const char *name)
{
	for (size_t i = 0; i < program->count; i++)
		if (strncmp(program->options[i].name, name, strlen(name)) == 0)
			return true;
	return false;
}

/* Makes the tables of getopt_long: an option with a letter is answered with it when it
 * is given so, and each long one with FIRST_OPTION + its index. The common options come
 * first, so that of names that are equally near theirs are suggested. Options of other
 * verbs that would be taken for an abbreviation are answered with OTHER. */
static void
fill_getopt(const struct opt_program *program, struct option *longs, char *shorts)
{
	size_t n = 0;

	*shorts++ = ':';
	*shorts++ = 'q';
	*shorts++ = 'v';
	*shorts++ = 'h';
	for (size_t i = 0; i < COMMON_COUNT; i++)
		longs[n++] = common[i];
	for (size_t i = 0; i < program->count; i++) {
		const struct opt *option = &program->options[i];

		longs[n].name = option->name;
		longs[n].has_arg = option->argument != NULL;
		longs[n].flag = NULL;
		longs[n++].val = FIRST_OPTION + (int)i;
		if (option->letter != 0) {
			*shorts++ = option->letter;
			if (option->argument != NULL)
				*shorts++ = ':';
		}
	}
	for (size_t i = 0; i < program->other_count && n + 1 < MAX_OPTIONS; i++)
		if (begins_own(program, program->others[i].name))
			longs[n++] = (struct option){ program->others[i].name,
				optional_argument, NULL, OTHER };
	memset(&longs[n], 0, sizeof(longs[n]));
	*shorts = '\0';
}

/* Returns the option of another verb that word, "-x" or "--name", stands for; NULL when
 * there is none. */
static const struct opt *
find_other(const struct opt_program *program, const char *word)
{
	for (size_t i = 0; i < program->other_count; i++) {
		const struct opt *other = &program->others[i];

		if (word[1] == '-' ? strcmp(word + 2, other->name) == 0
		    : word[1] == other->letter)
			return other;
	}
	return NULL;
}

/* Appends the long options that begin with name: "--hash or --help". Returns how many
 * there are. */
static size_t
list_ambiguous(struct buf *out, const struct option *longs, const char *name)
{
	size_t count = 0;

	for (; longs->name != NULL; longs++)
		if (longs->val != OTHER && strncmp(longs->name, name, strlen(name)) == 0)
			buf_printf(out, "%s--%s", count++ > 0 ? " or " : "",
			    longs->name);
	return count;
}

/* Appends to what is said of word, an unknown "--name" or "--name=value", the options
 * that were probably meant. Returns whether there are any. */
static bool
suggest(struct buf *out, const struct option *longs, const char *word)
{
	const char *names[MAX_OPTIONS], *near;
	char name[MAX_WORD + 1];
	const struct option *first = longs;
	struct buf ambiguous = BUF_EMPTY;
	size_t count = 0;

	for (; longs->name != NULL; longs++)
		if (longs->val != OTHER)
			names[count++] = longs->name;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	near = opt_nearest(name, names, count);
	if (name[0] != '\0' && list_ambiguous(&ambiguous, first, name) > 1)
		buf_printf(out, "it may be %s", buf_text(&ambiguous));
	else if (near != NULL)
		buf_printf(out, "did you mean --%s?", near);
	buf_release(&ambiguous);
	return out->len > 0;
}

static int
refuse(const struct opt_program *program, const struct option *longs,
    const char *word, struct err *err)
{
	const struct opt *other = find_other(program, word);
	struct buf advice = BUF_EMPTY;

	if (other != NULL)
		buf_printf(&advice, "it belongs to %s", other->help);
	else if (word[1] != '-' || !suggest(&advice, longs, word))
		buf_printf(&advice, "see %s%s%s --help", log_program(),
		    program->verb != NULL ? " " : "",
		    program->verb != NULL ? program->verb : "");
	err_set(err, EXIT_USAGE, "unknown option '%s'; %s", word,
	    buf_text(&advice));
	buf_release(&advice);
	return -1;
}

/* Returns the option that getopt_long answered with code. */
static const struct opt *
find_option(const struct opt_program *program, int code)
{
	if (code >= FIRST_OPTION)
		return &program->options[code - FIRST_OPTION];
	for (size_t i = 0; i < program->count; i++)
		if (program->options[i].letter == code)
			return &program->options[i];
	return NULL;
}

/* Refuses the word before optind, for which getopt_long answered '?'. */
static int
refuse_word(const struct opt_program *program, const struct option *longs,
    char **argv, struct err *err)
{
	/* -q and -v are never unknown, so it was --quiet=VALUE. */
	if (optopt != 0 && optopt < HELP && optopt != 'q' && optopt != 'v') {
		char letter[3] = { '-', (char)optopt, '\0' };

		return refuse(program, longs, letter, err);
	}
	if (optopt != 0)
		return err_set(err, EXIT_USAGE, "option '%s' takes no value",
		    argv[optind - 1]);
	return refuse(program, longs, argv[optind - 1], err);
}

static int
take_option(const struct opt_program *program, struct run *run, int code,
    char **argv, struct err *err)
{
	const struct opt *option = find_option(program, code);

	REQUIRE(option != NULL); /* getopt_long has its letters from us */
	/* "--db --help": a value was forgotten, most likely. */
	if (optarg != NULL && optarg == argv[optind - 1] &&
	    strncmp(optarg, "--", 2) == 0 && optarg[2] != '\0')
		return err_set(err, EXIT_USAGE, "option '%s' needs a value; "
		    "'%s' looks like an option (write ./%s for a file of that "
		    "name)", argv[optind - 2], optarg, optarg);
	return opt_set(option, run, optarg, err);
}

/* Handles one answer of getopt_long. Returns 0 to go on, 1 when help or version was
 * printed, -1 on an error. */
static int
handle_answer(const struct opt_program *program, struct run *run,
    const struct option *longs, int code, char **argv, struct err *err)
{
	switch (code) {
	case 'q':
		log_set_level(LOG_ERROR);
		return 0;
	case 'v':
		if (log_get_level() < LOG_DEBUG)
			log_set_level(log_get_level() + 1);
		return 0;
	case 'h':
	case HELP:
		opt_print_help(program->whole != NULL ? program->whole : program);
		return 1;
	case VERSION:
		printf("%s %s", log_program(), PROG_VERSION);
		if (prog_commit[0] != '\0')
			printf(" (%s)", prog_commit);
		putchar('\n');
		return 1;
	case ':':
		return err_set(err, EXIT_USAGE, "option '%s' needs a value",
		    argv[optind - 1]);
	case OTHER:
		return refuse(program, longs, argv[optind - 1], err);
	case '?':
		return refuse_word(program, longs, argv, err);
	default:
		return take_option(program, run, code, argv, err);
	}
}

int
opt_parse(const struct opt_program *program, struct run *run, int argc,
    char **argv, struct err *err)
{
	struct option longs[MAX_OPTIONS];
	char shorts[2 * MAX_OPTIONS];
	int code, result;

	if (program->count > MAX_OPTIONS - COMMON_COUNT - 1)
		return err_set(err, EXIT_BUG, "more than %d options",
		    MAX_OPTIONS - COMMON_COUNT - 1);
	fill_getopt(program, longs, shorts);
	opterr = 0;
	optind = 0;
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		result = handle_answer(program, run, longs, code, argv, err);
		if (result < 0 && program->verb != NULL)
			err_in(err, "%s", program->verb);
		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	return optind;
}
