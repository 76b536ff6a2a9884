/* SPDX-License-Identifier: ISC */
#include "base/verb.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VERBS 32

/* Returns NULL when there is none of that name. */
static const struct verb *
find_verb(const struct verb_program *program, const char *name)
{
	for (size_t i = 0; i < program->verb_count; i++)
		if (strcmp(program->verbs[i].name, name) == 0)
			return &program->verbs[i];
	return NULL;
}

/* Whether word is the first of the verb's two. */
static bool
has_first_word(const struct verb *verb, const char *word)
{
	size_t len = strcspn(verb->name, " ");

	return verb->name[len] == ' ' && strlen(word) == len &&
	    memcmp(verb->name, word, len) == 0;
}

/* The verbs with this first word, or with NULL all that have a name. Returns how
 * many there are. */
static size_t
find_family(const struct verb_program *program, const char *word,
    const struct verb *family[MAX_VERBS])
{
	size_t count = 0;

	for (size_t i = 0; i < program->verb_count; i++) {
		const struct verb *verb = &program->verbs[i];

		if (word == NULL ? verb->name[0] != '\0'
		    : has_first_word(verb, word))
			family[count++] = verb;
	}
	return count;
}

/* Fails because name is not a verb, or with NULL because none was given, and
 * suggests those of the family. */
static int
refuse_verb(const struct verb *const *family, size_t count, const char *name,
    struct err *err)
{
	const char *names[MAX_VERBS], *near;
	struct buf list = BUF_EMPTY;

	for (size_t i = 0; i < count; i++) {
		names[i] = family[i]->name;
		buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", "
		    : " or ", names[i]);
	}
	near = name == NULL ? NULL : opt_nearest(name, names, count);
	if (near != NULL && strchr(name, ' ') != NULL)
		err_set(err, EXIT_USAGE, "unknown verb '%s'; did you mean "
		    "'%s'?", name, near);
	else if (near != NULL)
		err_set(err, EXIT_USAGE, "unknown verb '%s'; did you mean %s?",
		    name, near);
	else
		err_set(err, EXIT_USAGE, "which verb? %s; see %s --help",
		    buf_text(&list), log_program());
	buf_release(&list);
	return -1;
}

/* The names of the verbs, each with its sentence. */
static void
list_verbs(struct buf *out, const struct verb *const *verbs, size_t count)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		if (strlen(verbs[i]->name) > width)
			width = strlen(verbs[i]->name);
	buf_add_text(out, "\n\nVerbs:");
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "\n  %-*s  %s", (int)width, verbs[i]->name,
		    verbs[i]->help);
}

/* Parses with the options of the groups; form has everything else. */
static int
parse_groups(const struct verb_program *program, unsigned groups,
    const struct opt_program *form, struct run *run, int argc, char **argv,
    struct err *err)
{
	struct opt *options = mem_new(program->option_count, sizeof(*options));
	struct opt_program one = *form;
	int result;

	one.options = options;
	for (size_t i = 0; i < program->option_count; i++)
		if ((program->options[i].group & groups) != 0)
			options[one.count++] = program->options[i].opt;
	result = opt_parse(&one, run, argc, argv, err);
	free(options);
	return result;
}

/* The verb's name has word_count words: opt_parse is to see the last of them
 * where it expects the name of the program. */
static int
parse_verb(const struct verb_program *program, const struct verb *verb,
    int word_count, struct run *run, int argc, char **argv, struct err *err)
{
	struct buf synopsis = BUF_EMPTY, purpose = BUF_EMPTY;
	struct opt_program form = { .verb = word_count > 0 ? verb->name : NULL,
		.examples = { verb->examples[0], verb->examples[1] } };
	int first;

	buf_printf(&synopsis, "%s%s%s", verb->synopsis, verb->operands != NULL
	    ? " " : "", verb->operands != NULL ? verb->operands : "");
	buf_printf(&purpose, "%s%s%s", verb->help, verb->more != NULL ? "\n"
	    : "", verb->more != NULL ? verb->more : "");
	form.synopsis = buf_text(&synopsis);
	form.purpose = buf_text(&purpose);
	first = parse_groups(program, verb->takes, &form, run,
	    argc - word_count, argv + word_count, err);
	buf_release(&synopsis);
	buf_release(&purpose);
	if (first <= 0)
		return first;
	first += word_count;
	if (verb->operands == NULL && first < argc)
		return err_set(err, EXIT_USAGE, "%s takes no operands: '%s'",
		    verb->name, argv[first]);
	return first;
}

/* The first word of several verbs, without a second one: only --help and --version
 * are allowed after it. */
