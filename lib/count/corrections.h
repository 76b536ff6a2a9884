/* SPDX-License-Identifier: ISC
 *
 * corrections -- what keeps counters that people were shown from falling. When a definition
 * begins anew, as after an older copy of the database came back, its totals may end lower
 * than they were. What they lack then is kept beside them for ever: the sum of both is the
 * counter, and the correction says how much of it is gone.
 */
#ifndef COUNT_CORRECTIONS_H
#define COUNT_CORRECTIONS_H

#include "count/base.h"

/* Totals as numbers: of counts good, bad, unknown and excluded; of values their count, those
 * unknown, their sum, and each bucket. */
enum { COUNT_LEVEL_GOOD, COUNT_LEVEL_BAD, COUNT_LEVEL_UNKNOWN, COUNT_LEVEL_EXCLUDED };
enum { COUNT_LEVEL_COUNT, COUNT_LEVEL_LOST, COUNT_LEVEL_SUM, COUNT_LEVEL_BUCKETS };

struct count_levels {
	double items[COUNT_LEVEL_BUCKETS + COUNT_MAX_BOUNDS + 1];
	size_t count;
};

struct count_levels count_levels_of_cell(const struct count_cell *cell);
struct count_levels count_levels_of_value(const struct count_value *value,
    size_t bound_count);

/* The same of the bytes of a value. EXIT_DATA when they are none. */
MUST_USE int count_levels_of_bytes(struct count_levels *out, const void *bytes, size_t len,
    struct err *err);

/* Totals of groups; zero is an empty list. The caller frees items. */
struct count_shown {
	struct count_group_levels {
		int64_t group_no;
		struct count_levels levels;
	} *items;
	size_t count;
};
void count_shown_add(struct count_shown *shown, int64_t group_no,
    const struct count_levels *levels);

/* Remembers the totals of a definition, before they are deleted. */
MUST_USE int count_corrections_keep(struct count_base *base, int64_t no, struct err *err);

/* Turns what was remembered of a definition into corrections, when all events that are left
 * are counted again. */
MUST_USE int count_corrections_settle(struct count_base *base, int64_t no,
    struct err *err);

/* Forgets those of a definition. */
MUST_USE int count_corrections_forget(struct count_base *base, int64_t no,
    struct err *err);

/* Calls visit with what is to be added to the totals of each group that was corrected. */
typedef int count_correction_visitor(void *context, int64_t group_no,
    const struct count_levels *added, struct err *err);
MUST_USE int count_corrections_read(struct count_base *base, int64_t no,
    count_correction_visitor *visit, void *context, struct err *err);

/* The same where totals are shown that were counted further in a base over this one, or, when
 * the definition began anew there, from the first event on. */
MUST_USE int count_corrections_read_beside(struct count_base *base, int64_t no,
    bool began_anew, const struct count_shown *shown, count_correction_visitor *visit,
    void *context, struct err *err);

#endif
