// SPDX-License-Identifier: GPL-3.0-or-later
/* body - a message's JSON taken apart by its outermost members, each kept as it is. */
#include "store/internal.h"

#include <stdbool.h>
#include <string.h>

static size_t skip_blank(const char *json, size_t size, size_t at)
{
    while (at < size && (json[at] == ' ' || json[at] == '\n' || json[at] == '\t' ||
                         json[at] == '\r'))
        at++;
    return at;
}

/* From the opening quote to behind the closing one: the first without a backslash that
 * escapes it. */
static size_t skip_string(const char *json, size_t size, size_t at)
{
    const char *quote;
    while ((quote = memchr(json + at + 1, '"', size - at - 1))) {
        size_t slashes = 0;
        at = (size_t)(quote - json);
        while (json[at - 1 - slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return at + 1;
    }
    return size;
}

/* To the comma behind the member, or the bracket that closes the object. */
static size_t skip_member(const char *json, size_t size, size_t at)
{
    int depth = 0;
    while (at < size) {
        char c = json[at];
        if (depth == 0 && (c == ',' || c == '}'))
            break;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        at = c == '"' ? skip_string(json, size, at) : at + 1;
    }
    return at;
}

/* What goes to output. */
struct name {
    const char *text; /* NULL ends them */
    size_t size;
};

#define NAME(text)                                                                     \
    {                                                                                  \
        "\"" text "\"", sizeof text + 1                                                \
    }

static const struct name printed[] = {
    NAME("stdout"), NAME("stderr"), NAME("bytes"), {NULL, 0}};
static const struct name rows[] = {NAME("add"), NAME("remove"), {NULL, 0}};

static bool is_output(const char *member, size_t size, const struct name *names)
{
    for (; names->text; names++) {
        if (size < names->size || memcmp(member, names->text, names->size) != 0)
            continue;
        size_t at = skip_blank(member, size, skip_blank(member, size, names->size) + 1);
        return at < size && member[at] != 'n';
    }
    return false;
}

void body_split(const char *json, size_t size, enum message_kind kind,
                struct strbuf *body, struct strbuf *output)
{
    const struct name *names = kind == MESSAGE_FACTS ? rows : printed;
    size_t at = skip_blank(json, size, 0) + 1;
    *strbuf_reserve(body, size + 1) = '\0';
    while ((at = skip_blank(json, size, at)) < size && json[at] != '}') {
        size_t start = at;
        at = skip_member(json, size, at);
        struct strbuf *to = is_output(json + start, at - start, names) ? output : body;
        strbuf_putc(to, to->size == 0 ? '{' : ',');
        strbuf_add(to, json + start, at - start);
        at += at < size && json[at] == ',';
    }
    if (body->size == 0)
        strbuf_putc(body, '{');
    strbuf_putc(body, '}');
    if (output->size > 0)
        strbuf_putc(output, '}');
}

void body_join(const char *body, const char *output, struct strbuf *json)
{
    strbuf_puts(json, body);
    if (!output)
        return;
    bool is_empty = strcmp(body, "{}") == 0;
    strbuf_shorten(json, json->size - 1);
    strbuf_puts(json, is_empty ? "" : ",");
    strbuf_puts(json, output + 1);
}
