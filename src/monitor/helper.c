// SPDX-License-Identifier: GPL-3.0-or-later
/* helper - a fork, and three pipes that never block. All that the child needs is made
 * before the fork. */
#include "monitor/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/units.h"
#include "base/utf8.h"
#include "monitor/birth.h"
#include "monitor/lines.h"

#define GRACE          2000000 /* us from TERM to KILL, and to the next KILL */
#define END_MAX        100000  /* us that one may take that is killed */
#define STEP_MS        20 /* helper_run: the end of a child makes no descriptor ready */
#define READ_SIZE      4096
#define STATUS_NOT_RUN 126
#define STATUS_MISSING 127

struct stream {
    int fd; /* -1: closed */
    struct strbuf text;
    size_t kept_max, most; /* bytes that are kept, and that may come */
    size_t came;
    bool is_cut; /* more came */
};

struct helper {
    pid_t pid;   /* also its group; 0: it is over */
    int to;      /* its stdin; -1: closed */
    char *input; /* to be written there */
    size_t input_size, input_at;
    struct stream out, errors;
    int64_t deadline; /* us: then it gets TERM, and once that is sent, KILL */
    bool is_termed, is_killed, is_too_slow, is_stuck;
    int wait_status;
};

/* ---- the child ---- */

/* What the child works with: made before the fork. */
struct birth {
    const struct helper_plan *plan;
    struct texts environment; /* ends with a NULL once it is complete */
    int fds[3];
};

static void birth_clear(struct birth *birth)
{
    texts_clear(&birth->environment);
    for (int i = 0; i < 3; i++)
        fd_auto(&birth->fds[i]);
}
AUTO_DEFINE_CLEAR(birth)

static void set_limits(const struct helper_plan *plan)
{
    rlim_t seconds = (rlim_t)(plan->timeout / 1000 + 1);
    birth_limit(RLIMIT_CORE, 0, 0);
    birth_limit(RLIMIT_CPU, seconds, seconds + 2);
    birth_limit(RLIMIT_NOFILE, BIRTH_FILES_MAX, BIRTH_FILES_MAX);
    if (plan->memory > 0)
        birth_limit(RLIMIT_DATA, (rlim_t)plan->memory, (rlim_t)plan->memory);
    birth_be_nice();
}

static void run_program(const struct birth *birth)
{
    const struct helper_plan *plan = birth->plan;
    if (!plan->is_ours)
        environ = birth->environment.items;
    execvp(plan->argv[0], plan->argv);
    int why = errno;
    dprintf(STDERR_FILENO, "%s: %s\n", plan->argv[0], strerror(why));
    _exit(why == ENOENT || why == ENOTDIR ? STATUS_MISSING : STATUS_NOT_RUN);
}

static void run_call(const struct helper_plan *plan)
{
    int status = plan->call(plan->context);
    fflush(stdout);
    fflush(stderr);
    _exit(status);
}

static void become(const struct birth *birth)
{
    const struct helper_plan *plan = birth->plan;
    setpgid(0, 0);
    for (int i = 0; i < 3; i++)
        dup2(birth->fds[i], i);
    birth_close_others();
    if (!plan->is_ours) {
        set_limits(plan);
        if (chdir("/") < 0)
            _exit(STATUS_NOT_RUN);
    }
    birth_reset_signals();
    if (plan->argv)
        run_program(birth);
    run_call(plan);
}

/* ---- its start ---- */

/* One end of a new pipe is ours, and does not block; the other is its fds[number]. No
 * descriptor of the child's is below 3, so that none is written over. */
static int make_pipe(struct birth *birth, int number, int *ret_ours, struct error *err)
{
    int ends[2], its = number == 0 ? 0 : 1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, -errno, "no pipe: %s", strerror(errno));
    birth->fds[number] = fcntl(ends[its], F_DUPFD_CLOEXEC, 3);
    close(ends[its]);
    *ret_ours = ends[!its];
    fcntl(*ret_ours, F_SETFL, O_NONBLOCK);
    return birth->fds[number] < 0 ? error_set(err, -errno, "no descriptor") : 0;
}

static int make_pipes(struct helper *helper, struct birth *birth, struct error *err)
{
    int rc = make_pipe(birth, 0, &helper->to, err);
    if (rc == 0)
        rc = make_pipe(birth, 1, &helper->out.fd, err);
    if (rc == 0)
        rc = make_pipe(birth, 2, &helper->errors.fd, err);
    return rc;
}

