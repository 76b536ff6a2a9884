/* SPDX-License-Identifier: ISC
 *
 * The reader of a manifest that earlier runs wrote: a hash table from artifact
 * ids to offsets in the file. The table has hashes instead of ids, so that
 * memory does not grow with the length of the ids; each hit is read from the
 * file again and compared.
 */
#include "depot/manifest.h"
#include "base/hash.h"
#include "base/mem.h"
#include "json/json.h"
#include "tel/word.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE_BYTES (1 << 20)

/* A slot of a hash table with open addressing, at most two thirds full. Two ids
 * with the same hash share a slot: only the later record is found, so the other
 * item is downloaded again. */
struct slot {
	uint64_t hash;
	int64_t offset_plus_1; /* of the record; 0 for an empty slot */
};

struct manifest_index {
	char *path;
	FILE *file;
	char *line;
	size_t line_size;
	struct json_parser *parser;
	struct slot *slots;
	size_t slot_count; /* a power of two */
	size_t used_count;
};

/* Reads the next line of the file. Returns 1, 0 at the end, -1 on errors. */
static int
read_line(struct manifest_index *index, size_t *len, struct err *err)
{
	ssize_t got;

	errno = 0;
	got = getline(&index->line, &index->line_size, index->file);
	if (got < 0 && ferror(index->file))
		return err_system(err, EXIT_IO, "%s", index->path);
	if (got < 0)
		return 0;
	*len = (size_t)got;
	if (index->line_size < *len + JSON_PADDING + 1) {
		index->line_size = *len + JSON_PADDING + 1;
		index->line = mem_resize(index->line, index->line_size, 1);
	}
	return 1;
}

static bool
is_text(const struct json_member *member, const char *text)
{
	return member != NULL && member->type == JSON_TEXT &&
	    member->text_len == strlen(text) &&
	    memcmp(member->text, text, member->text_len) == 0;
}

/* Parses a line. Returns 1 when it says that an item was stored, 0 for any
 * other JSON object, -1 when it is not one. */
static int
parse_record(struct manifest_index *index, size_t len,
    const struct json_member **id, struct manifest_hit *hit, bool *is_manifest,
    int64_t *version)
{
	struct json_object object;
	struct json_error fault;
	const struct json_member *sha256, *length, *schema;

	*is_manifest = false;
	if (len > MAX_LINE_BYTES || json_read(index->parser, index->line, len,
	    &object, &fault) < 0)
		return -1;
	*is_manifest = is_text(json_find(&object, "record_type"), "manifest");
	schema = json_find(&object, "schema_version");
	*version = schema != NULL && schema->type == JSON_INTEGER
	    ? schema->integer : 0;
	*id = json_find(&object, "artifact_id");
	sha256 = json_find(&object, "sha256");
	length = json_find(&object, "content_length");
	if (!*is_manifest || *id == NULL || (*id)->type != JSON_TEXT ||
	    sha256 == NULL || sha256->type != JSON_TEXT ||
	    sha256->text_len != DIGEST_HEX_SIZE - 1 ||
	    strspn(sha256->text, "0123456789abcdef") < sha256->text_len)
		return 0;
	if (!is_text(json_find(&object, "outcome"),
	    download_outcome_word(DOWNLOAD_OUTCOME_success)) &&
	    !is_text(json_find(&object, "reason"),
	    item_reason_word(ITEM_REASON_already_downloaded)))
		return 0;
	memcpy(hit->sha256, sha256->text, sha256->text_len);
	hit->sha256[sha256->text_len] = '\0';
	hit->content_length = length != NULL && length->type == JSON_INTEGER
	    ? length->integer : -1;
	return 1;
}

/* Returns the slot of that hash, or the empty slot for it. */
static struct slot *
find_slot(struct manifest_index *index, uint64_t hash)
{
	size_t at = (hash ^ hash >> 32) & (index->slot_count - 1);

	while (index->slots[at].offset_plus_1 != 0 && index->slots[at].hash != hash)
		at = (at + 1) & (index->slot_count - 1);
	return &index->slots[at];
}

