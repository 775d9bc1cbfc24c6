// SPDX-License-Identifier: GPL-3.0-or-later
/* door - messages a second that are acknowledged as durable, beside Redis.
 *
 *     50 connections ──> sheepdog-queue-daemon    POST, answered when it is on disk
 *                    ──> redis-server             XADD, appendfsync always
 *
 * One client speaks to both, in turns: each connection has one message of 400 bytes
 * under way. Both write into a new folder within the current one, whose disk is
 * measured. A round of ours ends when the store has caught up; at the end it must hold
 * what was acknowledged, each message once.
 *
 *     door PORT FIRST    one round to a server that runs, with messages from that
 *                        number on: says messages a second, and the next number */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define CONNECTIONS  50
#define MESSAGE_SIZE 400
#define HOSTS        50
#define TAGS         20
#define ROUNDS       3
#define ROUND_MS     3000
#define START_MS     10000
#define CATCH_UP_MS  60000
#define ID_PREFIX    "0192e4c8-0000-7000-8000-"
#define PAGE_MAX     ((size_t)64 << 20)

/* ---- how each is spoken to ---- */

struct protocol {
    const char *name;

    /* Appends the request that sends the message. */
    void (*ask)(struct strbuf *buf, const char *json, size_t size);

    /* 1: the reply is there and acknowledges; 0: more is to come; -1: it refuses. */
    int (*read)(const char *reply);

    /* Waits until the message of that number is stored; NULL: it is once it is
     * acknowledged. */
    int (*catch_up)(int port, long number);
};

static void ask_sheepdog(struct strbuf *buf, const char *json, size_t size)
{
    strbuf_printf(buf,
                  "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                  size);
    strbuf_add(buf, json, size);
}

static int read_sheepdog(const char *reply)
{
    const char *body = strstr(reply, "\r\n\r\n");
    if (!body || !strchr(body + 4, '\n'))
        return 0;
    return strncmp(reply, "HTTP/1.1 202 ", 13) == 0 ? 1 : -1;
}

static void ask_redis(struct strbuf *buf, const char *json, size_t size)
{
    strbuf_printf(buf,
                  "*5\r\n$4\r\nXADD\r\n$17\r\nsheepdog:messages\r\n$1\r\n*\r\n"
                  "$7\r\nmessage\r\n$%zu\r\n",
                  size);
    strbuf_add(buf, json, size);
    strbuf_puts(buf, "\r\n");
}

/* The id that was given: "$15\r\n1700000000000-0\r\n" */
static int read_redis(const char *reply)
{
    if (*reply == '-')
        return -1;
    const char *line = strchr(reply, '\n');
    return line && strchr(line + 1, '\n');
}

static int catch_up(int port, long number);

static const struct protocol sheepdog = {
    .name = "sheepdog",
    .ask = ask_sheepdog,
    .read = read_sheepdog,
    .catch_up = catch_up,
};
static const struct protocol redis = {
    .name = "redis",
    .ask = ask_redis,
    .read = read_redis,
};

/* ---- the messages ---- */

/* Message number `number`: 400 bytes, its id says the number. */
static void write_message(char ret[MESSAGE_SIZE + 1], long number)
{
    char time[CLOCK_TEXT_SIZE];
    clock_format_utc(clock_now(), time);
    int head = snprintf(
        ret, MESSAGE_SIZE + 1,
        "{\"v\":1,\"id\":\"" ID_PREFIX "%012lx\",\"kind\":\"outcome\","
        "\"host\":\"penguin%ld\",\"user\":\"wrk\",\"tag\":\"job-%ld\",\"time\":\"%s\","
        "\"zone\":\"America/Chicago\",\"command\":\"nightly-copy --all\",\"status\":0,"
        "\"signal\":null,\"err\":\"SUCCESS\",\"elapsed\":1.250,\"stdout\":null,"
        "\"stderr\":\"",
        number, number % HOSTS, number / HOSTS % TAGS, time);
    memset(ret + head, '.', (size_t)(MESSAGE_SIZE - head - 2));
    memcpy(ret + MESSAGE_SIZE - 2, "\"}", 3);
}

/* ---- the client ---- */

struct client {
    int fd;
    char reply[1024];
    size_t size;
};

struct round {
    const struct protocol *protocol;
    struct client clients[CONNECTIONS];
    struct strbuf request;
    long next;   /* number of the next message */
    long done;   /* acknowledged */
    int running; /* clients that wait for an acknowledgement */
};

static int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((in_port_t)port)};
    static const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int rc = -errno;
    close(fd);
    return rc;
}

static int send_next(struct round *round, struct client *client)
{
    char json[MESSAGE_SIZE + 1];
    write_message(json, round->next++);
    strbuf_shorten(&round->request, 0);
    round->protocol->ask(&round->request, json, MESSAGE_SIZE);
    client->size = 0;
    return files_write_all(client->fd, round->request.data, round->request.size);
}

