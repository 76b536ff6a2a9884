/* SPDX-License-Identifier: ISC */
#include "cmd/tel-ingest/dead.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/prog.h"
#include "base/tim.h"
#include "store/store.h"

#include <inttypes.h>
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
dead_select(const struct request *request, bool may_be_all,
    struct dead_selection *selection, struct err *err)
{
	bool has_filter = request->reasons.count > 0 || request->input != NULL;
	size_t count = (size_t)request->operand_count;

	memset(selection, 0, sizeof(*selection));
	selection->ids = mem_new(count + 1, sizeof(selection->ids[0]));
	selection->id_count = count;
	selection->reasons = request->reasons.items;
	selection->reason_count = request->reasons.count;
	selection->input = request->input;
	selection->limit = request->limit;
	for (size_t i = 0; i < count; i++)
		if (num_integer(request->operands[i], 0, INT64_MAX,
		    &selection->ids[i]) < 0) {
			err_set(err, EXIT_USAGE, "'%s' is no id of a dead "
			    "letter, such as tel-ingest dead ls shows",
			    request->operands[i]);
			goto fail;
		}
	if (request->is_all && (count > 0 || has_filter)) {
		err_set(err, EXIT_USAGE, "--all and a choice of letters do not "
		    "go together");
		goto fail;
	}
	if (!may_be_all && !request->is_all && count == 0 && !has_filter) {
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
dead_open_letters(const struct request *request, struct db **db,
    const struct dead_selection *selection, struct dead_reader **reader,
    struct err *err)
{
	if (store_open(db, request->db, DB_READ, request->wait_ms, err) < 0 ||
	    db_run(*db, "BEGIN", err) < 0)
		return -1;
	return dead_open(reader, *db, selection, err);
}

int
dead_open_writer(const struct request *request, struct db **db, struct err *err)
{
	struct db *existing;

	/* A database that is not there has no dead letters: it is not made. */
	if (store_open(&existing, request->db, DB_READ, request->wait_ms,
	    err) < 0)
		return -1;
	db_close(existing);
	return store_open(db, request->db, DB_WRITE, request->wait_ms, err);
}

int
dead_drop_verb(const struct request *request)
{
	struct dead_selection selection = { 0 };
	struct db *db = NULL;
	int64_t dropped = 0;
	struct err err;
	int result;

	if (dead_select(request, false, &selection, &err) < 0)
		return prog_fail(&err);
	result = dead_open_writer(request, &db, &err);
	if (result == 0)
		result = dead_drop(db, &selection, tim_now_ms(), &dropped, &err);
	if (result == 0)
		printf("{\"dropped\":%" PRId64 "}\n", dropped);
	db_close(db);
	dead_select_release(&selection);
	return result < 0 ? prog_fail(&err) : EXIT_YES;
}
