/* SPDX-License-Identifier: ISC
 *
 * log -- messages on stderr: "program: warning: text" for people, or with
 * TEL_LOG=events one JSON `log` event a line. A message is always one line: in
 * text for people, control characters become \xNN. That text has no times,
 * since the keeper of a log adds them; the events have theirs.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Messages above the level are dropped. Starts at LOG_WARNING. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_set_program(const char *name); /* borrowed for ever */
const char *log_program(void);

/* Prints one message. stdout is flushed first, so that both streams keep
 * their order on a terminal. */
void log_print(enum log_level level, const char *format, ...)
    PRINTF_LIKE(2, 3);

#define log_error(...) log_print(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_print(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_print(LOG_DEBUG, __VA_ARGS__)

#endif