static int
parse_family(const struct verb_program *program, const char *word,
    const struct verb *const *family, size_t count, struct run *run, int argc,
    char **argv, struct err *err)
{
	struct buf synopsis = BUF_EMPTY, purpose = BUF_EMPTY;
	struct opt_program form = { .verb = word, .examples = {
		family[0]->examples[0], family[count - 1]->examples[0] } };
	unsigned groups = 0;
	int result;

	for (size_t i = 0; i < count; i++) {
		const struct verb *verb = family[i];

		groups |= verb->takes;
		if (i > 0)
			buf_printf(&synopsis, "\n       %s %s ", log_program(),
			    word);
		buf_printf(&synopsis, "%s %s%s%s", verb->name + strlen(word) + 1,
		    verb->synopsis, verb->operands != NULL ? " " : "",
		    verb->operands != NULL ? verb->operands : "");
	}
	buf_add_text(&purpose, "Each of these has its own --help.");
	list_verbs(&purpose, family, count);
	form.synopsis = buf_text(&synopsis);
	form.purpose = buf_text(&purpose);
	result = parse_groups(program, groups, &form, run, argc - 1, argv + 1,
	    err);
	if (result > 0)
		result = refuse_verb(family, count, NULL, err);
	buf_release(&synopsis);
	buf_release(&purpose);
	return result;
}

/* argv[1] is the first word of the verbs of the family. */
static int
parse_two_words(const struct verb_program *program,
    const struct verb *const *family, size_t count, struct run *run, int argc,
    char **argv, const struct verb **verb, struct err *err)
{
	bool has_second = argc > 2 && argv[2][0] != '-';
	struct buf name = BUF_EMPTY;
	int result;

	buf_printf(&name, "%s %s", argv[1], has_second ? argv[2] : "");
	*verb = find_verb(program, buf_text(&name));
	if (*verb != NULL)
		result = parse_verb(program, *verb, 2, run, argc, argv, err);
	else if (argc > 2 && !has_second)
		result = parse_family(program, argv[1], family, count, run,
		    argc, argv, err);
	else
		result = refuse_verb(family, count,
		    has_second ? buf_text(&name) : NULL, err);
	buf_release(&name);
	return result;
}

/* Parses a command line without a verb. */
static int
parse_plain(const struct verb_program *program, const struct verb *plain,
    struct run *run, int argc, char **argv, struct err *err)
{
	const struct verb *family[MAX_VERBS];
	int first = parse_verb(program, plain, 0, run, argc, argv, err);
	const char *word = first > 0 && first < argc ? argv[first] : "";

	if (word[0] == '\0' || (find_verb(program, word) == NULL &&
	    find_family(program, word, family) == 0))
		return first;
	return err_set(err, EXIT_USAGE, "the verb comes first: %s %s; a file of "
	    "that name is ./%s", log_program(), word, word);
}

/* Options before the verb, or none: only --help and --version are allowed. */
static int
parse_program(const struct verb_program *program,
    const struct verb *const *verbs, size_t count, struct run *run, int argc,
    char **argv, struct err *err)
{
	struct buf purpose = BUF_EMPTY;
	struct opt_program form = { .synopsis = program->synopsis, .examples = {
		program->examples[0], program->examples[1] } };
	int result;

	buf_add_text(&purpose, program->purpose);
	list_verbs(&purpose, verbs, count);
	form.purpose = buf_text(&purpose);
	result = parse_groups(program, ~0u, &form, run, argc, argv, err);
	buf_release(&purpose);
	return result <= 0 ? result : err_set(err, EXIT_USAGE,
	    "the verb comes first: %s %s", log_program(), program->synopsis);
}

int
verb_parse(const struct verb_program *program, struct run *run, int argc,
    char **argv, const struct verb **verb, struct err *err)
{
	const struct verb *plain = find_verb(program, "");
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct verb *family[MAX_VERBS];
	size_t count = 0;

	REQUIRE(program->verb_count <= MAX_VERBS);
	if (word != NULL)
		count = find_family(program, word, family);
	if (count > 0)
		return parse_two_words(program, family, count, run, argc, argv,
		    verb, err);
	*verb = word != NULL && word[0] != '\0' ? find_verb(program, word)
	    : NULL;
	if (*verb != NULL)
		return parse_verb(program, *verb, 1, run, argc, argv, err);
	*verb = plain;
	if (plain != NULL && (word == NULL || (strcmp(word, "--help") != 0 &&
	    strcmp(word, "-h") != 0)))
		return parse_plain(program, plain, run, argc, argv, err);
	count = find_family(program, NULL, family);
	if (word == NULL || word[0] != '-')
		return refuse_verb(family, count, word, err);
	return parse_program(program, family, count, run, argc, argv, err);
}

bool
verb_nearest(const struct verb *verbs, size_t count, const char *word,
    char near[VERB_WORD_SIZE])
{
	char firsts[MAX_VERBS][VERB_WORD_SIZE];
	const char *names[MAX_VERBS], *best;
	size_t name_count = 0;

	REQUIRE(count <= MAX_VERBS);
	for (size_t i = 0; i < count; i++) {
		if (verbs[i].name[0] == '\0')
			continue;
		snprintf(firsts[i], VERB_WORD_SIZE, "%.*s",
		    (int)strcspn(verbs[i].name, " "), verbs[i].name);
		names[name_count++] = firsts[i];
	}
	best = opt_nearest(word, names, name_count);
	if (best != NULL)
		snprintf(near, VERB_WORD_SIZE, "%s", best);
	return best != NULL;
}
