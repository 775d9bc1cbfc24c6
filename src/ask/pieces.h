// SPDX-License-Identifier: GPL-3.0-or-later
/* pieces - the texts that stand before a question: files of rules, and the rules that
 * were typed at the prompt.
 *
 * Comes from: ask.c, prompt.c.  Goes to: oracle.h, which reads them as one program. */
#ifndef ASK_PIECES_H
#define ASK_PIECES_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/strbuf.h"
#include "datalog/complaint.h"
#include "datalog/parse.h"

struct piece {
    char *name; /* of the file; "stdin"; "rule 1": typed */
    char *text; /* ends with NUL */
    size_t size;
};

struct pieces {
    struct piece *items;
    size_t count;
    size_t typed; /* so many were typed at the prompt */
};

void pieces_clear(struct pieces *pieces);
AUTO_DEFINE_CLEAR(pieces)

/* Appends the file, or puts it in place of what had its name; "-" is stdin. -ENOENT and
 * others, -EINVAL: it is no text. */
int pieces_load(struct pieces *pieces, const char *path, struct complaint *complaint)
    MUST_USE;

/* Appends what was typed. */
void pieces_add(struct pieces *pieces, const char *text);

/* Reads them into the program; the last one in that mode, those before it as rules.
 * Errors as of parse_text. */
int pieces_parse(const struct pieces *pieces, struct program *program,
                 enum parse_mode last, struct complaint *complaint) MUST_USE;

/* Appends them as one text, each from a line of its own on. */
void pieces_join(const struct pieces *pieces, struct strbuf *text);

/* A complaint about such a text, with more text behind it: it now names the piece and
 * the line there, or, behind them all, the line behind them. */
void pieces_place(const struct pieces *pieces, struct complaint *complaint);

#endif
