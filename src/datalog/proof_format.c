// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_format - a proof as lines that people read: what is below an atom is indented
 * once for its rule, and once more for what the rule's body holds. */
#include <string.h>

#include "base/clock.h"
#include "datalog/proof.h"

#define NOTE_COLUMN_MAX 60 /* wider texts have their note right behind them */

/* What begins the lines of what is below a node, and the marks of the last one and of
 * those before it. */
struct drawing {
    const char *branch, *last;
    const char *beside_branch, *beside_last;
};

static const struct drawing lines = {
    .branch = "├─ ",
    .last = "└─ ",
    .beside_branch = "│  ",
    .beside_last = "   ",
};
static const struct drawing blanks = {
    .branch = "   ",
    .last = "   ",
    .beside_branch = "   ",
    .beside_last = "   ",
};

/* Characters, as far as they are one column wide each. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += (*text & 0xC0) != 0x80;
    return width;
}

static void put_origin(const struct proof *proof, struct strbuf *note)
{
    if (proof->message)
        strbuf_printf(note, "message %s", proof->message);
    if (proof->time) {
        char time[CLOCK_TEXT_SIZE];
        clock_format_local(proof->time, CLOCK_MINUTES, time);
        strbuf_printf(note, "%s%s", proof->message ? ", " : "", time);
    }
}

/* What stands behind the text of a node; often nothing. */
static void put_note(const struct proof *proof, struct strbuf *note)
{
    if (proof->kind == PROOF_STORED)
        put_origin(proof, note);
    else if (proof->kind == PROOF_FACT)
        strbuf_puts(note, proof->rule ? proof->rule->name : "input");
    else if (proof->kind == PROOF_AGGREGATE)
        strbuf_printf(note, "of %lld row%s", (long long)proof->rows,
                      proof->rows == 1 ? "" : "s");
    else if (proof->kind == PROOF_ABOVE)
        strbuf_puts(note, "as above");
    else if (proof->kind == PROOF_BELOW)
        strbuf_puts(note, "see below");
    else if (proof->kind == PROOF_CUT)
        strbuf_puts(note, "not shown: the proof is too large");
}

/* The column at which the notes of the nodes below one begin. */
static size_t note_column(const struct proof *proof)
{
    size_t column = 0;
    for (size_t i = 0; i < proof->count; i++) {
        AUTO(strbuf) struct strbuf note = {0};
        put_note(proof->children[i], &note);
        size_t width = width_of(proof->children[i]->text);
        if (note.size > 0 && width > column && width <= NOTE_COLUMN_MAX)
            column = width;
    }
    return column;
}

static void put_node(const struct proof *proof, size_t column, struct strbuf *text)
{
    AUTO(strbuf) struct strbuf note = {0};
    put_note(proof, &note);
    strbuf_puts(text, proof->text);
    if (note.size > 0) {
        size_t width = width_of(proof->text);
        int room = width < column ? (int)(column - width) : 0;
        strbuf_printf(text, "%*s    %s", room, "", strbuf_text(&note));
    }
    strbuf_putc(text, '\n');
}

static void put_below(const struct proof *proof, const struct drawing *drawing,
                      struct strbuf *begin, struct strbuf *text);

static void put_children(const struct proof *proof, const struct drawing *drawing,
                         struct strbuf *begin, struct strbuf *text)
{
    size_t column = note_column(proof), size = begin->size;
    for (size_t i = 0; i < proof->count; i++) {
        bool is_last = i + 1 == proof->count;
        strbuf_puts(text, strbuf_text(begin));
        strbuf_puts(text, is_last ? drawing->last : drawing->branch);
        put_node(proof->children[i], column, text);
        strbuf_puts(begin, is_last ? drawing->beside_last : drawing->beside_branch);
        put_below(proof->children[i], drawing, begin, text);
        strbuf_shorten(begin, size);
    }
}

static void put_below(const struct proof *proof, const struct drawing *drawing,
                      struct strbuf *begin, struct strbuf *text)
{
    size_t size = begin->size;
    if (proof->kind == PROOF_RULE) {
        strbuf_printf(text, "%s%s%s: %s\n", strbuf_text(begin), drawing->last,
                      proof->rule->name, proof->rule->text);
        strbuf_puts(begin, drawing->beside_last);
    }
    put_children(proof, drawing, begin, text);
    strbuf_shorten(begin, size);
}

void proof_format(const struct proof *proof, bool is_utf8, struct strbuf *text)
{
    AUTO(strbuf) struct strbuf begin = {0};
    put_node(proof, 0, text);
    put_below(proof, is_utf8 ? &lines : &blanks, &begin, text);
    for (size_t i = 0; i < proof->further_count; i++) {
        strbuf_putc(text, '\n');
        proof_format(proof->further[i], is_utf8, text);
    }
}
