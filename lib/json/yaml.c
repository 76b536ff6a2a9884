/* SPDX-License-Identifier: ISC */
#include "json/yaml.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/utf8.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

struct yaml {
	struct yaml_node **nodes; /* all of them, to be freed */
	size_t node_count;
	struct yaml_node **documents;
	size_t document_count;
	size_t alias_count;
	int line;                 /* of the last event that has one */
	struct fy_parser *parser;
	struct fy_diag *diag;
};

static int
fail_at(struct err *err, int line, const char *words)
{
	return err_set(err, EXIT_CONFIG, "line %d: %s", line, words);
}

/* Reports the first error of libfyaml, if it has one. */
static int
fail_parse(struct yaml *yaml, struct err *err)
{
	void *cursor = NULL;
	struct fy_diag_error *error = fy_diag_errors_iterate(yaml->diag, &cursor);

	if (error == NULL)
		return err_set(err, EXIT_CONFIG, "line 1: not YAML");
	return err_set(err, EXIT_CONFIG, "line %d: not YAML: %s",
	    error->line > 0 ? error->line : 1, error->msg);
}

static void
append_node(struct yaml_node ***nodes, size_t *count, struct yaml_node *node)
{
	if ((*count & (*count - 1)) == 0)
		*nodes = mem_resize(*nodes, *count == 0 ? 1 : 2 * *count,
		    sizeof(**nodes));
	(*nodes)[(*count)++] = node;
}

static struct yaml_node *
new_node(struct yaml *yaml, enum yaml_type type, int line)
{
	struct yaml_node *node = yaml_node_open(type, line);

	append_node(&yaml->nodes, &yaml->node_count, node);
	return node;
}

/* Returns the text of a token, which the caller frees; NULL with an error when
 * it has a NUL byte. */
static char *
text_of(struct fy_token *token, int line, struct err *err)
{
	size_t len = 0;
	const char *text = token != NULL ? fy_token_get_text(token, &len) : NULL;

	if (text == NULL)
		return mem_text("");
	if (memchr(text, '\0', len) != NULL) {
		fail_at(err, line, "text with a NUL byte");
		return NULL;
	}
	return mem_text_of(text, len);
}

/* Returns the last node with that anchor, as YAML 1.2.2, 7.1 has it; or
 * NULL. */
static struct yaml_node *
find_anchor(const struct yaml *yaml, const char *name)
{
	for (size_t i = yaml->node_count; i > 0; i--) {
		struct yaml_node *node = yaml->nodes[i - 1];

		if (node->anchor != NULL && strcmp(node->anchor, name) == 0)
			return node;
	}
	return NULL;
}

static struct fy_event *
next_event(struct yaml *yaml, struct err *err)
{
	struct fy_event *event = fy_parser_parse(yaml->parser);

	if (event == NULL)
		fail_parse(yaml, err);
	return event;
}

/* Returns the line of an event. A value that is empty has none, but its key has. */
static int
line_of(struct yaml *yaml, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);

	if (mark != NULL)
		yaml->line = mark->line + 1;
	return yaml->line > 0 ? yaml->line : 1;
}

static int read_children(struct yaml *yaml, struct yaml_node *node, int depth,
    struct err *err);

static struct yaml_node *
read_alias(struct yaml *yaml, struct fy_event *event, int line, struct err *err)
{
	char *name = text_of(event->alias.anchor, line, err);
	struct yaml_node *node;

	if (name == NULL)
		return NULL;
	yaml->alias_count++;
	node = find_anchor(yaml, name);
	if (node == NULL || !node->has_ended) {
		err_set(err, EXIT_CONFIG, "line %d: alias *%.40s: %s", line, name,
		    node == NULL ? "no such anchor before it"
		    : "within the node that it names");
		node = NULL;
	}
	free(name);
	return node;
}

