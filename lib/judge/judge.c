/* SPDX-License-Identifier: ISC */
#include "judge/judge.h"
#include "base/mem.h"
#include "count/compare.h"
#include "judge/judge_tally.h"
#include "store/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LATEST "latest"

int
judge_run(struct db *db, const char *run, struct judge_time *time,
    char **name, struct err *err)
{
	struct slo_window *window = &time->run_window;
	int found;

	*name = NULL;
	if (strcmp(run, LATEST) == 0 &&
	    run_newest(db, time->at_ms, name, err) < 0)
		return -1;
	if (*name == NULL)
		*name = mem_text(run);
	*window = (struct slo_window){ time->at_ms, time->at_ms };
	found = run_span(db, *name, time->at_ms, &window->from_ms,
	    &window->until_ms, err);
	if (found >= 0 && (run_from(db, *name, &time->run_from, err) < 0 ||
	    run_left(db, *name, &time->left, err) < 0))
		found = -1;
	if (found < 0) {
		free(*name);
		*name = NULL;
		return -1;
	}
	time->run_id = *name;
	time->is_unknown = found == 0 && time->left.rows == 0;
	if (found == 0 && time->left.rows > 0)
		*window = (struct slo_window){ time->left.from_ts_ms,
			time->left.until_ts_ms - 1 };
	return 0;
}

static struct judge_line *
add_line(struct judge_lines *lines, const struct judge_set_item *item,
    const struct slo_scope *scope)
{
	struct judge_line *line;

	if ((lines->count & (lines->count - 1)) == 0)
		lines->items = mem_resize(lines->items,
		    lines->count == 0 ? 1 : 2 * lines->count, sizeof(*lines->items));
	line = &lines->items[lines->count++];
	memset(line, 0, sizeof(*line));
	line->item = item;
	line->scope = *scope;
	return line;
}

static struct slo_scope
scope_of(const struct judge_set_item *item, const struct judge_time *time)
{
	struct slo_scope scope = { .run_id = time->run_id,
		.is_unknown = time->is_unknown };
	int64_t from_ms = time->at_ms - (time->window_ms > 0 ? time->window_ms
	    : item->window_ms);

	if (time->run_id != NULL) {
		scope.window = time->run_window;
		return scope;
	}
	/* The whole minute at or before, for times before the epoch too. */
	scope.window.until_ms = time->at_ms;
	scope.window.from_ms = from_ms - (from_ms % COUNT_MINUTE_MS + COUNT_MINUTE_MS) %
	    COUNT_MINUTE_MS;
	return scope;
}

/* What a definition of the item counts; there are four for each item. */
enum { MATCHING, PRESENCE, TYPE, PRESENCE_TYPE, PLACE_COUNT };

static struct slo_definition *
definitions_of(const struct judge_set *set)
{
	struct slo_definition *definitions = mem_new(set->count * PLACE_COUNT + 1,
	    sizeof(*definitions));

	for (size_t i = 0; i < set->count; i++) {
		const struct slo_query *query = &set->items[i].query;
		struct slo_definition *own = definitions + i * PLACE_COUNT;

		own[MATCHING] = slo_definition_of(query);
		own[PRESENCE] = query->counts_events ? slo_definition_of_presence(query)
		    : own[MATCHING];
		own[TYPE] = slo_definition_of_type(&query->event);
		own[PRESENCE_TYPE] = slo_definition_of_type(query->counts_events
		    ? &query->presence : &query->event);
	}
	return definitions;
}

/* Moves the group of the tallies to a new line and judges it. */
static void
judge_line(struct judge_line *line, struct judge_tallies *tallies, size_t i)
{
	struct judge_group *group = &tallies->groups.items[i];
	struct slo_case judged = { line->scope.window, line->scope.run_id != NULL,
		line->scope.run_id == NULL, tallies->groups.count };

	memcpy(line->values, group->values, sizeof(line->values));
	memset(group->values, 0, sizeof(group->values));
	line->has_group = group->has_group;
	line->is_other = group->is_other;
	line->other_count = group->other_count;
	slo_judge(&line->result, &line->item->judged, &tallies->items[i], &judged);
}

static bool
has_data(const struct slo_tally *tally)
{
	return tally->has_events || tally->window.good + tally->window.bad +
	    tally->window.unknown > 0;
}

static void
add_type(struct judge_lines *lines, const struct slo_events *events,
    const struct judge_tallies *tallies)
{
	for (size_t i = 0; i < lines->type_count; i++)
		if (slo_events_are_same(lines->types[i].events, events))
			return;
	lines->types = mem_resize(lines->types, lines->type_count + 1,
	    sizeof(*lines->types));
	lines->types[lines->type_count++] = (struct judge_type){ events,
		tallies->newest_ms, tallies->later_count };
}

