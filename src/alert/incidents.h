// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - makes a judgement true in the store: opens, changes and closes incidents,
 * and puts into the outbox who is to be told, in the caller's one transaction.
 *
 *     an alert that no incident is open for       open, and tell whom routes name: new
 *     one that is held                            no new is told until it is not
 *     a route that was not there before           new, to that one
 *     another severity of its matter              change, to who knows of it, once it
 *                                                 is not held
 *     remind, and who knows was told so long ago  still; not while it is acknowledged
 *     an open incident without its alert          close; over, to whoever knows, held
 *                                                 or not, and to nobody else
 *
 * That a thing is over is told to the default one, where the configuration no longer
 * has the notifier of somebody who knows.
 *
 * Told once: who knows what is in the store (see store/incidents.h), so a restart or a
 * round that is judged again changes nothing.
 *
 * Above (flood …) tellings a minute to one address, those of one severity become one: a
 * sum, which grows until it is due, see postbag.h. Nothing is dropped: incidents are
 * stored one by one.
 *
 * Comes from: judge.h.  Goes to: store/incidents.h. */
#ifndef ALERT_INCIDENTS_H
#define ALERT_INCIDENTS_H

#include <stdbool.h>

#include "alert/judge.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "store/incidents.h"

/* *ret_has_news: something was put into the outbox. Within a transaction of a writer.
 * -ESTALE: a host was forgotten since it was judged, of which it may speak. A
 * route to a notifier that the configuration does not have is the alert ("", "routes",
 * "warning", …) of its own. The notifier "mailto" is mail to (mailto …), and to the
 * tag's own mailto where (allow-mailto …) allows it; "log" has the address "". The
 * server's own alerts, whose host is "", go to both where no rule routes them. touched:
 * gets the relations that it changed; NULL: not asked. */
int incidents_apply(struct store *store, const struct config *config,
                    const struct judgement *judgement, struct touched *touched,
                    bool *ret_has_news, struct error *err) MUST_USE;

/* Whether no such incident is open, or with another severity: its why is wanted. */
bool incidents_is_new(struct store *store, const struct alert *alert, int64_t now);

#endif
