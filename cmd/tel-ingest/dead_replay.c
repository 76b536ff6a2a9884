/* SPDX-License-Identifier: ISC
 *
 * tel-ingest dead replay: reads the selected dead letters again, with the options
 * given and by the rules of this version, and prints how many were stored.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "cmd/tel-ingest/dead.h"
#include "cmd/tel-ingest/take_setup.h"
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct replay {
	struct run *run;
	int64_t letters, fates[LEDGER_FATE_COUNT];
	int64_t not_whole, not_complete; /* not replayed; counted as dead too */
};

/* Whether to replay the dead letter. The rest of a truncated line may still arrive,
 * and the complete line is then stored, so the truncated one is replayed only when the
 * user chooses it by id or reason. */
static bool
should_replay(const struct run *run, const struct dead_letter *letter)
{
	return run->operand_count > 0 || run->reasons.count > 0 ||
	    letter->reason != REASON_truncated;
}

/* Replays a dead letter, if its whole line was kept, and counts its fate. */
static int
replay_letter(struct replay *replay, struct ingest *ingest,
    const struct dead_letter *letter, struct err *err)
{
	enum ledger_fate fate = LEDGER_DEAD;

	replay->letters++;
	if (!dead_is_whole(letter))
		replay->not_whole++;
	else if (!should_replay(replay->run, letter))
		replay->not_complete++;
	else if (ingest_replay(ingest, letter, &fate, err) < 0)
		return err_in(err, "dead letter %" PRId64, letter->id);
	replay->fates[fate]++;
	progress_show(&replay->run->progress, "%" PRId64 " dead letters",
	    replay->letters);
	return 0;
}

/* Reads the dead letters from a snapshot, so that replaying may delete them. */
static int
replay_all(struct replay *replay, struct ingest *ingest,
    struct dead_reader *reader, struct err *err)
{
	struct dead_letter letter;
	int result;

	while ((result = dead_next(reader, &letter, err)) == 1)
		if (replay_letter(replay, ingest, &letter, err) < 0)
			return -1;
	if (ingest_replay_finish(ingest, err) < 0)
		return -1;
	return result;
}

static void
print_counts(const struct replay *replay)
{
	struct buf out = BUF_EMPTY;
	struct json_writer json;

	json_writer_init(&json, &out);
	json_writer_open(&json, '{');
	json_writer_key_integer(&json, "letters", replay->letters);
	json_writer_key_integer(&json, "inserted",
	    replay->fates[LEDGER_INSERTED]);
	json_writer_key_integer(&json, "duplicate",
	    replay->fates[LEDGER_DUPLICATE]);
	json_writer_key_integer(&json, "filtered",
	    replay->fates[LEDGER_FILTERED]);
	json_writer_key_integer(&json, "dead", replay->fates[LEDGER_DEAD]);
	json_writer_close(&json, '}');
	buf_add_char(&out, '\n');
	dead_print(&out);
	buf_release(&out);
}

/* Warns of the dead letters that are left. Returns the exit code. */
static int
print_verdict(const struct replay *replay)
{
	int64_t dead = replay->fates[LEDGER_DEAD];
	int64_t again = dead - replay->not_whole - replay->not_complete;

	if (replay->not_whole > 0)
		log_warning("%" PRId64 " of %" PRId64 " dead letters cannot be "
		    "replayed, because their lines were not kept whole",
		    replay->not_whole, replay->letters);
	if (replay->not_complete > 0)
		log_warning("%" PRId64 " of %" PRId64 " dead letters are "
		    "truncated, and their lines may still be completed; to "
		    "replay them as they are give --reason truncated",
		    replay->not_complete, replay->letters);
	if (again > 0)
		log_warning("%" PRId64 " of %" PRId64 " dead letters %s refused "
		    "again", again, replay->letters, again == 1 ? "was"
		    : "were");
	return dead > 0 ? EXIT_NO : EXIT_YES;
}

static int
replay_selection(struct replay *replay, const struct dead_selection *selection,
    struct err *err)
{
	struct run *run = replay->run;
	struct ingest_options options = { .source = NULL };
	struct dead_reader *reader = NULL;
	struct ingest *ingest = NULL;
	struct db *writer = NULL, *db = NULL;
	int result = -1;

	if (take_setup_open_reading(&options.reading, run, err) == 0 &&
	    dead_open_writer(run, &writer, err) == 0 &&
	    dead_open_letters(run, &db, selection, &reader, err) == 0 &&
	    ingest_open(&ingest, writer, &options, err) == 0)
		result = replay_all(replay, ingest, reader, err);
	progress_end(&replay->run->progress);
	ingest_close(ingest);
	dead_close(reader);
	db_close(db);
	db_close(writer);
	take_setup_close_reading(&options.reading);
	return result;
}

int
dead_replay_verb(struct run *run, struct err *err)
{
	struct dead_selection selection = { 0 };
	struct replay replay = { .run = run };
	int result = dead_select(run, false, &selection, err);

	if (result == 0)
		result = replay_selection(&replay, &selection, err);
	dead_select_release(&selection);
	if (result < 0)
		return -1;
	print_counts(&replay);
	return print_verdict(&replay);
}