/* Judges one item of the set, whose definitions begin at this place. */
static int
judge_item(struct db *db, struct count *count, size_t place,
    const struct judge_set_item *item, const struct judge_time *time,
    struct judge_lines *lines, struct err *err)
{
	struct slo_scope scope = scope_of(item, time);
	struct judge_counting counting = { .count = count, .query = &item->query,
		.window = scope.window, .is_run = time->run_id != NULL,
		.matching = place + MATCHING, .presence = place + PRESENCE,
		.type = place + TYPE, .presence_type = place + PRESENCE_TYPE };
	struct judge_tallies tallies;
	int result;

	/* How long ago something happened is no property of a run. */
	if (item->query.counts_age && time->run_id != NULL)
		return 0;
	if (time->left.rows > 0 && run_left_from(db, &time->left,
	    slo_events_table(&item->query.event), &counting.lost, err) < 0)
		return -1;
	result = judge_tally(&tallies, &counting, err);
	for (size_t i = 0; result == 0 && i < tallies.groups.count; i++)
		if (!item->is_optional || time->is_unknown ||
		    has_data(&tallies.items[i]))
			judge_line(add_line(lines, item, &scope), &tallies, i);
	if (result == 0)
		add_type(lines, &item->query.event, &tallies);
	judge_tallies_release(&tallies);
	return result == 0 ? 0 : err_in(err, "SLO %s", item->slo);
}

static int
judge_items(struct db *db, struct count *count, const struct judge_set *set,
    const struct judge_time *time, struct judge_lines *lines, struct err *err)
{
	for (size_t i = 0; i < set->count; i++)
		if (judge_item(db, count, i * PLACE_COUNT, &set->items[i], time, lines,
		    err) < 0)
			return -1;
	return 0;
}

static int
open_counts(struct count **out, struct db *db, const struct judge_set *set,
    const struct slo_definition *definitions, const struct judge_time *time,
    const struct count_options *options, struct err *err)
{
	size_t count = set->count * PLACE_COUNT;

	if (time->run_id == NULL)
		return count_open(out, db, definitions, count, options, err);
	return count_open_run(out, db, definitions, count, &time->run_from,
	    time->run_id, time->at_ms, err);
}

/* Says what was counted, from where and how long it took. */
static void
tell_report(const struct count *count, const struct judge_options *options,
    const char *path)
{
	const struct count_report *report = count_report(count);
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%s: %" PRId64 " events were counted in %" PRId64 " ms, %s",
	    path[0] != '\0' ? path : "standard input", report->row_count,
	    report->elapsed_ms, !report->has_file ? "without a file of counts"
	    : report->is_file_written ? "the others are in the file of counts"
	    : "the others are in the file of counts, which is not written");
	options->tell(buf_text(&text));
	if (report->unwritten.text[0] != '\0')
		options->warn(options->warn_context, report->unwritten.text);
	buf_release(&text);
}

/* Says which objectives have more groups than lines. */
static void
tell_others(const struct judge_lines *lines, const struct judge_options *options)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];
		struct buf text = BUF_EMPTY;

		if (!line->is_other)
			continue;
		buf_printf(&text, "SLO %s: %s: %zu group%s past the first %" PRId64
		    " %s judged as one, 'other'; max_groups says how many have a line",
		    line->item->slo, line->item->objective, line->other_count,
		    line->other_count == 1 ? "" : "s", line->item->query.max_groups,
		    line->other_count == 1 ? "is" : "are");
		options->warn(options->warn_context, buf_text(&text));
		buf_release(&text);
	}
}

/* Says how many lines depend on what an archive would know. */
static void
tell_archived(const struct judge_lines *lines, const struct judge_options *options,
    const char *path)
{
	struct buf text = BUF_EMPTY;
	size_t count = 0;

	for (size_t i = 0; i < lines->count; i++)
		count += lines->items[i].result.reason == VERDICT_REASON_archived;
	if (count == 0)
		return;
	buf_printf(&text, "%s: events that left for an archive could not be counted, and %zu "
	    "line%s cannot be judged without them; --archive names it, tel-archive verify "
	    "reads it", path, count, count == 1 ? "" : "s");
	options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
}

