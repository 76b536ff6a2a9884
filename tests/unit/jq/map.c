/* SPDX-License-Identifier: ISC
 *
 * map: the results of lines, in their order, are those of a run in this process; the end
 * of a line that fails says why.
 */
#include "jq/map.h"
#include "base/buf.h"
#include "jq/filter.h"
#include "tests/unit/jq/map_child.h"
#include "tests/unit/random.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
none_one_and_many_in_order(void **state)
{
	struct map *map = open_map("if type == \"string\" then {text: .} "
	    "else .n as $n | range($n) end", NULL);
	struct map_result result, again;
	const char *json;
	size_t len;

	(void)state;
	put_json(map, "{\"n\":0}");
	put_json(map, "{\"n\":3}");
	map_put(map, "plain \"text\"", 12, false);
	map_put(map, "", 0, false);
	result = get_result(map);
	assert_int_equal(result.end, MAP_DONE);
	assert_int_equal(result.count, 0);
	again = result = get_result(map);
	assert_int_equal(result.count, 3);
	for (int i = 0; i < 3; i++) {
		volatile char after;

		json = map_output(&result, &len);
		assert_int_equal(len, 1);
		assert_int_equal(json[0], '0' + i);
		for (size_t k = 0; k < MAP_PADDING; k++)
			after = json[len + k];
		(void)after;
	}
	assert_int_equal(map_output(&again, &len)[0], '0');
	expect_output(map, "{\"text\":\"plain \\\"text\\\"\"}");
	put_json(map, "{\"n\":1}");
	expect_output(map, "{\"text\":\"\"}");
	expect_output(map, "0");
	map_close(map);
	map_close(NULL);
}

static void
json_that_libjq_rejects_is_text(void **state)
{
	struct map *map = open_map("type", NULL);
	struct buf deep = BUF_EMPTY;

	(void)state;
	for (int i = 0; i < 2000; i++)
		buf_add_char(&deep, '[');
	for (int i = 0; i < 2000; i++)
		buf_add_char(&deep, ']');
	map_put(map, deep.data, deep.len, true);
	put_json(map, "[1]");
	expect_output(map, "\"string\"");
	expect_output(map, "\"array\"");
	map_close(map);
	buf_release(&deep);
}

static void
a_program_that_does_not_compile_fails(void **state)
{
	struct err err;
	struct map *map;
	int before = fork_count;

	(void)state;
	assert_int_equal(map_open(&map, "1 +\n nothing_known", "my.jq", NULL,
	    &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "my.jq: "));
	assert_non_null(strstr(err.text, "nothing_known"));
	assert_int_equal(map_open(&map, "error(1) | not_this", "my.jq", NULL,
	    &err), -1);
	assert_non_null(strstr(err.text, "not_this/0 is not defined"));
	assert_null(strstr(err.text, "_error"));
	assert_int_equal(fork_count, before);
}

static void
every_end_is_reported(void **state)
{
	static const struct { const char *program, *words; } cases[] = {
		{ "error(\"x\")", "x" },
		{ "error", "error(null)" },
		{ "error(null)", "error(null)" },
		{ "error({a: 1})", "{\"a\":1}" },
		{ "1, error(null)", "error(null)" },
		{ "halt", "halted" },
		{ "1, halt", "halted" },
		{ "\"bye\" | halt_error", "bye" },
		{ "{a: 1} | halt_error", "{\"a\":1}" },
		{ "null | halt_error", "null" },
		{ "input", "there is no more input" },
		{ ".a.b.c[0] | keys", "null (null) has no keys" },
	};
	struct map *map;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		map = open_map(cases[i].program, NULL);
		for (int k = 0; k < 2; k++) {
			put_json(map, "null");
			expect(map, MAP_ERROR, cases[i].words);
		}
		map_close(map);
	}
	map = open_map("if . == 1 then empty elif . == 2 then inputs "
	    "elif . == 3 then halt else debug | stderr | try error(null) catch \"caught\" end",
	    NULL);
	for (int k = 0; k < 2; k++) {
		put_json(map, "1");
		put_json(map, "2");
		put_json(map, "3");
		put_json(map, "4");
		expect(map, MAP_DONE, "");
		expect(map, MAP_DONE, "");
		expect(map, MAP_ERROR, "halted");
		expect_output(map, "\"caught\"");
	}
	map_close(map);
}

static void
too_much_output_stops_only_its_line(void **state)
{
	static const struct map_limits small = { MAP_TIME_MS,
		MAP_MEMORY_BYTES, 100, 3 };
	struct map *map = open_map("if . == 1 then repeat(1) "
	    "elif . == 2 then \"x\" * 1000 elif . == 3 then range(3) "
	    "else . end", &small);
	int before = fork_count;

	(void)state;
	put_json(map, "0");
	put_json(map, "1");
	put_json(map, "2");
	put_json(map, "3");
	put_json(map, "4");
	expect_output(map, "0");
	expect(map, MAP_TOO_MANY, "makes more than 3 events from this line");
	expect(map, MAP_STOPPED, "made more than 100 bytes from this line");
	assert_int_equal(get_result(map).count, 3);
	expect_output(map, "4");
	/* This needs no new process. */
	assert_int_equal(fork_count, before);
	map_close(map);
}

