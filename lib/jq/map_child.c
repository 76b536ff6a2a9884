/* SPDX-License-Identifier: ISC
 *
 * The child of map.c: a copy of its parent that uses only the compiled program
 * and one socket. It ends with quick_exit, because the stdio buffers and exit
 * handlers belong to the parent.
 */
#include "jq/map_private.h"
#include "base/log.h"
#include "base/require.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_BYTES (256 << 10)
/* The longest time that an answer waits for its piece to be full. */
#define MAX_HOLD_NS 20000000

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

bool
map_limits_memory(void)
{
	return !IS_SANITIZED;
}

size_t
map_child_out_size(const struct map_limits *limits)
{
	/* A piece that is not full, and after it the largest answer to one
	 * line. */
	return MAP_PIECE_BYTES + sizeof(struct map_answer) +
	    (size_t)limits->output_bytes +
	    (size_t)limits->output_count * sizeof(uint32_t) + MAP_WORDS_SIZE;
}

/* A signal to the whole process group is handled by the parent. The child ends
 * when the socket does. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* Closes all files except the socket: the database, its lock, and pipes whose end
 * another process waits for. The socket keeps its number, so that no stdio stream
 * of the parent can write to it. */
static void
close_files(int keep)
{
	int null = open("/dev/null", O_RDWR);
	int standard_count = log_get_level() > LOG_WARNING ? 2 : 3;

	for (int fd = 0; fd < standard_count; fd++)
		if (null < 0)
			close(fd);
		else
			dup2(null, fd);
	for (int fd = 3; fd < keep; fd++)
		close(fd);
	closefrom(keep > 2 ? keep + 1 : 3);
}

/* Returns 0 when the kernel does not report it. */
static uint64_t
address_space_bytes(void)
{
	unsigned long long pages = 0;
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0)
		pages = strtoull(text, NULL, 10);
	close(fd);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
set_limit(__rlimit_resource_t resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0)
		quick_exit(EXIT_BUG);
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(resource, &limit) < 0)
		quick_exit(EXIT_BUG);
}

/* Limits memory to that of the process at its start, the longest line, and what
 * the program may use. */
static void
limit_memory(const struct map_child *child)
{
	if (map_limits_memory())
		set_limit(RLIMIT_AS, child->memory_base + child->in_size +
		    (uint64_t)child->limits->memory_bytes);
}

static void
note_no_memory(void *data)
{
	struct map_shared *shared = data;

	shared->is_out_of_memory = true;
}

static void
become_child(struct map_child *child)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != child->parent)
		quick_exit(EXIT_SUCCESS);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_NAME, "tel-map");
	ignore_signals();
	close_files(child->fd);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, 0);
	child->memory_base = address_space_bytes();
	if (child->memory_base == 0)
		quick_exit(EXIT_BUG);
	filter_on_no_memory(child->filter, note_no_memory, child->shared);
}