static int
read_scalar(struct yaml_node *node, struct fy_token *token, struct err *err)
{
	node->text = text_of(token, node->line, err);
	node->is_quoted = token != NULL &&
	    fy_token_scalar_style(token) != FYSS_PLAIN;
	return node->text != NULL ? 0 : -1;
}

/* Sets the anchor and the tag of the node that begins with event, or NULL. */
static void
find_properties(struct fy_event *event, struct fy_token **anchor,
    struct fy_token **tag)
{
	if (event->type == FYET_SCALAR) {
		*anchor = event->scalar.anchor;
		*tag = event->scalar.tag;
	} else if (event->type == FYET_MAPPING_START) {
		*anchor = event->mapping_start.anchor;
		*tag = event->mapping_start.tag;
	} else {
		*anchor = event->sequence_start.anchor;
		*tag = event->sequence_start.tag;
	}
}

static enum yaml_type
type_of(const struct fy_event *event)
{
	return event->type == FYET_SCALAR ? YAML_SCALAR
	    : event->type == FYET_MAPPING_START ? YAML_MAPPING : YAML_SEQUENCE;
}

/* Reads the node that begins with event; returns NULL with an error. */
static struct yaml_node *
read_node(struct yaml *yaml, struct fy_event *event, int depth, struct err *err)
{
	struct fy_token *anchor, *tag;
	const char *wrong = NULL;
	int line = line_of(yaml, event), result;
	struct yaml_node *node;

	if (yaml->node_count + yaml->alias_count >= YAML_MAX_COUNT)
		wrong = "too many values";
	else if (event->type == FYET_ALIAS)
		return read_alias(yaml, event, line, err);
	else if (depth > YAML_MAX_DEPTH)
		wrong = "too deep";
	find_properties(event, &anchor, &tag);
	if (wrong == NULL && tag != NULL)
		wrong = "tags such as !!binary are not used here";
	if (wrong != NULL) {
		fail_at(err, line, wrong);
		return NULL;
	}
	node = new_node(yaml, type_of(event), line);
	if (anchor != NULL)
		node->anchor = text_of(anchor, line, err);
	result = event->type == FYET_SCALAR
	    ? read_scalar(node, event->scalar.value, err)
	    : read_children(yaml, node, depth, err);
	node->has_ended = true;
	return result == 0 ? node : NULL;
}

/* Returns the key in event, which the caller frees; NULL with an error. */
static char *
read_key(struct yaml *yaml, const struct yaml_node *node, struct fy_event *event,
    struct err *err)
{
	int line = line_of(yaml, event);
	char *key;

	if (event->type != FYET_SCALAR || event->scalar.tag != NULL ||
	    event->scalar.anchor != NULL) {
		fail_at(err, line, "a key is plain text");
		return NULL;
	}
	key = text_of(event->scalar.value, line, err);
	for (size_t i = 0; key != NULL && i < node->count; i++) {
		if (strcmp(node->keys[i], key) != 0)
			continue;
		err_set(err, EXIT_CONFIG, "line %d: '%.60s' is given twice",
		    line, key);
		free(key);
		return NULL;
	}
	return key;
}

/* Reads the child that begins with event, which it frees. */
static int
read_child(struct yaml *yaml, struct yaml_node *node, struct fy_event *event,
    int depth, struct err *err)
{
	struct yaml_node *child = NULL;
	char *key = NULL;

	if (node->type == YAML_MAPPING) {
		key = read_key(yaml, node, event, err);
		fy_parser_event_free(yaml->parser, event);
		event = key != NULL ? next_event(yaml, err) : NULL;
	}
	if (event != NULL)
		child = read_node(yaml, event, depth, err);
	fy_parser_event_free(yaml->parser, event);
	if (child == NULL) {
		free(key);
		return -1;
	}
	yaml_node_add(node, key, child);
	return 0;
}

static int
read_children(struct yaml *yaml, struct yaml_node *node, int depth,
    struct err *err)
{
	struct fy_event *event;

