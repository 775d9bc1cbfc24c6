// SPDX-License-Identifier: GPL-3.0-or-later
/* expect - the store keeps it; what it cannot read is said. */
#include "handler/expect.h"

#include <errno.h>

#include "base/log.h"
#include "handler/touch.h"

int expect_next(const struct handling *handling, const struct message *message,
                struct error *err)
{
    bool has_changed = false;
    struct error why = {0};
    int rc = store_expect(handling->store, message, &has_changed, &why);
    if (rc == -EINVAL)
        log_warning("expect: %s %s: %s; nothing is expected of it", message->host,
                    message->tag, why.text);
    else if (rc < 0)
        return error_set(err, rc, "%s", why.text);
    if (has_changed)
        touch(handling, message, "expected");
    return 0;
}
