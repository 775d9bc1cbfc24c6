// SPDX-License-Identifier: GPL-3.0-or-later
/* pieces - a list, and where in it a line is. */
#include "ask/pieces.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"

void pieces_clear(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        free(pieces->items[i].name);
        free(pieces->items[i].text);
    }
    free(pieces->items);
    *pieces = (struct pieces){0};
}

/* Takes both texts. */
static void put(struct pieces *pieces, char *name, struct strbuf *text)
{
    struct piece *piece = NULL;
    for (size_t i = 0; i < pieces->count; i++)
        if (strcmp(pieces->items[i].name, name) == 0)
            piece = &pieces->items[i];
    if (!piece) {
        size_t size = (pieces->count + 1) * sizeof *pieces->items;
        pieces->items = memory_resize(pieces->items, size);
        piece = &pieces->items[pieces->count++];
        *piece = (struct piece){0};
    }
    free(piece->name);
    free(piece->text);
    piece->name = name;
    piece->size = text->size;
    piece->text = strbuf_take(text);
}

int pieces_load(struct pieces *pieces, const char *path, struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct error err;
    bool is_stdin = strcmp(path, "-") == 0;
    int rc = is_stdin ? files_read_fd(STDIN_FILENO, PARSE_SIZE_MAX, &text, &err)
                      : files_read(path, PARSE_SIZE_MAX, &text, &err);
    if (rc < 0 && is_stdin)
        return complain(complaint, NULL, rc, "stdin: %s", err.text);
    if (rc < 0)
        return complain(complaint, NULL, rc, "%s", err.text);
    if (memchr(strbuf_text(&text), '\0', text.size))
        return complain(complaint, NULL, -EINVAL, "%s: it holds a NUL byte: no text",
                        is_stdin ? "stdin" : path);
    put(pieces, text_copy(is_stdin ? "stdin" : path), &text);
    return 0;
}

void pieces_add(struct pieces *pieces, const char *text)
{
    AUTO(strbuf) struct strbuf copy = {0};
    strbuf_puts(&copy, text);
    put(pieces, text_format("rule %zu", ++pieces->typed), &copy);
}

int pieces_parse(const struct pieces *pieces, struct program *program,
                 enum parse_mode last, struct complaint *complaint)
{
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->items[i];
        enum parse_mode mode = i + 1 == pieces->count ? last : PARSE_RULES;
        int rc =
            parse_text(program, piece->name, piece->text, piece->size, mode, complaint);
        if (rc < 0)
            return rc;
    }
    return 0;
}

void pieces_join(const struct pieces *pieces, struct strbuf *text)
{
    for (size_t i = 0; i < pieces->count; i++) {
        strbuf_add(text, pieces->items[i].text, pieces->items[i].size);
        strbuf_putc(text, '\n');
    }
}

static int count_lines(const char *text)
{
    int count = 1;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

void pieces_place(const struct pieces *pieces, struct complaint *complaint)
{
    int before = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        int lines = count_lines(pieces->items[i].text);
        if (complaint->line <= before + lines) {
            free(complaint->name);
            complaint->name = text_copy(pieces->items[i].name);
            break;
        }
        before += lines;
    }
    complaint->line -= before;
}
