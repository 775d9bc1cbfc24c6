// SPDX-License-Identifier: GPL-3.0-or-later
/* wire - a socket that never blocks, and poll with the time that is left. */
#include "monitor/wire.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/memory.h"

#define PIECE_SIZE 4096

/* errno's words begin with a capital, and stand within a sentence. */
static int fail(int number, struct error *err)
{
    AUTO(str) char *words = text_copy(strerror(number));
    words[0] = (char)tolower((unsigned char)words[0]);
    return error_set(err, -number, "%s", words);
}

int64_t wire_deadline(const struct look *look, size_t left)
{
    int64_t end = look->monotonic + settings_duration(look->settings, "timeout") * 900;
    int64_t now = clock_monotonic();
    return now + (end - now) / (int64_t)left;
}

int wire_split(const char *address, char **ret_host, char **ret_port, struct error *err)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : 0;
    bool has_brackets = length > 2 && address[0] == '[' && address[length - 1] == ']';
    bool is_good =
        length > 0 && colon[1] &&
        (has_brackets || (address[0] != '[' && !memchr(address, ':', length)));
    if (!is_good)
        return error_set(err, -EINVAL,
                         "\"%.80s\" is no address; expected HOST:PORT, [ADDRESS]:PORT "
                         "or /PATH",
                         address);
    *ret_host = has_brackets ? memory_copy(address + 1, length - 2)
                             : memory_copy(address, length);
    *ret_port = text_copy(colon + 1);
    return 0;
}

int wire_wait(const struct wire *wire, short events, struct error *err)
{
    struct pollfd ready = {.fd = wire->fd, .events = events};
    for (;;) {
        int64_t left = (wire->deadline - clock_monotonic() + 999) / 1000;
        int count = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (count > 0)
            return 0;
        if (count == 0)
            return error_set(err, -ETIMEDOUT, "no answer in time");
        if (errno != EINTR)
            return fail(errno, err);
    }
}

static int finish_connect(const struct wire *wire, struct error *err)
{
    int number = 0;
    socklen_t size = sizeof number;
    int rc = wire_wait(wire, POLLOUT, err);
    if (rc < 0)
        return rc;
    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &number, &size) < 0)
        number = errno;
    return number ? fail(number, err) : 0;
}

static int connect_to(const struct sockaddr *address, socklen_t size, struct wire *ret,
                      struct error *err)
{
    struct wire wire = *ret;
    wire.fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire.fd < 0)
        return fail(errno, err);
    int rc = 0;
    if (connect(wire.fd, address, size) < 0)
        rc = errno == EINPROGRESS ? finish_connect(&wire, err) : fail(errno, err);
    if (rc < 0)
        wire_close(&wire);
    else
        *ret = wire;
    return rc;
}

static int open_unix(const char *path, struct wire *wire, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return error_set(err, -ENAMETOOLONG, "the path is too long for a socket");
    memcpy(address.sun_path, path, strlen(path));
    return connect_to((const struct sockaddr *)&address, sizeof address, wire, err);
}

static int open_internet(const char *text, struct wire *wire, struct error *err)
{
    AUTO(str) char *host = NULL;
    AUTO(str) char *port = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int rc = wire_split(text, &host, &port, err);
    if (rc < 0)
        return rc;
    int result = getaddrinfo(host, port, &hints, &found);
    if (result != 0)
        return error_set(err, -EHOSTUNREACH, "%s: %s", host, gai_strerror(result));
    rc = -EHOSTUNREACH;
    for (struct addrinfo *one = found; one && rc < 0; one = one->ai_next)
        rc = connect_to(one->ai_addr, one->ai_addrlen, wire, err);
    freeaddrinfo(found);
    return rc;
}

int wire_open(const char *address, int64_t deadline, struct wire *ret,
              struct error *err)
{
    struct wire wire = {.fd = -1, .deadline = deadline};
    int rc = address[0] == '/' ? open_unix(address, &wire, err)
                               : open_internet(address, &wire, err);
    if (rc == 0)
        *ret = wire;
    return rc;
}

void wire_close(struct wire *wire)
{
    fd_auto(&wire->fd);
    wire->fd = -1;
}

int wire_send(const struct wire *wire, const void *bytes, size_t size,
              struct error *err)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(wire->fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            int rc = wire_wait(wire, POLLOUT, err);
            if (rc < 0)
                return rc;
        } else if (sent < 0 && errno != EINTR) {
            return fail(errno, err);
        } else if (sent > 0) {
            at += sent;
            size -= (size_t)sent;
        }
    }
    return 0;
}

int wire_expect(const struct wire *wire, const char *text, struct strbuf *heard,
                struct error *err)
{
    size_t length = strlen(text);
    while (!memmem(strbuf_text(heard), heard->size, text, length)) {
        char piece[PIECE_SIZE];
        int rc = wire_wait(wire, POLLIN, err);
        if (rc < 0)
            return rc;
        ssize_t size = recv(wire->fd, piece, sizeof piece, 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (size < 0)
            return fail(errno, err);
        if (size == 0)
            return error_set(err, -ECONNRESET, "the connection was closed");
        if (heard->size + (size_t)size > WIRE_HEARD_MAX)
            return error_set(err, -EFBIG, "too much came");
        strbuf_add(heard, piece, (size_t)size);
    }
    return 0;
}
