/* SPDX-License-Identifier: ISC */
#include "base/opt.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/prog.h"
#include "base/require.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP = 1000, VERSION, FIRST_OPTION };
#define COMMON_COUNT 4
#define MAX_OPTIONS 48
#define MAX_WORD 40
#define HELP_COLUMN 28
#define HELP_WIDTH 80

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

/* Wraps text between HELP_COLUMN and HELP_WIDTH; the cursor is at HELP_COLUMN. */
static void
print_wrapped(const char *text)
{
	size_t column = HELP_COLUMN;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)word, text);
		column += word;
		text += word + strspn(text + word, " ");
	}
	putchar('\n');
}

static void
print_option(const struct opt *option)
{
	struct buf left = BUF_EMPTY;

	buf_add_text(&left, "  ");
	if (option->letter != 0)
		buf_printf(&left, "-%c, ", option->letter);
	else
		buf_add_text(&left, "    ");
	buf_printf(&left, "--%s", option->name);
	if (option->argument != NULL)
		buf_printf(&left, " %s", option->argument);
	if (left.len >= HELP_COLUMN)
		printf("%s\n%*s", buf_text(&left), HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, buf_text(&left));
	print_wrapped(option->help);
	buf_release(&left);
}

static void
print_help(const struct opt_program *program)
{
	static const struct opt shared[COMMON_COUNT] = {
		{ .name = "quiet", .letter = 'q', .help = "only errors on stderr" },
		{ .name = "verbose", .letter = 'v',
		    .help = "more on stderr; may be repeated" },
		{ .name = "help", .letter = 'h', .help = "show this and exit" },
		{ .name = "version", .help = "show the version and exit" },
	};

	printf("usage: %s %s%s%s\n%s\n\n", log_program(),
	    program->verb != NULL ? program->verb : "",
	    program->verb != NULL ? " " : "", program->synopsis,
	    program->purpose);
	for (size_t i = 0; i < program->count; i++)
		print_option(&program->options[i]);
	for (size_t i = 0; i < COMMON_COUNT; i++)
		print_option(&shared[i]);
	if (program->more != NULL)
		printf("\n%s\n", program->more);
	if (program->examples[0] != NULL)
		printf("\nExamples:\n");
	for (size_t i = 0; i < OPT_EXAMPLE_COUNT &&
	    program->examples[i] != NULL; i++)
		printf("  %s\n", program->examples[i]);
}

static int
set_number(const struct opt *option, int64_t *target, const char *text,
    struct err *err)
{
	int64_t value = 0;
	int result;

	if (option->type == OPT_INTEGER)
		result = num_integer(text, option->min, option->max, &value);
	else if (option->type == OPT_DURATION_MS)
		result = num_duration_ms(text, &value);
	else
		result = num_size_bytes(text, &value);
	if (result == 0 && value >= option->min && value <= option->max) {
		*target = value;
		return 0;
	}
	if (option->type == OPT_INTEGER)
		return err_set(err, EXIT_USAGE,
		    "--%s: '%s' is not a whole number from %lld to %lld",
		    option->name, text, (long long)option->min,
		    (long long)option->max);
	return err_set(err, EXIT_USAGE, "--%s: '%s' is not a %s", option->name,
	    text, option->type == OPT_DURATION_MS
	    ? "duration in range, such as 250ms, 30s, 5m, 12h or 7d"
	    : "size in range, such as 65536, 64KiB or 8MiB");
}

static int
store_value(const struct opt *option, struct run *run, const char *text,
    struct err *err)
{
	struct opt_list *list;
	void *target;

	REQUIRE(option != NULL); /* getopt_long has its letters from us */
	target = (char *)run + option->offset;
	switch (option->type) {
	case OPT_FLAG:
		*(bool *)target = true;
		return 0;
	case OPT_TEXT:
		*(const char **)target = text;
		return 0;
	case OPT_LIST:
		list = target;
		list->items = mem_resize(list->items, list->count + 1,
		    sizeof(list->items[0]));
		list->items[list->count++] = text;
		return 0;
	case OPT_INTEGER:
	case OPT_DURATION_MS:
	case OPT_SIZE_BYTES:
		break;
	}
	return set_number(option, target, text, err);
}

/* Builds the tables of getopt_long: a letter is returned as itself, the long name of
 * option i as FIRST_OPTION + i. */
static void
fill_getopt(const struct opt_program *program, struct option *longs, char *shorts)
{
	size_t n = 0;

	*shorts++ = ':';
	*shorts++ = 'q';
	*shorts++ = 'v';
	*shorts++ = 'h';
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
	for (size_t i = 0; i < COMMON_COUNT; i++)
		longs[n++] = common[i];
	memset(&longs[n], 0, sizeof(longs[n]));
	*shorts = '\0';
}

static int
refuse(const struct opt_program *program, const struct option *longs,
    const char *word, struct err *err)
{
	const char *names[MAX_OPTIONS], *near = NULL;
	char given[MAX_WORD + 1];
	size_t count = 0;

	for (; longs[count].name != NULL; count++)
		names[count] = longs[count].name;
	if (word[0] == '-' && word[1] == '-') {
		snprintf(given, sizeof(given), "%.*s",
		    (int)strcspn(word + 2, "="), word + 2);
		near = opt_nearest(given, names, count);
	}
	if (near != NULL)
		return err_set(err, EXIT_USAGE,
		    "unknown option '%s'; did you mean --%s?", word, near);
	return err_set(err, EXIT_USAGE, "unknown option '%s'; see %s%s%s --help",
	    word, log_program(), program->verb != NULL ? " " : "",
	    program->verb != NULL ? program->verb : "");
}

static const struct opt *
find(const struct opt_program *program, int code)
{
	if (code >= FIRST_OPTION)
		return &program->options[code - FIRST_OPTION];
	for (size_t i = 0; i < program->count; i++)
		if (program->options[i].letter == code)
			return &program->options[i];
	return NULL;
}

/* Handles one result of getopt_long. Returns 0 to continue, 1 when help or version was
 * printed, -1 on an error. */
static int
parse_one(const struct opt_program *program, struct run *run,
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
		print_help(program);
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
	case '?':
		/* -q and -v are never unknown, so it was --quiet=VALUE. */
		if (optopt != 0 && optopt < HELP && optopt != 'q' && optopt != 'v') {
			char letter[3] = { '-', (char)optopt, '\0' };

			return refuse(program, longs, letter, err);
		}
		if (optopt != 0)
			return err_set(err, EXIT_USAGE,
			    "option '%s' takes no value", argv[optind - 1]);
		return refuse(program, longs, argv[optind - 1], err);
	default:
		/* "--db --help": a value was forgotten, most likely. */
		if (optarg != NULL && optarg == argv[optind - 1] &&
		    strncmp(optarg, "--", 2) == 0 && optarg[2] != '\0')
			return err_set(err, EXIT_USAGE, "option '%s' needs a "
			    "value; '%s' looks like an option (write ./%s for a "
			    "file of that name)", argv[optind - 2], optarg,
			    optarg);
		return store_value(find(program, code), run, optarg, err);
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
		result = parse_one(program, run, longs, code, argv, err);
		if (result < 0 && program->verb != NULL)
			err_in(err, "%s", program->verb);
		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	return optind;
}
