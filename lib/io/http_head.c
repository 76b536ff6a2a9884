/* SPDX-License-Identifier: ISC */
#include "io/http_head.h"
#include "base/mem.h"
#include "base/num.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
clear_fields(struct http_head *head)
{
	char **fields[] = { &head->location, &head->etag, &head->last_modified,
		&head->content_type, &head->retry_after, &head->date };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		free(*fields[i]);
		*fields[i] = NULL;
	}
	head->status = 0;
	head->content_length = -1;
	head->is_chunked = false;
}

void
http_head_reset(struct http_head *head)
{
	clear_fields(head);
	head->line_count = 0;
	head->total_bytes = 0;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" (RFC 9112 section 4). */
static int
read_status_line(struct http_head *head, const char *line, size_t len,
    const char **fault)
{
	size_t i = 0;

	while (i < len && line[i] != ' ')
		i++;
	if (len < i + 4 || !isdigit((unsigned char)line[i + 1]) ||
	    !isdigit((unsigned char)line[i + 2]) ||
	    !isdigit((unsigned char)line[i + 3]) ||
	    (len > i + 4 && line[i + 4] != ' ')) {
		*fault = "the status line has no status of three digits";
		return -1;
	}
	clear_fields(head);
	head->status = (line[i + 1] - '0') * 100 + (line[i + 2] - '0') * 10 +
	    (line[i + 3] - '0');
	if (head->status < 100 || head->status > 599) {
		*fault = "a status outside 100..599";
		return -1;
	}
	return 0;
}

static int
set_length(struct http_head *head, const char *value, const char **fault)
{
	int64_t length;

	if (!isdigit((unsigned char)value[0]) ||
	    num_integer(value, 0, INT64_MAX, &length) < 0) {
		*fault = "a Content-Length that is not a number";
		return -1;
	}
	if (head->content_length >= 0 && head->content_length != length) {
		*fault = "two Content-Lengths that differ";
		return -1;
	}
	head->content_length = length;
	return 0;
}

static int
set_once(char **field, char *value, const char *what, const char **fault)
{
	if (*field != NULL && strcmp(*field, value) != 0) {
		*fault = what;
		return -1;
	}
	if (*field == NULL)
		*field = mem_text(value);
	return 0;
}

/* The first of several fields of the same name counts. */
static void
set_first(char **field, const char *value)
{
	if (*field == NULL)
		*field = mem_text(value);
}

static int
set_field(struct http_head *head, const char *name, char *value,
    const char **fault)
{
	if (strcasecmp(name, "content-length") == 0)
		return set_length(head, value, fault);
	if (strcasecmp(name, "location") == 0)
		return set_once(&head->location, value,
		    "two Locations that differ", fault);
	if (strcasecmp(name, "transfer-encoding") == 0)
		head->is_chunked = true;
	else if (strcasecmp(name, "etag") == 0)
		set_first(&head->etag, value);
	else if (strcasecmp(name, "last-modified") == 0)
		set_first(&head->last_modified, value);
	else if (strcasecmp(name, "content-type") == 0)
		set_first(&head->content_type, value);
	else if (strcasecmp(name, "retry-after") == 0)
		set_first(&head->retry_after, value);
	else if (strcasecmp(name, "date") == 0)
		set_first(&head->date, value);
	return 0;
}

/* "Name: value" (RFC 9112 section 5). */
static int
read_field_line(struct http_head *head, const char *line, size_t len,
    const char **fault)
{
	const char *colon = memchr(line, ':', len);
	char *name, *value;
	size_t start, end = len;
	int result;

	if (colon == NULL || colon == line) {
		*fault = "a header line without a name";
		return -1;
	}
	start = (size_t)(colon - line) + 1;
	while (start < end && (line[start] == ' ' || line[start] == '\t'))
		start++;
	while (end > start && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	name = mem_text_of(line, (size_t)(colon - line));
	value = mem_text_of(line + start, end - start);
	result = set_field(head, name, value, fault);
	free(name);
	free(value);
	return result;
}

int
http_head_line(struct http_head *head, const char *line, size_t len,
    const char **fault)
{
	head->line_count++;
	head->total_bytes += len;
	if (head->line_count > HTTP_HEAD_MAX_LINES ||
	    head->total_bytes > HTTP_HEAD_MAX_BYTES ||
	    len > HTTP_HEAD_MAX_LINE_BYTES) {
		*fault = "a head that is too large";
		return -1;
	}
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (memchr(line, '\0', len) != NULL || memchr(line, '\r', len) != NULL) {
		*fault = "a header line with a NUL or CR in it";
		return -1;
	}
	if (len >= 5 && strncasecmp(line, "HTTP/", 5) == 0)
		return read_status_line(head, line, len, fault);
	if (len > 0)
		return read_field_line(head, line, len, fault);
	if (head->is_chunked && head->content_length >= 0) {
		*fault = "Content-Length and Transfer-Encoding together";
		return -1;
	}
	return 0;
}
