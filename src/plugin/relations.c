// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - those that a plugin declares. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugin/keys.h"

struct column_draft {
    char *name;
    enum column_type type;
    bool is_key;
};

static int read_type(struct reader *reader, const char *name, const json_t *value,
                     void *to)
{
    const char *known[COLUMN_FLAG + 2] = {0};
    if (json_is_string(value) && column_type_parse(json_string_value(value), to) == 0)
        return 0;
    for (int i = 0; i <= COLUMN_FLAG; i++)
        known[i] = column_type_name((enum column_type)i);
    return keys_fail_word(reader, name, value, known);
}

static const struct key column_keys[] = {
    {"name", true, keys_line, offsetof(struct column_draft, name)},
    {"type", true, read_type, offsetof(struct column_draft, type)},
    {"key", false, keys_flag, offsetof(struct column_draft, is_key)},
    {.name = NULL},
};

static int read_column(struct reader *reader, const json_t *object, void *relation)
{
    struct column_draft draft = {0};
    int rc = keys_read(reader, column_keys, object, &draft);
    if (rc == 0)
        relation_add_column(relation, draft.name, draft.type, draft.is_key);
    free(draft.name);
    return rc;
}

struct relation_draft {
    char *name, *help;
    const json_t *columns; /* lent */
};

static void relation_draft_clear(struct relation_draft *draft)
{
    free(draft->name);
    free(draft->help);
}
AUTO_DEFINE_CLEAR(relation_draft)

static int lend(struct reader *reader UNUSED, const char *name UNUSED,
                const json_t *value, void *to)
{
    *(const json_t **)to = value;
    return 0;
}

static const struct key relation_keys[] = {
    {"name", true, keys_line, offsetof(struct relation_draft, name)},
    {"help", false, keys_line, offsetof(struct relation_draft, help)},
    {"columns", true, lend, offsetof(struct relation_draft, columns)},
    {.name = NULL},
};

static void add(struct relations *relations, struct relation *relation)
{
    relations->items =
        memory_resize(relations->items, (relations->count + 1) * sizeof(void *));
    relations->items[relations->count++] = relation;
}

int keys_relation(struct reader *reader, const json_t *object, void *context UNUSED)
{
    struct relations *relations = &reader->plugin->relations;
    AUTO(relation_draft) struct relation_draft draft = {0};
    int rc = keys_read(reader, relation_keys, object, &draft);
    if (rc < 0)
        return rc;
    if (relations_find(relations, draft.name))
        return keys_fail(reader, "name", json_object_get(object, "name"),
                         "a name that no other relation has");
    AUTO(relation) struct relation *relation = relation_new(draft.name, draft.help);
    rc = keys_each(reader, "columns", draft.columns, read_column, relation);
    if (rc < 0)
        return rc;
    rc = relation_check(relation, reader->err);
    if (rc < 0)
        return error_prefix(reader->err, rc, "field \"%.*s\"",
                            (int)strlen(reader->where) - 1, reader->where);
    add(relations, TAKE(relation));
    return 0;
}
