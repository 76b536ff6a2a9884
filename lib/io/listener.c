/* SPDX-License-Identifier: ISC */
#include "io/listener.h"
#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

/* Splits "HOST:PORT"; host is "" when there is none. Returns 0 or -1. */
static int
split(const char *address, char *host, size_t host_size, const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t len = colon != NULL ? (size_t)(colon - address) : 0;
	int64_t number;

	if (colon == NULL || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    num_integer(colon + 1, 0, 65535, &number) < 0)
		return -1;
	*port = colon + 1;
	if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
		if (len == 0 || memchr(address, ':', len) == NULL)
			return -1;
	} else if (memchr(address, ':', len) != NULL) {
		return -1; /* IPv6 needs brackets, or the port would be a guess */
	}
	if (len >= host_size)
		return -1;
	memcpy(host, address, len);
	host[len] = '\0';
	return 0;
}

/* Finds the addresses that a text means, in *list, which the caller frees by
 * freeaddrinfo. */
static int
resolve(const char *address, struct addrinfo **list, struct err *err)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	const char *port;
	char host[256];
	int result;

	if (split(address, host, sizeof(host), &port) < 0)
		return err_set(err, EXIT_USAGE, "'%s' is no address to listen on, such as "
		    "127.0.0.1:9108, [::1]:9108 or :9108", address);
	result = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, list);
	if (result != 0)
		return err_set(err, EXIT_USAGE, "'%s' is no address to listen on: %s",
		    address, gai_strerror(result));
	return 0;
}

static bool
is_loopback(const struct sockaddr *address)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (address->sa_family == AF_INET) {
		memcpy(&four, address, sizeof(four));
		return ntohl(four.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&six, address, sizeof(six));
		return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
		    (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) &&
		    six.sin6_addr.s6_addr[12] == 127);
	}
	return address->sa_family == AF_UNIX;
}

int
listener_is_loopback(const char *address, bool *out, struct err *err)
{
	struct addrinfo *list;

	if (resolve(address, &list, err) < 0)
		return -1;
	*out = true;
	for (const struct addrinfo *each = list; each != NULL; each = each->ai_next)
		*out = *out && is_loopback(each->ai_addr);
	freeaddrinfo(list);
	return 0;
}

/* Fills in what is known of a bound socket. Returns 0, or -1 with errno. */
static int
describe(struct listener *out)
{
	struct sockaddr_storage storage = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(storage);
	char host[96], port[8];

	if (getsockname(out->fd, (struct sockaddr *)&storage, &len) < 0)
		return -1;
	if (storage.ss_family == AF_UNIX) {
		out->is_loopback = true;
		snprintf(out->name, sizeof(out->name), "a UNIX socket");
		return 0;
	}
	out->is_loopback = is_loopback((struct sockaddr *)&storage);
	if (getnameinfo((struct sockaddr *)&storage, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	snprintf(out->name, sizeof(out->name),
	    storage.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

/* Binds one address. Returns a descriptor, or -1 with errno. */
static int
bind_one(const struct addrinfo *each)
{
	int fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1, off = 0;
	int saved;

	if (fd < 0)
		return -1;
	/* Without it a new start fails while old connections of the port linger. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (each->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, each->ai_addr, each->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Binds the first address of a family that can be bound. Of "every address", IPv6 comes
 * first, since such a socket takes IPv4 too. */
static int
bind_family(const struct addrinfo *list, int family)
{
	for (const struct addrinfo *each = list; each != NULL; each = each->ai_next) {
		int fd = each->ai_family == family ? bind_one(each) : -1;

		if (fd >= 0)
			return fd;
	}
	return -1;
}

int
listener_open(struct listener *out, const char *address, struct err *err)
{
	bool is_any = address[0] == ':';
	struct addrinfo *list;

	if (resolve(address, &list, err) < 0)
		return -1;
	out->fd = bind_family(list, is_any ? AF_INET6 : AF_INET);
	if (out->fd < 0)
		out->fd = bind_family(list, is_any ? AF_INET : AF_INET6);
	if (out->fd < 0)
		err_system(err, EXIT_CREATE, "cannot listen on %s", address);
	freeaddrinfo(list);
	if (out->fd < 0)
		return -1;
	if (describe(out) < 0) {
		err_system(err, EXIT_CREATE, "cannot listen on %s", address);
		close(out->fd);
		return -1;
	}
	return 0;
}

int
listener_take(struct listener *out, int fd, struct err *err)
{
	int is_listening = 0, type = 0;
	socklen_t len = sizeof(is_listening), type_len = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) < 0)
		return err_system(err, EXIT_CONFIG, "descriptor %d", fd);
	if (!is_listening || type != SOCK_STREAM)
		return err_set(err, EXIT_CONFIG, "descriptor %d is no socket that listens",
		    fd);
	out->fd = fd;
	if (describe(out) < 0)
		return err_system(err, EXIT_CONFIG, "descriptor %d", fd);
	/* A connection that has gone before it is accepted must not block the server. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return err_system(err, EXIT_CONFIG, "descriptor %d", fd);
	return 0;
}
