// SPDX-License-Identifier: GPL-3.0-or-later
/* child - between vfork and exec parent and child share their memory, and the parent
 * sleeps: what the child does there allocates nothing and returns to nobody. */
#include "bark/child.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bark/terminal.h"
#include "base/say.h"

static void become(const struct child *child)
{
    if (child->leads_group)
        setpgid(0, 0);
    if (child->terminal >= 0)
        terminal_give(child->terminal, getpid());
    for (int i = 0; i < 3; i++)
        if (child->fds[i] >= 0)
            dup2(child->fds[i], i);
    sigprocmask(SIG_SETMASK, child->mask, NULL);
    execvp(child->argv[0], child->argv);

    int why = errno;
    say("%s: %s", child->argv[0], strerror(why));
    _exit(why == ENOENT || why == ENOTDIR ? 127 : 126);
}

int child_start(const struct child *child, pid_t *ret, struct error *err)
{
    pid_t pid = vfork();
    if (pid == 0) {
        become(child);
        _exit(127);
    }
    if (pid < 0)
        return error_set(err, -errno, "%s: no process can be started: %s",
                         child->argv[0], strerror(errno));
    *ret = pid;
    return 0;
}