static void
send_answers(struct map_child *child)
{
	size_t sent = 0;

	while (sent < child->out_len) {
		ssize_t n = send(child->fd, child->out + sent,
		    child->out_len - sent, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			quick_exit(EXIT_SUCCESS);
		if (n > 0)
			sent += (size_t)n;
	}
	child->out_len = 0;
	child->sent_ns = tim_monotonic_ns();
}

/* Makes room for size bytes of input, which do not count as memory of the
 * program. */
static void
grow_input(struct map_child *child, size_t size)
{
	if (map_limits_memory())
		set_limit(RLIMIT_AS, RLIM_INFINITY);
	child->in = realloc(child->in, size);
	if (child->in == NULL) {
		child->shared->is_out_of_memory = true;
		quick_exit(EXIT_AGAIN);
	}
	child->in_size = size;
	limit_memory(child);
}

/* Waits until there are len bytes at in_at. */
static void
receive_bytes(struct map_child *child, size_t len)
{
	if (child->in_len - child->in_at >= len)
		return;
	memmove(child->in, child->in + child->in_at,
	    child->in_len - child->in_at);
	child->in_len -= child->in_at;
	child->in_at = 0;
	if (len > child->in_size)
		grow_input(child, len);
	while (child->in_len < len) {
		ssize_t n;

		send_answers(child);
		n = recv(child->fd, child->in + child->in_len,
		    child->in_size - child->in_len, 0);
		if (n == 0 || (n < 0 && errno != EINTR))
			quick_exit(EXIT_SUCCESS);
		if (n > 0)
			child->in_len += (size_t)n;
	}
}

static void
add_bytes(struct map_child *child, const void *bytes, size_t len)
{
	memcpy(child->out + child->out_len, bytes, len);
	child->out_len += len;
}

static void
add_words(struct map_child *child, const char *words, size_t len)
{
	size_t cut = len < MAP_WORDS_SIZE ? len : MAP_WORDS_SIZE - 1;

	while (cut < len && cut > 0 && (words[cut] & 0xC0) == 0x80)
		cut--;
	add_bytes(child, words, cut);
	add_bytes(child, "", 1);
}

/* Runs the program on the line. Its outputs go to out, from start on. */
static enum map_end
run_program(struct map_child *child, size_t start, uint32_t *count)
{
	const struct map_limits *limits = child->limits;
	size_t len, bytes = 0;
	const char *json;
	int result;

	*count = 0;
	while ((result = filter_next(child->filter, &json, &len)) == 1) {
		uint32_t prefix = (uint32_t)len;

		if (*count == (uint64_t)limits->output_count)
			break;
		bytes += len;
		if (bytes > (uint64_t)limits->output_bytes)
			break;
		add_bytes(child, &prefix, sizeof(prefix));
		add_bytes(child, json, len);
		++*count;
	}
	if (result == 0)
		return MAP_DONE;
	child->out_len = start;
	if (result < 0) {
		add_words(child, json, len);
		return MAP_ERROR;
	}
	filter_stop(child->filter);
	return bytes > (uint64_t)limits->output_bytes ? MAP_STOPPED
	    : MAP_TOO_MANY;
}

/* Adds the words that say which limit was reached. */
static void
add_limit(struct map_child *child, enum map_end end)
{
	char words[MAP_WORDS_SIZE];
	int len;

	if (end == MAP_TOO_MANY)
		len = snprintf(words, sizeof(words), "the map makes more than "
		    "%lld events from this line",
		    (long long)child->limits->output_count);
	else
		len = snprintf(words, sizeof(words), "the map was stopped: it "
		    "made more than %lld bytes from this line",
		    (long long)child->limits->output_bytes);
	add_words(child, words, (size_t)len);
}

static void
run_line(struct map_child *child, const struct map_request *request,
    const char *text)
{
	size_t head = child->out_len, start = head + sizeof(struct map_answer);
	struct map_answer answer;

	child->out_len = start;
	/* libjq may reject JSON that simdjson accepts, such as a very long
	 * number. The line is then passed as text, which libjq always accepts. */
	if (!request->is_json ||
	    filter_start(child->filter, text, request->len, true) < 0)
		REQUIRE(filter_start(child->filter, text, request->len, false)
		    == 0);
	answer.end = run_program(child, start, &answer.count);
	if (answer.end != MAP_DONE)
		answer.count = 0;
	if (answer.end == MAP_TOO_MANY || answer.end == MAP_STOPPED)
		add_limit(child, answer.end);
	answer.bytes = child->out_len - start;
	memcpy(child->out + head, &answer, sizeof(answer));
}

void
map_child_run(struct map_child *child)
{
	struct map_request request;
	uint64_t line_count = 0;

	become_child(child);
	grow_input(child, IN_BYTES);
	for (;;) {
		receive_bytes(child, sizeof(request));
		memcpy(&request, child->in + child->in_at, sizeof(request));
		receive_bytes(child, sizeof(request) + request.len);
		child->shared->started_count = ++line_count;
		run_line(child, &request, child->in + child->in_at +
		    sizeof(request));
		child->shared->finished_count = line_count;
		child->in_at += sizeof(request) + request.len;
		if (child->out_len >= MAP_PIECE_BYTES ||
		    tim_monotonic_ns() - child->sent_ns > MAX_HOLD_NS)
			send_answers(child);
	}
}
