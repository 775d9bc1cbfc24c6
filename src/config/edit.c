// SPDX-License-Identifier: GPL-3.0-or-later
/* edit - the text is copied up to each setting that changes, then goes on behind it. */
#include "config/edit.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "config/sexp.h"

struct editor {
    const char *text;
    size_t at; /* all before it is written */
    const struct config_change *changes;
    bool *are_made; /* of each change */
    struct strbuf *to;
};

static void put_setting(struct strbuf *to, const struct config_change *change)
{
    strbuf_printf(to, "(%s \"", change->name);
    for (const char *at = change->value; *at; at++) {
        if (*at == '"' || *at == '\\')
            strbuf_putc(to, '\\');
        strbuf_putc(to, *at);
    }
    strbuf_puts(to, "\")");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Where a line held the setting alone, the line goes too. */
static void leave_out(struct editor *editor, const struct sexp *list)
{
    size_t from = list->from, to = list->to;
    while (from > editor->at && is_blank(editor->text[from - 1]))
        from--;
    while (is_blank(editor->text[to]))
        to++;
    bool begins_line = from == 0 || editor->text[from - 1] == '\n';
    bool is_alone = begins_line && editor->text[to] == '\n';
    strbuf_add(editor->to, editor->text + editor->at,
               (is_alone ? from : list->from) - editor->at);
    editor->at = is_alone ? to + 1 : list->to;
}

static void change_list(struct editor *editor, const struct sexp *list, size_t number)
{
    const struct config_change *change = &editor->changes[number];
    if (!change->value || editor->are_made[number]) {
        leave_out(editor, list);
    } else {
        strbuf_add(editor->to, editor->text + editor->at, list->from - editor->at);
        put_setting(editor->to, change);
        editor->at = list->to;
    }
    editor->are_made[number] = true;
}

static bool is_named(const struct sexp *sexp, const char *name)
{
    return sexp->type == SEXP_LIST && sexp->count > 0 &&
           sexp->items[0].type == SEXP_SYMBOL && strcmp(sexp->items[0].text, name) == 0;
}

static void walk(struct editor *editor, const struct sexp *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct sexp *item = &list->items[i];
        if (is_named(item, "config"))
            walk(editor, item);
        for (size_t j = 0; editor->changes[j].name; j++)
            if (is_named(item, editor->changes[j].name))
                change_list(editor, item, j);
    }
}

static void append_new(struct editor *editor)
{
    for (size_t i = 0; editor->changes[i].name; i++) {
        if (editor->are_made[i] || !editor->changes[i].value)
            continue;
        if (editor->to->size > 0 && editor->to->data[editor->to->size - 1] != '\n')
            strbuf_putc(editor->to, '\n');
        put_setting(editor->to, &editor->changes[i]);
        strbuf_putc(editor->to, '\n');
    }
}

int config_edit(const char *text, size_t size, const struct config_change *changes,
                struct strbuf *ret, struct error *err)
{
    AUTO(sexp) struct sexp *top = NULL;
    AUTO(str) char *copy = memory_copy(text, size); /* a NUL ends every look ahead */
    int rc = sexp_parse(text, size, &top, err);
    if (rc < 0)
        return rc;
    size_t count = 0;
    while (changes[count].name)
        count++;
    AUTO(strbuf) struct strbuf edited = {0};
    bool *are_made = memory_new(count + 1);
    struct editor editor = {
        .text = copy, .changes = changes, .are_made = are_made, .to = &edited};
    walk(&editor, top);
    strbuf_add(&edited, copy + editor.at, size - editor.at);
    append_new(&editor);
    free(are_made);
    strbuf_add(ret, strbuf_text(&edited), edited.size);
    return 0;
}
