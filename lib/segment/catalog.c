/* SPDX-License-Identifier: ISC */
#include "segment/catalog_private.h"
#include "base/mem.h"
#include "base/require.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINE_BYTES 8192

/* The index of the entry of the name, or at which it would be inserted. */
static size_t
position_of(const struct catalog *catalog, const struct part_name *name)
{
	size_t low = 0, high = catalog->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (part_name_compare(&catalog->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct catalog_entry *
catalog_find(const struct catalog *catalog, const struct part_name *name)
{
	size_t at = position_of(catalog, name);

	if (at < catalog->count &&
	    part_name_compare(&catalog->entries[at].name, name) == 0 &&
	    strcmp(catalog->entries[at].name.format, name->format) == 0)
		return &catalog->entries[at];
	return NULL;
}

static void
put_entry(struct catalog *catalog, const struct catalog_entry *entry)
{
	size_t at = position_of(catalog, &entry->name);

	if (at < catalog->count && part_name_compare(
	    &catalog->entries[at].name, &entry->name) == 0) {
		catalog->entries[at] = *entry;
		return;
	}
	if (catalog->count == catalog->size) {
		catalog->size = 2 * catalog->size + 64;
		catalog->entries = mem_resize(catalog->entries, catalog->size,
		    sizeof(catalog->entries[0]));
	}
	memmove(&catalog->entries[at + 1], &catalog->entries[at],
	    (catalog->count - at) * sizeof(catalog->entries[0]));
	catalog->entries[at] = *entry;
	catalog->count++;
}

/* Counts a whole line. */
static void
add_to_head(struct catalog *catalog, const char *line, size_t len)
{
	struct digest *digest = digest_open();

	digest_add(digest, catalog->head, strlen(catalog->head));
	digest_add(digest, line, len);
	digest_finish(digest, catalog->head);
	digest_close(digest);
	catalog->whole_bytes += (int64_t)len;
}

/* Checks that the entry is of the same store as those before it. */
static int
check_store(struct catalog *catalog, const struct catalog_entry *entry,
    struct err *err)
{
	if (entry->store[0] == '\0')
		return 0;
	if (catalog->store[0] != '\0' && strcmp(catalog->store, entry->store) != 0)
		return err_set(err, EXIT_DATA, "store: %s, but an earlier line has "
		    "%s; an archive is that of one database", entry->store,
		    catalog->store);
	memcpy(catalog->store, entry->store, sizeof(catalog->store));
	return 0;
}

int
catalog_claim(struct catalog *catalog, const char *store, const char *db_path,
    struct err *err)
{
	if (store[0] == '\0')
		return 0;
	if (catalog->store[0] != '\0' && strcmp(catalog->store, store) != 0)
		return err_set(err, EXIT_CONFIG, "%s: the archive of another "
		    "database (its id is %s, that of %s is %s); give each database "
		    "an archive of its own", catalog->root, catalog->store, db_path,
		    store);
	REQUIRE(strlen(store) < sizeof(catalog->store));
	memcpy(catalog->store, store, strlen(store) + 1);
	return 0;
}

static int
read_lines(struct catalog *catalog, FILE *file, struct err *err)
{
	struct json_parser *parser = json_open(MAX_LINE_BYTES);
	char line[MAX_LINE_BYTES + JSON_PADDING] = "";
	struct catalog_entry entry;
	int64_t number = 1;
	int result = 0;

	for (; fgets(line, MAX_LINE_BYTES, file) != NULL; number++) {
		size_t len = strlen(line);

		if (len == 0 || line[len - 1] != '\n') {
			catalog->is_torn = feof(file) != 0;
			if (!catalog->is_torn)
				result = err_set(err, EXIT_DATA, "too long, or "
				    "a NUL byte in it");
			break;
		}
		result = catalog_entry_read(parser, line, len - 1, &entry, err);
		if (result == 0)
			result = check_store(catalog, &entry, err);
		if (result < 0)
			break;
		put_entry(catalog, &entry);
		add_to_head(catalog, line, len);
	}
	json_close(parser);
	if (result < 0)
		return err_in(err, "%s/%s: line %" PRId64, catalog->root,
		    CATALOG_FILE, number);
	if (ferror(file))
		return err_system(err, EXIT_IO, "%s/%s", catalog->root,
		    CATALOG_FILE);
	return 0;
}

int
catalog_init(struct catalog *catalog, const char *root, bool must_exist,
    struct err *err)
{
	struct buf path = BUF_EMPTY;
	struct stat status;
	FILE *file;
	int result = 0;

	memset(catalog, 0, sizeof(*catalog));
	catalog->root = mem_text_of(root, file_folder_len(root));
	if (stat(root, &status) < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", root);
	if (!S_ISDIR(status.st_mode))
		return err_set(err, EXIT_NO_INPUT,
		    "%s: not a folder, so not an archive", root);
	buf_printf(&path, "%s/%s", root, CATALOG_FILE);
	file = fopen(buf_text(&path), "re");
	if (file != NULL) {
		catalog->has_file = true;
		result = read_lines(catalog, file, err);
		fclose(file);
	} else if (errno != ENOENT)
		result = err_system(err, EXIT_NO_INPUT, "%s", buf_text(&path));
	else if (must_exist)
		result = err_set(err, EXIT_NO_INPUT, "%s: no %s in it, so it "
		    "is not an archive", root, CATALOG_FILE);
	buf_release(&path);
	return result;
}

void
catalog_release(struct catalog *catalog)
{
	free(catalog->root);
	free(catalog->entries);
	memset(catalog, 0, sizeof(*catalog));
}

/* Cuts off an incomplete last line, then appends one. */
static int
append(struct catalog *catalog, int fd, const char *path,
    const struct buf *line, struct err *err)
{
	if (catalog->is_torn && ftruncate(fd, catalog->whole_bytes) < 0)
		return err_system(err, EXIT_IO, "%s", path);
	catalog->is_torn = false;
	if (file_write_all(fd, line->data, line->len) < 0 || fsync(fd) < 0) {
		err_system(err, EXIT_IO, "%s", path);
		catalog->is_torn = ftruncate(fd, catalog->whole_bytes) < 0;
		return -1;
	}
	add_to_head(catalog, line->data, line->len);
	return catalog->has_file ? 0 : file_sync_folder_of(path, err);
}

int
catalog_add(struct catalog *catalog, const struct catalog_entry *entry,
    struct err *err)
{
	struct buf path = BUF_EMPTY, line = BUF_EMPTY;
	struct catalog_entry claimed = *entry;
	struct json_writer json;
	int fd, result;

	/* With a line that no reader takes, the archive could not be opened again. */
	REQUIRE(catalog_entry_is_within_its_day(entry));
	memcpy(claimed.store, catalog->store, sizeof(claimed.store));
	json_writer_init(&json, &line);
	json_writer_open(&json, '{');
	catalog_entry_print(&json, &claimed);
	json_writer_close(&json, '}');
	buf_add_char(&line, '\n');
	buf_printf(&path, "%s/%s", catalog->root, CATALOG_FILE);
	fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0666);
	if (fd < 0)
		result = err_system(err, EXIT_CREATE, "%s", buf_text(&path));
	else
		result = append(catalog, fd, buf_text(&path), &line, err);
	if (fd >= 0)
		close(fd);
	if (result == 0) {
		catalog->has_file = true;
		put_entry(catalog, &claimed);
	}
	buf_release(&path);
	buf_release(&line);
	return result;
}

/* The name of the lock for messages, and the path of its file. */
static void
lock_paths(const char *root, struct buf *name, struct buf *path)
{
	buf_printf(name, "%.*s/catalog", (int)file_folder_len(root), root);
	buf_printf(path, "%s.lock", buf_text(name));
}

int
catalog_lock(const char *root, struct lock *lock, struct err *err)
{
	struct buf name = BUF_EMPTY, path = BUF_EMPTY;
	int result = file_make_folders(root, err);

	lock->fd = -1;
	lock_paths(root, &name, &path);
	if (result == 0)
		result = lock_init(lock, buf_text(&path), true, err);
	if (result == 0)
		result = lock_take(lock, false, CATALOG_WAIT_MS,
		    buf_text(&name), err);
	buf_release(&name);
	buf_release(&path);
	return result;
}

bool
catalog_is_locked(const char *root)
{
	struct buf name = BUF_EMPTY, path = BUF_EMPTY;
	struct lock lock = LOCK_NONE;
	struct err err;
	bool is_locked;

	lock_paths(root, &name, &path);
	is_locked = lock_init(&lock, buf_text(&path), false, &err) == 0 &&
	    lock_take(&lock, true, 0, buf_text(&name), &err) < 0 &&
	    err.exit_code == EXIT_AGAIN;
	lock_release(&lock);
	buf_release(&name);
	buf_release(&path);
	return is_locked;
}
