// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue - a relation by its name. */
#include "datalog/catalogue.h"

#include <string.h>

const struct stored *catalogue_find(const struct catalogue *catalogue, const char *name)
{
    if (!catalogue)
        return NULL;
    for (const struct stored *const *item = catalogue->items; *item; item++) {
        if (strcmp((*item)->name, name) == 0)
            return *item;
    }
    return NULL;
}
