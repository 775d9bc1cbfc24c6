// SPDX-License-Identifier: GPL-3.0-or-later
/* why - why an alert is one: what it was derived from when it began, and is now; who
 * was told, and what holds it back from being told. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/ask.h"
#include "ask/tree.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/fetch.h"
#include "look/look.h"

struct why_options {
    const char *conf;
    bool json;
};

#define AT(member) offsetof(struct why_options, member)

static const struct option_row why_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "json", NULL, OPTION_FLAG, AT(json),
     "the alert, and the proofs of now, as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* One alert, and what the rules say of it now. */
struct inquiry {
    struct oracle oracle;
    json_t *incident;             /* of /v1/incidents/N */
    json_t *now, *holds, *routes; /* proofs; NULL: not asked for */
    char *no_route;               /* why no rule routes it; NULL: some do */
};

static void inquiry_clear(struct inquiry *inquiry)
{
    if (inquiry->oracle.close)
        inquiry->oracle.close(inquiry->oracle.state);
    json_decref(inquiry->incident);
    json_decref(inquiry->now);
    json_decref(inquiry->holds);
    json_decref(inquiry->routes);
    free(inquiry->no_route);
}
AUTO_DEFINE_CLEAR(inquiry)

/* ---- asking ---- */

/* An atom of that relation about the alert's host and tag; rest: what follows. */
static char *make_atom(const char *relation, const json_t *incident, const char *rest)
{
    AUTO(strbuf) struct strbuf atom = {0};
    strbuf_printf(&atom, "%s(", relation);
    ask_put_text(&atom, fetched_text(incident, "host"));
    strbuf_puts(&atom, ", ");
    ask_put_text(&atom, fetched_text(incident, "tag"));
    strbuf_printf(&atom, ", %s)", rest);
    return strbuf_take(&atom);
}

static int ask(struct inquiry *inquiry, const char *atom, enum wanted wanted,
               const char *field, json_t **ret)
{
    static const struct pieces nothing;
    AUTO(complaint) struct complaint complaint = {0};
    json_auto_t *answer = NULL;
    struct question question = {.text = atom, .wanted = wanted, .limit = -1};
    int rc = inquiry->oracle.ask(inquiry->oracle.state, &nothing, &question, &answer,
                                 &complaint);
    if (rc < 0)
        answer_complain(&complaint);
    else
        *ret = json_incref(json_object_get(answer, field));
    return rc;
}

static bool was_told(const json_t *incident)
{
    return json_array_size(json_object_get(incident, "tellings")) +
               json_array_size(json_object_get(incident, "informed")) >
           0;
}

static int ask_why_no_route(struct inquiry *inquiry, const char *atom)
{
    json_auto_t *text = NULL;
    int rc = ask(inquiry, atom, WANTED_WHY_NOT, "text", &text);
    inquiry->no_route = text_copy(json_string_value(text));
    return rc;
}

/* Who is to be told matters only where nobody was. */
static int ask_routes(struct inquiry *inquiry)
{
    if (was_told(inquiry->incident))
        return 0;
    AUTO(str) char *atom = make_atom("route", inquiry->incident, "_");
    int rc = ask(inquiry, atom, WANTED_PROOFS, "proofs", &inquiry->routes);
    if (rc == 0 && json_array_size(inquiry->routes) == 0)
        rc = ask_why_no_route(inquiry, atom);
    return rc;
}

static int ask_now(struct inquiry *inquiry)
{
    const json_t *incident = inquiry->incident;
    AUTO(strbuf) struct strbuf rest = {0};
    ask_put_text(&rest, fetched_text(incident, "severity"));
    strbuf_puts(&rest, ", _");
    AUTO(str) char *alert = make_atom("alert", incident, strbuf_text(&rest));
    AUTO(str) char *hold = make_atom("hold", incident, strbuf_text(&rest));
    int rc = ask(inquiry, alert, WANTED_PROOFS, "proofs", &inquiry->now);
    if (rc == 0)
        rc = ask(inquiry, hold, WANTED_PROOFS, "proofs", &inquiry->holds);
    return rc < 0 ? rc : ask_routes(inquiry);
}

static int inquire(struct inquiry *inquiry, const char *conf, const char *number)
{
    struct error err;
    AUTO(str) char *path = alert_path(number);
    int rc = fetch_json(conf, path, &inquiry->incident, &err);
    if (rc == 0)
        rc = oracle_open_server(conf, &inquiry->oracle, &err);
    if (rc < 0) {
        say("why: %s", err.text);
        return rc;
    }
    bool is_over = fetched_time(inquiry->incident, "until") != 0;
    return is_over ? 0 : ask_now(inquiry);
}

