// SPDX-License-Identifier: GPL-3.0-or-later
/* starter - a small process that starts the receivers, and stays who the server was
 * when it made it: root, where that is how the server was started, so that receivers
 * can be another user than the one who keeps the store.
 *
 *     runner ──path, network?, stdin, stdout, stderr, line──> starter ──> FILE receive
 *       ^                                                        │
 *       └──────────────── line: how it ended ────────────────────┘
 *
 * It does nothing else, and runs only what plugin_check_file accepts when it asks:
 * where it is root, files that root alone can write. When the server is gone, however
 * that came, it ends, and what it started with it. */
#ifndef RECEIVER_STARTER_H
#define RECEIVER_STARTER_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "receiver/confinement.h"

struct starter;

/* Before the process has threads, and before it gives up being root. */
int starter_open(struct starter **ret, struct error *err) MUST_USE;
void starter_close(struct starter *starter); /* NULL is fine; ends what it started */

static inline void starter_auto(struct starter **owned)
{
    starter_close(*owned);
}

/* Whom receivers become. */
const struct confined_user *starter_user(const struct starter *starter);

/* Whether it can take the network away from them. */
bool starter_can_isolate(const struct starter *starter);

struct starter_plan {
    const char *path;
    bool has_network;
    int fds[4]; /* its stdin, stdout, stderr, and the starter's end of the line: a
                   socket by which it says how that ended, as waitpid does, an int.
                   Whoever shuts the line down, or closes it, ends the process */
};

/* From any thread. The descriptors stay the caller's. What goes wrong later shows in
 * how it ended: status 126 or 127, and why on its stderr. */
int starter_start(const struct starter *starter, const struct starter_plan *plan,
                  struct error *err) MUST_USE;

#endif
