// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_json - a proof as a JSON object. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "datalog/proof.h"

static const char *const kind_names[] = {
    [PROOF_RULE] = "rule",   [PROOF_STORED] = "stored",
    [PROOF_FACT] = "fact",   [PROOF_ABSENT] = "absent",
    [PROOF_HOLDS] = "holds", [PROOF_AGGREGATE] = "aggregate",
    [PROOF_ROW] = "row",     [PROOF_ABOVE] = "above",
    [PROOF_BELOW] = "below", [PROOF_CUT] = "cut",
};

const char *proof_kind_name(enum proof_kind kind)
{
    return kind_names[kind];
}

static void put_value(const struct value *value, struct strbuf *json)
{
    bool is_unknown = value->type == TYPE_NONE;
    if (is_unknown || (value->is_real && !isfinite(value->real)))
        strbuf_puts(json, "null");
    else if (value->text)
        json_text(json, value->text, strlen(value->text));
    else if (value->is_real)
        value_put_plain(value, json);
    else
        strbuf_printf(json, "%lld", (long long)value->number);
}

static void put_values(const struct proof *proof, struct strbuf *json)
{
    json_name(json, "values");
    json_open(json, '[');
    for (size_t i = 0; i < proof->value_count; i++) {
        json_comma(json);
        put_value(&proof->values[i], json);
    }
    json_close(json, ']');
}

static void put_rule(const struct rule *rule, struct strbuf *json)
{
    json_name(json, "rule");
    json_open(json, '{');
    json_field_text(json, "name", rule->name);
    json_field_text(json, "text", rule->text);
    json_close(json, '}');
}

static void put_nodes(const char *name, const struct proof *const *nodes, size_t count,
                      struct strbuf *json)
{
    if (count == 0)
        return;
    json_name(json, name);
    json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        json_comma(json);
        proof_put_json(nodes[i], json);
    }
    json_close(json, ']');
}

void proof_put_json(const struct proof *proof, struct strbuf *json)
{
    json_open(json, '{');
    json_field_text(json, "kind", kind_names[proof->kind]);
    json_field_text(json, "text", proof->text);
    if (proof->relation)
        json_field_text(json, "relation", proof->relation);
    if (proof->values)
        put_values(proof, json);
    if (proof->rule)
        put_rule(proof->rule, json);
    if (proof->message)
        json_field_text(json, "message", proof->message);
    if (proof->time)
        json_field_number(json, "time", proof->time);
    if (proof->kind == PROOF_AGGREGATE)
        json_field_number(json, "rows", proof->rows);
    put_nodes("children", proof->children, proof->count, json);
    put_nodes("further", proof->further, proof->further_count, json);
    json_close(json, '}');
}
