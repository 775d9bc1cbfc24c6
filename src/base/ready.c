// SPDX-License-Identifier: GPL-3.0-or-later
/* ready - one datagram of text to the socket that $NOTIFY_SOCKET names; a name that
 * begins with @ is in Linux's abstract name space. */
#include "base/ready.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"

static int tell(const char *state, struct error *err)
{
    const char *name = getenv("NOTIFY_SOCKET");
    if (!name || !*name)
        return 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if ((*name != '/' && *name != '@') || length >= sizeof address.sun_path)
        return error_set(err, -EINVAL, "$NOTIFY_SOCKET: \"%.60s\" names no socket",
                         name);

    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    AUTO(fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                         (struct sockaddr *)&address, size) < 0)
        return error_set(err, -errno, "$NOTIFY_SOCKET: %s: %s", name, strerror(errno));
    return 0;
}

int ready_started(struct error *err)
{
    return tell("READY=1", err);
}

int ready_reloading(struct error *err)
{
    char state[80];
    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)clock_monotonic());
    return tell(state, err);
}

int ready_stopping(struct error *err)
{
    return tell("STOPPING=1", err);
}

int64_t ready_watchdog_limit(void)
{
    const char *limit = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!limit || (pid && strtoll(pid, NULL, 10) != getpid()))
        return 0;
    char *end;
    long long us = strtoll(limit, &end, 10);
    return *end == '\0' && us > 0 ? us / 1000 : 0;
}

int ready_watchdog(struct error *err)
{
    return tell("WATCHDOG=1", err);
}
