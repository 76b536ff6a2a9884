/* SPDX-License-Identifier: ISC */
#include "io/ingest.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "io/line.h"
#include "io/row.h"
#include "io/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lines of one transaction; with the bytes and the time of a batch it bounds
 * how long the writers' lock is held. */
#define TRANSACTION_LINES 20000
/* Events that a map may make of one line. */
#define MAP_MAX_EVENTS 10000

struct place;

struct ingest {
	struct db *db;
	struct ingest_options options;
	struct ledger *ledger;
	struct row_writer *rows;
	struct json_parser *parser, *map_parser;
	struct db_statement *add_dead, *find_truncated, *drop_truncated;
	struct buf mapped;       /* outputs of the map for one line */
	struct place *stored;    /* the events of one line that have a row */
	struct buf dead_lines;   /* for options.dead_letters, until the commit */
	struct ingest_totals totals, pending;
	/* The input being read: */
	struct ledger_input input;
	char *prefix;
	struct ledger_source *source; /* NULL while it is not needed */
	uint64_t generation;          /* of the ledger, when source was looked up */
	int64_t stored_offset;        /* everything before it is committed */
	int64_t truncated_position;   /* of an unfinished line of an earlier run */
};

/* Where an event belongs: a source and a position, and what that took. */
struct place {
	struct ledger_source *source;
	int64_t from, until;
	int64_t ts_ms;
};

int
ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err)
{
	struct ingest *ingest = mem_new(1, sizeof(*ingest));

	ingest->db = db;
	ingest->options = *options;
	ingest->parser = json_open(LINE_MAX_BYTES);
	ingest->map_parser = json_open(LINE_MAX_BYTES);
	ingest->stored = mem_new(options->map != NULL ? MAP_MAX_EVENTS : 1,
	    sizeof(ingest->stored[0]));
	if (ledger_open(&ingest->ledger, db, err) < 0 ||
	    row_open(&ingest->rows, db, err) < 0 ||
	    db_prepare(db, &ingest->add_dead, "INSERT INTO dead_letters (id,"
	    " batch_transaction_no, input, offset_bytes, line, column, field,"
	    " reason, detail, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
	    " ?10) ON CONFLICT (id) DO NOTHING", err) < 0 ||
	    db_prepare(db, &ingest->find_truncated, "SELECT max(id) FROM"
	    " dead_letters WHERE id BETWEEN ?1 AND ?2"
	    " AND reason = 'truncated'", err) < 0 ||
	    db_prepare(db, &ingest->drop_truncated, "DELETE FROM dead_letters"
	    " WHERE id = ?1 AND reason = 'truncated'", err) < 0) {
		ingest_close(ingest);
		return -1;
	}
	*out = ingest;
	return 0;
}

void
ingest_close(struct ingest *ingest)
{
	if (ingest == NULL)
		return;
	db_finalize(ingest->add_dead);
	db_finalize(ingest->find_truncated);
	db_finalize(ingest->drop_truncated);
	row_close(ingest->rows);
	ledger_close(ingest->ledger);
	json_close(ingest->parser);
	json_close(ingest->map_parser);
	buf_release(&ingest->mapped);
	free(ingest->stored);
	buf_release(&ingest->dead_lines);
	free(ingest->prefix);
	free(ingest);
}

const struct ingest_totals *
ingest_totals(const struct ingest *ingest)
{
	return &ingest->totals;
}

static void
count(struct ingest *ingest, const struct place *place,
    const struct line *line, enum ledger_fate fate)
{
	ledger_count(ingest->ledger, place->source, place->from, place->until,
	    line->full_bytes, fate);
	ingest->pending.lines++;
	ingest->pending.bytes += line->full_bytes;
	ingest->pending.fates[fate]++;
}

/* The line itself as the place: what has no producer lies where it stands. */
static int
place_of_line(struct ingest *ingest, const struct line *line,
    struct place *place, struct err *err)
{
	if (line->offset + line->full_bytes > STORE_MAX_POSITION)
		return err_set(err, EXIT_DATA, "longer than 1 TiB; split it");
	if (ingest->source == NULL && ledger_input(ingest->ledger,
	    &ingest->input, true, &ingest->source, err) < 0)
		return -1;
	place->source = ingest->source;
	place->from = line->offset;
	place->until = line->offset + line->full_bytes;
	return 0;
}

