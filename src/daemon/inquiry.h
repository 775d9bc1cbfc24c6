// SPDX-License-Identifier: GPL-3.0-or-later
/* inquiry - asks the plugins what they are while everything else goes on: some at a
 * time, and each again only when its file has changed.
 *
 * Comes from: plugin.h.  Goes to: stock.h.  Used by: change.c. */
#ifndef DAEMON_INQUIRY_H
#define DAEMON_INQUIRY_H

#include <stdbool.h>

#include "base/auto.h"
#include "config/config.h"
#include "daemon/helpers.h"
#include "daemon/stock.h"

struct inquiry;

/* done: all that were to be asked have answered. */
struct inquiry *inquiry_new(struct helpers *helpers, void (*done)(void *context),
                            void *context);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine; ends what runs */
AUTO_DEFINE(inquiry)

/* Asks those of the configuration; done is called once, maybe before this returns.
 * Nothing may run. */
void inquiry_begin(struct inquiry *inquiry, const struct config *config);
bool inquiry_is_running(const struct inquiry *inquiry);

/* What they said, once it is done. */
void inquiry_give(const struct inquiry *inquiry, struct stock *ret);

/* Those that cannot be used are asked again by the next one, even where their files are
 * as they were: why they could not may lie elsewhere. */
void inquiry_forget_troubles(struct inquiry *inquiry);

/* Whether a plugin came, went or changed. Looks at files alone. */
bool inquiry_is_outdated(const struct inquiry *inquiry, const struct config *config);

#endif
