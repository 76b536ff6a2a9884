/* SPDX-License-Identifier: ISC */
#include "tel/row_value.h"
#include "base/json_number.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

int
row_refuse(struct row_refusal *refusal, enum reason reason, const char *field,
    const struct json_member *member, const char *format, ...)
{
	va_list arguments;

	refusal->reason = reason;
	refusal->at = member != NULL ? member->raw : NULL;
	snprintf(refusal->field, sizeof(refusal->field), "%s", field);
	va_start(arguments, format);
	vsnprintf(refusal->detail, sizeof(refusal->detail), format, arguments);
	va_end(arguments);
	utf8_repair(refusal->detail);
	return -1;
}

static const char *
type_name(enum event_type type)
{
	static const char *const names[] = {
		[EVENT_TEXT] = "text", [EVENT_HEX] = "text",
		[EVENT_CHOICE] = "text", [EVENT_INTEGER] = "a whole number",
		[EVENT_REAL] = "a number", [EVENT_BOOLEAN] = "true or false",
		[EVENT_JSON] = "an object or array",
	};

	return names[type];
}

int
row_mismatch(const struct event_field *field, const struct json_member *member,
    struct row_refusal *refusal)
{
	return row_refuse(refusal, REASON_type_mismatch, field->name, member,
	    "%s: must be %s, is %.*s", field->name, type_name(field->type),
	    (int)(member->raw_len < 60 ? member->raw_len : 60), member->raw);
}

int
row_read_integer(const struct event_field *field, int64_t min, int64_t max,
    const struct json_member *member, int64_t *out,
    struct row_refusal *refusal)
{
	if (member->type == JSON_INTEGER) {
		*out = member->integer;
	} else if (member->type == JSON_BIG) {
		return row_refuse(refusal, REASON_out_of_range, field->name, member,
		    "%s: does not fit 64 bits", field->name);
	} else if (member->type != JSON_REAL || !json_number_as_integer(
	    member->raw, member->raw_len, out)) {
		return row_mismatch(field, member, refusal);
	}
	if (*out < min || *out > max)
		return row_refuse(refusal, REASON_out_of_range, field->name, member,
		    "%s: %" PRId64 " is outside %s", field->name, *out,
		    field->limits);
	return 0;
}

int
row_read_real(const struct event_field *field, const struct json_member *member,
    double *out, struct row_refusal *refusal)
{
	if (member->type == JSON_REAL) {
		*out = member->real;
		return 0;
	}
	if (member->type == JSON_INTEGER && member->integer >= -JSON_EXACT_MAX &&
	    member->integer <= JSON_EXACT_MAX) {
		*out = (double)member->integer;
		return 0;
	}
	if (member->type == JSON_INTEGER || member->type == JSON_BIG)
		return row_refuse(refusal, REASON_number_precision, field->name, member,
		    "%s: a double does not hold this number exactly",
		    field->name);
	return row_mismatch(field, member, refusal);
}

int
row_read_flag(const struct event_field *field, const struct json_member *member,
    int64_t *out, struct row_refusal *refusal)
{
	if (member->type == JSON_BOOLEAN || (member->type == JSON_INTEGER &&
	    (member->integer == 0 || member->integer == 1))) {
		*out = member->integer;
		return 0;
	}
	return row_mismatch(field, member, refusal);
}

int
row_check_text(const struct event_field *field, const struct json_member *member,
    struct row_refusal *refusal)
{
	if (member->type != JSON_TEXT)
		return row_mismatch(field, member, refusal);
	if (field->type == EVENT_CHOICE && !event_limits_choice(field->limits,
	    member->text, member->text_len))
		return row_refuse(refusal, REASON_bad_enum, field->name, member,
		    "%s: '%.*s' is none of %s", field->name,
		    (int)(member->text_len < 40 ? member->text_len : 40),
		    member->text, field->limits);
	if (field->type == EVENT_HEX && !event_limits_hex(field->limits,
	    member->text, member->text_len))
		return row_refuse(refusal, REASON_type_mismatch, field->name, member,
		    "%s: must be %s hexadecimal digits", field->name,
		    field->limits);
	return 0;
}
