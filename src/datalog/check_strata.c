// SPDX-License-Identifier: GPL-3.0-or-later
/* check_strata - who has to be known before whom: Tarjan's strongly connected
 * components, found from the bottom up, are the strata. It keeps its own stack, for
 * relations may hang on each other as deep as they like. While it runs, a relation's
 * stratum is the index of its node, from 1 on; 0: it was not reached. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

/* One is made of another. */
struct edge {
    struct predicate *to;
    const struct atom *atom; /* that says so */
    const struct rule *rule;
    enum walk_way way;
};

struct node {
    struct predicate *predicate;
    struct edge *edges;
    size_t edge_count, edge_room;
    size_t next;      /* edge to be followed */
    size_t caller;    /* index of the node from which it was reached */
    size_t low;       /* the smallest index that can be reached from it */
    size_t component; /* from 1 on; 0: not complete */
    size_t before;    /* on the way of a search: the node, and its edge */
    size_t before_edge;
};

struct graph {
    struct node *nodes; /* in the order in which they were reached */
    size_t count, room;
    size_t *waiting; /* indexes of those whose component is not complete */
    size_t waiting_count, waiting_room;
    size_t component_count;
    const struct rule *rule; /* whose edges are collected */
};

static void graph_clear(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        free(graph->nodes[i].edges);
    free(graph->nodes);
    free(graph->waiting);
}
AUTO_DEFINE_CLEAR(graph)

static void *grown(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 8;
    return memory_resize(items, *room * size);
}

static struct node *node_of(const struct graph *graph,
                            const struct predicate *predicate)
{
    return &graph->nodes[predicate->stratum - 1];
}

/* ---- nodes and edges ---- */

static int add_edge(void *context, struct atom *atom, enum walk_way way)
{
    struct graph *graph = context;
    struct node *node = &graph->nodes[graph->count - 1];
    node->edges =
        grown(node->edges, node->edge_count, &node->edge_room, sizeof *node->edges);
    node->edges[node->edge_count++] = (struct edge){
        .to = atom->predicate, .atom = atom, .rule = graph->rule, .way = way};
    return 0;
}

/* Returns its index. */
static size_t add_node(struct graph *graph, struct predicate *predicate, size_t caller)
{
    graph->nodes =
        grown(graph->nodes, graph->count, &graph->room, sizeof *graph->nodes);
    size_t index = ++graph->count;
    graph->nodes[index - 1] =
        (struct node){.predicate = predicate, .caller = caller, .low = index};
    predicate->stratum = index;
    predicate->is_recursive = false;
    graph->waiting = grown(graph->waiting, graph->waiting_count, &graph->waiting_room,
                           sizeof *graph->waiting);
    graph->waiting[graph->waiting_count++] = index;

    const struct walk walk = {.context = graph, .atom = add_edge};
    for (size_t i = 0; i < predicate->rule_count; i++) {
        graph->rule = predicate->rules[i];
        walk_rule(&walk, predicate->rules[i]);
    }
    return index;
}

/* ---- components ---- */

static void complete(struct graph *graph, size_t index)
{
    size_t component = ++graph->component_count;
    size_t first = graph->waiting_count;
    do
        graph->nodes[graph->waiting[--first] - 1].component = component;
    while (graph->waiting[first] != index);

    for (size_t i = first; i < graph->waiting_count; i++) {
        struct node *node = &graph->nodes[graph->waiting[i] - 1];
        for (size_t j = 0; j < node->edge_count; j++) {
            if (node_of(graph, node->edges[j].to)->component == component)
                node->predicate->is_recursive = true;
        }
    }
    graph->waiting_count = first;
}

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

/* One step of the search at the node index; returns the index to go on with. */
static size_t follow(struct graph *graph, size_t index)
{
    struct node *node = &graph->nodes[index - 1];
    if (node->next < node->edge_count) {
        struct predicate *to = node->edges[node->next++].to;
        if (to->stratum == 0)
            return add_node(graph, to, index);
        if (node_of(graph, to)->component == 0)
            node->low = smaller(node->low, to->stratum);
        return index;
    }
    if (node->low == index)
        complete(graph, index);
    size_t caller = node->caller;
    if (caller > 0)
        graph->nodes[caller - 1].low = smaller(graph->nodes[caller - 1].low, node->low);
    return caller;
}

static void search(struct graph *graph, struct predicate *root)
{
    if (root->stratum > 0)
        return;
    size_t index = add_node(graph, root, 0);
    while (index > 0)
        index = follow(graph, index);
}

