/* SPDX-License-Identifier: ISC
 *
 * rate -- how often requests may be sent to one host:
 * "HOST[.ROLE]=3/s,180/h,1/3s". Every window is exact: no interval of its
 * length, wherever it begins, has more requests than the window allows. The
 * caller passes in the time, in ns of a clock that never goes back.
 *
 * A request is taken when it is admitted, and sent when it is on the wire,
 * after the time to connect. Before it is sent it counts as sent now;
 * afterwards it counts at the time when it was sent. So the requests sent
 * within the length of a window, plus those only taken, never exceed what the
 * window allows: a slow connection cannot push two requests closer together.
 */
#ifndef FETCH_RATE_H
#define FETCH_RATE_H

#include "base/err.h"
#include "tel/word.h"

#include <stdbool.h>
#include <stdint.h>

/* The most requests in one window, and so the number of times remembered. */
#define RATE_MAX_COUNT 100000
/* The most windows of one rate. */
#define RATE_MAX_WINDOWS 8
/* Means "not before a request that is only taken has been sent". */
#define RATE_UNKNOWN INT64_MAX

struct rate;

/* Reads one specification; text that is not understood is EXIT_USAGE. Each
 * window is N/[M]UNIT, N requests in M (default 1) ms, s, m, h, d or w. A ROLE
 * is a word of enum role; without one the rate is for all requests to the host
 * together. *out is the caller's, for rate_close. */
MUST_USE int rate_open(struct rate **out, const char *specification,
    struct err *err);
void rate_close(struct rate *rate); /* NULL is fine */

/* Whether requests to host (lower case) in that role fall under the rate. The
 * role must not be ROLE_ABSENT. */
bool rate_applies(const struct rate *rate, const char *host, enum role role);

/* The earliest time, not before now_ns, at which one more may be taken. */
int64_t rate_earliest(const struct rate *rate, int64_t now_ns);

/* Notes that one more was taken. */
void rate_take(struct rate *rate);

/* One of those taken went out at at_ns, which is not before the time of the
 * last call. One that ended without being sent is reported here too. */
void rate_sent(struct rate *rate, int64_t at_ns);

#endif
