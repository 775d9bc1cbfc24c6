// SPDX-License-Identifier: GPL-3.0-or-later
/* template - one scan, which checks and which fills. */
#include "config/template.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"

#define NAME_SIZE 40

static const char *const names[] = {
    [TEMPLATE_ADDRESS] = "address",   [TEMPLATE_BEFORE] = "before",
    [TEMPLATE_HEADLINE] = "headline", [TEMPLATE_HOST] = "host",
    [TEMPLATE_INCIDENT] = "incident", [TEMPLATE_NOTIFIER] = "notifier",
    [TEMPLATE_SEVERITY] = "severity", [TEMPLATE_SINCE] = "since",
    [TEMPLATE_STORY] = "story",       [TEMPLATE_TAG] = "tag",
    [TEMPLATE_TELLING] = "telling",   [TEMPLATE_TEXT] = "text",
    [TEMPLATE_UNTIL] = "until",       [TEMPLATE_WHAT] = "what",
    [TEMPLATE_FIELDS] = NULL,
};

static enum template_field find_field(const char *name, size_t size)
{
    enum template_field field = 0;
    while (field < TEMPLATE_FIELDS &&
           (strlen(names[field]) != size || memcmp(names[field], name, size) != 0))
        field++;
    return field;
}

static int fail_unknown(const char *name, size_t size, struct error *err)
{
    char typed[NAME_SIZE] = "", hint[80];
    if (size < sizeof typed)
        memcpy(typed, name, size);
    suggest_text(typed, names, hint, sizeof hint);
    return error_set(err, -EINVAL, "{{%.*s}} is nothing that can be told%s", (int)size,
                     name, hint);
}

int template_check(const char *text, struct error *err)
{
    while ((text = strstr(text, "{{"))) {
        const char *name = text + 2, *end = strstr(name, "}}");
        if (!end)
            return error_set(err, -EINVAL, "found {{, expected }} behind it");
        if (find_field(name, (size_t)(end - name)) == TEMPLATE_FIELDS)
            return fail_unknown(name, (size_t)(end - name), err);
        text = end + 2;
    }
    return 0;
}

void template_fill(const char *text, template_put_fn *put, void *context,
                   struct strbuf *ret)
{
    const char *start, *end;
    while ((start = strstr(text, "{{")) && (end = strstr(start, "}}"))) {
        strbuf_add(ret, text, (size_t)(start - text));
        put(context, find_field(start + 2, (size_t)(end - start - 2)), ret);
        text = end + 2;
    }
    strbuf_puts(ret, text);
}