/* The place that the envelope names; the line's own when it names none.
 * 1 found, 0 refused, -1 error. */
static int
place_of_event(struct ingest *ingest, const struct row_envelope *envelope,
    const struct line *line, int64_t index, struct place *place,
    struct row_refusal *refusal, struct err *err)
{
	int result = 1;

	if (envelope->producer != NULL) {
		const struct json_member *run = envelope->run_id;
		bool has_run = run != NULL && run->type == JSON_TEXT;

		place->from = envelope->seq;
		result = ledger_producer(ingest->ledger,
		    envelope->producer->text, envelope->producer->text_len,
		    has_run ? run->text : NULL, has_run ? run->text_len : 0,
		    &place->source, err) < 0 ? -1 : 1;
	} else if (envelope->origin != NULL) {
		place->from = envelope->position;
		result = ledger_named(ingest->ledger, envelope->origin->text,
		    envelope->origin->text_len, &place->source, err);
	} else {
		if (place_of_line(ingest, line, place, err) < 0)
			return -1;
		/* Of the events of one line each has a byte of its own. */
		place->from += index;
		if (ingest->options.map == NULL)
			return 1;
	}
	place->until = place->from + 1;
	if (result == 0) {
		memset(refusal, 0, sizeof(*refusal));
		refusal->reason = "type_mismatch";
		memcpy(refusal->field, "origin", 7);
		snprintf(refusal->detail, sizeof(refusal->detail),
		    "origin: must be file:NAME:FINGERPRINT or "
		    "stream:NAME:FINGERPRINT");
	}
	return result;
}

static void
tell_dead(struct ingest *ingest, const struct line *line, int64_t column,
    const struct row_refusal *refusal)
{
	struct json_writer json;

	json_writer_init(&json, &ingest->dead_lines);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "input", ingest->input.name);
	json_writer_key_integer(&json, "offset_bytes", line->offset);
	json_writer_key_integer(&json, "line", line->number);
	if (column > 0)
		json_writer_key_integer(&json, "column", column);
	if (refusal->field[0] != '\0')
		json_writer_key_text(&json, "field", refusal->field);
	json_writer_key_text(&json, "reason", refusal->reason);
	json_writer_key_text(&json, "detail", refusal->detail);
	json_writer_key(&json, "raw");
	json_writer_text(&json, line->text, line->len);
	json_writer_close(&json, '}');
	buf_add_char(&ingest->dead_lines, '\n');
}

/* Keeps the line as a dead letter at place. An unfinished last line does not
 * count as taken, so that it is read again when it is complete. */
static int
bury(struct ingest *ingest, const struct line *line, const struct place *place,
    const struct row_refusal *refusal, struct err *err)
{
	struct db_statement *add = ingest->add_dead;
	int64_t column = 0;

	if (refusal->at != NULL && refusal->at >= line->text &&
	    refusal->at <= line->text + line->len)
		column = refusal->at - line->text + 1;
	db_bind_clear(add);
	db_bind_integer(add, 1, ledger_id(place->source, place->from));
	db_bind_integer(add, 2, ledger_transaction_no(ingest->ledger));
	db_bind_text(add, 3, ingest->input.name, strlen(ingest->input.name));
	db_bind_integer(add, 4, line->offset);
	db_bind_integer(add, 5, line->number);
	if (column > 0)
		db_bind_integer(add, 6, column);
	if (refusal->field[0] != '\0')
		db_bind_text(add, 7, refusal->field, strlen(refusal->field));
	db_bind_text(add, 8, refusal->reason, strlen(refusal->reason));
	db_bind_text(add, 9, refusal->detail, strlen(refusal->detail));
	db_bind_blob(add, 10, line->text, line->len);
	if (db_execute(add, err) < 0)
		return -1;
	if (db_changes(ingest->db) == 0) {
		count(ingest, place, line, LEDGER_DUPLICATE);
		return 0;
	}
	if (line->has_newline)
		ledger_take(ingest->ledger, place->source, place->from,
		    place->until);
	if (ingest->options.dead_letters != NULL)
		tell_dead(ingest, line, column, refusal);
	count(ingest, place, line, LEDGER_DEAD);
	return 0;
}

