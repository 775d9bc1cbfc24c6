// SPDX-License-Identifier: GPL-3.0-or-later
/* ntfy - the notifier "ntfy": the text as it is, and how urgent it is in headers. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "config/notifiers.h"
#include "notify/headline.h"
#include "notify/notifier.h"
#include "notify/story.h"
#include "notify/web.h"

static void ntfy_close(void *state)
{
    web_close(state);
}

static int ntfy_open(const struct config *config UNUSED,
                     const struct notifier_form *form, void **ret, struct error *err)
{
    AUTO(web) struct web *web = NULL;
    const char *token = notifier_form_text(form, "token");
    int rc = web_open(form->values.items[0], "POST", &web, err);
    if (rc < 0)
        return rc;
    web_add_header(web, "Content-Type: text/plain; charset=utf-8");
    if (token) {
        AUTO(str) char *header = text_format("Authorization: Bearer %s", token);
        web_add_header(web, header);
    }
    *ret = TAKE(web);
    return 0;
}

struct urgency {
    const char *severity, *priority, *tags;
};

static const struct urgency *find_urgency(const struct notice *notice)
{
    static const struct urgency quiet = {"", "low", "sheep"};
    static const struct urgency over = {"", "default", "white_check_mark"};
    static const struct urgency urgencies[] = {
        {"fail", "high", "rotating_light"},
        {"warning", "default", "warning"},
        {NULL, "high", "warning"},
    };
    if (notice->incident == 0 && notice->kind != TELLING_SUM)
        return &quiet;
    if (notice->kind == TELLING_OVER)
        return &over;
    const struct urgency *urgency = urgencies;
    while (urgency->severity && strcmp(urgency->severity, notice->severity) != 0)
        urgency++;
    return urgency;
}

static int ntfy_tell(void *state, const struct notice *notice, struct error *err)
{
    const struct urgency *urgency = find_urgency(notice);
    AUTO(strbuf) struct strbuf title = {0};
    AUTO(strbuf) struct strbuf body = {0};
    strbuf_puts(&title, "Title: ");
    headline_put(&title, notice);
    AUTO(str) char *priority = text_format("Priority: %s", urgency->priority);
    AUTO(str) char *tags = text_format("Tags: %s", urgency->tags);
    web_add_header_once(state, title.data);
    web_add_header_once(state, priority);
    web_add_header_once(state, tags);
    story_put(&body, notice, clock_now());
    return web_send(state, &body, err);
}

const struct notifier notifier_ntfy = {
    .name = "ntfy",
    .open = ntfy_open,
    .tell = ntfy_tell,
    .close = ntfy_close,
};
