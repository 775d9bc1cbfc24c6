// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-deliver - brings what waits in the spool to the queue, and ends. `sheepdog`
 * starts it when there is something to bring; cron or a person may too. When nothing
 * was taken for long, it sees to it that the machine mails by itself. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alone/alone.h"
#include "bark/room.h"
#include "bark/spool.h"
#include "bark/tried.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "message/message.h"
#include "notify/sendmail.h"
#include "queue/deliver.h"
#include "queue/queue.h"

#define PATIENCE_MAX 86400000 /* ms */
#define MAIL_TIME    1500     /* ms beyond patience: see GRACE in bark/dispatch.c */

struct deliver_options {
    const char *conf, *folder;
    int64_t patience; /* ms; -1: as configured */
    bool from_stdin, is_counting;
};

#define AT(member) offsetof(struct deliver_options, member)

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "folder", "FOLDER", OPTION_TEXT, AT(folder),
     "the spool, if it is not the configuration's"},
    {0, "patience", "DURATION", OPTION_DURATION, AT(patience),
     "how long to try, if it is not as configured"},
    {0, "count", NULL, OPTION_FLAG, AT(is_counting), "print how many were delivered"},
    {0, "stdin", NULL, OPTION_FLAG, AT(from_stdin),
     "send the one message on stdin, and leave the spool alone"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* One run of this program. */
struct errand {
    const struct config *config;
    char *folder;            /* of the spool; NULL: for a message on stdin */
    int64_t start, patience; /* microseconds, monotonic; ms */
    struct tried tried;
    size_t taken; /* messages */
};

static void say_sentence(const char *sentence)
{
    say("%s", sentence);
}

static int open_queue(const struct errand *errand, struct queue **ret,
                      struct error *err)
{
    static const struct queue_place nearest = {0}; /* host and port */
    const struct queue_places *queue = &errand->config->queue;
    struct queue_options options = {
        .place = queue->count > 0 ? &queue->items[0] : &nearest,
        .config = errand->config,
    };
    return queue_open(&options, ret, err);
}

static int exit_status_of_stdin(const struct errand *errand)
{
    AUTO(queue) struct queue *queue = NULL;
    AUTO(strbuf) struct strbuf json = {0};
    struct error err;
    int rc = files_read_fd(STDIN_FILENO, MESSAGE_SIZE_MAX, &json, &err);
    if (rc == 0)
        rc = open_queue(errand, &queue, &err);
    if (rc == 0) {
        queue_set_deadline(queue, errand->start + errand->patience * 1000);
        rc = deliver_message(queue, &json, &err);
    }
    if (rc == 0)
        return EXIT_OK;
    say("%s; the message is not delivered", err.text);
    return rc == -EBADMSG || rc == -EFBIG ? EXIT_FAILED : EXIT_LATER;
}

static int fail_later(const char *folder, const char *why)
{
    AUTO(texts) struct texts names = {0};
    if (spool_list(folder, &names, NULL) < 0 || names.count == 0)
        say("%s", why);
    else
        say("%s; %zu message%s in %s and go%s with the next run", why, names.count,
            names.count == 1 ? " stays" : "s stay", folder,
            names.count == 1 ? "es" : "");
    return EXIT_LATER;
}

static bool has_nothing_to_do(const char *folder)
{
    struct tally tally = {0};
    return spool_is_empty(folder) && room_tally(folder, &tally, NULL) == 0 &&
           tally.since == 0;
}

/* patience: ms for this part of the errand. */
static int deliver_all(struct errand *errand, int64_t patience, struct error *err)
{
    AUTO(queue) struct queue *queue = NULL;
    int rc = open_queue(errand, &queue, err);
    if (rc < 0)
        return rc;
    struct delivery delivery = {
        .queue = queue, .folder = errand->folder, .say = say_sentence};
    queue_set_deadline(queue, errand->start + patience * 1000);
    rc = deliver_spool(&delivery, err);
    errand->taken = delivery.taken;
    return rc;
}

/* ms that are left for a mail, before whoever started us ends us. */
static int64_t mail_time(const struct errand *errand)
{
    int64_t spent = (clock_monotonic() - errand->start) / 1000;
    int64_t left = errand->patience + MAIL_TIME - spent;
    return left > MAIL_TIME ? left : MAIL_TIME;
}

/* When a mail is due as well, half of the time is for it. */
static int deliver_or_mail(struct errand *errand, struct error *err)
{
    struct alone alone = {.config = errand->config,
                          .folder = errand->folder,
                          .sendmail = SENDMAIL_PROGRAM,
                          .now = clock_now()};
    struct tried *tried = &errand->tried;
    struct error why;
    bool is_due = alone_is_due(&alone, tried);
    int rc = deliver_all(errand, errand->patience / (is_due ? 2 : 1), err);
    room_recount(errand->folder);
    if (rc == 0) {
        tried_clear(errand->folder);
        if (alone_end(&alone, mail_time(errand), &why) < 0)
            say("%s; that this machine is no longer alone is not mailed", why.text);
        return 0;
    }
    tried->why = *err;
    if (errand->taken > 0)
        tried->taken = alone.now;
    tried_put(errand->folder, tried);
    if (is_due && errand->taken == 0 &&
        alone_begin(&alone, tried, mail_time(errand), &why) < 0)
        say("%s; that this machine is alone is not mailed yet", why.text);
    return rc;
}

static int exit_status_of_spool(struct errand *errand)
{
    const char *folder = errand->folder;
    struct error err;
    AUTO(fd) int lock = -1;
    if (has_nothing_to_do(folder))
        return EXIT_OK;
    int rc = spool_lock(folder, errand->patience, &lock, &err);
    if (rc < 0)
        return spool_is_empty(folder) ? EXIT_OK : fail_later(folder, err.text);
    tried_get(folder, &errand->tried);
    rc = deliver_or_mail(errand, &err);
    return rc == 0 ? EXIT_OK : fail_later(folder, err.text);
}

static int64_t patience_of(const struct deliver_options *options,
                           const struct config *config)
{
    int64_t patience = options->patience >= 0 ? options->patience : config->patience;
    return patience < PATIENCE_MAX ? patience : PATIENCE_MAX;
}

static int deliver(const struct deliver_options *options, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    AUTO(str) char *folder = text_copy(options->folder);
    int64_t start = clock_monotonic();
    int rc = config_open(options->conf, &config, err);
    if (rc == 0 && !folder && !options->from_stdin)
        rc = spool_folder(config, &folder, err);
    if (rc < 0)
        return rc;
    struct errand errand = {.config = config,
                            .folder = folder,
                            .start = start,
                            .patience = patience_of(options, config)};
    if (options->from_stdin)
        return exit_status_of_stdin(&errand);
    int exit_status = exit_status_of_spool(&errand);
    if (options->is_counting)
        printf("%zu message%s delivered\n", errand.taken,
               errand.taken == 1 ? " is" : "s are");
    return exit_status;
}

static int print_help(void)
{
    puts("usage: sheepdog-deliver [OPTIONS]\n\n"
         "Brings the messages that wait in the spool to the queue.\n");
    options_print(rows);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    struct deliver_options options = {.patience = -1};
    struct error err;
    int next;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return print_help();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("sheepdog-deliver " VERSION) < 0;
    int rc = options_parse(rows, argc, argv, &options, &next, &err);
    if (rc == 0 && next < argc)
        rc = error_set(&err, -EINVAL, "found \"%.60s\", expected options alone",
                       argv[next]);
    if (rc < 0) {
        say("deliver: %s", err.text);
        return EXIT_USAGE;
    }
    int exit_status = deliver(&options, &err);
    if (exit_status >= 0)
        return exit_status;
    say("%s", err.text);
    return EXIT_LATER;
}
