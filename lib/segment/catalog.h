/* SPDX-License-Identifier: ISC
 *
 * catalog -- ARCHIVE/catalog.jsonl: one JSON object a line for each partition,
 * with all that is needed to judge the file. A partition is in the archive when
 * its line is there.
 *
 * The file is appended to (one write, fsync) rather than replaced, because a
 * replacement costs as much as all lines before it. A crash in the middle of a
 * write leaves a last line without newline; it was never reported as done, is
 * skipped by readers and cut off by the next writer. When a path has several
 * lines, the last one counts.
 */
#ifndef SEGMENT_CATALOG_H
#define SEGMENT_CATALOG_H

#include "base/json_writer.h"
#include "segment/part.h"
#include "io/digest.h"
#include "io/lock.h"

#define CATALOG_FILE "catalog.jsonl"
#define CATALOG_PROGRAM_SIZE 48
#define CATALOG_STORE_SIZE 33

struct catalog_entry {
	struct part_name name;
	struct part_facts facts;
	int64_t created_ms;
	char program[CATALOG_PROGRAM_SIZE]; /* that made it, with its version */
	int64_t store_version;              /* of the database it came from */
	char store[CATALOG_STORE_SIZE];     /* its id; "": an older one, without */
};

struct catalog {
	char *root;                    /* of the archive */
	bool has_file;                 /* the catalog file exists */
	bool is_torn;                  /* its last line is incomplete */
	int64_t whole_bytes;           /* length of its complete lines */
	/* The SHA-256, in hex, of the head before the last line and that line; "" without
	 * lines. A catalog that has this head after whole_bytes has all these lines. */
	char head[DIGEST_HEX_SIZE];
	char store[CATALOG_STORE_SIZE]; /* whose archive it is; "": not known */
	struct catalog_entry *entries; /* ordered by part_name_compare */
	size_t count;
	size_t size;
};

/* Reads the catalog of the archive in folder root; release it also after an
 * error. No folder is EXIT_NO_INPUT. A folder without a catalog is one too when
 * it must be an archive, else an empty catalog. A line that is not an entry is
 * EXIT_DATA with its number. */
MUST_USE int catalog_init(struct catalog *catalog, const char *root,
    bool must_exist, struct err *err);
void catalog_release(struct catalog *catalog);

/* Says that the store with this id packs into the archive: its id goes into new entries.
 * EXIT_CONFIG when the archive is that of another store. */
MUST_USE int catalog_claim(struct catalog *catalog, const char *store,
    const char *db_path, struct err *err);

/* The entry of a name, or NULL. */
const struct catalog_entry *catalog_find(const struct catalog *catalog,
    const struct part_name *name);

/* Makes the entry durable in the file. The caller holds the lock. The times of the
 * entry must be within the day of its name. */
MUST_USE int catalog_add(struct catalog *catalog,
    const struct catalog_entry *entry, struct err *err);

/* Appends the members of an entry to an object that is open. */
void catalog_entry_print(struct json_writer *json,
    const struct catalog_entry *entry);

/* Takes the lock of those who write to the archive, making its folder when it
 * is missing; waits for another at most CATALOG_WAIT_MS, then EXIT_AGAIN. End it
 * with lock_release, also after an error. */
#define CATALOG_WAIT_MS 4000
MUST_USE int catalog_lock(const char *root, struct lock *lock, struct err *err);

/* Whether another process is writing to the archive now. */
bool catalog_is_locked(const char *root);

#endif
