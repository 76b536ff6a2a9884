/* SPDX-License-Identifier: ISC */
#include "tests/property/replay.h"
#include "tests/property/compare.h"
#include "tests/property/memory.h"
#include "tests/property/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A run that is not longer is not cut by pack. */
#define WHOLE_RUN_MS (7 * DAY_MS)

#define WAY_SIZE 16

struct replay {
	const struct world *world;
	const char *folder, *fields;
	char *codes;                     /* out/codes */
	size_t written[PART_COUNT];      /* lines that the file of a part has */
	bool *is_in, *is_archived;       /* of each event */
	struct departure *departures;
	size_t departure_count;
	bool counts_know;  /* it has counted what is in the archive */
	bool is_garbage, is_hidden;
	int judgement, differences;
};

/* ---- steps */

static void
take(struct replay *replay, int no)
{
	const struct world *world = replay->world;
	const struct part *part = &world->parts[no];

	for (size_t i = 0; i < replay->written[no]; i++)
		if (part->lines[i].event != NULL)
			replay->is_in[part->lines[i].event - world->events] = true;
}

static const char *
run_of(const struct event *event)
{
	const struct value *run = &event->columns[COLUMN_RUN];

	return run->kind == VALUE_TEXT ? run->text : NULL;
}

static bool
is_of_run(const struct event *event, const char *run)
{
	return run_of(event) != NULL && strcmp(run_of(event), run) == 0;
}

/* Whether pack leaves the run whole: it is short, and goes on after the boundary. */
static bool
is_kept(const struct replay *replay, const char *run, int64_t before_ms)
{
	int64_t first_ms = INT64_MAX, last_ms = -1;

	for (size_t i = 0; i < replay->world->event_count; i++) {
		const struct event *event = &replay->world->events[i];

		if (!replay->is_in[i] || replay->is_archived[i] || !is_of_run(event, run))
			continue;
		if (event->ts_ms < first_ms)
			first_ms = event->ts_ms;
		if (event->ts_ms > last_ms)
			last_ms = event->ts_ms;
	}
	return last_ms >= before_ms && last_ms - first_ms <= WHOLE_RUN_MS;
}

/* One departure for each type and day of this pack, from no. first on. */
static void
depart(struct replay *replay, const struct event *event, size_t first)
{
	struct departure *departure = NULL;

	for (size_t i = first; i < replay->departure_count; i++)
		if (replay->departures[i].type == event->type &&
		    replay->departures[i].first_ms / DAY_MS == event->ts_ms / DAY_MS)
			departure = &replay->departures[i];
	if (departure == NULL) {
		MEMORY_GROW(replay->departures, replay->departure_count);
		departure = &replay->departures[replay->departure_count++];
		*departure = (struct departure){ event->type, 0, event->ts_ms,
			event->ts_ms };
	}
	departure->rows++;
	if (event->ts_ms < departure->first_ms)
		departure->first_ms = event->ts_ms;
	if (event->ts_ms > departure->last_ms)
		departure->last_ms = event->ts_ms;
}

static void
pack(struct replay *replay, int64_t before_ms)
{
	const struct world *world = replay->world;
	bool *leaves = memory_zeros(world->event_count, sizeof(*leaves));
	size_t first = replay->departure_count;

	for (size_t i = 0; i < world->event_count; i++) {
		const struct event *event = &world->events[i];

		leaves[i] = replay->is_in[i] && !replay->is_archived[i] &&
		    event->ts_ms < before_ms && (run_of(event) == NULL ||
		    !is_kept(replay, run_of(event), before_ms));
	}
	for (size_t i = 0; i < world->event_count; i++) {
		if (!leaves[i])
			continue;
		replay->is_archived[i] = true;
		depart(replay, &world->events[i], first);
	}
	free(leaves);
}

static void
lose_counts(struct replay *replay, bool is_garbage)
{
	replay->counts_know = false;
	replay->is_garbage = is_garbage;
}

/* ---- judgements */

/* What there is to see: all events, or only the rows, while an archive is hidden. */
enum view { VIEW_ALL, VIEW_ROWS, VIEW_COUNT };

