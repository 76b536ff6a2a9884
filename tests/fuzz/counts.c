/* SPDX-License-Identifier: ISC
 *
 * counts -- any bytes as what stands in a counts file, which may be damaged: the cells of
 * an hour or a day, and the text of a definition. What is accepted can be written again
 * and is read as the same.
 */
#include "base/mem.h"
#include "count/cell.h"
#include "slo/selection.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
init(struct count_row *row, bool is_day)
{
	/* The last day of 9999. */
	if (is_day)
		count_row_init_day(row, INT64_C(2932896) * COUNT_DAY_MS);
	else
		count_row_init_hour(row, INT64_C(2932896) * COUNT_DAY_MS);
}

static void
check_row(const struct count_row *row)
{
	struct count_cell sum = count_row_sum(row);

	need(count_cell_is_valid(&sum));
	for (int i = 0; i < row->count; i++) {
		const struct count_cell *cell = &row->cells[i];

		if (count_cell_total(cell) == 0)
			continue;
		need(count_cell_is_valid(cell));
		need((cell->first_ms - row->from_ms) / row->cell_ms == i);
		need((cell->newest_ms - row->from_ms) / row->cell_ms == i);
	}
}

static void
read_as(const uint8_t *bytes, size_t len, bool is_day)
{
	struct count_row row, again;
	struct buf written = BUF_EMPTY;
	struct err err;

	init(&row, is_day);
	if (count_row_read(&row, bytes, len, &err) < 0) {
		need(err.exit_code == EXIT_DATA);
		check_row(&row);
		return;
	}
	check_row(&row);
	count_row_write(&written, &row);
	need(written.len <= len);
	init(&again, is_day);
	need(count_row_read(&again, written.data, written.len, &err) == 0);
	need(memcmp(row.cells, again.cells,
	    (size_t)row.count * sizeof(row.cells[0])) == 0);
	buf_release(&written);
}

static void
read_as_definition(const uint8_t *bytes, size_t len)
{
	char *text = mem_text_of((const char *)bytes, len);
	struct buf first = BUF_EMPTY, second = BUF_EMPTY, sql = BUF_EMPTY;
	struct slo_definition_copy copy, again;
	struct err err;

	if (slo_definition_read(&copy, text, &err) == 0) {
		slo_definition_text(&first, &copy.definition);
		need(slo_definition_read(&again, buf_text(&first), &err) == 0);
		slo_definition_text(&second, &again.definition);
		need(strcmp(buf_text(&first), buf_text(&second)) == 0);
		slo_definition_class_sql(&sql, &again.definition, 0);
		slo_definition_where_sql(&sql, &again.definition);
		slo_definition_copy_release(&again);
	} else
		need(err.exit_code == EXIT_DATA);
	slo_definition_copy_release(&copy);
	buf_release(&first);
	buf_release(&second);
	buf_release(&sql);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	read_as_definition(bytes, len);
	read_as(bytes, len, false);
	read_as(bytes, len, true);
	return 0;
}
