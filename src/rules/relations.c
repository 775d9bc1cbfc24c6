// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - the text of relations.sql is read as it stands there, comments and all;
 * then each relation of facts that has a table gets its SQL. All that is kept until the
 * store has other tables; the time of a question is put in afterwards. */
#include "rules/relations.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

static const char *const lines[] = {
#include "rules/relations.inc"
    NULL};

#define COLUMNS_MAX (RELATION_COLUMNS_MAX * 2 + 1)
#define KEYS_MAX    4
#define NOW         "$NOW" /* in a SELECT, once */

struct relations {
    struct store *store;
    struct arena *arena;   /* of all below; NULL: nothing was read yet */
    struct stored **items; /* by name; ends with NULL */
    size_t count;
    int64_t version; /* of the store's tables, when they were read */
};

/* The catalogue that is being made. */
struct making {
    struct arena *arena;
    struct stored **items; /* ends with NULL */
    size_t count, room;
};

static void add(struct making *making, struct stored *stored)
{
    if (making->count + 1 >= making->room) {
        making->room = making->room ? making->room * 2 : 64;
        making->items =
            memory_resize(making->items, making->room * sizeof *making->items);
    }
    making->items[making->count++] = stored;
    making->items[making->count] = NULL;
}

static struct stored *find(const struct making *making, const char *name)
{
    for (size_t i = 0; i < making->count; i++)
        if (strcmp(making->items[i]->name, name) == 0)
            return making->items[i];
    return NULL;
}

static const struct stored_column *copy_columns(const struct making *making,
                                                const struct stored_column *columns,
                                                size_t count)
{
    struct stored_column *copy = arena_take(making->arena, count * sizeof *copy);
    memcpy(copy, columns, count * sizeof *copy);
    return copy;
}

/* A set of columns, see struct stored; empty yet. */
static char *make_key(const struct making *making, const struct stored *stored)
{
    char *key = arena_take(making->arena, stored->count + 1);
    memset(key, '-', stored->count);
    return key;
}

static void add_to_key(const struct stored *stored, const char *name, char letter,
                       char *key)
{
    size_t i = 0;
    while (i < stored->count && strcmp(stored->columns[i].name, name) != 0)
        i++;
    assert(i < stored->count);
    key[i] = letter;
}

/* ---- relations.sql ---- */

/* What stands behind words at its beginning; NULL: it begins otherwise. */
static const char *behind(const char *line, const char *words)
{
    size_t size = strlen(words);
    return strncmp(line, words, size) == 0 ? line + size : NULL;
}

/* "-- NAME(COLUMN TYPE, …)"; other comments have no parenthesis behind a first word. */
static bool is_declaration(const char *line)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    const char *name = behind(line, "-- ");
    return name && strspn(name, letters) > 0 && name[strspn(name, letters)] == '(';
}

/* Moves *at behind the word, and what parts it from the next. */
static char *take_word(const struct making *making, const char **at)
{
    static const char ends[] = " ?,();";
    size_t size = strcspn(*at, ends);
    char *word = arena_copy(making->arena, *at, size);
    *at += size;
    *at += **at == '?' ? 0 : strspn(*at, ends);
    return word;
}

static struct stored *read_declaration(const struct making *making, const char *line)
{
    struct stored_column columns[COLUMNS_MAX];
    struct stored *stored = arena_take(making->arena, sizeof *stored);
    const char *at = behind(line, "-- ");
    stored->name = take_word(making, &at);
    while (*at) {
        struct stored_column *column = &columns[stored->count++];
        *column = (struct stored_column){.name = take_word(making, &at)};
        column->type = type_find(take_word(making, &at));
        column->may_lack = *at == '?';
        at += strspn(at, "?,) ");
        assert(stored->count < COLUMNS_MAX && column->type != TYPE_NONE);
    }
    stored->columns = copy_columns(making, columns, stored->count);
    return stored;
}

/* "host tag; id" */
static const char *const *read_keys(const struct making *making,
                                    const struct stored *stored, const char *at)
{
    const char **keys = arena_take(making->arena, (KEYS_MAX + 1) * sizeof *keys);
    for (size_t count = 0; *at; count++) {
        char *key = make_key(making, stored);
        assert(count < KEYS_MAX);
        keys[count] = key;
        for (bool is_last = false; *at && !is_last;) {
            is_last = at[strcspn(at, " ;")] == ';';
            add_to_key(stored, take_word(making, &at), 'k', key);
        }
    }
    return keys;
}

/* "_tag; host tag" */
static struct numbering read_numbering(const struct making *making,
                                       const struct stored *stored, const char *at)
{
    char *columns = make_key(making, stored);
    const char *name = take_word(making, &at);
    for (char place = '1'; *at; place++)
        add_to_key(stored, take_word(making, &at), place, columns);
    return (struct numbering){name, columns};
}

