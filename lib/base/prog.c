/* SPDX-License-Identifier: ISC */
#include "base/prog.h"
#include "base/log.h"
#include "base/require.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Set by a handler, read by any thread. */
static atomic_int caught;
static int signal_pipe[2] = { -1, -1 };

/* Otherwise a file opened later could become stdin or stdout, and printf would write
 * into a database. The stand-ins can only fail: stdin cannot be read, stdout and
 * stderr cannot be written. */
static void
occupy_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

void
prog_start(const char *name)
{
	occupy_standard_streams();
	log_set_program(name);
	signal(SIGPIPE, SIG_IGN);
}

uint32_t
prog_random(void)
{
	uint32_t bits;

	if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		bits = (uint32_t)tim_monotonic_ns();
	return bits;
}

void
prog_instance(char out[PROG_INSTANCE_SIZE])
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	/* Machines that were cloned start the same program with the same pid at
	 * the same time; without random bits one's events would be taken for
	 * duplicates of the other's. */
	snprintf(out, PROG_INSTANCE_SIZE, "%.12s-%.18s-%ld-%" PRId64 "-%08" PRIx32,
	    log_program(), host, (long)getpid(), tim_now_ms(), prog_random());
}

/* stdio remembers that a write failed, not why: ask the descriptor. */
static int
lost_errno(void)
{
	struct pollfd out = { STDOUT_FILENO, 0, 0 };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) ? EPIPE : EIO;
}

/* Returns the errno with which this or an earlier write failed, or 0. */
static int
flush_stdout(void)
{
	int failed = ferror(stdout) ? lost_errno() : 0;

	errno = 0;
	if (fflush(stdout) != 0 && errno != 0)
		failed = errno;
	return failed;
}

int
prog_exit(int result, const struct err *err)
{
	/* First, because log_error flushes stdout too, and ignores errors. */
	int failed = flush_stdout();

	REQUIRE(result <= UCHAR_MAX); /* more would be cut to another code */
	if (result < 0)
		log_error("%s", err->text);
	if (fclose(stdout) != 0 && failed == 0)
		failed = errno != 0 ? errno : EIO;
	if (failed == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	if (failed != 0) {
		log_error("standard output: %s", failed == EIO
		    ? "writing failed; is the disk full?" : strerror(failed));
		return EXIT_IO;
	}
	return result < 0 ? err->exit_code : result;
}

static void
catch(int signal_number)
{
	int saved_errno = errno;

	caught = signal_number;
	(void)!write(signal_pipe[1], "", 1);
	errno = saved_errno;
}

void
prog_catch_signals(void)
{
	struct sigaction action;

	/* If the pipe cannot be made, a wait notices the signal at its next event. */
	(void)!pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK);
	memset(&action, 0, sizeof(action));
	action.sa_handler = catch;
	/* No SA_RESTART: a blocked read must return. A second signal ends the
	 * program at once. */
	action.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int
prog_signal(void)
{
	return caught;
}

int
prog_signal_fd(void)
{
	return signal_pipe[0];
}