/* No signal comes to the child before it is the child. */
static int start_child(struct helper *helper, const struct birth *birth,
                       struct error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) {
        become(birth);
        _exit(STATUS_NOT_RUN);
    }
    int why = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return error_set(err, -why, "no process can be started: %s", strerror(why));
    setpgid(pid, pid); /* whichever of us is first */
    helper->pid = pid;
    return 0;
}

static struct helper *helper_new(const struct helper_plan *plan)
{
    struct helper *helper = memory_new(sizeof *helper);
    helper->to = helper->out.fd = helper->errors.fd = -1;
    helper->input = plan->input ? memory_copy(plan->input, plan->input_size) : NULL;
    helper->input_size = plan->input ? plan->input_size : 0;
    helper->out.most = plan->out_max ? plan->out_max : LINES_SIZE_MAX;
    helper->out.kept_max = helper->out.most;
    helper->errors.most = LINES_SIZE_MAX;
    helper->errors.kept_max = HELPER_ERRORS_MAX;
    helper->deadline = clock_monotonic() + plan->timeout * 1000;
    return helper;
}

int helper_start(const struct helper_plan *plan, struct helper **ret, struct error *err)
{
    AUTO(helper) struct helper *helper = helper_new(plan);
    AUTO(birth) struct birth birth = {.plan = plan, .fds = {-1, -1, -1}};
    fflush(stdout); /* else what waits there is the child's too */
    birth_environment(plan->environment, &birth.environment);
    int rc = make_pipes(helper, &birth, err);
    if (rc == 0)
        rc = start_child(helper, &birth, err);
    if (rc == 0)
        *ret = TAKE(helper);
    return rc;
}

/* ---- while it runs ---- */

static void close_fd(int *fd)
{
    fd_auto(fd);
    *fd = -1;
}

static void feed(struct helper *helper)
{
    while (helper->to >= 0 && helper->input_at < helper->input_size) {
        ssize_t count = write(helper->to, helper->input + helper->input_at,
                              helper->input_size - helper->input_at);
        if (count > 0)
            helper->input_at += (size_t)count;
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            break; /* it reads no more */
    }
    if (helper->to >= 0)
        close_fd(&helper->to);
}

static void keep(struct stream *stream, const char *bytes, size_t size)
{
    size_t room = stream->kept_max - stream->text.size;
    strbuf_add(&stream->text, bytes, size < room ? size : room);
    stream->came += size;
    stream->is_cut = stream->came > stream->most;
}

/* Who prints without end is read no more: he may print faster than we read. */
static void drain(struct stream *stream)
{
    char bytes[READ_SIZE];
    while (stream->fd >= 0) {
        ssize_t count = read(stream->fd, bytes, sizeof bytes);
        if (count > 0)
            keep(stream, bytes, (size_t)count);
        else if (count < 0 && errno == EAGAIN)
            return;
        if (count == 0 || (count < 0 && errno != EINTR) || stream->is_cut)
            close_fd(&stream->fd);
    }
}

static bool is_cut(const struct helper *helper)
{
    return helper->out.is_cut || helper->errors.is_cut;
}

static void send_end(struct helper *helper)
{
    kill(-helper->pid, helper->is_termed ? SIGKILL : SIGTERM);
    kill(-helper->pid, SIGCONT); /* so that one that was stopped can obey */
    helper->is_killed = helper->is_termed;
    helper->is_termed = true;
    helper->deadline = clock_monotonic() + GRACE;
}

static void check_limits(struct helper *helper)
{
    bool is_late = clock_monotonic() >= helper->deadline;
    helper->is_stuck = helper->is_stuck || (is_late && helper->is_killed);
    helper->is_too_slow =
        helper->is_too_slow || (is_late && !helper->is_termed && !is_cut(helper));
    if (is_late || (is_cut(helper) && !helper->is_termed))
        send_end(helper);
}

static bool has_ended(const struct helper *helper)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)helper->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* What it started and left behind is of its group, and goes with it. Before it is
 * reaped, as nobody else has its number until then. */
static bool reap(struct helper *helper)
{
    if (!has_ended(helper))
        return false;
    kill(-helper->pid, SIGKILL);
    while (waitpid(helper->pid, &helper->wait_status, 0) < 0 && errno == EINTR)
        continue;
    helper->pid = 0;
    return true;
}

