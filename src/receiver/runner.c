// SPDX-License-Identifier: GPL-3.0-or-later
/* runner - Linux's namespaces, its pipes of one page, and its signal at the death of
 * whoever started a process. */
#include "receiver/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/birth.h"
#include "plugin/plugin.h"

#define ONE_PAGE       1 /* bytes, which the kernel rounds up */
#define STATUS_NOT_RUN 126
#define STATUS_MISSING 127
#define NOBODY         65534 /* where no user is called so */

/* What the child works with: made before the fork. */
struct birth {
    const struct runner_plan *plan;
    struct texts environment;
    int fds[3];
    uid_t uid; /* 0: it stays who we are */
    gid_t gid;
};

static void birth_clear(struct birth *birth)
{
    texts_clear(&birth->environment);
    for (int i = 0; i < 3; i++)
        fd_auto(&birth->fds[i]);
}
AUTO_DEFINE_CLEAR(birth)

/* ---- the child ---- */

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        return; /* it then has no name within, and its files all the same */
    close(fd);
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

static bool has_become(const struct birth *birth)
{
    if (birth->uid == 0)
        return true;
    return setgroups(1, &birth->gid) == 0 &&
           setresgid(birth->gid, birth->gid, birth->gid) == 0 &&
           setresuid(birth->uid, birth->uid, birth->uid) == 0;
}

static void set_limits(void)
{
    birth_limit(RLIMIT_CORE, 0, 0);
    birth_limit(RLIMIT_NOFILE, BIRTH_FILES_MAX, BIRTH_FILES_MAX);
    birth_limit(RLIMIT_DATA, RUNNER_MEMORY, RUNNER_MEMORY);
    birth_be_nice();
}

/* Whoever started it may be dead before it asks to be told. */
static void die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(STATUS_NOT_RUN);
}

static void become(const struct birth *birth, pid_t parent)
{
    char *argv[] = {(char *)birth->plan->path, "receive", NULL};
    setpgid(0, 0);
    for (int i = 0; i < 3; i++)
        dup2(birth->fds[i], i);
    birth_close_others();
    set_limits();
    if (!birth->plan->has_network)
        (void)leave_network(); /* where it cannot be done, that was said */
    if (!has_become(birth) || chdir("/") < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        _exit(STATUS_NOT_RUN);
    die_with(parent);
    birth_reset_signals();
    execve(argv[0], argv, birth->environment.items);
    int why = errno;
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(why));
    _exit(why == ENOENT ? STATUS_MISSING : STATUS_NOT_RUN);
}

bool runner_can_isolate(void)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(leave_network() < 0);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- its start ---- */

/* One end of a new pipe is ours; the other is its fds[number]. None of the child's is
 * below 3, so that none is written over. */
static int make_pipe(struct birth *birth, int number, int *ret_ours, struct error *err)
{
    int ends[2], its = number == 0 ? 0 : 1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, -errno, "no pipe: %s", strerror(errno));
    birth->fds[number] = fcntl(ends[its], F_DUPFD_CLOEXEC, 3);
    close(ends[its]);
    *ret_ours = ends[!its];
    fcntl(*ret_ours, F_SETFL, O_NONBLOCK);
    if (birth->fds[number] < 0)
        return error_set(err, -EMFILE, "no descriptor");
    return 0;
}

static int make_pipes(struct runner *runner, struct birth *birth, struct error *err)
{
    int rc = make_pipe(birth, 0, &runner->in, err);
    if (rc == 0)
        rc = make_pipe(birth, 1, &runner->out, err);
    if (rc == 0)
        rc = make_pipe(birth, 2, &runner->errors, err);
    if (rc == 0 && fcntl(runner->in, F_SETPIPE_SZ, ONE_PAGE) < 0)
        rc = error_set(err, -errno, "a pipe of one page: %s", strerror(errno));
    return rc;
}

static void choose_user(struct birth *birth)
{
    struct passwd entry, *user = NULL;
    char texts[4096];
    if (geteuid() != 0)
        return;
    if (getpwnam_r(RUNNER_USER, &entry, texts, sizeof texts, &user) != 0)
        user = NULL;
    birth->uid = user ? user->pw_uid : NOBODY;
    birth->gid = user ? user->pw_gid : NOBODY;
}

int runner_start(const struct runner_plan *plan, struct runner *ret, struct error *err)
{
    AUTO(runner) struct runner runner = RUNNER_NONE;
    AUTO(birth) struct birth birth = {.plan = plan, .fds = {-1, -1, -1}};
    AUTO(texts) struct texts added = {0};
    plugin_environment(&added);
    birth_environment(&added, &birth.environment);
    choose_user(&birth);
    int rc = make_pipes(&runner, &birth, err);
    if (rc < 0)
        return rc;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        become(&birth, parent);
        _exit(STATUS_NOT_RUN);
    }
    if (pid < 0)
        return error_set(err, -errno, "no process can be started: %s", strerror(errno));
    setpgid(pid, pid); /* whichever of us is first */
    runner.pid = pid;
    runner.ended = pidfd_open(pid, 0);
    if (runner.ended < 0)
        return error_set(err, -errno, "its end cannot be watched: %s", strerror(errno));
    *ret = runner;
    runner = (struct runner)RUNNER_NONE;
    return 0;
}

/* ---- its end ---- */

static void close_fd(int *fd)
{
    fd_auto(fd);
    *fd = -1;
}

void runner_close_in(struct runner *runner)
{
    close_fd(&runner->in);
}

/* Its group goes before it is reaped, as nobody else has its number until then. */
bool runner_reap(struct runner *runner, int *ret_status)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)runner->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
        info.si_pid == 0)
        return false;
    kill(-runner->pid, SIGKILL);
    while (waitpid(runner->pid, ret_status, 0) < 0 && errno == EINTR)
        continue;
    runner->pid = 0;
    return true;
}

void runner_kill(struct runner *runner)
{
    kill(-runner->pid, SIGKILL);
}

void runner_clear(struct runner *runner)
{
    if (runner->pid > 0) {
        runner_kill(runner);
        while (waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close_fd(&runner->in);
    close_fd(&runner->out);
    close_fd(&runner->errors);
    close_fd(&runner->ended);
    runner->pid = 0;
}