static void
judge_view(const struct replay *replay, const struct step *step, enum view view,
    struct lines *lines)
{
	const struct world *world = replay->world;
	const struct event **events = memory_zeros(world->event_count, sizeof(*events));
	struct when when = { step->ms, step->run[0] != '\0' ? step->run : NULL };
	struct scene scene = { .events = events };

	for (size_t i = 0; i < world->event_count; i++)
		if (replay->is_in[i] && (view == VIEW_ALL || !replay->is_archived[i]))
			events[scene.count++] = &world->events[i];
	if (view == VIEW_ROWS) {
		scene.departures = replay->departures;
		scene.departure_count = replay->departure_count;
	}
	for (size_t i = 0; i < world->slo_count; i++)
		judge_slo(lines, &world->slos[i], &scene, &when);
	free(events);
}

/* Whether what has left is of the minute that ms cuts: counts are of whole minutes. */
static bool
cuts_archived_minute(const struct replay *replay, int64_t ms)
{
	for (size_t i = 0; i < replay->world->event_count; i++)
		if (replay->is_archived[i] &&
		    replay->world->events[i].ts_ms / MINUTE_MS == ms / MINUTE_MS)
			return true;
	return false;
}

/* VIEW_COUNT: it cannot be known. */
static enum view
view_of(const struct replay *replay, const struct step *step, const char *way)
{
	bool has_counts = strcmp(way, "counts") == 0 || strcmp(way, "recount") == 0;
	bool is_of_rows = strcmp(way, "rows") == 0 || (has_counts && !replay->counts_know);

	if (!replay->is_hidden || (!is_of_rows && !has_counts) || step->run[0] != '\0')
		return VIEW_ALL;
	if (is_of_rows)
		return VIEW_ROWS;
	return cuts_archived_minute(replay, step->ms) ? VIEW_COUNT : VIEW_ALL;
}

/* A run of which some events are archived is not judged as a whole. */
static bool
is_cut(const struct replay *replay, const char *run)
{
	for (size_t i = 0; run[0] != '\0' && i < replay->world->event_count; i++)
		if (replay->is_archived[i] && is_of_run(&replay->world->events[i], run))
			return true;
	return false;
}

/* Compares one output. Returns its text, which the caller frees, or NULL. */
static char *
check_way(struct replay *replay, const struct lines *lines, const char *way, int code)
{
	char *path = memory_text("%s/out/%d.%s", replay->folder, replay->judgement, way);
	char *name = memory_text("seed %" PRIu64 ", judgement %d, %s",
	    replay->world->seed, replay->judgement, way);
	char *text = memory_file(path);
	struct comparison comparison = { .name = name, .fields = replay->fields };
	/* A file that is none proves nothing, which is what --recount was asked for. */
	bool is_refused = replay->is_garbage && strcmp(way, "recount") == 0;
	int expected = is_refused ? 1 : compare_exit_code(lines);

	if (text == NULL) {
		printf("%s: cannot be read\n", path);
		comparison.differences++;
	} else
		compare_lines(&comparison, lines, text);
	if (replay->fields == NULL && code != expected) {
		printf("%s: exit code: the judge says %d, slo-eval %d\n", name, expected,
		    code);
		comparison.differences++;
	}
	replay->differences += comparison.differences;
	free(path);
	free(name);
	return text;
}

/* The same database and time give the same bytes, however it is counted. */
static void
check_bytes(struct replay *replay, char *texts[2], char *text, const char *way)
{
	if (strcmp(way, "stdin") == 0 || strcmp(way, "restored") == 0) {
		free(text);
		return;
	}
	free(texts[1]);
	texts[1] = texts[0];
	texts[0] = text;
	if (replay->fields != NULL || texts[0] == NULL || texts[1] == NULL ||
	    replay->is_hidden || strcmp(texts[0], texts[1]) == 0)
		return;
	printf("seed %" PRIu64 ", judgement %d, %s: not the same bytes as the way before\n",
	    replay->world->seed, replay->judgement, way);
	replay->differences++;
}

