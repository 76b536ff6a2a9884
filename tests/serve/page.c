/* SPDX-License-Identifier: ISC
 *
 * page -- a server of fixed pages by lib/io/serve, for tests/serve.bats. It prints its
 * port and serves until SIGTERM; then it prints how many answers it gave and released.
 *
 *   /metrics  a small page in the format that was negotiated
 *   /packed   the same, with a gzip that was made before
 *   /big      32 MiB
 *   /budget   the ms that the scraper leaves
 *   /problem  what is wrong with the web configuration
 *   /fail     a handler that fails
 * Any other path is 404, and repeats the path.
 */
#include "base/buf.h"
#include "base/num.h"
#include "base/prog.h"
#include "io/gz.h"
#include "io/listener.h"
#include "io/serve.h"
#include "io/systemd.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIG_BYTES ((size_t)32 << 20)

struct pages {
	struct buf text[2], packed, big, line;
	int given, released;
};

static void
release_one(void *context)
{
	struct pages *pages = context;

	pages->released++;
}

static void
give(struct pages *pages, struct serve_answer *answer, const struct buf *body)
{
	answer->body = buf_text(body);
	answer->body_len = body->len;
	answer->release = release_one;
	answer->release_context = pages;
	pages->given++;
}

static int
handle(void *context, const struct serve_request *request, struct serve_answer *answer)
{
	struct pages *pages = context;
	const char *path = request->path;

	buf_reset(&pages->line);
	if (strcmp(path, "/fail") == 0)
		return -1;
	if (strcmp(path, "/metrics") == 0 || strcmp(path, "/packed") == 0) {
		give(pages, answer, &pages->text[request->format]);
		answer->content_type = accept_content_type(request->format);
		if (path[1] == 'p') {
			answer->gzip = buf_text(&pages->packed);
			answer->gzip_len = pages->packed.len;
		}
		return 0;
	}
	if (strcmp(path, "/big") == 0) {
		give(pages, answer, &pages->big);
		return 0;
	}
	if (strcmp(path, "/budget") == 0)
		buf_printf(&pages->line, "%" PRId64 "\n", request->budget_ms);
	else if (strcmp(path, "/problem") == 0)
		buf_printf(&pages->line, "%s\n", request->config_problem);
	else
		answer->status = 404;
	if (answer->status == 404)
		buf_printf(&pages->line, "no page: %s\n", path);
	answer->body = buf_text(&pages->line);
	answer->body_len = pages->line.len;
	answer->headers[answer->header_count++] =
	    (struct serve_header){ "Cache-Control", "no-store" };
	return 0;
}

static void
make_pages(struct pages *pages)
{
	for (int i = 0; i < 500; i++)
		for (int k = 0; k < 2; k++)
			buf_printf(&pages->text[k], "line %d of a page\n", i);
	buf_add_text(&pages->text[ACCEPT_OPENMETRICS], "# EOF\n");
	gz_pack(pages->text[ACCEPT_TEXT].data, pages->text[ACCEPT_TEXT].len, &pages->packed);
	memset(buf_room(&pages->big, BIG_BYTES), 'x', BIG_BYTES);
	pages->big.len = BIG_BYTES;
}

static void
release_pages(struct pages *pages)
{
	buf_release(&pages->text[0]);
	buf_release(&pages->text[1]);
	buf_release(&pages->packed);
	buf_release(&pages->big);
	buf_release(&pages->line);
}

static int
parse(int argc, char **argv, struct serve_options *options, const char **config)
{
	static const struct option list[] = {
		{ "web-config", required_argument, NULL, 'w' },
		{ "deadline-ms", required_argument, NULL, 'd' },
		{ "idle-ms", required_argument, NULL, 'i' },
		{ "pressed-ms", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	int64_t value = 0;
	int code;

	while ((code = getopt_long(argc, argv, "", list, NULL)) != -1) {
		if (code == '?' || (code != 'w' &&
		    num_integer(optarg, 1, INT32_MAX, &value) < 0))
			return -1;
		if (code == 'w')
			*config = optarg;
		else if (code == 'd')
			options->deadline_ms = value;
		else if (code == 'i')
			options->idle_ms = value;
		else
			options->pressed_ms = value;
	}
	return argc - optind == 1 ? 0 : -1;
}

static int
open_listener(struct listener *listener, struct systemd *systemd, const char *address,
    struct err *err)
{
	if (systemd_open(systemd, err) < 0)
		return -1;
	return systemd->listen_fd >= 0 ? listener_take(listener, systemd->listen_fd, err)
	    : listener_open(listener, address, err);
}

/* Serves until a signal comes. */
static int
run(struct serve_options *options, const struct listener *listener,
    const struct systemd *systemd, struct err *err)
{
	struct serve *serve;
	sigset_t signals;
	int got;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	options->listen_fd = listener->fd;
	if (serve_open(&serve, options, err) < 0)
		return -1;
	systemd_notify(systemd, "READY=1");
	printf("%s %s\n", listener->name, listener->is_loopback ? "loopback" : "open");
	fflush(stdout);
	sigwait(&signals, &got);
	systemd_notify(systemd, "STOPPING=1");
	serve_close(serve);
	return 0;
}

int
main(int argc, char **argv)
{
	struct pages pages = { .given = 0 };
	struct serve_options options = { .handler = handle, .context = &pages };
	const char *config = NULL;
	struct listener listener;
	struct systemd systemd = { .fd = -1 };
	struct err err;
	int result = 0;

	prog_start("page");
	if (parse(argc, argv, &options, &config) < 0) {
		err_set(&err, EXIT_USAGE, "page [OPTION]... ADDRESS");
		return prog_exit(-1, &err);
	}
	make_pages(&pages);
	if (config != NULL)
		result = web_config_open(&options.config, config, &err);
	if (result == 0)
		result = open_listener(&listener, &systemd, argv[optind], &err);
	if (result == 0)
		result = run(&options, &listener, &systemd, &err);
	if (result == 0)
		printf("given %d released %d\n", pages.given, pages.released);
	systemd_close(&systemd);
	web_config_close(options.config);
	release_pages(&pages);
	return prog_exit(result, &err);
}
