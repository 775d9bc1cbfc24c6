// SPDX-License-Identifier: GPL-3.0-or-later
/* listen - the socket of the door, on loopback alone. */
#ifndef DOOR_LISTEN_H
#define DOOR_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"

/* "localhost", an address of 127.0.0.0/8, or ::1. */
bool listen_is_loopback(const char *address, size_t size);

/* A socket that listens; port 0 takes a free one. *ret_port is the one it has.
 * -EACCES: address is not loopback; -EADDRINUSE, … */
int listen_open(const char *address, int port, int *ret_fd, int *ret_port,
                struct error *err) MUST_USE;

#endif
