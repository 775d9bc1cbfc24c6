// SPDX-License-Identifier: GPL-3.0-or-later
/* stranded - what waits to be told by a notifier that the configuration does not have
 * is told by the default one: by mail to (mailto …), where there is one; else in the
 * log.
 *
 * Comes from: round.c, when the configuration is new.  Goes to: store/incidents.h. */
#ifndef ALERT_STRANDED_H
#define ALERT_STRANDED_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "store/incidents.h"

/* Within a transaction; it is logged. */
int stranded_tell(struct store *store, const struct config *config, int64_t now,
                  struct error *err) MUST_USE;

/* Who is told instead. Lent by the configuration. */
struct addressee stranded_default(const struct config *config);

#endif