/* ---- cycles ---- */

/* A way from one node to another of its component, by breadth: each node on it knows
 * the one before it. */
static void find_way(struct graph *graph, size_t from, size_t to)
{
    AUTO(str) char *memory = memory_new(graph->count * sizeof(size_t) + 1);
    size_t *queue = (size_t *)(void *)memory, count = 0;
    for (size_t i = 0; i < graph->count; i++)
        graph->nodes[i].before = 0;
    queue[count++] = from;
    for (size_t i = 0; i < count && queue[i] != to; i++) {
        const struct node *node = &graph->nodes[queue[i] - 1];
        for (size_t j = 0; j < node->edge_count; j++) {
            size_t next = node->edges[j].to->stratum;
            struct node *reached = &graph->nodes[next - 1];
            if (reached->component != node->component || reached->before > 0 ||
                next == from)
                continue;
            reached->before = queue[i];
            reached->before_edge = j;
            queue[count++] = next;
        }
    }
}

static void put_step(const struct edge *edge, struct strbuf *text)
{
    static const struct {
        const char *before, *behind;
    } forms[] = {
        [WALK_PLAIN] = {"", ""},
        [WALK_NEGATED] = {"!", ""},
        [WALK_AGGREGATED] = {"{", "}"},
    };
    strbuf_printf(text, " -> %s%s%s", forms[edge->way].before, edge->to->name,
                  forms[edge->way].behind);
    if (edge->rule->name)
        strbuf_printf(text, " (%s)", edge->rule->name);
}

/* The steps from node "from" to node "to", each behind the one before it. */
static void put_way(struct graph *graph, size_t from, size_t to, struct strbuf *text)
{
    find_way(graph, from, to);
    AUTO(strbuf) struct strbuf behind = {0};
    for (size_t index = to; index != from;) {
        const struct node *node = &graph->nodes[index - 1];
        AUTO(strbuf) struct strbuf step = {0};
        put_step(&graph->nodes[node->before - 1].edges[node->before_edge], &step);
        strbuf_puts(&step, strbuf_text(&behind));
        strbuf_clear(&behind);
        behind = step;
        step = (struct strbuf){0};
        index = node->before;
    }
    strbuf_puts(text, strbuf_text(&behind));
}

static int refuse_cycle(struct graph *graph, const struct node *node,
                        const struct edge *edge, struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf cycle = {0};
    strbuf_puts(&cycle, node->predicate->name);
    put_step(edge, &cycle);
    put_way(graph, edge->to->stratum, node->predicate->stratum, &cycle);
    return complain(complaint, &edge->atom->place, -EINVAL, "%s within a cycle: %s",
                    edge->way == WALK_NEGATED ? "negation" : "aggregation",
                    strbuf_text(&cycle));
}

static int check_cycles(struct graph *graph, struct complaint *complaint)
{
    for (size_t i = 0; i < graph->count; i++) {
        const struct node *node = &graph->nodes[i];
        for (size_t j = 0; j < node->edge_count; j++) {
            const struct edge *edge = &node->edges[j];
            if (edge->way != WALK_PLAIN &&
                node_of(graph, edge->to)->component == node->component)
                return refuse_cycle(graph, node, edge, complaint);
        }
    }
    return 0;
}

/* ---- all of it ---- */

/* Whatever is reached by what is asked is found before all else. */
static void search_reachable(struct graph *graph, struct program *program)
{
    if (program->question)
        search(graph, program->question);
    for (size_t i = 0; i < program->directive_count; i++) {
        const struct directive *directive = &program->directives[i];
        if (directive->kind != DIRECTIVE_INPUT && directive->predicate)
            search(graph, directive->predicate);
    }
    for (size_t i = 0; i < graph->count; i++)
        graph->nodes[i].predicate->is_reachable = true;
}

int check_strata(struct program *program, struct complaint *complaint)
{
    AUTO(graph) struct graph graph = {0};
    for (size_t i = 0; i < program->predicate_count; i++) {
        program->predicates[i]->stratum = 0;
        program->predicates[i]->is_reachable = false;
    }
    search_reachable(&graph, program);
    for (size_t i = 0; i < program->predicate_count; i++) {
        if (program->predicates[i]->is_checked)
            search(&graph, program->predicates[i]);
    }
    int rc = check_cycles(&graph, complaint);
    for (size_t i = 0; i < graph.count; i++)
        graph.nodes[i].predicate->stratum = graph.nodes[i].component - 1;
    program->stratum_count = graph.component_count;
    return rc;
}
