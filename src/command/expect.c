// SPDX-License-Identifier: GPL-3.0-or-later
/* expect - what the server could not follow is refused here, where somebody sees it. */
#include "command/expect.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "calendar/every.h"
#include "message/message.h"

int expect_check(const char *every, int64_t grace, struct error *err)
{
    AUTO(every) struct every *read = NULL;
    if (!every)
        return grace >= 0 ? error_set(err, -EINVAL, "--grace: expected --every, too")
                          : 0;
    if (strcmp(every, EXPECT_END) == 0)
        return 0;
    if (strlen(every) > MESSAGE_NAME_MAX)
        return error_set(err, -EINVAL, "--every: expected at most %d bytes",
                         MESSAGE_NAME_MAX);
    int rc = every_parse(every, clock_now(), &read, err);
    return rc < 0 ? error_prefix(err, rc, "--every") : 0;
}
