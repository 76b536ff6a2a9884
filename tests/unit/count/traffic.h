/* SPDX-License-Identifier: ISC
 *
 * traffic -- for the tests of counts: random transactions that are written to a store
 * through the ledger, as tel-ingest does, and to the list of model.h. Sources send events
 * late, twice, or broken, and some broken ones are replayed.
 */
#ifndef TESTS_UNIT_COUNT_TRAFFIC_H
#define TESTS_UNIT_COUNT_TRAFFIC_H

#include "store/event_id.h"
#include "tests/unit/count/model.h"
#include "tests/unit/store/ledger_open.h"

#define TRAFFIC_SOURCES 4
#define TRAFFIC_LETTERS 200
#define TRAFFIC_FROM_MS (INT64_C(20000) * COUNT_DAY_MS)

/* A dead letter that can be replayed. */
struct traffic_letter {
	int source;
	int64_t position;
};

static struct traffic_letter traffic_letters[TRAFFIC_LETTERS];
static size_t traffic_letter_count;
static int64_t traffic_positions[TRAFFIC_SOURCES]; /* the next one of each */
static int64_t traffic_now_ms;
static struct db_statement *traffic_insert;

/* Forgets what was written; db is open. */
static inline void
traffic_start(void)
{
	model_count = traffic_letter_count = 0;
	traffic_now_ms = TRAFFIC_FROM_MS + 3 * COUNT_DAY_MS;
	for (int i = 0; i < TRAFFIC_SOURCES; i++)
		traffic_positions[i] = 1;
	done(db_prepare(db, &traffic_insert, "INSERT INTO http_events (id, ts_ms, host,"
	    " role, method, status, elapsed_ms, from_cache, cohort) VALUES (:id, :ts_ms,"
	    " :host, 'landing', 'GET', :status, :elapsed_ms, :from_cache, :cohort)", &err));
}

static inline void
traffic_stop(void)
{
	db_finalize(traffic_insert);
	traffic_insert = NULL;
}

static inline struct ledger_source *
traffic_source(int source)
{
	static const char *const names[TRAFFIC_SOURCES] = { "p0", "p1", "p2", "p3" };

	return producer(names[source]);
}

static inline struct db_value
traffic_number(const char *name, int value)
{
	return value == MODEL_NULL ? db_value_text(name, NULL)
	    : db_value_integer(name, value);
}

/* Stores an event at the position, which is new. */
static inline void
traffic_store(struct ledger_source *source, int64_t position, struct model_event event)
{
	event.id = ledger_id(source, position);
	if (model_count == MODEL_EVENTS)
		fail_msg("too many events");
	DB_BIND(traffic_insert, db_value_integer(":id", event.id),
	    db_value_integer(":ts_ms", event.ts_ms),
	    db_value_text(":host", model_hosts[event.host]),
	    traffic_number(":status", event.status),
	    traffic_number(":elapsed_ms", event.elapsed_ms),
	    db_value_integer(":from_cache", event.is_cached),
	    db_value_text(":cohort", model_cohorts[event.cohort]));
	done(db_execute(traffic_insert, &err));
	model_events[model_count++] = event;
	ledger_take(ledger, source, position, position + 1);
	ledger_count(ledger, source, position, position + 1, 100, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, source, position, event.ts_ms, NULL, 0);
}

/* An event of another type, which only the ledger knows here. */
static inline void
traffic_store_other(struct ledger_source *source, int64_t position)
{
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "INSERT INTO other_events (id, ts_ms, type, body) VALUES (%" PRId64
	    ", %" PRId64 ", 'backup', '{}')", ledger_id(source, position), traffic_now_ms);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
	ledger_take(ledger, source, position, position + 1);
	ledger_count(ledger, source, position, position + 1, 100, LEDGER_INSERTED, 1);
	ledger_count_row(ledger, source, position, traffic_now_ms, NULL, 0);
}

/* About now; sometimes days ago, sometimes at the edge of an hour or a day. */
static inline int64_t
traffic_any_time(void)
{
	int64_t at_ms = traffic_now_ms - (int64_t)random_below(300000);

	switch (random_below(12)) {
	case 0:
		return at_ms - (int64_t)random_below(3 * COUNT_DAY_MS);
	case 1:
		return at_ms - at_ms % COUNT_MINUTE_MS - (int64_t)random_below(2);
	case 2:
		return at_ms - at_ms % COUNT_HOUR_MS - (int64_t)random_below(2);
	case 3:
		return at_ms - at_ms % COUNT_DAY_MS - (int64_t)random_below(2);
	default:
		return at_ms;
	}
}

static inline void
traffic_duplicate(void)
{
	const struct model_event *event = &model_events[random_below(model_count)];
	struct ledger_source *source = NULL;
	int64_t position = store_position(event->id);

	done(ledger_numbered(ledger, store_source_no(event->id), &source, &err));
	assert_true(ledger_has(source, position));
	ledger_count(ledger, source, position, position + 1, 100, LEDGER_DUPLICATE, 1);
}

static inline void
traffic_refuse(int i, int64_t position)
{
	struct ledger_source *source = traffic_source(i);

	ledger_take_dead(ledger, source, position, position + 1);
	ledger_count(ledger, source, position, position + 1, 100, LEDGER_DEAD, 1);
	if (traffic_letter_count < TRAFFIC_LETTERS)
		traffic_letters[traffic_letter_count++] = (struct traffic_letter){ i,
			position };
}

