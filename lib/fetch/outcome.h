/* SPDX-License-Identifier: ISC
 *
 * outcome -- what the end of a request means: store what came, follow a
 * redirect, go on to the next candidate, or stop because our own side failed.
 */
#ifndef FETCH_OUTCOME_H
#define FETCH_OUTCOME_H

#include "fetch/attempt.h"

/* Redirects that are followed for one candidate. */
#define FETCH_MAX_HOPS 10

enum fetch_next {
	FETCH_STORE,  /* body.file is the artifact */
	FETCH_FOLLOW, /* location is the URL to ask for next */
	FETCH_NEXT,   /* this candidate does not have it */
	FETCH_FAIL    /* body.err */
};

struct fetch_outcome {
	enum fetch_next next;
	enum fallback_outcome outcome; /* absent for FETCH_FOLLOW */
	const char *reason;            /* a word of word.def; NULL for success */
	char *location;                /* the caller's */
};

/* Judges the answer that has come for an item. */
struct fetch_outcome fetch_judge(struct fetch_item *item,
    const struct http_answer *answer);

#endif
