// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_server - a real Redis on a free port of loopback, in a folder of its own, that
 * keeps what it has on disk; it ends with the test, however that ends. */
#ifndef TESTS_QUEUE_REDIS_SERVER_H
#define TESTS_QUEUE_REDIS_SERVER_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"

struct redis_server {
    pid_t pid; /* 0: not started */
    int port;
    char folder[64];
    char url[64]; /* "redis://127.0.0.1:PORT" */
};

static inline int redis_server_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        abort();
    close(fd);
    return ntohs(address.sin_port);
}

static inline pid_t redis_server_run(char *const argv[], int out)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

/* Whether it says that it is ready; it says so on its standard output. */
static inline int redis_server_is_ready(int fd)
{
    char line[512];
    FILE *said = fdopen(fd, "r");
    int is_ready = 0;
    while (!is_ready && fgets(line, sizeof line, said))
        is_ready = strstr(line, "Ready to accept connections") != NULL;
    fclose(said);
    return is_ready;
}

/* Listens when it returns, on the port that it had before, if it had one. options: as
 * words, the last one NULL; at most 20. */
static inline void redis_server_start(struct redis_server *server,
                                      const char *const options[])
{
    for (int tries = 0; tries < 10 && server->pid == 0; tries++) {
        char port[16];
        int ends[2];
        int number = server->port ? server->port : redis_server_free_port();
        snprintf(port, sizeof port, "%d", number);
        char *argv[40] = {(char *)"redis-server", (char *)"--port",    port,
                          (char *)"--bind",       (char *)"127.0.0.1", (char *)"--dir",
                          server->folder,         (char *)"--save",    (char *)"",
                          (char *)"--appendonly", (char *)"yes"};
        for (int i = 0; options && options[i] && i < 20; i++)
            argv[11 + i] = (char *)options[i];
        if (pipe2(ends, O_CLOEXEC) < 0)
            abort();
        pid_t pid = redis_server_run(argv, ends[1]);
        close(ends[1]);
        if (redis_server_is_ready(ends[0])) {
            server->pid = pid;
            server->port = number;
        } else {
            waitpid(pid, NULL, 0);
        }
    }
    if (server->pid == 0)
        abort();
    snprintf(server->url, sizeof server->url, "redis://127.0.0.1:%d", server->port);
}

static inline void redis_server_init(struct redis_server *server,
                                     const char *const options[])
{
    *server = (struct redis_server){.folder = "/tmp/sheepdog-redis.XXXXXX"};
    if (!mkdtemp(server->folder))
        abort();
    redis_server_start(server, options);
}

static inline void redis_server_end(struct redis_server *server, int number)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGCONT);
    kill(server->pid, number);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

static inline void redis_server_clear(struct redis_server *server)
{
    char *argv[] = {(char *)"rm", (char *)"-rf", server->folder, NULL};
    redis_server_end(server, SIGKILL);
    pid_t pid = redis_server_run(argv, STDOUT_FILENO);
    waitpid(pid, NULL, 0);
}

/* Asks it something, in hiredis's format, over a connection of its own; to be freed. */
static inline UNUSED redisReply *redis_server_ask(const struct redis_server *server,
                                                  const char *format, ...)
{
    redisContext *context = redisConnect("127.0.0.1", server->port);
    if (!context || context->err)
        abort();
    va_list values;
    va_start(values, format);
    redisReply *reply = redisvCommand(context, format, values);
    va_end(values);
    redisFree(context);
    if (!reply)
        abort();
    return reply;
}

/* The same, for what answers with a number. */
#define redis_server_count(server, ...)                                                \
    __extension__({                                                                    \
        redisReply *reply_ = redis_server_ask(server, __VA_ARGS__);                    \
        long long count_ = reply_->type == REDIS_REPLY_INTEGER ? reply_->integer : -1; \
        freeReplyObject(reply_);                                                       \
        count_;                                                                        \
    })

#endif
