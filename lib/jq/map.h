/* SPDX-License-Identifier: ISC
 *
 * map -- a jq program run on lines by a child process, which is stopped when a
 * line takes too much time, memory or room, and which may die of libjq's
 * assertions. That line is named; the others lose nothing by it.
 *
 * Lines go in by map_put and their results come out by map_get in the same
 * order. The child works while results are taken, and lines and results pass in
 * pieces of some 64 KiB, so whoever puts many lines before the first map_get
 * pays few context switches. At most one process is started for each line that
 * had to be stopped, and one more where the line may have been innocent: where
 * memory ran out, or somebody else killed the process, not on its first line.
 *
 * The kernel ends the child with the thread that started it. Another thread may
 * go on with the map; it costs a start of the child.
 */
#ifndef JQ_MAP_H
#define JQ_MAP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_TIME_MS 5000
#define MAP_MEMORY_BYTES (INT64_C(256) << 20)
#define MAP_OUTPUT_BYTES (INT64_C(4) << 20)
#define MAP_OUTPUT_COUNT 10000

/* What one line may take. Time is processor time, so that a busy machine stops
 * no line; one that gets nowhere without using the processor is stopped after
 * a minute at least. Memory is what comes on top of the process that forks. */
struct map_limits {
	int64_t time_ms;
	int64_t memory_bytes;
	int64_t output_bytes;
	int64_t output_count;
};
#define MAP_LIMITS_DEFAULT \
	{ MAP_TIME_MS, MAP_MEMORY_BYTES, MAP_OUTPUT_BYTES, MAP_OUTPUT_COUNT }

enum map_end {
	MAP_DONE,     /* none, one or many outputs */
	MAP_ERROR,    /* the program failed or halted; words are its own */
	MAP_TOO_MANY, /* more than output_count outputs */
	MAP_STOPPED   /* another limit was reached, or the child died */
};

/* Of one line. Outputs are there with MAP_DONE only. */
struct map_result {
	enum map_end end;
	const char *words; /* what happened; "" with MAP_DONE */
	size_t count;      /* outputs */
	const char *next;  /* where map_output is */
};

struct map;

/* Compiles the program, whose name stands in messages, and starts the child.
 * NULL limits are MAP_LIMITS_DEFAULT. EXIT_CONFIG when the program does not
 * compile, EXIT_AGAIN when no process can be had. *out is the caller's, for
 * map_close. */
MUST_USE int map_open(struct map **out, const char *program, const char *name,
    const struct map_limits *limits, struct err *err);
void map_close(struct map *map); /* NULL is fine */

/* Queues a line, as JSON or as text; what libjq cannot read as JSON it gets as
 * text. text is borrowed until the result of the line was got. */
void map_put(struct map *map, const char *text, size_t len, bool is_json);

/* Waits for the result of the oldest line that was put; it is borrowed until
 * the next map_get. Fails with EXIT_AGAIN when the child cannot be started, or
 * ends again and again before it does anything; with EXIT_BUG when no line was
 * put or the child answers nonsense. */
MUST_USE int map_get(struct map *map, struct map_result *result,
    struct err *err);

/* The next output: compact JSON text, behind which MAP_PADDING bytes may be
 * read. To be called count times; a copy of the result made before begins
 * again. */
#define MAP_PADDING 64
const char *map_output(struct map_result *result, size_t *len);

/* Whether memory is limited: sanitizers map more than any limit, so programs
 * that are built with one do without. */
bool map_limits_memory(void);

#endif
