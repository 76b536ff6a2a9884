/* SPDX-License-Identifier: ISC
 *
 * plan -- what is done with a world, step by step. It is a file of lines, so that steps
 * can be taken out by hand to find what a difference needs:
 *
 *   ingest PART...         the lines of these parts that there are
 *   grow PART              its other lines are appended, and it is ingested again
 *   drop                   the counts file is removed
 *   foreign                that of another database takes its place
 *   garbage                a text file takes its place
 *   pack TIME MS           events before the time go into the archive
 *   return                 all lines of the archive are ingested again
 *   hide, show             the archive is moved away, and back
 *   restore TIME MS [RUN]  a new database is made from the archive and the parts, and
 *                          is judged
 *   judge TIME MS [RUN]    everything is judged, in all ways
 */
#ifndef TESTS_PROPERTY_PLAN_H
#define TESTS_PROPERTY_PLAN_H

#include "tests/property/world.h"

#include <stdio.h>

enum action {
	ACTION_INGEST, ACTION_GROW, ACTION_DROP, ACTION_FOREIGN, ACTION_GARBAGE,
	ACTION_PACK, ACTION_RETURN, ACTION_HIDE, ACTION_SHOW, ACTION_RESTORE, ACTION_JUDGE
};

struct step {
	enum action action;
	int parts[PART_COUNT], part_count;
	int64_t ms;
	char run[16]; /* "" for none */
};

/* Writes a random plan. */
void plan_write(FILE *out, const struct world *world);

/* Reads a text up to the end of its line. Returns 0, or -1 when that is no step. */
int plan_read(struct step *step, const char *line);

#endif
