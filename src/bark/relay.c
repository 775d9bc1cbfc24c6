// SPDX-License-Identifier: GPL-3.0-or-later
/* relay - large reads through one buffer on the stack: a job that prints little touches
 * little of it. */
#include "bark/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/say.h"

#define BUFFER_SIZE (128 << 10)
#define PIPE_SIZE   (1 << 20)

void relay_close(struct relay *relay)
{
    if (relay->from >= 0)
        close(relay->from);
    relay->from = -1;
}

void relay_clear(struct relay *relay)
{
    relay_close(relay);
    capture_clear(&relay->capture);
}

static void fail_write(struct relay *relay, int why)
{
    static const char *const names[] = {
        [SEARCH_STDOUT] = "stdout", [SEARCH_STDERR] = "stderr"};
    if (why == EPIPE)
        relay_close(relay);
    else
        say("%s: %s; what the job prints is only kept for its message",
            names[relay->stream], strerror(why));
    relay->to = -1;
}

static void pass_on(struct relay *relay, const char *bytes, size_t size)
{
    while (size > 0 && relay->to >= 0) {
        ssize_t count = write(relay->to, bytes, size);
        if (count >= 0) {
            bytes += count;
            size -= (size_t)count;
        } else if (errno == EAGAIN) {
            struct pollfd to = {.fd = relay->to, .events = POLLOUT};
            poll(&to, 1, -1);
        } else if (errno != EINTR) {
            fail_write(relay, errno);
        }
    }
}

/* A job that fills a pipe faster than it is emptied gets a larger one, where it may. */
static void widen(struct relay *relay)
{
    if (!relay->is_wide)
        fcntl(relay->from, F_SETPIPE_SZ, PIPE_SIZE);
    relay->is_wide = true;
}

static ssize_t read_once(struct relay *relay, size_t limit)
{
    char buffer[BUFFER_SIZE];
    ssize_t count =
        read(relay->from, buffer, limit < sizeof buffer ? limit : sizeof buffer);
    if (count <= 0)
        return count;
    if (count >= PIPE_SIZE / 16)
        widen(relay);
    capture_add(&relay->capture, buffer, (size_t)count);
    if (relay->search)
        search_add(relay->search, relay->stream, buffer, (size_t)count);
    pass_on(relay, buffer, (size_t)count);
    return count;
}

void relay_read(struct relay *relay, short events)
{
    ssize_t count = events & POLLIN ? read_once(relay, BUFFER_SIZE) : 0;
    if (count == 0 || (count < 0 && errno != EINTR))
        relay_close(relay);
}

void relay_drain(struct relay *relay)
{
    int left = 0;
    if (relay->from >= 0 && ioctl(relay->from, FIONREAD, &left) < 0)
        left = 0;
    while (relay->from >= 0 && left > 0) {
        ssize_t count = read_once(relay, (size_t)left);
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        left -= count > 0 ? (int)count : 0;
    }
    relay_close(relay);
}
