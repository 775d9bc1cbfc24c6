// SPDX-License-Identifier: GPL-3.0-or-later
/* child - between vfork and exec parent and child share their memory, and the parent
 * sleeps: what the child does there allocates nothing and returns to nobody. */
#include "bark/child.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bark/terminal.h"
#include "base/say.h"

#define PATH_ROOM 4096

/* Whether any folder of PATH holds it, executable or not. */
static bool is_in_path(const char *name)
{
    char file[PATH_ROOM];
    const char *path = getenv("PATH");
    for (const char *at = path; at; at = strchr(at, ':')) {
        at += *at == ':';
        snprintf(file, sizeof file, "%.*s/%s", (int)strcspn(at, ":"), at, name);
        if (access(file, F_OK) == 0)
            return true;
    }
    return false;
}

/* execvp says EACCES of a program that nobody has, where a folder of PATH is closed to
 * us; a shell says that it is not found. */
static int reason(const char *name)
{
    int why = errno;
    bool is_path = strchr(name, '/') != NULL;
    return why == EACCES && !is_path && !is_in_path(name) ? ENOENT : why;
}

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

    int why = reason(child->argv[0]);
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
