// SPDX-License-Identifier: GPL-3.0-or-later
/* linux_clock - asking with no modes set changes nothing, and everybody may. */
#include "monitor/linux_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>

#include "monitor/proc.h"

static int read_file(const struct look *look, struct timex *ret, struct error *err)
{
    static const char path[] = "/adjtimex";
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, path, &text, err);
    if (rc < 0)
        return rc;
    if (sscanf(strbuf_text(&text), "status %i offset %ld maxerror %ld", &ret->status,
               &ret->offset, &ret->maxerror) != 3)
        return proc_malformed(path, err);
    return 0;
}

int linux_clock_read(const struct look *look, struct clock_quality *ret,
                     struct error *err)
{
    struct timex timex = {.modes = 0};
    if (look->root[0]) {
        int rc = read_file(look, &timex, err);
        if (rc < 0)
            return rc;
    } else if (adjtimex(&timex) < 0) {
        return error_set(err, -errno, "adjtimex: %s", strerror(errno));
    }
    *ret = (struct clock_quality){
        .is_synchronised = !(timex.status & STA_UNSYNC),
        .offset = (double)timex.offset / (timex.status & STA_NANO ? 1e9 : 1e6),
        .error = (double)timex.maxerror / 1e6,
    };
    return 0;
}
