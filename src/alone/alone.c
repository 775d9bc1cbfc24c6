// SPDX-License-Identifier: GPL-3.0-or-later
/* alone - when, and by which way. */
#include "alone/alone.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "alone/plea.h"
#include "bark/self.h"
#include "bark/spool.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "notify/mail.h"
#include "notify/sendmail.h"
#include "notify/smtp.h"

#define MARK          ".alone"
#define MARK_SIZE_MAX 64

/* ---- the mark: since when it is alone ---- */

/* 0: it has not mailed. A mark that cannot be read is one all the same. */
static int64_t read_mark(const struct alone *alone)
{
    AUTO(str) char *path = text_format("%s/" MARK, alone->folder);
    AUTO(strbuf) struct strbuf text = {0};
    int64_t since = 0;
    if (access(path, F_OK) < 0)
        return 0;
    if (files_read(path, MARK_SIZE_MAX, &text, NULL) < 0)
        return alone->now;
    strbuf_shorten(&text, strcspn(strbuf_text(&text), "\n"));
    return clock_parse_utc(strbuf_text(&text), &since, NULL) < 0 ? alone->now : since;
}

/* A disk that is full has often room for an empty file: that is a mark, too. */
static int write_mark(const struct alone *alone, int64_t since, struct error *err)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(since, text);
    int rc = files_put(alone->folder, MARK, text, strlen(text), err);
    if (rc == 0)
        return 0;
    AUTO(str) char *path = text_format("%s/" MARK, alone->folder);
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? rc : 0;
}

static void remove_mark(const struct alone *alone)
{
    AUTO(str) char *path = text_format("%s/" MARK, alone->folder);
    unlink(path);
}

/* ---- the mail ---- */

/* The URL that the table of settings gives means that none was named. */
static bool names_mail_server(const struct config *config)
{
    AUTO(config) struct config *defaults = config_new();
    return strcmp(config->smtp_url, defaults->smtp_url) != 0;
}

static int send_by_smtp(const struct alone *alone, const char *from,
                        const struct strbuf *mail, int64_t limit_ms, struct error *err)
{
    AUTO(smtp) struct smtp *smtp = NULL;
    int rc = smtp_open(alone->config, from, &smtp, err);
    if (rc < 0)
        return rc;
    smtp_set_limit(smtp, limit_ms);
    return smtp_send(smtp, alone->config->alone_mailto, mail, err);
}

/* What is told of one time alone. */
struct telling {
    const char *subject; /* behind the host's name */
    const char *name;    /* in the ids */
    const struct strbuf *body;
    int64_t since, limit_ms;
};

static int send_telling(const struct alone *alone, const char *host,
                        const struct telling *telling, struct error *err)
{
    AUTO(mail_sender) struct mail_sender sender = {0};
    AUTO(strbuf) struct strbuf mail = {0};
    AUTO(str) char *subject = text_format("[sheepdog] %s %s", host, telling->subject);
    AUTO(str) char *thread = text_format("alone.%" PRId64, telling->since);
    AUTO(str) char *id = text_format("%s.%" PRId64, telling->name, telling->since);
    int rc = mail_sender_find(alone->config, &sender, err);
    if (rc < 0)
        return rc;
    struct mail parts = {.sender = &sender,
                         .to = alone->config->alone_mailto,
                         .subject = subject,
                         .id = id,
                         .thread = thread,
                         .date = alone->now,
                         .body = telling->body};
    rc = mail_put(&mail, &parts, err);
    if (rc < 0)
        return rc;
    if (!names_mail_server(alone->config) && access(alone->sendmail, X_OK) == 0)
        return sendmail_send(alone->sendmail, &mail, telling->limit_ms, err);
    return send_by_smtp(alone, sender.address, &mail, telling->limit_ms, err);
}

/* ---- when ---- */

/* Since when nothing was taken; 0: nothing waits. */
static int64_t find_since(const struct alone *alone, const struct tried *tried)
{
    struct spool_content content = {0};
    if (spool_measure(alone->folder, &content, NULL) < 0 || content.count == 0)
        return 0;
    return content.oldest > tried->taken ? content.oldest : tried->taken;
}

bool alone_is_due(const struct alone *alone, const struct tried *tried)
{
    if (!alone->config->alone_mailto[0] || read_mark(alone) != 0)
        return false;
    int64_t since = find_since(alone, tried);
    return since != 0 && alone->now - since >= alone->config->alone_after;
}

int alone_begin(const struct alone *alone, const struct tried *tried, int64_t limit_ms,
                struct error *err)
{
    AUTO(str) char *host = self_host();
    AUTO(strbuf) struct strbuf body = {0};
    struct plea plea = {.host = host,
                        .folder = alone->folder,
                        .limit = alone->config->spool_limit,
                        .since = find_since(alone, tried),
                        .now = alone->now,
                        .tried = tried};
    struct telling telling = {.subject = "is alone: no message is taken",
                              .name = "begin",
                              .body = &body,
                              .since = plea.since,
                              .limit_ms = limit_ms};
    plea_put(&body, &plea);
    int rc = send_telling(alone, host, &telling, err);
    return rc < 0 ? rc : write_mark(alone, plea.since, err);
}

int alone_end(const struct alone *alone, int64_t limit_ms, struct error *err)
{
    int64_t since = read_mark(alone);
    if (since == 0)
        return 0;
    if (!alone->config->alone_mailto[0]) {
        remove_mark(alone);
        return 0;
    }
    AUTO(str) char *host = self_host();
    AUTO(strbuf) struct strbuf body = {0};
    struct plea plea = {.host = host, .since = since, .now = alone->now};
    struct telling telling = {.subject = "is no longer alone",
                              .name = "end",
                              .body = &body,
                              .since = since,
                              .limit_ms = limit_ms};
    plea_put_end(&body, &plea);
    int rc = send_telling(alone, host, &telling, err);
    remove_mark(alone);
    return rc;
}
