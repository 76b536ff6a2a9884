/* SPDX-License-Identifier: ISC
 *
 * replay -- what the steps of a plan did, and the comparison of each judgement with that
 * of the judge.
 */
#ifndef TESTS_PROPERTY_REPLAY_H
#define TESTS_PROPERTY_REPLAY_H

#include "tests/property/world.h"

/* Reads FOLDER/plan, FOLDER/out/codes ("NO WAY CODE" a line) and FOLDER/out/NO.WAY, where
 * NO counts the judgements from 1. The ways are
 *
 *   stdin     the parts that were ingested
 *   counts    the database, as it is asked every day
 *   rows      with --no-counts
 *   recount   with --recount
 *   far       with --no-counts, and --archive where it is hidden
 *   restored  another database
 *
 * Compares only some fields where fields is not NULL. Prints the first differences on
 * stdout. Returns their number, or -1 and prints a message when a file is missing. */
int replay_check(const struct world *world, const char *folder, const char *fields);

#endif
