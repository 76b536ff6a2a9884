/* SPDX-License-Identifier: ISC
 *
 * Prints the --help of a program or verb, in lines of at most 80 columns.
 */
#include "base/buf.h"
#include "base/log.h"
#include "base/opt_private.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 28
#define HELP_WIDTH 80

/* Prints text between HELP_COLUMN, where the cursor is, and HELP_WIDTH. */
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

void
opt_print_help(const struct opt_program *program)
{
	static const struct opt shared[] = {
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
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		print_option(&shared[i]);
	if (program->more != NULL)
		printf("\n%s\n", program->more);
	if (program->examples[0] != NULL)
		printf("\nExamples:\n");
	for (size_t i = 0; i < OPT_EXAMPLE_COUNT &&
	    program->examples[i] != NULL; i++)
		printf("  %s\n", program->examples[i]);
}
