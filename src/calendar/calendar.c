// SPDX-License-Identifier: GPL-3.0-or-later
/* calendar - which of the two forms a text has. */
#include "calendar/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "calendar/parts.h"

#define TEXT_MAX   500 /* bytes */
#define CRON_WORDS 5
#define BLANKS     " \t"

static int count_words(const char *text)
{
    int count = 0;
    for (;; count++) {
        text += strspn(text, BLANKS);
        if (!*text)
            return count;
        text += strcspn(text, BLANKS);
    }
}

/* Of fewer words than five, those are meant for cron whose first is a number or '*'
 * with none of the signs that a date or a time of day has. */
static bool is_cron(const char *text)
{
    if (*text == '@')
        return !isdigit((unsigned char)text[1]);
    if (count_words(text) >= CRON_WORDS)
        return true;
    size_t length = strcspn(text, BLANKS);
    return length > 0 && strspn(text, "0123456789*,/") == length;
}

int calendar_parse(const char *text, struct calendar **ret, struct error *err)
{
    AUTO(calendar) struct calendar *calendar = memory_new(sizeof *calendar);
    AUTO(str) char *own = text_copy(text + strspn(text, BLANKS));
    size_t length = strlen(own);
    while (length > 0 && strchr(BLANKS, own[length - 1]))
        own[--length] = '\0';
    if (length > TEXT_MAX)
        return error_set(err, -EINVAL, "\"%.40s…\": more than %d bytes", own, TEXT_MAX);

    struct scan scan = {.text = own, .at = own, .err = err};
    int rc = is_cron(own) ? cron_read(&scan, calendar) : systemd_read(&scan, calendar);
    if (rc < 0)
        return rc;
    *ret = TAKE(calendar);
    return 0;
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    for (int part = PART_YEAR; part < PART_COUNT; part++)
        free(calendar->fields[part].items);
    zone_free(calendar->zone);
    free(calendar);
}