/* ---- saying ---- */

static void put_title(const char *title, const struct screen *screen,
                      struct strbuf *text)
{
    strbuf_putc(text, '\n');
    screen_add_painted(screen, text, PAINT_BOLD, title);
    strbuf_putc(text, '\n');
}

static void put_tree(const json_t *proof, const struct screen *screen,
                     struct strbuf *text)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(strbuf) struct strbuf tree = {0};
    proof_format(tree_read(proof, arena), screen->is_utf8, &tree);
    screen_add_lines(text, strbuf_text(&tree), tree.size);
}

static void put_trees(const json_t *proofs, const char *title,
                      const struct screen *screen, struct strbuf *text)
{
    size_t i;
    const json_t *proof;
    if (json_array_size(proofs) > 0)
        put_title(title, screen, text);
    json_array_foreach(proofs, i, proof) put_tree(proof, screen, text);
}

static void put_beginning(const json_t *incident, const struct screen *screen,
                          struct strbuf *text)
{
    const json_t *proof = json_object_get(incident, "why");
    bool has_changed =
        fetched_time(incident, "changed") != fetched_time(incident, "since");
    put_title(has_changed ? "when its severity changed last:" : "when it began:",
              screen, text);
    if (json_is_object(proof))
        put_tree(proof, screen, text);
    else
        strbuf_puts(text, "its derivation was not kept\n");
}

/* What has not changed is not drawn twice. */
static void put_now(const struct inquiry *inquiry, const struct screen *screen,
                    struct strbuf *text)
{
    const json_t *before = json_object_get(inquiry->incident, "why");
    if (json_array_size(inquiry->now) == 1 &&
        json_equal(json_array_get(inquiry->now, 0), before))
        put_title("and it is so now", screen, text);
    else
        put_trees(inquiry->now, "as it is now:", screen, text);
}

static void put_telling(const struct inquiry *inquiry, const struct screen *screen,
                        struct strbuf *text)
{
    const json_t *tellings = json_object_get(inquiry->incident, "tellings");
    put_trees(inquiry->holds, "it is not told now, for it is held:", screen, text);
    if (json_array_size(tellings) > 0) {
        put_title("who was told:", screen, text);
        alert_format_tellings(tellings, false, screen, text);
    } else if (inquiry->no_route) {
        put_title("nobody is told, for no rule routes it:", screen, text);
        screen_add_lines(text, inquiry->no_route, strlen(inquiry->no_route));
    } else {
        put_title("nobody was told", screen, text);
        put_trees(inquiry->routes, "it would be told by:", screen, text);
    }
}

static void print(const struct inquiry *inquiry)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    alert_format(inquiry->incident, &screen, &text);
    put_beginning(inquiry->incident, &screen, &text);
    put_now(inquiry, &screen, &text);
    put_telling(inquiry, &screen, &text);
    fwrite(text.data, 1, text.size, stdout);
}

static void put_member(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value ? json_incref(value) : json_null());
}

static void print_json(const struct inquiry *inquiry)
{
    json_auto_t *document = json_object();
    put_member(document, "alert", inquiry->incident);
    put_member(document, "now", inquiry->now);
    put_member(document, "holds", inquiry->holds);
    put_member(document, "routes", inquiry->routes);
    fetch_print(document);
}

static int run(int argc, char **argv)
{
    struct why_options options = {0};
    AUTO(inquiry) struct inquiry inquiry = {0};
    const char *number;
    int exit_status = look_begin(&ask_why, argc, argv, &options, &number);
    if (exit_status >= 0)
        return exit_status;
    if (!alert_is_number(number)) {
        struct error err;
        error_set(&err, -EINVAL,
                  "found \"%.60s\", expected the number of an alert; sheepdog alerts "
                  "lists them",
                  number);
        return look_refuse(&ask_why, &err);
    }
    if (inquire(&inquiry, options.conf, number) < 0)
        return EXIT_FAILED;
    if (options.json)
        print_json(&inquiry);
    else
        print(&inquiry);
    return EXIT_OK;
}

const struct command ask_why = {
    .name = "why",
    .arguments = "[OPTIONS] N",
    .summary = "why an alert is one, who was told, and why others were not",
    .options = why_rows,
    .run = run,
};
