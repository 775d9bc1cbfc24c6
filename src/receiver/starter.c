// SPDX-License-Identifier: GPL-3.0-or-later
/* starter - one thread, which waits for requests, for the ends of lines, and for the
 * ends of processes. */
#include "receiver/starter.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/birth.h"
#include "plugin/plugin.h"

#define STARTED_MAX 200 /* at a time */
#define FD_COUNT    4
#define LINE        3 /* its place among them */

struct starter {
    int socket;
    pid_t pid;
    struct confined_user user;
    bool can_isolate;
};

struct request {
    bool has_network;
    char path[PATH_MAX];
};

/* What carries descriptors beside a request. */
union freight {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(FD_COUNT * sizeof(int))];
};

/* ---- the process: what it started ---- */

struct started {
    pid_t pid;
    int ended; /* pidfd */
    int line;
    bool is_killed;
};

struct office {
    int socket;
    const struct confined_user *user;
    struct started items[STARTED_MAX];
    size_t count;
};

static void kill_one(struct started *started)
{
    kill(-started->pid, SIGKILL);
    started->is_killed = true;
}

static void say_end(int line, int status)
{
    ssize_t count = send(line, &status, sizeof status, MSG_NOSIGNAL);
    (void)count; /* nobody may be there any more who wants to know */
}

/* Its group goes before it is reaped, as nobody else has its number until then. */
static void reap(struct office *office, size_t at)
{
    struct started *started = &office->items[at];
    int status = SIGKILL;
    kill_one(started);
    while (waitpid(started->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    say_end(started->line, status);
    close(started->line);
    close(started->ended);
    *started = office->items[--office->count];
}

/* ---- the process: a request ---- */

static void refuse(const int *fds, const char *why)
{
    dprintf(fds[STDERR_FILENO], "%s\n", why);
    say_end(fds[LINE], CONFINEMENT_NOT_RUN << 8);
}

/* With none of what libraries do at a fork: libuv would close descriptors of the
 * server's here, whose numbers are others' by now. */
static pid_t fork_one(const struct office *office, const struct request *request,
                      const int *fds)
{
    AUTO(texts) struct texts added = {0};
    AUTO(texts) struct texts environment = {0};
    plugin_environment(&added);
    birth_environment(&added, &environment);
    struct confinement confinement = {.path = request->path,
                                      .user = office->user,
                                      .environment = environment.items,
                                      .fds = fds,
                                      .has_network = request->has_network};
    pid_t parent = getpid(), pid = _Fork();
    if (pid == 0)
        confinement_enter(&confinement, parent);
    if (pid > 0)
        setpgid(pid, pid); /* whichever of us is first */
    return pid;
}

static int start(struct office *office, const struct request *request, const int *fds,
                 struct error *err)
{
    int rc = plugin_check_file(request->path, err);
    if (rc < 0)
        return rc;
    if (office->count == STARTED_MAX)
        return error_set(err, -EAGAIN, "%d receivers run already", STARTED_MAX);
    pid_t pid = fork_one(office, request, fds);
    if (pid < 0)
        return error_set(err, -errno, "no process can be started: %s", strerror(errno));
    struct started *started = &office->items[office->count++];
    *started = (struct started){.pid = pid,
                                .ended = pidfd_open(pid, 0),
                                .line = fcntl(fds[LINE], F_DUPFD_CLOEXEC, 3)};
    if (started->ended < 0 || started->line < 0)
        reap(office, office->count - 1);
    return 0;
}

/* Returns how many descriptors came with it. */
static size_t unload(struct msghdr *message, int ret[FD_COUNT])
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size_t size = header->cmsg_len - CMSG_LEN(0);
    memcpy(ret, CMSG_DATA(header), size);
    return size / sizeof *ret;
}

/* false: the server is gone. */
static bool take_request(struct office *office)
{
    struct request request;
    union freight freight;
    struct iovec part = {.iov_base = &request, .iov_len = sizeof request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &freight,
                             .msg_controllen = sizeof freight};
    struct error why = {0};
    int fds[FD_COUNT];
    ssize_t size = recvmsg(office->socket, &message, MSG_CMSG_CLOEXEC);
    if (size <= 0)
        return size < 0 && errno == EINTR;
    size_t count = unload(&message, fds);
    bool is_whole = size == sizeof request && count == FD_COUNT &&
                    memchr(request.path, '\0', sizeof request.path);
    if (is_whole && start(office, &request, fds, &why) < 0)
        refuse(fds, why.text);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
    return true;
}

/* ---- the process: the round ---- */

static size_t gather(const struct office *office, struct pollfd *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < office->count; i++) {
        const struct started *started = &office->items[i];
        ret[count++] = (struct pollfd){.fd = started->ended, .events = POLLIN};
        ret[count++] = (struct pollfd){.fd = started->is_killed ? -1 : started->line,
                                       .events = POLLIN};
    }
    ret[count++] = (struct pollfd){.fd = office->socket, .events = POLLIN};
    return count;
}

