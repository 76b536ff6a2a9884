/* SPDX-License-Identifier: ISC */
#include "tests/property/model.h"

static const char *const runs[] = { "r1", "r2", "r3", "r4", NULL };
static const char *const cohorts[] = { "canary", "stable", "", NULL };
static const char *const hosts[] = { "a.example", "b.example", "c", "d'e", "f\\g",
	"\xc3\xa9t\xc3\xa9", "h\"i", "", NULL };
static const char *const roles[] = { "metadata", "landing", "artifact", NULL };
static const char *const methods[] = { "GET", "HEAD", NULL };
static const char *const errors[] = { "timeout", "connect", "partial_body", NULL };
static const char *const names[] = { "queue", "backup", "temperature", NULL };
static const char *const outcomes[] = { "ok", "failed", "late", NULL };
static const char *const jobs[] = { "nightly", "hourly", "x\"y", NULL };
static const char *const items[] = { "i1", "i2", "i3", "i4", "i5", NULL };
static const char *const ends[] = { "success", "miss", "corrupt", "error", "skipped",
	"deferred", NULL };
static const char *const tiers[] = { "direct_oa", "mirror", NULL };
static const char *const scopes[] = { "host", "resolver", NULL };
static const char *const states[] = { "closed", "half_open", "open", NULL };

#define ENVELOPE \
	{ "run_id", COLUMN_TEXT, true, runs, 0, 0 }, \
	{ "cohort", COLUMN_TEXT, true, cohorts, 0, 0 }

static const struct column http[] = {
	ENVELOPE,
	{ "host", COLUMN_TEXT, false, hosts, 0, 0 },
	{ "role", COLUMN_WORD, false, roles, 0, 0 },
	{ "method", COLUMN_TEXT, false, methods, 0, 0 },
	{ "status", COLUMN_INTEGER, true, NULL, 100, 599 },
	{ "from_cache", COLUMN_BOOLEAN, false, NULL, 0, 1 },
	{ "elapsed_ms", COLUMN_INTEGER, true, NULL, 0, 4000 },
	{ "retry_count", COLUMN_INTEGER, true, NULL, 0, 3 },
	{ "error", COLUMN_TEXT, true, errors, 0, 0 },
};

static const struct column observation[] = {
	ENVELOPE,
	{ "name", COLUMN_TEXT, false, names, 0, 0 },
	{ "value", COLUMN_REAL, true, NULL, -40, 400 },
	{ "outcome", COLUMN_TEXT, true, outcomes, 0, 0 },
	{ "labels.job", COLUMN_TEXT, true, jobs, 0, 0 },
};

static const struct column download[] = {
	ENVELOPE,
	{ "artifact_id", COLUMN_TEXT, false, items, 0, 0 },
	{ "outcome", COLUMN_WORD, false, ends, 0, 0 },
	{ "tier", COLUMN_TEXT, true, tiers, 0, 0 },
	{ "ttfp_ms", COLUMN_INTEGER, true, NULL, 0, 9000 },
	{ "resumed", COLUMN_BOOLEAN, false, NULL, 0, 1 },
};

static const struct column breaker[] = {
	ENVELOPE,
	{ "host", COLUMN_TEXT, false, hosts, 0, 0 },
	{ "scope", COLUMN_WORD, false, scopes, 0, 0 },
	{ "old_state", COLUMN_WORD, false, states, 0, 0 },
	{ "new_state", COLUMN_WORD, false, states, 0, 0 },
	{ "reset_timeout_s", COLUMN_INTEGER, true, NULL, 0, 900 },
};

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

const struct type_of_events types[TYPE_COUNT] = {
	[TYPE_HTTP] = { "http", http, COUNT(http) },
	[TYPE_OBSERVATION] = { "observation", observation, COUNT(observation) },
	[TYPE_DOWNLOAD] = { "download", download, COUNT(download) },
	[TYPE_BREAKER] = { "breaker", breaker, COUNT(breaker) },
};
