/* SPDX-License-Identifier: ISC */
#include "count/corrections.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct count_levels
count_levels_of_cell(const struct count_cell *cell)
{
	return (struct count_levels){ { (double)cell->good, (double)cell->bad,
		(double)cell->unknown, (double)cell->excluded }, 4 };
}

struct count_levels
count_levels_of_value(const struct count_value *value, size_t bound_count)
{
	struct count_levels levels = { { (double)value->count, (double)value->unknown,
		count_value_sum(value) }, COUNT_LEVEL_BUCKETS + bound_count + 1 };

	for (size_t i = 0; i <= bound_count; i++)
		levels.items[COUNT_LEVEL_BUCKETS + i] = (double)value->buckets[i];
	return levels;
}

/* The seal of a row with two blobs is that of both, one after the other. */
static int64_t
seal_of(int64_t no, int64_t group_no, const struct count_levels *kept,
    const struct count_levels *added)
{
	struct buf bytes = BUF_EMPTY;
	int64_t seal;

	buf_add(&bytes, kept->items, kept->count * sizeof(kept->items[0]));
	buf_add(&bytes, added->items, added->count * sizeof(added->items[0]));
	seal = count_seal(&(struct count_sealed){ no, (int64_t)kept->count, group_no, NULL,
	    bytes.data, bytes.len });
	buf_release(&bytes);
	return seal;
}

/* Reads the levels in a column, which is NULL for none. */
static int
read_levels(struct db_statement *row, int column, struct count_levels *out,
    struct err *err)
{
	size_t len = db_column_bytes(row, column);

	*out = (struct count_levels){ .count = len / sizeof(out->items[0]) };
	if (len % sizeof(out->items[0]) != 0 || len > sizeof(out->items))
		return err_set(err, EXIT_DATA, "counts are damaged: %zu bytes are no "
		    "corrections", len);
	if (len > 0)
		memcpy(out->items, db_column_blob(row, column), len);
	return 0;
}

/* What was kept of a group before its definition began anew, and what is added for ever. */
struct correction {
	int64_t group_no;
	struct count_levels kept, added; /* without items: none */
};

struct corrections {
	struct correction *items; /* in the order of their groups */
	size_t count;
};

static int
read_corrections(struct count_base *base, int64_t no, struct corrections *out,
    struct err *err)
{
	struct db_statement *rows;
	int result;

	*out = (struct corrections){ NULL, 0 };
	if (count_base_prepare(base, &rows, "SELECT group_no, kept, added, seal"
	    " FROM count_corrections WHERE definition_no = :no ORDER BY group_no", err) < 0)
		return -1;
	DB_BIND(rows, db_value_integer(":no", no));
	while ((result = db_step(rows, err)) == 1) {
		struct correction *last;

		out->items = mem_resize(out->items, out->count + 1, sizeof(*out->items));
		last = &out->items[out->count++];
		last->group_no = db_column_integer(rows, 0);
		if (read_levels(rows, 1, &last->kept, err) < 0 ||
		    read_levels(rows, 2, &last->added, err) < 0)
			result = -1;
		else if (seal_of(no, last->group_no, &last->kept, &last->added) !=
		    db_column_integer(rows, 3))
			result = count_seal_fail(&(struct count_sealed){ no, 0,
			    last->group_no, NULL, NULL, 0 },
			    db_path(count_base_db(base)), err);
		if (result < 0)
			break;
	}
	db_reset(rows);
	return result;
}

static int
write_correction(struct count_base *base, int64_t no, const struct correction *correction,
    struct err *err)
{
	const struct count_levels *kept = &correction->kept, *added = &correction->added;
	struct db_statement *write;

	if (count_base_prepare(base, &write, "INSERT OR REPLACE INTO count_corrections"
	    " (definition_no, group_no, kept, added, seal)"
	    " VALUES (:no, :group_no, :kept, :added, :seal)", err) < 0)
		return -1;
	DB_BIND(write, db_value_integer(":no", no),
	    db_value_integer(":group_no", correction->group_no),
	    db_value_blob(":kept", kept->items, kept->count * sizeof(kept->items[0])),
	    db_value_blob(":added", added->items, added->count * sizeof(added->items[0])),
	    db_value_integer(":seal", seal_of(no, correction->group_no, kept, added)));
	return db_execute(write, err);
}

