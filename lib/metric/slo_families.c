/* SPDX-License-Identifier: ISC */
#include "metric/slo_families.h"
#include "base/mem.h"
#include "io/digest.h"
#include "metric/counted_families.h"
#include "slo/print.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define OWN_LABELS 3 /* service, slo, objective */
#define MAX_LABELS (OWN_LABELS + SLO_MAX_GROUP + 3)

void
slo_counters_release(struct slo_counters *counters)
{
	for (size_t i = 0; i < counters->count; i++)
		metric_series_release(&counters->items[i]);
	free(counters->items);
}

int
slo_counters_read(struct slo_counters *out, const struct judge_set *slos,
    struct count *count, size_t first, struct err *err)
{
	out->items = mem_new(slos->count + 1, sizeof(*out->items));
	for (out->count = 0; out->count < slos->count; out->count++) {
		struct slo_definition definition =
		    slo_definition_of(&slos->items[out->count].query);

		if (metric_series_read(&out->items[out->count], count, first + out->count,
		    &definition, METRIC_MAX_SERIES, err) < 0) {
			out->count++;
			return -1;
		}
	}
	return 0;
}

/* The labels of an objective, and how many there are. */
struct labels {
	struct prometheus_label items[MAX_LABELS];
	size_t count;
	char *names[SLO_MAX_GROUP]; /* of the group; owned */
};

static void
set_label(struct labels *labels, const char *name, const char *value)
{
	labels->items[labels->count++] = (struct prometheus_label){ name, value,
		value != NULL ? strlen(value) : 0 };
}

static bool
has_label(const struct labels *labels, const char *name)
{
	for (size_t i = 0; i < labels->count; i++)
		if (strcmp(labels->items[i].name, name) == 0)
			return true;
	return false;
}

/* Returns the name of a group as that of a label, which the caller frees: quotes are left
 * out, and what else is no letter and no digit is an underscore. */
static char *
label_name(const struct labels *labels, const char *group)
{
	static const char *const taken[] = { "verdict", "window", "severity", "long", "short",
		"job", "instance" };
	struct buf word = BUF_EMPTY, name = BUF_EMPTY;
	bool is_taken;

	for (; *group != '\0'; group++)
		if (*group != '"')
			buf_add_char(&word, isalnum((unsigned char)*group) ? *group : '_');
	is_taken = !isalpha((unsigned char)buf_text(&word)[0]) ||
	    has_label(labels, buf_text(&word));
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		is_taken = is_taken || strcmp(buf_text(&word), taken[i]) == 0;
	buf_printf(&name, "%s%s", is_taken ? "group_" : "", buf_text(&word));
	while (has_label(labels, buf_text(&name)))
		buf_add_char(&name, '_');
	buf_release(&word);
	return name.data;
}

static void
open_labels(struct labels *labels, const struct judge_set_item *item)
{
	*labels = (struct labels){ .count = 0 };
	set_label(labels, "service", item->service);
	set_label(labels, "slo", item->slo);
	set_label(labels, "objective", item->objective);
	for (size_t i = 0; i < item->query.group_count; i++) {
		labels->names[i] = label_name(labels,
		    item->query.group[i].name);
		set_label(labels, labels->names[i], NULL);
	}
}

static void
close_labels(struct labels *labels)
{
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		free(labels->names[i]);
}

/* The families of counters, by their place in struct count_levels. */
static const struct {
	const char *name, *help;
} counter_families[] = {
	[COUNT_LEVEL_GOOD] = { "tel_slo_good_events_total", "Events that were good." },
	[COUNT_LEVEL_BAD] = { "tel_slo_bad_events_total", "Events that were bad." },
	[COUNT_LEVEL_UNKNOWN] = { "tel_slo_unknown_events_total",
		"Events of which it is unknown whether they were good." },
	[COUNT_LEVEL_EXCLUDED] = { "tel_slo_excluded_events_total",
		"Events that do not count." },
};
#define COUNTERS (sizeof(counter_families) / sizeof(counter_families[0]))

size_t
slo_families_add_dropped(struct prometheus_family *dropped,
    const struct slo_counters *counters)
{
	size_t count = 0;

	for (size_t i = 0; i < counters->count; i++)
		count += counters->items[i].folded_count;
	for (size_t i = 0; i < COUNTERS && count > 0; i++) {
		const char *name = counter_families[i].name;
		const struct prometheus_label label = { "family", name, strlen(name) };

		metric_families_sample(dropped, "", &label, 1, (double)count);
	}
	return count;
}

