// SPDX-License-Identifier: GPL-3.0-or-later
/* mail - the headers that every mail of ours has. */
#include "notify/mail.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/memory.h"
#include "notify/mime.h"

/* This machine's name; "localhost" where it has none that a mail could bear. */
static char *find_host(void)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) < 0 || !address_domain_is_valid(name))
        return text_copy("localhost");
    return text_copy(name);
}

int mail_sender_find(const struct config *config, struct mail_sender *ret,
                     struct error *err)
{
    if (config->mail_from[0] && !address_is_valid(config->mail_from))
        return error_set(err, -EINVAL, "mail-from: \"%.80s\" is no mail address",
                         config->mail_from);
    ret->host = find_host();
    ret->address = config->mail_from[0] ? text_copy(config->mail_from)
                                        : text_format("sheepdog@%s", ret->host);
    return 0;
}

void mail_sender_clear(struct mail_sender *sender)
{
    free(sender->address);
    free(sender->host);
    *sender = (struct mail_sender){0};
}

static int check_names(const struct mail *mail, struct error *err)
{
    if (!address_is_valid(mail->to))
        return error_set(err, -EINVAL, "\"%.80s\" is no mail address", mail->to);
    if (!address_is_valid(mail->sender->address))
        return error_set(err, -EINVAL, "mail-from: \"%.80s\" is no mail address",
                         mail->sender->address);
    if (!address_domain_is_valid(mail->sender->host))
        return error_set(err, -EINVAL, "\"%.80s\" is no name of a host",
                         mail->sender->host);
    return 0;
}

/* A name without a host is one of the mail server's; in a header it needs some host. */
static void put_address(struct strbuf *buf, const char *header, const char *address,
                        const char *host)
{
    strbuf_printf(buf, "%s: %s", header, address);
    if (!strchr(address, '@'))
        strbuf_printf(buf, "@%s", host);
    strbuf_puts(buf, "\r\n");
}

int mail_put(struct strbuf *buf, const struct mail *mail, struct error *err)
{
    int rc = check_names(mail, err);
    if (rc < 0)
        return rc;

    const char *host = mail->sender->host;
    char date[CLOCK_TEXT_SIZE];
    clock_format_local(mail->date, CLOCK_MAIL, date);
    put_address(buf, "From", mail->sender->address, host);
    put_address(buf, "To", mail->to, host);
    mime_put_header(buf, "Subject", mail->subject);
    strbuf_printf(buf, "Date: %s\r\n", date);
    strbuf_printf(buf, "Message-ID: <%s@%s>\r\n", mail->id, host);
    strbuf_printf(buf, "In-Reply-To: <%s@%s>\r\n", mail->thread, host);
    strbuf_printf(buf, "References: <%s@%s>\r\n", mail->thread, host);
    strbuf_puts(buf, "Auto-Submitted: auto-generated\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n");
    mime_put_body(buf, mail->body);
    return 0;
}
