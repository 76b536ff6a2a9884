/* SPDX-License-Identifier: ISC
 *
 * map_private -- what map.c (the queue), map_link.c (the socket), map_process.c
 * (starts and ends the child) and map_child.c (the child) share. No other file
 * includes this header.
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
/* Messages of the program are cut to this size, including their NUL. */
#define MAP_WORDS_SIZE 1000

/* What is sent on the socket: requests, each followed by its text; and answers,
 * each followed by its bytes. With MAP_DONE these are count outputs, each a
 * uint32_t with its length and then the text; with any other end, the words and a
 * NUL. */
struct map_request {
	uint32_t len;
	uint32_t is_json;
};
struct map_answer {
	uint32_t end;
	uint32_t count;
	uint64_t bytes;
};

/* Memory shared by both processes. It tells the parent on which line the child
 * died, even if some output was still on the way. */
struct map_shared {
	_Atomic uint64_t started_count, finished_count; /* of lines */
	_Atomic bool is_out_of_memory;
};

struct map_entry {
	const char *text; /* borrowed */
	char *verdict;    /* the words if the line was stopped; or NULL */
	struct map_request request;
	bool was_retried;
};

/* The state of the child's current line when it was last checked. */
struct map_watch {
	uint64_t started_count, finished_count;
	int64_t cpu_ms, waited_ms;
};

struct map {
	struct filter *filter;
	struct map_limits limits;
	struct map_shared *shared;
	char *out; /* for the child */
	pid_t pid; /* 0: there is no child */
	int fd;
	int idle_deaths; /* children in a row that ended without doing anything */
	struct map_watch watch;
	/* Lines; those before first have had their result: */
	struct map_entry *queue;
	size_t first, count, size; /* first to count are in use */
	size_t unsent;             /* the next one to send */
	size_t unsent_at;          /* how many of its bytes were sent */
	/* Answers, each to the next line without a verdict: */
	struct buf in;
	size_t in_at, in_whole; /* complete answers are from in_at to in_whole */
	size_t whole_count;
	uint64_t received_count; /* how many complete answers this child has given */
	char *words;             /* of the last result */
};

/* Sends as many lines as the socket accepts now. */
void map_send(struct map *map);
/* Whether there are lines to send. */
bool map_has_unsent(struct map *map);
/* Receives what has come, without waiting. Returns 1; 0 when the child has closed
 * its end; or -1 with EXIT_BUG. */
MUST_USE int map_receive(struct map *map, struct err *err);

/* Starts the child. Returns -1 with EXIT_AGAIN when it cannot. */
MUST_USE int map_process_start(struct map *map, struct err *err);
/* Kills the child, if there is one. *status becomes its status from waitpid, or -1. */
void map_process_end(struct map *map, int *status);
/* Call it after the child has closed its end. Finds out on which line it died, if
 * on any, and queues the other lines again. */
MUST_USE int map_process_recover(struct map *map, struct err *err);
/* Call it when nothing has come for waited_ms. Ends the child if its line has
 * taken too long. */
MUST_USE int map_process_watch(struct map *map, int waited_ms,
    struct err *err);

struct map_child {
	struct filter *filter;
	const struct map_limits *limits;
	struct map_shared *shared;
	pid_t parent;
	int fd;
	uint64_t memory_base; /* bytes of address space before the first line */
	char *in;             /* lines that have come */
	size_t in_at, in_len, in_size;
	char *out;            /* answers to send; always large enough */
	size_t out_len;
	int64_t sent_ns;
};

/* Returns the size in bytes that out must have. */
size_t map_child_out_size(const struct map_limits *limits);

/* Runs the child from fork to its end. All signals are blocked when it is
 * called. */
_Noreturn void map_child_run(struct map_child *child);

#endif
