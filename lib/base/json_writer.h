/* SPDX-License-Identifier: ISC
 *
 * json_writer -- JSON text (RFC 8259) into a buf, one value after another; the
 * writer sets the commas. Each byte that is not UTF-8 becomes U+FFFD, so that
 * the output is always JSON.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
	struct buf *out;  /* borrowed */
	bool after_value; /* a comma is due */
};

void json_writer_init(struct json_writer *writer, struct buf *out);

void json_writer_open(struct json_writer *writer, char bracket);  /* { or [ */
void json_writer_close(struct json_writer *writer, char bracket); /* } or ] */
void json_writer_key(struct json_writer *writer, const char *key);

void json_writer_text(struct json_writer *writer, const char *text, size_t len);
void json_writer_integer(struct json_writer *writer, int64_t value);
/* Writes the shortest decimal that reads back as the same double, with a '.' or an
 * 'e', so that no reader takes it for an integer; null when it is not finite. */
void json_writer_real(struct json_writer *writer, double value);
void json_writer_boolean(struct json_writer *writer, bool value);
void json_writer_null(struct json_writer *writer);
/* Writes a value that is JSON text already. */
void json_writer_raw(struct json_writer *writer, const char *json, size_t len);

/* Each writes a member of an object, key and value. A NULL text is left out. */
void json_writer_key_text(struct json_writer *writer, const char *key,
    const char *text);
void json_writer_key_integer(struct json_writer *writer, const char *key,
    int64_t value);
void json_writer_key_real(struct json_writer *writer, const char *key,
    double value);
void json_writer_key_boolean(struct json_writer *writer, const char *key,
    bool value);

#endif
