/* SPDX-License-Identifier: ISC */
#include "metric/metric_pack.h"
#include "base/mem.h"
#include "base/opt.h"
#include "io/file.h"
#include "metric/counted_families.h"
#include "metric/metric_name.h"
#include "tel/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUILT_IN "schema/metric/"
#define YAML ".yaml"
#define MAX_DEFINITION_BYTES (64 << 10)

struct metric_pack *
metric_pack_open(void)
{
	return mem_new(1, sizeof(struct metric_pack));
}

static void
release(struct metric_definition *definition)
{
	metric_counted_release(definition->counted);
	metric_definition_release(definition);
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len > tail_len && strcmp(text + len - tail_len, tail) == 0;
}

void
metric_pack_close(struct metric_pack *packs)
{
	if (packs == NULL)
		return;
	for (size_t i = 0; i < packs->count; i++) {
		free(packs->entries[i].pack);
		release(&packs->entries[i].definition);
	}
	buf_release(&packs->faults);
	free(packs->entries);
	free(packs);
}

/* Whether the two cannot stand in one exposition. */
static bool
clashes(const struct metric_definition *one, const struct metric_definition *two)
{
	struct buf name = BUF_EMPTY;
	bool clash = metric_name_clash(one->name, one->type, two->name, two->type);

	/* One that is counted may have a family of corrections beside it. */
	if (one->counted != NULL && one->type != PROMETHEUS_GAUGE) {
		counted_families_corrected_name(&name, one->name);
		clash |= metric_name_clash(buf_text(&name), PROMETHEUS_COUNTER, two->name,
		    two->type);
	}
	buf_release(&name);
	return clash;
}

static int
add_text(struct metric_pack *packs, const char *pack, const char *path,
    const char *text, size_t len, struct err *err)
{
	struct metric_definition new;

	if ((ends_with(path, YAML) ? metric_counted_parse(&new, path, text, len, err)
	    : metric_definition_parse(&new, path, text, len, err)) < 0)
		goto fail;
	for (size_t i = 0; i < packs->count; i++) {
		const struct metric_definition *old = &packs->entries[i].definition;

		/* A metric of a pack may be named beside the pack. */
		if (strcmp(old->path, path) == 0) {
			release(&new);
			return 0;
		}
		if (!clashes(old, &new) && !clashes(&new, old))
			continue;
		if (strcmp(old->name, new.name) == 0)
			err_set(err, EXIT_CONFIG, "%s: line %d: metric %s is defined by %s "
			    "too", path, new.name_line, old->name, old->path);
		else
			err_set(err, EXIT_CONFIG, "%s: line %d: metric %s cannot stand "
			    "beside %s of %s: samples of both may have one name", path,
			    new.name_line, new.name, old->name, old->path);
		goto fail;
	}
	packs->entries = mem_resize(packs->entries, packs->count + 1,
	    sizeof(packs->entries[0]));
	packs->entries[packs->count].pack = mem_text(pack);
	packs->entries[packs->count++].definition = new;
	return 0;
fail:
	release(&new);
	if (!packs->keeps_faults)
		return -1;
	buf_printf(&packs->faults, "%s\n", err->text);
	packs->fault_count++;
	return 0;
}

static int
add_file(struct metric_pack *packs, const char *pack, const char *path,
    struct err *err)
{
	struct buf text = BUF_EMPTY;
	int result = file_read(path, MAX_DEFINITION_BYTES, &text, err);

	if (result < 0 && err->exit_code == EXIT_DATA)
		err->exit_code = EXIT_CONFIG;
	if (result == 0)
		result = add_text(packs, pack, path, buf_text(&text), text.len,
		    err);
	buf_release(&text);
	return result;
}

static int
is_definition(const struct dirent *file)
{
	return file->d_name[0] != '.' && (ends_with(file->d_name, ".sql") ||
	    ends_with(file->d_name, YAML));
}