static int
judge_with(struct db *db, const struct judge_set *set, const struct judge_time *time,
    const struct judge_options *options, struct judge_lines *lines, struct err *err)
{
	struct slo_definition *definitions = definitions_of(set);
	struct count *count = NULL;
	int result = open_counts(&count, db, set, definitions, time, &options->counts,
	    err);

	if (result == 0)
		tell_report(count, options, db_path(db));
	if (result == 0)
		result = judge_items(db, count, set, time, lines, err);
	if (result == 0)
		tell_others(lines, options);
	/* Of a run that is cut, an archive is not asked. */
	if (result == 0 && time->run_id == NULL)
		tell_archived(lines, options, db_path(db));
	count_close(count);
	free(definitions);
	return result;
}

int
judge_all(struct db *db, const struct judge_set *set, const struct judge_time *time,
    const struct judge_options *options, struct judge_lines *lines, struct err *err)
{
	struct judge_options without = *options;
	struct buf text = BUF_EMPTY;
	struct err first;
	int result;

	memset(lines, 0, sizeof(*lines));
	result = judge_with(db, set, time, options, lines, &first);
	if (result == 0)
		return 0;
	*err = first;
	if (options->counts.has_no_file || first.exit_code == EXIT_CONFIG)
		return -1;
	/* Whatever is wrong with the counts file, the rows know better. */
	judge_lines_release(lines);
	without.counts.has_no_file = true;
	if (judge_with(db, set, time, &without, lines, err) < 0)
		return -1;
	buf_printf(&text, "%s; the rows are counted without it", first.text);
	options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
	return 0;
}

/* Compares two counts of the same database and tells where they differ. */
static int
compare_counts(struct count *counts, struct count *rows, const struct judge_options *options,
    const char *path, struct err *err)
{
	struct buf where = BUF_EMPTY, text = BUF_EMPTY;
	int64_t skipped;
	int result = count_compare(counts, rows, &where, &skipped, err);

	if (result == 0)
		buf_printf(&text, "%s: counts and rows differ: %s", path,
		    buf_text(&where));
	else if (result == 1 && skipped > 0)
		buf_printf(&text, "%s: %" PRId64 " day%s not compared, because what left "
		    "then is in no archive that can be read", path, skipped,
		    skipped == 1 ? " was" : "s were");
	/* If it is the rows that cannot be read, the judgement will say so. */
	else if (result < 0 && err->exit_code != EXIT_AGAIN) {
		buf_add_text(&text, err->text);
		result = 0;
	}
	if (text.len > 0)
		options->warn(options->warn_context, buf_text(&text));
	buf_release(&where);
	buf_release(&text);
	return result;
}

/* A file that cannot be used proves nothing. Returns 0, after saying why, or -1 when the
 * error ends the judgement. */
static int
tell_not_compared(const struct judge_options *options, const struct err *err)
{
	struct buf text = BUF_EMPTY;

	if (err->exit_code == EXIT_CONFIG || err->exit_code == EXIT_AGAIN)
		return -1;
	buf_printf(&text, "%s; the rows are counted without it", err->text);
	options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
	return 0;
}

int
judge_recount(struct db *db, const struct judge_set *set,
    const struct judge_options *options, struct err *err)
{
	struct slo_definition *definitions = definitions_of(set);
	struct count_options without = options->counts;
	struct count *counts = NULL, *rows = NULL;
	size_t count = set->count * PLACE_COUNT;
	int result = -1;

	without.has_no_file = true;
	/* The rows are counted in the snapshot that the counts were brought up to. */
	if (count_open(&counts, db, definitions, count, &options->counts, err) < 0)
		result = tell_not_compared(options, err);
	else if (count_open_within(&rows, counts, definitions, count, &without, err) == 0)
		result = compare_counts(counts, rows, options, db_path(db), err);
	count_close(rows);
	count_close(counts);
	free(definitions);
	return result;
}

void
judge_lines_release(struct judge_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		for (size_t k = 0; k < SLO_MAX_GROUP; k++)
			free(lines->items[i].values[k]);
	free(lines->items);
	free(lines->types);
	memset(lines, 0, sizeof(*lines));
}

int
judge_lines_exit_code(const struct judge_lines *lines, enum slo_fail_on fail_on)
{
	int code = EXIT_YES;
	size_t count = 0;

	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];
		int own = slo_exit_code(&line->result, fail_on);

		if (own == EXIT_NO)
			return EXIT_NO;
		if (line->item->is_optional && line->result.verdict == VERDICT_no_data)
			continue;
		count++;
		if (own == EXIT_NO_DATA)
			code = EXIT_NO_DATA;
	}
	return count > 0 ? code : EXIT_NO_DATA;
}
