/* SPDX-License-Identifier: ISC
 *
 * admission -- may this request go now, and if not, when? Every rule that
 * holds requests back for the sake of the servers is applied here. Each request
 * asks, redirects included; its http event names the rule that it waited for.
 */
#ifndef FETCH_ADMISSION_H
#define FETCH_ADMISSION_H

#include "base/err.h"
#include "fetch/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fetch_admission {
	struct rate **rates;
	size_t rate_count;
};

/* Reads the specifications of --rate. */
MUST_USE int fetch_admission_init(struct fetch_admission *admission,
    const char *const *specifications, size_t count, struct err *err);
void fetch_admission_release(struct fetch_admission *admission);

/* Whether any rate applies to requests to host in that role. */
bool fetch_admission_applies(const struct fetch_admission *admission,
    const char *host, enum role role);

/* The earliest time, not before now_ns, at which a request may go;
 * RATE_UNKNOWN when that depends on another that is not on the wire yet. */
int64_t fetch_admission_earliest(const struct fetch_admission *admission,
    const char *host, enum role role, int64_t now_ns);

/* Reports that a request was admitted. */
void fetch_admission_take(struct fetch_admission *admission, const char *host,
    enum role role);
/* Reports that an admitted request is on the wire, or ended without having been
 * sent. */
void fetch_admission_sent(struct fetch_admission *admission, const char *host,
    enum role role, int64_t now_ns);

#endif
