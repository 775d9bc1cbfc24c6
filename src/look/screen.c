// SPDX-License-Identifier: GPL-3.0-or-later
/* screen - text is walked through character by character. */
#include "look/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/utf8.h"

#define REPLACEMENT   "\xEF\xBF\xBD"
#define WIDTH_UNKNOWN 80

static size_t terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_UNKNOWN;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

static bool has_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
    if (!locale)
        return false;
    bool is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return is_utf8;
}

struct screen screen_find(void)
{
    return screen_find_of(STDOUT_FILENO);
}

struct screen screen_find_of(int fd)
{
    bool is_utf8 = has_utf8();
    if (!isatty(fd))
        return (struct screen){.is_utf8 = is_utf8};
    const char *kind = getenv("TERM");
    bool is_dumb = kind && strcmp(kind, "dumb") == 0;
    return (struct screen){
        .width = terminal_width(fd),
        .has_colour = !is_dumb && !is_set("NO_COLOR"),
        .is_utf8 = is_utf8,
    };
}

void screen_use_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

enum paint screen_paint_of(enum state state)
{
    static const enum paint paints[] = {
        [STATE_NONE] = PAINT_NONE,      [STATE_OK] = PAINT_GREEN,
        [STATE_UNKNOWN] = PAINT_YELLOW, [STATE_WARNING] = PAINT_YELLOW,
        [STATE_FAIL] = PAINT_RED,
    };
    return paints[state];
}

void screen_add_painted(const struct screen *screen, struct strbuf *buf,
                        enum paint paint, const char *text)
{
    static const char *const codes[] = {
        [PAINT_GREEN] = "\x1B[32m", [PAINT_YELLOW] = "\x1B[33m",
        [PAINT_RED] = "\x1B[31m",   [PAINT_CYAN] = "\x1B[36m",
        [PAINT_BOLD] = "\x1B[1m",
    };
    bool is_painted = screen->has_colour && paint != PAINT_NONE;
    if (is_painted)
        strbuf_puts(buf, codes[paint]);
    strbuf_puts(buf, text);
    if (is_painted)
        strbuf_puts(buf, "\x1B[0m");
}

/* The character at text, which utf8_length has found to be length bytes long. */
static wchar_t decode(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (length == 1)
        return bytes[0];
    unsigned value = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (bytes[i] & 0x3F);
    return (wchar_t)value;
}

static size_t columns_of(wchar_t character)
{
    int columns = wcwidth(character);
    return columns < 0 ? 1 : (size_t)columns;
}

/* The bytes that fit, and in *ret_columns what they take. */
static size_t walk(const char *text, size_t columns, size_t *ret_columns)
{
    size_t size = strlen(text), at = 0, used = 0;
    while (at < size) {
        size_t length = utf8_length(text + at, size - at);
        size_t wide = length ? columns_of(decode(text + at, length)) : 1;
        if (used + wide > columns)
            break;
        used += wide;
        at += length ? length : 1;
    }
    *ret_columns = used;
    return at;
}

size_t screen_columns(const char *text)
{
    size_t columns;
    walk(text, SIZE_MAX, &columns);
    return columns;
}

size_t screen_fit(const char *text, size_t columns)
{
    size_t used;
    return walk(text, columns, &used);
}

/* C1 controls, the embeddings, overrides and isolates of bidirectional text, and the
 * line and paragraph separators. */
static bool is_control(wchar_t character)
{
    return (character >= 0x80 && character <= 0x9F) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

static void add_character(struct strbuf *buf, const char *text, size_t length)
{
    wchar_t character = decode(text, length);
    if (character < 0x20 || character == 0x7F)
        strbuf_printf(buf, "^%c", (int)character ^ 0x40);
    else if (is_control(character))
        strbuf_printf(buf, "<U+%04X>", (unsigned)character);
    else
        strbuf_add(buf, text, length);
}

static void add_harmless(struct strbuf *buf, const char *text, size_t size,
                         bool are_lines_kept)
{
    for (size_t at = 0; at < size;) {
        size_t length = utf8_length(text + at, size - at);
        bool is_line_end = text[at] == '\r' && at + 1 < size && text[at + 1] == '\n';
        if (length == 0)
            strbuf_puts(buf, REPLACEMENT);
        else if (text[at] == '\n' || text[at] == '\t')
            strbuf_putc(buf, are_lines_kept ? text[at] : ' ');
        else if (!is_line_end)
            add_character(buf, text + at, length);
        at += length ? length : 1;
    }
}

void screen_add_line(struct strbuf *buf, const char *text, size_t size)
{
    add_harmless(buf, text, size, false);
}

void screen_add_lines(struct strbuf *buf, const char *text, size_t size)
{
    add_harmless(buf, text, size, true);
}
