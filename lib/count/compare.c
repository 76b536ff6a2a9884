/* SPDX-License-Identifier: ISC */
#include "count/compare.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "base/tim.h"
#include "count/count_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is counted in one day of all groups. Sums of hashes do not depend on the order,
 * which differs with the numbers of groups. */
struct day {
	int64_t day;
	uint64_t hash;
	int64_t events;
	bool is_skipped;
};

/* The days of one definition in one count. */
struct digest_of_days {
	struct count *count;
	size_t group_count; /* columns of the groups */
	struct day *days;
	size_t day_count;
	struct number_map by_day;
	struct day total; /* of all days; skipped when one of them is */
	/* The hash of the values of each group. */
	uint64_t *group_hashes;
	size_t group_hash_count;
	struct number_map by_group;
};

static struct day *
find_day(struct digest_of_days *digest, int64_t day)
{
	size_t i = number_map_add(&digest->by_day, day, digest->day_count);

	if (i == digest->day_count) {
		digest->days = mem_resize(digest->days, i + 1, sizeof(*digest->days));
		digest->days[digest->day_count++] = (struct day){ .day = day };
	}
	return &digest->days[i];
}

/* Sets *hash to that of the values of a group. */
static int
hash_group(struct digest_of_days *digest, int64_t group_no, uint64_t *hash,
    struct err *err)
{
	size_t i = number_map_find(&digest->by_group, group_no);
	char *values[SLO_MAX_GROUP] = { NULL };

	if (i != NUMBER_MAP_NONE) {
		*hash = digest->group_hashes[i];
		return 0;
	}
	if (count_read_group(digest->count, group_no, values, digest->group_count,
	    err) < 0)
		return -1;
	*hash = digest->group_count;
	for (size_t k = 0; k < digest->group_count; k++) {
		*hash = hash_mix(*hash, values[k] != NULL
		    ? hash_fnv1a(values[k], strlen(values[k])) : 1);
		free(values[k]);
	}
	i = digest->group_hash_count++;
	number_map_add(&digest->by_group, group_no, i);
	digest->group_hashes = mem_resize(digest->group_hashes, i + 1,
	    sizeof(*digest->group_hashes));
	digest->group_hashes[i] = *hash;
	return 0;
}

static int
add_to(struct day *day, struct digest_of_days *digest, const struct count_visit *visited,
    struct err *err)
{
	const struct count_cell *cell = &visited->cell;
	uint64_t hash;

	if (hash_group(digest, visited->group_no, &hash, err) < 0)
		return -1;
	hash = hash_mix(hash, (uint64_t)visited->from_ms);
	hash = hash_mix(hash, (uint64_t)cell->good);
	hash = hash_mix(hash, (uint64_t)cell->bad);
	hash = hash_mix(hash, (uint64_t)cell->unknown);
	hash = hash_mix(hash, (uint64_t)cell->excluded);
	hash = hash_mix(hash, (uint64_t)cell->bad_minutes);
	hash = hash_mix(hash, (uint64_t)cell->first_ms);
	hash = hash_mix(hash, (uint64_t)cell->newest_ms);
	if (visited->len > 0)
		hash = hash_mix(hash, hash_fnv1a(visited->bytes, visited->len));
	day->hash += hash;
	day->events += count_cell_total(cell);
	return 0;
}

static int
visit(void *context, const struct count_visit *visited, struct err *err)
{
	struct digest_of_days *digest = context;

	return add_to(find_day(digest, visited->from_ms / COUNT_DAY_MS), digest, visited,
	    err);
}

static int
visit_total(void *context, const struct count_visit *visited, struct err *err)
{
	struct digest_of_days *digest = context;

	return add_to(&digest->total, digest, visited, err);
}

/* Gives each the days of the other. */
static void
share_days(struct digest_of_days *a, struct digest_of_days *b)
{
	for (size_t i = 0; i < a->day_count; i++)
		find_day(b, a->days[i].day);
	for (size_t i = 0; i < b->day_count; i++)
		find_day(a, b->days[i].day);
}

