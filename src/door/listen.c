// SPDX-License-Identifier: GPL-3.0-or-later
/* listen - our own socket, not the library's, so that its errors are ours too. */
#include "door/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/auto.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

bool listen_is_loopback(const char *address, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    if (size >= sizeof text || memchr(address, '\0', size))
        return false;
    memcpy(text, address, size);
    text[size] = '\0';
    if (strcasecmp(text, "localhost") == 0)
        return true;
    union address v4 = {.v4 = {.sin_family = AF_INET}};
    union address v6 = {.v6 = {.sin6_family = AF_INET6}};
    return (inet_pton(AF_INET, text, &v4.v4.sin_addr) == 1 && is_loopback(&v4)) ||
           (inet_pton(AF_INET6, text, &v6.v6.sin6_addr) == 1 && is_loopback(&v6));
}

/* "::" is to be everything, whatever the machine's default for it. */
static int bind_one(const struct addrinfo *info, struct listening *ret)
{
    static const int yes = 1, no = 0;
    AUTO(fd)
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    union address bound;
    socklen_t size = sizeof bound;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        (info->ai_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) < 0) ||
        bind(fd, info->ai_addr, info->ai_addrlen) < 0 ||
        getsockname(fd, &bound.any, &size) < 0)
        return -errno;
    bool is_v4 = bound.any.sa_family == AF_INET;
    ret->port = ntohs(is_v4 ? bound.v4.sin_port : bound.v6.sin6_port);
    ret->is_loopback = is_loopback(&bound);
    ret->fd = fd;
    fd = -1;
    return 0;
}

static int look_up(const char *address, int port, struct addrinfo **ret,
                   struct error *err)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM};
    char service[8];
    snprintf(service, sizeof service, "%d", port);
    const char *node = strcasecmp(address, "localhost") == 0 ? "127.0.0.1" : address;
    int rc = getaddrinfo(node, service, &hints, ret);
    return rc == 0 ? 0 : error_set(err, -EINVAL, "%s: %s", address, gai_strerror(rc));
}

int listen_bind(const char *address, int port, struct listening *ret, struct error *err)
{
    struct addrinfo *found;
    int rc = look_up(address, port, &found, err);
    if (rc < 0)
        return rc;
    rc = -EADDRNOTAVAIL;
    for (const struct addrinfo *info = found; info && rc < 0; info = info->ai_next)
        rc = bind_one(info, ret);
    freeaddrinfo(found);
    return rc < 0 ? error_set(err, rc, "%s, port %d: %s", address, port, strerror(-rc))
                  : 0;
}

int listen_start(const struct listening *listening, struct error *err)
{
    if (listen(listening->fd, SOMAXCONN) < 0)
        return error_set(err, -errno, "port %d: %s", listening->port, strerror(errno));
    return 0;
}
