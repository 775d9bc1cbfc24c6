// SPDX-License-Identifier: GPL-3.0-or-later
/* import - gives the server what another one exported. Each message has its id, by
 * which the store knows what it has: so it may be done any number of times. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "config/config.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/progress.h"
#include "message/message.h"
#include "queue/queue.h"

#define BATCH_COUNT 500
#define BATCH_SIZE  (8 << 20)
#define PATIENCE    30000000 /* microseconds for a batch, when the server is busy */

struct import_options {
    const char *conf;
    bool strict;
};

#define AT(member) offsetof(struct import_options, member)

static const struct option_row import_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "strict", NULL, OPTION_FLAG, AT(strict), "end at the first line that is wrong"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

struct import {
    struct queue *queue;
    struct progress progress;
    bool is_strict;
    const char *file; /* that is read; lent */
    size_t taken, refused;

    /* what goes next, of one file */
    struct sending items[BATCH_COUNT];
    size_t lines[BATCH_COUNT]; /* where each stands */
    size_t count, size;
};

static void refuse(struct import *import, size_t line, const char *why)
{
    progress_end(&import->progress);
    say("import: %s:%zu: %s", import->file, line, why);
    import->refused++;
}

static void clear_batch(struct import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        free((char *)import->items[i].json);
        sending_clear(&import->items[i]);
    }
    import->count = import->size = 0;
}

/* A server that cannot take more just now is asked again. */
static int send_patiently(struct import *import, struct error *err)
{
    int64_t deadline = clock_monotonic() + PATIENCE;
    queue_set_deadline(import->queue, deadline);
    int rc;
    while ((rc = queue_send(import->queue, import->items, import->count, err)) ==
               -EAGAIN &&
           clock_monotonic() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    return rc;
}

static int send_batch(struct import *import, struct error *err)
{
    size_t wrong = import->refused;
    int rc = import->count > 0 ? send_patiently(import, err) : 0;
    for (size_t i = 0; i < import->count; i++) {
        if (import->items[i].verdict == SENDING_TAKEN)
            import->taken++;
        if (import->items[i].verdict == SENDING_REFUSED)
            refuse(import, import->lines[i], import->items[i].why);
    }
    clear_batch(import);
    progress_tell(&import->progress, import->taken);
    if (rc == 0 && import->is_strict && import->refused > wrong)
        return error_set(err, -EBADMSG, "--strict ends it there");
    return rc;
}

/* Without an id it would be another message each time. */
static int check_line(const char *line, size_t size, struct error *err)
{
    struct message_defaults defaults = {.now = 0};
    AUTO(message) struct message *message = NULL;
    json_auto_t *object =
        json_loadb(line, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    int rc = message_parse(line, size, &defaults, &message, err);
    if (rc == 0 && !json_is_string(json_object_get(object, "id")))
        return error_set(err, -EBADMSG, "it has no id");
    return rc;
}

static int add_line(struct import *import, const char *line, size_t size, size_t number,
                    struct error *err)
{
    struct error why;
    if (check_line(line, size, &why) < 0) {
        refuse(import, number, why.text);
        return import->is_strict ? error_set(err, -EBADMSG, "--strict ends it there")
                                 : 0;
    }
    import->items[import->count] =
        (struct sending){.json = memory_copy(line, size), .size = size};
    import->lines[import->count++] = number;
    import->size += size;
    bool is_full = import->count == BATCH_COUNT || import->size >= BATCH_SIZE;
    return is_full ? send_batch(import, err) : 0;
}

/* What stands before a line that ends it all is sent all the same. */
static int read_lines(struct import *import, FILE *from, struct error *err)
{
    AUTO(str) char *line = NULL;
    size_t room = 0, number = 0;
    int rc = 0;
    for (ssize_t size; rc == 0 && (size = getline(&line, &room, from)) >= 0;) {
        number++;
        if (size > 0 && line[size - 1] == '\n')
            size--;
        if (strspn(line, " \t\r\n") < (size_t)size)
            rc = add_line(import, line, (size_t)size, number, err);
    }
    if (rc == 0 && ferror(from))
        rc = error_set(err, -EIO, "%s: it cannot be read on", import->file);
    struct error why;
    int sent = send_batch(import, rc < 0 ? &why : err);
    return rc < 0 ? rc : sent;
}

static int read_file(struct import *import, const char *path, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    AUTO(file) FILE *file = is_stdin ? NULL : fopen(path, "re");
    if (!is_stdin && !file)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    import->file = is_stdin ? "stdin" : path;
    return read_lines(import, is_stdin ? stdin : file, err);
}

static int open_door(const char *conf, struct config **ret_config, struct queue **ret,
                     struct error *err)
{
    int rc = config_open(conf, ret_config, err);
    if (rc < 0)
        return rc;
    struct queue_place place = {.url = (char *)fetch_place(*ret_config)};
    struct queue_options options = {.place = &place, .config = *ret_config};
    return queue_open(&options, ret, err);
}

static int import_all(struct import *import, const struct words *files,
                      struct error *err)
{
    char *standard[] = {(char *)"-"};
    struct words all = files->count > 0 ? *files : (struct words){standard, 1};
    int rc = 0;
    import->progress = progress_start();
    for (size_t i = 0; rc == 0 && i < all.count; i++)
        rc = read_file(import, all.items[i], err);
    progress_end(&import->progress);
    printf("%zu taken, %zu refused\n", import->taken, import->refused);
    return rc;
}

static int run(int argc, char **argv)
{
    struct import_options options = {0};
    struct words files;
    struct error err;
    AUTO(config) struct config *config = NULL;
    AUTO(queue) struct queue *queue = NULL;
    int exit_status = look_begin_words(&look_import, argc, argv, &options, &files);
    if (exit_status >= 0)
        return exit_status;
    int rc = open_door(options.conf, &config, &queue, &err);
    struct import *import = memory_new(sizeof *import);
    import->queue = queue;
    import->is_strict = options.strict;
    if (rc == 0)
        rc = import_all(import, &files, &err);
    bool is_whole = rc == 0 && import->refused == 0;
    free(import);
    if (rc < 0)
        say("import: %s; what is missing may be imported again", err.text);
    return is_whole ? EXIT_OK : EXIT_FAILED;
}

const struct command look_import = {
    .name = "import",
    .arguments = "[OPTIONS] [FILE …]",
    .summary = "give the server what another one exported",
    .options = import_rows,
    .run = run,
};
