// SPDX-License-Identifier: GPL-3.0-or-later
/* template - a text with places in it that are filled when something is told:
 *
 *     {"text":"{{headline}}", "since":"{{since}}"}
 *
 * Comes from: (webhook … (template …)).  Goes to: notify/webhook.c. */
#ifndef CONFIG_TEMPLATE_H
#define CONFIG_TEMPLATE_H

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

/* What can stand between {{ and }}. */
enum template_field {
    TEMPLATE_ADDRESS,
    TEMPLATE_BEFORE,
    TEMPLATE_HEADLINE,
    TEMPLATE_HOST,
    TEMPLATE_INCIDENT,
    TEMPLATE_NOTIFIER,
    TEMPLATE_SEVERITY,
    TEMPLATE_SINCE,
    TEMPLATE_STORY,
    TEMPLATE_TAG,
    TEMPLATE_TELLING,
    TEMPLATE_TEXT,
    TEMPLATE_UNTIL,
    TEMPLATE_WHAT,
    TEMPLATE_FIELDS
};

/* -EINVAL: a name that is none of these, or a {{ without its }}. */
int template_check(const char *text, struct error *err) MUST_USE;

/* Appends one value. */
typedef void template_put_fn(void *context, enum template_field field,
                             struct strbuf *ret);

/* Appends the template, which was checked, filled in one pass: what a value holds is
 * never looked at. */
void template_fill(const char *text, template_put_fn *put, void *context,
                   struct strbuf *ret);

#endif
