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
	int line;         /* from 1 */
	char *text;       /* of a scalar; no NUL in it */
	bool is_quoted;   /* or a block scalar: it is meant as text */
	char *anchor;     /* its name for aliases, or NULL */
	bool has_ended;   /* all of it is read */
	size_t count;     /* of the children */
	char **keys;      /* of a mapping */
	struct yaml_node **children;
};

/* The value of key in a mapping, or NULL; also when it is no mapping. */
const struct yaml_node *yaml_find(const struct yaml_node *node,
    const char *key);

/* Whether it is a scalar that means "nothing": empty, ~ or null, unquoted. */
bool yaml_is_null(const struct yaml_node *node);

/* A node without children, for yaml_node_close; and its end, which leaves the
 * children alone. */
struct yaml_node *yaml_node_open(enum yaml_type type, int line);
void yaml_node_close(struct yaml_node *node);

/* Adds a child and takes key, which is NULL in a sequence. */
void yaml_node_add(struct yaml_node *node, char *key, struct yaml_node *child);

#endif
