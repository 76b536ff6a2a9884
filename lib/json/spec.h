/* SPDX-License-Identifier: ISC
 *
 * spec -- fields of a configuration file, read from its tree. Whatever is
 * wrong is an EXIT_CONFIG that begins with "FILE: line N: ". Unknown fields are
 * errors: a misspelled one would otherwise be silently without effect.
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

/* Says what is wrong at node; returns -1. */
int spec_fail(const struct spec *spec, const struct yaml_node *node,
    const char *format, ...) PRINTF_LIKE(3, 4);

/* node is a mapping that has no other fields than these (NULL ends them); what
 * names it in messages. */
MUST_USE int spec_fields(const struct spec *spec, const struct yaml_node *node,
    const char *what, const char *const *fields);

/* The text of a field; *out is borrowed, and NULL when it is not there. */
MUST_USE int spec_text(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char **out);

/* The same, where an absent field leaves *out as it was. */
MUST_USE int spec_integer(const struct spec *spec, const struct yaml_node *node,
    const char *field, int64_t min, int64_t max, int64_t *out);
MUST_USE int spec_boolean(const struct spec *spec, const struct yaml_node *node,
    const char *field, bool *out);

/* A duration of OpenSLO: digits and one of m h d w M (30 days) Q (90) Y (365).
 * At least a minute, at most 100 years. */
MUST_USE int spec_duration_ms(const struct spec *spec,
    const struct yaml_node *node, const char *field, int64_t *out);

/* One of words (NULL ends them), as its place in the list. */
MUST_USE int spec_choice(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char *const *words, int *out);

#endif