/* The same for a line whose fault lies in itself, not in an event of it. */
static int
bury_line(struct ingest *ingest, const struct line *line,
    struct row_refusal *refusal, struct err *err)
{
	struct place place;

	if (place_of_line(ingest, line, &place, err) < 0)
		return -1;
	if (ledger_has(place.source, place.from)) {
		count(ingest, &place, line, LEDGER_DUPLICATE);
		return 0;
	}
	return bury(ingest, line, &place, refusal, err);
}

static void
refuse_json(const struct line *line, const struct json_error *error,
    struct row_refusal *refusal)
{
	static const char *const reasons[] = {
		[JSON_NOT_JSON] = "not_json", [JSON_NOT_OBJECT] = "not_object",
		[JSON_BAD_UTF8] = "bad_utf8", [JSON_TOO_DEEP] = "too_deep",
	};

	memset(refusal, 0, sizeof(*refusal));
	refusal->reason = reasons[error->fault];
	refusal->at = line->text + error->offset;
	snprintf(refusal->detail, sizeof(refusal->detail), "%s",
	    line->len == 0 ? "the line is empty" : error->words);
}

/* Takes the place of an event that has its row now. */
static void
keep(struct ingest *ingest, const struct place *place)
{
	ledger_take(ingest->ledger, place->source, place->from, place->until);
	ledger_count_row(ingest->ledger, place->source, place->ts_ms);
	ingest->pending.rows++;
}

/* Writes the row of one event of a line; with LEDGER_INSERTED the caller is to
 * keep its place, with LEDGER_DEAD *refusal says why there is none. */
static int
store(struct ingest *ingest, const struct json_object *object, const char *body,
    size_t body_len, const struct line *line, int64_t index,
    struct place *place, enum ledger_fate *fate, struct row_refusal *refusal,
    struct err *err)
{
	struct row_envelope envelope;
	bool is_refused = row_envelope(object, &envelope, refusal) < 0;
	struct row_refusal misplaced;
	int result = place_of_event(ingest, &envelope, line, index, place,
	    is_refused ? &misplaced : refusal, err);

	if (result < 0)
		return -1;
	if (result == 0 && place_of_line(ingest, line, place, err) < 0)
		return -1;
	*fate = LEDGER_DEAD;
	if (ledger_has(place->source, place->from)) {
		*fate = LEDGER_DUPLICATE;
		return 0;
	}
	if (is_refused || result == 0)
		return 0;
	result = row_write(ingest->rows, ledger_id(place->source, place->from),
	    &envelope, object, body, body_len, refusal, err);
	if (result <= 0)
		return result;
	*fate = LEDGER_INSERTED;
	place->ts_ms = envelope.ts_ms;
	return 0;
}

/* A line that is an event itself. */
static int
take_event(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal;
	struct json_object object;
	struct json_error error;
	struct place place;
	enum ledger_fate fate;

	if (json_read(ingest->parser, line->text, line->len, &object,
	    &error) < 0) {
		refuse_json(line, &error, &refusal);
		return bury_line(ingest, line, &refusal, err);
	}
	if (store(ingest, &object, line->text, line->len, line, 0, &place,
	    &fate, &refusal, err) < 0)
		return -1;
	if (fate == LEDGER_DEAD)
		return bury(ingest, line, &place, &refusal, err);
	if (fate == LEDGER_INSERTED)
		keep(ingest, &place);
	count(ingest, &place, line, fate);
	return 0;
}

/* Runs the map on the line; its outputs stand in ingest->mapped, a NUL and
 * padding behind each. 1 done, 0 refused. */
