// SPDX-License-Identifier: GPL-3.0-or-later
/* receivers - the receiver of each plugin that has one, in the folders of (plugins …).
 *
 * Used by: server/. Plugins are asked what they are on a worker of their own, so that
 * one that takes its time keeps nobody waiting. */
#ifndef RECEIVER_RECEIVERS_H
#define RECEIVER_RECEIVERS_H

#include "base/auto.h"
#include "base/compiler.h"
#include "config/config.h"
#include "queue/intake.h"
#include "receiver/starter.h"

struct uv_loop_s;
struct receivers;

struct receivers_parts { /* lent */
    struct uv_loop_s *loop;
    const struct starter *starter;
    const char *store; /* path; copied */
    struct intake *intake;
    void (*pushed)(void *context); /* on the loop: something was put into the intake */
    void *context;
};

struct receivers *receivers_new(const struct receivers_parts *parts);

/* Those in the folders of this configuration run from now on; those that ran are ended
 * first, so that a file that has changed is read again. What it needs is copied. */
void receivers_use(struct receivers *receivers, const struct config *config);

/* Something was stored. */
void receivers_wake(struct receivers *receivers);

/* All end; stopped is called on the loop when they have, within 5 s, or 10 s while a
 * plugin is asked what it is. */
void receivers_stop(struct receivers *receivers, void (*stopped)(void *context),
                    void *context);

/* NULL is fine; when they have stopped, or before one was used. */
void receivers_free(struct receivers *receivers);
AUTO_DEFINE(receivers)

#endif