	while ((event = next_event(yaml, err)) != NULL) {
		if (event->type == FYET_MAPPING_END ||
		    event->type == FYET_SEQUENCE_END) {
			fy_parser_event_free(yaml->parser, event);
			return 0;
		}
		if (read_child(yaml, node, event, depth + 1, err) < 0)
			break;
	}
	return -1;
}

/* Reads a document: its node, if it has one, then FYET_DOCUMENT_END. */
static int
read_document(struct yaml *yaml, struct err *err)
{
	struct fy_event *event = next_event(yaml, err);
	struct yaml_node *node;

	if (event == NULL)
		return -1;
	if (event->type == FYET_DOCUMENT_END) {
		fy_parser_event_free(yaml->parser, event);
		return 0;
	}
	node = read_node(yaml, event, 1, err);
	fy_parser_event_free(yaml->parser, event);
	if (node == NULL)
		return -1;
	append_node(&yaml->documents, &yaml->document_count, node);
	event = next_event(yaml, err);
	fy_parser_event_free(yaml->parser, event);
	return event != NULL ? 0 : -1;
}

static int
read_stream(struct yaml *yaml, struct err *err)
{
	for (;;) {
		struct fy_event *event = fy_parser_parse(yaml->parser);
		enum fy_event_type type = event != NULL ? event->type : FYET_NONE;

		fy_parser_event_free(yaml->parser, event);
		if (event == NULL || type == FYET_STREAM_END)
			break;
		if (type == FYET_DOCUMENT_START && read_document(yaml, err) < 0)
			return -1;
	}
	if (fy_parser_get_stream_error(yaml->parser) ||
	    fy_diag_got_error(yaml->diag))
		return fail_parse(yaml, err);
	return 0;
}

/* libfyaml 0.7 never returns from a directive that is not UTF-8. */
static int
check_bytes(const char *text, size_t len, struct err *err)
{
	int line = 1;
	size_t size;

	for (size_t i = 0; i < len; i += size) {
		size = utf8_length(text + i, len - i);
		if (size == 0)
			return fail_at(err, line, "not UTF-8");
		if (text[i] == '\0')
			return fail_at(err, line, "a NUL byte");
		line += text[i] == '\n';
	}
	return 0;
}

int
yaml_open(struct yaml **out, const char *text, size_t len, struct err *err)
{
	struct yaml *yaml = mem_new(1, sizeof(*yaml));
	struct fy_diag_cfg diag;
	struct fy_parse_cfg config;

	if (check_bytes(text, len, err) < 0) {
		free(yaml);
		return -1;
	}
	fy_diag_cfg_default(&diag);
	diag.fp = NULL;
	yaml->diag = fy_diag_create(&diag);
	fy_diag_set_collect_errors(yaml->diag, true);
	memset(&config, 0, sizeof(config));
	config.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE;
	config.diag = yaml->diag;
	yaml->parser = fy_parser_create(&config);
	if (yaml->parser == NULL ||
	    fy_parser_set_string(yaml->parser, text, len) != 0) {
		err_set(err, EXIT_BUG, "libfyaml does not start");
		goto fail;
	}
	if (read_stream(yaml, err) < 0)
		goto fail;
	*out = yaml;
	return 0;
fail:
	yaml_close(yaml);
	return -1;
}

void
yaml_close(struct yaml *yaml)
{
	if (yaml == NULL)
		return;
	fy_parser_destroy(yaml->parser);
	fy_diag_destroy(yaml->diag);
	for (size_t i = 0; i < yaml->node_count; i++)
		yaml_node_close(yaml->nodes[i]);
	free(yaml->nodes);
	free(yaml->documents);
	free(yaml);
}

size_t
yaml_document_count(const struct yaml *yaml)
{
	return yaml->document_count;
}

const struct yaml_node *
yaml_document(const struct yaml *yaml, size_t i)
{
	REQUIRE(i < yaml->document_count);
	return yaml->documents[i];
}
