/* SPDX-License-Identifier: ISC
 *
 * schema-dump -- the parts of the program: the rules of the tables, and the languages in
 * which it prints them.
 */
#ifndef SCRIPTS_SCHEMA_DUMP_H
#define SCRIPTS_SCHEMA_DUMP_H

#include "base/buf.h"
#include "base/err.h"
#include "tel/event.h"
#include "tel/word.h"

/* Checks the lists of words, the envelope and the events. Returns 0, or -1 with the file,
 * the name and the rule that it breaks. */
MUST_USE int schema_check(struct err *err);

/* Returns the list of word.def that a field has; NULL when its words are its own. */
const struct word_list *schema_list_of(const struct event_field *field);

/* Returns the file that defines a list, a WORD_LIST_ number. */
const char *schema_list_file(int list);

/* Each appends its text to out, which stays the caller's. */
void schema_print_json(struct buf *out);
void schema_print_mdoc(struct buf *out);
void schema_print_exit(struct buf *out);

/* Appends the list of that name for a page; returns false when there is none. */
MUST_USE bool schema_print_list(struct buf *out, const char *name);

#endif
