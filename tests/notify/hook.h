// SPDX-License-Identifier: GPL-3.0-or-later
/* hook - a notifier that asks a web server, and a server of prepared answers for it;
 * cmocka.h comes first. */
#ifndef TESTS_NOTIFY_HOOK_H
#define TESTS_NOTIFY_HOOK_H

#include "../config/parsed.h"
#include "../queue/canned.h"
#include "config/notifiers.h"
#include "notify/notifier.h"

#define HOOK_FINE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

struct hook {
    struct canned server; /* port 0: none was started */
    struct config *config;
    const struct notifier *notifier;
    void *state;
    char *heard; /* all that the server was sent, once it is ended */
};

/* form: as behind (notifier x …). */
static inline void hook_use(struct hook *hook, const char *form)
{
    AUTO(str) char *text = text_format("(notifier x %s)", form);
    const struct notifier_form *read;
    struct error err = {0};
    hook->config = parsed(text);
    hook->notifier = notifier_named(hook->config, "x", &read);
    if (hook->notifier->open(hook->config, read, &hook->state, &err) < 0)
        fail_msg("%s", err.text);
}

/* One of that kind at http://127.0.0.1/hook, with further settings; and the server,
 * which gives one answer a request. */
static inline struct hook hook_open(const char *kind, const char *settings,
                                    const char *const *answers, size_t count)
{
    struct hook hook = {.server = canned_start(answers, count)};
    AUTO(str)
    char *form = text_format("(%s \"http://127.0.0.1:%d/hook\" %s)", kind,
                             hook.server.port, settings);
    hook_use(&hook, form);
    return hook;
}

static inline void hook_clear(struct hook *hook)
{
    hook->notifier->close(hook->state);
    config_free(hook->config);
    if (hook->server.port != 0 && !hook->heard)
        free(canned_stop(&hook->server));
    free(hook->heard);
}
AUTO_DEFINE_CLEAR(hook)

static inline void hook_tell(struct hook *hook, const struct notice *notice)
{
    struct error err = {0};
    if (hook->notifier->tell(hook->state, notice, &err) < 0)
        fail_msg("%s", err.text);
}

/* Ends the server; lent. */
static inline const char *hook_heard(struct hook *hook)
{
    if (!hook->heard)
        hook->heard = canned_stop(&hook->server);
    return hook->heard;
}

static inline void hook_expect(struct hook *hook, const char *needle, int count)
{
    if (canned_count(hook_heard(hook), needle) != count)
        fail_msg("\"%s\" is not there %d times:\n%s", needle, count, hook->heard);
}

#endif
