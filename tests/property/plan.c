/* SPDX-License-Identifier: ISC */
#include "tests/property/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEP_MOST 5

static const char *const words[] = {
	[ACTION_INGEST] = "ingest", [ACTION_GROW] = "grow", [ACTION_DROP] = "drop",
	[ACTION_FOREIGN] = "foreign", [ACTION_GARBAGE] = "garbage", [ACTION_PACK] = "pack",
	[ACTION_RETURN] = "return", [ACTION_HIDE] = "hide", [ACTION_SHOW] = "show",
	[ACTION_RESTORE] = "restore", [ACTION_JUDGE] = "judge"
};

/* What was planned so far. */
struct writer {
	FILE *out;
	const struct world *world;
	struct random random;
	bool is_taken[PART_COUNT], has_grown[PART_COUNT];
	bool has_packed, is_hidden;
};

static void
write_time(FILE *out, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;
	char text[32];

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	fprintf(out, " %s.%03dZ %" PRId64, text, (int)(ms % 1000), ms);
}

/* The end of windows: now, or where one of them begins or ends at an event. */
static int64_t
some_end(struct writer *writer)
{
	static const int64_t steps[] = { -MINUTE_MS, -1, 0, 0, 1, MINUTE_MS };
	struct random *random = &writer->random;
	const struct world *world = writer->world;
	int64_t ms = world->now_ms, kind = random_below(random, 10);

	if (kind < 5 || world->event_count == 0)
		return ms;
	if (kind < 7)
		ms -= random_below(random, world->horizon_ms + 1);
	else
		ms = world->events[random_below(random,
		    (int64_t)world->event_count)].ts_ms + RANDOM_OF(random, steps);
	if (kind == 9)
		ms += world->slos[random_below(random,
		    (int64_t)world->slo_count)].window_ms;
	return ms < 0 ? 0 : ms;
}

static void
write_judgement(struct writer *writer, enum action action)
{
	static const char *const runs[] = { "r1", "r1", "r2", "r2", "r3", "r3", "r4", "r5" };

	fputs(words[action], writer->out);
	write_time(writer->out, some_end(writer));
	if (random_percent(&writer->random, 15))
		fprintf(writer->out, " %s", RANDOM_OF(&writer->random, runs));
	fputc('\n', writer->out);
}

/* Each part with this chance. */
static void
write_ingest(struct writer *writer, int percent)
{
	int start = (int)random_below(&writer->random, PART_COUNT);

	fputs(words[ACTION_INGEST], writer->out);
	for (int i = 0; i < PART_COUNT; i++) {
		int no = (start + i) % PART_COUNT;

		if (i > 0 && !random_percent(&writer->random, percent))
			continue;
		fprintf(writer->out, " %s", writer->world->parts[no].name);
		writer->is_taken[no] = true;
	}
	fputc('\n', writer->out);
}

static void
write_grow(struct writer *writer, int no)
{
	if (writer->has_grown[no] || writer->world->parts[no].count ==
	    writer->world->parts[no].first_count) {
		write_ingest(writer, 30);
		return;
	}
	fprintf(writer->out, "%s %s\n", words[ACTION_GROW], writer->world->parts[no].name);
	writer->has_grown[no] = writer->is_taken[no] = true;
}

static void
write_pack(struct writer *writer)
{
	const struct world *world = writer->world;
	int64_t ms = world->now_ms - random_below(&writer->random, world->horizon_ms + 1);

	if (random_percent(&writer->random, 70))
		ms = ms / DAY_MS * DAY_MS;
	fputs(words[ACTION_PACK], writer->out);
	write_time(writer->out, ms);
	fputc('\n', writer->out);
	writer->has_packed = true;
}

static void
write_garbage(struct writer *writer)
{
	fprintf(writer->out, "%s\n", words[ACTION_GARBAGE]);
	write_judgement(writer, ACTION_JUDGE);
	fprintf(writer->out, "%s\n", words[ACTION_DROP]);
}

/* A step that goes on with the file of counts. */
static void
write_step(struct writer *writer)
{
	int64_t kind = random_below(&writer->random, writer->world->packs ? 16 : 10);

	if (kind < 3)
		write_ingest(writer, 30);
	else if (kind < 6)
		write_grow(writer, (int)random_below(&writer->random, PART_COUNT));
	else if (kind < 8)
		fprintf(writer->out, "%s\n", words[ACTION_DROP]);
	else if (kind == 8)
		fprintf(writer->out, "%s\n", words[ACTION_FOREIGN]);
	else if (kind == 9)
		write_garbage(writer);
	else if (kind < 14 || !writer->has_packed)
		write_pack(writer);
	else if (kind == 14)
		fprintf(writer->out, "%s\n", words[ACTION_RETURN]);
	else
		write_judgement(writer, ACTION_RESTORE);
}

/* Without its archive, a database is only read: what leaves then has no place to go. */
static void
write_hidden(struct writer *writer)
{
	fprintf(writer->out, "%s\n", words[ACTION_HIDE]);
	write_judgement(writer, ACTION_JUDGE);
	if (random_percent(&writer->random, 70)) {
		fprintf(writer->out, "%s\n", words[ACTION_DROP]);
		write_judgement(writer, ACTION_JUDGE);
	}
	write_ingest(writer, 40);
	write_judgement(writer, ACTION_JUDGE);
	fprintf(writer->out, "%s\n", words[ACTION_SHOW]);
}

void
plan_write(FILE *out, const struct world *world)
{
	struct writer writer = { .out = out, .world = world,
		.random = { world->seed * 4 + 3 } };
	int64_t count = random_between(&writer.random, 2, STEP_MOST);

	write_ingest(&writer, 50);
	write_judgement(&writer, ACTION_JUDGE);
	for (int64_t i = 0; i < count; i++) {
		write_step(&writer);
		if (random_percent(&writer.random, 65))
			write_judgement(&writer, ACTION_JUDGE);
	}
	if (writer.has_packed && random_percent(&writer.random, 60))
		write_hidden(&writer);
	for (int i = 0; i < PART_COUNT; i++)
		if (!writer.has_grown[i] &&
		    world->parts[i].first_count < world->parts[i].count)
			write_grow(&writer, i);
	write_ingest(&writer, 100);
	write_judgement(&writer, ACTION_JUDGE);
}

/* ---- reading */

static int
read_part(struct step *step, const char *name)
{
	if (strlen(name) != 1 || name[0] < 'a' || name[0] >= 'a' + PART_COUNT ||
	    step->part_count == PART_COUNT)
		return -1;
	step->parts[step->part_count++] = name[0] - 'a';
	return 0;
}

int
plan_read(struct step *step, const char *line)
{
	char text[256], *rest, *word;
	int action = -1, place = 0;

	*step = (struct step){ .ms = 0 };
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
	word = strtok_r(text, " ", &rest);
	for (int i = 0; word != NULL && i <= ACTION_JUDGE; i++)
		if (strcmp(words[i], word) == 0)
			action = i;
	if (action < 0)
		return -1;
	step->action = (enum action)action;
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		place++;
		if (step->action <= ACTION_GROW) {
			if (read_part(step, word) < 0)
				return -1;
			continue;
		}
		if (place == 2)
			step->ms = strtoll(word, NULL, 10);
		if (place == 3)
			snprintf(step->run, sizeof(step->run), "%s", word);
	}
	return 0;
}
