/* SPDX-License-Identifier: ISC */
#include "fetch/work_item.h"
#include "base/mem.h"
#include "io/http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_NAME "direct"

void
work_item_close(struct work_item *item)
{
	if (item == NULL)
		return;
	for (size_t i = 0; i < item->candidate_count; i++) {
		free(item->candidates[i].url);
		free(item->candidates[i].resolver);
		free(item->candidates[i].tier);
	}
	free(item->candidates);
	free(item->id);
	free(item->work_id);
	free(item);
}

/* The text of a member as the caller's copy in *out; NULL when it is absent or
 * null. */
static int
get_text(const struct json_object *object, const char *key, size_t max_bytes,
    char **out, struct err *err)
{
	const struct json_member *member = json_find(object, key);

	*out = NULL;
	if (member == NULL || member->type == JSON_NULL)
		return 0;
	if (member->type != JSON_TEXT)
		return err_set(err, EXIT_DATA, "%s: must be text", key);
	if (member->text_len == 0 || member->text_len > max_bytes)
		return err_set(err, EXIT_DATA, "%s: must have 1 to %zu bytes, "
		    "has %zu", key, max_bytes, member->text_len);
	for (size_t i = 0; i < member->text_len; i++)
		if ((unsigned char)member->text[i] < 0x20)
			return err_set(err, EXIT_DATA, "%s: has a control "
			    "character in it", key);
	*out = mem_text_of(member->text, member->text_len);
	return 0;
}

static int
check_url(const char *url, struct err *err)
{
	struct http_url parts;

	for (const char *p = url; *p != '\0'; p++)
		if (*p == ' ')
			return err_set(err, EXIT_DATA, "a URL has no blanks; "
			    "write %%20");
	return http_url_read(url, &parts, err);
}

static int
get_role(const struct json_object *object, enum role *out, struct err *err)
{
	struct buf roles = BUF_EMPTY;
	char *text;

	*out = ROLE_artifact;
	if (get_text(object, "role", WORK_ITEM_MAX_TEXT_BYTES, &text, err) < 0)
		return -1;
	if (text == NULL)
		return 0;
	*out = role_find(text, strlen(text));
	if (*out == ROLE_ABSENT) {
		word_list_print(&roles, WORD_LIST_ROLE);
		err_set(err, EXIT_DATA, "role: '%.40s' is not %s", text,
		    buf_text(&roles));
		buf_release(&roles);
	}
	free(text);
	return *out != ROLE_ABSENT ? 0 : -1;
}

static int
get_candidate(const struct json_object *object, struct work_candidate *candidate,
    struct err *err)
{
	if (get_text(object, "url", 65536, &candidate->url, err) < 0)
		return -1;
	if (candidate->url == NULL)
		return err_set(err, EXIT_DATA, "url: is missing");
	if (check_url(candidate->url, err) < 0)
		return err_in(err, "url");
	if (get_text(object, "resolver", WORK_ITEM_MAX_TEXT_BYTES,
	    &candidate->resolver, err) < 0 || get_text(object, "tier",
	    WORK_ITEM_MAX_TEXT_BYTES, &candidate->tier, err) < 0)
		return -1;
	if (candidate->resolver == NULL)
		candidate->resolver = mem_text(DEFAULT_NAME);
	if (candidate->tier == NULL)
		candidate->tier = mem_text(DEFAULT_NAME);
	return get_role(object, &candidate->role, err);
}

static struct work_candidate *
add_candidate(struct work_item *item)
{
	struct work_candidate *candidate;

	item->candidates = mem_resize(item->candidates,
	    item->candidate_count + 1, sizeof(item->candidates[0]));
	candidate = &item->candidates[item->candidate_count++];
	memset(candidate, 0, sizeof(*candidate));
	return candidate;
}

static int
get_candidates(struct work_item *item, struct json_parser *parser,
    const struct json_member *urls, struct err *err)
{
	struct json_elements elements = json_elements_of(urls);
	struct json_object object;
	struct json_error fault;
	const char *raw;
	size_t len;

	/* json_read overwrites *urls, but not the line, in which the elements lie. */
	while (json_elements_next(&elements, &raw, &len)) {
		if (item->candidate_count == WORK_ITEM_MAX_CANDIDATES)
			return err_set(err, EXIT_DATA, "urls: more than %d",
			    WORK_ITEM_MAX_CANDIDATES);
		if (json_read(parser, raw, len, &object, &fault) < 0)
			return err_set(err, EXIT_DATA, "urls[%zu]: must be an "
			    "object such as {\"url\":\"https://...\"}",
			    item->candidate_count);
		if (get_candidate(&object, add_candidate(item), err) < 0)
			return err_in(err, "urls[%zu]",
			    item->candidate_count - 1);
	}
	if (item->candidate_count == 0)
		return err_set(err, EXIT_DATA, "urls: empty");
	return 0;
}

