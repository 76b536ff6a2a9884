/* SPDX-License-Identifier: ISC */
#include "count/from_archive.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "base/tim.h"
#include "count/merge.h"
#include "count/segment_rows.h"
#include "store/news.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Which definitions lack which departures. */
struct archiving {
	struct count_base *base;
	struct db *db;
	struct count_wanted *wanted;
	size_t count;
	const char *root;
	struct departures departures;
	bool *is_missing; /* by definition and departure */
	struct catalog catalog;
	int64_t *row_count;
};

static bool *
missing(struct archiving *archiving, size_t definition, size_t departure)
{
	return &archiving->is_missing[definition * archiving->departures.count +
	    departure];
}

static const char *
table_of(const struct archiving *archiving, size_t definition)
{
	return slo_events_table(archiving->wanted[definition].definition.events);
}

/* Whether rows of a departure may be those of a definition. */
static bool
concerns(const struct archiving *archiving, size_t definition,
    const struct departure *departure)
{
	return departure->table[0] == '\0' ||
	    strcmp(departure->table, table_of(archiving, definition)) == 0;
}

/* Sets is_missing. Returns 1 when anything is missing, 0 when nothing is, -1 on an
 * error. */
static int
read_missing(struct archiving *archiving, struct err *err)
{
	size_t departures = archiving->departures.count;
	int any = 0;

	archiving->is_missing = mem_new(archiving->count * departures + 1,
	    sizeof(*archiving->is_missing));
	for (size_t i = 0; i < archiving->count; i++) {
		int found = count_base_read_missing(archiving->base,
		    archiving->wanted[i].no, &archiving->departures,
		    archiving->is_missing + i * departures, err);

		if (found < 0)
			return -1;
		any |= found;
	}
	return any;
}

/* Whether a definition has counted a departure of the same day as one that it lacks. What
 * is in the archive of that day cannot be told apart then. */
static bool
is_mixed(struct archiving *archiving, size_t definition)
{
	struct number_map days = { NULL, 0, 0 }; /* of which something is missing */
	bool is_missing = false, is_counted = false, has_unknown = false, result = false;

	for (size_t i = 0; i < archiving->departures.count; i++) {
		const struct departure *departure = &archiving->departures.items[i];

		if (!concerns(archiving, definition, departure))
			continue;
		has_unknown = has_unknown || !departure->has_times;
		is_counted = is_counted || !*missing(archiving, definition, i);
		if (!*missing(archiving, definition, i))
			continue;
		is_missing = true;
		number_map_add(&days, departure->from_ms / TIM_MS_PER_DAY, days.count);
	}
	/* Those of unknown times may be of any day. */
	if (is_missing && is_counted && has_unknown)
		result = true;
	for (size_t i = 0; i < archiving->departures.count && is_counted && !result; i++)
		result = !*missing(archiving, definition, i) &&
		    concerns(archiving, definition, &archiving->departures.items[i]) &&
		    number_map_find(&days, archiving->departures.items[i].from_ms /
		    TIM_MS_PER_DAY) != NUMBER_MAP_NONE;
	number_map_release(&days);
	return result;
}

/* Begins those anew. Returns 1 when there was one, 0, or -1. */
static int
restart_mixed(struct archiving *archiving, struct err *err)
{
	int any = 0;

	for (size_t i = 0; i < archiving->count; i++) {
		struct count_wanted *one = &archiving->wanted[i];

		if (!is_mixed(archiving, i))
			continue;
		memset(&one->mark, 0, sizeof(one->mark));
		if (count_base_restart(archiving->base, &one->no, err) < 0)
			return -1;
		any = 1;
	}
	return any;
}

/* Rows that left: those of one table that begin in one day, or with unknown times. */
struct stretch {
	const char *table;
	int64_t day; /* -1: all days */
};

static bool
is_of(const struct stretch *stretch, const struct departure *departure)
{
	if (!departure->has_times)
		return stretch->day < 0;
	return strcmp(departure->table, stretch->table) == 0 && (stretch->day < 0 ||
	    departure->from_ms / TIM_MS_PER_DAY == stretch->day);
}