/* Reads "NO WAY CODE". Returns the code and sets way, if it is of this judgement; else -1. */
static int
read_code(const char *line, int judgement, char way[WAY_SIZE])
{
	char *rest;
	size_t len;

	if (strtol(line, &rest, 10) != judgement || *rest != ' ')
		return -1;
	len = strcspn(++rest, " \n");
	snprintf(way, WAY_SIZE, "%.*s", (int)len, rest);
	return (int)strtol(rest + len, NULL, 10);
}

/* Compares all ways of the judgement. */
static void
check_judgement(struct replay *replay, const struct step *step)
{
	struct lines lines[VIEW_COUNT] = { { NULL, 0 }, { NULL, 0 } };
	char *texts[2] = { NULL, NULL }, *line = replay->codes;
	int found = 0;

	replay->judgement++;
	judge_view(replay, step, VIEW_ALL, &lines[VIEW_ALL]);
	if (replay->is_hidden && step->run[0] == '\0')
		judge_view(replay, step, VIEW_ROWS, &lines[VIEW_ROWS]);
	for (; *line != '\0'; line += strcspn(line, "\n"), line += *line != '\0') {
		char way[WAY_SIZE];
		int code = read_code(line, replay->judgement, way);
		enum view view;

		if (code < 0)
			continue;
		found++;
		view = view_of(replay, step, way);
		if (view == VIEW_COUNT ||
		    (step->action == ACTION_JUDGE && strcmp(way, "stdin") != 0 &&
		    is_cut(replay, step->run)))
			continue;
		check_bytes(replay, texts, check_way(replay, &lines[view], way, code), way);
	}
	if (found == 0) {
		printf("seed %" PRIu64 ", judgement %d: was not made\n",
		    replay->world->seed, replay->judgement);
		replay->differences++;
	}
	free(texts[0]);
	free(texts[1]);
	free(lines[VIEW_ALL].items);
	free(lines[VIEW_ROWS].items);
	if (step->action == ACTION_JUDGE && !replay->is_garbage && !replay->is_hidden)
		replay->counts_know = true;
}

static void
follow(struct replay *replay, const struct step *step)
{
	switch (step->action) {
	case ACTION_GROW:
		replay->written[step->parts[0]] =
		    replay->world->parts[step->parts[0]].count;
		take(replay, step->parts[0]);
		break;
	case ACTION_INGEST:
		for (int i = 0; i < step->part_count; i++)
			take(replay, step->parts[i]);
		break;
	case ACTION_PACK:
		pack(replay, step->ms);
		break;
	case ACTION_DROP:
	case ACTION_FOREIGN:
		lose_counts(replay, false);
		break;
	case ACTION_GARBAGE:
		lose_counts(replay, true);
		break;
	case ACTION_HIDE:
	case ACTION_SHOW:
		replay->is_hidden = step->action == ACTION_HIDE;
		break;
	case ACTION_JUDGE:
	case ACTION_RESTORE:
		check_judgement(replay, step);
		break;
	case ACTION_RETURN:
		break;
	}
}

static char *
read_file(const char *folder, const char *name)
{
	char *path = memory_text("%s/%s", folder, name), *text = memory_file(path);

	if (text == NULL)
		printf("%s: cannot be read\n", path);
	free(path);
	return text;
}

int
replay_check(const struct world *world, const char *folder, const char *fields)
{
	struct replay replay = { .world = world, .folder = folder, .fields = fields };
	char *plan = read_file(folder, "plan"), *line = plan;

	replay.codes = read_file(folder, "out/codes");
	if (plan == NULL || replay.codes == NULL)
		return -1;
	replay.is_in = memory_zeros(world->event_count, sizeof(*replay.is_in));
	replay.is_archived = memory_zeros(world->event_count, sizeof(*replay.is_archived));
	for (int i = 0; i < PART_COUNT; i++)
		replay.written[i] = world->parts[i].first_count;
	for (; *line != '\0'; line += strcspn(line, "\n"), line += *line != '\0') {
		struct step step;

		if (plan_read(&step, line) == 0)
			follow(&replay, &step);
	}
	free(plan);
	free(replay.codes);
	free(replay.is_in);
	free(replay.is_archived);
	free(replay.departures);
	return replay.differences;
}
