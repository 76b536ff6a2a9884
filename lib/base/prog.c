/* SPDX-License-Identifier: ISC */
#include "base/prog.h"
#include "base/log.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static int signal_pipe[2] = { -1, -1 };

void
prog_start(const char *name)
{
	log_set_program(name);
	signal(SIGPIPE, SIG_IGN);
}

void
prog_instance(char out[PROG_INSTANCE_SIZE])
{
	char host[HOST_NAME_MAX + 1] = "";
	uint32_t random = 0;

	gethostname(host, sizeof(host) - 1);
	/* Machines that were cloned start the same program with the same pid at
	 * the same time; without random bytes one's events would be taken for
	 * duplicates of the other's. */
	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint32_t)tim_monotonic_ns();
	snprintf(out, PROG_INSTANCE_SIZE, "%.12s-%.18s-%ld-%" PRId64 "-%08" PRIx32,
	    log_program(), host, (long)getpid(), tim_now_ms(), random);
}

int
prog_fail(const struct err *err)
{
	log_error("%s", err->text);
	return err->exit_code;
}

/* Why an earlier write failed; stdio has kept only that one did. */
static int
lost_errno(void)
{
	struct pollfd out = { STDOUT_FILENO, 0, 0 };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) ? EPIPE : EIO;
}

int
prog_end(int exit_code)
{
	int failed = ferror(stdout) ? lost_errno() : 0;

	errno = 0;
	if (fflush(stdout) != 0 && errno != 0)
		failed = errno;
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
	return exit_code;
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

	/* Without a pipe a wait ends with the next thing that happens. */
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