/* How many rows of the stretch left; -1 when that is not known for the table. */
static int64_t
rows_of(const struct archiving *archiving, const struct stretch *stretch)
{
	int64_t count = 0;

	for (size_t i = 0; i < archiving->departures.count; i++) {
		const struct departure *departure = &archiving->departures.items[i];

		if (is_of(stretch, departure) && departure->table[0] == '\0')
			return -1;
		if (is_of(stretch, departure))
			count += departure->row_count;
	}
	return count;
}

static bool
is_in(const struct catalog_entry *entry, const struct stretch *stretch)
{
	return strcmp(entry->name.table, stretch->table) == 0 && (stretch->day < 0 ||
	    entry->name.day_ms / TIM_MS_PER_DAY == stretch->day);
}

/* Whether the archive says that it has enough rows, so that it is worth reading. */
static bool
may_have(const struct archiving *archiving, const struct stretch *stretch,
    int64_t expected)
{
	const struct catalog *catalog = &archiving->catalog;
	int64_t count = 0;

	for (size_t i = 0; i < catalog->count; i++)
		if (is_in(&catalog->entries[i], stretch))
			count += catalog->entries[i].facts.row_count;
	return count > 0 && count >= expected;
}

/* Returns the definitions that lack a departure of the stretch, which the caller frees. */
static struct count_wanted *
choose(struct archiving *archiving, const struct stretch *stretch, size_t *count)
{
	struct count_wanted *chosen = mem_new(archiving->count + 1, sizeof(*chosen));

	*count = 0;
	for (size_t i = 0; i < archiving->count; i++)
		for (size_t k = 0; k < archiving->departures.count; k++)
			if (strcmp(table_of(archiving, i), stretch->table) == 0 &&
			    *missing(archiving, i, k) &&
			    is_of(stretch, &archiving->departures.items[k])) {
				chosen[(*count)++] = archiving->wanted[i];
				break;
			}
	return chosen;
}

/* Counts the partitions of the stretch into a base of its own. */
static int
count_partitions(struct archiving *archiving, const struct stretch *stretch,
    struct count_base *scratch, struct count_wanted *chosen, size_t count,
    int64_t *rows_found, struct err *err)
{
	const struct catalog *catalog = &archiving->catalog;
	struct count_task *tasks = mem_new(count, sizeof(*tasks));
	struct segment_rows *rows = NULL;
	int result = segment_rows_open(&rows, archiving->db, stretch->table, err);

	for (size_t i = 0; i < catalog->count && result == 0; i++) {
		const struct catalog_entry *entry = &catalog->entries[i];

		if (!is_in(entry, stretch))
			continue;
		for (size_t k = 0; k < count; k++)
			tasks[k] = (struct count_task){ .definition = chosen[k].definition,
				.no = chosen[k].no };
		result = segment_rows_count(rows, archiving->root, entry, 0, INT64_MAX,
		    scratch, tasks, count, rows_found, err);
	}
	segment_rows_close(rows);
	free(tasks);
	return result;
}

/* Marks the departures of the stretch as counted. */
static int
mark_found(struct archiving *archiving, const struct stretch *stretch,
    const struct count_wanted *chosen, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < archiving->departures.count; k++)
			if (is_of(stretch, &archiving->departures.items[k]) &&
			    count_base_found(archiving->base, chosen[i].no,
			    archiving->departures.items[k].no, err) < 0)
				return -1;
	return 0;
}

/* Counts one stretch. An archive that lacks rows of it, or has more, changes nothing. */
static int
count_stretch(struct archiving *archiving, const struct stretch *stretch,
    struct err *err)
{
	int64_t expected = rows_of(archiving, stretch), found = 0;
	struct count_base *scratch = NULL;
	struct db *temporary = NULL;
	struct count_wanted *chosen;
	struct err failure;
	size_t count;
	int result = -1;

