/* SPDX-License-Identifier: ISC
 *
 * verb_private -- what verb.c (verbs) and verb_options.c (their options) share; other
 * modules do not include it.
 */
#ifndef BASE_VERB_PRIVATE_H
#define BASE_VERB_PRIVATE_H

#include "base/buf.h"
#include "base/verb.h"

/* The options of some verbs of a program, and those of its other verbs. */
struct verb_options {
	struct opt *taken, *others; /* owned; their names are those of the program */
	size_t taken_count, other_count;
	struct buf *texts;          /* owned: help that is not the program's own */
	size_t text_count;
};

/* Sets *options to those of the verbs. When not all of the verbs take an option, its help
 * begins with the names of those that do: "dead ls: ...". An option that the program
 * takes without a verb needs no names. The caller releases *options. */
void verb_options_init(struct verb_options *options,
    const struct verb_program *program, const struct verb *const *verbs,
    size_t count);
void verb_options_release(struct verb_options *options);

#endif