static void read_comment(const struct making *making, struct stored *stored,
                         const char *line, struct strbuf *help)
{
    const char *keys = behind(line, "-- keys: ");
    const char *since = behind(line, "-- since: ");
    const char *number = behind(line, "-- number: ");
    const char *words = behind(line, "-- ");
    if (behind(line, "-- open: "))
        stored->is_open = true;
    else if (number)
        stored->numbering = read_numbering(making, stored, number);
    else if (keys)
        stored->keys = read_keys(making, stored, keys);
    else if (since)
        stored->since = arena_format(making->arena, "\"%s\"", since);
    else if (words)
        strbuf_printf(help, "%s%s", help->size ? "\n" : "", words);
}

/* Until a line that ends with a semicolon, which is left out. */
static void read_select(const struct making *making, struct stored *stored,
                        const char *const **line)
{
    AUTO(strbuf) struct strbuf sql = {0};
    bool is_last = false;
    while (**line && !is_last) {
        const char *at = *(*line)++;
        is_last = at[strlen(at) - 1] == ';';
        stored->is_union |= behind(at, "UNION ALL ") != NULL;
        strbuf_printf(&sql, "%s\n", at);
    }
    strbuf_shorten(&sql, sql.size - strlen(";\n"));
    if (sql.size == 0)
        return;
    stored->sql = arena_format(making->arena, "(%s)", sql.data);
    stored->has_origin = strstr(sql.data, "_message") != NULL;
    stored->knows_time = strstr(sql.data, NOW) != NULL;
}

/* Moves *line behind it. */
static void read_relation(struct making *making, const char *const **line)
{
    AUTO(strbuf) struct strbuf help = {0};
    struct stored *stored = read_declaration(making, *(*line)++);
    while (**line && behind(**line, "--"))
        read_comment(making, stored, *(*line)++, &help);
    stored->help = arena_text(making->arena, strbuf_text(&help));
    read_select(making, stored, line);
    add(making, stored);
}

static void read_all(struct making *making)
{
    for (const char *const *line = lines; *line;)
        if (is_declaration(*line))
            read_relation(making, &line);
        else
            line++;
}

/* ---- facts ---- */

/* A relation of facts: its columns as they are known by themselves, and then those that
 * the store has beside. */
static size_t merge_columns(const struct stored *known, const struct relation *relation,
                            struct stored_column ret[COLUMNS_MAX])
{
    static const struct stored_column host = {.name = "host", .type = TYPE_TEXT};
    size_t count = 0;
    ret[count++] = host;
    for (size_t i = 1; known && i < known->count; i++)
        ret[count++] = known->columns[i];
    for (size_t i = 0; i < relation->count; i++) {
        const struct column *column = &relation->columns[i];
        size_t at = 1;
        while (at < count && strcmp(ret[at].name, column->name) != 0)
            at++;
        ret[at] = (struct stored_column){
            .name = at < count ? ret[at].name : column->name,
            .type = type_find(column_type_name(column->type)),
            .may_lack = true,
        };
        count += at == count;
    }
    return count;
}

static bool has_column(const struct relation *relation, const char *name)
{
    for (size_t i = 0; i < relation->count; i++)
        if (strcmp(relation->columns[i].name, name) == 0)
            return true;
    return false;
}

#define HOST   " JOIN main.host h ON h.number = f.host"
#define IS_NOW " WHERE f.ended IS NULL"
#define ORIGIN                                                                         \
    ", (SELECT id FROM main.message WHERE number = f.opened) AS _message,"             \
    " f.began AS _time"

/* A SELECT of facts: what stands before its columns, behind these, and at its end. */
struct form {
    const char *first, *last, *end;
};
static const struct form now_form = {"h.host AS host, f.host AS _host", ORIGIN,
                                     HOST IS_NOW};
static const struct form past_form = {
    "h.host AS host", ", f.began AS _began, f.ended AS _ended" ORIGIN, HOST};
static const struct form number_form = {"f.host AS _host", "", IS_NOW};

static const char *fact_sql(const struct making *making, const struct stored *stored,
                            const struct relation *relation, const struct form *form)
{
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_printf(&sql, "(SELECT %s", form->first);
    for (size_t i = 1; i < stored->count; i++) {
        const char *name = stored->columns[i].name;
        if (has_column(relation, name))
            strbuf_printf(&sql, ", f.v_%s AS \"%s\"", name, name);
        else
            strbuf_printf(&sql, ", NULL AS \"%s\"", name);
    }
    strbuf_printf(&sql, "%s FROM main.fact_%s f%s)", form->last, relation->name,
                  form->end);
    return arena_text(making->arena, sql.data);
}

/* The host, and what names a row among its host's; NULL: the whole row does. */
static const char *const *fact_keys(const struct making *making,
                                    const struct stored *stored,
                                    const struct relation *relation)
{
    const char **keys = arena_take(making->arena, 2 * sizeof *keys);
    char *key = make_key(making, stored);
    bool is_any = false;
    add_to_key(stored, "host", 'k', key);
    for (size_t i = 0; i < relation->count; i++)
        if (relation->columns[i].is_key) {
            add_to_key(stored, relation->columns[i].name, 'k', key);
            is_any = true;
        }
    keys[0] = key;
    return is_any ? keys : NULL;
}

