/* SPDX-License-Identifier: ISC
 *
 * The samples of a family together: which belong to one metric, whether they agree,
 * and which are left out.
 */
#include "metric/prometheus_private.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sample for sorting: text is its key or its group, at its place among all. */
struct place {
	const char *text;
	size_t at, first; /* first: the least `at` with that text */
};

static int
compare_texts(const void *a, const void *b)
{
	const struct place *one = a, *two = b;
	int order = strcmp(one->text, two->text);

	return order != 0 ? order : (one->at > two->at) - (one->at < two->at);
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *one = a, *two = b;

	if (one->first != two->first)
		return one->first < two->first ? -1 : 1;
	return (one->at > two->at) - (one->at < two->at);
}

/* Sorts the samples by text and finds the first of each. The caller frees it. */
static struct place *
sort_places(const struct prometheus_family *family, bool is_by_group)
{
	struct place *places = mem_new(family->count, sizeof(places[0]));

	for (size_t i = 0; i < family->count; i++) {
		const struct prometheus_sample *sample = &family->samples[i];

		places[i].text = family->keys.data +
		    (is_by_group ? sample->group_at : sample->key_at);
		places[i].at = i;
	}
	qsort(places, family->count, sizeof(places[0]), compare_texts);
	for (size_t i = 0; i < family->count; i++)
		places[i].first = i > 0 && strcmp(places[i].text,
		    places[i - 1].text) == 0 ? places[i - 1].first : places[i].at;
	return places;
}

/* Of samples that occur twice the first one stays, of a histogram too: what the others
 * hold says nothing about its metric. */
static void
drop_duplicates(struct prometheus_family *family)
{
	struct place *places = sort_places(family, false);
	size_t kept = 0;

	for (size_t i = 0; i < family->count; i++)
		family->samples[places[i].at].is_twice = places[i].at != places[i].first;
	free(places);
	for (size_t i = 0; i < family->count; i++) {
		struct prometheus_sample *sample = &family->samples[i];

		if (sample->is_twice)
			prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "occurs "
			    "twice; each row needs other labels",
			    KEY_OF(family, sample));
		else
			family->samples[kept++] = *sample;
	}
	family->dropped_count += family->count - kept;
	family->count = kept;
}

/* Puts the samples of a metric together and numbers the metrics. */
static void
group(struct prometheus_family *family)
{
	struct place *places = sort_places(family, true);
	struct prometheus_sample *samples = mem_new(family->count, sizeof(samples[0]));

	qsort(places, family->count, sizeof(places[0]), compare_places);
	for (size_t i = 0; i < family->count; i++) {
		samples[i] = family->samples[places[i].at];
		samples[i].metric = i == 0 ? 0 : samples[i - 1].metric +
		    (places[i].first != places[i - 1].first);
	}
	memcpy(family->samples, samples, family->count * sizeof(samples[0]));
	free(samples);
	free(places);
}

/* Removes the samples that are marked. */
static void
drop(struct prometheus_family *family)
{
	size_t kept = 0;

	for (size_t i = 0; i < family->count; i++)
		if (family->samples[i].fault == PROMETHEUS_RIGHT)
			family->samples[kept++] = family->samples[i];
	family->dropped_count += family->count - kept;
	family->count = kept;
}

/* What was seen of a metric. */
struct seen {
	const struct prometheus_sample *edge, *top; /* the last one, the last bucket */
	const struct prometheus_sample *sum;
	bool has_negative; /* a bucket below 0 */
};

static void
check_rising(struct prometheus_family *family, const struct seen *seen,
    struct prometheus_sample *sample)
{
	const char *key = KEY_OF(family, sample);

