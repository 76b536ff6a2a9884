/* SPDX-License-Identifier: ISC
 *
 * yaml_node -- the tree that yaml_open makes of a text.
 */
#ifndef JSON_YAML_NODE_H
#define JSON_YAML_NODE_H

#include <stdbool.h>
#include <stddef.h>

enum yaml_type { YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE };

struct yaml_node {
	enum yaml_type type;
	int line;         /* in the text, from 1 */
	char *text;       /* of a scalar; no NUL in it */
	bool is_quoted;   /* or a block scalar: certainly meant as text */
	char *anchor;     /* its name for aliases, or NULL */
	bool has_ended;   /* it has been read to its end */
	size_t count;     /* of the children */
	char **keys;      /* of a mapping */
	struct yaml_node **children;
};

/* Returns the value of key in a mapping, borrowed; NULL when node is NULL, is
 * no mapping or has no such key. */
const struct yaml_node *yaml_find(const struct yaml_node *node,
    const char *key);

/* Whether it is a scalar that means "nothing": empty, ~ or null, unquoted. */
bool yaml_is_null(const struct yaml_node *node);

/* Opens a node without children. yaml_node_close does not close children. */
struct yaml_node *yaml_node_open(enum yaml_type type, int line);
void yaml_node_close(struct yaml_node *node);

/* Adds a child. The node owns key from then on; key is NULL in a sequence. */
void yaml_node_add(struct yaml_node *node, char *key, struct yaml_node *child);

#endif
