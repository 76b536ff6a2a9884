/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "base/json_writer.h"
#include "base/require.h"
#include "base/tim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum log_level current_level = LOG_WARNING;
static const char *program_name = "teltools";

void
log_set_level(enum log_level level)
{
	REQUIRE(level <= LOG_DEBUG);
	current_level = level;
}

enum log_level
log_get_level(void)
{
	return current_level;
}

void
log_set_program(const char *name)
{
	program_name = name;
}

const char *
log_program(void)
{
	return program_name;
}

/* Writes a `log` event as event.def has it. base must not include that table,
 * so the test of the log format feeds such lines to tel-ingest. */
static void
write_event(struct buf *line, const char *level, const char *message)
{
	struct json_writer writer;

	json_writer_init(&writer, line);
	json_writer_open(&writer, '{');
	json_writer_key_text(&writer, "type", "log");
	json_writer_key_integer(&writer, "ts_ms", tim_now_ms());
	json_writer_key_text(&writer, "level", level);
	json_writer_key_text(&writer, "program", program_name);
	json_writer_key_text(&writer, "message", message);
	json_writer_close(&writer, '}');
}

void
log_print(enum log_level level, const char *format, ...)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	const char *style = getenv("TEL_LOG");
	struct buf message = BUF_EMPTY, line = BUF_EMPTY;
	va_list arguments;

	REQUIRE(level <= LOG_DEBUG);
	if (level > current_level)
		return;
	va_start(arguments, format);
	buf_vprintf(&message, format, arguments);
	va_end(arguments);
	if (style != NULL && strcmp(style, "events") == 0)
		write_event(&line, names[level], buf_text(&message));
	else {
		buf_printf(&line, "%s: %s", program_name,
		    level == LOG_WARNING ? "warning: " : "");
		buf_add_visible(&line, buf_text(&message), message.len);
	}
	buf_add_char(&line, '\n');
	fflush(stdout);
	(void)!write(STDERR_FILENO, line.data, line.len);
	buf_release(&message);
	buf_release(&line);
}