	if (!may_have(archiving, stretch, expected))
		return 0;
	chosen = choose(archiving, stretch, &count);
	if (db_open(&temporary, DB_TEMPORARY, DB_WRITE, 0, err) == 0 &&
	    count_base_begin(temporary, "", 0, err) == 0 &&
	    count_base_open(&scratch, temporary, NULL, err) == 0)
		result = 0;
	if (result == 0 && count_partitions(archiving, stretch, scratch, chosen, count,
	    &found, &failure) == 0 && (expected < 0 || found == expected)) {
		*archiving->row_count += found;
		result = count_merge(archiving->base, scratch, chosen, count, err);
		if (result == 0)
			result = mark_found(archiving, stretch, chosen, count, err);
	}
	count_base_close(scratch);
	db_close(temporary);
	free(chosen);
	return result;
}

/* Returns the first definition of the same table. */
static size_t
first_of_table(const struct archiving *archiving, size_t definition)
{
	size_t i = 0;

	while (strcmp(table_of(archiving, i), table_of(archiving, definition)) != 0)
		i++;
	return i;
}

/* Whether rows of unknown times left a definition's table: they may be of any day, so that
 * the days of its other departures are not counted by themselves. */
static bool
is_counted_at_once(const struct archiving *archiving, size_t definition)
{
	for (size_t i = 0; i < archiving->departures.count; i++)
		if (!archiving->departures.items[i].has_times &&
		    concerns(archiving, definition, &archiving->departures.items[i]))
			return true;
	return false;
}

/* Counts what is missing: a table at once where the times of its departures are not known,
 * else by days. One attempt is enough for all definitions of the table. */
static int
count_stretches(struct archiving *archiving, struct err *err)
{
	struct number_map *tried = mem_new(archiving->count + 1, sizeof(*tried));
	int result = 0;

	for (size_t i = 0; i < archiving->count && result == 0; i++) {
		struct number_map *days = &tried[first_of_table(archiving, i)];
		bool is_at_once = is_counted_at_once(archiving, i);

		for (size_t k = 0; k < archiving->departures.count && result == 0; k++) {
			const struct departure *departure =
			    &archiving->departures.items[k];
			struct stretch stretch = { table_of(archiving, i), is_at_once
				? -1 : departure->from_ms / TIM_MS_PER_DAY };
			size_t count = days->count;

			if (*missing(archiving, i, k) &&
			    number_map_add(days, stretch.day, count) == count)
				result = count_stretch(archiving, &stretch, err);
		}
	}
	for (size_t i = 0; i < archiving->count; i++)
		number_map_release(&tried[i]);
	free(tried);
	return result;
}

int
count_archive_open(struct catalog *out, const struct count_archive *archive,
    const struct db *db, struct err *err)
{
	if (catalog_init(out, archive->root, true, err) < 0)
		return archive->is_given ? -1 : 0;
	if (out->store[0] == '\0' || strcmp(out->store, archive->store) == 0)
		return 1;
	if (!archive->is_given)
		return 0;
	return err_set(err, EXIT_CONFIG, "%s: the archive of another database than %s",
	    archive->root, db_path(db));
}

static int
count_missing(struct archiving *archiving, struct err *err)
{
	int result = restart_mixed(archiving, err);

	return result == 0 ? count_stretches(archiving, err) : result;
}

int
count_archived(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, const struct count_archive *archive, int64_t *row_count,
    struct err *err)
{
	struct archiving archiving = { .base = base, .db = db, .wanted = wanted,
		.count = count, .root = archive->root };
	int result;

	archiving.row_count = row_count;
	if (archive->root == NULL)
		return 0;
	result = departures_read(db, 0, &archiving.departures, err);
	if (result == 0)
		result = read_missing(&archiving, err);
	if (result == 1)
		result = count_archive_open(&archiving.catalog, archive, db, err);
	else if (result == 0 && archive->is_given) {
		/* One of another database is told before it is needed; one that pack has not
		 * made yet is as good as one that is empty. */
		result = count_archive_open(&archiving.catalog, archive, db, err);
		result = result < 0 && err->exit_code == EXIT_CONFIG ? -1 : 0;
	}
	if (result == 1)
		result = count_missing(&archiving, err);
	departures_release(&archiving.departures);
	catalog_release(&archiving.catalog);
	free(archiving.is_missing);
	return result;
}
