// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - what can be asked for: the relations that are stored, and those that
 * rules make of them. */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ask/ask.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"

struct relations_options {
    const char *conf;
    bool json;
};

#define AT(member) offsetof(struct relations_options, member)

static const struct option_row relations_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* The three lists, and the titles above them. */
static const struct list {
    const char *name, *title;
} lists[] = {{"relations", "RELATION"}, {"rules", "RULE"}, {"questions", "QUESTION"}};

#define LISTS (sizeof lists / sizeof *lists)

/* One object with what the two answers of the oracle have. */
static int fetch_all(struct asking *asking, json_t **ret, struct complaint *complaint)
{
    const struct oracle *oracle = &asking->oracle;
    json_auto_t *relations = NULL, *rules = NULL;
    int rc = oracle->relations(oracle->state, &relations, complaint);
    if (rc == 0)
        rc = oracle->rules(oracle->state, &asking->pieces, &rules, complaint);
    if (rc < 0)
        return rc;
    json_object_update_missing(relations, rules);
    *ret = json_incref(relations);
    return 0;
}

static void say_trouble(const json_t *all)
{
    size_t i;
    const json_t *trouble;
    json_array_foreach(json_object_get(all, "trouble"), i, trouble)
        say("%s", fetched_text(trouble, "error"));
}

/* ---- all ---- */

static void print_all(const json_t *all)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < LISTS; i++) {
        const json_t *list = json_object_get(all, lists[i].name);
        if (json_array_size(list) == 0)
            continue;
        strbuf_puts(&text, text.size > 0 ? "\n" : "");
        answer_format_names(list, lists[i].title, &screen, &text);
    }
    fputs(strbuf_text(&text), stdout);
    fflush(stdout);
    say_trouble(all);
}

/* ---- one ---- */

static const json_t *find(const json_t *all, const char *name)
{
    for (size_t i = 0; i < LISTS; i++) {
        size_t j;
        const json_t *item;
        json_array_foreach(json_object_get(all, lists[i].name), j, item)
        {
            if (strcmp(fetched_text(item, "name"), name) == 0)
                return item;
        }
    }
    return NULL;
}

static int fail_unknown(const json_t *all, const char *name,
                        struct complaint *complaint)
{
    const char **known = NULL;
    size_t count = 0;
    char hint[128];
    for (size_t i = 0; i < LISTS; i++) {
        const json_t *list = json_object_get(all, lists[i].name);
        size_t more = json_array_size(list);
        known = memory_resize(known, (count + more + 1) * sizeof *known);
        for (size_t j = 0; j < more; j++)
            known[count++] = fetched_text(json_array_get(list, j), "name");
        known[count] = NULL;
    }
    int rc = complain(complaint, NULL, -ENOENT, "no relation is called %.60s%s", name,
                      suggest_text(name, known, hint, sizeof hint));
    free(known);
    return rc;
}

static int print_one(struct asking *asking, const json_t *all, const char *name,
                     struct complaint *complaint)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    const json_t *item = find(all, name);
    if (!item)
        return fail_unknown(all, name, complaint);
    if (asking->form == ANSWER_JSON) {
        fetch_print(item);
        return 0;
    }
    answer_format_name(item, &screen, &text);
    fputs(strbuf_text(&text), stdout);
    return 0;
}

int relations_print(struct asking *asking, const char *name)
{
    json_auto_t *all = NULL;
    AUTO(complaint) struct complaint complaint = {0};
    int rc = fetch_all(asking, &all, &complaint);
    if (rc == 0 && name)
        rc = print_one(asking, all, name, &complaint);
    else if (rc == 0 && asking->form == ANSWER_JSON)
        fetch_print(all);
    else if (rc == 0)
        print_all(all);
    if (rc < 0)
        answer_complain(&complaint);
    return rc;
}

/* ---- the call ---- */

static int run(int argc, char **argv)
{
    struct relations_options options = {0};
    AUTO(asking) struct asking asking = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&ask_relations, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (words.count > 1) {
        error_set(&err, -EINVAL, "found \"%.60s\", expected one relation",
                  words.items[1]);
        return look_refuse(&ask_relations, &err);
    }
    if (oracle_open_server(options.conf, &asking.oracle, &err) < 0) {
        say("%s", err.text);
        return EXIT_FAILED;
    }
    asking.form = options.json ? ANSWER_JSON : ANSWER_TABLE;
    int rc = relations_print(&asking, words.count > 0 ? words.items[0] : NULL);
    return rc < 0 ? EXIT_FAILED : EXIT_OK;
}

const struct command ask_relations = {
    .name = "relations",
    .arguments = "[OPTIONS] [NAME]",
    .summary = "the relations and rules that can be asked, or all of one",
    .options = relations_rows,
    .run = run,
};
