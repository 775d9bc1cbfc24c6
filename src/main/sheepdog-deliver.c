// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-deliver - brings what waits in the spool to the server, and ends. `sheepdog`
 * starts it when there is something to bring; cron or a person may too. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bark/spool.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"
#include "message/message.h"
#include "queue/deliver.h"

#define PATIENCE_MAX 86400000 /* ms */
#define TRIED        ".tried" /* its time is that of the last try which failed */

struct deliver_options {
    const char *conf, *folder;
    bool from_stdin;
};

#define AT(member) offsetof(struct deliver_options, member)

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "folder", "FOLDER", OPTION_TEXT, AT(folder),
     "the spool, if it is not the configuration's"},
    {0, "stdin", NULL, OPTION_FLAG, AT(from_stdin),
     "send the one message on stdin, and leave the spool alone"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static void say_sentence(const char *sentence)
{
    say("%s", sentence);
}

static int exit_status_of_stdin(struct http *http)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct error err;
    int rc = files_read_fd(STDIN_FILENO, MESSAGE_SIZE_MAX, &json, &err);
    if (rc == 0)
        rc = deliver_message(http, &json, &err);
    if (rc == 0)
        return EXIT_OK;
    say("%s; the message is not delivered", err.text);
    return rc == -EBADMSG || rc == -EFBIG ? EXIT_FAILED : EXIT_LATER;
}

/* Whoever looks at the spool sees when it was last tried in vain. */
static void mark_tried(const char *folder, bool is_delivered)
{
    AUTO(str) char *path = text_format("%s/" TRIED, folder);
    if (is_delivered) {
        unlink(path);
        return;
    }
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        futimens(fd, NULL);
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

static int exit_status_of_spool(struct http *http, const char *folder, int64_t patience)
{
    if (spool_is_empty(folder))
        return EXIT_OK;
    struct error err;
    AUTO(fd) int lock = -1;
    int rc = spool_lock(folder, patience, &lock, &err);
    if (rc < 0)
        return spool_is_empty(folder) ? EXIT_OK : fail_later(folder, err.text);

    struct delivery delivery = {.http = http, .folder = folder, .say = say_sentence};
    rc = deliver_spool(&delivery, &err);
    mark_tried(folder, rc == 0);
    return rc == 0 ? EXIT_OK : fail_later(folder, err.text);
}

static int deliver(const struct deliver_options *options, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    AUTO(http) struct http *http = NULL;
    AUTO(str) char *folder = text_copy(options->folder);
    int64_t start = clock_monotonic();
    int rc = config_open(options->conf, &config, err);
    if (rc == 0)
        rc = http_open(config, NULL, &http, err);
    if (rc == 0 && !folder && !options->from_stdin)
        rc = spool_folder(config, &folder, err);
    if (rc < 0)
        return rc;
    int64_t patience =
        config->patience < PATIENCE_MAX ? config->patience : PATIENCE_MAX;
    http_set_deadline(http, start + patience * 1000);
    if (options->from_stdin)
        return exit_status_of_stdin(http);
    return exit_status_of_spool(http, folder, patience);
}

static int print_help(void)
{
    puts("usage: sheepdog-deliver [OPTIONS]\n\n"
         "Brings the messages that wait in the spool to the server.\n");
    options_print(rows);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    struct deliver_options options = {0};
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