static void
add_counter(struct prometheus_family *family, const struct judge_set_item *item,
    const struct metric_series_list *list, size_t level, bool is_corrected)
{
	static const struct metric_series nothing = { .last_ms = -1 };
	size_t group_count = item->query.group_count;
	struct labels labels;

	open_labels(&labels, item);
	for (size_t i = 0; i < list->count || (i == 0 && group_count == 0 && !is_corrected);
	    i++) {
		const struct metric_series *series = i < list->count ? &list->items[i]
		    : &nothing;
		const struct count_levels *levels = is_corrected ? &series->corrected
		    : &series->levels;

		if (is_corrected && levels->count == 0)
			continue;
		counted_families_labels(labels.items + OWN_LABELS, labels.names, group_count,
		    series);
		metric_families_sample(family, "", labels.items, labels.count,
		    levels->items[level]);
		if (!is_corrected)
			counted_families_created(family, labels.items, labels.count,
			    list->since_ms);
	}
	close_labels(&labels);
}

/* Adds a family of counters, and that of its corrections if there are any. */
static void
add_counters(struct metric_families *families, const struct judge_set *slos,
    const struct slo_counters *counters, size_t level)
{
	struct prometheus_family *family = metric_families_add(families, PROMETHEUS_COUNTER,
	    counter_families[level].help, counter_families[level].name);
	struct buf name = BUF_EMPTY;
	bool is_corrected = false;

	for (size_t i = 0; i < counters->count; i++) {
		add_counter(family, &slos->items[i], &counters->items[i], level, false);
		is_corrected = is_corrected || counters->items[i].is_corrected;
	}
	if (!is_corrected)
		return;
	counted_families_corrected_name(&name, counter_families[level].name);
	family = metric_families_add(families, PROMETHEUS_COUNTER,
	    "Of these events, those that were taken away from the database since.",
	    buf_text(&name));
	for (size_t i = 0; i < counters->count; i++)
		add_counter(family, &slos->items[i], &counters->items[i], level, true);
	buf_release(&name);
}

/* The families of gauges. */
struct gauges {
	struct prometheus_family *target, *window, *sli, *remaining, *burn, *firing, *verdict,
		*info;
};

static struct gauges
begin_gauges(struct metric_families *families)
{
	return (struct gauges){
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "The share of events that has to be good.", "tel_slo_target_ratio"),
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "The length of the window.", "tel_slo_window_seconds"),
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "The share of known events in the window that is good.",
		    "tel_slo_sli_ratio"),
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "The share of the error budget of the window that is left.",
		    "tel_slo_budget_remaining_ratio"),
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "The share of bad events as a multiple of what the target allows.",
		    "tel_slo_burn_rate"),
		metric_families_add(families, PROMETHEUS_GAUGE,
		    "Whether the budget is being spent too fast, over both windows.",
		    "tel_slo_alert_firing"),
		metric_families_add(families, PROMETHEUS_STATESET,
		    "What slo-eval says of the objective.", "tel_slo_verdict"),
		metric_families_add(families, PROMETHEUS_INFO,
		    "The digest of the definition: another one, other numbers.",
		    "tel_slo_info"),
	};
}

/* Adds a sample whose value is in a text. */
static void
add_text_sample(struct prometheus_family *family, const struct labels *labels,
    const char *text)
{
	metric_families_sample(family, "", labels->items, labels->count, strtod(text, NULL));
}

static void
add_burn(const struct gauges *gauges, struct labels *labels, const char *window,
    const struct slo_counts *counts, const struct decimal *target)
{
	char text[DECIMAL_TEXT_SIZE];

	set_label(labels, "window", window);
	if (slo_print_burn(text, counts, target))
		add_text_sample(gauges->burn, labels, text);
	labels->count--;
}

/* Whether one of the pairs has this window as its long one. */
static bool
is_long(const struct slo_result *result, const char *window)
{
	for (size_t i = 0; i < result->burn_count; i++)
		if (strcmp(window, result->burns[i].long_name) == 0)
			return true;
	return false;
}

