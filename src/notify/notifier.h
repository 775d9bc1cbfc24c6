// SPDX-License-Identifier: GPL-3.0-or-later
/* notifier - a way to tell a person.
 *
 * Comes from: teller.c.  Goes to: a mail server, a log file.
 * To add one: write notify/NAME.c with a `const struct notifier notifier_NAME`, and
 * name it twice in notifiers.c. */
#ifndef NOTIFY_NOTIFIER_H
#define NOTIFY_NOTIFIER_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "notify/notification.h"

struct notifier {
    const char *name;

    /* Required. Makes what it needs from the settings, which it copies; *ret is passed
     * to tell and close. What fails is tried again with the next telling. */
    int (*open)(const struct config *config, void **ret, struct error *err);

    /* Required. Tells one thing; may take long, but not for ever, for the daemon's end
     * waits for it. 0: it is told, and will not be tried again; negative: it is tried
     * again later. */
    int (*tell)(void *state, const struct notification *notification,
                struct error *err);

    /* Required; NULL is fine. Runs where tell runs, and may take as long. */
    void (*close)(void *state);
};

extern const struct notifier *const notifiers[]; /* ends with NULL */

const struct notifier *notifier_find(const char *name); /* NULL: none of that name */

#endif
