/* SPDX-License-Identifier: ISC */
#include "jq/filter.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"

#include <jq.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* jv_ functions, except jv_copy, take ownership of their arguments; therefore no
 * jv leaves this file. */
struct filter {
	jq_state *state;
	struct buf messages; /* of the compiler */
	jv output;           /* the last output or message, as text */
};

/* In libjq 1.6, error(null) ends a program like empty, so a map that fails with
 * it would silently drop its line. These definitions are put before the program,
 * on its first line. */
static const char error_of_null[] = "def _error: error; "
    "def error: if . == null then \"error(null)\" else . end | _error; "
    "def error(message): message | error; ";

static void
keep_message(void *data, jv message)
{
	struct filter *filter = data;
	jv text = jq_format_error(message);

	if (filter->messages.len > 0)
		buf_add_text(&filter->messages, "; ");
	buf_add_text(&filter->messages, jv_string_value(text));
	jv_free(text);
}

/* Returns the messages of the compiler as one line. */
static const char *
first_message(struct filter *filter)
{
	const char *prefix = "jq: error: ";
	char *text = filter->messages.data;

	if (text == NULL)
		return "does not compile";
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	return strncmp(text, prefix, strlen(prefix)) == 0 ?
	    text + strlen(prefix) : text;
}

/* Without these callbacks, libjq 1.6 jumps to an uninitialized address at `input`
 * and `debug`. */
static jv
no_input(jq_state *state, void *data)
{
	(void)state;
	(void)data;
	return jv_invalid();
}

static void
no_debug(void *data, jv message)
{
	(void)data;
	jv_free(message);
}

/* Compiles the program with a corrected error(null), if it may use that. If this
 * fails, compiles the program alone: `include` must come first, so no definitions
 * may precede it; and error messages must be about the program's own text. */
static bool
compile(struct filter *filter, const char *program)
{
	struct buf mended = BUF_EMPTY;
	bool is_compiled = false;

	if (strstr(program, "error") != NULL) {
		buf_add_text(&mended, error_of_null);
		buf_add_text(&mended, program);
		is_compiled = jq_compile(filter->state, buf_text(&mended));
		buf_release(&mended);
		buf_reset(&filter->messages);
	}
	return is_compiled || jq_compile(filter->state, program);
}

int
filter_open(struct filter **out, const char *program, const char *name,
    struct err *err)
{
	struct filter *filter = mem_new(1, sizeof(*filter));

	filter->output = jv_null();
	filter->state = jq_init();
	if (filter->state == NULL)
		mem_exhausted();
	jq_set_error_cb(filter->state, keep_message, filter);
	jq_set_input_cb(filter->state, no_input, NULL);
	jq_set_debug_cb(filter->state, no_debug, NULL);
	if (!compile(filter, program)) {
		err_set(err, EXIT_CONFIG, "%s: %s", name,
		    first_message(filter));
		filter_close(filter);
		return -1;
	}
	*out = filter;
	return 0;
}

void
filter_close(struct filter *filter)
{
	if (filter == NULL)
		return;
	jv_free(filter->output);
	jq_teardown(&filter->state);
	buf_release(&filter->messages);
	free(filter);
}

/* libjq 1.6 stores the function but not its data. */
static void (*notify_no_memory)(void *);
static void *notify_data;

static void
on_no_memory(void *lost)
{
	(void)lost;
	notify_no_memory(notify_data);
}

void
filter_on_no_memory(struct filter *filter, void (*notify)(void *), void *data)
{
	notify_no_memory = notify;
	notify_data = data;
	jq_set_nomem_handler(filter->state, on_no_memory, NULL);
}

int
filter_start(struct filter *filter, const char *text, size_t len, bool is_json)
{
	jv input;

	REQUIRE(len <= INT_MAX);
	input = is_json ? jv_parse_sized(text, (int)len)
	    : jv_string_sized(text, (int)len);
	if (!jv_is_valid(input)) {
		jv_free(input);
		return -1;
	}
	jq_start(filter->state, input, 0);
	return 0;
}

void
filter_stop(struct filter *filter)
{
	jv_free(filter->output);
	filter->output = jv_null();
	jq_start(filter->state, jv_null(), 0);
}

/* Returns a message as text. "break" is the only message of libjq for `input`. */
static jv
message_text(jv message)
{
	if (jv_get_kind(message) != JV_KIND_STRING)
		return jv_dump_string(message, 0);
	if (strcmp(jv_string_value(message), "break") != 0)
		return message;
	jv_free(message);
	return jv_string("break: there is no more input");
}

/* Returns the message that says why there is no more output, or jv_null() at a
 * normal end. */
static jv
end_message(struct filter *filter, jv end)
{
	jv message = jv_invalid_get_msg(end);

	if (!jq_halted(filter->state))
		return jv_get_kind(message) == JV_KIND_NULL ? message
		    : message_text(message);
	jv_free(message);
	message = jq_get_error_message(filter->state);
	if (!jv_is_valid(message)) {
		jv_free(message);
		return jv_string("the program halted");
	}
	return message_text(message);
}

int
filter_next(struct filter *filter, const char **json, size_t *len)
{
	jv value = jq_next(filter->state);
	int result = 1;

	jv_free(filter->output);
	if (jv_is_valid(value)) {
		filter->output = jv_dump_string(value, 0);
	} else {
		filter->output = end_message(filter, value);
		result = -1;
		if (jv_get_kind(filter->output) == JV_KIND_NULL) {
			filter->output = jv_string("");
			result = 0;
		}
	}
	*json = jv_string_value(filter->output);
	*len = (size_t)jv_string_length_bytes(jv_copy(filter->output));
	return result;
}