static struct stored *make_fact(const struct making *making, const struct stored *known,
                                const struct relation *relation)
{
    struct stored_column columns[COLUMNS_MAX];
    struct stored *stored = arena_take(making->arena, sizeof *stored);
    stored->name = arena_text(making->arena, relation->name);
    stored->help = known ? known->help : "";
    stored->count = merge_columns(known, relation, columns);
    for (size_t i = 0; i < stored->count; i++)
        columns[i].name = arena_text(making->arena, columns[i].name);
    stored->columns = copy_columns(making, columns, stored->count);
    stored->sql = fact_sql(making, stored, relation, &now_form);
    stored->history = fact_sql(making, stored, relation, &past_form);
    stored->numbering = read_numbering(making, stored, "_host; host");
    stored->is_open = known && known->is_open;
    stored->by_number = fact_sql(making, stored, relation, &number_form);
    stored->keys = fact_keys(making, stored, relation);
    stored->has_origin = true;
    return stored;
}

/* One that was declared before its name became the server's own is out of reach. */
static int add_fact(const struct relation *relation, int64_t rows UNUSED, void *context)
{
    struct making *making = context;
    struct stored *known = find(making, relation->name);
    if (!known)
        add(making, make_fact(making, NULL, relation));
    else if (!known->sql)
        *known = *make_fact(making, known, relation);
    return 0;
}

/* Of what no host has spoken yet there is no past, but it may be asked for. */
static void add_empty_past(const struct making *making, struct stored *stored)
{
    AUTO(strbuf) struct strbuf sql = {0};
    for (size_t i = 0; i < stored->count; i++)
        strbuf_printf(&sql, "NULL AS \"%s\", ", stored->columns[i].name);
    stored->history = arena_format(
        making->arena, "(SELECT %sNULL AS _began, NULL AS _ended WHERE 0)", sql.data);
}

static int compare_names(const void *one, const void *other)
{
    return strcmp((*(struct stored *const *)one)->name,
                  (*(struct stored *const *)other)->name);
}

/* ---- kept ---- */

static void forget(struct relations *relations)
{
    arena_free(relations->arena);
    *relations = (struct relations){.store = relations->store};
}

/* What it has of them is right again, or nothing. */
static int read_anew(struct relations *relations, struct error *err)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct making making = {.arena = arena};
    forget(relations);
    read_all(&making);
    int rc = store_each_relation(relations->store, false, add_fact, &making, err);
    for (size_t i = 0; i < making.count; i++)
        if (!making.items[i]->sql)
            add_empty_past(&making, making.items[i]);
    if (rc == 0) {
        size_t size = (making.count + 1) * sizeof *making.items;
        relations->items = arena_take(arena, size);
        qsort(making.items, making.count, sizeof *making.items, compare_names);
        memcpy(relations->items, making.items, size);
        relations->count = making.count;
        relations->arena = TAKE(arena);
    }
    free(making.items);
    return rc;
}

/* The relation itself, or a copy with the time in its SQL. */
static const struct stored *at_time(const struct stored *stored,
                                    const struct relations_time *time,
                                    struct arena *arena)
{
    const char *mark = stored->sql ? strstr(stored->sql, NOW) : NULL;
    if (!mark)
        return stored;
    struct stored *copy = arena_take(arena, sizeof *copy);
    *copy = *stored;
    AUTO(strbuf) struct strbuf now = {0};
    value_put_sql(&(struct value){.type = TYPE_TIME,
                                  .number = time->now,
                                  .is_moving = time->is_moving},
                  &now);
    copy->sql = arena_format(arena, "%.*s(%s)%s", (int)(mark - stored->sql),
                             stored->sql, strbuf_text(&now), behind(mark, NOW));
    return copy;
}

struct relations *relations_new(struct store *store)
{
    struct relations *relations = memory_new(sizeof *relations);
    relations->store = store;
    return relations;
}

void relations_free(struct relations *relations)
{
    if (!relations)
        return;
    forget(relations);
    free(relations);
}

int relations_load(struct relations *relations, const struct relations_time *time,
                   struct arena *arena, struct catalogue *ret, struct error *err)
{
    int64_t version = 0;
    int rc = store_find_tables_version(relations->store, &version, err);
    if (rc == 0 && (!relations->arena || relations->version != version))
        rc = read_anew(relations, err);
    if (rc < 0)
        return rc;
    relations->version = version;
    const struct stored **items =
        arena_take(arena, (relations->count + 1) * sizeof *items);
    for (size_t i = 0; i < relations->count; i++)
        items[i] = at_time(relations->items[i], time, arena);
    ret->items = items;
    return 0;
}
