/* SPDX-License-Identifier: ISC
 *
 * reading -- for the tests of counts: what a struct count says, as the lines of model.h.
 */
#ifndef TESTS_UNIT_COUNT_READING_H
#define TESTS_UNIT_COUNT_READING_H

#include "count/count.h"
#include "tests/unit/count/traffic.h"

struct reading {
	struct count *count;
	struct model_lines *lines;
	size_t value_count;
	char kind; /* of the sums that are visited: d or t */
	/* Groups come in order within each time. */
	int64_t last_from_ms, last_group_no;
};

/* Returns the values of a group in the form of the lines; the caller frees the text. */
static inline char *
reading_group(struct count *count, int64_t group_no, size_t value_count)
{
	char *values[SLO_MAX_GROUP];
	struct buf text = BUF_EMPTY;

	done(count_read_group(count, group_no, values, value_count, &err));
	for (size_t i = 0; i < value_count; i++) {
		model_add_value(&text, values[i]);
		free(values[i]);
	}
	return text.data != NULL ? text.data : mem_text("");
}

static inline void
reading_check_order(struct reading *reading, const struct count_visit *visit)
{
	assert_true(visit->from_ms > reading->last_from_ms ||
	    (visit->from_ms == reading->last_from_ms &&
	    visit->group_no > reading->last_group_no));
	reading->last_from_ms = visit->from_ms;
	reading->last_group_no = visit->group_no;
}

static inline int
reading_visit_hour(void *context, const struct count_visit *visit, struct err *failure)
{
	struct reading *reading = context;
	char *group = reading_group(reading->count, visit->group_no, reading->value_count);
	struct count_row row;
	int result;

	reading_check_order(reading, visit);
	count_row_init_hour(&row, visit->from_ms);
	result = count_row_read(&row, visit->bytes, visit->len, failure);
	model_add_row(reading->lines, &row, group);
	free(group);
	return result;
}

static inline int
reading_visit_sum(void *context, const struct count_visit *visit, struct err *failure)
{
	struct reading *reading = context;
	char *group = reading_group(reading->count, visit->group_no, reading->value_count);
	struct count_row row;
	int result;

	reading_check_order(reading, visit);
	model_add_line(reading->lines, reading->kind, visit->from_ms / COUNT_DAY_MS, group,
	    &visit->cell);
	count_row_init_day(&row, visit->from_ms);
	result = count_row_read(&row, visit->bytes, visit->len, failure);
	model_add_row(reading->lines, &row, group);
	free(group);
	return result;
}

/* The count says of the definition at that place what its events are. */
static inline void
reading_expect(struct count *count, size_t which, const struct model_definition *made)
{
	struct model_lines lines = { NULL, 0, 0 };
	struct reading reading = { count, &lines, made->definition.group_count, 'd', -1, 0 };
	char *found, *expected = model_expected(made);

	done(count_read_days(count, which, 0, INT64_MAX / 2, reading_visit_sum, &reading,
	    &err));
	reading.kind = 't';
	reading.last_from_ms = -1;
	done(count_read_totals(count, which, reading_visit_sum, &reading, &err));
	reading.last_from_ms = -1;
	done(count_read_hours(count, which, 0, INT64_MAX / 2, reading_visit_hour, &reading,
	    &err));
	found = model_finish(&lines);
	assert_string_equal(found, expected);
	free(found);
	free(expected);
}

#endif
