/* SPDX-License-Identifier: ISC
 *
 * drift -- how the events that arrive differ from event.def: unknown keys and
 * types, with the lines that would add them to event.def, and known fields whose
 * values were refused.
 */
#ifndef INGEST_DRIFT_H
#define INGEST_DRIFT_H

#include "db/db.h"
#include "ingest/suggest.h"

/* How many events of unknown types are examined: the newest, all types together. */
#define DRIFT_SAMPLE 10000
/* How many keys of one unknown type are reported at most. */
#define DRIFT_MAX_KEYS 200

/* All texts are borrowed until the next call of the same function. */
struct drift_key {
	const char *type; /* the value of the key "type" */
	const char *key;
	struct suggest_values values;
	const char *suggestion; /* a line for event.def, NULL when there is none */
	const char *note;       /* NULL when there is none */
};

struct drift_type {
	const char *type;
	int64_t seen, first_ts_ms, last_ts_ms;
	int64_t sampled; /* how many of the events seen were examined */
	const struct drift_key *keys; /* of those; their suggestion is NULL */
	size_t key_count;
	const char *suggestion; /* lines for event.def, NULL when there is none */
	const char *note;
};

struct drift_refusal {
	const char *type; /* NULL when the line has no readable type */
	const char *field, *reason;
	int64_t count;
};

/* Functions that receive the reports. */
struct drift_watch {
	void *context;
	void (*key)(void *context, const struct drift_key *key);
	void (*type)(void *context, const struct drift_type *type);
	void (*refusal)(void *context, const struct drift_refusal *refusal);
};

/* Reports all unknown keys, then all unknown types, then all refusals, from one
 * snapshot of db, which must have no open transaction. The error is EXIT_DATA when
 * an older version made the tables. */
MUST_USE int drift_run(struct db *db, const struct drift_watch *watch,
    struct err *err);

#endif
