// SPDX-License-Identifier: GPL-3.0-or-later
/* notifiers - the list. To add one: write notify/NAME.c, then name it twice below. */
#include <string.h>

#include "notify/notifier.h"

extern const struct notifier notifier_log, notifier_email;

const struct notifier *const notifiers[] = {&notifier_log, &notifier_email, NULL};

const struct notifier *notifier_find(const char *name)
{
    for (int i = 0; notifiers[i]; i++)
        if (strcmp(notifiers[i]->name, name) == 0)
            return notifiers[i];
    return NULL;
}
