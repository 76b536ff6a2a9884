/* SPDX-License-Identifier: ISC */
#include "fetch/work_list.h"
#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536

struct work_list {
	char *path;
	int fd;
	const struct url_hash *hash;
	struct json_parser *parser;
	struct buf text;  /* read but not used yet, from start on */
	size_t start;
	size_t searched;  /* bytes from start on that are known to hold no newline */
	int64_t line;     /* number of the last line taken */
	bool is_at_end;
	bool is_too_long; /* the rest of an overlong line is being discarded */
};

int
work_list_open(struct work_list **out, const char *path,
    const struct url_hash *hash, struct err *err)
{
	struct work_list *list;
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	list = mem_new(1, sizeof(*list));
	list->path = mem_text(strcmp(path, "-") == 0 ? "stdin" : path);
	list->fd = fd;
	list->hash = hash;
	list->parser = json_open(WORK_LIST_MAX_LINE_BYTES);
	*out = list;
	return 0;
}

void
work_list_close(struct work_list *list)
{
	if (list == NULL)
		return;
	if (list->fd != STDIN_FILENO)
		close(list->fd);
	json_close(list->parser);
	buf_release(&list->text);
	free(list->path);
	free(list);
}

int
work_list_fd(const struct work_list *list)
{
	return list->fd;
}

/* Returns 1 when bytes arrived or the end was reached, 0 when there is nothing to
 * read yet, -1 on errors. */
static int
read_more(struct work_list *list, struct err *err)
{
	struct pollfd ready = { list->fd, POLLIN, 0 };
	ssize_t got;

	if (poll(&ready, 1, 0) <= 0)
		return 0;
	if (list->start > 0) {
		memmove(list->text.data, list->text.data + list->start,
		    list->text.len - list->start);
		list->text.len -= list->start;
		list->start = 0;
	}
	got = read(list->fd, buf_room(&list->text, READ_BYTES + JSON_PADDING),
	    READ_BYTES);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got < 0) {
		/* A folder can be opened; only reading fails. */
		return err_system(err, errno == EISDIR ? EXIT_NO_INPUT : EXIT_IO,
		    "%s", list->path);
	}
	if (got == 0)
		list->is_at_end = true;
	list->text.len += (size_t)got;
	memset(list->text.data + list->text.len, 0, JSON_PADDING);
	return 1;
}

/* The next line, without newline and without blanks around it; false when it is
 * not all there yet. */
static bool
take_line(struct work_list *list, const char **line, size_t *len)
{
	char *text = list->text.data + list->start;
	size_t have = list->text.len - list->start;
	char *newline = have == 0 ? NULL : memchr(text + list->searched, '\n',
	    have - list->searched);

	if (newline == NULL && (!list->is_at_end || have == 0)) {
		list->searched = have;
		return false;
	}
	*len = newline != NULL ? (size_t)(newline - text) : have;
	list->start += *len + (newline != NULL);
	list->searched = 0;
	while (*len > 0 && strchr(" \t\r", text[*len - 1]) != NULL &&
	    text[*len - 1] != '\0')
		--*len;
	while (*len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		--*len;
	}
	*line = text;
	return true;
}

/* Discards a line that is too long as it arrives. */
static enum work_list_state
skip_long(struct work_list *list, struct err *err)
{
	if (list->is_too_long || list->text.len - list->start <=
	    WORK_LIST_MAX_LINE_BYTES) {
		if (list->is_too_long)
			list->start = list->text.len;
		list->searched = list->text.len - list->start;
		return WORK_LIST_WAIT;
	}
	list->is_too_long = true;
	list->start = list->text.len;
	list->searched = 0;
	err_set(err, EXIT_DATA, "%s: line %lld: longer than %d bytes",
	    list->path, (long long)++list->line, WORK_LIST_MAX_LINE_BYTES);
	return WORK_LIST_BAD;
}

static enum work_list_state
read_item(struct work_list *list, const char *line, size_t len,
    struct work_item **item, struct err *err)
{
	if (len > WORK_LIST_MAX_LINE_BYTES)
		err_set(err, EXIT_DATA, "longer than %d bytes",
		    WORK_LIST_MAX_LINE_BYTES);
	else if (work_item_read(item, list->parser, list->hash, line, len,
	    err) == 0) {
		(*item)->line = list->line;
		return WORK_LIST_ITEM;
	}
	err_in(err, "%s: line %lld", list->path, (long long)list->line);
	return WORK_LIST_BAD;
}

enum work_list_state
work_list_next(struct work_list *list, struct work_item **item, struct err *err)
{
	const char *line;
	size_t len;

	for (;;) {
		while (take_line(list, &line, &len)) {
			if (list->is_too_long) {
				list->is_too_long = false;
				continue;
			}
			list->line++;
			if (len > 0)
				return read_item(list, line, len, item, err);
		}
		if (list->is_at_end)
			return WORK_LIST_END;
		if (skip_long(list, err) == WORK_LIST_BAD)
			return WORK_LIST_BAD;
		switch (read_more(list, err)) {
		case 0:
			return WORK_LIST_WAIT;
		case 1:
			break;
		default:
			return WORK_LIST_FAILED;
		}
	}
}
