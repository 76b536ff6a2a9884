/* SPDX-License-Identifier: ISC
 *
 * yaml -- a YAML 1.2 text (JSON is YAML) as a tree, read by libfyaml. A scalar
 * is kept as the text that was written, so that 0.999 stays 0.999 and `no`
 * stays "no"; its meaning is the caller's business.
 *
 * Errors are tags, keys that are not plain text, two equal keys in a mapping,
 * aliases of a node from within that node, and more than YAML_MAX_DEPTH levels
 * or YAML_MAX_COUNT nodes and aliases. An alias refers to the same node, so
 * that aliases cannot multiply a small text into a large tree.
 */
#ifndef JSON_YAML_H
#define JSON_YAML_H

#include "base/err.h"
#include "json/yaml_node.h"

#define YAML_MAX_DEPTH 32
#define YAML_MAX_COUNT 20000

struct yaml;

/* Reads text into *out, which the caller closes. Errors are EXIT_CONFIG and
 * begin with "line N: ". */
MUST_USE int yaml_open(struct yaml **out, const char *text, size_t len,
    struct err *err);
void yaml_close(struct yaml *yaml); /* NULL is fine */

/* The documents of the text, borrowed; i is below the count. */
size_t yaml_document_count(const struct yaml *yaml);
const struct yaml_node *yaml_document(const struct yaml *yaml, size_t i);

#endif