static int
run_map(struct ingest *ingest, const struct line *line, int *event_count,
    struct row_refusal *refusal)
{
	static const char zeros[JSON_PADDING];
	struct json_object object;
	struct json_error error;
	const char *json;
	bool is_json;
	size_t len;
	int result;

	memset(refusal, 0, sizeof(*refusal));
	buf_reset(&ingest->mapped);
	*event_count = 0;
	is_json = line->len > 0 && strchr("{[ \t", line->text[0]) != NULL &&
	    (json_read(ingest->map_parser, line->text, line->len, &object,
	    &error) == 0 || error.fault == JSON_NOT_OBJECT);
	if (is_json && object.has_inexact) {
		refusal->reason = "number_precision";
		snprintf(refusal->detail, sizeof(refusal->detail), "an integer "
		    "beyond 2^53 would change its value in the map");
		return 0;
	}
	if (!is_json || filter_start(ingest->options.map, line->text, line->len,
	    true) < 0)
		result = filter_start(ingest->options.map, line->text,
		    line->len, false);
	while ((result = filter_next(ingest->options.map, &json, &len)) == 1) {
		if (++*event_count > MAP_MAX_EVENTS ||
		    *event_count > line->full_bytes) {
			refusal->reason = "map_too_many";
			snprintf(refusal->detail, sizeof(refusal->detail),
			    "the map makes more events of this line than can "
			    "be told apart (%" PRId64 ")",
			    line->full_bytes < MAP_MAX_EVENTS
			    ? line->full_bytes : (int64_t)MAP_MAX_EVENTS);
			return 0;
		}
		buf_add(&ingest->mapped, &len, sizeof(len));
		buf_add(&ingest->mapped, json, len);
		buf_add(&ingest->mapped, zeros, sizeof(zeros));
	}
	if (result == 0)
		return 1;
	refusal->reason = "map_error";
	snprintf(refusal->detail, sizeof(refusal->detail), "%.*s", (int)len,
	    json);
	return 0;
}

/* Stores the outputs of the map. A line has one fate: when one of its events is
 * refused, none is stored. The places of those that have a row are left in
 * ingest->stored. */
static int
store_mapped(struct ingest *ingest, const struct line *line, int event_count,
    int *stored_count, enum ledger_fate *fate, struct row_refusal *refusal,
    struct err *err)
{
	size_t at = 0;

	*fate = event_count == 0 ? LEDGER_FILTERED : LEDGER_DUPLICATE;
	*stored_count = 0;
	for (int i = 0; i < event_count; i++) {
		struct json_object object;
		struct json_error error;
		enum ledger_fate event_fate;
		const char *json;
		size_t len;

		memcpy(&len, ingest->mapped.data + at, sizeof(len));
		json = ingest->mapped.data + at + sizeof(len);
		at += sizeof(len) + len + JSON_PADDING;
		if (json_read(ingest->parser, json, len, &object, &error) < 0) {
			memset(refusal, 0, sizeof(*refusal));
			refusal->reason = "map_error";
			snprintf(refusal->detail, sizeof(refusal->detail),
			    "output %d of the map: %s", i + 1, error.words);
			*fate = LEDGER_DEAD;
			return 0;
		}
		if (store(ingest, &object, json, len, line, i,
		    &ingest->stored[*stored_count], &event_fate, refusal,
		    err) < 0)
			return -1;
		if (event_fate == LEDGER_DEAD) {
			*fate = LEDGER_DEAD;
			return 0;
		}
		if (event_fate == LEDGER_INSERTED) {
			*fate = LEDGER_INSERTED;
			++*stored_count;
		}
	}
	return 0;
}

/* A line that the map turns into events. The line is the place of its dead
 * letter, and of what the map drops; its events have places of their own. */
