// SPDX-License-Identifier: GPL-3.0-or-later
/* confinement - Linux's namespaces, and its signal at the death of whoever started a
 * process. */
#include "receiver/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "monitor/birth.h"

#define NOBODY 65534 /* where no user is called so */

void confinement_find_user(struct confined_user *ret)
{
    static const char *const names[] = {CONFINEMENT_USER, CONFINEMENT_NOBODY};
    *ret = (struct confined_user){0};
    if (geteuid() != 0)
        return;
    *ret = (struct confined_user){CONFINEMENT_NOBODY, NOBODY, NOBODY};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct passwd *entry = getpwnam(names[i]);
        if (!entry || entry->pw_uid == 0)
            continue;
        *ret = (struct confined_user){names[i], entry->pw_uid, entry->pw_gid};
        return;
    }
}

/* ---- the network ---- */

static void write_file(const char *path, const char *text)
{
    AUTO(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        return; /* it then has no name within, and its files all the same */
}

/* In a namespace of users of its own, whoever we are may have one of networks. */
static int leave_network(void)
{
    char uid[64], gid[64];
    if (unshare(CLONE_NEWNET) == 0)
        return 0;
    snprintf(uid, sizeof uid, "%u %u 1\n", (unsigned)geteuid(), (unsigned)geteuid());
    snprintf(gid, sizeof gid, "%u %u 1\n", (unsigned)getegid(), (unsigned)getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return -errno;
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", uid);
    write_file("/proc/self/gid_map", gid);
    return 0;
}

bool confinement_can_isolate(void)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(leave_network() < 0);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- who it is, and how much it may take ---- */

/* Its pipes are its own, as a shell opens them anew by /dev/stderr. */
static bool has_become(const struct confined_user *user)
{
    if (!user->name)
        return true;
    for (int i = 0; i < 3; i++)
        if (fchown(i, user->uid, user->gid) < 0)
            return false;
    return setgroups(1, &user->gid) == 0 &&
           setresgid(user->gid, user->gid, user->gid) == 0 &&
           setresuid(user->uid, user->uid, user->uid) == 0 && setuid(0) < 0;
}

static void set_limits(const struct confined_user *user)
{
    birth_limit(RLIMIT_CORE, 0, 0);
    birth_limit(RLIMIT_NOFILE, BIRTH_FILES_MAX, BIRTH_FILES_MAX);
    birth_limit(RLIMIT_DATA, CONFINEMENT_MEMORY, CONFINEMENT_MEMORY);
    if (user->name)
        birth_limit(RLIMIT_NPROC, CONFINEMENT_PROCESSES, CONFINEMENT_PROCESSES);
    birth_be_nice();
}

/* ---- all of it ---- */

static _Noreturn void give_up(int status, const char *what)
{
    dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
    _exit(status);
}

void confinement_enter(const struct confinement *confinement, pid_t parent)
{
    char *argv[] = {(char *)confinement->path, "receive", NULL};
    setpgid(0, 0);
    for (int i = 0; i < 3; i++)
        dup2(confinement->fds[i], i);
    birth_close_others();
    set_limits(confinement->user);
    if (!confinement->has_network)
        (void)leave_network(); /* where it cannot be done, that was said */
    if (!has_become(confinement->user) || chdir("/") < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        give_up(CONFINEMENT_NOT_RUN, "it cannot be confined");
    /* Whoever started it may be dead before it asks to be told. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(CONFINEMENT_NOT_RUN);
    birth_reset_signals();
    execve(argv[0], argv, confinement->environment);
    give_up(errno == ENOENT ? CONFINEMENT_MISSING : CONFINEMENT_NOT_RUN, argv[0]);
}
