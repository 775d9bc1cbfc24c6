// SPDX-License-Identifier: GPL-3.0-or-later
/* clock - whether something keeps the clock right, and how wrong it may be. Messages
 * with wrong times mislead who reads them, and certificates seem to have expired.
 *
 * The clock of a container is that of its machine, which is to be watched there; and
 * that of a guest of Hyper-V, as WSL is, is set by its host without a word to the
 * kernel: there is nothing to watch here. */
#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/linux_clock.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

static const struct setting clock_settings[] = {
    {"warn", SETTING_DURATION, "5s", NULL, "it may be wrong so far"},
    {"fail", SETTING_DURATION, NULL, NULL, "it may be wrong so far"},
    {"times", SETTING_NUMBER, "10", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static bool is_kept_by_host(const struct look *look)
{
    static const char *const signs[] = {"/run/systemd/container",
                                        "/.dockerenv",
                                        "/run/.containerenv",
                                        "/dev/.lxc",
                                        "/sys/bus/vmbus/drivers/hv_utils",
                                        NULL};
    for (const char *const *sign = signs; *sign; sign++) {
        AUTO(str) char *path = text_format("%s%s", look->root, *sign);
        if (access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* The error that the kernel knows grows on its own until a server is asked again; after
 * nine hours without it gives up, and so it does where nobody ever asked. */
static int clock_look(struct look *look, struct error *err)
{
    struct clock_quality clock;
    if (is_kept_by_host(look))
        return 0;
    int rc = linux_clock_read(look, &clock, err);
    if (rc == -EPERM || rc == -ENOSYS)
        return 0; /* it is none of our business, says a sandbox */
    if (rc < 0)
        return rc;
    AUTO(verdict) struct verdict verdict = {0};
    if (clock.is_synchronised) {
        look_reading(look, NULL, "offset", clock.offset, "s");
        look_reading(look, NULL, "error", clock.error, "s");
        verdict_add_state(&verdict, STATE_OK, "synchronised");
        verdict_add(&verdict, &(struct threshold){
                                  .what = "it may be wrong by",
                                  .value = clock.error,
                                  .unit = "s",
                                  .warn = look_bound(look, "warn"),
                                  .fail = look_bound(look, "fail"),
                              });
    } else {
        verdict_add_state(&verdict, STATE_WARNING,
                          "the clock is not synchronised: nothing keeps it right");
    }
    verdict_say(&verdict, look->findings, NULL);
    return 0;
}

const struct monitor monitor_clock = {
    .name = "clock",
    .help = "whether something keeps the clock right",
    .settings = clock_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = clock_look,
};