static int
take_mapped(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal;
	struct place place;
	enum ledger_fate fate;
	int event_count, stored_count, result;

	if (place_of_line(ingest, line, &place, err) < 0)
		return -1;
	if (ledger_has(place.source, place.from)) {
		count(ingest, &place, line, LEDGER_DUPLICATE);
		return 0;
	}
	if (run_map(ingest, line, &event_count, &refusal) == 0)
		return bury(ingest, line, &place, &refusal, err);
	if (event_count > 1 && db_run(ingest->db, "SAVEPOINT line", err) < 0)
		return -1;
	result = store_mapped(ingest, line, event_count, &stored_count, &fate,
	    &refusal, err);
	if (result == 0 && event_count > 1)
		result = db_run(ingest->db, fate == LEDGER_DEAD
		    ? "ROLLBACK TO line; RELEASE line" : "RELEASE line", err);
	if (result < 0)
		return -1;
	if (fate == LEDGER_DEAD)
		return bury(ingest, line, &place, &refusal, err);
	for (int i = 0; i < stored_count; i++)
		keep(ingest, &ingest->stored[i]);
	ledger_take(ingest->ledger, place.source, place.from, place.until);
	count(ingest, &place, line, fate);
	return 0;
}

static int
take_line(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal = { "", "", NULL, "" };

	if (line->has_newline && line->offset == ingest->truncated_position &&
	    ingest->source != NULL) {
		db_bind_integer(ingest->drop_truncated, 1,
		    ledger_id(ingest->source, line->offset));
		if (db_execute(ingest->drop_truncated, err) < 0)
			return -1;
	}
	if (line->is_too_long) {
		refusal.reason = "too_long";
		snprintf(refusal.detail, sizeof(refusal.detail), "%" PRId64
		    " bytes, the longest line may have %d; the first %d are "
		    "kept", line->full_bytes, LINE_MAX_BYTES, LINE_KEPT_BYTES);
		return bury_line(ingest, line, &refusal, err);
	}
	if (!line->has_newline) {
		refusal.reason = "truncated";
		snprintf(refusal.detail, sizeof(refusal.detail),
		    "the input ends within this line: no newline behind it");
		return bury_line(ingest, line, &refusal, err);
	}
	return ingest->options.map != NULL ? take_mapped(ingest, line, err)
	    : take_event(ingest, line, err);
}

/* Whether this input was here before, and whether it ended within a line. */
static int
recognise(struct ingest *ingest, struct err *err)
{
	struct db_statement *find = ingest->find_truncated;
	int result;

	if (ingest->generation == ledger_generation(ingest->ledger))
		return 0;
	ingest->generation = ledger_generation(ingest->ledger);
	ingest->truncated_position = -1;
	if (ledger_input(ingest->ledger, &ingest->input, false,
	    &ingest->source, err) < 0)
		return -1;
	if (ingest->source == NULL)
		return 0;
	db_bind_integer(find, 1, ledger_id(ingest->source, 0));
	db_bind_integer(find, 2, ledger_id(ingest->source,
	    STORE_MAX_POSITION));
	result = db_step(find, err);
	if (result == 1 && db_column_type(find, 0) != DB_NULL)
		ingest->truncated_position = db_column_integer(find, 0) &
		    STORE_MAX_POSITION;
	if (result == 1)
		db_reset(find);
	return result < 0 ? -1 : 0;
}

static int
finish(struct ingest *ingest, struct err *err)
{
	if (ledger_finish(ingest->ledger, tim_now_ms(), err) < 0 ||
	    row_finish(ingest->rows, err) < 0 || db_commit(ingest->db, err) < 0)
		return -1;
	ingest->totals.lines += ingest->pending.lines;
	ingest->totals.rows += ingest->pending.rows;
	ingest->totals.bytes += ingest->pending.bytes;
	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		ingest->totals.fates[fate] += ingest->pending.fates[fate];
	if (ingest->dead_lines.len > 0 && (fwrite(ingest->dead_lines.data, 1,
	    ingest->dead_lines.len, ingest->options.dead_letters) !=
	    ingest->dead_lines.len ||
	    fflush(ingest->options.dead_letters) != 0))
		return err_system(err, EXIT_IO, "the file of dead letters");
	return 0;
}

/* One transaction of at most TRANSACTION_LINES. 1 done, 0 the batch has no
 * more lines, -1 error. */
