/* SPDX-License-Identifier: ISC
 *
 * Chooses the options of some verbs, with help that says which verbs take them.
 */
#include "base/log.h"
#include "base/mem.h"
#include "base/verb_private.h"

#include <stdlib.h>

static bool
takes(const struct verb *verb, const struct verb_option *option)
{
	return (verb->takes & option->group) != 0;
}

/* The verbs that an option is looked up in. */
struct family {
	const struct verb *const *verbs;
	size_t count;
};

static size_t
count_takers(const struct family *family, const struct verb_option *option)
{
	size_t count = 0;

	for (size_t i = 0; i < family->count; i++)
		count += takes(family->verbs[i], option);
	return count;
}

/* Whether the program takes the option without a verb. */
static bool
needs_no_verb(const struct family *family, const struct verb_option *option)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->verbs[i]->name[0] == '\0' &&
		    takes(family->verbs[i], option))
			return true;
	return false;
}

/* Appends the verbs that take the option: "audit, drift and dead ls". */
static void
list_takers(struct buf *out, const struct family *family,
    const struct verb_option *option)
{
	size_t left = count_takers(family, option);

	for (size_t i = 0; i < family->count; i++) {
		const char *name = family->verbs[i]->name;

		if (!takes(family->verbs[i], option))
			continue;
		left--;
		if (name[0] == '\0')
			buf_printf(out, "%s without a verb", log_program());
		else
			buf_add_text(out, name);
		buf_add_text(out, left > 1 ? ", " : left == 1 ? " and " : "");
	}
}

static void
add_taken(struct verb_options *options, const struct family *family,
    const struct verb_option *option)
{
	struct opt *taken = &options->taken[options->taken_count++];
	struct buf *help = &options->texts[options->text_count];

	*taken = option->opt;
	if (count_takers(family, option) == family->count ||
	    needs_no_verb(family, option))
		return;
	list_takers(help, family, option);
	buf_printf(help, ": %s", option->opt.help);
	taken->help = buf_text(help);
	options->text_count++;
}

static void
add_other(struct verb_options *options, const struct family *all,
    const struct verb_option *option)
{
	struct opt *other = &options->others[options->other_count++];
	struct buf *takers = &options->texts[options->text_count++];

	*other = option->opt;
	list_takers(takers, all, option);
	other->help = buf_text(takers);
}

void
verb_options_init(struct verb_options *options,
    const struct verb_program *program, const struct verb *const *verbs,
    size_t count)
{
	const struct family family = { verbs, count };
	const struct verb **all = mem_new(program->verb_count, sizeof(*all));

	*options = (struct verb_options){
		.taken = mem_new(program->option_count, sizeof(struct opt)),
		.others = mem_new(program->option_count, sizeof(struct opt)),
		.texts = mem_new(program->option_count, sizeof(struct buf)),
	};
	for (size_t i = 0; i < program->verb_count; i++)
		all[i] = &program->verbs[i];
	for (size_t i = 0; i < program->option_count; i++) {
		const struct verb_option *option = &program->options[i];

		if (count_takers(&family, option) > 0)
			add_taken(options, &family, option);
		else
			add_other(options, &(struct family){ all,
			    program->verb_count }, option);
	}
	free(all);
}

void
verb_options_release(struct verb_options *options)
{
	for (size_t i = 0; i < options->text_count; i++)
		buf_release(&options->texts[i]);
	free(options->texts);
	free(options->others);
	free(options->taken);
}
