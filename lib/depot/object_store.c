/* SPDX-License-Identifier: ISC */
#include "depot/object_store.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The most files that are committed together. */
#define MAX_GROUP 128

struct object_file {
	struct object_store *store;
	struct object_file *next;
	struct digest *digest;
	void *context;
	struct object_work work; /* its sha256 is "" until the writing ends */
};

struct queue {
	struct object_file *first, **end;
};

struct object_store {
	char *root;
	void (*wake)(void *);
	void *context;
	uint32_t life; /* random; names of files of this store begin with it */
	int64_t next_name;
	struct object_file *spare; /* used by the caller's thread only */

	pthread_t thread;
	pthread_mutex_t mutex; /* for submitted, waiting, done and is_closing */
	pthread_cond_t submitted;
	struct queue waiting, done;
	bool is_closing;
	struct object_tree tree; /* used by the thread, once it runs */
};

static void
queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
}

static void
queue_add(struct queue *queue, struct object_file *file)
{
	file->next = NULL;
	*queue->end = file;
	queue->end = &file->next;
}

static struct object_file *
queue_take(struct queue *queue)
{
	struct object_file *file = queue->first;

	if (file == NULL)
		return NULL;
	queue->first = file->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	return file;
}

static void *
commit_waiting(void *context)
{
	struct object_store *store = context;
	struct object_file *group[MAX_GROUP];
	struct object_work *works[MAX_GROUP];
	size_t count;

	pthread_mutex_lock(&store->mutex);
	for (;;) {
		while (store->waiting.first == NULL && !store->is_closing)
			pthread_cond_wait(&store->submitted, &store->mutex);
		for (count = 0; count < MAX_GROUP; count++) {
			if ((group[count] = queue_take(&store->waiting)) == NULL)
				break;
			works[count] = &group[count]->work;
		}
		if (count == 0)
			break;
		pthread_mutex_unlock(&store->mutex);
		object_commit(&store->tree, works, count);
		pthread_mutex_lock(&store->mutex);
		for (size_t i = 0; i < count; i++)
			queue_add(&store->done, group[i]);
		store->wake(store->context);
	}
	pthread_mutex_unlock(&store->mutex);
	return NULL;
}

