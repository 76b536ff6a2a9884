/* SPDX-License-Identifier: ISC
 *
 * row_value -- values of JSON as the fields of event.def want them: taken
 * without loss or not at all. An integer with a fraction, a number in quotes, a
 * word that is not of the list are refused.
 */
#ifndef TEL_ROW_VALUE_H
#define TEL_ROW_VALUE_H

#include "json/json.h"
#include "tel/event.h"

/* Why an event was refused: the words of the table dead_letters. */
struct row_refusal {
	const char *reason;   /* static */
	char field[64];       /* the key that is wrong, or "" */
	const char *at;       /* its value in the line, or NULL */
	char detail[256];
};

/* Fills *refusal; returns -1. member, or NULL, is the value that is wrong. */
int row_refuse(struct row_refusal *refusal, const char *reason,
    const char *field, const struct json_member *member, const char *format,
    ...) PRINTF_LIKE(5, 6);

/* Refuses a value of another type than the field's; returns -1. */
int row_mismatch(const struct event_field *field,
    const struct json_member *member, struct row_refusal *refusal);

/* Each returns 0, or -1 and *refusal. min and max are the field's limits. */
MUST_USE int row_read_integer(const struct event_field *field, int64_t min,
    int64_t max, const struct json_member *member, int64_t *out,
    struct row_refusal *refusal);
MUST_USE int row_read_real(const struct event_field *field,
    const struct json_member *member, double *out, struct row_refusal *refusal);
MUST_USE int row_read_flag(const struct event_field *field,
    const struct json_member *member, int64_t *out,
    struct row_refusal *refusal);
/* For TEXT, CHOICE and HEX. */
MUST_USE int row_check_text(const struct event_field *field,
    const struct json_member *member, struct row_refusal *refusal);

#endif
