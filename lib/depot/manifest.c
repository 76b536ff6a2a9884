/* SPDX-License-Identifier: ISC */
#include "depot/manifest.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct manifest {
	char *path;
	int fd;
	struct buf line;
};

/* Whether the last line has no newline, as after a crash. */
static bool
is_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char last = '\n';

	if (end > 0 && pread(fd, &last, 1, end - 1) != 1)
		last = '\n';
	if (fd >= 0)
		close(fd);
	return last != '\n';
}

int
manifest_open(struct manifest **out, const char *folder, struct err *err)
{
	struct manifest *manifest = mem_new(1, sizeof(*manifest));
	struct buf path = BUF_EMPTY;

	buf_printf(&path, "%s/manifest.jsonl", folder);
	manifest->path = path.data;
	manifest->fd = open(manifest->path,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (manifest->fd < 0)
		err_system(err, EXIT_CREATE, "%s", manifest->path);
	else if (is_torn(manifest->path) &&
	    file_write_all(manifest->fd, "\n", 1) < 0)
		err_system(err, EXIT_IO, "%s", manifest->path);
	else {
		*out = manifest;
		return 0;
	}
	manifest_close(manifest);
	return -1;
}

static void
add_text_or_null(struct json_writer *json, const char *key, const char *text)
{
	if (text != NULL)
		json_writer_key_text(json, key, text);
	else {
		json_writer_key(json, key);
		json_writer_null(json);
	}
}

int
manifest_add(struct manifest *manifest, const struct manifest_record *record,
    struct err *err)
{
	struct json_writer json;
	char at[TIM_TEXT_SIZE];

	buf_reset(&manifest->line);
	json_writer_init(&json, &manifest->line);
	tim_print(at, record->at_ms);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "record_type", "manifest");
	json_writer_key_integer(&json, "schema_version", MANIFEST_SCHEMA_VERSION);
	json_writer_key_text(&json, "timestamp", at);
	add_text_or_null(&json, "run_id", record->run_id);
	add_text_or_null(&json, "work_id", record->work_id);
	add_text_or_null(&json, "artifact_id", record->artifact_id);
	add_text_or_null(&json, "outcome", record->outcome);
	add_text_or_null(&json, "sha256", record->sha256);
	add_text_or_null(&json, "path", record->path);
	json_writer_key(&json, "content_length");
	if (record->content_length >= 0)
		json_writer_integer(&json, record->content_length);
	else
		json_writer_null(&json);
	add_text_or_null(&json, "etag", record->etag);
	add_text_or_null(&json, "last_modified", record->last_modified);
	add_text_or_null(&json, "content_type", record->content_type);
	add_text_or_null(&json, "url", record->url);
	add_text_or_null(&json, "resolver", record->resolver);
	add_text_or_null(&json, "tier", record->tier);
	add_text_or_null(&json, "reason", record->reason);
	json_writer_close(&json, '}');
	buf_add_char(&manifest->line, '\n');
	if (file_write_all(manifest->fd, manifest->line.data,
	    manifest->line.len) < 0)
		return err_system(err, EXIT_IO, "%s", manifest->path);
	return 0;
}

int
manifest_sync(struct manifest *manifest, struct err *err)
{
	if (fdatasync(manifest->fd) < 0)
		return err_system(err, EXIT_IO, "%s", manifest->path);
	return file_sync_folder_of(manifest->path, err);
}

void
manifest_close(struct manifest *manifest)
{
	if (manifest == NULL)
		return;
	if (manifest->fd >= 0)
		close(manifest->fd);
	buf_release(&manifest->line);
	free(manifest->path);
	free(manifest);
}
