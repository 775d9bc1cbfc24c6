// SPDX-License-Identifier: GPL-3.0-or-later
/* search - a line is put together per stream, then asked of both patterns. */
#include "bark/search.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

#define LINE_MAX_SIZE (64 << 10)

struct pattern {
    char *text; /* NULL: none */
    regex_t regex;
    bool is_found;
};

struct search {
    struct pattern require, forbid;
    struct strbuf lines[SEARCH_STREAMS];
};

static int pattern_init(struct pattern *pattern, const char *text, const char *option,
                        struct error *err)
{
    if (!text)
        return 0;
    int rc = regcomp(&pattern->regex, text, REG_EXTENDED | REG_NOSUB);
    if (rc != 0) {
        char why[128];
        regerror(rc, &pattern->regex, why, sizeof why);
        return error_set(err, -EINVAL,
                         "%s: \"%.100s\" is no extended regular expression: %s", option,
                         text, why);
    }
    pattern->text = text_copy(text);
    return 0;
}

static void pattern_clear(struct pattern *pattern)
{
    if (pattern->text)
        regfree(&pattern->regex);
    free(pattern->text);
}

int search_new(const char *require, const char *forbid, struct search **ret,
               struct error *err)
{
    AUTO(search) struct search *search = memory_new(sizeof *search);
    int rc = pattern_init(&search->require, require, "--require", err);
    if (rc == 0)
        rc = pattern_init(&search->forbid, forbid, "--forbid", err);
    if (rc < 0)
        return rc;
    *ret = TAKE(search);
    return 0;
}

void search_free(struct search *search)
{
    if (!search)
        return;
    pattern_clear(&search->require);
    pattern_clear(&search->forbid);
    for (int i = 0; i < SEARCH_STREAMS; i++)
        strbuf_clear(&search->lines[i]);
    free(search);
}

void search_start(struct search *search)
{
    search->require.is_found = search->forbid.is_found = false;
    for (int i = 0; i < SEARCH_STREAMS; i++)
        strbuf_clear(&search->lines[i]);
}

static void pattern_look(struct pattern *pattern, const char *line)
{
    if (pattern->text && !pattern->is_found)
        pattern->is_found = regexec(&pattern->regex, line, 0, NULL, 0) == 0;
}

static void look(struct search *search, struct strbuf *line)
{
    pattern_look(&search->require, strbuf_text(line));
    pattern_look(&search->forbid, strbuf_text(line));
    strbuf_shorten(line, 0);
}

/* Bytes up to the first newline or NUL; size where there is none. */
static size_t line_length(const char *bytes, size_t size)
{
    const char *newline = memchr(bytes, '\n', size);
    size_t length = newline ? (size_t)(newline - bytes) : size;
    const char *nul = memchr(bytes, '\0', length);
    return nul ? (size_t)(nul - bytes) : length;
}

void search_add(struct search *search, enum search_stream stream, const char *bytes,
                size_t size)
{
    struct strbuf *line = &search->lines[stream];
    while (size > 0) {
        size_t length = line_length(bytes, size);
        if (length > 0 && line->size == LINE_MAX_SIZE)
            look(search, line); /* a piece, of which more comes */
        bool ends = length < size;
        size_t room = LINE_MAX_SIZE - line->size;
        if (length > room) {
            length = room;
            ends = false;
        }
        strbuf_add(line, bytes, length);
        if (ends)
            look(search, line);
        bytes += length + ends;
        size -= length + ends;
    }
}

bool search_is_satisfied(struct search *search, struct error *why)
{
    for (int i = 0; i < SEARCH_STREAMS; i++)
        if (search->lines[i].size > 0)
            look(search, &search->lines[i]);
    if (search->forbid.is_found)
        error_set(why, 0, "it printed what --forbid forbids: %s", search->forbid.text);
    else if (search->require.text && !search->require.is_found)
        error_set(why, 0, "it did not print what --require requires: %s",
                  search->require.text);
    else
        return true;
    return false;
}
