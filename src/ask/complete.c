// SPDX-License-Identifier: GPL-3.0-or-later
/* complete - readline gives its functions no context: the words are the file's. */
#include "ask/complete.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "config/config.h"
#include "look/fetch.h"

static struct texts words;

void complete_add_word(const char *word)
{
    for (size_t i = 0; i < words.count; i++)
        if (strcmp(words.items[i], word) == 0)
            return;
    texts_add(&words, word);
}

static void add_columns(const json_t *columns)
{
    size_t i;
    const json_t *column;
    json_array_foreach(columns, i, column)
    {
        const char *name = json_string_value(json_array_get(column, 0));
        if (name)
            complete_add_word(name);
    }
}

void complete_add(const struct json_t *answer)
{
    static const char *const lists[] = {"relations", "rules"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t j;
        const json_t *item;
        json_array_foreach(json_object_get(answer, lists[i]), j, item)
        {
            complete_add_word(fetched_text(item, "name"));
            add_columns(json_object_get(item, "columns"));
        }
    }
    size_t i;
    const json_t *saved;
    json_array_foreach(json_object_get(answer, "questions"), i, saved)
    {
        AUTO(str) char *name = text_format("@%s", fetched_text(saved, "name"));
        complete_add_word(name);
    }
}

/* The next of the words that begin so; readline frees it. */
static char *next_word(const char *begin, int state)
{
    static size_t at;
    if (state == 0)
        at = 0;
    while (at < words.count) {
        const char *word = words.items[at++];
        if (strncmp(word, begin, strlen(begin)) == 0)
            return text_copy(word);
    }
    return NULL;
}

/* Behind ".load " stands a file. */
static char **find_words(const char *text, int start, int end UNUSED)
{
    bool is_file = start > 0 && strncmp(rl_line_buffer, ".load ", 6) == 0;
    rl_attempted_completion_over = !is_file;
    rl_completion_append_character = '\0';
    return is_file ? NULL : rl_completion_matches(text, next_word);
}

void complete_start(void)
{
    rl_attempted_completion_function = find_words;
    rl_completer_word_break_characters = (char *)" \t\n\"(){},;:=<>!+*/%^|";
}

void complete_stop(void)
{
    rl_attempted_completion_function = NULL;
    texts_clear(&words);
}
