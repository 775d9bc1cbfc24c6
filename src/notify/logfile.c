// SPDX-License-Identifier: GPL-3.0-or-later
/* logfile - the notifier "log": a line for each thing that is told, in a file or on
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
#include "notify/readable.h"

#define WORD_SIZE 512 /* bytes of what the job said last */

struct logfile {
    char *path; /* "": stderr */
};

static int logfile_open(const struct config *config, const struct notifier_form *form,
                        void **ret, struct error *err UNUSED)
{
    struct logfile *logfile = memory_new(sizeof *logfile);
    logfile->path = text_copy(form ? form->values.items[0] : config->log);
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

/* The message's, where that says the same; else when it was concluded. */
static int64_t find_time(const struct notice *notice)
{
    bool is_said = notice_is_said(notice) || notice->kind == TELLING_NOTE;
    return is_said && notice->message     ? notice->message->time
           : notice->kind == TELLING_OVER ? notice->until
                                          : notice->made;
}

static void put_word(struct strbuf *buf, const struct notice *notice)
{
    char word[WORD_SIZE] = "";
    bool is_said = notice_is_said(notice) || notice->kind == TELLING_NOTE;
    if (is_said && notice->message) {
        message_last_word(notice->message, word, sizeof word);
        if (*word)
            strbuf_printf(buf, ": %s", word);
    } else if (*notice->text && notice->kind != TELLING_OVER && notice->incident > 0) {
        strbuf_puts(buf, ": ");
        readable_line(buf, notice->text, strlen(notice->text), WORD_SIZE);
    }
}

static void put_line(struct strbuf *buf, const struct notice *notice)
{
    char time[CLOCK_TEXT_SIZE], lasted[UNITS_TEXT_SIZE];
    int64_t end = find_time(notice);
    clock_format_local(end, CLOCK_SECONDS, time);
    strbuf_printf(buf, "%s ", time);
    headline_put(buf, notice);
    if (notice->kind == TELLING_OVER)
        strbuf_printf(buf, " after %s", duration_format(end - notice->since, lasted));
    put_word(buf, notice);
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

static int logfile_tell(void *state, const struct notice *notice, struct error *err)
{
    const struct logfile *logfile = state;
    AUTO(strbuf) struct strbuf line = {0};
    put_line(&line, notice);
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
