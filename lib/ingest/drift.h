/* SPDX-License-Identifier: ISC
 *
 * drift -- where the events that come differ from event.def: keys and types that
 * it does not know, with lines for it that would take them, and known fields
 * whose values were refused.
 */
#ifndef INGEST_DRIFT_H
#define INGEST_DRIFT_H

#include "db/db.h"
#include "ingest/suggest.h"

/* How many events of each unknown type are examined, the newest first. */
#define DRIFT_SAMPLE 10000
/* Most keys of one unknown type that are reported. */
#define DRIFT_MAX_KEYS 200

/* All texts are borrowed until the next call of the same function. */
struct drift_key {
	const char *type; /* the value of the key "type" */
	const char *key;
	struct suggest_values values;
	const char *suggestion; /* a line, NULL when there is none */
	const char *note;       /* NULL when there is none */
};

struct drift_type {
	const char *type;
	int64_t seen, first_ts_ms, last_ts_ms;
	int64_t sampled; /* how many of them were examined */
	const struct drift_key *keys; /* seen in these; suggestion is NULL */
	size_t key_count;
	const char *suggestion; /* lines, NULL when there is none */
	const char *note;
};

struct drift_refusal {
	const char *type; /* NULL when the line does not say */
	const char *field, *reason;
	int64_t count;
};

struct drift_watch {
	void *context;
	void (*key)(void *context, const struct drift_key *key);
	void (*type)(void *context, const struct drift_type *type);
	void (*refusal)(void *context, const struct drift_refusal *refusal);
};

/* Reports everything, in that order, from one snapshot of db, which must have no
 * open transaction. EXIT_DATA when an older program made the tables. */
MUST_USE int drift_run(struct db *db, const struct drift_watch *watch,
    struct err *err);

#endif
