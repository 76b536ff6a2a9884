/* SPDX-License-Identifier: ISC */
#include "cmd/tel-ingest/take_setup.h"
#include "io/file.h"
#include "io/hash_key.h"
#include "store/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAP_MAX_BYTES (1 << 20)

static int
open_map(const char *path, struct map **out, struct err *err)
{
	struct buf program = BUF_EMPTY;
	int result = file_read(path, MAP_MAX_BYTES, &program, err);

	if (result == 0)
		result = map_open(out, buf_text(&program), path, NULL, err);
	buf_release(&program);
	return result;
}

/* Checks that no key is to be hashed that identifies an event or has its type or
 * time. */
static int
check_hash_keys(const struct opt_list *keys, struct err *err)
{
	static const char *const identity[] = { "type", "ts_ms", "producer",
		"seq", "origin", "position" };

	for (size_t i = 0; i < keys->count; i++) {
		for (size_t k = 0; k < sizeof(identity) / sizeof(identity[0]);
		    k++)
			if (strcmp(keys->items[i], identity[k]) == 0)
				return err_set(err, EXIT_USAGE, "--hash %s: "
				    "this key must stay readable and cannot be "
				    "hashed", identity[k]);
	}
	return 0;
}

static int
find_hash_key(void *context, struct buf *key, struct err *err)
{
	const struct run *run = context;

	return hash_key_read_or_make(getenv("TEL_HASH_KEY_FILE"), run->db, key, err);
}

static int
open_redactor(struct batch_options *reading, struct run *run,
    struct err *err)
{
	struct redact_options options = {
		.hash_keys = run->hash_keys.items,
		.hash_key_count = run->hash_keys.count,
		.find_key = find_hash_key,
		.context = run,
	};
	struct buf key = BUF_EMPTY;
	bool is_off = run->redact == REDACT_OFF;

	if (check_hash_keys(&run->hash_keys, err) < 0)
		return -1;
	if (is_off && run->hash_keys.count > 0)
		return err_set(err, EXIT_USAGE, "--hash hides values and "
		    "--redact=off hides none; give one of them");
	if (is_off)
		return 0;
	/* A missing key is reported before the first line is read if the user asked for
	 * hashes; otherwise the key is read, or made, when the first value is hashed. */
	if ((getenv("TEL_HASH_KEY_FILE") != NULL ||
	    run->hash_keys.count > 0) &&
	    find_hash_key(run, &key, err) < 0) {
		buf_release(&key);
		return -1;
	}
	options.hash_key = buf_text(&key);
	options.hash_key_len = key.len;
	reading->redactor = redactor_open(&options);
	reading->events = redact_event_open(options.hash_keys,
	    options.hash_key_count);
	buf_release(&key);
	return 0;
}

/* Opens the outputs for dead letters and acknowledgements. */
static int
open_outputs(struct take_setup *setup, const struct run *run,
    struct err *err)
{
	int mode;

	if (run->dead_letters != NULL) {
		setup->options.dead_letters = fopen(run->dead_letters,
		    "ae");
		setup->options.dead_letters_name = run->dead_letters;
		if (setup->options.dead_letters == NULL)
			return err_system(err, EXIT_CREATE, "%s",
			    run->dead_letters);
	}
	if (run->ack_fd < 0)
		return 0;
	mode = fcntl((int)run->ack_fd, F_GETFL);
	if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
		return err_set(err, EXIT_USAGE, "--ack-fd %" PRId64 ": is not "
		    "open for writing; try %" PRId64 ">FILE",
		    run->ack_fd, run->ack_fd);
	setup->options.acknowledgements = fdopen((int)run->ack_fd, "w");
	if (setup->options.acknowledgements == NULL)
		return err_system(err, EXIT_IO, "--ack-fd %" PRId64,
		    run->ack_fd);
	return 0;
}

int
take_setup_open_reading(struct batch_options *reading,
    struct run *run, struct err *err)
{
	reading->keep_extra = run->extra == EXTRA_KEEP;
	if (run->map != NULL &&
	    open_map(run->map, &reading->map, err) < 0)
		return -1;
	return open_redactor(reading, run, err);
}

void
take_setup_close_reading(struct batch_options *reading)
{
	map_close(reading->map);
	redactor_close(reading->redactor);
	redact_event_close(reading->events);
}

int
take_setup_open(struct take_setup *setup, struct run *run,
    struct err *err)
{
	if (take_setup_open_reading(&setup->options.reading, run, err) < 0 ||
	    open_outputs(setup, run, err) < 0 ||
	    store_open(&setup->db, run->db, DB_WRITE, run->wait_ms,
	    err) < 0)
		return -1;
	return ingest_open(&setup->ingest, setup->db, &setup->options, err);
}

void
take_setup_close(struct take_setup *setup)
{
	ingest_close(setup->ingest);
	db_close(setup->db);
	take_setup_close_reading(&setup->options.reading);
	if (setup->options.dead_letters != NULL)
		fclose(setup->options.dead_letters);
	if (setup->options.acknowledgements != NULL)
		fclose(setup->options.acknowledgements);
}
