// SPDX-License-Identifier: GPL-3.0-or-later
/* statement_words - a line as a shell prints it: words parted by blanks, of which the
 * last may be a text. */
#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "monitor/statement.h"

struct words {
    const char *text;
    size_t at;
};

static int column(const struct words *words)
{
    return statement_column(words->text, words->at);
}

static void skip_blanks(struct words *words)
{
    words->at += strspn(words->text + words->at, " \t");
}

static size_t word_length(const struct words *words)
{
    return strcspn(words->text + words->at, " \t");
}

/* "two words", with \" and \\ within; what stands here begins with the quote. */
static int read_quoted(struct words *words, struct strbuf *ret, struct error *err)
{
    int start = column(words);
    const char *at = words->text + words->at + 1;
    for (; *at && *at != '"'; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        strbuf_putc(ret, *at);
    }
    bool has_end = *at == '"' && (at[1] == '\0' || at[1] == ' ' || at[1] == '\t');
    if (!has_end)
        return error_set(err, -EINVAL,
                         "column %d: this string has no end; expected \" and a blank",
                         start);
    words->at = (size_t)(at + 1 - words->text);
    return 0;
}

static int read_value(struct words *words, struct strbuf *ret, struct error *err)
{
    if (words->text[words->at] == '"')
        return read_quoted(words, ret, err);
    size_t length = word_length(words);
    strbuf_add(ret, words->text + words->at, length);
    words->at += length;
    return 0;
}

/* The rest of the line as one row. */
static int read_row(struct words *words, struct statement *ret, struct error *err)
{
    int start = column(words);
    AUTO(texts) struct texts values = {0};
    for (; words->text[words->at]; skip_blanks(words)) {
        AUTO(strbuf) struct strbuf value = {0};
        int rc = read_value(words, &value, err);
        if (rc < 0)
            return rc;
        texts_add(&values, strbuf_text(&value));
    }
    return statement_add_row(ret, start, values.count,
                             (const char *const *)values.items, err);
}

static int read_kind(struct words *words, struct statement *ret, struct error *err)
{
    skip_blanks(words);
    size_t length = word_length(words);
    AUTO(str) char *word = memory_copy(words->text + words->at, length);
    ret->column = column(words);
    ret->kind = statement_kind_find(word);
    if (!ret->kind)
        return statement_fail_kind(ret->column, word, err);
    if (ret->kind->type == FINDING_FACTS || ret->kind->type == FINDING_MAIL)
        return error_set(err, -EINVAL,
                         "column %d: %s is said in JSON or as an S-expression",
                         ret->column, word);
    words->at += length;
    skip_blanks(words);
    return 0;
}

/* The next word, or for a text the rest of the line. */
static int read_field(struct words *words, enum statement_field field,
                      struct statement *ret, struct error *err)
{
    const char *text = words->text + words->at;
    size_t length = field == FIELD_TEXT ? strlen(text) : word_length(words);
    if (length == 0)
        return 0;
    int rc = statement_set(ret, field, column(words), text, length, err);
    words->at += length;
    skip_blanks(words);
    return rc;
}

int statement_read_words(const char *text, struct statement *ret, struct error *err)
{
    struct words words = {.text = text};
    int rc = read_kind(&words, ret, err);
    for (size_t i = 0; i < 3 && rc == 0 && ret->kind->order[i] != FIELD_COUNT; i++)
        rc = read_field(&words, ret->kind->order[i], ret, err);
    if (rc < 0)
        return rc;
    if (ret->kind->rows)
        return read_row(&words, ret, err);
    if (text[words.at])
        return error_set(err, -EINVAL, "column %d: found \"%.60s\", expected the end",
                         column(&words), text + words.at);
    return 0;
}