static inline void
traffic_replay(void)
{
	size_t i = random_below(traffic_letter_count);
	struct traffic_letter letter = traffic_letters[i];
	struct ledger_source *source = traffic_source(letter.source);

	traffic_letters[i] = traffic_letters[--traffic_letter_count];
	ledger_resolve(ledger, source, letter.position);
	traffic_store(source, letter.position, model_any_event(traffic_any_time()));
}

/* One line of an input. */
static inline void
traffic_line(void)
{
	int i = (int)random_below(TRAFFIC_SOURCES);
	uint64_t what = random_below(20);

	if (what == 0 && model_count > 0) {
		traffic_duplicate();
		return;
	}
	if (what == 1 && traffic_letter_count > 0) {
		traffic_replay();
		return;
	}
	if (random_below(20) == 0)
		traffic_positions[i] += 1 + (int64_t)random_below(4);
	if (what == 2)
		traffic_refuse(i, traffic_positions[i]);
	else if (what == 3)
		traffic_store_other(traffic_source(i), traffic_positions[i]);
	else
		traffic_store(traffic_source(i), traffic_positions[i],
		    model_any_event(traffic_any_time()));
	traffic_positions[i]++;
}

/* Commits a transaction of so many lines. */
static inline void
traffic_transaction(size_t line_count)
{
	begin();
	for (size_t i = 0; i < line_count; i++)
		traffic_line();
	traffic_now_ms += 1 + (int64_t)random_below(2 * COUNT_HOUR_MS);
	done(ledger_finish(ledger, traffic_now_ms, false, &err));
	done(db_commit(db, &err));
}

/* Appends the values of a group in the form of the lines, from its key. */
static inline char *
traffic_group_text(struct db *counts, int64_t group_no, size_t value_count)
{
	struct db_statement *read;
	struct buf text = BUF_EMPTY;

	done(db_prepare(counts, &read, "SELECT key ->> '$[0]', key ->> '$[1]',"
	    " key ->> '$[2]' FROM count_groups WHERE no = :no", &err));
	DB_BIND(read, db_value_integer(":no", group_no));
	assert_int_equal(db_step(read, &err), 1);
	for (size_t i = 0; i < value_count; i++)
		model_add_value(&text, db_column_text(read, (int)i));
	db_finalize(read);
	return text.data != NULL ? text.data : mem_text("");
}

/* Adds the lines of the hours or days that a statement reads: time, group_no, bytes. */
static inline void
traffic_add_rows(struct model_lines *lines, struct db *counts, const char *sql, int64_t no,
    size_t value_count, bool is_day)
{
	struct db_statement *read;
	struct count_row row;

	done(db_prepare(counts, &read, sql, &err));
	DB_BIND(read, db_value_integer(":no", no));
	while (db_step(read, &err) == 1) {
		char *group = traffic_group_text(counts, db_column_integer(read, 1),
		    value_count);
		int64_t time = db_column_integer(read, 0);

		if (is_day)
			count_row_init_day(&row, time * COUNT_DAY_MS);
		else
			count_row_init_hour(&row, time * COUNT_HOUR_MS);
		done(count_row_read(&row, db_column_text(read, 2), db_column_bytes(read, 2),
		    &err));
		model_add_row(lines, &row, group);
		free(group);
	}
	db_finalize(read);
}

/* Adds the lines of the days and totals. */
static inline void
traffic_add_sums(struct model_lines *lines, struct db *counts, int64_t no,
    size_t value_count)
{
	struct db_statement *read;

	done(db_prepare(counts, &read, "SELECT 'd', day, group_no, good, bad, unknown,"
	    " excluded, bad_minutes, first_ms, newest_ms FROM count_days"
	    " WHERE definition_no = :no UNION ALL SELECT 't', 0, group_no, good, bad,"
	    " unknown, excluded, 0, first_ms, newest_ms FROM count_totals"
	    " WHERE definition_no = :no", &err));
	DB_BIND(read, db_value_integer(":no", no));
	while (db_step(read, &err) == 1) {
		char *group = traffic_group_text(counts, db_column_integer(read, 2),
		    value_count);
		const struct count_cell cell = { db_column_integer(read, 3),
			db_column_integer(read, 4), db_column_integer(read, 5),
			db_column_integer(read, 6), db_column_integer(read, 7),
			db_column_integer(read, 8), db_column_integer(read, 9) };

		model_add_line(lines, db_column_text(read, 0)[0],
		    db_column_integer(read, 1), group, &cell);
		free(group);
	}
	db_finalize(read);
}

/* The tables of counts say of a definition what its events are. */
static inline void
traffic_expect(struct db *counts, int64_t no, const struct model_definition *made)
{
	size_t value_count = made->definition.group_count;
	struct model_lines lines = { NULL, 0, 0 };
	char *found, *expected = model_expected(made);

	traffic_add_rows(&lines, counts, "SELECT hour, group_no, minutes FROM count_hours"
	    " WHERE definition_no = :no", no, value_count, false);
	traffic_add_rows(&lines, counts, "SELECT day, group_no, hours FROM count_days"
	    " WHERE definition_no = :no", no, value_count, true);
	traffic_add_sums(&lines, counts, no, value_count);
	found = model_finish(&lines);
	assert_string_equal(found, expected);
	free(found);
	free(expected);
}

#endif
