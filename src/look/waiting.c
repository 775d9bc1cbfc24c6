// SPDX-License-Identifier: GPL-3.0-or-later
/* waiting - reads file after file; one that cannot be read is shown with the reason. */
#include "look/waiting.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bark/self.h"
#include "bark/spool.h"
#include "base/clock.h"
#include "base/memory.h"
#include "look/describe.h"
#include "look/fetch.h"
#include "look/ids.h"
#include "look/table.h"

#define PART_MIN       4 /* characters of an id */
#define LAST_WORD_SIZE 512

/* What stands before the weight; to be freed. */
static char *id_of(const char *name)
{
    return memory_copy(name, strcspn(name, "."));
}

static int read_waiting(const char *folder, const char *name, struct fetched *ret,
                        struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    AUTO(str) char *host = self_host();
    struct message_defaults defaults = {.now = clock_now(), .host = host};
    struct stat status;
    int rc = spool_read(folder, name, &json, err);
    if (rc == 0)
        rc =
            message_parse(strbuf_text(&json), json.size, &defaults, &ret->message, err);
    if (rc < 0)
        return rc;
    ret->time = ret->came = ret->message->time;
    ret->state = message_state(ret->message);
    if (stat(path, &status) == 0)
        ret->came = (int64_t)status.st_mtim.tv_sec * 1000;
    return 0;
}

static const struct table_column columns[] = {
    {"WAITS SINCE", false}, {"KIND", false},      {"TAG", false},
    {"ID", false},          {"LAST WORD", false}, {NULL, false},
};

static void add_row(struct table *rows, const char *folder, const char *name,
                    size_t id_length)
{
    AUTO(fetched) struct fetched waiting = {0};
    AUTO(str) char *id = id_of(name);
    char time[CLOCK_TEXT_SIZE] = "", word[LAST_WORD_SIZE] = "";
    struct error why = {0};
    if (read_waiting(folder, name, &waiting, &why) == 0) {
        clock_format_local(waiting.came, CLOCK_SECONDS, time);
        message_last_word(waiting.message, word, sizeof word);
    }
    table_add(rows, PAINT_NONE, time);
    table_add(rows, screen_paint_of(waiting.state), weight_name(weight_of_file(name)));
    table_add(rows, PAINT_NONE, waiting.message ? waiting.message->tag : "");
    table_add(rows, PAINT_NONE, id_tail(id, id_length));
    table_add(rows, PAINT_NONE, waiting.message ? word : why.text);
}

static size_t longest_tail(const struct texts *names)
{
    AUTO(texts) struct texts owned = {0};
    AUTO(ids) struct ids ids = {0};
    for (size_t i = 0; i < names->count; i++) {
        AUTO(str) char *id = id_of(names->items[i]);
        texts_add(&owned, id);
        ids_add(&ids, owned.items[i]);
    }
    return ids_tail_length(&ids);
}

static void print_list(const char *folder, const struct texts *names)
{
    AUTO(table) struct table *rows = table_new(columns);
    struct screen screen = screen_find();
    size_t id_length = longest_tail(names);
    for (size_t i = 0; i < names->count; i++)
        add_row(rows, folder, names->items[i], id_length);
    if (names->count > 0)
        table_print(rows, &screen);
    else if (screen.width > 0)
        puts("nothing waits");
}

/* The messages as they wait; what cannot be read is left out. */
static void print_list_json(const char *folder, const struct texts *names)
{
    json_auto_t *array = json_array();
    for (size_t i = 0; i < names->count; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        if (spool_read(folder, names->items[i], &json, NULL) == 0)
            json_array_append_new(
                array, json_loadb(strbuf_text(&json), json.size, JSON_ALLOW_NUL, NULL));
    }
    fetch_print(array);
}

int waiting_print_list(const char *folder, bool is_json, struct error *err)
{
    AUTO(texts) struct texts names = {0};
    int rc = spool_list(folder, &names, err);
    if (rc < 0)
        return rc;
    if (is_json)
        print_list_json(folder, &names);
    else
        print_list(folder, &names);
    return 0;
}

/* The one whose name holds that part of an id; lent. */
static int find_name(const struct texts *names, const char *part, const char **ret,
                     struct error *err)
{
    const char *found = NULL;
    if (strlen(part) < PART_MIN)
        return error_set(err, -EINVAL, "\"%s\": expected %d characters of an id", part,
                         PART_MIN);
    for (size_t i = 0; i < names->count; i++) {
        AUTO(str) char *id = id_of(names->items[i]);
        if (!strstr(id, part))
            continue;
        if (found)
            return error_set(err, -ENOTUNIQ, "\"%.60s\" is a part of several ids",
                             part);
        found = names->items[i];
    }
    if (!found)
        return error_set(err, -ENOENT, "no message that waits has \"%.60s\" in its id",
                         part);
    *ret = found;
    return 0;
}

int waiting_print_one(const char *folder, const char *part, bool is_json,
                      struct error *err)
{
    AUTO(texts) struct texts names = {0};
    AUTO(fetched) struct fetched waiting = {0};
    AUTO(strbuf) struct strbuf text = {0};
    const char *name = NULL;
    struct screen screen = screen_find();
    int rc = spool_list(folder, &names, err);
    if (rc == 0)
        rc = find_name(&names, part, &name, err);
    if (rc == 0 && is_json) {
        struct texts only = {.items = (char **)&name, .count = 1};
        print_list_json(folder, &only);
        return 0;
    }
    if (rc == 0)
        rc = read_waiting(folder, name, &waiting, err);
    if (rc < 0)
        return rc;
    describe(&waiting, clock_now(), &screen, &text);
    fwrite(text.data, 1, text.size, stdout);
    return 0;
}
