/* SPDX-License-Identifier: ISC */
#include "io/password.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"
#include "io/digest.h"

#include <crypt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#define HASH_LEN 60
#define MAX_TEXT 72      /* bcrypt uses no more */
#define KEY_BYTES 32
#define MEMORY_SIZE 100  /* verdicts of each kind */
#define MAX_WAITING 5    /* one that is computed, and four */

/* Verdicts of one kind; a new one takes the place of the oldest. */
struct memory {
	char digests[MEMORY_SIZE][DIGEST_HEX_SIZE];
	size_t next;
};

struct job {
	char hash[HASH_LEN + 1];
	char text[MAX_TEXT + 1];
	char digest[DIGEST_HEX_SIZE];
	bool is_known; /* the name; the password of an unknown one is never right */
	void *context;
	enum password_verdict verdict;
};

/* Jobs are a ring: done ones, then those that wait, the first of which may be with the
 * thread. Only the thread moves first_waiting. */
struct password {
	unsigned char key[KEY_BYTES];
	struct memory right, wrong;
	struct crypt_data *data; /* of the thread */
	pthread_t thread;
	pthread_mutex_t mutex;   /* for all below */
	pthread_cond_t has_work;
	struct job jobs[MAX_WAITING];
	size_t first_done, first_waiting, end; /* they only grow */
	bool is_stopping;
	int fd;
};

int
password_check_hash(const char *hash, const char **why)
{
	static const char digits[] =
	    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	int cost;

	*why = "it is not a bcrypt hash: $2y$, a cost of two digits, $ and 53 characters";
	if (strlen(hash) != HASH_LEN || strncmp(hash, "$2", 2) != 0 ||
	    strchr("aby", hash[2]) == NULL || hash[3] != '$' || hash[6] != '$' ||
	    strspn(hash + 4, "0123456789") != 2 || strspn(hash + 7, digits) != 53)
		return -1;
	cost = (hash[4] - '0') * 10 + hash[5] - '0';
	*why = "the cost of its bcrypt hash is below 4";
	if (cost < PASSWORD_MIN_COST)
		return -1;
	*why = "the cost of its bcrypt hash is above 14, which takes seconds for each try";
	return cost > PASSWORD_MAX_COST ? -1 : 0;
}

/* Compares in a time that does not depend on where they differ. */
static bool
is_same_hash(const char *computed, const char *hash)
{
	volatile unsigned char difference = 0;

	if (strlen(computed) != HASH_LEN)
		return false;
	for (size_t i = 0; i < HASH_LEN; i++)
		difference |= (unsigned char)(computed[i] ^ hash[i]);
	return difference == 0;
}

/* Computes the verdict of a job, without the mutex. */
static enum password_verdict
compute(struct crypt_data *data, const struct job *job)
{
	const char *computed;
	bool is_right;

	data->initialized = 0;
	computed = crypt_r(job->text, job->hash, data);
	is_right = computed != NULL && is_same_hash(computed, job->hash);
	explicit_bzero(data, sizeof(*data));
	return is_right && job->is_known ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

static void
tell(struct password *password)
{
	const uint64_t one = 1;

	/* It fails only when 2^64 - 2 were told and none was read. */
	if (write(password->fd, &one, sizeof(one)) < 0)
		return;
}

static void *
run_thread(void *context)
{
	struct password *password = context;

	pthread_mutex_lock(&password->mutex);
	while (!password->is_stopping) {
		struct job *job = &password->jobs[password->first_waiting % MAX_WAITING];
		enum password_verdict verdict;

		if (password->first_waiting == password->end) {
			pthread_cond_wait(&password->has_work, &password->mutex);
			continue;
		}
		/* The job stays where it is, and nobody else writes to it. */
		pthread_mutex_unlock(&password->mutex);
		verdict = compute(password->data, job);
		explicit_bzero(job->text, sizeof(job->text));
		pthread_mutex_lock(&password->mutex);
		job->verdict = verdict;
		password->first_waiting++;
		tell(password);
	}
	pthread_mutex_unlock(&password->mutex);
	return NULL;
}

int
password_open(struct password **out, struct err *err)
{
	struct password *password = mem_new(1, sizeof(*password));

	password->data = mem_new(1, sizeof(*password->data));
	password->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&password->mutex, NULL);
	pthread_cond_init(&password->has_work, NULL);
	if (password->fd < 0 || getrandom(password->key, KEY_BYTES, 0) != KEY_BYTES ||
	    pthread_create(&password->thread, NULL, run_thread, password) != 0) {
		err_set(err, EXIT_BUG, "cannot start to check passwords");
		password->is_stopping = true;
		password_close(password);
		return -1;
	}
	*out = password;
	return 0;
}

