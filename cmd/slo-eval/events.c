/* SPDX-License-Identifier: ISC
 *
 * Where the events come from: a database, or stdin.
 */
#include "base/log.h"
#include "cmd/slo-eval/run.h"
#include "ingest/ingest.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
run_stdin_has_objectives(const struct run *run)
{
	for (size_t i = 0; i < run->slo_files.count; i++)
		if (strcmp(run->slo_files.items[i], "-") == 0)
			return true;
	return false;
}

/* Stores the events of stdin in a temporary database. */
static int
read_stdin(struct db **out, struct err *err)
{
	const struct ingest_options plain = { .reading.keep_extra = true };
	struct ingest *ingest = NULL;
	int64_t dead;

	if (store_open(out, DB_TEMPORARY, DB_WRITE, DB_WAIT_MS, err) < 0)
		return -1;
	if (ingest_open(&ingest, *out, &plain, err) < 0 ||
	    ingest_run(ingest, STDIN_FILENO, "-", err) < 0) {
		ingest_close(ingest);
		db_close(*out);
		return -1;
	}
	dead = ingest_totals(ingest)->fates[LEDGER_DEAD];
	if (dead > 0)
		log_warning("standard input: %lld of %lld lines refused; "
		    "tel-ingest says why", (long long)dead,
		    (long long)ingest_totals(ingest)->lines);
	ingest_close(ingest);
	return 0;
}

bool
run_reads_stdin(const struct run *run)
{
	if (run->db != NULL)
		return strcmp(run->db, "-") == 0;
	return getenv("TEL_DB") == NULL && !run_stdin_has_objectives(run) &&
	    !isatty(STDIN_FILENO);
}

int
run_open_events(const struct run *run, struct db **out, struct err *err)
{
	const char *path;

	if (run_reads_stdin(run))
		return read_stdin(out, err);
	if (store_path(run->db, &path, err) < 0)
		return -1;
	if (store_open(out, path, DB_READ, DB_WAIT_MS, err) < 0)
		return -1;
	return db_keep_little(*out, err);
}

