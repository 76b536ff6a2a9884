/* SPDX-License-Identifier: ISC */
#include "metric/series.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "base/utf8.h"
#include "metric/prometheus.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct metric_series_list *out;
	struct count *count;
	const struct slo_definition *definition;
	size_t max_series;
	size_t bound_count;
	struct number_map by_group; /* places in out; groups of the other one have its place */
};

static void
add_levels(struct count_levels *sum, const struct count_levels *added)
{
	if (sum->count < added->count)
		sum->count = added->count;
	for (size_t i = 0; i < added->count; i++)
		sum->items[i] += added->items[i];
}

static struct metric_series *
new_series(struct metric_series_list *list)
{
	struct metric_series *last;

	/* The array doubles when its count is a power of two. */
	if ((list->count & (list->count - 1)) == 0)
		list->items = mem_resize(list->items, list->count > 0 ? list->count * 2 : 1,
		    sizeof(*list->items));
	last = &list->items[list->count++];
	*last = (struct metric_series){ .last_ms = -1 };
	return last;
}

static void
begin_other(struct reader *reader)
{
	struct metric_series *series = new_series(reader->out);

	series->is_other = true;
	for (size_t i = 0; i < reader->definition->group_count; i++)
		series->values[i] = mem_text(METRIC_SERIES_OTHER);
}

/* Returns the series of a group, or NULL with an error. */
static struct metric_series *
series_of(struct reader *reader, int64_t group_no, struct err *err)
{
	struct metric_series_list *list = reader->out;
	size_t own = list->count - (list->folded_count > 0);
	size_t place = number_map_find(&reader->by_group, group_no);
	struct metric_series *series;

	if (place != NUMBER_MAP_NONE)
		return &list->items[place];
	if (own == reader->max_series) {
		if (list->folded_count++ == 0)
			begin_other(reader);
		number_map_add(&reader->by_group, group_no, own);
		return &list->items[own];
	}
	number_map_add(&reader->by_group, group_no, list->count);
	series = new_series(list);
	if (count_read_group(reader->count, group_no, series->values,
	    reader->definition->group_count, err) < 0)
		return NULL;
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		if (series->values[i] != NULL)
			series->values[i][utf8_cut(series->values[i],
			    strlen(series->values[i]), PROMETHEUS_MAX_LABEL_BYTES)] = '\0';
	return series;
}

/* The first groups that were ever counted have a series of their own. */
static int
visit_group(void *context, int64_t group_no, struct err *err)
{
	return series_of(context, group_no, err) == NULL ? -1 : 0;
}

static int
visit_total(void *context, const struct count_visit *visit, struct err *err)
{
	struct metric_series *series = series_of(context, visit->group_no, err);
	struct count_levels levels = count_levels_of_cell(&visit->cell);

	if (series == NULL)
		return -1;
	add_levels(&series->levels, &levels);
	return 0;
}

static int
visit_value(void *context, const struct count_visit *visit, struct err *err)
{
	struct reader *reader = context;
	struct metric_series *series = series_of(reader, visit->group_no, err);
	struct count_levels levels;
	struct count_value value;

	if (series == NULL || count_value_read(&value, visit->bytes, visit->len,
	    reader->bound_count, err) < 0)
		return -1;
	levels = count_levels_of_value(&value, reader->bound_count);
	add_levels(&series->levels, &levels);
	if (!series->is_other && value.count > 0) {
		series->last = value.last;
		series->last_ms = value.last_ms;
	}
	return 0;
}

static int
visit_correction(void *context, int64_t group_no, const struct count_levels *added,
    struct err *err)
{
	struct reader *reader = context;
	struct metric_series *series = series_of(reader, group_no, err);

	if (series == NULL)
		return -1;
	add_levels(&series->levels, added);
	add_levels(&series->corrected, added);
	for (size_t i = 0; i < added->count; i++)
		reader->out->is_corrected = reader->out->is_corrected || added->items[i] > 0;
	return 0;
}

/* By the values, as labels have them: NULL is an empty one. */
static int
compare_series(const void *a, const void *b)
{
	const struct metric_series *left = a, *right = b;
	int order = 0;

	for (size_t i = 0; i < SLO_MAX_GROUP && order == 0; i++)
		order = strcmp(left->values[i] != NULL ? left->values[i] : "",
		    right->values[i] != NULL ? right->values[i] : "");
	return order;
}

static void
release_values(struct metric_series *series)
{
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		free(series->values[i]);
}

/* Adds a series to one that has the same labels, and releases it. */
static void
add_series(struct metric_series *sum, struct metric_series *added)
{
	add_levels(&sum->levels, &added->levels);
	add_levels(&sum->corrected, &added->corrected);
	sum->is_other = sum->is_other || added->is_other;
	if (added->last_ms > sum->last_ms) {
		sum->last = added->last;
		sum->last_ms = added->last_ms;
	}
	if (sum->is_other)
		sum->last_ms = -1;
	release_values(added);
}

/* Sorts the series and joins those that labels do not tell apart: of NULL and of an empty
 * text, of groups past the limit and of one that is called "other". */
static void
join(struct metric_series_list *list)
{
	size_t kept = 1;

	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof(*list->items), compare_series);
	for (size_t i = 1; i < list->count; i++)
		if (compare_series(&list->items[kept - 1], &list->items[i]) == 0)
			add_series(&list->items[kept - 1], &list->items[i]);
		else
			list->items[kept++] = list->items[i];
	list->count = kept;
}

int
metric_series_read(struct metric_series_list *out, struct count *count, size_t which,
    const struct slo_definition *definition, size_t max_series, struct err *err)
{
	struct reader reader = { .out = out, .count = count, .definition = definition,
		.max_series = max_series };
	struct count_bounds bounds = { .count = 0 };
	int result;

	memset(out, 0, sizeof(*out));
	out->since_ms = count_report(count)->since_ms;
	if (definition->bounds != NULL && count_bounds_parse(&bounds, definition->bounds) < 0)
		return err_set(err, EXIT_DATA, "no bounds of buckets: '%.80s'",
		    definition->bounds);
	reader.bound_count = bounds.count;
	result = count_read_group_order(count, which, visit_group, &reader, err);
	if (result == 0)
		result = definition->value != NULL
		    ? count_read_values(count, which, visit_value, &reader, err)
		    : count_read_totals(count, which, visit_total, &reader, err);
	if (result == 0)
		result = count_read_corrections(count, which, visit_correction, &reader, err);
	number_map_release(&reader.by_group);
	join(out);
	return result;
}

void
metric_series_release(struct metric_series_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		release_values(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}
