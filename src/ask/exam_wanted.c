// SPDX-License-Identifier: GPL-3.0-or-later
/* exam_wanted - what is wanted and what is there are both items of a few words; those
 * of a file may be patterns, and may leave out the last ones. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ask/exam_parts.h"
#include "ask/tree.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/memory.h"

/* ---- items ---- */

void exam_items_add(struct exam_items *items, const char *const words[EXAM_WORDS],
                    char *lines)
{
    items->items =
        memory_resize(items->items, (items->count + 1) * sizeof *items->items);
    struct exam_item *item = &items->items[items->count++];
    *item = (struct exam_item){.lines = lines};
    for (size_t i = 0; i < EXAM_WORDS; i++)
        item->words[i] = text_copy(words[i]);
}

void exam_items_clear(struct exam_items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        for (size_t j = 0; j < EXAM_WORDS; j++)
            free(items->items[i].words[j]);
        free(items->items[i].lines);
    }
    free(items->items);
    *items = (struct exam_items){0};
}

static void put_words(char *const words[], size_t count, struct strbuf *text)
{
    strbuf_putc(text, '(');
    for (size_t i = 0; i < count; i++) {
        strbuf_puts(text, i ? " " : "");
        json_text(text, words[i], strlen(words[i]));
    }
    strbuf_putc(text, ')');
}

/* ---- wanted ---- */

/* One form, and how many words its items have. */
struct wanting {
    struct exam *exam;
    const struct sexp *form;
    size_t least; /* words that an item has to have */
    struct exam_items *found;
};

static bool is_wanted(const struct exam_item *item, const struct sexp *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!glob_matches(wanted->items[i].text, item->words[i]))
            return false;
    return !item->is_found;
}

static bool find_item(const struct exam_items *found, const struct sexp *wanted)
{
    for (size_t i = 0; i < found->count; i++)
        if (is_wanted(&found->items[i], wanted)) {
            found->items[i].is_found = true;
            return true;
        }
    return false;
}

static int check_item(const struct wanting *wanting, const struct sexp *item,
                      struct error *err)
{
    bool is_right = item->type == SEXP_LIST && item->count >= wanting->least &&
                    item->count <= EXAM_WORDS;
    for (size_t i = 0; is_right && i < item->count; i++)
        is_right = item->items[i].text != NULL;
    if (is_right)
        return 0;
    return exam_refuse(wanting->exam, item, err,
                       "expected a list of %zu to %d texts, or patterns",
                       wanting->least, EXAM_WORDS);
}

static void add_missing(const struct sexp *item, struct exam_fault *fault)
{
    AUTO(strbuf) struct strbuf text = {0};
    char *words[EXAM_WORDS];
    for (size_t i = 0; i < item->count; i++)
        words[i] = item->items[i].text;
    put_words(words, item->count, &text);
    texts_add(&fault->missing, strbuf_text(&text));
}

static void add_surplus(const struct exam_items *found, struct exam_fault *fault)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct exam_item *item = &found->items[i];
        AUTO(strbuf) struct strbuf text = {0};
        if (item->is_found)
            continue;
        put_words(item->words, EXAM_WORDS, &text);
        texts_add(&fault->surplus, strbuf_text(&text));
        texts_add(&fault->why, item->lines ? item->lines : "");
    }
}

static int compare(const struct wanting *wanting, struct error *err)
{
    struct exam *exam = wanting->exam;
    const struct sexp *form = wanting->form;
    struct exam_fault fault = {.path = exam->path,
                               .form = form->items[0].text,
                               .line = form->line,
                               .column = form->column};
    int rc = 0;
    for (size_t i = 1; rc == 0 && i < form->count; i++) {
        rc = check_item(wanting, &form->items[i], err);
        if (rc == 0 && !find_item(wanting->found, &form->items[i]))
            add_missing(&form->items[i], &fault);
    }
    add_surplus(wanting->found, &fault);
    if (rc == 0 && fault.missing.count + fault.surplus.count == 0) {
        exam->result.passed++;
    } else if (rc == 0) {
        exam->result.failed++;
        exam->fault(exam->context, &fault);
    }
    texts_clear(&fault.missing);
    texts_clear(&fault.surplus);
    texts_clear(&fault.why);
    return rc;
}

