// SPDX-License-Identifier: GPL-3.0-or-later
/* listen - the socket of the door. */
#ifndef DOOR_LISTEN_H
#define DOOR_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"

/* "localhost", an address of 127.0.0.0/8, or ::1. */
bool listen_is_loopback(const char *address, size_t size);

/* A socket that has its port, and on which nobody can connect yet. */
struct listening {
    int fd; /* the caller's to close */
    int port;
    bool is_loopback; /* only this machine reaches it */
};

/* address: a numeric one, such as "0.0.0.0", or "::" for all of both families; or a
 * name, of which the first address that can be had is taken. Port 0 takes a free one.
 * -EINVAL: there is no such name; -EADDRINUSE, … */
int listen_bind(const char *address, int port, struct listening *ret, struct error *err)
    MUST_USE;

/* From now on clients can connect. */
int listen_start(const struct listening *listening, struct error *err) MUST_USE;

#endif