void
count_shown_add(struct count_shown *shown, int64_t group_no,
    const struct count_levels *levels)
{
	shown->items = mem_resize(shown->items, shown->count + 1, sizeof(*shown->items));
	shown->items[shown->count++] = (struct count_group_levels){ group_no, *levels };
}

int
count_levels_of_bytes(struct count_levels *out, const void *bytes, size_t len,
    struct err *err)
{
	struct count_value value;
	size_t bound_count = 0;

	if (count_value_bound_count(len, &bound_count) < 0)
		return err_set(err, EXIT_DATA, "counts are damaged: %zu bytes are no value",
		    len);
	if (count_value_read(&value, bytes, len, bound_count, err) < 0)
		return -1;
	*out = count_levels_of_value(&value, bound_count);
	return 0;
}

/* What a definition has of each group now. */
static int
read_totals(struct count_base *base, int64_t no, struct count_shown *out, struct err *err)
{
	static const char sql[] = "SELECT group_no, good, bad, unknown, excluded, NULL"
	    " FROM count_totals WHERE definition_no = :no UNION ALL"
	    " SELECT group_no, 0, 0, 0, 0, value FROM count_values"
	    " WHERE definition_no = :no ORDER BY group_no";
	struct db_statement *rows;
	int result;

	*out = (struct count_shown){ NULL, 0 };
	if (count_base_prepare(base, &rows, sql, err) < 0)
		return -1;
	DB_BIND(rows, db_value_integer(":no", no));
	while ((result = db_step(rows, err)) == 1) {
		size_t len = db_column_bytes(rows, 5);
		const struct count_cell cell = { .good = db_column_integer(rows, 1),
			.bad = db_column_integer(rows, 2),
			.unknown = db_column_integer(rows, 3),
			.excluded = db_column_integer(rows, 4) };
		struct count_levels levels = count_levels_of_cell(&cell);
		struct err ignored;

		/* A damaged value is no reason to keep anything of it. */
		if (len == 0 || count_levels_of_bytes(&levels, db_column_blob(rows, 5), len,
		    &ignored) == 0)
			count_shown_add(out, db_column_integer(rows, 0), &levels);
	}
	return result;
}

static int
compare_groups(const void *group_no, const void *item)
{
	int64_t no = *(const int64_t *)group_no;
	const struct correction *correction = item;

	return (no > correction->group_no) - (no < correction->group_no);
}

/* Returns the item of a group, or NULL. */
static struct correction *
find(const struct corrections *corrections, int64_t group_no)
{
	if (corrections->count == 0)
		return NULL;
	return bsearch(&group_no, corrections->items, corrections->count,
	    sizeof(*corrections->items), compare_groups);
}

/* Takes totals as those of before. */
static void
keep(struct corrections *corrections, const struct count_shown *totals)
{
	for (size_t i = 0; i < totals->count; i++) {
		const struct count_group_levels *total = &totals->items[i];
		struct correction *item = find(corrections, total->group_no);
		struct count_levels kept = total->levels;

		if (item == NULL) {
			corrections->items = mem_resize(corrections->items,
			    corrections->count + 1, sizeof(*corrections->items));
			item = &corrections->items[corrections->count++];
			*item = (struct correction){ .group_no = total->group_no };
		}
		/* Those that began anew before all was counted again may have had less. */
		for (size_t k = 0; k < item->kept.count; k++)
			kept.items[k] = fmax(item->kept.items[k], kept.items[k]);
		item->kept = kept;
	}
}

int
count_corrections_keep(struct count_base *base, int64_t no, struct err *err)
{
	struct count_shown totals = { NULL, 0 };
	struct corrections corrections = { NULL, 0 };
	int result = read_totals(base, no, &totals, err);

	if (result == 0)
		result = read_corrections(base, no, &corrections, err);
	if (result == 0)
		keep(&corrections, &totals);
	for (size_t i = 0; i < corrections.count && result == 0; i++)
		result = write_correction(base, no, &corrections.items[i], err);
	free(totals.items);
	free(corrections.items);
	return result;
}