static void
output_as_large_as_allowed(void **state)
{
	struct map *map = open_map("\"x\" * 4194302, 7", NULL);
	struct map_result result;
	size_t len;

	(void)state;
	put_json(map, "0");
	put_json(map, "0");
	expect(map, MAP_STOPPED, "more than 4194304 bytes");
	expect(map, MAP_STOPPED, "more than 4194304 bytes");
	map_close(map);
	map = open_map("\"x\" * 4194302", NULL);
	for (int i = 0; i < 3; i++)
		put_json(map, "0");
	for (int i = 0; i < 3; i++) {
		result = get_result(map);
		assert_int_equal(result.count, 1);
		map_output(&result, &len);
		assert_int_equal(len, 4194304);
	}
	map_close(map);
}

#define RANDOM_LINES 2000
static const char random_program[] =
    "if .loop then def f: f; f elif .die then 1e18 | todate "
    "elif .many then repeat(1) elif .fail then error(.fail) "
    "elif .deep then reduce range(.deep) as $i (0; [.]) "
    "else range(.count) as $i | {i: $i, text: .text} end";

/* Makes a line. Returns whether it must run in a child, because it loops or
 * kills. */
static bool
make_line(struct buf *line)
{
	uint64_t kind = random_below(100);

	buf_reset(line);
	if (kind < 1)
		buf_add_text(line, "{\"loop\":true}");
	else if (kind < 3)
		buf_add_text(line, "{\"die\":true}");
	else if (kind < 4)
		buf_add_text(line, "{\"many\":true}");
	else if (kind < 8)
		buf_add_text(line, random_below(2) ? "{\"fail\":\"no\"}"
		    : "{\"fail\":null,\"count\":\"x\"}");
	else if (kind < 10)
		buf_printf(line, "{\"deep\":%d}", (int)random_below(100) + 1);
	else
		buf_printf(line, "{\"count\":%d,\"text\":\"%*s\"}",
		    (int)random_below(5), (int)random_below(kind < 12 ? 100000
		    : 200), "\xC3\xA4");
	return kind < 4;
}

/* Writes to out the outputs of a run in this process, a newline after each; or
 * "error MESSAGE". */
static void
run_here(struct filter *filter, const struct buf *line, struct buf *out)
{
	const char *json;
	size_t len;
	int result;

	buf_reset(out);
	assert_int_equal(filter_start(filter, line->data, line->len, true), 0);
	while ((result = filter_next(filter, &json, &len)) == 1) {
		buf_add(out, json, len);
		buf_add_char(out, '\n');
	}
	if (result < 0) {
		buf_reset(out);
		buf_printf(out, "error %s", json);
	}
}

static void
check_line(struct map *map, struct filter *filter, const struct buf *line,
    bool is_bad)
{
	struct buf here = BUF_EMPTY, there = BUF_EMPTY;
	struct map_result result = get_result(map);
	const char *json;
	size_t len;

	if (is_bad) {
		assert_int_equal(result.end, strstr(line->data, "many") != NULL
		    ? MAP_TOO_MANY : MAP_STOPPED);
		if (strstr(line->data, "loop") != NULL)
			assert_non_null(strstr(result.words, "ran longer"));
		return;
	}
	run_here(filter, line, &here);
	if (result.end == MAP_ERROR)
		buf_printf(&there, "error %s", result.words);
	else
		assert_int_equal(result.end, MAP_DONE);
	for (size_t i = 0; i < result.count; i++) {
		json = map_output(&result, &len);
		buf_add(&there, json, len);
		buf_add_char(&there, '\n');
	}
	assert_string_equal(buf_text(&here), buf_text(&there));
	buf_release(&here);
	buf_release(&there);
}

static void
results_are_those_of_a_run_in_process(void **state)
{
	static struct buf lines[RANDOM_LINES];
	static bool is_bad[RANDOM_LINES];
	struct map *map = open_map(random_program, &quick);
	struct filter *filter;
	struct err err;
	size_t put_count = 0;

	(void)state;
	random_start();
	assert_int_equal(filter_open(&filter, random_program, "test", &err), 0);
	for (size_t i = 0; i < RANDOM_LINES; i++)
		is_bad[i] = make_line(&lines[i]);
	for (size_t i = 0; i < RANDOM_LINES; i++) {
		size_t ahead = random_below(700);

		while (put_count < RANDOM_LINES && (put_count <= i ||
		    (random_below(4) == 0 && put_count < i + ahead))) {
			map_put(map, lines[put_count].data,
			    lines[put_count].len, true);
			put_count++;
		}
		check_line(map, filter, &lines[i], is_bad[i]);
	}
	map_close(map);
	filter_close(filter);
	for (size_t i = 0; i < RANDOM_LINES; i++)
		buf_release(&lines[i]);
}

/* Both sides have much to send at the same time; neither may block the other. */
static void
long_lines_in_both_directions(void **state)
{
	struct map *map = open_map(".", NULL);
	struct buf line = BUF_EMPTY;
	size_t len;

	(void)state;
	buf_printf(&line, "\"%*s\"", 1 << 20, "x");
	for (int i = 0; i < 40; i++)
		map_put(map, line.data, line.len, true);
	for (int i = 0; i < 40; i++) {
		struct map_result result = get_result(map);

		assert_int_equal(result.count, 1);
		assert_memory_equal(map_output(&result, &len), line.data,
		    line.len);
		assert_int_equal(len, line.len);
	}
	map_close(map);
	buf_release(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_one_and_many_in_order),
		cmocka_unit_test(json_that_libjq_rejects_is_text),
		cmocka_unit_test(a_program_that_does_not_compile_fails),
		cmocka_unit_test(every_end_is_reported),
		cmocka_unit_test(too_much_output_stops_only_its_line),
		cmocka_unit_test(output_as_large_as_allowed),
		cmocka_unit_test(results_are_those_of_a_run_in_process),
		cmocka_unit_test(long_lines_in_both_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