/* Opens a folder below root, and makes a missing one. Returns its descriptor. */
static int
open_folder(const char *root, const char *name, struct err *err)
{
	struct buf path = BUF_EMPTY;
	int fd = -1;

	buf_printf(&path, "%s/%s", root, name);
	if (file_make_folders(buf_text(&path), err) == 0 &&
	    ((fd = open(buf_text(&path), O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0 || faccessat(fd, ".", W_OK | X_OK,
	    AT_EACCESS) < 0)) {
		err_system(err, EXIT_CREATE, "%s", buf_text(&path));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	buf_release(&path);
	return fd;
}

/* Removes files that killed processes left in staging. Every process that uses
 * the store has a shared lock on the folder, so one that gets an exclusive lock
 * is alone. */
static void
clear_staging(struct object_store *store)
{
	int fd;
	DIR *folder;
	struct dirent *entry;

	if (flock(store->tree.staging_fd, LOCK_EX | LOCK_NB) == 0 &&
	    (fd = dup(store->tree.staging_fd)) >= 0) {
		folder = fdopendir(fd);
		if (folder == NULL)
			close(fd);
		while (folder != NULL && (entry = readdir(folder)) != NULL)
			if (strstr(entry->d_name, ".part") != NULL)
				unlinkat(store->tree.staging_fd, entry->d_name, 0);
		if (folder != NULL)
			closedir(folder);
	}
	flock(store->tree.staging_fd, LOCK_SH);
}

static int
open_folders(struct object_store *store, struct err *err)
{
	store->tree.staging_fd = open_folder(store->root, "staging", err);
	if (store->tree.staging_fd < 0)
		return -1;
	store->tree.objects_fd = open_folder(store->root, "objects", err);
	if (store->tree.objects_fd < 0)
		return -1;
	clear_staging(store);
	return 0;
}

int
object_store_open(struct object_store **out, const char *root, bool is_durable,
    void (*wake)(void *), void *context, struct err *err)
{
	struct object_store *store = mem_new(1, sizeof(*store));

	store->root = mem_text(root);
	store->tree.root = store->root;
	store->life = prog_random();
	store->tree.staging_fd = store->tree.objects_fd = -1;
	store->tree.is_durable = is_durable;
	store->wake = wake;
	store->context = context;
	queue_init(&store->waiting);
	queue_init(&store->done);
	pthread_mutex_init(&store->mutex, NULL);
	pthread_cond_init(&store->submitted, NULL);
	if (open_folders(store, err) < 0)
		goto fail;
	errno = pthread_create(&store->thread, NULL, commit_waiting, store);
	if (errno != 0) {
		err_system(err, EXIT_AGAIN, "cannot start the thread of the store");
		goto fail;
	}
	*out = store;
	return 0;
fail:
	store->is_closing = true;
	object_store_close(store);
	return -1;
}

static void
free_file(struct object_file *file)
{
	digest_close(file->digest);
	free(file);
}

void
object_store_close(struct object_store *store)
{
	struct object_file *file;
	bool has_thread;

	if (store == NULL)
		return;
	pthread_mutex_lock(&store->mutex);
	has_thread = !store->is_closing;
	store->is_closing = true;
	pthread_cond_signal(&store->submitted);
	pthread_mutex_unlock(&store->mutex);
	if (has_thread)
		pthread_join(store->thread, NULL);
	while ((file = queue_take(&store->done)) != NULL)
		free_file(file);
	while ((file = store->spare) != NULL) {
		store->spare = file->next;
		free_file(file);
	}
	pthread_cond_destroy(&store->submitted);
	pthread_mutex_destroy(&store->mutex);
	close(store->tree.objects_fd);
	close(store->tree.staging_fd);
	free(store->root);
	free(store);
}

bool
object_store_has(const char *root, const char *sha256, int64_t bytes)
{
	char path[OBJECT_PATH_SIZE];
	struct buf whole = BUF_EMPTY;
	struct stat status;
	bool has;

	object_path(path, sha256);
	buf_printf(&whole, "%s/%s", root, path);
	has = stat(buf_text(&whole), &status) == 0 && S_ISREG(status.st_mode) &&
	    (bytes < 0 || status.st_size == bytes);
	buf_release(&whole);
	return has;
}

int
object_file_create(struct object_file **out, struct object_store *store,
    struct err *err)
{
	struct object_file *file = store->spare;

	if (file != NULL)
		store->spare = file->next;
	else {
		file = mem_new(1, sizeof(*file));
		file->store = store;
		file->digest = digest_open();
	}
	file->work.bytes = 0;
	file->work.result = OBJECT_STORED;
	file->work.sha256[0] = '\0';
	snprintf(file->work.name, sizeof(file->work.name), "%08" PRIx32 "-%" PRId64
	    ".part", store->life, ++store->next_name);
	file->work.fd = openat(store->tree.staging_fd, file->work.name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file->work.fd < 0) {
		err_system(err, errno == ENOSPC || errno == EDQUOT ? EXIT_IO
		    : EXIT_CREATE, "%s/staging/%s", store->root, file->work.name);
		file->next = store->spare;
		store->spare = file;
		return -1;
	}
	*out = file;
	return 0;
}

int
object_file_write(struct object_file *file, const void *bytes, size_t len,
    struct err *err)
{
	if (file_write_all(file->work.fd, bytes, len) < 0)
		return err_system(err, EXIT_IO, "%s/staging/%s",
		    file->store->root, file->work.name);
	digest_add(file->digest, bytes, len);
	file->work.bytes += (int64_t)len;
	return 0;
}

int64_t
object_file_bytes(const struct object_file *file)
{
	return file->work.bytes;
}

const char *
object_file_sha256(struct object_file *file)
{
	if (file->work.sha256[0] == '\0')
		digest_finish(file->digest, file->work.sha256);
	return file->work.sha256;
}

static void
keep_for_reuse(struct object_file *file)
{
	object_file_sha256(file); /* so that the digest starts again */
	file->next = file->store->spare;
	file->store->spare = file;
}

void
object_file_abandon(struct object_file *file)
{
	if (file == NULL)
		return;
	close(file->work.fd);
	unlinkat(file->store->tree.staging_fd, file->work.name, 0);
	keep_for_reuse(file);
}

void
object_file_submit(struct object_file *file, void *context)
{
	struct object_store *store = file->store;

	object_file_sha256(file);
	file->context = context;
	pthread_mutex_lock(&store->mutex);
	queue_add(&store->waiting, file);
	pthread_cond_signal(&store->submitted);
	pthread_mutex_unlock(&store->mutex);
}

bool
object_store_next(struct object_store *store, struct object_end *out)
{
	struct object_file *file;

	pthread_mutex_lock(&store->mutex);
	file = queue_take(&store->done);
	pthread_mutex_unlock(&store->mutex);
	if (file == NULL)
		return false;
	out->context = file->context;
	memcpy(out->sha256, file->work.sha256, sizeof(out->sha256));
	out->bytes = file->work.bytes;
	out->result = file->work.result;
	out->sync_ms = file->work.sync_ms;
	out->err = file->work.err;
	keep_for_reuse(file);
	return true;
}
