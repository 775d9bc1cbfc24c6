// SPDX-License-Identifier: GPL-3.0-or-later
/* expected - the forms were checked when the configuration was read. */
#include "alert/expected.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/incidents.h"

int expected_put(struct store *store, const struct config *config, int64_t now,
                 struct touched *touched, struct error *err)
{
    const struct expect_forms *forms = &config->expects;
    struct expectation *items = memory_new((forms->count + 1) * sizeof *items);
    for (size_t i = 0; i < forms->count; i++) {
        const struct expect_form *form = &forms->items[i];
        items[i] = (struct expectation){.host = form->host,
                                        .tag = form->tag,
                                        .every = form->every,
                                        .zone = form->zone ? form->zone : "",
                                        .grace = form->grace};
    }
    int rc = store_put_expectations(store, items, forms->count, now, err);
    free(items);
    touched_add(touched, "expected", NULL, NULL);
    return rc;
}
