// SPDX-License-Identifier: GPL-3.0-or-later
/* email - the notifier "email", of which "mailto" is one: a letter to one address. */
#include "base/clock.h"
#include "base/memory.h"
#include "notify/letter.h"
#include "notify/notifier.h"
#include "notify/smtp.h"

struct email {
    struct mail_sender sender;
    struct smtp *smtp;
};

static void email_close(void *state)
{
    struct email *email = state;
    if (!email)
        return;
    smtp_close(email->smtp);
    mail_sender_clear(&email->sender);
    free(email);
}

static int email_open(const struct config *config,
                      const struct notifier_form *form UNUSED, void **ret,
                      struct error *err)
{
    AUTO(mail_sender) struct mail_sender sender = {0};
    struct smtp *smtp = NULL;
    int rc = mail_sender_find(config, &sender, err);
    if (rc == 0)
        rc = smtp_open(config, sender.address, &smtp, err);
    if (rc < 0)
        return rc;
    struct email *email = memory_new(sizeof *email);
    email->smtp = smtp;
    email->sender = sender;
    sender = (struct mail_sender){0};
    *ret = email;
    return 0;
}

static int email_tell(void *state, const struct notice *notice, struct error *err)
{
    struct email *email = state;
    AUTO(strbuf) struct strbuf letter = {0};
    int rc = letter_put(&letter, notice, &email->sender, clock_now(), err);
    return rc < 0 ? rc : smtp_send(email->smtp, notice->address, &letter, err);
}

const struct notifier notifier_email = {
    .name = "email",
    .open = email_open,
    .tell = email_tell,
    .close = email_close,
};