void
password_stop(struct password *password)
{
	pthread_mutex_lock(&password->mutex);
	password->is_stopping = true;
	pthread_cond_signal(&password->has_work);
	pthread_mutex_unlock(&password->mutex);
	pthread_join(password->thread, NULL);
	while (password->first_waiting < password->end) {
		size_t i = password->first_waiting++ % MAX_WAITING;

		password->jobs[i].verdict = PASSWORD_BUSY;
	}
	tell(password);
}

void
password_close(struct password *password)
{
	if (password == NULL)
		return;
	if (password->fd >= 0)
		close(password->fd);
	pthread_cond_destroy(&password->has_work);
	pthread_mutex_destroy(&password->mutex);
	free(password->data);
	explicit_bzero(password, sizeof(*password));
	free(password);
}

static void
add_part(struct buf *out, const char *text)
{
	uint64_t len = strlen(text);

	buf_add(out, &len, sizeof(len));
	buf_add(out, text, len);
}

static bool
remembers(const struct memory *memory, const char *digest)
{
	for (size_t i = 0; i < MEMORY_SIZE; i++)
		if (strcmp(memory->digests[i], digest) == 0)
			return true;
	return false;
}

static void
remember(struct memory *memory, const char *digest)
{
	if (remembers(memory, digest))
		return;
	memcpy(memory->digests[memory->next], digest, DIGEST_HEX_SIZE);
	memory->next = (memory->next + 1) % MEMORY_SIZE;
}

/* Returns the user of that name. For an unknown name, one that depends on the name and on
 * nothing that others know; *is_known is false then. */
static const struct password_user *
choose_user(const struct password *password, const struct password_user *users,
    size_t count, const char *name, bool *is_known)
{
	const struct password_user *found = NULL;
	char digest[DIGEST_HEX_SIZE];
	size_t number;

	for (size_t i = 0; i < count; i++)
		if (strcmp(users[i].name, name) == 0)
			found = &users[i];
	digest_keyed(password->key, KEY_BYTES, name, strlen(name), digest);
	digest[8] = '\0';
	number = strtoul(digest, NULL, 16);
	*is_known = found != NULL;
	return found != NULL ? found : &users[number % count];
}

/* Adds a job, unless too many wait. */
static enum password_verdict
enqueue(struct password *password, const struct job *job)
{
	enum password_verdict verdict = PASSWORD_BUSY;

	pthread_mutex_lock(&password->mutex);
	if (!password->is_stopping &&
	    password->end - password->first_done < MAX_WAITING) {
		password->jobs[password->end++ % MAX_WAITING] = *job;
		pthread_cond_signal(&password->has_work);
		verdict = PASSWORD_PENDING;
	}
	pthread_mutex_unlock(&password->mutex);
	return verdict;
}

enum password_verdict
password_judge(struct password *password, const struct password_user *users,
    size_t count, const char *name, const char *text, void *context)
{
	const struct password_user *user;
	struct job job = { .context = context };
	struct buf parts = BUF_EMPTY;
	enum password_verdict verdict;

	REQUIRE(count > 0 && strlen(text) <= MAX_TEXT && context != NULL);
	user = choose_user(password, users, count, name, &job.is_known);
	REQUIRE(strlen(user->hash) == HASH_LEN);
	memcpy(job.hash, user->hash, HASH_LEN + 1);
	memcpy(job.text, text, strlen(text) + 1);
	/* Room for all at once: a buf that grows would leave a copy. */
	buf_room(&parts, strlen(name) + HASH_LEN + MAX_TEXT + 64);
	add_part(&parts, name);
	/* The hash is then somebody else's, who may have had this name before. */
	add_part(&parts, job.is_known ? "known" : "unknown");
	add_part(&parts, user->hash);
	add_part(&parts, text);
	digest_keyed(password->key, KEY_BYTES, parts.data, parts.len, job.digest);
	explicit_bzero(parts.data, parts.len);
	buf_release(&parts);
	if (remembers(&password->right, job.digest))
		verdict = PASSWORD_RIGHT;
	else if (remembers(&password->wrong, job.digest))
		verdict = PASSWORD_WRONG;
	else
		verdict = enqueue(password, &job);
	explicit_bzero(&job, sizeof(job));
	return verdict;
}

int
password_fd(const struct password *password)
{
	return password->fd;
}

void *
password_next(struct password *password, enum password_verdict *verdict)
{
	void *context = NULL;
	uint64_t told;

	pthread_mutex_lock(&password->mutex);
	if (password->first_done < password->first_waiting) {
		struct job *job = &password->jobs[password->first_done++ % MAX_WAITING];

		*verdict = job->verdict;
		context = job->context;
		if (job->verdict != PASSWORD_BUSY)
			remember(job->verdict == PASSWORD_RIGHT ? &password->right
			    : &password->wrong, job->digest);
		explicit_bzero(job, sizeof(*job));
	} else if (read(password->fd, &told, sizeof(told)) < 0) {
		/* It was read before. */
		context = NULL;
	}
	pthread_mutex_unlock(&password->mutex);
	return context;
}
