/* SPDX-License-Identifier: ISC */
#include "metric/counted_families.h"
#include "base/num.h"
#include "base/tim.h"

#include <math.h>
#include <string.h>

#define TOTAL "_total"
#define MS_PER_SECOND 1000.0

void
counted_families_labels(struct prometheus_label *labels, char *const *names, size_t count,
    const struct metric_series *series)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = series->values[i];

		labels[i] = (struct prometheus_label){ names[i], value,
			value != NULL ? strlen(value) : 0 };
	}
}

void
counted_families_created(struct prometheus_family *family,
    const struct prometheus_label *labels, size_t count, int64_t since_ms)
{
	if (since_ms >= 0)
		metric_families_sample(family, "_created", labels, count,
		    (double)since_ms / MS_PER_SECOND);
}

void
counted_families_corrected_name(struct buf *out, const char *name)
{
	size_t len = strlen(name), tail = strlen(TOTAL);

	if (len > tail && strcmp(name + len - tail, TOTAL) == 0)
		len -= tail;
	buf_printf(out, "%.*s_corrected" TOTAL, (int)len, name);
}

/* The buckets up to each edge, with all before it. */
static void
add_histogram(struct prometheus_family *family, const struct metric_counted *counted,
    struct prometheus_label *labels, size_t label_count, const struct count_levels *levels)
{
	char edge[NUM_REAL_SIZE];
	double sum = 0;

	labels[label_count].name = "le";
	for (size_t i = 0; i <= counted->edge_count; i++) {
		prometheus_print_edge(edge, i < counted->edge_count ? counted->edges[i]
		    : (double)INFINITY);
		labels[label_count].value = edge;
		labels[label_count].len = strlen(edge);
		sum += levels->items[COUNT_LEVEL_BUCKETS + i];
		metric_families_sample(family, "_bucket", labels, label_count + 1, sum);
	}
	/* The text of the edge ends with this function. */
	labels[label_count] = (struct prometheus_label){ NULL, NULL, 0 };
	metric_families_sample(family, "_sum", labels, label_count,
	    levels->items[COUNT_LEVEL_SUM] / counted->divisor);
	metric_families_sample(family, "_count", labels, label_count,
	    levels->items[COUNT_LEVEL_COUNT]);
}

/* What a counter counts. */
static double
counter_of(const struct metric_counted *counted, const struct count_levels *levels)
{
	return counted->has_value ? levels->items[COUNT_LEVEL_SUM] / counted->divisor
	    : levels->items[COUNT_LEVEL_COUNT];
}

static void
add_series(struct prometheus_family *family, const struct metric_definition *definition,
    const struct metric_series *series, int64_t since_ms)
{
	const struct metric_counted *counted = definition->counted;
	struct prometheus_label labels[SLO_MAX_GROUP + 1];

	counted_families_labels(labels, counted->label_names, counted->label_count, series);
	if (definition->type == PROMETHEUS_HISTOGRAM)
		add_histogram(family, counted, labels, counted->label_count,
		    &series->levels);
	else if (definition->type == PROMETHEUS_COUNTER)
		metric_families_sample(family, "", labels, counted->label_count,
		    counter_of(counted, &series->levels));
	else if (series->last_ms >= 0)
		metric_families_sample(family, "", labels, counted->label_count,
		    series->last / counted->divisor);
	if (definition->type != PROMETHEUS_GAUGE)
		counted_families_created(family, labels, counted->label_count, since_ms);
}

/* Of a histogram, the corrected events. */
static void
add_corrections(struct metric_families *families,
    const struct metric_definition *definition, const struct metric_series_list *list)
{
	const struct metric_counted *counted = definition->counted;
	struct prometheus_label labels[SLO_MAX_GROUP];
	struct prometheus_family *family;
	struct buf name = BUF_EMPTY, help = BUF_EMPTY;

	counted_families_corrected_name(&name, definition->name);
	buf_printf(&help, "What is counted in %s and was taken away from the database since.",
	    definition->name);
	family = metric_families_add(families, PROMETHEUS_COUNTER, buf_text(&help),
	    buf_text(&name));
	for (size_t i = 0; i < list->count; i++) {
		const struct metric_series *series = &list->items[i];
		const struct count_levels *levels = &series->corrected;

		if (levels->count == 0)
			continue;
		counted_families_labels(labels, counted->label_names, counted->label_count,
		    series);
		metric_families_sample(family, "", labels, counted->label_count,
		    definition->type == PROMETHEUS_COUNTER ? counter_of(counted, levels)
		    : levels->items[COUNT_LEVEL_COUNT]);
	}
	buf_release(&name);
	buf_release(&help);
}

int
counted_families_add(struct metric_families *families,
    const struct metric_definition *definition, struct count *count, size_t which,
    size_t *folded_count, struct err *err)
{
	static const struct metric_series nothing = { .last_ms = -1 };
	struct slo_definition counted = metric_counted_definition(definition->counted);
	struct prometheus_family *family = metric_families_add(families, definition->type,
	    definition->help, definition->name);
	struct metric_series_list list;
	int result = metric_series_read(&list, count, which, &counted,
	    (size_t)definition->counted->max_series, err);

	/* A counter begins with 0, so that its first increase is one; with labels it is not
	 * known which there will be. */
	if (result == 0 && list.count == 0 && counted.group_count == 0 &&
	    definition->type != PROMETHEUS_GAUGE)
		add_series(family, definition, &nothing, list.since_ms);
	for (size_t i = 0; i < list.count && result == 0; i++)
		add_series(family, definition, &list.items[i], list.since_ms);
	if (result == 0 && list.is_corrected && definition->type != PROMETHEUS_GAUGE)
		add_corrections(families, definition, &list);
	*folded_count = list.folded_count;
	metric_series_release(&list);
	return result;
}