static int
take_lines(struct ingest *ingest, struct line_reader *reader, struct err *err)
{
	struct line line;
	int taken = 0;

	memset(&ingest->pending, 0, sizeof(ingest->pending));
	buf_reset(&ingest->dead_lines);
	if (!line_next(reader, &line))
		return 0;
	if (db_begin(ingest->db, err) < 0)
		return -1;
	if (ledger_begin(ingest->ledger, err) < 0 ||
	    recognise(ingest, err) < 0)
		goto fail;
	do {
		if (take_line(ingest, &line, err) < 0)
			goto fail;
	} while (++taken < TRANSACTION_LINES && line_next(reader, &line));
	if (finish(ingest, err) < 0)
		goto fail;
	ingest->stored_offset = line_offset(reader);
	if (ingest->options.progress != NULL)
		ingest->options.progress(&ingest->totals);
	return 1;
fail:
	db_rollback(ingest->db);
	ledger_forget(ingest->ledger);
	row_forget(ingest->rows);
	return -1;
}

static int
describe(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return err_system(err, EXIT_IO, "%s", name);
	if (S_ISDIR(status.st_mode))
		return err_set(err, EXIT_NO_INPUT, "%s: is a directory", name);
	memset(&ingest->input, 0, sizeof(ingest->input));
	ingest->generation = 0;
	ingest->source = NULL;
	ingest->stored_offset = 0;
	ingest->input.name = name;
	if (ingest->options.source != NULL) {
		ingest->input.name = ingest->options.source;
	} else if (S_ISREG(status.st_mode)) {
		ingest->input.is_file = true;
		ingest->input.device = (int64_t)status.st_dev;
		ingest->input.inode = (int64_t)status.st_ino;
	}
	return 0;
}

/* Keeps the first bytes: the input is known again by them. Compressed input
 * would be nothing but dead letters. */
static int
keep_prefix(struct ingest *ingest, const struct line_reader *reader,
    struct err *err)
{
	size_t len;
	const char *prefix = line_prefix(reader, &len);

	if (len >= 2 && memcmp(prefix, "\x1f\x8b", 2) == 0)
		return err_set(err, EXIT_DATA, "compressed by gzip; "
		    "use zcat FILE | tel-ingest");
	if (len >= 4 && memcmp(prefix, "\x28\xb5\x2f\xfd", 4) == 0)
		return err_set(err, EXIT_DATA, "compressed by zstd; "
		    "use zstdcat FILE | tel-ingest");
	free(ingest->prefix);
	ingest->input.prefix_len = len < LEDGER_PREFIX_BYTES ? len
	    : LEDGER_PREFIX_BYTES;
	ingest->prefix = mem_text_of(prefix, ingest->input.prefix_len);
	ingest->input.prefix = ingest->prefix;
	return 0;
}

/* Takes what the reader has. A signal or a read error ends the input: what came
 * before is taken, an unfinished line is left for the next time. */
static int
take_batch(struct ingest *ingest, struct line_reader *reader, int filled,
    struct err *err)
{
	bool is_broken = filled < 0 && err->exit_code != EXIT_AGAIN;
	struct err read_error;
	int result;

	if (is_broken)
		read_error = *err;
	while ((result = take_lines(ingest, reader, err)) == 1)
		;
	if (result == 0 && is_broken) {
		*err = read_error;
		result = -1;
	}
	return result;
}

int
ingest_run(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct line_reader *reader;
	int filled, result;

	if (describe(ingest, fd, name, err) < 0)
		return -1;
	reader = line_reader_open(fd);
	filled = line_fill(reader, LEDGER_PREFIX_BYTES, err);
	result = keep_prefix(ingest, reader, err);
	if (result < 0)
		err_in(err, "%s", name);
	while (result == 0) {
		result = take_batch(ingest, reader, filled, err);
		if (result < 0)
			err_in(err, "%s: byte %" PRId64, name,
			    ingest->stored_offset);
		if (filled <= 0)
			break;
		filled = line_fill(reader, 0, err);
	}
	line_reader_close(reader);
	return result;
}
