// SPDX-License-Identifier: GPL-3.0-or-later
/* mail_server - the real mail server of tests/way, for the unit tests: run from the top
 * of the source tree. */
#ifndef TESTS_NOTIFY_MAIL_SERVER_H
#define TESTS_NOTIFY_MAIL_SERVER_H

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define PYTHON "/usr/bin/python3"

struct mail_server {
    pid_t pid; /* 0: not started */
    int port;
    char folder[64]; /* the Maildir is in it */
};

/* Starts a program whose stdout is out; it ends with the test, however that ends. */
static inline pid_t start_program(char *const argv[], int out)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDOUT_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

/* Runs a program; what it prints is appended to ret. Returns its exit status. */
static inline int run_program(char *const argv[], struct strbuf *ret)
{
    int ends[2], status = -1;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = start_program(argv, ends[1]);
    close(ends[1]);
    if (files_read_fd(ends[0], 1 << 20, ret, NULL) < 0 || waitpid(pid, &status, 0) < 0)
        status = -1;
    close(ends[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void mail_server_init(struct mail_server *server)
{
    *server = (struct mail_server){.folder = "/tmp/sheepdog-mail.XXXXXX"};
    if (!mkdtemp(server->folder))
        abort();
}

/* Listens when it returns, on the port it had before, or a free one. options: as words,
 * the last one NULL; at most 12. */
static inline void mail_server_start(struct mail_server *server,
                                     const char *const options[])
{
    char port[16];
    snprintf(port, sizeof port, "%d", server->port);
    char *argv[20] = {(char *)PYTHON, (char *)"tests/way/smtp-server", server->folder,
                      (char *)"--port", port};
    for (int i = 0; options && options[i] && i < 12; i++)
        argv[5 + i] = (char *)options[i];

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        abort();
    server->pid = start_program(argv, ends[1]);
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    if (fscanf(said, "%d", &server->port) != 1)
        server->port = 0;
    fclose(said);
}

static inline void mail_server_stop(struct mail_server *server)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

static inline void mail_server_clear(struct mail_server *server)
{
    mail_server_stop(server);
    char *argv[] = {(char *)"/bin/rm", (char *)"-rf", server->folder, NULL};
    struct strbuf ignored = {0};
    run_program(argv, &ignored);
    strbuf_clear(&ignored);
}

static inline int is_a_mail_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* How many arrived. */
static inline int mail_server_count(const struct mail_server *server)
{
    char path[128];
    snprintf(path, sizeof path, "%s/new", server->folder);
    struct dirent **names;
    int count = scandir(path, &names, is_a_mail_file, alphasort);
    for (int i = 0; i < count; i++)
        free(names[i]);
    if (count >= 0)
        free(names);
    return count;
}

/* The path of one that arrived, counted from 0 in the order of their names, to be
 * freed. The names of one server's life are in the order of arrival. */
static inline char *mail_server_path(const struct mail_server *server, int number)
{
    char path[128], *found = NULL;
    snprintf(path, sizeof path, "%s/new", server->folder);
    struct dirent **names;
    int count = scandir(path, &names, is_a_mail_file, alphasort);
    for (int i = 0; i < count; i++) {
        if (i == number)
            found = text_format("%s/%s", path, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return found;
}

/* What a mail program reads in it: the header that is named, or the body where that is
 * NULL. To be freed; NULL where the mail has a defect. */
static inline char *mail_server_read(const struct mail_server *server, int number,
                                     const char *header)
{
    char *path = mail_server_path(server, number);
    char *argv[] = {(char *)PYTHON, (char *)"tests/way/mail-read",
                    path ? path : (char *)"none", (char *)header, NULL};
    struct strbuf text = {0};
    int status = run_program(argv, &text);
    free(path);
    if (status == 0)
        return strbuf_take(&text);
    strbuf_clear(&text);
    return NULL;
}

#endif
