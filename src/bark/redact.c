// SPDX-License-Identifier: GPL-3.0-or-later
/* redact - every pattern marks, on the text as it came, the bytes that it matches; then
 * each run of marked bytes is replaced. So no pattern sees another one's [redacted],
 * and their order does not matter. */
#include "bark/redact.h"

#include <errno.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

struct redaction {
    bool is_total;
    regex_t *patterns;
    size_t count;
};

static int add_pattern(struct redaction *redaction, const char *text, struct error *err)
{
    regex_t *pattern = &redaction->patterns[redaction->count];
    int rc = regcomp(pattern, text, REG_EXTENDED | REG_NEWLINE);
    if (rc != 0) {
        char why[128];
        regerror(rc, pattern, why, sizeof why);
        return error_set(err, -EINVAL, "redact: no extended regular expression: %s",
                         why);
    }
    redaction->count++;
    return 0;
}

int redaction_new(const struct texts *patterns, struct redaction **ret,
                  struct error *err)
{
    if (patterns->count == 0) {
        *ret = NULL;
        return 0;
    }
    AUTO(redaction) struct redaction *redaction = memory_new(sizeof *redaction);
    redaction->patterns = memory_new(patterns->count * sizeof *redaction->patterns);
    for (size_t i = 0; i < patterns->count; i++) {
        int rc = add_pattern(redaction, patterns->items[i], err);
        if (rc < 0)
            return rc;
    }
    *ret = TAKE(redaction);
    return 0;
}

struct redaction *redaction_new_total(void)
{
    struct redaction *redaction = memory_new(sizeof *redaction);
    redaction->is_total = true;
    return redaction;
}

void redaction_free(struct redaction *redaction)
{
    if (!redaction)
        return;
    for (size_t i = 0; i < redaction->count; i++)
        regfree(&redaction->patterns[i]);
    free(redaction->patterns);
    free(redaction);
}

/* text ends with a NUL. Where matching fails for want of memory, the rest is a
 * secret. */
static void mark_matches(const regex_t *pattern, const char *text, char *marks)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        regmatch_t match;
        bool begins_line = at == 0 || text[at - 1] == '\n';
        int rc = regexec(pattern, text + at, 1, &match, begins_line ? 0 : REG_NOTBOL);
        if (rc == REG_NOMATCH)
            return;
        if (rc != 0)
            match = (regmatch_t){.rm_so = 0, .rm_eo = (regoff_t)(size - at)};
        size_t length = (size_t)(match.rm_eo - match.rm_so);
        memset(marks + at + match.rm_so, 1, length);
        at += (size_t)match.rm_eo + (length == 0);
    }
}

/* A byte for each of the text: 1 where a secret stands. To be freed. */
static char *find_secrets(const struct redaction *redaction, const char *text,
                          size_t size)
{
    AUTO(str) char *copy = memory_copy(text, size);
    char *marks = memory_new(size + 1);
    if (redaction->is_total)
        memset(marks, 1, size);
    for (size_t i = 0; i < redaction->count; i++)
        for (size_t at = 0; at < size; at += strlen(copy + at) + 1)
            mark_matches(&redaction->patterns[i], copy + at, marks + at);
    return marks;
}

void redact(const struct redaction *redaction, const struct redact_part *part,
            struct strbuf *buf)
{
    if (!redaction) {
        strbuf_add(buf, part->text + part->from, part->to - part->from);
        return;
    }
    AUTO(str) char *marks = find_secrets(redaction, part->text, part->size);
    for (size_t at = part->from, end; at < part->to; at = end) {
        for (end = at; end < part->to && marks[end] == marks[at];)
            end++;
        if (marks[at])
            strbuf_puts(buf, REDACTED);
        else
            strbuf_add(buf, part->text + at, end - at);
    }
}

char *redact_text(const struct redaction *redaction, const char *text)
{
    AUTO(strbuf) struct strbuf told = {0};
    size_t size = strlen(text);
    redact(redaction, &(struct redact_part){.text = text, .size = size, .to = size},
           &told);
    return strbuf_take(&told);
}
