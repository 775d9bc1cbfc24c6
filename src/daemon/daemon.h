// SPDX-License-Identifier: GPL-3.0-or-later
/* daemon - watches this machine until it is told to end.
 *
 *     roster ──> watches ──findings──┬─> standing ──notes──┐
 *                                    ├─> readings ──beats──┼──> post ──> the spool
 *                                    └─> gather ───facts───┘
 *
 * Used by: main/sheepdog-daemon.c. SIGHUP reads the configuration again; SIGTERM and
 * SIGINT end it within 5 s, after a last beat. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "daemon/roster.h"
#include "daemon/stock.h"

/* What is configured. */
struct configuration {
    struct config *config;
    struct roster *roster;
};

/* Reads the file; conf: NULL: it is looked for. There is no roster yet. */
int configuration_open(const char *conf, struct configuration *ret, struct error *err)
    MUST_USE;

/* What is to be watched with these plugins; the stock becomes the configuration's. */
void configuration_take(struct configuration *configuration, struct stock *stock);

/* -EINVAL: it has faults; each is said by say. */
int configuration_check(const struct configuration *configuration,
                        void (*say)(const char *sentence), struct error *err) MUST_USE;

/* The three of them, but no plugin is asked: those are left out. */
int configuration_read(const char *conf, void (*say)(const char *sentence),
                       struct configuration *ret, struct error *err) MUST_USE;
void configuration_clear(struct configuration *configuration);
AUTO_DEFINE_CLEAR(configuration)

struct daemon;

/* configuration is taken over, on failure too. -EAGAIN: another daemon has the state
 * folder. */
int daemon_open(const char *conf, struct configuration *configuration,
                struct daemon **ret, struct error *err) MUST_USE;
void daemon_run(struct daemon *daemon);
void daemon_close(struct daemon *daemon); /* NULL is fine */

static inline void daemon_auto(struct daemon **owned)
{
    daemon_close(*owned);
}

#endif
