// SPDX-License-Identifier: GPL-3.0-or-later
/* webhook - the notifier "webhook": a request with the notice as JSON, or with a
 * template that was filled. */
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "config/notifiers.h"
#include "notify/notifier.h"
#include "notify/object.h"
#include "notify/web.h"

#define CONTENT_TYPE "Content-Type:"

struct webhook {
    struct web *web;
    char *template; /* NULL: none */
};

static void webhook_close(void *state)
{
    struct webhook *webhook = state;
    if (!webhook)
        return;
    web_close(webhook->web);
    free(webhook->template);
    free(webhook);
}

/* JSON, unless a header says something else. */
static void add_headers(struct web *web, const struct notifier_form *form)
{
    bool has_type = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_setting *setting = &form->settings[i];
        if (strcmp(setting->name, "header") != 0)
            continue;
        const char *header = setting->values.items[0];
        has_type |= strncasecmp(header, CONTENT_TYPE, strlen(CONTENT_TYPE)) == 0;
        web_add_header(web, header);
    }
    if (!has_type)
        web_add_header(web, CONTENT_TYPE " application/json");
}

static int webhook_open(const struct config *config UNUSED,
                        const struct notifier_form *form, void **ret, struct error *err)
{
    AUTO(web) struct web *web = NULL;
    const char *method = notifier_form_text(form, "method");
    int rc = web_open(form->values.items[0], method ? method : "POST", &web, err);
    if (rc < 0)
        return rc;
    add_headers(web, form);
    struct webhook *webhook = memory_new(sizeof *webhook);
    webhook->web = TAKE(web);
    webhook->template = text_copy(notifier_form_text(form, "template"));
    *ret = webhook;
    return 0;
}

static int webhook_tell(void *state, const struct notice *notice, struct error *err)
{
    struct webhook *webhook = state;
    AUTO(strbuf) struct strbuf body = {0};
    if (webhook->template)
        object_fill(&body, webhook->template, notice, clock_now());
    else
        object_put(&body, notice, clock_now());
    return web_send(webhook->web, &body, err);
}

const struct notifier notifier_webhook = {
    .name = "webhook",
    .open = webhook_open,
    .tell = webhook_tell,
    .close = webhook_close,
};
