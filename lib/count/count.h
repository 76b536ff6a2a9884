/* SPDX-License-Identifier: ISC
 *
 * count -- counts of events by minute and group, for any number of definitions: taken
 * from the counts file of the database, brought up to date by what is new there, and
 * completed from rows where the file may not be written. A count sees one moment of the
 * database until it is closed.
 */
#ifndef COUNT_COUNT_H
#define COUNT_COUNT_H

#include "count/cell.h"
#include "count/corrections.h"
#include "count/group_order.h"
#include "slo/selection.h"
#include "store/news.h"
#include "store/run.h"

struct count;

struct count_options {
	const char *path; /* of the counts file, NULL: beside the database; borrowed */
	bool has_no_file; /* counts from rows alone */
	const char *archive; /* folder of what left the database; NULL: the one that the
	                      * database remembers, where it can be read; borrowed */
	/* Called with the rows read so far while many are read, unless NULL. */
	void (*progress)(void *context, int64_t row_count);
	void *context;
};

/* Where the numbers came from, for people. */
struct count_report {
	bool has_file, is_file_written;
	int64_t row_count; /* read to bring the counts up to date */
	int64_t elapsed_ms;
	int64_t since_ms;  /* when the file was begun; -1 without one */
	struct err unwritten; /* why what is new could not be stored there, as on a full
	                       * disk, and is counted beside it; its text is "" otherwise */
};

/* Counts the definitions, whose texts are borrowed, in a database that has no transaction.
 * Its snapshot begins here and ends with count_close. *out is the caller's. EXIT_CONFIG
 * when the file of options->path is that of another database. Any other failure of the
 * counts file is one that goes away with has_no_file. */
MUST_USE int count_open(struct count **out, struct db *db,
    const struct slo_definition *definitions, size_t count,
    const struct count_options *options, struct err *err);
void count_close(struct count *count); /* NULL is fine */

/* The same in the snapshot of another count of the database, which has to stay open for
 * longer. */
MUST_USE int count_open_within(struct count **out, struct count *other,
    const struct slo_definition *definitions, size_t count,
    const struct count_options *options, struct err *err);

/* The same for the events of one run up to last_ms, from rows. from and run_id are
 * borrowed. */
MUST_USE int count_open_run(struct count **out, struct db *db,
    const struct slo_definition *definitions, size_t count, const struct run_from *from,
    const char *run_id, int64_t last_ms, struct err *err);

const struct count_report *count_report(const struct count *count);

/* The counts of a definition, by its place in `definitions`, in a stretch. The cell that
 * is visited, and the bytes, are borrowed until the visit returns; -1 from a visit ends
 * the reading with -1. */
struct count_visit {
	int64_t group_no;
	int64_t from_ms;        /* of the day or hour; 0 for totals */
	struct count_cell cell; /* of a day or total */
	const void *bytes;      /* of a day its hours, of an hour its minutes (cell.h) */
	size_t len;
};
typedef int count_visitor(void *context, const struct count_visit *visit, struct err *err);

/* Each visits what is not empty, in order of time and group. Days and hours are those that
 * begin from from_ms to last_ms. A visit does not read the same of this count. */
MUST_USE int count_read_days(struct count *count, size_t which, int64_t from_ms,
    int64_t last_ms, count_visitor *visit, void *context, struct err *err);
MUST_USE int count_read_hours(struct count *count, size_t which, int64_t from_ms,
    int64_t last_ms, count_visitor *visit, void *context, struct err *err);
MUST_USE int count_read_totals(struct count *count, size_t which, count_visitor *visit,
    void *context, struct err *err);

/* Visits the groups of a definition of values: the bytes are for count_value_read. */
MUST_USE int count_read_values(struct count *count, size_t which, count_visitor *visit,
    void *context, struct err *err);

/* Calls visit with the groups of a definition, in the order in which it first had events of
 * them; some may be named twice, and some have no events any more. */
MUST_USE int count_read_group_order(struct count *count, size_t which,
    count_group_visitor *visit, void *context, struct err *err);

/* Calls visit with what is to be added to the totals or values of each group that once had
 * more, so that counters do not fall. */
MUST_USE int count_read_corrections(struct count *count, size_t which,
    count_correction_visitor *visit, void *context, struct err *err);

/* Sets values[i] to the values of the group with that number, which the caller frees;
 * NULL is NULL. There are as many as the definition has columns of groups. */
MUST_USE int count_read_group(struct count *count, int64_t group_no, char **values,
    size_t value_count, struct err *err);

/* Returns whether rows of the definition's table that left for an archive are not among
 * its counts: a bit for each departure of count_departures. */
bool count_is_missing(const struct count *count, size_t which, size_t departure);

/* Returns all departures of the database, borrowed. */
const struct departures *count_departures(const struct count *count);

#endif
