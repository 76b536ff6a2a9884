/* SPDX-License-Identifier: ISC
 *
 * Rows of partitions are counted as those of a table, but for those that the database has
 * or knows nothing of.
 */
#include "count/segment_rows.h"
#include "tests/unit/count/archiving.h"

#define LONG_BYTES 1100000 /* more than a frame has, but for its last line */

static struct catalog catalog;

static int
enter_rows(void **state)
{
	if (enter_archive(state) < 0)
		return -1;
	for (size_t i = 0; i < DEFINITIONS; i++) {
		struct count_mark mark;

		done(count_base_register(base, wanted[i].text, NOW_MS, &wanted[i].no, &mark,
		    &err));
	}
	memset(&catalog, 0, sizeof(catalog));
	return 0;
}

static int
leave_rows(void **state)
{
	catalog_release(&catalog);
	return leave_archive(state);
}

/* Counts what the archive has of these times. Returns 0 or -1. */
static int
count_archive(int64_t from_ms, int64_t last_ms, int64_t *row_count)
{
	struct count_task tasks[DEFINITIONS];
	struct segment_rows *rows;
	int result = 0;

	catalog_release(&catalog);
	done(catalog_init(&catalog, ARCHIVED_ROOT, true, &err));
	done(segment_rows_open(&rows, db, ARCHIVED_TABLE, &err));
	for (size_t i = 0; i < catalog.count && result == 0; i++) {
		for (size_t k = 0; k < DEFINITIONS; k++)
			tasks[k] = (struct count_task){ .no = wanted[k].no,
				.definition = wanted[k].definition };
		result = segment_rows_count(rows, ARCHIVED_ROOT, &catalog.entries[i],
		    from_ms, last_ms, base, tasks, DEFINITIONS, row_count, &err);
	}
	segment_rows_close(rows);
	done(count_base_finish(base, &(struct err){ .text = "" }));
	return result;
}

/* Rows of some days are in the archive, and two of three have left the database. */
static void
rows_that_left_are_counted(void **state)
{
	int64_t from_ms = TRAFFIC_FROM_MS + COUNT_DAY_MS, read = 0, last_ms;

	(void)state;
	for (int i = 0; i < 10; i++)
		traffic_transaction(40);
	last_ms = from_ms + 2 * COUNT_DAY_MS + (int64_t)random_below(COUNT_DAY_MS);
	for (int i = -2; i < 4; i++)
		archived_write(from_ms + i * COUNT_DAY_MS, from_ms + (i + 1) * COUNT_DAY_MS);
	done(db_run(db, "DELETE FROM http_events WHERE id % 3 > 0", &err));
	for (size_t i = 0; i < model_count; i++)
		model_events[i].is_uncounted = model_events[i].id % 3 == 0 ||
		    model_events[i].ts_ms < from_ms || model_events[i].ts_ms > last_ms;
	done(count_archive(from_ms, last_ms, &read));
	expect_all(0, DEFINITIONS);
	assert_true(read > 0);
}

/* Both ends belong to it, and nothing more. */
static void
times_are_those_of_the_rows(void **state)
{
	int64_t read = 0;

	(void)state;
	begin();
	for (int i = 0; i < 5; i++)
		traffic_store(traffic_source(0), i + 1,
		    model_any_event(TRAFFIC_FROM_MS + i));
	commit();
	archived_pack(TRAFFIC_FROM_MS, TRAFFIC_FROM_MS + 5);
	done(count_archive(TRAFFIC_FROM_MS + 1, TRAFFIC_FROM_MS + 3, &read));
	model_events[0].is_uncounted = model_events[4].is_uncounted = true;
	expect_all(0, DEFINITIONS);
	assert_int_equal(read, 5); /* of the frame */
	read = 0;
	done(count_archive(TRAFFIC_FROM_MS + 5, INT64_MAX, &read));
	expect_all(0, DEFINITIONS);
	assert_int_equal(read, 0);
}

/* Writes a partition of lines, a millisecond apart. */
static void
write_lines(const char *const *lines, size_t count)
{
	struct catalog to;
	struct part_writer *writer;
	struct part_name name;

	archived_open(&to, ARCHIVED_ROOT, NULL);
	name = archived_name(&to, TRAFFIC_FROM_MS);
	done(part_writer_open(&writer, ARCHIVED_ROOT, &name, &err));
	for (size_t i = 0; i < count; i++)
		done(part_writer_add(writer, TRAFFIC_FROM_MS + (int64_t)i, lines[i],
		    strlen(lines[i]), &err));
	archived_finish(&to, writer, &name);
	catalog_release(&to);
}

/* Returns the line of an event with that identity, which the caller frees. */
static char *
line_of(const char *producer, int64_t seq, int offset_ms, size_t error_len)
{
	struct buf line = BUF_EMPTY;

	buf_printf(&line, "{\"type\":\"http\",\"ts_ms\":%" PRId64 ",\"host\":\"a\","
	    "\"role\":\"landing\",\"method\":\"GET\",\"status\":200,\"from_cache\":false,"
	    "\"elapsed_ms\":1,\"producer\":\"%s\",\"seq\":%" PRId64 ",\"error\":\"",
	    TRAFFIC_FROM_MS + offset_ms, producer, seq);
	for (size_t i = 0; i < error_len; i++)
		buf_add_char(&line, 'x');
	buf_add_text(&line, "\"}");
	return line.data;
}

