/* SPDX-License-Identifier: ISC */
#include "json/yaml_node.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>
#include <string.h>

struct yaml_node *
yaml_node_open(enum yaml_type type, int line)
{
	struct yaml_node *node = mem_new(1, sizeof(*node));

	node->type = type;
	node->line = line;
	return node;
}

void
yaml_node_close(struct yaml_node *node)
{
	for (size_t i = 0; node->keys != NULL && i < node->count; i++)
		free(node->keys[i]);
	free(node->keys);
	free(node->children);
	free(node->text);
	free(node->anchor);
	free(node);
}

void
yaml_node_add(struct yaml_node *node, char *key, struct yaml_node *child)
{
	REQUIRE(node->type != YAML_SCALAR);
	REQUIRE((key != NULL) == (node->type == YAML_MAPPING));
	if ((node->count & (node->count - 1)) == 0) {
		size_t size = node->count == 0 ? 1 : 2 * node->count;

		node->children = mem_resize(node->children, size,
		    sizeof(*node->children));
		if (node->type == YAML_MAPPING)
			node->keys = mem_resize(node->keys, size,
			    sizeof(*node->keys));
	}
	if (node->type == YAML_MAPPING)
		node->keys[node->count] = key;
	node->children[node->count++] = child;
}

const struct yaml_node *
yaml_find(const struct yaml_node *node, const char *key)
{
	if (node == NULL || node->type != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->count; i++)
		if (strcmp(node->keys[i], key) == 0)
			return node->children[i];
	return NULL;
}

bool
yaml_is_null(const struct yaml_node *node)
{
	return node->type == YAML_SCALAR && !node->is_quoted &&
	    (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
	    strcmp(node->text, "null") == 0);
}
