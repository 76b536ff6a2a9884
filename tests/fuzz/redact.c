/* SPDX-License-Identifier: ISC
 *
 * redact -- any bytes as a line to redact: the size of the result is bounded;
 * redacting it again changes nothing (unless a hash has become part of a name); a
 * JSON object stays one with the same number of members; keys that the redactor
 * remembers change nothing. The same bytes as a secret in JSON, whichever way its
 * name stands beside it, and their letters as a secret in text: nothing of the
 * secret is left.
 */
#include "json/json.h"
#include "secret/redact.h"
#include "secret/secret_text.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LEN 65536

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* Returns the number of members of the object, or -1 when line is not one. */
static long
count_members(const char *line, size_t len)
{
	static struct json_parser *parser;
	struct buf padded = BUF_EMPTY;
	struct json_object object;
	struct json_error error;
	int result;

	if (parser == NULL)
		parser = json_open(80 * MAX_LEN);
	buf_add(&padded, line, len);
	memset(buf_room(&padded, JSON_PADDING), 0, JSON_PADDING);
	result = json_read(parser, padded.data, len, &object, &error);
	buf_release(&padded);
	return result < 0 ? -1 : (long)object.count;
}

static bool
has_hash(const struct buf *line)
{
	for (size_t i = 0; i + 64 <= line->len; i++)
		if (secret_is_hash(line->data + i, 64))
			return true;
	return false;
}

static void
check_hidden(struct redactor *redactor, const char *line, size_t len,
    const struct buf *out)
{
	static const char zeros[REDACT_PADDING];
	struct buf again = BUF_EMPTY;
	long count = count_members(line, len);

	need(out->len <= 70 * len);
	need(memcmp(out->data + out->len, zeros, REDACT_PADDING) == 0);
	if (redactor_line(redactor, out->data, out->len, &again) > 0)
		need(has_hash(out) || (again.len == out->len &&
		    memcmp(again.data, out->data, out->len) == 0));
	need(count < 0 || count == count_members(out->data, out->len));
	buf_release(&again);
}

#define MARK "Q7Q"

/* Redacts form with text, between marks, in place of each $. */
static void
check_secret(struct redactor *redactor, const char *form, const char *text)
{
	struct buf line = BUF_EMPTY, out = BUF_EMPTY;

	for (; *form != '\0'; form++)
		if (*form == '$') {
			buf_add_text(&line, MARK);
			buf_add_text(&line, text);
			buf_add_text(&line, MARK);
		} else {
			buf_add_char(&line, *form);
		}
	need(redactor_line(redactor, line.data, line.len, &out) > 0);
	need(strstr(out.data, MARK) == NULL);
	need(count_members(line.data, line.len) ==
	    count_members(out.data, out.len));
	buf_release(&line);
	buf_release(&out);
}

static void
check_secrets(struct redactor *redactor, const uint8_t *bytes, size_t len)
{
	static const char *const members[] = {
		"{\"n\":{\"key\":\"db.password\",\"value\":\"$\"}}",
		"{\"n\":{\"value\":\"$\",\"u\":[\"}\"],\"name\":\"Cookie\"}}",
		"{\"n\":[{\"v\":{\"stringValue\":\"$\"},\"k\":\"token\"}]}",
		"{\"values\":[1,{\"a\":\"$\"}],\"field\":\"user_id\"}",
		"{\"n\":[[\"Authorization\",\"$\"]]}" };
	static const char *const texts[] = {
		"{\"a\":\"x --password $ b\"}", "{\"a\":\"curl -u a:$ b\"}",
		"{\"a\":\"mysql -ua -p$\"}", "{\"a\":\"password=\\r$\"}",
		"{\"a\":\"-----BEGIN PRIVATE KEY-----\\n$\\n$\"}",
		"{\"a\":\"{\\\"v\\\":\\\"$\\\",\\\"k\\\":\\\"pwd\\\"}\"}" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	struct buf escaped = BUF_EMPTY, plain = BUF_EMPTY;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			buf_printf(&escaped, "\\%c", bytes[i]);
		else if (bytes[i] >= ' ' && bytes[i] < 0x7F)
			buf_add_char(&escaped, (char)bytes[i]);
		else
			buf_printf(&escaped, "\\u%04x", bytes[i]);
		buf_add_char(&plain, letters[bytes[i] % 32]);
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		check_secret(redactor, members[i], buf_text(&escaped));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_secret(redactor, texts[i], buf_text(&plain));
	buf_release(&escaped);
	buf_release(&plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const hash_keys[] = { "user_id", "b" };
	static const struct redact_options options = { hash_keys, 2, "key", 3,
	    NULL, NULL };
	static struct redactor *old;
	struct redactor *fresh;
	struct buf out = BUF_EMPTY, same = BUF_EMPTY;
	const char *line = (const char *)bytes;
	int count;

	if (len > MAX_LEN)
		return 0;
	if (old == NULL)
		old = redactor_open(&options);
	fresh = redactor_open(&options);
	count = redactor_line(fresh, line, len, &out);
	need(count == redactor_line(old, line, len, &same));
	need(out.len == same.len && (count == 0 ||
	    memcmp(out.data, same.data, out.len) == 0));
	if (count > 0)
		check_hidden(fresh, line, len, &out);
	if (len <= 256)
		check_secrets(fresh, bytes, len);
	redactor_close(fresh);
	buf_release(&out);
	buf_release(&same);
	return 0;
}
