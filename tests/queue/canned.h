// SPDX-License-Identifier: GPL-3.0-or-later
/* canned - a server that gives prepared answers, one a request, in a process of its
 * own, and writes down all that it was sent.
 *
 * An answer is all bytes as they go out; NULL closes the connection without one. */
#ifndef TESTS_QUEUE_CANNED_H
#define TESTS_QUEUE_CANNED_H

#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

struct canned {
    pid_t pid;
    int port;
    FILE *heard; /* "CONNECT\n" a connection, and each request */
};

/* A socket on 127.0.0.1 that refuses until someone listens. */
static inline int canned_bind(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        abort();
    *ret_port = ntohs(address.sin_port);
    return fd;
}

/* Reads one request; false when the client has closed. */
static inline bool canned_hear(int fd, FILE *heard)
{
    AUTO(strbuf) struct strbuf request = {0};
    size_t wanted = SIZE_MAX;
    while (request.size < wanted) {
        char piece[65536];
        ssize_t count = read(fd, piece, sizeof piece);
        if (count <= 0)
            return false;
        strbuf_add(&request, piece, (size_t)count);
        const char *end = strstr(request.data, "\r\n\r\n");
        const char *length = strstr(request.data, "Content-Length: ");
        if (end && wanted == SIZE_MAX)
            wanted = (size_t)(end + 4 - request.data) +
                     (length ? strtoul(length + 16, NULL, 10) : 0);
    }
    fwrite(request.data, 1, request.size, heard);
    fflush(heard);
    return true;
}

static inline void canned_serve(int listener, const char *const *answers, size_t count,
                                FILE *heard)
{
    int fd = -1;
    for (size_t i = 0; i < count;) {
        if (fd < 0) {
            fd = accept(listener, NULL, NULL);
            fputs("CONNECT\n", heard);
        }
        bool is_heard = canned_hear(fd, heard);
        if (is_heard && answers[i] &&
            files_write_all(fd, answers[i], strlen(answers[i])) < 0)
            break;
        if (!is_heard || !answers[i] || !strstr(answers[i], "Content-Length")) {
            close(fd);
            fd = -1;
        }
        i += is_heard;
    }
}

static inline struct canned canned_start(const char *const *answers, size_t count)
{
    struct canned canned = {.heard = tmpfile()};
    int listener = canned_bind(&canned.port);
    if (!canned.heard || listen(listener, 8) < 0)
        abort();
    fflush(NULL);
    canned.pid = fork();
    if (canned.pid == 0) {
        signal(SIGPIPE, SIG_IGN);
        canned_serve(listener, answers, count, canned.heard);
        fflush(canned.heard);
        _exit(0);
    }
    close(listener);
    return canned;
}

/* Ends it; what it heard, to be freed. */
static inline char *canned_stop(struct canned *canned)
{
    AUTO(strbuf) struct strbuf text = {0};
    kill(canned->pid, SIGKILL);
    waitpid(canned->pid, NULL, 0);
    rewind(canned->heard);
    char piece[4096];
    for (size_t size; (size = fread(piece, 1, sizeof piece, canned->heard)) > 0;)
        strbuf_add(&text, piece, size);
    fclose(canned->heard);
    return strbuf_take(&text);
}

/* "HTTP/1.1 202 …" with the body, to be freed. */
static inline char *canned_answer(const char *status, const char *body)
{
    return text_format("HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status,
                       strlen(body), body);
}

/* How often needle stands in text. */
static inline int canned_count(const char *text, const char *needle)
{
    int count = 0;
    for (; (text = strstr(text, needle)) != NULL; text += strlen(needle))
        count++;
    return count;
}

#endif
