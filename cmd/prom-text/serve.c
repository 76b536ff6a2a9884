/* SPDX-License-Identifier: ISC
 *
 * Serves the last evaluation over HTTP. The thread of the server never touches the
 * database, so that no scrape waits for one; the main thread waits for signals only.
 */
#include "base/log.h"
#include "cmd/prom-text/evaluator.h"
#include "cmd/prom-text/run.h"
#include "cmd/prom-text/shown.h"
#include "io/listener.h"
#include "io/systemd.h"
#include "store/store.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define DAY_MS 86400000

/* What serves. */
struct service {
	struct run *run;
	struct shown shown;
	struct systemd systemd;
	struct evaluator *evaluator;
	struct serve *server;
	struct web_config *config;
};

/* Waits for a signal to end. Returns 1 when one came, 0 when the time is over. */
static int
wait_for_signal(const sigset_t *signals, int64_t wait_ms)
{
	struct timespec time = { .tv_sec = wait_ms / 1000,
		.tv_nsec = wait_ms % 1000 * 1000000 };

	while (sigtimedwait(signals, NULL, &time) < 0)
		if (errno == EAGAIN)
			return 0;
	return 1;
}

/* Waits for a signal to end, and answers the watchdog while the evaluations go on. */
static void
wait_for_end(struct service *service, const sigset_t *signals)
{
	int64_t watchdog_ms = service->systemd.watchdog_ms;

	do {
		if (evaluator_is_alive(service->evaluator))
			systemd_notify(&service->systemd, "WATCHDOG=1");
	} while (!wait_for_signal(signals, watchdog_ms > 0 ? watchdog_ms : DAY_MS));
}

/* Refuses an address that other machines reach, unless the user allowed that. */
static int
check_others(const struct service *service, const char *address, struct err *err)
{
	const struct run *run = service->run;
	const struct web_settings *settings;

	if (run->is_insecure)
		return 0;
	if (service->config == NULL)
		return err_set(err, EXIT_CONFIG, "--listen %s: others than this machine reach "
		    "it; --web-config FILE says who may read, --insecure lets everybody",
		    address);
	settings = web_config_settings(service->config);
	if (!settings->has_tls && settings->user_count == 0)
		return err_set(err, EXIT_CONFIG, "--listen %s: others than this machine reach "
		    "it, and %s has neither TLS nor users; --insecure lets everybody read",
		    address, run->web_config);
	return 0;
}

/* Opens the socket that systemd passed, or the address of --listen. */
static int
listen_at(const struct service *service, struct listener *listener, struct err *err)
{
	const char *address = service->run->listen;
	int passed_fd = service->systemd.listen_fd;
	bool is_loopback;

	if (passed_fd < 0 && (listener_is_loopback(address, &is_loopback, err) < 0 ||
	    (!is_loopback && check_others(service, address, err) < 0)))
		return -1;
	if ((passed_fd >= 0 ? listener_take(listener, passed_fd, err)
	    : listener_open(listener, address, err)) < 0)
		return -1;
	if (listener->is_loopback)
		return 0;
	/* A name may mean something else by now. */
	if (check_others(service, listener->name, err) < 0)
		return -1;
	if (service->config != NULL && !web_config_settings(service->config)->has_tls)
		log_warning("%s: without TLS, passwords can be read on their way to %s",
		    service->run->web_config, listener->name);
	return 0;
}

/* Opens all that serves. Scrapes are answered from then on. */
static int
open_service(struct service *service, struct err *err)
{
	struct run *run = service->run;
	struct serve_options options = { .handler = shown_answer,
		.context = &service->shown };
	struct listener listener;

	if (systemd_open(&service->systemd, err) < 0 ||
	    evaluator_open(&service->evaluator, run, &service->shown, err) < 0 ||
	    (run->web_config != NULL &&
	    web_config_open(&service->config, run->web_config, err) < 0) ||
	    listen_at(service, &listener, err) < 0)
		return -1;
	options.config = service->config;
	options.listen_fd = listener.fd;
	if (serve_open(&service->server, &options, err) < 0 ||
	    evaluator_start(service->evaluator, err) < 0)
		return -1;
	log_info("serving on %s", listener.name);
	systemd_notify(&service->systemd, "READY=1");
	return 0;
}

/* Closes all. Ends the program when an evaluation takes long, which may still use
 * everything. */
static void
close_service(struct service *service)
{
	systemd_notify(&service->systemd, "STOPPING=1");
	serve_close(service->server);
	if (service->evaluator != NULL && !evaluator_stop(service->evaluator))
		_exit(EXIT_YES);
	evaluator_close(service->evaluator);
	web_config_close(service->config);
	systemd_close(&service->systemd);
	page_leave(service->shown.page);
}

int
run_serve(struct run *run, struct err *err)
{
	struct service service = { .run = run, .systemd = { .fd = -1, .listen_fd = -1 },
		.shown = { .lock = PTHREAD_MUTEX_INITIALIZER, .last_event_ms = -1,
		.max_age_ms = run->max_age_ms } };
	const char *path;
	sigset_t signals;
	int result;

	/* A database may come later, but not its name. */
	if (store_path(run->db, &path, err) < 0)
		return -1;
	/* Before any thread is started, so that this one gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	result = open_service(&service, err);
	if (result == 0)
		wait_for_end(&service, &signals);
	close_service(&service);
	return result < 0 ? -1 : EXIT_YES;
}