/* From the last one on: reap puts that in the place of the one that is gone. */
static void serve(struct office *office)
{
    struct pollfd fds[2 * STARTED_MAX + 1];
    for (bool has_server = true; has_server;) {
        size_t count = gather(office, fds);
        if (poll(fds, count, -1) < 0)
            continue;
        for (size_t i = office->count; i-- > 0;)
            if (fds[2 * i].revents)
                reap(office, i);
            else if (fds[2 * i + 1].revents)
                kill_one(&office->items[i]);
        if (fds[count - 1].revents)
            has_server = take_request(office);
    }
    while (office->count > 0)
        reap(office, office->count - 1);
}

/* Nothing of the server stays with it but the socket; signals that are sent to all of
 * us are for the server. */
static _Noreturn void run(int socket, const struct confined_user *user)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct office office = {.socket = 3, .user = user};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    int kept = fcntl(socket, F_DUPFD_CLOEXEC, office.socket + 1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < office.socket; i++)
        dup2(null, i);
    dup2(kept, office.socket);
    close_range((unsigned)office.socket + 1, UINT_MAX, 0);
    prctl(PR_SET_NAME, "sheepdog-start");
    serve(&office);
    _exit(EXIT_SUCCESS);
}

/* ---- the server ---- */

int starter_open(struct starter **ret, struct error *err)
{
    int ends[2];
    struct confined_user user;
    confinement_find_user(&user);
    bool can_isolate = confinement_can_isolate();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_set(err, -errno, "no socket: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        run(ends[1], &user);
    int why = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_set(err, -why, "no process can be started: %s", strerror(why));
    }
    struct starter *starter = memory_new(sizeof *starter);
    *starter = (struct starter){
        .socket = ends[0], .pid = pid, .user = user, .can_isolate = can_isolate};
    *ret = starter;
    return 0;
}

void starter_close(struct starter *starter)
{
    if (!starter)
        return;
    close(starter->socket);
    while (waitpid(starter->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(starter);
}

const struct confined_user *starter_user(const struct starter *starter)
{
    return &starter->user;
}

bool starter_can_isolate(const struct starter *starter)
{
    return starter->can_isolate;
}

int starter_start(const struct starter *starter, const struct starter_plan *plan,
                  struct error *err)
{
    struct request request = {.has_network = plan->has_network};
    union freight freight = {.bytes = {0}};
    struct iovec part = {.iov_base = &request, .iov_len = sizeof request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &freight,
                             .msg_controllen = sizeof freight};
    if (strlen(plan->path) >= sizeof request.path)
        return error_set(err, -ENAMETOOLONG, "%.60s…: too long a path", plan->path);
    memcpy(request.path, plan->path, strlen(plan->path));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof plan->fds);
    memcpy(CMSG_DATA(header), plan->fds, sizeof plan->fds);
    while (sendmsg(starter->socket, &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return error_set(err, -errno,
                             "the process that starts receivers is gone (%s): restart "
                             "the server",
                             strerror(errno));
    return 0;
}
