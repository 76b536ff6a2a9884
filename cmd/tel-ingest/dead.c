/* SPDX-License-Identifier: ISC */
#include "cmd/tel-ingest/dead.h"
#include "base/mem.h"
#include "base/num.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
dead_print(struct buf *text)
{
	fwrite(buf_text(text), 1, text->len, stdout);
	buf_reset(text);
}

int
dead_select(const struct run *run, bool may_be_all,
    struct dead_selection *selection, struct err *err)
{
	bool has_filter = run->reasons.count > 0 || run->input != NULL;
	size_t count = (size_t)run->operand_count;

	memset(selection, 0, sizeof(*selection));
	selection->ids = mem_new(count + 1, sizeof(selection->ids[0]));
	selection->id_count = count;
	selection->reasons = run->reasons.items;
	selection->reason_count = run->reasons.count;
	selection->input = run->input;
	selection->limit = run->limit;
	for (size_t i = 0; i < count; i++)
		if (num_integer(run->operands[i], 0, INT64_MAX,
		    &selection->ids[i]) < 0) {
			err_set(err, EXIT_USAGE, "'%s' is not the id of a "
			    "dead letter; tel-ingest dead ls lists them",
			    run->operands[i]);
			goto fail;
		}
	if (run->is_all && (count > 0 || has_filter)) {
		err_set(err, EXIT_USAGE, "--all does not go with a choice of "
		    "dead letters");
		goto fail;
	}
	if (!may_be_all && !run->is_all && count == 0 && !has_filter) {
		err_set(err, EXIT_USAGE, "which dead letters? give ID..., "
		    "--reason R, --input NAME or --all");
		goto fail;
	}
	if (dead_check_reasons(selection, err) == 0)
		return 0;
fail:
	dead_select_release(selection);
	return -1;
}

void
dead_select_release(struct dead_selection *selection)
{
	free(selection->ids);
	selection->ids = NULL;
}

int
dead_open_letters(const struct run *run, struct db **db,
    const struct dead_selection *selection, struct dead_reader **reader,
    struct err *err)
{
	if (store_open(db, run->db, DB_READ, run->wait_ms, err) < 0 ||
	    db_run(*db, "BEGIN", err) < 0)
		return -1;
	return dead_open(reader, *db, selection, err);
}

int
dead_open_writer(const struct run *run, struct db **db, struct err *err)
{
	struct db *existing;

	/* DB_WRITE would create a missing database, so DB_READ reports it first. */
	if (store_open(&existing, run->db, DB_READ, run->wait_ms,
	    err) < 0)
		return -1;
	db_close(existing);
	return store_open(db, run->db, DB_WRITE, run->wait_ms, err);
}
