// SPDX-License-Identifier: GPL-3.0-or-later
/* tag - one pass over the characters. */
#include "bark/tag.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "message/message.h"

#define REPLACEMENT        "\xEF\xBF\xBD" /* U+FFFD */
#define COMMAND_CHARACTERS 100
#define FILE_NAME_CUT      200 /* bytes that are kept of a long tag */

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7F;
}

/* Cleans at most `characters` characters. */
static char *clean(const char *text, size_t size, size_t characters)
{
    AUTO(strbuf) struct strbuf name = {0};
    bool blank = false;
    for (size_t at = 0; at < size && characters > 0;) {
        if (is_blank(text[at])) {
            blank = name.size > 0;
            at++;
            continue;
        }
        size_t length = utf8_length(text + at, size - at);
        size_t need = (length ? length : strlen(REPLACEMENT)) + blank;
        if (name.size + need > MESSAGE_NAME_MAX || characters < 1 + (size_t)blank)
            break;
        if (blank)
            strbuf_putc(&name, ' ');
        if (length > 0)
            strbuf_add(&name, text + at, length);
        else
            strbuf_puts(&name, REPLACEMENT);
        characters -= 1 + (size_t)blank;
        blank = false;
        at += length ? length : 1;
    }
    return strbuf_take(&name);
}

char *tag_clean(const char *name)
{
    return clean(name, strlen(name), MESSAGE_NAME_MAX);
}

bool tag_is_blank(const char *name)
{
    while (*name && is_blank(*name))
        name++;
    return *name == '\0';
}

char *tag_of_command(const char *command, size_t size)
{
    return clean(command, size, COMMAND_CHARACTERS);
}

static uint64_t hash(const char *text) /* FNV-1a */
{
    uint64_t value = 0xcbf29ce484222325;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3;
    return value;
}

char *tag_hide_command(const char *command)
{
    return text_format("command-%016llx", (unsigned long long)hash(command));
}

bool tag_is_clean(const char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size > MESSAGE_NAME_MAX || !utf8_is_valid(name, size))
        return false;
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return false;
    return true;
}

static void quote(const char *word, struct strbuf *buf)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789@%_-+=:,./";
    if (*word && word[strspn(word, plain)] == '\0') {
        strbuf_puts(buf, word);
        return;
    }
    strbuf_putc(buf, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            strbuf_puts(buf, "'\\''");
        else
            strbuf_putc(buf, *word);
    }
    strbuf_putc(buf, '\'');
}

void quote_argv(char *const *argv, struct strbuf *buf)
{
    for (int i = 0; argv[i]; i++) {
        if (i > 0)
            strbuf_putc(buf, ' ');
        quote(argv[i], buf);
    }
}

void tag_file(const char *tag, char ret[TAG_FILE_SIZE])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-.";
    size_t used = 0;
    for (const char *at = tag; *at; at++) {
        bool is_plain = strchr(plain, *at) && (*at != '.' || at > tag);
        if (used + 3 > FILE_NAME_CUT) {
            used += (size_t)snprintf(ret + used, TAG_FILE_SIZE - used, "~%016llx",
                                     (unsigned long long)hash(tag));
            break;
        }
        if (is_plain)
            ret[used++] = *at;
        else
            used += (size_t)snprintf(ret + used, TAG_FILE_SIZE - used, "%%%02X",
                                     (unsigned char)*at);
    }
    ret[used] = '\0';
}
