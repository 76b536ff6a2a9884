/* SPDX-License-Identifier: ISC */
#include "base/verb.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The index of the verb named so, verb_count when there is none. */
static size_t
find(const struct verb_program *program, const char *name)
{
	size_t i = 0;

	while (i < program->verb_count &&
	    strcmp(program->verbs[i].name, name) != 0)
		i++;
	return i;
}

/* Whether word is the first of the verb's two, or with NULL: any verb is meant
 * that has a name. */
static bool
is_of(const struct verb *verb, const char *word)
{
	size_t len = strcspn(verb->name, " ");

	if (word == NULL)
		return len > 0;
	return verb->name[len] == ' ' && strlen(word) == len &&
	    memcmp(verb->name, word, len) == 0;
}

/* The verbs that is_of, one bit each. */
static unsigned
family(const struct verb_program *program, const char *word)
{
	unsigned verbs = 0;

	for (size_t i = 0; i < program->verb_count; i++)
		if (is_of(&program->verbs[i], word))
			verbs |= 1u << i;
	return verbs;
}

/* name is no verb; NULL: none was given. What might be meant are the verbs. */
static int
refuse(const struct verb_program *program, unsigned verbs, const char *name,
    struct err *err)
{
	const char **names = mem_new(program->verb_count, sizeof(*names));
	struct buf list = BUF_EMPTY;
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < program->verb_count; i++)
		if ((verbs & 1u << i) != 0)
			names[count++] = program->verbs[i].name;
	for (size_t i = 0; i < count; i++)
		buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", "
		    : " or ", names[i]);
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
	free(names);
	return -1;
}

/* The options of the verbs in the set. */
static int
parse(const struct verb_program *program, unsigned verbs, const char *synopsis,
    const char *purpose, int argc, char **argv, struct err *err)
{
	struct opt *options = mem_new(program->option_count, sizeof(*options));
	struct opt_program one = { synopsis, purpose, options, 0, NULL };
	int result;

	for (size_t i = 0; i < program->option_count; i++)
		if ((program->options[i].verbs & verbs) != 0)
			options[one.count++] = program->options[i].opt;
	result = opt_parse(&one, argc, argv, err);
	free(options);
	return result;
}

/* The verb's name is words long: opt_parse is to see the last of them where it
 * expects the name of the program. */
static int
parse_verb(const struct verb_program *program, size_t verb, int words, int argc,
    char **argv, struct err *err)
{
	const struct verb *it = &program->verbs[verb];
	int result = parse(program, 1u << verb, it->synopsis, it->purpose,
	    argc - words, argv + words, err);

	return result > 0 ? result + words : result;
}

/* The verbs that begin with the word argv[1]. */
static int
parse_two_words(const struct verb_program *program, unsigned verbs, int argc,
    char **argv, size_t *verb, struct err *err)
{
	struct buf name = BUF_EMPTY, synopsis = BUF_EMPTY;
	bool has_second = argc > 2 && argv[2][0] != '-';
	int result;

	buf_printf(&name, "%s %s", argv[1], has_second ? argv[2] : "");
	*verb = find(program, buf_text(&name));
	if (*verb < program->verb_count) {
		result = parse_verb(program, *verb, 2, argc, argv, err);
	} else if (argc > 2 && !has_second) {
		for (size_t i = 0; i < program->verb_count; i++)
			if ((verbs & 1u << i) != 0 && synopsis.len == 0)
				buf_add_text(&synopsis,
				    program->verbs[i].synopsis);
			else if ((verbs & 1u << i) != 0)
				buf_printf(&synopsis, "\n       %s %s",
				    log_program(), program->verbs[i].synopsis);
		result = parse(program, verbs, buf_text(&synopsis),
		    "Each of these has its own --help.",
		    argc - 1, argv + 1, err);
		if (result > 0)
			result = refuse(program, verbs, NULL, err);
	} else {
		result = refuse(program, verbs,
		    has_second ? buf_text(&name) : NULL, err);
	}
	buf_release(&name);
	buf_release(&synopsis);
	return result;
}

/* What the program does without a verb. */
static int
parse_plain(const struct verb_program *program, size_t verb, int argc,
    char **argv, struct err *err)
{
	int first = parse_verb(program, verb, 0, argc, argv, err);
	const char *word = first > 0 && first < argc ? argv[first] : "";

	if (word[0] == '\0' || (find(program, word) == program->verb_count &&
	    family(program, word) == 0))
		return first;
	return err_set(err, EXIT_USAGE, "the verb comes first: %s %s; a file of "
	    "that name is ./%s", log_program(), word, word);
}

int
verb_parse(const struct verb_program *program, int argc, char **argv,
    size_t *verb, struct err *err)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	size_t plain = find(program, "");
	unsigned verbs = word == NULL ? 0 : family(program, word);
	int result;

	if (verbs != 0)
		return parse_two_words(program, verbs, argc, argv, verb, err);
	if (word != NULL && word[0] != '\0') {
		*verb = find(program, word);
		if (*verb < program->verb_count)
			return parse_verb(program, *verb, 1, argc, argv, err);
	}
	*verb = plain;
	if (plain < program->verb_count &&
	    (word == NULL || strcmp(word, "--help") != 0))
		return parse_plain(program, plain, argc, argv, err);
	if (word == NULL || word[0] != '-')
		return refuse(program, family(program, NULL), word, err);
	result = parse(program, ~0u, program->synopsis, program->purpose, argc,
	    argv, err);
	return result <= 0 ? result : err_set(err, EXIT_USAGE,
	    "the verb comes first: %s %s", log_program(), program->synopsis);
}
