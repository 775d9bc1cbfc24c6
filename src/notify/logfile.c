// SPDX-License-Identifier: GPL-3.0-or-later
/* logfile - the notifier "log": a line for each change of state, in a file or on
 * stderr.
 *
 *     2026-11-22 09:48:08 FAIL penguin2 P2-ETC (2): Repository … does not exist.
 *
 * The file is opened for each line, so that it may be rotated at any time. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/units.h"
#include "notify/headline.h"
#include "notify/notifier.h"

#define WORD_SIZE 512 /* bytes of what the job said last */

struct logfile {
    char *path; /* "": stderr */
};

static int logfile_open(const struct config *config, void **ret,
                        struct error *err UNUSED)
{
    struct logfile *logfile = memory_new(sizeof *logfile);
    logfile->path = text_copy(config->log);
    *ret = logfile;
    return 0;
}

static void logfile_close(void *state)
{
    struct logfile *logfile = state;
    if (!logfile)
        return;
    free(logfile->path);
    free(logfile);
}

static void put_line(struct strbuf *buf, const struct notification *notification)
{
    const struct message *message = notification->message;
    char time[CLOCK_TEXT_SIZE], lasted[UNITS_TEXT_SIZE], word[WORD_SIZE];
    clock_format_local(message->time, CLOCK_SECONDS, time);
    message_last_word(message, word, sizeof word);

    strbuf_printf(buf, "%s ", time);
    headline_put(buf, notification);
    if (notification->now == STATE_OK)
        strbuf_printf(buf, " after %s",
                      duration_format(message->time - notification->since, lasted));
    if (word[0])
        strbuf_printf(buf, ": %s", word);
    strbuf_putc(buf, '\n');
}

/* One write, so that lines of others never come between. */
static int append(int fd, const char *path, const struct strbuf *line,
                  struct error *err)
{
    ssize_t count = write(fd, line->data, line->size);
    if (count < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    if ((size_t)count < line->size)
        return error_set(err, -ENOSPC, "%s: %s", path, strerror(ENOSPC));
    return 0;
}

static int logfile_tell(void *state, const struct notification *notification,
                        struct error *err)
{
    const struct logfile *logfile = state;
    AUTO(strbuf) struct strbuf line = {0};
    put_line(&line, notification);
    if (logfile->path[0] == '\0')
        return append(STDERR_FILENO, "stderr", &line, err);

    /* O_NONBLOCK: a named pipe that nobody reads is an error, not a wait. */
    AUTO(fd)
    int fd = open(logfile->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
                  0640);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", logfile->path, strerror(errno));
    return append(fd, logfile->path, &line, err);
}

const struct notifier notifier_log = {
    .name = "log",
    .open = logfile_open,
    .tell = logfile_tell,
    .close = logfile_close,
};
