/* SPDX-License-Identifier: ISC */
#include "count/bring_up.h"
#include "base/mem.h"
#include "base/tim.h"
#include "count/catch_up.h"
#include "count/count_file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long another program that writes the file is waited for, and how often. */
#define WAIT_NS INT64_C(4000000000)
#define PAUSE_NS 5000000

struct definitions {
	struct slo_definition_copy *copies; /* owned */
	struct count_wanted *wanted;        /* the same, owned */
	size_t count;
};

static void
release(struct definitions *definitions)
{
	for (size_t i = 0; i < definitions->count; i++) {
		slo_definition_copy_release(&definitions->copies[i]);
		free(definitions->wanted[i].text);
	}
	free(definitions->copies);
	free(definitions->wanted);
}

/* Reads the definitions of the file. */
static int
read_definitions(struct definitions *out, struct db *db, struct err *err)
{
	struct db_statement *texts;
	int64_t count;
	int result;

	memset(out, 0, sizeof(*out));
	if (db_integer(db, "SELECT count(*) FROM count_definitions", 0, &count, err) < 0 ||
	    db_prepare(db, &texts, "SELECT text FROM count_definitions ORDER BY no",
	    err) < 0)
		return -1;
	out->copies = mem_new((size_t)count + 1, sizeof(*out->copies));
	out->wanted = mem_new((size_t)count + 1, sizeof(*out->wanted));
	while ((result = db_step(texts, err)) == 1 && out->count < (size_t)count) {
		size_t i = out->count++;

		out->wanted[i].text = mem_text(db_column_text(texts, 0));
		if (slo_definition_read(&out->copies[i], out->wanted[i].text, err) < 0) {
			result = -1;
			break;
		}
		out->wanted[i].definition = out->copies[i].definition;
	}
	db_finalize(texts);
	return result < 0 ? -1 : 0;
}

/* One step, in the transaction of the file. Returns as count_catch_up. */
static int
step(struct count_file *file, struct count_base *base, struct db *db, struct err *err)
{
	struct definitions definitions;
	int64_t row_count = 0;
	int result = read_definitions(&definitions, file->db, err);
	struct err ignored;

	if (result == 0)
		result = db_run(db, "BEGIN", err);
	if (result == 0) {
		result = count_catch_up(base, db, definitions.wanted, definitions.count,
		    COUNT_STEP_ROWS, &row_count, err);
		if (db_run(db, "ROLLBACK", result < 0 ? &ignored : err) < 0)
			result = -1;
	}
	release(&definitions);
	return result < 0 || count_file_check(file, err) < 0 ? -1 : result;
}

/* Takes the lock of the file, for which db_begin does not wait. */
static int
begin(struct db *db, struct err *err)
{
	const struct timespec pause = { 0, PAUSE_NS };
	int64_t deadline_ns = tim_monotonic_ns() + WAIT_NS;

	while (db_begin(db, err) < 0) {
		if (err->exit_code != EXIT_AGAIN || tim_monotonic_ns() > deadline_ns)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
bring_up(struct count_file *file, struct db *db, struct err *err)
{
	struct count_base *base;
	int result;

	if (count_base_open(&base, file->db, NULL, err) < 0)
		return -1;
	do {
		result = begin(file->db, err);
		if (result < 0)
			break;
		result = step(file, base, db, err);
		if (result < 0)
			db_rollback(file->db);
		else if (db_commit(file->db, err) < 0)
			result = -1;
	} while (result == 1);
	count_base_close(base);
	return result;
}

int
count_bring_up_to_date(struct db *db, struct err *err)
{
	struct count_file file;
	struct buf path = BUF_EMPTY;
	int result = 0;

	count_file_path(&path, db);
	if (access(buf_text(&path), F_OK) == 0) {
		result = count_file_open(&file, db, NULL, err);
		if (result == 1 && file.is_writable)
			result = bring_up(&file, db, err);
		else if (result == 1)
			result = err_set(err, EXIT_CREATE, "%s: may not be written",
			    buf_text(&path));
		count_file_close(&file);
	}
	buf_release(&path);
	return result < 0 ? -1 : 0;
}
