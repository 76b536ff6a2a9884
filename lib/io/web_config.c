/* SPDX-License-Identifier: ISC */
#include "io/web_config.h"
#include "base/mem.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE_BYTES ((size_t)1 << 20)
#define FILE_COUNT 4 /* the configuration, certificate, key, roots of clients */

/* A file, and what it was when it was last read. */
struct watched {
	char *path;
	bool exists;
	struct stat status;
};

struct state {
	struct web_settings settings;
	struct tls_server *tls;
	struct watched files[FILE_COUNT];
	size_t file_count;
};

struct web_config {
	char *path, *folder;
	struct state state;
	struct err problem; /* its text is empty when there is none */
};

static void
release_files(struct state *state)
{
	while (state->file_count > 0)
		free(state->files[--state->file_count].path);
}

static void
release_state(struct state *state)
{
	web_settings_release(&state->settings);
	tls_server_close(state->tls);
	state->tls = NULL;
	release_files(state);
}

/* Remembers the file as it is now, then reads it: a change in between is seen later. */
static int
watch_and_read(struct state *state, const char *path, struct buf *out, struct err *err)
{
	struct watched *file = &state->files[state->file_count++];

	file->path = mem_text(path);
	file->exists = stat(path, &file->status) == 0;
	return file_read(path, MAX_FILE_BYTES, out, err);
}

static bool
is_changed(const struct watched *file)
{
	const struct stat *old = &file->status;
	struct stat now;

	if (stat(file->path, &now) < 0)
		return file->exists;
	return !file->exists || old->st_ino != now.st_ino || old->st_dev != now.st_dev ||
	    old->st_size != now.st_size ||
	    old->st_mtim.tv_sec != now.st_mtim.tv_sec ||
	    old->st_mtim.tv_nsec != now.st_mtim.tv_nsec ||
	    old->st_ctim.tv_sec != now.st_ctim.tv_sec ||
	    old->st_ctim.tv_nsec != now.st_ctim.tv_nsec;
}

/* Reads a file that the configuration names; NULL names none. */
static int
read_named(const struct web_config *config, struct state *state, const char *name,
    struct buf *out, struct err *err)
{
	struct buf path = BUF_EMPTY;
	int result;

	if (name == NULL)
		return 0;
	if (name[0] != '/' && strcmp(config->folder, ".") != 0)
		buf_printf(&path, "%s/", config->folder);
	buf_add_text(&path, name);
	buf_reset(out);
	result = watch_and_read(state, buf_text(&path), out, err);
	buf_release(&path);
	return result;
}

static int
load_tls(const struct web_config *config, struct state *state, struct err *err)
{
	struct web_settings *settings = &state->settings;

	if (read_named(config, state, settings->cert_file, &settings->tls.cert, err) == 0 &&
	    read_named(config, state, settings->key_file, &settings->tls.key, err) == 0 &&
	    read_named(config, state, settings->client_ca_file,
	    &settings->tls.client_ca, err) == 0 &&
	    tls_server_open(&state->tls, &settings->tls, err) == 0)
		return 0;
	err->exit_code = EXIT_CONFIG;
	return err_in(err, "%s: line %d: tls_server_config", config->path,
	    settings->tls_line);
}

/* Reads everything into state, which the caller releases also on failure. */
static int
load_state(const struct web_config *config, struct state *state, struct err *err)
{
	struct buf text = BUF_EMPTY;
	int result;

	memset(state, 0, sizeof(*state));
	result = watch_and_read(state, config->path, &text, err);
	if (result == 0)
		result = web_settings_read(&state->settings, config->path, buf_text(&text),
		    text.len, err);
	if (result == 0 && state->settings.has_tls)
		result = load_tls(config, state, err);
	buf_release(&text); /* it may hold a key, but so does the file */
	return result;
}

int
web_config_open(struct web_config **out, const char *path, struct err *err)
{
	struct web_config *config = mem_new(1, sizeof(*config));

	config->path = mem_text(path);
	config->folder = file_folder_of(path);
	if (load_state(config, &config->state, err) < 0) {
		web_config_close(config);
		return -1;
	}
	*out = config;
	return 0;
}

void
web_config_close(struct web_config *config)
{
	if (config == NULL)
		return;
	release_state(&config->state);
	free(config->path);
	free(config->folder);
	free(config);
}

/* Takes from the new state which files to watch, so that a wrong one is read once. */
static void
keep_files(struct state *state, struct state *wrong)
{
	release_files(state);
	memcpy(state->files, wrong->files, sizeof(state->files));
	state->file_count = wrong->file_count;
	wrong->file_count = 0;
}

void
web_config_refresh(struct web_config *config)
{
	struct state state;
	bool is_same = true;
	int result;

	for (size_t i = 0; i < config->state.file_count; i++)
		is_same = is_same && !is_changed(&config->state.files[i]);
	if (is_same)
		return;
	result = load_state(config, &state, &config->problem);
	if (result == 0 && state.settings.has_tls != config->state.settings.has_tls)
		result = err_set(&config->problem, EXIT_CONFIG, "%s: TLS is switched on or "
		    "off by a new start only", config->path);
	if (result < 0) {
		keep_files(&config->state, &state);
		release_state(&state);
		return;
	}
	config->problem.text[0] = '\0';
	release_state(&config->state);
	config->state = state;
}

const struct web_settings *
web_config_settings(const struct web_config *config)
{
	return &config->state.settings;
}

struct tls_server *
web_config_tls(const struct web_config *config)
{
	return config->state.tls;
}

const char *
web_config_problem(const struct web_config *config)
{
	return config->problem.text;
}
