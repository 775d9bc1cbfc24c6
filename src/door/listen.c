// SPDX-License-Identifier: GPL-3.0-or-later
/* listen - our own socket, not the library's, so that its errors are ours too. */
#include "door/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/auto.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Reads a loopback address; its size, or 0 where it is none. */
static socklen_t parse_loopback(const char *text, union address *ret)
{
    *ret = (union address){0};
    const char *number = strcasecmp(text, "localhost") == 0 ? "127.0.0.1" : text;
    if (inet_pton(AF_INET, number, &ret->v4.sin_addr) == 1) {
        ret->v4.sin_family = AF_INET;
        bool is_loopback = ntohl(ret->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
        return is_loopback ? sizeof ret->v4 : 0;
    }
    if (inet_pton(AF_INET6, number, &ret->v6.sin6_addr) == 1) {
        ret->v6.sin6_family = AF_INET6;
        return IN6_IS_ADDR_LOOPBACK(&ret->v6.sin6_addr) ? sizeof ret->v6 : 0;
    }
    return 0;
}

bool listen_is_loopback(const char *address, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    if (size >= sizeof text || memchr(address, '\0', size))
        return false;
    memcpy(text, address, size);
    text[size] = '\0';
    union address parsed;
    return parse_loopback(text, &parsed) > 0;
}

static int bind_port(int fd, union address *address, socklen_t size)
{
    static const int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(fd, &address->any, size) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, &address->any, &size) < 0)
        return -errno;
    return 0;
}

int listen_open(const char *address, int port, int *ret_fd, int *ret_port,
                struct error *err)
{
    union address parsed;
    socklen_t size = parse_loopback(address, &parsed);
    if (size == 0)
        return error_set(err, -EACCES,
                         "%s: it listens on loopback only until it has tokens and TLS",
                         address);
    in_port_t *at =
        parsed.any.sa_family == AF_INET ? &parsed.v4.sin_port : &parsed.v6.sin6_port;
    *at = htons((in_port_t)port);

    AUTO(fd)
    int fd =
        socket(parsed.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int rc = fd < 0 ? -errno : bind_port(fd, &parsed, size);
    if (rc < 0)
        return error_set(err, rc, "%s, port %d: %s", address, port, strerror(-rc));
    *ret_port = ntohs(*at);
    *ret_fd = fd;
    fd = -1;
    return 0;
}