/* 1: its message is acknowledged. */
static int receive(struct round *round, struct client *client)
{
    ssize_t count = read(client->fd, client->reply + client->size,
                         sizeof client->reply - 1 - client->size);
    if (count <= 0)
        return count < 0 ? -errno : -ECONNRESET;
    client->size += (size_t)count;
    client->reply[client->size] = '\0';
    int is_done = round->protocol->read(client->reply);
    if (is_done < 0)
        fprintf(stderr, "%s refuses: %s\n", round->protocol->name, client->reply);
    return is_done < 0 ? -EPROTO : is_done;
}

static int start_clients(struct round *round, int port, int epoll)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        struct client *client = &round->clients[i];
        client->fd = dial(port);
        if (client->fd < 0)
            return client->fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event);
        int rc = send_next(round, client);
        if (rc < 0)
            return rc;
        round->running++;
    }
    return 0;
}

/* Until the time is over and all that was sent is acknowledged. */
static int drive(struct round *round, int epoll, int64_t end)
{
    struct epoll_event events[CONNECTIONS];
    while (round->running > 0) {
        int count = epoll_wait(epoll, events, CONNECTIONS, START_MS);
        if (count <= 0)
            return count < 0 ? -errno : -ETIMEDOUT;
        bool is_over = clock_monotonic() >= end;
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            int rc = receive(round, client);
            if (rc == 1) {
                round->done++;
                round->running -= is_over;
                rc = is_over ? 0 : send_next(round, client);
            }
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

/* Microseconds of processor that the process has used. */
static double used_processor(pid_t pid)
{
    AUTO(str) char *path = text_format("/proc/%d/stat", (int)pid);
    AUTO(strbuf) struct strbuf text = {0};
    unsigned long user = 0, system_ticks = 0;
    if (files_read(path, 4096, &text, NULL) == 0)
        sscanf(strrchr(text.data, ')'),
               ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system_ticks);
    return (double)(user + system_ticks) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

/* One server of the two. */
struct peer {
    const struct protocol *protocol;
    int port; /* 0: it is not there */
    pid_t pid;
    long next;            /* number of the next message */
    double rates[ROUNDS]; /* messages a second */
    double processor;     /* microseconds a message, in the last round */
};

/* One round; gives messages a second, or a negative errno. */
static double run_round(struct peer *peer)
{
    struct round round = {.protocol = peer->protocol, .next = peer->next};
    double processor = used_processor(peer->pid);
    AUTO(fd) int epoll = epoll_create1(EPOLL_CLOEXEC);
    int64_t start = clock_monotonic();
    int rc = start_clients(&round, peer->port, epoll);
    if (rc == 0)
        rc = drive(&round, epoll, start + ROUND_MS * 1000);
    if (rc == 0 && peer->protocol->catch_up)
        rc = peer->protocol->catch_up(peer->port, round.next - 1);
    double seconds = (double)(clock_monotonic() - start) / 1e6;
    for (int i = 0; i < CONNECTIONS; i++)
        if (round.clients[i].fd > 0)
            close(round.clients[i].fd);
    strbuf_clear(&round.request);
    peer->next = round.next;
    peer->processor = (used_processor(peer->pid) - processor) / (double)round.done;
    return rc < 0 ? rc : (double)round.done / seconds;
}

/* ---- the servers ---- */

static pid_t start_program(char *const argv[], const char *log)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

static void end_program(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

/* Waits for the line in the log that names the port. */
static int find_port(const char *log)
{
    static const char mark[] = "listening on http://127.0.0.1:";
    for (int ms = 0; ms < START_MS; ms += 10) {
        AUTO(strbuf) struct strbuf text = {0};
        if (files_read(log, 1 << 20, &text, NULL) == 0) {
            const char *at = strstr(strbuf_text(&text), mark);
            if (at && strchr(at, '\n'))
                return (int)strtol(at + strlen(mark), NULL, 10);
        }
        usleep(10000);
    }
    return -ETIMEDOUT;
}

static pid_t start_sheepdog(const char *folder, int *ret_port)
{
    char self[4096] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return -errno;
    *strrchr(self, '/') = '\0';
    AUTO(str) char *program = text_format("%s/../sheepdog-queue-daemon", self);
    AUTO(str) char *conf = text_format("%s/server.conf", folder);
    AUTO(str) char *log = text_format("%s/sheepdog.log", folder);
    AUTO(str) char *text = text_format("(store \"%s/sheepdog.db\")\n", folder);
    if (files_put(folder, "server.conf", text, strlen(text), NULL) < 0)
        return -EIO;
    char *argv[] = {program, "-c", conf, "--port", "0", NULL};
    pid_t pid = start_program(argv, log);
    *ret_port = find_port(log);
    return pid;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    AUTO(fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return -errno;
    return ntohs(address.sin_port);
}

static pid_t start_redis(const char *folder, int *ret_port)
{
    int found = free_port();
    AUTO(str) char *port = text_format("%d", found);
    AUTO(str) char *log = text_format("%s/redis.log", folder);
    char *argv[] = {"redis-server",
                    "--port",
                    port,
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    (char *)folder,
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "always",
                    "--save",
                    "",
                    NULL};
    pid_t pid = start_program(argv, log);
    for (int ms = 0; ms < START_MS; ms += 10) {
        AUTO(fd) int fd = dial(found);
        if (fd >= 0) {
            *ret_port = found;
            return pid;
        }
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return -ENOENT;
        usleep(10000);
    }
    end_program(pid);
    return -ETIMEDOUT;
}

/* ---- what is stored ---- */

static int get(int port, const char *path, struct strbuf *page)
{
    AUTO(str)
    char *request = text_format("GET %s HTTP/1.1\r\nHost: localhost\r\n"
                                "Connection: close\r\n\r\n",
                                path);
    AUTO(fd) int fd = dial(port);
    if (fd < 0)
        return fd;
    int rc = files_write_all(fd, request, strlen(request));
    return rc < 0 ? rc : files_read_fd(fd, PAGE_MAX, page, NULL);
}

/* One page of the messages before an id ("": the newest). */
static int read_page(int port, const char *before, struct strbuf *page)
{
    AUTO(str)
    char *path =
        text_format("/v1/messages?limit=10000%s%s", *before ? "&before=" : "", before);
    return get(port, path, page);
}

static int catch_up(int port, long number)
{
    AUTO(str) char *path = text_format("/v1/messages/" ID_PREFIX "%012lx", number);
    int64_t end = clock_monotonic() + CATCH_UP_MS * 1000;
    while (clock_monotonic() < end) {
        AUTO(strbuf) struct strbuf page = {0};
        int rc = get(port, path, &page);
        if (rc < 0 || strncmp(page.data, "HTTP/1.1 200", 12) == 0)
            return rc;
        usleep(1000);
    }
    return -ETIMEDOUT;
}

/* Counts those that are stored once; others are said. */
static long count_stored(int port, long sent)
{
    AUTO(str) char *seen = memory_new((size_t)sent);
    char before[40] = "";
    long stored = 0, found;
    do {
        AUTO(strbuf) struct strbuf page = {0};
        if (read_page(port, before, &page) < 0)
            return -1;
        found = 0;
        static const char mark[] = "\"id\":\"" ID_PREFIX;
        const char *at = strbuf_text(&page);
        while ((at = strstr(at, mark))) {
            snprintf(before, sizeof before, "%.36s", at + strlen("\"id\":\""));
            at += strlen(mark);
            long number = strtol(at, NULL, 16);
            if (number >= sent || seen[number]++)
                printf("message %ld is stored, and was not sent so often\n", number);
            else
                stored++;
            found++;
        }
    } while (found > 0);
    return stored;
}

/* ---- the figures ---- */

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static double median(double rates[ROUNDS])
{
    qsort(rates, ROUNDS, sizeof *rates, compare);
    return rates[ROUNDS / 2];
}

static void say_round(int number, const struct peer *ours, const struct peer *theirs)
{
    printf("round %d   sheepdog %8.0f  (%3.0f us of processor each)   redis %8.0f  "
           "(%3.0f)\n",
           number + 1, ours->rates[number], ours->processor, theirs->rates[number],
           theirs->processor);
}

static int measure(struct peer *ours, struct peer *theirs)
{
    printf("%d connections, messages of %d bytes; acknowledged messages a second\n",
           CONNECTIONS, MESSAGE_SIZE);
    for (int i = 0; i < ROUNDS; i++) {
        ours->rates[i] = run_round(ours);
        if (theirs->port > 0)
            theirs->rates[i] = run_round(theirs);
        say_round(i, ours, theirs);
        if (ours->rates[i] < 0 || theirs->rates[i] < 0)
            return 1;
    }
    double our_median = median(ours->rates), their_median = median(theirs->rates);
    printf("median    sheepdog %8.0f   redis %8.0f\n", our_median, their_median);
    if (theirs->port > 0)
        printf("ratio     %.2f of Redis (to be reached: 1.0)\n",
               our_median / their_median);
    long stored = count_stored(ours->port, ours->next);
    printf("stored    %ld of %ld acknowledged, each once\n", stored, ours->next);
    return stored == ours->next ? 0 : 1;
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

/* For bench/askers, which has a server of its own. */
static int measure_running(int port, long first)
{
    struct peer peer = {.protocol = &sheepdog, .port = port, .next = first};
    double rate = run_round(&peer);
    printf("%.0f %ld\n", rate, peer.next);
    return rate < 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3)
        return measure_running((int)strtol(argv[1], NULL, 10),
                               strtol(argv[2], NULL, 10));
    AUTO(str) char *here = getcwd(NULL, 0);
    AUTO(str) char *folder = text_format("%s/bench-door.XXXXXX", here);
    if (!mkdtemp(folder)) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return 1;
    }
    int status = 1;
    struct peer ours = {.protocol = &sheepdog}, theirs = {.protocol = &redis};
    ours.pid = start_sheepdog(folder, &ours.port);
    theirs.pid = start_redis(folder, &theirs.port);
    if (theirs.pid < 0)
        printf("no Redis to measure beside it; to install: apt-get install "
               "redis-server\n");
    if (ours.port > 0)
        status = measure(&ours, &theirs);
    else
        fprintf(stderr, "sheepdog-queue-daemon does not start\n");
    end_program(theirs.pid);
    end_program(ours.pid);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
