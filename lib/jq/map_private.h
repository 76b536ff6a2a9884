/* SPDX-License-Identifier: ISC
 *
 * map_private -- what map.c (the queue), map_link.c (the socket), map_process.c
 * (life and death of the child) and map_child.c (the child) share; nobody else
 * includes it.
 */
#ifndef JQ_MAP_PRIVATE_H
#define JQ_MAP_PRIVATE_H

#include "base/buf.h"
#include "jq/filter.h"
#include "jq/map.h"

#include <stdatomic.h>
#include <sys/types.h>

/* Output goes to the parent in pieces of about this size. */
#define MAP_PIECE_BYTES (64 << 10)
/* Words of the program are cut to this, their NUL included. */
#define MAP_WORDS_SIZE 1000

/* On the socket: a request and its text; an answer and its bytes, which are
 * count outputs, each a uint32_t of its length and the text, or with another
 * end than MAP_DONE the words and a NUL. */
struct map_request {
	uint32_t len;
	uint32_t is_json;
};
struct map_answer {
	uint32_t end;
	uint32_t count;
	uint64_t bytes;
};

/* Memory that both see, so that the parent knows which line the child died of,
 * whatever of its output was still on the way. */
struct map_shared {
	_Atomic uint64_t started_count, finished_count; /* lines */
	_Atomic bool is_out_of_memory;
};

struct map_entry {
	const char *text; /* borrowed */
	char *verdict;    /* words when the line was stopped; or NULL */
	struct map_request request;
	bool was_retried;
};

/* What was last seen of the line that the child is at. */
struct map_watch {
	uint64_t started_count, finished_count;
	int64_t cpu_ms, waited_ms;
};

struct map {
	struct filter *filter;
	struct map_limits limits;
	struct map_shared *shared;
	char *out; /* for the child */
	pid_t pid; /* 0 when there is none */
	int fd;
	int idle_deaths; /* in a row, of children that had done nothing */
	struct map_watch watch;
	/* Lines, from the oldest without a result: */
	struct map_entry *queue;
	size_t first, count, size; /* first to count are in use */
	size_t unsent;             /* the next one to send */
	size_t unsent_at;          /* bytes of it that were sent */
	/* Answers, each to the next line without a verdict: */
	struct buf in;
	size_t in_at, in_whole; /* whole answers stand from in_at to in_whole */
	size_t whole_count;
	uint64_t received_count; /* whole answers of this child */
	char *words;             /* of the last result */
};

/* Hands over lines, as many as the socket takes. */
void map_send(struct map *map);
/* Whether there are lines to hand over. */
bool map_has_unsent(struct map *map);
/* Takes what has come, not waiting for it. 1, or 0 when the child has closed its
 * end. */
MUST_USE int map_receive(struct map *map, struct err *err);

MUST_USE int map_process_start(struct map *map, struct err *err);
/* Ends the child, whatever it does; returns its status as of waitpid, or -1. */
int map_process_end(struct map *map);
/* After the child has closed its end: finds out which line it died of, if it
 * did, and has the others sent again. */
MUST_USE int map_process_bury(struct map *map, struct err *err);
/* To be called when nothing has come for waited_ms: ends the child if its line
 * has taken too long. */
MUST_USE int map_process_watch(struct map *map, int waited_ms,
    struct err *err);

struct map_child {
	struct filter *filter;
	const struct map_limits *limits;
	struct map_shared *shared;
	pid_t parent;
	int fd;
	uint64_t memory_base; /* of the address space, before the first line */
	char *in;             /* lines that have come */
	size_t in_at, in_len, in_size;
	char *out;            /* answers on their way; never too small */
	size_t out_len;
	int64_t sent_ns;
};

/* Bytes that out must have. */
size_t map_child_out_size(const struct map_limits *limits);

/* The rest of the child's life, after fork, with all signals blocked. */
_Noreturn void map_child_run(struct map_child *child);

#endif