static void
insert_id(struct manifest_index *index, const char *id, size_t len, int64_t offset)
{
	uint64_t hash = hash_fnv1a(id, len);
	struct slot *slot = find_slot(index, hash);

	/* Lines that were appended since the count have no room. */
	if (slot->offset_plus_1 == 0 && index->used_count >= index->slot_count / 3 * 2)
		return;
	index->used_count += slot->offset_plus_1 == 0;
	slot->hash = hash;
	slot->offset_plus_1 = offset + 1;
}

static int
make_table(struct manifest_index *index, struct err *err)
{
	size_t count = 0, len;
	int got;

	while ((got = read_line(index, &len, err)) > 0)
		count++;
	if (got < 0)
		return -1;
	for (index->slot_count = 16; index->slot_count / 3 * 2 < count;)
		index->slot_count *= 2;
	index->slots = mem_new(index->slot_count, sizeof(index->slots[0]));
	rewind(index->file);
	return 0;
}

static int
fill_table(struct manifest_index *index, int64_t *broken_count, struct err *err)
{
	const struct json_member *id;
	struct manifest_hit hit;
	int64_t offset = 0, line = 0, record_count = 0, version;
	bool is_manifest;
	size_t len;
	int got;

	*broken_count = 0;
	while ((got = read_line(index, &len, err)) > 0) {
		int said = parse_record(index, len, &id, &hit, &is_manifest,
		    &version);

		line++;
		if (is_manifest && version > MANIFEST_SCHEMA_VERSION)
			return err_set(err, EXIT_DATA, "%s: line %" PRId64
			    ": schema_version %" PRId64 "; this program reads "
			    "up to %d", index->path, line, version,
			    MANIFEST_SCHEMA_VERSION);
		if (said == 1)
			insert_id(index, id->text, id->text_len, offset);
		*broken_count += said < 0;
		record_count += is_manifest;
		offset += (int64_t)len;
	}
	if (got == 0 && line > 0 && record_count == 0)
		return err_set(err, EXIT_DATA, "%s: not a manifest: no line has "
		    "\"record_type\":\"manifest\"", index->path);
	return got;
}

int
manifest_index_open(struct manifest_index **out, const char *path,
    int64_t *broken_count, struct err *err)
{
	struct manifest_index *index = mem_new(1, sizeof(*index));

	index->path = mem_text(path);
	index->file = fopen(path, "re");
	if (index->file == NULL) {
		err_system(err, EXIT_NO_INPUT, "%s", path);
		goto fail;
	}
	index->parser = json_open(MAX_LINE_BYTES);
	if (make_table(index, err) < 0 ||
	    fill_table(index, broken_count, err) < 0)
		goto fail;
	*out = index;
	return 0;
fail:
	manifest_index_close(index);
	return -1;
}

void
manifest_index_close(struct manifest_index *index)
{
	if (index == NULL)
		return;
	if (index->file != NULL)
		fclose(index->file);
	json_close(index->parser);
	free(index->line);
	free(index->slots);
	free(index->path);
	free(index);
}

int
manifest_index_find(struct manifest_index *index, const char *artifact_id,
    struct manifest_hit *out, struct err *err)
{
	const struct slot *slot = find_slot(index,
	    hash_fnv1a(artifact_id, strlen(artifact_id)));
	const struct json_member *id;
	bool is_manifest;
	int64_t version;
	size_t len;
	int got;

	if (slot->offset_plus_1 == 0)
		return 0;
	if (fseeko(index->file, (off_t)slot->offset_plus_1 - 1, SEEK_SET) < 0)
		return err_system(err, EXIT_IO, "%s", index->path);
	got = read_line(index, &len, err);
	if (got <= 0)
		return got;
	return parse_record(index, len, &id, out, &is_manifest, &version) == 1 &&
	    is_text(id, artifact_id);
}
