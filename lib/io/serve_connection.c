/* SPDX-License-Identifier: ISC
 *
 * Connections and their time. libmicrohttpd knows only how long a connection was silent,
 * so that a byte a second would keep it for ever.
 */
#include "base/mem.h"
#include "base/tim.h"
#include "io/serve_private.h"

#include <stdlib.h>
#include <sys/socket.h>

#define NS_PER_MS INT64_C(1000000)
#define MAX_WAIT_MS 60000

static void
cut(struct connection *connection)
{
	/* libmicrohttpd sees the end of the stream, and closes. */
	connection->is_cut = true;
	shutdown(connection->fd, SHUT_RDWR);
}

/* Gives a new connection the certificate of now. */
static void
begin_tls(struct connection *connection)
{
	struct web_config *config = connection->serve->options.config;
	const union MHD_ConnectionInfo *info;
	struct tls_server *tls;

	if (config == NULL)
		return;
	web_config_refresh(config);
	tls = web_config_tls(config);
	if (tls == NULL)
		return;
	info = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || tls_server_begin(tls, info->tls_session) < 0)
		cut(connection);
	else
		connection->tls = tls_server_share(tls);
}

static struct connection *
begin(struct serve *serve, struct MHD_Connection *mhd)
{
	struct connection *connection = mem_new(1, sizeof(*connection));

	connection->serve = serve;
	connection->mhd = mhd;
	connection->fd = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	connection->since_ns = tim_monotonic_ns();
	connection->next = serve->connections;
	if (connection->next != NULL)
		connection->next->previous = connection;
	serve->connections = connection;
	serve->connection_count++;
	begin_tls(connection);
	return connection;
}

static void
end(struct serve *serve, struct connection *connection)
{
	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		serve->connections = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	serve->connection_count--;
	tls_server_close(connection->tls);
	free(connection);
}

void
serve_connection_notify(void *context, struct MHD_Connection *mhd, void **socket_context,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = begin(context, mhd);
	} else if (*socket_context != NULL) {
		end(context, *socket_context);
		*socket_context = NULL;
	}
}

void
serve_connection_completed(void *context, struct MHD_Connection *mhd, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct connection *connection = *state;

	(void)context;
	(void)mhd;
	(void)code;
	if (connection == NULL)
		return;
	connection->state = CONNECTION_IDLE;
	connection->is_judged = false;
	connection->since_ns = tim_monotonic_ns();
	*state = NULL;
}

static int64_t
limit_ms(const struct connection *connection)
{
	const struct serve *serve = connection->serve;
	const struct serve_options *options = &serve->options;
	int64_t limit = connection->state == CONNECTION_IDLE ? options->idle_ms
	    : options->deadline_ms;

	if (connection->state != CONNECTION_BUSY && options->pressed_ms < limit &&
	    serve->connection_count >= options->connection_limit)
		limit = options->pressed_ms;
	return limit;
}

int
serve_connection_sweep(struct serve *serve)
{
	int64_t now_ns = tim_monotonic_ns(), next_ms = MAX_WAIT_MS;

	for (struct connection *each = serve->connections; each != NULL; each = each->next) {
		int64_t left_ms;

		/* One that is suspended waits for us, and not for long. */
		if (each->is_cut || each->is_suspended)
			continue;
		left_ms = limit_ms(each) - (now_ns - each->since_ns) / NS_PER_MS;
		if (left_ms <= 0)
			cut(each);
		else if (left_ms < next_ms)
			next_ms = left_ms;
	}
	return (int)next_ms;
}