/* The events of such lines. */
static void
expect_lines(int first, int end)
{
	for (int i = first; i < end; i++)
		model_events[model_count++] = (struct model_event){
			.ts_ms = TRAFFIC_FROM_MS + i, .status = 200, .elapsed_ms = 1 };
	expect_all(0, DEFINITIONS);
}

static void
know_source_0(void)
{
	begin();
	(void)traffic_source(0);
	ledger_take(ledger, traffic_source(0), 1, 2);
	ledger_count(ledger, traffic_source(0), 1, 2, 100, LEDGER_DUPLICATE, 1);
	commit();
}

static void
only_frames_with_such_times_are_read(void **state)
{
	char *lines[4];
	int64_t read = 0;

	(void)state;
	know_source_0();
	for (int i = 0; i < 4; i++)
		lines[i] = line_of("p0", 10 + i, i, LONG_BYTES);
	write_lines((const char *const *)lines, 4);
	done(count_archive(TRAFFIC_FROM_MS + 1, TRAFFIC_FROM_MS + 2, &read));
	assert_int_equal(read, 2);
	expect_lines(1, 3);
	for (int i = 0; i < 4; i++)
		free(lines[i]);
}

/* Of a source that the database has never seen, or without one, or with no number that one
 * can have. */
static void
rows_that_the_database_does_not_know_are_passed_over(void **state)
{
	char *lines[5];
	int64_t read = 0;

	(void)state;
	know_source_0();
	lines[0] = line_of("p0", 10, 0, 0);
	lines[1] = line_of("nobody", 10, 1, 0);
	lines[2] = line_of("p0", INT64_C(1) << 41, 2, 0);
	lines[3] = line_of("p0", 11, 3, 0);
	memcpy(strstr(lines[3], "\"seq\""), "\"SEQ\"", 5);
	lines[4] = line_of("p0", -1, 4, 0);
	write_lines((const char *const *)lines, 5);
	done(count_archive(0, INT64_MAX, &read));
	assert_int_equal(read, 1);
	expect_lines(0, 1);
	for (int i = 0; i < 5; i++)
		free(lines[i]);
}

static void
expect_refused(const char *words)
{
	int64_t read = 0;

	assert_int_equal(count_archive(0, INT64_MAX, &read), -1);
	if (strstr(err.text, words) == NULL)
		fail_msg("%s", err.text);
}

/* Says which line of which file is no event. */
static void
a_line_that_is_no_event_is_an_error(void **state)
{
	char *good, *bad;

	(void)state;
	know_source_0();
	good = line_of("p0", 10, 0, 0);
	bad = line_of("p0", 11, 1, 0);
	*strstr(bad, "landing") = 'L'; /* no role is so written */
	write_lines((const char *const[]){ good, bad }, 2);
	expect_refused("part-0001.jsonl.zst: frame 0: line 2");
	assert_int_equal(err.exit_code, EXIT_DATA);
	free(good);
	free(bad);
}

/* One frame has an event twice: two rows cannot have one id. */
static void
a_line_that_is_there_twice_is_an_error(void **state)
{
	char *lines[2];

	(void)state;
	know_source_0();
	for (int i = 0; i < 2; i++)
		lines[i] = line_of("p0", 10, i, 0);
	write_lines((const char *const *)lines, 2);
	expect_refused("a row is refused");
	assert_int_equal(err.exit_code, EXIT_DATA);
	for (int i = 0; i < 2; i++)
		free(lines[i]);
}

static void
a_file_that_cannot_be_read_is_an_error(void **state)
{
	struct buf path = BUF_EMPTY;
	char *line, *text;
	int64_t read = 0;

	(void)state;
	know_source_0();
	line = line_of("p0", 10, 0, 0);
	write_lines((const char *const[]){ line }, 1);
	archived_path(&path, TRAFFIC_FROM_MS);
	assert_int_equal(rename(buf_text(&path), "kept"), 0);
	expect_refused("part-0001.jsonl.zst");
	assert_int_equal(folder_put_text(buf_text(&path), "no partition"), 0);
	expect_refused("part-0001.jsonl.zst");
	assert_int_equal(rename("kept", buf_text(&path)), 0);
	done(count_archive(0, INT64_MAX, &read));
	expect_lines(0, 1);
	/* A later program may write another format. */
	text = folder_get(ARCHIVED_ROOT "/" CATALOG_FILE);
	for (char *at = text; (at = strstr(at, "jsonl.zst")) != NULL;)
		at[strlen("jsonl.")] = 'x';
	assert_int_equal(folder_put_text(ARCHIVED_ROOT "/" CATALOG_FILE, text), 0);
	expect_refused("format");
	free(text);
	free(line);
	buf_release(&path);
}

#define TEST_ROWS(function) \
	cmocka_unit_test_setup_teardown(function, enter_rows, leave_rows)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ROWS(rows_that_left_are_counted),
		TEST_ROWS(times_are_those_of_the_rows),
		TEST_ROWS(only_frames_with_such_times_are_read),
		TEST_ROWS(rows_that_the_database_does_not_know_are_passed_over),
		TEST_ROWS(a_line_that_is_no_event_is_an_error),
		TEST_ROWS(a_line_that_is_there_twice_is_an_error),
		TEST_ROWS(a_file_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests_name("segment_rows", tests, NULL, NULL);
}
