/* SPDX-License-Identifier: ISC
 *
 * map -- runs a jq program on lines in a child process. The child is stopped when
 * a line takes too much time, memory or output, and it may die of an assertion in
 * libjq. Only that line fails; the results of all others are unaffected.
 *
 * map_put adds lines, and map_get returns their results in the same order. The
 * child works while the caller takes results, and lines and results are
 * transferred in pieces of about 64 KiB. So a caller that puts many lines before
 * the first map_get causes few context switches. Each line that had to be stopped
 * costs one new process, and a second one if another cause is possible: memory
 * ran out, or a signal killed the process, and it had already run other lines.
 *
 * The kernel kills the child when the thread that started it ends. Another thread
 * may continue with the map, which starts a new child.
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

/* What one line may use. Time is processor time, so that a busy machine does not
 * stop a line. A line that makes no progress and uses no processor time is
 * stopped later, after at least a minute. Memory is in addition to that of the
 * process that forks. */
struct map_limits {
	int64_t time_ms;
	int64_t memory_bytes;
	int64_t output_bytes;
	int64_t output_count;
};
#define MAP_LIMITS_DEFAULT \
	{ MAP_TIME_MS, MAP_MEMORY_BYTES, MAP_OUTPUT_BYTES, MAP_OUTPUT_COUNT }

enum map_end {
	MAP_DONE,     /* with no, one or many outputs */
	MAP_ERROR,    /* the program failed or halted; words is its message */
	MAP_TOO_MANY, /* more than output_count outputs */
	MAP_STOPPED   /* another limit was reached, or the child died */
};

/* The result of one line. Only MAP_DONE has outputs. */
struct map_result {
	enum map_end end;
	const char *words; /* what happened; "" with MAP_DONE */
	size_t count;      /* of outputs */
	const char *next;  /* for map_output */
};

struct map;

/* Compiles the program and starts the child; messages begin with name. NULL
 * limits are MAP_LIMITS_DEFAULT. Fails with EXIT_CONFIG when the program does not
 * compile, with EXIT_AGAIN when no process can be started. The caller closes
 * *out. */
MUST_USE int map_open(struct map **out, const char *program, const char *name,
    const struct map_limits *limits, struct err *err);
void map_close(struct map *map); /* NULL is fine */

/* Queues a line, as JSON or as text. JSON that libjq cannot read is passed as
 * text. text is borrowed until map_get has returned the result of the line. */
void map_put(struct map *map, const char *text, size_t len, bool is_json);

/* Waits for the result of the oldest line without one; it is borrowed until the
 * next map_get. Fails with EXIT_AGAIN when the child cannot be started, or
 * repeatedly ends before it reads a line; with EXIT_BUG when no line was put, or
 * the child sends an invalid answer. */
MUST_USE int map_get(struct map *map, struct map_result *result,
    struct err *err);

/* Returns the next output as compact JSON text; MAP_PADDING bytes after it may be
 * read. It may be called count times. A copy of the result, made before the first
 * call, starts again at the first output. */
#define MAP_PADDING 64
const char *map_output(struct map_result *result, size_t *len);

/* Whether memory is limited. It is not in programs that are built with a
 * sanitizer, which maps more memory than any limit allows. */
bool map_limits_memory(void);

#endif