static int
get_sha256(const struct json_object *object, struct work_item *item,
    struct err *err)
{
	char *text;
	size_t len;
	int result = 0;

	if (get_text(object, "sha256", WORK_ITEM_MAX_TEXT_BYTES, &text, err) < 0)
		return -1;
	if (text == NULL)
		return 0;
	len = strspn(text, "0123456789abcdefABCDEF");
	if (len != DIGEST_HEX_SIZE - 1 || text[len] != '\0')
		result = err_set(err, EXIT_DATA, "sha256: must be 64 "
		    "hexadecimal digits");
	else
		for (size_t i = 0; i <= len; i++)
			item->sha256[i] = (char)tolower((unsigned char)text[i]);
	free(text);
	return result;
}

static int
get_rest(const struct json_object *object, struct work_item *item,
    struct err *err)
{
	const struct json_member *size = json_find(object, "size_max_bytes");
	char *kind;

	if (get_text(object, "id", WORK_ITEM_MAX_TEXT_BYTES, &item->id, err) < 0 ||
	    get_text(object, "work_id", WORK_ITEM_MAX_TEXT_BYTES,
	    &item->work_id, err) < 0 || get_sha256(object, item, err) < 0 ||
	    get_text(object, "kind", WORK_ITEM_MAX_TEXT_BYTES, &kind, err) < 0)
		return -1;
	item->is_pdf = kind != NULL && strcasecmp(kind, "pdf") == 0;
	free(kind);
	if (item->id == NULL)
		return err_set(err, EXIT_DATA, "id: is missing");
	if (size == NULL || size->type == JSON_NULL)
		return 0;
	if (size->type != JSON_INTEGER || size->integer < 1)
		return err_set(err, EXIT_DATA, "size_max_bytes: must be a "
		    "whole number of at least 1");
	item->size_max_bytes = size->integer;
	return 0;
}

static int
read_object(struct work_item *item, struct json_parser *parser,
    const char *line, size_t len, struct err *err)
{
	const struct json_member *urls;
	struct json_object object;
	struct json_error fault;

	if (json_read(parser, line, len, &object, &fault) < 0)
		return err_set(err, EXIT_DATA, "byte %zu: %s", fault.offset + 1,
		    fault.words);
	if (get_rest(&object, item, err) < 0)
		return -1;
	urls = json_find(&object, "urls");
	if (urls == NULL)
		return err_set(err, EXIT_DATA, "urls: is missing");
	if (urls->type != JSON_NESTED || urls->raw[0] != '[')
		return err_set(err, EXIT_DATA, "urls: must be an array of "
		    "objects such as {\"url\":\"https://...\"}");
	return get_candidates(item, parser, urls, err);
}

static int
read_url(struct work_item *item, const struct url_hash *hash, const char *line,
    size_t len, struct err *err)
{
	struct work_candidate *candidate = add_candidate(item);
	char hex[DIGEST_HEX_SIZE];

	candidate->url = mem_text_of(line, len);
	candidate->resolver = mem_text(DEFAULT_NAME);
	candidate->tier = mem_text(DEFAULT_NAME);
	candidate->role = ROLE_artifact;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20)
			return err_set(err, EXIT_DATA, "a URL has no control "
			    "characters");
	if (check_url(candidate->url, err) < 0)
		return -1;
	url_hash_make(hash, candidate->url, hex);
	item->id = mem_text(hex);
	return 0;
}

static bool
is_url(const char *line, size_t len)
{
	return (len >= 7 && strncasecmp(line, "http://", 7) == 0) ||
	    (len >= 8 && strncasecmp(line, "https://", 8) == 0);
}

int
work_item_read(struct work_item **out, struct json_parser *parser,
    const struct url_hash *hash, const char *line, size_t len, struct err *err)
{
	struct work_item *item = mem_new(1, sizeof(*item));
	int result;

	if (is_url(line, len))
		result = read_url(item, hash, line, len, err);
	else if (len > 0 && line[0] == '{')
		result = read_object(item, parser, line, len, err);
	else
		result = err_set(err, EXIT_DATA, "neither a JSON object nor an "
		    "http or https URL");
	if (result == 0)
		*out = item;
	else
		work_item_close(item);
	return result;
}