	if (seen->edge == NULL || isnan(sample->edge))
		return;
	if (sample->edge <= seen->edge->edge)
		prometheus_fault(family, sample, PROMETHEUS_SHAPE, KEY "label %s must "
		    "rise from row to row", key, sample->suffix == PROMETHEUS_BUCKET
		    ? "le" : "quantile");
	else if (sample->suffix == PROMETHEUS_BUCKET &&
	    sample->value < seen->edge->value)
		prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "holds less than "
		    "the bucket before it; buckets count all up to le", key);
}

static void
check_count(struct prometheus_family *family, const struct seen *seen,
    struct prometheus_sample *sample)
{
	const char *key = KEY_OF(family, sample);

	if (sample->suffix != PROMETHEUS_COUNT)
		return;
	if (seen->top == NULL)
		prometheus_fault(family, sample, PROMETHEUS_SHAPE, KEY "must come after "
		    "its own buckets", key);
	else if (seen->top->value < sample->value || seen->top->value > sample->value)
		prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "differs from the "
		    "bucket le=\"+Inf\"", key);
}

/* The last samples of a histogram: from `first`, count of them. */
static void
check_end(struct prometheus_family *family, const struct seen *seen,
    struct prometheus_sample *first, size_t count)
{
	struct prometheus_sample *last = &first[count - 1];

	for (size_t i = 0; i < count; i++)
		if (&first[i] == seen->top)
			last = &first[i];
	if (seen->top == NULL || !isinf(seen->top->edge))
		prometheus_fault(family, last, PROMETHEUS_SHAPE, KEY "the last bucket "
		    "must be le=\"+Inf\"", KEY_OF(family, last));
	if (seen->sum != NULL && seen->sum->value < 0 && !seen->has_negative)
		prometheus_fault(family, last, PROMETHEUS_DATA, KEY "is negative, and no "
		    "bucket is", KEY_OF(family, seen->sum));
}

/* Checks the samples of one metric, which are `count` from `first`. */
static void
check_metric(struct prometheus_family *family, struct prometheus_sample *first,
    size_t count)
{
	bool is_histogram = family->type == PROMETHEUS_HISTOGRAM;
	struct seen seen = { NULL, NULL, NULL, false };

	for (size_t i = 0; i < count; i++) {
		struct prometheus_sample *sample = &first[i];

		check_rising(family, &seen, sample);
		if (!isnan(sample->edge))
			seen.edge = sample;
		if (sample->suffix == PROMETHEUS_BUCKET)
			seen.top = sample;
		if (sample->suffix == PROMETHEUS_SUM)
			seen.sum = sample;
		seen.has_negative |= sample->suffix == PROMETHEUS_BUCKET &&
		    sample->edge < 0;
		if (is_histogram)
			check_count(family, &seen, sample);
	}
	if (is_histogram)
		check_end(family, &seen, first, count);
}

/* Spreads the worst fault of a metric to all its samples where they make sense only
 * together. Returns whether its shape is right. */
static bool
spread(const struct prometheus_family *family, struct prometheus_sample *first,
    size_t count)
{
	enum prometheus_fault worst = PROMETHEUS_RIGHT;

	for (size_t i = 0; i < count; i++)
		if (first[i].fault > worst)
			worst = first[i].fault;
	if (worst == PROMETHEUS_SHAPE || family->type == PROMETHEUS_HISTOGRAM)
		for (size_t i = 0; i < count; i++)
			first[i].fault = worst;
	return worst != PROMETHEUS_SHAPE;
}

int
prometheus_settle(struct prometheus_family *family, struct err *err)
{
	bool has_right_shape = false;
	size_t count;

	if (family->count == 0)
		return 0;
	drop_duplicates(family);
	group(family);
	for (size_t i = 0; i < family->count; i += count) {
		struct prometheus_sample *first = &family->samples[i];

		for (count = 1; i + count < family->count &&
		    first[count].metric == first->metric;)
			count++;
		check_metric(family, first, count);
		has_right_shape |= spread(family, first, count);
	}
	drop(family);
	if (has_right_shape)
		return 0;
	*err = family->shape;
	return -1;
}