/* Marks the days from which rows left that the definition has not counted. Where their times
 * are not known, the days are those that it has. */
static void
skip_missing(struct digest_of_days *digest, const struct count *from, size_t which)
{
	const struct departures *departures = count_departures(from);

	for (size_t i = 0; i < departures->count; i++) {
		const struct departure *departure = &departures->items[i];

		if (!count_is_missing(from, which, i))
			continue;
		digest->total.is_skipped = true;
		if (departure->has_times) {
			find_day(digest, departure->from_ms / COUNT_DAY_MS)->is_skipped =
			    true;
			continue;
		}
		for (size_t k = 0; k < digest->day_count; k++)
			if (digest->days[k].day * COUNT_DAY_MS < departure->committed_ms)
				digest->days[k].is_skipped = true;
	}
}

static int
read_digest(struct digest_of_days *digest, struct count *count, size_t which,
    struct err *err)
{
	memset(digest, 0, sizeof(*digest));
	digest->count = count;
	digest->group_count =
	    count->wanted[count->places[which]].definition.group_count;
	if (count_read_days(count, which, 0, INT64_MAX / 2, visit, digest, err) < 0 ||
	    count_read_totals(count, which, visit_total, digest, err) < 0)
		return -1;
	return count_read_hours(count, which, 0, INT64_MAX / 2, visit, digest, err);
}

static void
release(struct digest_of_days *digest)
{
	free(digest->days);
	free(digest->group_hashes);
	number_map_release(&digest->by_day);
	number_map_release(&digest->by_group);
}

/* Returns whether two days agree; else appends in what they do not, where `when` says when
 * that is and text what is counted. */
static bool
is_same_day(const struct day *a, const struct day *b, const char *when, const char *text,
    struct buf *out)
{
	if (a->is_skipped || b->is_skipped || a->hash == b->hash)
		return true;
	buf_printf(out, "%s the counts have %" PRId64 " events, the rows %" PRId64
	    ", or others, of: ", when, a->events, b->events);
	for (; *text != '\0'; text++)
		buf_add_char(out, *text == '\n' ? ' ' : *text);
	return false;
}

/* Returns whether they agree; else appends the first day in which they do not. Adds days
 * that are not compared to skipped. */
static bool
is_same(struct digest_of_days *a, struct digest_of_days *b, const char *text,
    struct buf *out, struct number_map *skipped)
{
	share_days(a, b);
	for (size_t i = 0; i < b->day_count; i++) {
		const struct day *left = find_day(a, b->days[i].day);
		const struct day *right = &b->days[i];
		char when[TIM_TEXT_SIZE + 3] = "on ";

		tim_print_day(when + 3, right->day * COUNT_DAY_MS);
		if (left->is_skipped || right->is_skipped)
			number_map_add(skipped, right->day, 0);
		if (!is_same_day(left, right, when, text, out))
			return false;
	}
	return is_same_day(&a->total, &b->total, "in total", text, out);
}

int
count_compare(struct count *a, struct count *b, struct buf *out, int64_t *skipped,
    struct err *err)
{
	struct number_map skipped_days = { NULL, 0, 0 };
	int result = 1;

	/* Places may be the same definition, so each definition is compared at its first. */
	for (size_t i = 0, next = 0; i < a->place_count && result == 1; i++) {
		struct digest_of_days left, right;

		if (a->places[i] != next)
			continue;
		next++;
		if (read_digest(&left, a, i, err) < 0)
			result = -1;
		if (read_digest(&right, b, i, err) < 0)
			result = -1;
		/* All of a day may have left one of them. */
		share_days(&left, &right);
		skip_missing(&left, a, i);
		skip_missing(&right, b, i);
		if (result == 1 && !is_same(&left, &right, a->wanted[a->places[i]].text,
		    out, &skipped_days))
			result = 0;
		release(&left);
		release(&right);
	}
	*skipped = (int64_t)skipped_days.count;
	number_map_release(&skipped_days);
	return result;
}
