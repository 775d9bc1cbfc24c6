// SPDX-License-Identifier: GPL-3.0-or-later
/* story_output - the last lines, indented, so that none looks like one of ours. */
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "notify/readable.h"
#include "notify/story_parts.h"

#define TAIL_LINES 20   /* of what was printed */
#define TAIL_SIZE  2000 /* bytes of it */

/* The part behind the bytes that were left out, readable, without blank lines
 * around. */
static void read_output(struct strbuf *text, const struct output *output)
{
    size_t start =
        output->cut > 0 && output->cut_at < output->kept.size ? output->cut_at : 0;
    const char *bytes = output->kept.data + start;
    size_t size = output->kept.size - start;
    size_t torn = start > 0 ? utf8_torn_head(bytes, size) : 0;
    readable_text(text, bytes + torn, size - torn);
    size_t end = text->size;
    while (end > 0 && strchr(" \t\n", text->data[end - 1]))
        end--;
    strbuf_shorten(text, end);
    if (end > 0)
        strbuf_putc(text, '\n');
}

static void put_indented(struct strbuf *buf, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        strbuf_puts(buf, length > 0 ? "  " : "");
        strbuf_add(buf, text, length);
        strbuf_putc(buf, '\n');
        text += length + (text[length] == '\n');
    }
}

static void put_heading(struct strbuf *buf, const char *name,
                        const struct output *output, bool is_whole)
{
    char all[UNITS_TEXT_SIZE], cut[UNITS_TEXT_SIZE];
    size_format((int64_t)(output->kept.size + output->cut), all);
    size_format((int64_t)output->cut, cut);
    if (is_whole)
        strbuf_printf(buf, "\n%s:\n\n", name);
    else if (output->cut == 0)
        strbuf_printf(buf, "\nthe end of %s (%s):\n\n", name, all);
    else
        strbuf_printf(buf, "\nthe end of %s (%s, of which %s were not kept):\n\n", name,
                      all, cut);
}

/* Returns whether there was anything to show. */
static bool put_output(struct strbuf *buf, const char *name,
                       const struct output *output)
{
    if (output->kept.size == 0)
        return false;
    AUTO(strbuf) struct strbuf text = {0};
    read_output(&text, output);
    if (text.size == 0)
        return false;
    size_t start = readable_tail(&text, TAIL_LINES, TAIL_SIZE);
    put_heading(buf, name, output, start == 0 && output->cut == 0);
    put_indented(buf, text.data + start);
    return true;
}

void story_put_text(struct strbuf *buf, const char *note)
{
    AUTO(strbuf) struct strbuf text = {0};
    readable_text(&text, note, strlen(note));
    if (text.size == 0)
        return;
    size_t start = readable_tail(&text, TAIL_LINES, TAIL_SIZE);
    strbuf_puts(buf, start > 0 ? "\nthe end of what it says:\n\n" : "\n");
    put_indented(buf, text.data + start);
}

void story_put_words(struct strbuf *buf, const struct notice *notice)
{
    const struct message *message = notice->message;
    if (message->text)
        story_put_text(buf, message->text);
    if (message->kind != MESSAGE_OUTCOME || notice->kind == TELLING_OVER)
        return;
    if (!put_output(buf, "stderr", &message->errors) &&
        !put_output(buf, "stdout", &message->out) && message->err != ERR_LOCKED)
        strbuf_puts(buf, "\nIt printed nothing.\n");
}