/* ---- what is open ---- */

/* A proof as it is stored, drawn; NULL: there is none. */
static char *draw_proof(const char *why)
{
    json_auto_t *json = why && *why ? json_loads(why, 0, NULL) : NULL;
    if (!json)
        return NULL;
    AUTO(arena) struct arena *arena = arena_new();
    struct strbuf text = {0};
    proof_format(tree_read(json, arena), true, &text);
    return strbuf_take(&text);
}

static int add_incident(const struct incident *incident, void *context)
{
    const char *const words[] = {incident->host, incident->tag, incident->severity,
                                 incident->text};
    exam_items_add(context, words, draw_proof(incident->why));
    return 0;
}

/* Once for each reason. */
static int add_held(const struct incident *incident, void *context)
{
    json_auto_t *held = json_loads(incident->held, 0, NULL);
    for (size_t i = 0; i < json_array_size(held); i++) {
        const char *why = json_string_value(json_array_get(held, i));
        const char *const words[] = {incident->host, incident->tag, incident->severity,
                                     why ? why : ""};
        exam_items_add(context, words, NULL);
    }
    return 0;
}

static int compare_open(struct exam *exam, const struct sexp *form,
                        store_incident_fn *add, struct error *err)
{
    AUTO(exam_items) struct exam_items found = {0};
    const struct incident_filter all = {.limit = 0};
    const struct wanting wanting = {
        .exam = exam, .form = form, .least = 3, .found = &found};
    int rc = exam_begin(exam, err);
    if (rc == 0)
        rc = store_each_incident(trial_store(exam->trial), &all, exam->now, add, &found,
                                 err);
    return rc == 0 ? compare(&wanting, err) : rc;
}

int exam_alerts(struct exam *exam, const struct sexp *form, struct error *err)
{
    return compare_open(exam, form, add_incident, err);
}

int exam_held(struct exam *exam, const struct sexp *form, struct error *err)
{
    return compare_open(exam, form, add_held, err);
}

/* ---- what was told ---- */

static char *join_lines(const json_t *lines)
{
    struct strbuf text = {0};
    for (size_t i = 0; i < json_array_size(lines); i++)
        strbuf_printf(&text, "%s\n", json_string_value(json_array_get(lines, i)));
    return strbuf_take(&text);
}

int exam_note(const struct telling *telling, void *context)
{
    struct exam *exam = context;
    json_auto_t *body = json_loads(telling->body, 0, NULL);
    const char *const words[] = {telling->notifier, telling_kind_name(telling->kind),
                                 telling->host, telling->tag};
    exam_items_add(&exam->told, words, join_lines(json_object_get(body, "why")));
    return 0;
}

static bool names_log(const struct sexp *form)
{
    for (size_t i = 1; i < form->count; i++)
        if (form->items[i].count > 0 && form->items[i].items[0].text &&
            strcmp(form->items[i].items[0].text, "log") == 0)
            return true;
    return false;
}

/* The log has all that is told: it is looked at where the form names it. */
int exam_told(struct exam *exam, const struct sexp *form, struct error *err)
{
    const struct wanting wanting = {
        .exam = exam, .form = form, .least = 2, .found = &exam->told};
    bool is_log_wanted = names_log(form);
    for (size_t i = 0; i < exam->told.count; i++)
        exam->told.items[i].is_found =
            !is_log_wanted && strcmp(exam->told.items[i].words[0], "log") == 0;
    int rc = compare(&wanting, err);
    exam_items_clear(&exam->told);
    return rc;
}
