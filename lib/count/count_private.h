/* SPDX-License-Identifier: ISC
 *
 * count_private -- what is in a count, for the modules that read it: other rooms do not
 * include it.
 */
#ifndef COUNT_COUNT_PRIVATE_H
#define COUNT_COUNT_PRIVATE_H

#include "count/base.h"
#include "count/catch_up.h"
#include "count/count.h"
#include "count/count_file.h"
#include "count/from_archive.h"
#include "store/store_identity.h"

struct last_minute;

struct count {
	struct db *db;             /* of the events; borrowed */
	bool has_snapshot;         /* of db; */
	bool is_within;            /* that of another count is used */
	struct count_options options;
	struct count_wanted *wanted;
	size_t wanted_count;
	size_t *places;            /* of the caller's definitions among wanted */
	size_t place_count;
	struct count_file file;
	bool is_up_to_date;        /* the file was brought up to date, the archive asked */
	struct count_base *below;  /* of the file; NULL without */
	struct db *temporary;      /* NULL when the file says all */
	struct count_base *base;   /* the one to read: below, or of temporary */
	struct last_minute *last_minute; /* NULL until it is needed */
	char *remembered;          /* path of the archive, by the database; NULL: none */
	char store_id[STORE_ID_SIZE];
	/* The one that the user gave, or else the remembered one; without a folder for a run
	 * and for events of standard input. */
	struct count_archive archive;
	struct departures departures;
	bool *is_missing;          /* wanted_count times departures.count */
	struct count_report report;
};

/* Closes what a count keeps of its last minute; NULL is fine. */
void last_minute_close(struct last_minute *last);

/* Visits the days of a definition in another base. */
MUST_USE int count_read_days_of(struct count_base *base, const struct count *count,
    size_t which, count_visitor *visit, void *context, struct err *err);

#endif
