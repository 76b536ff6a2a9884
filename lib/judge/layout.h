/* SPDX-License-Identifier: ISC
 *
 * layout -- a table of text that fits the width of a terminal. Columns of names are cut,
 * with an ellipsis; columns of numbers are shown whole or not at all. Widths are counted
 * in characters of UTF-8, as if each took one column.
 */
#ifndef JUDGE_LAYOUT_H
#define JUDGE_LAYOUT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum layout_kind {
	LAYOUT_WORD,  /* to the left, whole */
	LAYOUT_NAME,  /* to the left, may be cut */
	LAYOUT_NUMBER /* to the right, whole */
};

struct layout_column {
	const char *title;
	enum layout_kind kind;
	int rank; /* where there is no room, the highest are left out first; 0: never */
	bool hides_zero; /* left out when each cell is "0" or empty */
};

/* All zero but the columns is an empty table. */
struct layout {
	const struct layout_column *columns; /* borrowed */
	size_t column_count;
	char **cells;
	const char **colors; /* of the first cell of each row, an escape sequence or "" */
	size_t row_count;
};

/* Adds a row of empty cells. color is borrowed and must be static. */
void layout_add_row(struct layout *layout, const char *color);

/* Sets a cell of the last row. The text has no control characters. */
void layout_set(struct layout *layout, size_t column, const char *text);

/* Appends the titles and the rows, each ending in a newline, in at most width columns as
 * far as that is possible. A column whose cells are all empty is left out. */
void layout_print(struct buf *out, const struct layout *layout, size_t width);

void layout_release(struct layout *layout);

#endif
