// SPDX-License-Identifier: GPL-3.0-or-later
/* screen - what text does to a terminal: how wide it is there, in which colour it
 * stands, and nothing else. What a message says is a stranger's text: it goes through
 * screen_add_line or screen_add_lines before it is shown. */
#ifndef LOOK_SCREEN_H
#define LOOK_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "message/state.h"

struct screen {
    size_t width; /* columns; 0: not a terminal, so there is no edge */
    bool has_colour;
    bool is_utf8; /* the user's locale says so: more than ASCII may be drawn */
};

/* What stdout is. Colour: a terminal that is not "dumb", and no $NO_COLOR. */
struct screen screen_find(void);
struct screen screen_find_of(int fd); /* of another one: stderr, say */

/* Characters are as wide as the user's locale says, or that of C.UTF-8 where his knows
 * no UTF-8. Called once, by main(); without it, and without either locale, each is 1
 * wide. */
void screen_use_locale(void);

enum paint {
    PAINT_NONE,
    PAINT_GREEN,
    PAINT_YELLOW,
    PAINT_RED,
    PAINT_CYAN, /* what is drawn, and means no state */
    PAINT_BOLD,
};

enum paint
screen_paint_of(enum state state); /* red is fail, yellow warning, green ok */

/* Appends text in that paint, where the screen has colour. */
void screen_add_painted(const struct screen *screen, struct strbuf *buf,
                        enum paint paint, const char *text);

/* Columns that UTF-8 text without control characters takes. */
size_t screen_columns(const char *text);

/* Bytes of such a text that fit into so many columns; whole characters. */
size_t screen_fit(const char *text, size_t columns);

/* Appends text as one line: a control character becomes visible (ESC is "^[", U+009B is
 * "<U+009B>", also what turns the direction of writing), a newline or tab becomes a
 * blank, a byte that is not UTF-8 becomes U+FFFD. */
void screen_add_line(struct strbuf *buf, const char *text, size_t size);

/* The same, but newlines and tabs stay, and "\r\n" becomes "\n". */
void screen_add_lines(struct strbuf *buf, const char *text, size_t size);

#endif
