/* SPDX-License-Identifier: ISC
 *
 * model -- events, conditions and objectives as the judge sees them. It has its own, so
 * that it can be wrong only in its own ways: nothing here is of lib/.
 */
#ifndef TESTS_PROPERTY_MODEL_H
#define TESTS_PROPERTY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* ---- values: NULL, fractions, texts. A boolean is 0 or 1, as in SQLite. */

enum value_kind { VALUE_NULL, VALUE_NUMBER, VALUE_TEXT };

struct value {
	enum value_kind kind;
	int64_t part, whole; /* in lowest terms, whole above 0 */
	const char *text;
};

/* ---- types of events and their columns */

enum type { TYPE_HTTP, TYPE_OBSERVATION, TYPE_DOWNLOAD, TYPE_BREAKER, TYPE_COUNT };

enum column_kind {
	COLUMN_TEXT,
	COLUMN_WORD,    /* a text of a closed list */
	COLUMN_INTEGER,
	COLUMN_REAL,    /* quarters, which a double holds exactly */
	COLUMN_BOOLEAN  /* never NULL */
};

struct column {
	const char *name;
	enum column_kind kind;
	bool is_optional;
	const char *const *words; /* of a text: what occurs, ends with NULL */
	int64_t least, most;      /* of a number; of a REAL, of its quarters */
};

struct type_of_events {
	const char *name;
	const struct column *columns; /* the first two are run_id and cohort */
	int column_count;
};

#define COLUMN_RUN 0
#define COLUMN_COHORT 1
#define COLUMN_MAX 10

extern const struct type_of_events types[TYPE_COUNT];

struct event {
	enum type type;
	int64_t ts_ms;
	const char *producer; /* NULL: the event is its place in its file */
	int64_t seq;
	struct value columns[COLUMN_MAX];
};

/* ---- conditions */

enum operation {
	COLUMN, LITERAL,
	EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST,
	AND, OR, NOT, IN, NOT_IN,
	IS_NULL, IS_NOT_NULL, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE,
	ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, COALESCE
};

#define NODE_MAX 5

struct node {
	enum operation operation;
	const struct node *parts[NODE_MAX];
	int count;
	int column;
	struct value literal;
};

/* ---- objectives */

/* units / 10^scale, from 0 to 1 */
struct decimal_text {
	int64_t units;
	int scale;
	const char *text; /* as it is written in the SLO file */
};

enum form {
	FORM_PLAIN,   /* ratioMetric of one metricSource */
	FORM_RAW,     /* raw and rawType */
	FORM_OF_TOTAL,/* total, and good or bad */
	FORM_VALUE,   /* thresholdMetric with value */
	FORM_COUNT    /* thresholdMetric with presence: events of a slice are counted */
};

enum empty { EMPTY_GOOD, EMPTY_BAD, EMPTY_EXCLUDE };

struct objective {
	const char *name; /* displayName */
	struct decimal_text target, slice_target;
	enum operation compare; /* LESS AT_MOST MORE AT_LEAST, for VALUE and COUNT */
	struct value limit;
};

#define GROUP_MAX 3
#define OBJECTIVE_MAX 3

struct slo {
	const char *name;
	enum form form;
	enum type event;
	const struct node *where, *exclude; /* NULL: none */
	const struct node *condition;       /* good, or bad where is_bad */
	bool is_bad;
	const struct node *value;
	int group[GROUP_MAX], group_count;
	enum type presence;
	const struct node *presence_where;
	const char *window_text;
	int64_t window_ms;
	const char *slice_text;
	int64_t slice_ms; /* 0: events are counted */
	int64_t min_events, min_bad_events; /* 0: not given */
	int64_t min_bad_minutes; /* -1: not given */
	int64_t max_groups; /* 0: not given */
	struct decimal_text min_coverage; /* text is NULL when it is not given */
	const char *max_silence_text;
	int64_t max_silence_ms; /* 0: not given */
	bool has_empty;
	enum empty empty;
	bool is_optional;
	struct objective objectives[OBJECTIVE_MAX];
	int objective_count;
};

#endif
