/* SPDX-License-Identifier: ISC */
#include "judge/layout.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2 /* blanks between columns */
#define ELLIPSIS "\xe2\x80\xa6"
/* A column of names gives way to others down to this, and then shrinks to the second. */
#define NAME_WIDTH 12
#define LEAST_NAME_WIDTH 4

/* The widths of the columns; 0 for one that is left out. */
struct plan {
	const struct layout *layout;
	size_t *widths;
};

static const char *
cell_of(const struct layout *layout, size_t row, size_t column)
{
	const char *text = layout->cells[row * layout->column_count + column];

	return text != NULL ? text : "";
}

void
layout_add_row(struct layout *layout, const char *color)
{
	size_t count = layout->column_count;

	layout->cells = mem_resize(layout->cells, (layout->row_count + 1) * count,
	    sizeof(*layout->cells));
	layout->colors = mem_resize(layout->colors, layout->row_count + 1,
	    sizeof(*layout->colors));
	for (size_t i = 0; i < count; i++)
		layout->cells[layout->row_count * count + i] = NULL;
	layout->colors[layout->row_count++] = color;
}

void
layout_set(struct layout *layout, size_t column, const char *text)
{
	char **cell;

	REQUIRE(layout->row_count > 0 && column < layout->column_count);
	cell = &layout->cells[(layout->row_count - 1) * layout->column_count + column];
	free(*cell);
	*cell = mem_text(text);
}

void
layout_release(struct layout *layout)
{
	for (size_t i = 0; i < layout->row_count * layout->column_count; i++)
		free(layout->cells[i]);
	free(layout->cells);
	free(layout->colors);
	layout->cells = NULL;
	layout->colors = NULL;
	layout->row_count = 0;
}

/* The width that all of a column needs; 0 when it says nothing. */
static size_t
natural_width(const struct layout *layout, size_t column)
{
	size_t width = utf8_width(layout->columns[column].title);
	bool is_empty = true;

	for (size_t row = 0; row < layout->row_count; row++) {
		const char *text = cell_of(layout, row, column);

		if (utf8_width(text) > width)
			width = utf8_width(text);
		if (text[0] != '\0' && !(layout->columns[column].hides_zero &&
		    strcmp(text, "0") == 0))
			is_empty = false;
	}
	return is_empty ? 0 : width;
}

/* The width of all columns, when no name takes more than name_width. */
static size_t
total_width(const struct plan *plan, size_t name_width)
{
	size_t total = 0;

	for (size_t i = 0; i < plan->layout->column_count; i++) {
		size_t width = plan->widths[i];

		if (width == 0)
			continue;
		if (plan->layout->columns[i].kind == LAYOUT_NAME && width > name_width)
			width = name_width;
		total += (total > 0 ? GAP : 0) + width;
	}
	return total;
}

/* Leaves out the column of the highest rank. Returns false when none may be. */
static bool
leave_out(struct plan *plan)
{
	const struct layout_column *columns = plan->layout->columns;
	size_t found = 0;
	int rank = 0;

	for (size_t i = 0; i < plan->layout->column_count; i++)
		if (plan->widths[i] > 0 && columns[i].rank > rank) {
			rank = columns[i].rank;
			found = i;
		}
	if (rank > 0)
		plan->widths[found] = 0;
	return rank > 0;
}

static void
fit(struct plan *plan, size_t width)
{
	const struct layout *layout = plan->layout;
	size_t name_width = LEAST_NAME_WIDTH;

	for (size_t i = 0; i < layout->column_count; i++)
		plan->widths[i] = natural_width(layout, i);
	while (total_width(plan, NAME_WIDTH) > width && leave_out(plan))
		;
	while (name_width < width && total_width(plan, name_width + 1) <= width)
		name_width++;
	for (size_t i = 0; i < layout->column_count; i++)
		if (layout->columns[i].kind == LAYOUT_NAME &&
		    plan->widths[i] > name_width)
			plan->widths[i] = name_width;
}

static void
add_blanks(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_char(out, ' ');
}

/* Appends a text or, if it is too wide, its first characters and an ellipsis; half of a
 * wide character is a blank. */
static void
add_cut(struct buf *out, const char *text, size_t width)
{
	size_t taken = width > 0 ? width - 1 : 0, len;

	if (utf8_width(text) <= width) {
		buf_add_text(out, text);
		return;
	}
	len = utf8_fit(text, &taken);
	buf_add(out, text, len);
	buf_add_text(out, ELLIPSIS);
	if (taken + 1 < width)
		add_blanks(out, width - taken - 1);
}

static void
add_cell(struct buf *out, const struct layout_column *column, const char *text,
    size_t width, const char *color)
{
	size_t taken = utf8_width(text) < width ? utf8_width(text) : width;

	if (column->kind == LAYOUT_NUMBER)
		add_blanks(out, width - taken);
	buf_add_text(out, color);
	add_cut(out, text, width);
	buf_add_text(out, color[0] != '\0' ? "\033[0m" : "");
	if (column->kind != LAYOUT_NUMBER)
		add_blanks(out, width - taken);
}

/* Appends a row, or the titles; without the blanks after its last text. */
static void
add_line(struct buf *out, const struct plan *plan, bool is_title, size_t row)
{
	const struct layout *layout = plan->layout;
	bool is_first = true;

	for (size_t i = 0; i < layout->column_count; i++) {
		const char *text = is_title ? layout->columns[i].title
		    : cell_of(layout, row, i);

		if (plan->widths[i] == 0)
			continue;
		if (!is_first)
			add_blanks(out, GAP);
		add_cell(out, &layout->columns[i], text, plan->widths[i],
		    is_first && !is_title ? layout->colors[row] : "");
		is_first = false;
	}
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_add_char(out, '\n');
}

void
layout_print(struct buf *out, const struct layout *layout, size_t width)
{
	struct plan plan = { layout, mem_resize(NULL, layout->column_count,
	    sizeof(size_t)) };

	fit(&plan, width);
	add_line(out, &plan, true, 0);
	for (size_t row = 0; row < layout->row_count; row++)
		add_line(out, &plan, false, row);
	free(plan.widths);
}
