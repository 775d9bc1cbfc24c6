// SPDX-License-Identifier: GPL-3.0-or-later
/* wire - a connection to a server that is tried, with an end in time.
 *
 * Used by: the monitor port, and sheepdog-probe; never on the daemon's loop, as names
 * are looked up here. */
#ifndef MONITOR_WIRE_H
#define MONITOR_WIRE_H

#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "monitor/monitor.h"

#define WIRE_HEARD_MAX (64 << 10) /* bytes */

struct wire {
    int fd;
    int64_t deadline; /* us, by clock_monotonic() */
};

/* When the next of left things has to be done, us by clock_monotonic(): they share what
 * is left of nine tenths of the look's timeout. */
int64_t wire_deadline(const struct look *look, size_t left);

/* The host and the port of "HOST:PORT" or "[ADDRESS]:PORT", to be freed; a port may be
 * a name, such as "https". -EINVAL. */
int wire_split(const char *address, char **ret_host, char **ret_port, struct error *err)
    MUST_USE;

/* address: as above, or the path of a Unix socket, "/run/x.sock". All addresses of a
 * name are tried in their order. -EINVAL, -EHOSTUNREACH (no such name), -ECONNREFUSED,
 * -ETIMEDOUT, …: its words do not name the address. */
int wire_open(const char *address, int64_t deadline, struct wire *ret,
              struct error *err) MUST_USE;
void wire_close(struct wire *wire);

static inline void wire_auto(struct wire *owned)
{
    wire_close(owned);
}

/* -ETIMEDOUT, -EPIPE, … */
int wire_send(const struct wire *wire, const void *bytes, size_t size,
              struct error *err) MUST_USE;

/* Appends what comes to heard, until text stands in it. -ETIMEDOUT; -ECONNRESET: the
 * other side closed; -EFBIG: WIRE_HEARD_MAX bytes came without it. */
int wire_expect(const struct wire *wire, const char *text, struct strbuf *heard,
                struct error *err) MUST_USE;

/* Waits until fd is ready for events of poll(2). -ETIMEDOUT. */
int wire_wait(const struct wire *wire, short events, struct error *err) MUST_USE;

#endif