bool helper_turn(struct helper *helper)
{
    if (helper->pid == 0)
        return true;
    feed(helper);
    bool is_over = reap(helper);
    drain(&helper->out);
    drain(&helper->errors);
    if (!is_over) {
        check_limits(helper);
        return false;
    }
    close_fd(&helper->out.fd);
    close_fd(&helper->errors.fd);
    return true;
}

bool helper_is_stuck(const struct helper *helper)
{
    return helper->is_stuck;
}

int64_t helper_due(const struct helper *helper)
{
    return helper->deadline;
}

size_t helper_poll(const struct helper *helper, struct pollfd ret[HELPER_FDS])
{
    const struct pollfd all[HELPER_FDS] = {
        {.fd = helper->to, .events = POLLOUT},
        {.fd = helper->out.fd, .events = POLLIN},
        {.fd = helper->errors.fd, .events = POLLIN},
    };
    size_t count = 0;
    for (size_t i = 0; i < HELPER_FDS; i++)
        if (all[i].fd >= 0)
            ret[count++] = all[i];
    return count;
}

int helper_run(const struct helper_plan *plan, struct helper **ret, struct error *err)
{
    AUTO(helper) struct helper *helper = NULL;
    int rc = helper_start(plan, &helper, err);
    if (rc < 0)
        return rc;
    while (!helper_turn(helper) && !helper->is_stuck) {
        struct pollfd fds[HELPER_FDS];
        poll(fds, helper_poll(helper, fds), STEP_MS);
    }
    *ret = TAKE(helper);
    return 0;
}

/* ---- its end ---- */

/* One that hangs in the kernel does not obey at once; it is left to whoever reaps what
 * we leave behind. */
static void end_at_once(struct helper *helper)
{
    const struct timespec step = {.tv_nsec = 1000000};
    int64_t limit = clock_monotonic() + END_MAX;
    kill(-helper->pid, SIGKILL);
    while (!reap(helper) && clock_monotonic() < limit)
        nanosleep(&step, NULL);
}

void helper_free(struct helper *helper)
{
    if (!helper)
        return;
    if (helper->pid > 0)
        end_at_once(helper);
    fd_auto(&helper->to);
    fd_auto(&helper->out.fd);
    fd_auto(&helper->errors.fd);
    strbuf_clear(&helper->out.text);
    strbuf_clear(&helper->errors.text);
    free(helper->input);
    free(helper);
}

void helper_ended(const struct helper *helper, struct ended *ret)
{
    int status = helper->wait_status;
    *ret = (struct ended){
        .status = WIFEXITED(status) && helper->pid == 0 ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .is_too_slow = helper->is_too_slow,
        .is_stuck = helper->is_stuck && helper->pid > 0,
        .out = strbuf_text(&helper->out.text),
        .out_size = helper->out.text.size,
        .errors = strbuf_text(&helper->errors.text),
        .errors_size = helper->errors.text.size,
        .is_cut = is_cut(helper),
    };
}

/* "; it said: LINE", or nothing. */
static void last_line(const struct ended *ended, char *ret, size_t size)
{
    size_t end = ended->errors_size, from;
    ret[0] = '\0';
    while (end > 0 && strchr(" \t\r\n", ended->errors[end - 1]))
        end--;
    for (from = end; from > 0 && ended->errors[from - 1] != '\n'; from--)
        continue;
    if (end == from)
        return;
    int length = end - from > 300 ? 300 : (int)(end - from);
    snprintf(ret, size, "; it said: %.*s", length, ended->errors + from);
    utf8_tidy(ret, strlen(ret));
}

int ended_check(const struct ended *ended, int64_t timeout, struct error *err)
{
    char said[400], time[UNITS_TEXT_SIZE];
    last_line(ended, said, sizeof said);
    if (ended->is_stuck)
        return error_set(err, -ETIMEDOUT,
                         "it took longer than %s, and hangs: it cannot be ended%s",
                         duration_format(timeout, time), said);
    if (ended->is_too_slow)
        return error_set(err, -ETIMEDOUT, "it took longer than %s and was ended%s",
                         duration_format(timeout, time), said);
    if (ended->is_cut)
        return error_set(err, -EFBIG, "it printed too much and was ended%s", said);
    if (ended->signal)
        return error_set(err, -ECHILD, "it crashed: signal %d (%s)%s", ended->signal,
                         strsignal(ended->signal), said);
    if (ended->status != 0)
        return error_set(err, -EIO, "it ended with status %d%s", ended->status, said);
    return 0;
}
