/* SPDX-License-Identifier: ISC */
#include "base/verb.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int
refuse(const struct verb_program *program, const char *word, struct err *err)
{
	const char **names = mem_new(program->verb_count, sizeof(*names));
	struct buf list = BUF_EMPTY;
	const char *near;

	for (size_t i = 0; i < program->verb_count; i++) {
		names[i] = program->verbs[i].name;
		buf_printf(&list, "%s%s", i == 0 ? ""
		    : i + 1 < program->verb_count ? ", " : " or ", names[i]);
	}
	near = word == NULL ? NULL
	    : opt_nearest(word, names, program->verb_count);
	if (near != NULL)
		err_set(err, EXIT_USAGE, "unknown verb '%s'; did you mean %s?",
		    word, near);
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

int
verb_parse(const struct verb_program *program, int argc, char **argv,
    size_t *verb, struct err *err)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	int result;

	if (word != NULL && word[0] == '-') {
		result = parse(program, ~0u, program->synopsis,
		    program->purpose, argc, argv, err);
		return result <= 0 ? result : err_set(err, EXIT_USAGE,
		    "the verb comes first: %s %s", log_program(),
		    program->synopsis);
	}
	for (*verb = 0; *verb < program->verb_count; ++*verb)
		if (word != NULL &&
		    strcmp(program->verbs[*verb].name, word) == 0)
			break;
	if (*verb == program->verb_count)
		return refuse(program, word, err);
	/* The verb stands where opt_parse expects the name of the program. */
	result = parse(program, 1u << *verb, program->verbs[*verb].synopsis,
	    program->verbs[*verb].purpose, argc - 1, argv + 1, err);
	return result > 0 ? result + 1 : result;
}
