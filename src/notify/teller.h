// SPDX-License-Identifier: GPL-3.0-or-later
/* teller - tells what waits in the store for one notifier, one after the other, and
 * marks it told; what fails is tried again after 1 s, 2 s, 4 s, … at most 15 minutes.
 *
 * Comes from: store/.  Goes to: notifier.h.
 * It is a process of its own (sheepdog-tell), with a store of its own: when the queue
 * daemon is killed, at whatever moment, it ends what it is telling, marks it, and only
 * then goes; and the next one waits for that. So a death of the daemon neither loses
 * nor repeats anything. Should the teller itself die between telling and marking, that
 * one is told again; a mail then bears the same Message-ID. */
#ifndef NOTIFY_TELLER_H
#define NOTIFY_TELLER_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "notify/notifier.h"

/* All lent. */
struct teller {
    const char *store; /* path */
    const char *name;  /* of the notifier, in the configuration */
    const struct config *config;
    int wake; /* a pipe: a byte says that something was put, its end says: finish */
};

/* Tells until wake ends. One at a time for each store and notifier: it waits for one
 * that still runs, and passes its wake-ups on to that (see turn.h). An error says why
 * it could not even begin; -EINVAL: no notifier is called so. */
int teller_run(const struct teller *teller, struct error *err) MUST_USE;

#endif
