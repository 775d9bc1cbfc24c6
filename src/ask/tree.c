// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - a node of JSON, a node of a proof. */
#include "ask/tree.h"

#include <jansson.h>
#include <string.h>

#include "ask/times.h"
#include "datalog/tree.h"

#define DEPTH_MAX 2000 /* of trees; a deeper one is cut */

static enum proof_kind find_kind(const char *name)
{
    for (size_t i = 0; i < PROOF_KINDS; i++)
        if (strcmp(proof_kind_name((enum proof_kind)i), name) == 0)
            return (enum proof_kind)i;
    return PROOF_CUT;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static const char *local_text(const json_t *json, struct arena *arena)
{
    AUTO(strbuf) struct strbuf text = {0};
    times_put_local(text_of(json, "text"), &text);
    return arena_text(arena, strbuf_text(&text));
}

static const struct rule *read_rule(const json_t *json, struct arena *arena)
{
    struct rule *rule = arena_take(arena, sizeof *rule);
    rule->name = text_of(json, "name");
    rule->text = text_of(json, "text");
    return rule;
}

static const struct proof *read_node(const json_t *json, int depth,
                                     struct arena *arena);

static const struct proof *const *read_nodes(const json_t *list, int depth,
                                             struct arena *arena, size_t *ret_count)
{
    size_t count = depth < DEPTH_MAX ? json_array_size(list) : 0;
    const struct proof **nodes = arena_take(arena, (count + 1) * sizeof *nodes);
    for (size_t i = 0; i < count; i++)
        nodes[i] = read_node(json_array_get(list, i), depth + 1, arena);
    *ret_count = count;
    return nodes;
}

static const struct proof *read_node(const json_t *json, int depth, struct arena *arena)
{
    struct proof *proof = arena_take(arena, sizeof *proof);
    const json_t *rule = json_object_get(json, "rule");
    enum proof_kind kind = find_kind(text_of(json, "kind"));
    *proof = (struct proof){
        .kind = kind,
        .text = local_text(json, arena),
        .relation = text_of(json, "relation"),
        .rule = rule || kind == PROOF_RULE ? read_rule(rule, arena) : NULL,
        .message = json_string_value(json_object_get(json, "message")),
        .time = json_integer_value(json_object_get(json, "time")),
        .rows = json_integer_value(json_object_get(json, "rows")),
    };
    proof->children =
        read_nodes(json_object_get(json, "children"), depth, arena, &proof->count);
    proof->further = read_nodes(json_object_get(json, "further"), depth, arena,
                                &proof->further_count);
    return proof;
}

const struct proof *tree_read(const struct json_t *json, struct arena *arena)
{
    return read_node(json, 0, arena);
}
