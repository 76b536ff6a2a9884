/* SPDX-License-Identifier: ISC
 *
 * yaml -- a YAML 1.2 text (JSON is YAML) as a tree, read by libfyaml. Scalars
 * keep their text as it is written, so that 0.999 stays 0.999 and `no` stays
 * "no"; what a scalar means is for the reader to say.
 *
 * Refused are tags, keys that are no plain text, keys that stand twice in a
 * mapping, aliases of what has not ended yet, and more than YAML_MAX_DEPTH
 * levels or YAML_MAX_COUNT nodes and aliases. An alias is the node itself
 * again, never a copy, so that no text grows by them.
 */
#ifndef JSON_YAML_H
#define JSON_YAML_H

#include "base/err.h"
#include "json/yaml_node.h"

#define YAML_MAX_DEPTH 32
#define YAML_MAX_COUNT 20000

struct yaml;

/* Reads text; *out is the caller's, for yaml_close. Errors are EXIT_CONFIG and
 * begin with "line N: ". */
MUST_USE int yaml_open(struct yaml **out, const char *text, size_t len,
    struct err *err);
void yaml_close(struct yaml *yaml); /* NULL is fine */

/* The documents of the text, borrowed. */
size_t yaml_document_count(const struct yaml *yaml);
const struct yaml_node *yaml_document(const struct yaml *yaml, size_t i);

#endif
