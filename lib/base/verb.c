/* SPDX-License-Identifier: ISC */
#include "base/verb.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/require.h"
#include "base/verb_private.h"

#include <stdbool.h>
#include <stdio.h>
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

/* Fails because name is not a verb, or with NULL because none was given, and suggests
 * those of the family. */
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
	if (near != NULL)
		err_set(err, EXIT_USAGE, strchr(name, ' ') != NULL
		    ? "unknown verb '%s'; did you mean '%s'?"
		    : "unknown verb '%s'; did you mean %s?", name, near);
	else if (name != NULL)
		err_set(err, EXIT_USAGE, "unknown verb '%s'; give %s; see %s --help",
		    name, buf_text(&list), log_program());
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

/* Parses with the options of these verbs; form has everything else. */
static int
parse_options(const struct verb_program *program,
    const struct verb *const *verbs, size_t count,
    const struct opt_program *form, struct run *run, int argc, char **argv,
    struct err *err)
{
	struct opt_program one = *form;
	struct verb_options options;
	int result;

	verb_options_init(&options, program, verbs, count);
	one.options = options.taken;
	one.count = options.taken_count;
	one.others = options.others;
	one.other_count = options.other_count;
	result = opt_parse(&one, run, argc, argv, err);
	verb_options_release(&options);
	return result;
}

/* Appends the operands to the synopsis of the verb. */
static void
add_synopsis(struct buf *out, const struct verb *verb)
{
	buf_printf(out, "%s%s%s", verb->synopsis, verb->operands != NULL ? " "
	    : "", verb->operands != NULL ? verb->operands : "");
}

/* The verb's name has word_count words: opt_parse is to see the last of them
 * where it expects the name of the program. */
static int
parse_verb(const struct verb_program *program, const struct verb *verb,
    int word_count, struct run *run, int argc, char **argv, struct err *err)
{
	struct buf synopsis = BUF_EMPTY, purpose = BUF_EMPTY;
	struct opt_program form = { .verb = verb->name,
		.examples = { verb->examples[0], verb->examples[1] } };
	int first;

	add_synopsis(&synopsis, verb);
	buf_printf(&purpose, "%s%s%s", verb->help, verb->more != NULL ? "\n"
	    : "", verb->more != NULL ? verb->more : "");
	form.synopsis = buf_text(&synopsis);
	form.purpose = buf_text(&purpose);
	first = parse_options(program, &verb, 1, &form, run,
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
	int result;

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_printf(&synopsis, "\n       %s %s ", log_program(),
			    word);
		buf_printf(&synopsis, "%s ", family[i]->name + strlen(word) + 1);
		add_synopsis(&synopsis, family[i]);
	}
	buf_add_text(&purpose, "Each of these has its own --help.");
	list_verbs(&purpose, family, count);
	form.synopsis = buf_text(&synopsis);
	form.purpose = buf_text(&purpose);
	result = parse_options(program, family, count, &form, run, argc - 1,
	    argv + 1, err);
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

/* Parses a command line that begins with no verb. Its options are those of the verb
 * "", or without that verb all; its --help is that of the whole program. */
static int
parse_program(const struct verb_program *program, const struct verb *plain,
    struct run *run, int argc, char **argv, struct err *err)
{
	const struct verb *named[MAX_VERBS], *all[MAX_VERBS];
	size_t named_count = find_family(program, NULL, named);
	struct opt_program form = { .synopsis = program->synopsis, .examples = {
		program->examples[0], program->examples[1] } };
	struct buf purpose = BUF_EMPTY;
	struct verb_options options;
	int result;

	for (size_t i = 0; i < program->verb_count; i++)
		all[i] = &program->verbs[i];
	buf_add_text(&purpose, program->purpose);
	list_verbs(&purpose, named, named_count);
	form.purpose = buf_text(&purpose);
	verb_options_init(&options, program, all, program->verb_count);
	form.options = options.taken;
	form.count = options.taken_count;
	if (plain == NULL)
		result = opt_parse(&form, run, argc, argv, err);
	else
		result = parse_options(program, &plain, 1,
		    &(struct opt_program){ .whole = &form }, run, argc, argv, err);
	verb_options_release(&options);
	buf_release(&purpose);
	return result;
}

/* The verb "". Its operands are files: one that is called as a verb was most likely
 * meant as the verb. */
static int
parse_plain(const struct verb_program *program, const struct verb *plain,
    struct run *run, int argc, char **argv, struct err *err)
{
	const struct verb *family[MAX_VERBS];
	int first = parse_program(program, plain, run, argc, argv, err);
	const char *word = first > 0 && first < argc ? argv[first] : "";

	REQUIRE(plain->operands != NULL);
	if (word[0] == '\0' || (find_verb(program, word) == NULL &&
	    find_family(program, word, family) == 0))
		return first;
	return err_set(err, EXIT_USAGE, "the verb comes first: %s %s; a file of "
	    "that name is ./%s", log_program(), word, word);
}

int
verb_parse(const struct verb_program *program, struct run *run, int argc,
    char **argv, const struct verb **verb, struct err *err)
{
	const struct verb *plain = find_verb(program, "");
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct verb *family[MAX_VERBS];
	size_t count = 0;
	int result;

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
	if (plain != NULL)
		return parse_plain(program, plain, run, argc, argv, err);
	count = find_family(program, NULL, family);
	if (word == NULL || word[0] != '-')
		return refuse_verb(family, count, word != NULL && word[0] != '\0'
		    ? word : NULL, err);
	result = parse_program(program, NULL, run, argc, argv, err);
	return result <= 0 ? result : err_set(err, EXIT_USAGE,
	    "the verb comes first: %s %s", log_program(), program->synopsis);
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