/* Returns the least number that added to now is not less than before. */
static double
lack_of(double before, double now)
{
	double lack = before - now;

	/* The difference is rounded, and a fall of the last digit is one too. */
	return now + lack < before ? nextafter(lack, (double)INFINITY) : lack;
}

/* Adds what the levels lack of those that were kept. */
static void
settle(struct correction *correction, const struct count_levels *now)
{
	const struct count_levels *kept = &correction->kept;
	struct count_levels *added = &correction->added;

	if (added->count < kept->count)
		added->count = kept->count;
	for (size_t i = 0; i < kept->count; i++)
		if (kept->items[i] > now->items[i])
			added->items[i] = lack_of(kept->items[i] + added->items[i],
			    now->items[i]);
	/* Other events may have come into other buckets: those of a histogram are all. */
	if (added->count > COUNT_LEVEL_BUCKETS + 1) {
		added->items[COUNT_LEVEL_COUNT] = 0;
		for (size_t i = COUNT_LEVEL_BUCKETS; i < added->count; i++)
			added->items[COUNT_LEVEL_COUNT] += added->items[i];
	}
	correction->kept.count = 0;
}

/* Settles in memory. shown are the totals of now. */
static void
settle_all(struct corrections *corrections, const struct count_shown *shown)
{
	static const struct count_levels nothing;

	for (size_t i = 0; i < corrections->count; i++) {
		struct correction *item = &corrections->items[i];
		const struct count_levels *now = &nothing;

		for (size_t k = 0; k < shown->count; k++)
			if (shown->items[k].group_no == item->group_no)
				now = &shown->items[k].levels;
		settle(item, now);
	}
}

/* Reads the corrections, settled in memory. */
static int
read_settled(struct count_base *base, int64_t no, struct corrections *out, bool *is_new,
    struct err *err)
{
	struct count_shown totals = { NULL, 0 };
	int result = read_corrections(base, no, out, err);

	*is_new = false;
	for (size_t i = 0; i < out->count; i++)
		*is_new = *is_new || out->items[i].kept.count > 0;
	if (result == 0 && *is_new)
		result = read_totals(base, no, &totals, err);
	if (result == 0 && *is_new)
		settle_all(out, &totals);
	free(totals.items);
	return result;
}

int
count_corrections_settle(struct count_base *base, int64_t no, struct err *err)
{
	struct corrections corrections;
	bool is_new;
	int result = read_settled(base, no, &corrections, &is_new, err);

	for (size_t i = 0; i < corrections.count && result == 0 && is_new; i++)
		result = write_correction(base, no, &corrections.items[i], err);
	free(corrections.items);
	return result;
}

int
count_corrections_forget(struct count_base *base, int64_t no, struct err *err)
{
	struct db_statement *forget;

	if (count_base_prepare(base, &forget,
	    "DELETE FROM count_corrections WHERE definition_no = :no", err) < 0)
		return -1;
	DB_BIND(forget, db_value_integer(":no", no));
	return db_execute(forget, err);
}

/* Visits all, and releases them. */
static int
visit_all(struct corrections *corrections, count_correction_visitor *visit, void *context,
    struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < corrections->count && result == 0; i++)
		result = visit(context, corrections->items[i].group_no,
		    &corrections->items[i].added, err);
	free(corrections->items);
	return result;
}

int
count_corrections_read(struct count_base *base, int64_t no,
    count_correction_visitor *visit, void *context, struct err *err)
{
	struct corrections corrections;
	bool is_new;

	if (read_settled(base, no, &corrections, &is_new, err) < 0) {
		free(corrections.items);
		return -1;
	}
	return visit_all(&corrections, visit, context, err);
}

int
count_corrections_read_beside(struct count_base *base, int64_t no, bool began_anew,
    const struct count_shown *shown, count_correction_visitor *visit, void *context,
    struct err *err)
{
	struct count_shown before = { NULL, 0 };
	struct corrections corrections;
	int result = read_corrections(base, no, &corrections, err);

	if (result == 0 && began_anew)
		result = read_totals(base, no, &before, err);
	if (result == 0) {
		keep(&corrections, &before);
		settle_all(&corrections, shown);
	}
	free(before.items);
	if (result < 0) {
		free(corrections.items);
		return -1;
	}
	return visit_all(&corrections, visit, context, err);
}
