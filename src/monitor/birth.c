// SPDX-License-Identifier: GPL-3.0-or-later
/* birth - its environment is made before the fork, all else behind it. */
#include "monitor/birth.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

#define NICE 10

/* Behind the usual folders are those of Guix System, where there is no /usr/bin. */
#define PATH                                                                           \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:"                    \
    "/run/privileged/bin:/run/setuid-programs:"                                        \
    "/run/current-system/profile/sbin:/run/current-system/profile/bin"

static void add_variable(struct texts *environment, const char *name, const char *value)
{
    if (!value)
        return;
    AUTO(str) char *pair = text_format("%s=%s", name, value);
    texts_add(environment, pair);
}

void birth_environment(const struct texts *added, struct texts *ret)
{
    static const char *const kept[] = {"HOME", "LANG", "TZ"};
    texts_add(ret, "PATH=" PATH);
    texts_add(ret, "LC_ALL=C");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        add_variable(ret, kept[i], getenv(kept[i]));
    for (size_t i = 0; added && i < added->count; i++)
        texts_add(ret, added->items[i]);
    ret->items = memory_resize(ret->items, (ret->count + 1) * sizeof *ret->items);
    ret->items[ret->count] = NULL;
}

void birth_limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0)
        return;
    now.rlim_max = hard < now.rlim_max ? hard : now.rlim_max;
    now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
    setrlimit(what, &now);
}

void birth_be_nice(void)
{
    errno = 0;
    if (nice(NICE) == -1 && errno != 0)
        return; /* as nice as we are already */
}

/* Ours would write into the pipe that our loop reads. */
void birth_reset_signals(void)
{
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void birth_close_others(void)
{
    if (close_range(3, UINT_MAX, 0) == 0)
        return;
    for (int fd = 3; fd < BIRTH_FILES_MAX; fd++)
        close(fd);
}