static void
add_pairs(const struct gauges *gauges, struct labels *labels,
    const struct judge_set_item *item, const struct slo_result *result)
{
	const struct decimal *target = &item->judged.target;

	for (size_t i = 0; i < result->burn_count; i++) {
		const struct slo_burn *burn = &result->burns[i];

		set_label(labels, "severity", severity_word(burn->severity));
		set_label(labels, "long", burn->long_name);
		set_label(labels, "short", burn->short_name);
		metric_families_sample(gauges->firing, "", labels->items, labels->count,
		    burn->is_firing);
		labels->count -= 3;
		add_burn(gauges, labels, burn->long_name, &burn->long_counts, target);
		if (!is_long(result, burn->short_name))
			add_burn(gauges, labels, burn->short_name, &burn->short_counts,
			    target);
	}
}

/* All verdicts, so that one that comes has been 0. The state stands in the label that
 * OpenMetrics wants, and in one that is easy to ask for. */
static void
add_verdict(const struct gauges *gauges, struct labels *labels, enum verdict verdict)
{
	size_t count = labels->count;

	for (int i = VERDICT_ABSENT + 1; i < (int)word_lists[WORD_LIST_VERDICT].count; i++) {
		const char *word = verdict_word((enum verdict)i);

		set_label(labels, "tel_slo_verdict", word);
		set_label(labels, "verdict", word);
		metric_families_sample(gauges->verdict, "", labels->items, labels->count,
		    (enum verdict)i == verdict);
		labels->count = count;
	}
}

static void
add_judged(const struct gauges *gauges, const struct judge_line *line)
{
	const struct judge_set_item *item = line->item;
	const struct slo_result *result = &line->result;
	char text[DECIMAL_TEXT_SIZE];
	struct labels labels;

	open_labels(&labels, item);
	for (size_t i = 0; i < item->query.group_count; i++) {
		const char *value = line->is_other ? METRIC_SERIES_OTHER : line->values[i];

		labels.items[OWN_LABELS + i].value = value;
		labels.items[OWN_LABELS + i].len = value != NULL ? strlen(value) : 0;
	}
	if (slo_print_sli(text, result))
		add_text_sample(gauges->sli, &labels, text);
	if (slo_print_remaining(text, result, &item->judged.target))
		add_text_sample(gauges->remaining, &labels, text);
	add_pairs(gauges, &labels, item, result);
	add_verdict(gauges, &labels, result->verdict);
	close_labels(&labels);
}

/* What does not depend on events. */
static void
add_definition(const struct gauges *gauges, const struct judge_set_item *item)
{
	struct slo_definition definition = slo_definition_of(&item->query);
	char text[DECIMAL_TEXT_SIZE], digest[DIGEST_HEX_SIZE];
	struct buf canonical = BUF_EMPTY;
	struct labels labels;

	open_labels(&labels, item);
	labels.count = OWN_LABELS;
	decimal_print(text, &item->judged.target);
	add_text_sample(gauges->target, &labels, text);
	metric_families_sample(gauges->window, "", labels.items, labels.count,
	    (double)item->window_ms / 1000);
	slo_definition_text(&canonical, &definition);
	buf_printf(&canonical, "target %s\nwindow_ms %lld\nslice_ms %lld\n", text,
	    (long long)item->window_ms, (long long)item->query.slice_ms);
	digest_of(buf_text(&canonical), canonical.len, digest);
	set_label(&labels, "digest", digest);
	metric_families_sample(gauges->info, "", labels.items, labels.count, 1);
	buf_release(&canonical);
	close_labels(&labels);
}

int
slo_families_add(struct metric_families *families, const struct slo_counters *counters,
    const struct metric_request *request, struct db *db, struct err *err)
{
	const struct judge_time time = { .at_ms = request->now_ms };
	struct judge_lines lines;
	struct gauges gauges;
	int result = judge_all(db, request->slos, &time, &request->options, &lines, err);

	for (size_t i = 0; i < COUNTERS && result == 0; i++)
		add_counters(families, request->slos, counters, i);
	gauges = begin_gauges(families);
	for (size_t i = 0; i < request->slos->count && result == 0; i++)
		add_definition(&gauges, &request->slos->items[i]);
	for (size_t i = 0; i < lines.count && result == 0; i++)
		add_judged(&gauges, &lines.items[i]);
	judge_lines_release(&lines);
	return result;
}

void
slo_families_begin(struct metric_families *families)
{
	for (size_t i = 0; i < COUNTERS; i++)
		(void)metric_families_add(families, PROMETHEUS_COUNTER,
		    counter_families[i].help, counter_families[i].name);
	(void)begin_gauges(families);
}
