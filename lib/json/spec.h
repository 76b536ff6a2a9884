/* SPDX-License-Identifier: ISC
 *
 * spec -- fields of a configuration file, read from its tree. Every error is
 * EXIT_CONFIG and begins with "FILE: line N: ". An unknown field is an error,
 * because a misspelled one would be ignored silently.
 */
#ifndef JSON_SPEC_H
#define JSON_SPEC_H

#include "json/yaml.h"

#include <stdint.h>

struct spec {
	const char *file; /* borrowed */
	struct err *err;
};

enum spec_need { SPEC_OPTIONAL, SPEC_REQUIRED };

/* Sets an error at the line of node; returns -1. */
int spec_fail(const struct spec *spec, const struct yaml_node *node,
    const char *format, ...) PRINTF_LIKE(3, 4);

/* Checks that node is a mapping and that all its fields are in `fields`, a list
 * that NULL ends. what names the node in messages. */
MUST_USE int spec_fields(const struct spec *spec, const struct yaml_node *node,
    const char *what, const char *const *fields);

/* Reads the text of a field; *out is borrowed, NULL when the field is absent. */
MUST_USE int spec_text(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char **out);

/* Each reads an optional field; without the field *out does not change. */
MUST_USE int spec_integer(const struct spec *spec, const struct yaml_node *node,
    const char *field, int64_t min, int64_t max, int64_t *out);
MUST_USE int spec_boolean(const struct spec *spec, const struct yaml_node *node,
    const char *field, bool *out);

/* Reads a required duration as OpenSLO writes it: digits and one of m h d w M
 * (30 days) Q (90) Y (365). It is at least a minute and at most 100 years. */
MUST_USE int spec_duration_ms(const struct spec *spec,
    const struct yaml_node *node, const char *field, int64_t *out);

/* Reads a field that is one of words, a list that NULL ends, as its index.
 * Without the field *out does not change. */
MUST_USE int spec_choice(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char *const *words, int *out);

#endif
