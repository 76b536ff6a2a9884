/* SPDX-License-Identifier: ISC
 *
 * The parent's end of the socket: sends lines and receives answers.
 */
#include "jq/map_private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* The most lines in one sendmsg. */
#define SEND_COUNT 256
/* The most bytes in one recv. */
#define PIECE_BYTES (2 * (size_t)MAP_PIECE_BYTES)

/* Fills pieces with the bytes of a request and its line that are not sent yet.
 * Returns the number of pieces. */
static size_t
add_pieces(struct map_entry *entry, size_t sent, struct iovec pieces[2])
{
	size_t head = sizeof(entry->request), count = 0;
	/* iov_base is not const, although sending only reads. */
	union {
		const char *text;
		void *base;
	} rest;

	if (sent < head) {
		pieces[count].iov_base = (char *)&entry->request + sent;
		pieces[count++].iov_len = head - sent;
		sent = head;
	}
	rest.text = entry->text + (sent - head);
	pieces[count].iov_base = rest.base;
	pieces[count++].iov_len = entry->request.len - (sent - head);
	return count;
}

bool
map_has_unsent(struct map *map)
{
	while (map->unsent < map->count &&
	    map->queue[map->unsent].verdict != NULL)
		map->unsent++;
	return map->unsent < map->count;
}

static void
note_sent(struct map *map, size_t sent)
{
	while (sent > 0) {
		const struct map_entry *entry = &map->queue[map->unsent];
		size_t left = sizeof(entry->request) + entry->request.len -
		    map->unsent_at;

		if (sent < left) {
			map->unsent_at += sent;
			return;
		}
		sent -= left;
		map->unsent++;
		map->unsent_at = 0;
		map_has_unsent(map);
	}
}

/* Errors are ignored: if the child has died, map_receive will notice. */
void
map_send(struct map *map)
{
	struct iovec pieces[2 * SEND_COUNT];
	struct msghdr message = { .msg_iov = pieces };
	size_t sent_at = map->unsent_at;
	ssize_t n;

	for (size_t i = map->unsent; i < map->count &&
	    message.msg_iovlen < 2 * SEND_COUNT - 1; i++) {
		if (map->queue[i].verdict != NULL)
			continue;
		message.msg_iovlen += add_pieces(&map->queue[i], sent_at,
		    pieces + message.msg_iovlen);
		sent_at = 0;
	}
	n = sendmsg(map->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		note_sent(map, (size_t)n);
}

/* Whether the bytes of an answer have the right form. */
static bool
is_valid(const struct map_answer *answer, const char *bytes)
{
	uint64_t at = 0;

	if (answer->end != MAP_DONE)
		return answer->end <= MAP_STOPPED && answer->bytes > 0 &&
		    bytes[answer->bytes - 1] == '\0';
	for (uint32_t i = 0; i < answer->count; i++) {
		uint32_t len;

		if (answer->bytes - at < sizeof(len))
			return false;
		memcpy(&len, bytes + at, sizeof(len));
		at += sizeof(len);
		if (answer->bytes - at < len)
			return false;
		at += len;
	}
	return at == answer->bytes;
}

/* Counts the answers that have come completely. Fails with EXIT_BUG when one is
 * invalid. */
static int
count_answers(struct map *map, struct err *err)
{
	struct map_answer answer;
	size_t most = map_child_out_size(&map->limits);

	while (map->in.len - map->in_whole >= sizeof(answer)) {
		const char *at = map->in.data + map->in_whole;
		size_t rest = map->in.len - map->in_whole - sizeof(answer);

		memcpy(&answer, at, sizeof(answer));
		if (answer.bytes > most)
			return err_set(err, EXIT_BUG,
			    "the process of the map sent an invalid answer");
		if (rest < answer.bytes)
			break;
		if (!is_valid(&answer, at + sizeof(answer)))
			return err_set(err, EXIT_BUG,
			    "the process of the map sent an invalid answer");
		map->in_whole += sizeof(answer) + answer.bytes;
		map->whole_count++;
		map->received_count++;
	}
	return 0;
}

int
map_receive(struct map *map, struct err *err)
{
	ssize_t n;

	if (map->in_at > 0) {
		map->in.len -= map->in_at;
		map->in_whole -= map->in_at;
		memmove(map->in.data, map->in.data + map->in_at, map->in.len);
		map->in_at = 0;
	}
	buf_room(&map->in, PIECE_BYTES + MAP_PADDING);
	n = recv(map->fd, map->in.data + map->in.len, PIECE_BYTES,
	    MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	map->in.len += (size_t)n;
	map->in.data[map->in.len] = '\0';
	if (count_answers(map, err) < 0)
		return -1;
	return n > 0;
}
