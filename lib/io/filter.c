/* SPDX-License-Identifier: ISC */
#include "io/filter.h"
#include "base/buf.h"
#include "base/mem.h"

#include <jq.h>
#include <stdlib.h>
#include <string.h>

/* jv_ calls take their arguments over, jv_copy apart; so no jv leaves this
 * file. */
struct filter {
	jq_state *state;
	struct buf messages; /* of the compiler */
	struct buf output;
};

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

/* One line of the compiler's words. */
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

int
filter_open(struct filter **out, const char *program, const char *name,
    struct err *err)
{
	struct filter *filter = mem_new(1, sizeof(*filter));

	filter->state = jq_init();
	if (filter->state == NULL)
		abort();
	jq_set_error_cb(filter->state, keep_message, filter);
	if (!jq_compile(filter->state, program)) {
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
	jq_teardown(&filter->state);
	buf_release(&filter->messages);
	buf_release(&filter->output);
	free(filter);
}

int
filter_start(struct filter *filter, const char *text, size_t len, bool is_json)
{
	jv input = is_json ? jv_parse_sized(text, (int)len)
	    : jv_string_sized(text, (int)len);

	if (!jv_is_valid(input)) {
		jv_free(input);
		return -1;
	}
	jq_start(filter->state, input, 0);
	return 0;
}

static void
keep_output(struct filter *filter, jv text)
{
	buf_reset(&filter->output);
	buf_add(&filter->output, jv_string_value(text),
	    (size_t)jv_string_length_bytes(jv_copy(text)));
	jv_free(text);
}

int
filter_next(struct filter *filter, const char **json, size_t *len)
{
	jv value = jq_next(filter->state);
	int result = 1;

	if (jv_is_valid(value)) {
		keep_output(filter, jv_dump_string(value, 0));
	} else {
		jv message = jv_invalid_get_msg(value);

		result = jv_get_kind(message) == JV_KIND_NULL ? 0 : -1;
		if (jv_get_kind(message) == JV_KIND_STRING)
			keep_output(filter, message);
		else
			keep_output(filter, jv_dump_string(message, 0));
	}
	*json = buf_text(&filter->output);
	*len = filter->output.len;
	return result;
}
