/* SPDX-License-Identifier: ISC
 *
 * filter -- runs jq programs with libjq. libjq 1.6 keeps numbers as doubles, so
 * an integer beyond 2^53 comes out changed.
 */
#ifndef JQ_FILTER_H
#define JQ_FILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct filter;

/* Compiles a program; messages begin with name. Fails with EXIT_CONFIG when it
 * does not compile. The caller closes *out. */
MUST_USE int filter_open(struct filter **out, const char *program,
    const char *name, struct err *err);
void filter_close(struct filter *filter); /* NULL is fine */

/* Sets a function that is called with data when libjq is out of memory, before it
 * aborts. There is one such function in the whole process. */
void filter_on_no_memory(struct filter *filter, void (*notify)(void *),
    void *data);

/* Starts the program on one input: JSON text, or any text as a string. Returns
 * 0, or -1 when is_json is set and libjq cannot read the text. */
MUST_USE int filter_start(struct filter *filter, const char *text, size_t len,
    bool is_json);

/* Sets *json to the next output as compact JSON text, borrowed until the next
 * call. Returns 1; 0 when there are no more outputs; -1 when the program failed
 * or halted: then *json is the message, which is not JSON. `input` fails, because
 * there is only one input. */
MUST_USE int filter_next(struct filter *filter, const char **json, size_t *len);

/* Stops the program before its last output, and frees the memory of the run. */
void filter_stop(struct filter *filter);

#endif
