/* SPDX-License-Identifier: ISC */
#include "ingest/audit_new.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Where the events of one run may be in one source. */
struct place {
	struct buf run_id;
	int64_t source_no; /* 0: none was looked up */
	int64_t from, until, from_ts_ms, until_ts_ms;
};

struct audit_new {
	struct db_statement *pieces, *old, *run;
	bool has_piece;          /* there is a current row of pieces */
	struct ranges positions; /* of the source that was read */
	bool is_old;             /* it has batches from before pieces were kept */
	struct place place;      /* of the run that was looked up last */
};

/* The hull of a batch stands for its pieces when it has none of its own. */
static const char pieces_sql[] =
    "SELECT source_no, from_position, until_position FROM batch_pieces UNION ALL"
    " SELECT source_no, from_position, until_position FROM batches"
    " WHERE row_count > 0 AND transaction_no > (SELECT pieces_since FROM store_identity)"
    " AND NOT EXISTS (SELECT 1 FROM batch_pieces AS piece"
    " WHERE piece.transaction_no = batches.transaction_no"
    " AND piece.source_no = batches.source_no) ORDER BY 1, 2";

static const char old_sql[] = "SELECT 1 FROM batches WHERE source_no = :source_no"
    " AND transaction_no <= (SELECT pieces_since FROM store_identity) LIMIT 1";

static const char run_sql[] = "SELECT from_position, until_position, from_ts_ms,"
    " until_ts_ms FROM run_sources WHERE run_id = :run_id AND source_no = :source_no";

static int
step_pieces(struct audit_new *news, struct err *err)
{
	int result = db_step(news->pieces, err);

	news->has_piece = result == 1;
	return result < 0 ? -1 : 0;
}

int
audit_new_open(struct audit_new **out, struct db *db, struct err *err)
{
	struct audit_new *news;
	int64_t count;

	*out = NULL;
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema WHERE name"
	    " = 'store_identity'", 0, &count, err) < 0)
		return -1;
	if (count == 0)
		return 0;
	news = mem_new(1, sizeof(*news));
	if (db_prepare(db, &news->pieces, pieces_sql, err) < 0 ||
	    db_prepare(db, &news->old, old_sql, err) < 0 ||
	    db_prepare(db, &news->run, run_sql, err) < 0 ||
	    step_pieces(news, err) < 0) {
		audit_new_close(news);
		return -1;
	}
	*out = news;
	return 0;
}

void
audit_new_close(struct audit_new *news)
{
	if (news == NULL)
		return;
	db_finalize(news->pieces);
	db_finalize(news->old);
	db_finalize(news->run);
	ranges_release(&news->positions);
	buf_release(&news->place.run_id);
	free(news);
}

int
audit_new_read(struct audit_new *news, int64_t source_no, int64_t *bad_count,
    struct err *err)
{
	int64_t end = INT64_MIN;
	int result;

	news->positions.count = 0;
	news->place.source_no = 0;
	*bad_count = 0;
	while (news->has_piece && db_column_integer(news->pieces, 0) <= source_no) {
		int64_t from = db_column_integer(news->pieces, 1);
		int64_t until = db_column_integer(news->pieces, 2);

		if (db_column_integer(news->pieces, 0) == source_no) {
			*bad_count += from < end;
			end = until > end ? until : end;
			ranges_add(&news->positions, from, until);
		}
		if (step_pieces(news, err) < 0)
			return -1;
	}
	DB_BIND(news->old, db_value_integer(":source_no", source_no));
	result = db_step(news->old, err);
	news->is_old = result == 1;
	db_reset(news->old);
	return result < 0 ? -1 : 0;
}

bool
audit_new_has(const struct audit_new *news, int64_t position)
{
	return news->is_old || ranges_have(&news->positions, position);
}

static bool
is_within(const struct place *place, int64_t position, int64_t ts_ms)
{
	return position >= place->from && position < place->until &&
	    ts_ms >= place->from_ts_ms && ts_ms < place->until_ts_ms;
}

/* Looks up the run; an unknown one is nowhere. */
static int
find_run(struct audit_new *news, int64_t source_no, const char *run_id,
    struct err *err)
{
	struct place *place = &news->place;
	int result;

	place->source_no = source_no;
	place->from = place->until = 0;
	buf_reset(&place->run_id);
	buf_add(&place->run_id, run_id, strlen(run_id) + 1);
	DB_BIND(news->run, db_value_text(":run_id", run_id),
	    db_value_integer(":source_no", source_no));
	result = db_step(news->run, err);
	if (result == 1) {
		place->from = db_column_integer(news->run, 0);
		place->until = db_column_integer(news->run, 1);
		place->from_ts_ms = db_column_integer(news->run, 2);
		place->until_ts_ms = db_column_integer(news->run, 3);
		db_reset(news->run);
	}
	return result < 0 ? -1 : 0;
}

int
audit_new_has_run(struct audit_new *news, int64_t source_no, int64_t position,
    int64_t ts_ms, const char *run_id, struct err *err)
{
	struct place *place = &news->place;

	if (place->source_no != source_no || strcmp(place->run_id.data, run_id) != 0)
		if (find_run(news, source_no, run_id, err) < 0)
			return -1;
	if (is_within(place, position, ts_ms))
		return 1;
	/* Runs without a name in the list; old files have only these. */
	if (find_run(news, source_no, "", err) < 0)
		return -1;
	return is_within(place, position, ts_ms) || (news->is_old &&
	    position >= place->from && position < place->until);
}