static int
add_folder(struct metric_pack *packs, const char *folder, struct err *err)
{
	struct dirent **files;
	struct buf path = BUF_EMPTY;
	int count = scandir(folder, &files, is_definition, alphasort);
	int result = 0;

	if (count < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", folder);
	if (count == 0)
		result = err_set(err, EXIT_CONFIG, "%s: no .sql and no .yaml file in it: a "
		    "pack is a folder with one file for each metric", folder);
	for (int i = 0; i < count; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s%s%s", folder,
		    folder[strlen(folder) - 1] == '/' ? "" : "/",
		    files[i]->d_name);
		if (result == 0)
			result = add_file(packs, folder, buf_text(&path), err);
		free(files[i]);
	}
	free(files);
	buf_release(&path);
	return result;
}

/* Adds the texts of a built-in pack, or the one of a metric of that name, or all when pack
 * is NULL. Returns the number found, or -1. */
static int
add_texts(struct metric_pack *packs, const char *pack, struct err *err)
{
	const struct text *text;
	size_t cursor = 0;
	int count = 0;

	while ((text = text_next(BUILT_IN, &cursor)) != NULL) {
		const char *start = text->path + strlen(BUILT_IN);
		char *name = mem_text_of(start, strcspn(start, "/"));
		int result = 0;

		if (pack == NULL || strcmp(pack, name) == 0 ||
		    metric_definition_is_named(text->path, pack)) {
			count++;
			result = add_text(packs, name, text->path, text->text,
			    strlen(text->text), err);
		}
		free(name);
		if (result < 0)
			return -1;
	}
	return count;
}

int
metric_pack_add_built_in(struct metric_pack *packs, struct err *err)
{
	return add_texts(packs, NULL, err) < 0 ? -1 : 0;
}

/* The names of the built-in packs, with commas. */
static void
add_pack_names(struct buf *out)
{
	const struct text *text;
	const char *last = "";
	size_t cursor = 0;

	while ((text = text_next(BUILT_IN, &cursor)) != NULL) {
		const char *name = text->path + strlen(BUILT_IN);
		size_t len = strcspn(name, "/") + 1;

		if (strncmp(last, name, len) != 0)
			buf_printf(out, "%s%.*s", last[0] != '\0' ? ", " : "",
			    (int)len - 1, name);
		last = name;
	}
}

/* Appends which name of a built-in pack or metric was most likely meant, if any is near. */
static void
add_nearest(struct buf *out, const char *pack)
{
	char **names = NULL;
	const struct text *text;
	const char *nearest;
	size_t count = 0, cursor = 0;

	while ((text = text_next(BUILT_IN, &cursor)) != NULL) {
		const char *start = text->path + strlen(BUILT_IN), *file = strchr(start, '/') + 1;

		names = mem_resize(names, count + 2, sizeof(*names));
		names[count++] = mem_text_of(start, strcspn(start, "/"));
		names[count++] = mem_text_of(file, strcspn(file, "."));
	}
	nearest = opt_nearest(pack, (const char *const *)names, count);
	if (nearest != NULL)
		buf_printf(out, "; did you mean '%s'?", nearest);
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

int
metric_pack_add(struct metric_pack *packs, const char *pack, struct err *err)
{
	struct buf names = BUF_EMPTY, near = BUF_EMPTY;
	struct stat status;
	int found = 0;

	if (strchr(pack, '/') == NULL)
		found = add_texts(packs, pack, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (stat(pack, &status) == 0)
		return S_ISDIR(status.st_mode) ? add_folder(packs, pack, err)
		    : add_file(packs, pack, pack, err);
	buf_add_text(&near, strerror(errno));
	add_pack_names(&names);
	add_nearest(&near, pack);
	err_set(err, EXIT_NO_INPUT, "metrics '%.80s': neither a built-in pack (%s) nor a "
	    "folder or file: %s", pack, buf_text(&names), buf_text(&near));
	buf_release(&names);
	buf_release(&near);
	return -1;
}

void
metric_pack_list(const struct metric_pack *packs, struct buf *out)
{
	for (size_t i = 0; i < packs->count; i++) {
		const struct metric_definition *definition =
		    &packs->entries[i].definition;

		buf_printf(out, "%s\t%s\t%s\t%s\n", packs->entries[i].pack,
		    definition->name, prometheus_type_names[definition->type],
		    definition->help);
	}
}
