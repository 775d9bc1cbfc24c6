// SPDX-License-Identifier: GPL-3.0-or-later
/* rabbit_server - a real RabbitMQ on free ports of loopback, in a folder of its own; it
 * ends with the test, however that ends. See tests/way/rabbit-server. */
#ifndef TESTS_QUEUE_RABBIT_SERVER_H
#define TESTS_QUEUE_RABBIT_SERVER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/memory.h"

struct rabbit_server {
    pid_t pid, broker; /* of the script, and of the broker itself; 0: not started */
    int port, tls_port;
    char folder[64];
    const char *certificate, *key; /* files; NULL: no TLS. Lent */
};

/* Listens when it returns, on the port that it had before, if it had one. */
static inline void rabbit_server_start(struct rabbit_server *server)
{
    char port[16], line[64] = "";
    char *argv[9] = {(char *)"tests/way/rabbit-server", server->folder};
    int ends[2], count = 2;
    snprintf(port, sizeof port, "%d", server->port);
    if (server->port) {
        argv[count++] = (char *)"--port";
        argv[count++] = port;
    }
    if (server->certificate) {
        argv[count++] = (char *)"--tls";
        argv[count++] = (char *)server->certificate;
        argv[count++] = (char *)server->key;
    }
    if (pipe(ends) < 0 || (server->pid = fork()) < 0)
        abort();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    char *got = fgets(line, sizeof line, said);
    fclose(said);
    if (!got || sscanf(line, "%d %d %d", &server->port, &server->broker,
                       &server->tls_port) < 2) {
        fprintf(stderr, "RabbitMQ does not start\n");
        exit(1);
    }
}

static inline void rabbit_server_init(struct rabbit_server *server,
                                      const char *certificate, const char *key)
{
    *server = (struct rabbit_server){
        .folder = "/tmp/rabbit-test.XXXXXX", .certificate = certificate, .key = key};
    if (!mkdtemp(server->folder))
        abort();
    rabbit_server_start(server);
}

/* As a power cut would. */
static inline void rabbit_server_kill(struct rabbit_server *server)
{
    kill(server->broker, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = server->broker = 0;
}

/* The exit status of a shell's command. */
static inline int rabbit_server_shell(const char *command)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return status;
}

/* Stopped when it returns: a process runs until the signal has reached each of its
 * threads. SIGCONT lets it go on. */
static inline void rabbit_server_stop(const struct rabbit_server *server)
{
    char *command =
        text_format("for try in $(seq 1000); do cat /proc/%d/task/*/status "
                    "2>/dev/null | grep ^State: | grep -qv stopped || exit 0; "
                    "sleep 0.01; done; exit 1",
                    (int)server->broker);
    kill(server->broker, SIGSTOP);
    int status = rabbit_server_shell(command);
    free(command);
    if (status != 0) {
        fprintf(stderr, "RabbitMQ does not stop\n");
        exit(1);
    }
}

/* rabbitmqctl WORDS */
static inline void rabbit_server_tell(const struct rabbit_server *server,
                                      const char *words)
{
    char *command =
        text_format(". %s/env; /usr/lib/rabbitmq/bin/rabbitmqctl -q %s >%s/told 2>&1",
                    server->folder, words, server->folder);
    int status = rabbit_server_shell(command);
    free(command);
    if (status != 0) {
        fprintf(stderr, "rabbitmqctl %s: status %d\n", words, status);
        exit(1);
    }
}

static inline void rabbit_server_clear(struct rabbit_server *server)
{
    char *command = text_format("rm -rf %s", server->folder);
    if (server->pid > 0) {
        kill(server->pid, SIGTERM);
        waitpid(server->pid, NULL, 0);
    }
    rabbit_server_shell(command);
    free(command);
}

#endif
