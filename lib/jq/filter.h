/* SPDX-License-Identifier: ISC
 *
 * filter -- jq programs, by libjq. Numbers pass through doubles there (jq 1.6):
 * whoever feeds it an integer beyond 2^53 gets another one back.
 */
#ifndef JQ_FILTER_H
#define JQ_FILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct filter;

/* Compiles a program; name stands in messages. EXIT_CONFIG when it does not
 * compile. *out is the caller's, for filter_close. */
MUST_USE int filter_open(struct filter **out, const char *program,
    const char *name, struct err *err);
void filter_close(struct filter *filter); /* NULL is fine */

/* tell(data) is called when libjq is out of memory, before it aborts; there is
 * one tell for the whole process. */
void filter_on_no_memory(struct filter *filter, void (*tell)(void *),
    void *data);

/* Starts it on one input: JSON text, or any text as a string. Returns 0, or -1
 * when text was to be JSON and libjq cannot read it. */
MUST_USE int filter_start(struct filter *filter, const char *text, size_t len,
    bool is_json);

/* The next output as compact JSON text, borrowed until the next call. Returns
 * 1, 0 when there are no more, -1 when the program failed or halted: then
 * *json is the message, no JSON. `input` fails, there is no other. */
MUST_USE int filter_next(struct filter *filter, const char **json, size_t *len);

/* Gives up what the program still had to do, and the memory of it. */
void filter_stop(struct filter *filter);

#endif
