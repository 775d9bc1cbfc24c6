// SPDX-License-Identifier: GPL-3.0-or-later
/* expects - two names, and then a table of what can be said of them. */
#include "config/expects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"
#include "base/zone.h"
#include "calendar/every.h"
#include "config/place.h"

#define NAME_MAX_BYTES 255 /* as a message may bear */

/* ---- what can be said ---- */

static int set_every(const char *text, struct expect_form *form, struct error *err)
{
    AUTO(every) struct every *every = NULL;
    int rc = every_parse(text, 0, &every, err);
    if (rc == 0)
        form->every = text_copy(text);
    return rc;
}

static int set_grace(const char *text, struct expect_form *form, struct error *err)
{
    return duration_parse(text, &form->grace, err);
}

static int set_zone(const char *text, struct expect_form *form, struct error *err)
{
    AUTO(zone) struct zone *zone = NULL;
    int rc = zone_load(text, &zone, err);
    if (rc == 0)
        form->zone = text_copy(text);
    return rc;
}

static const struct key {
    const char *name;
    int (*set)(const char *text, struct expect_form *form, struct error *err);
} keys[] = {{"every", set_every}, {"grace", set_grace}, {"zone", set_zone}};

#define KEYS (sizeof keys / sizeof *keys)

/* ---- reading ---- */

static void expect_form_clear(struct expect_form *form)
{
    free(form->host);
    free(form->tag);
    free(form->every);
    free(form->zone);
    *form = (struct expect_form){0};
}

AUTO_DEFINE_CLEAR(expect_form)

void expect_forms_clear(struct expect_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        expect_form_clear(&forms->items[i]);
    free(forms->items);
    *forms = (struct expect_forms){0};
}

static int fail_unknown_key(const struct place *place, const struct sexp *name)
{
    char hint[80], text[256];
    const char *known[KEYS + 1] = {NULL};
    for (size_t i = 0; i < KEYS; i++)
        known[i] = keys[i].name;
    suggest_text(name->text, known, hint, sizeof hint);
    snprintf(text, sizeof text, "no setting is called \"%.40s\" within expect%s",
             name->text, *hint ? hint : "; expected every, grace or zone");
    return place_fail(place, name, text);
}

/* (every "1d"); seen is a bit for each of the keys. */
static int read_key(const struct place *place, const struct sexp *list,
                    struct expect_form *form, unsigned *seen)
{
    char text[160];
    struct error why = {0};
    size_t i = 0;
    while (i < KEYS && strcmp(keys[i].name, list->items[0].text) != 0)
        i++;
    if (i == KEYS)
        return fail_unknown_key(place, &list->items[0]);
    if (list->count != 2 || list->items[1].type != SEXP_STRING) {
        snprintf(text, sizeof text, "%s: expected one \"string\"", keys[i].name);
        return place_fail(place, list, text);
    }
    if (*seen & 1U << i) {
        snprintf(text, sizeof text, "%s stands here twice", keys[i].name);
        return place_fail(place, list, text);
    }
    *seen |= 1U << i;
    const struct sexp *value = &list->items[1];
    if (keys[i].set(value->text, form, &why) == 0)
        return 0;
    return error_set(place->err, -EINVAL, "%s:%d:%d: %s: %s", place->path, value->line,
                     value->column, keys[i].name, why.text);
}

static bool is_name(const struct sexp *sexp)
{
    if (sexp->type != SEXP_SYMBOL && sexp->type != SEXP_STRING)
        return false;
    for (const char *c = sexp->text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return false;
    return *sexp->text && strlen(sexp->text) <= NAME_MAX_BYTES;
}

static int read_names(const struct place *place, const struct sexp *list,
                      struct expect_form *form)
{
    static const char wanted[] = "(expect HOST TAG (every …)), the names on one line";
    if (list->count < 3)
        return place_fail_found(place, list, "expect", wanted);
    for (size_t i = 1; i <= 2; i++)
        if (!is_name(&list->items[i]))
            return place_fail_found(place, &list->items[i], "expect", wanted);
    form->host = text_copy(list->items[1].text);
    form->tag = text_copy(list->items[2].text);
    return 0;
}

static int check_new(const struct place *place, const struct expect_forms *forms,
                     const struct expect_form *form, const struct sexp *list)
{
    char text[200];
    for (size_t i = 0; i < forms->count; i++)
        if (strcmp(forms->items[i].host, form->host) == 0 &&
            strcmp(forms->items[i].tag, form->tag) == 0) {
            snprintf(text, sizeof text, "expect: %.60s %.60s stands here twice",
                     form->host, form->tag);
            return place_fail(place, list, text);
        }
    return 0;
}

int expects_read(const struct place *place, struct expect_forms *forms,
                 const struct sexp *list)
{
    unsigned seen = 0;
    AUTO(expect_form) struct expect_form form = {.grace = -1};
    int rc = read_names(place, list, &form);
    for (size_t i = 3; rc == 0 && i < list->count; i++) {
        const struct sexp *item = &list->items[i];
        rc = sexp_is_named_list(item)
                 ? read_key(place, item, &form, &seen)
                 : place_fail_found(place, item, "expect",
                                    "a setting such as (every \"1d\")");
    }
    if (rc == 0 && !form.every)
        rc = place_fail(place, list, "expect: (every …) is missing");
    if (rc == 0)
        rc = check_new(place, forms, &form, list);
    if (rc < 0)
        return rc;
    forms->items = memory_resize(forms->items, (forms->count + 1) * sizeof form);
    forms->items[forms->count++] = form;
    form = (struct expect_form){0};
    return 0;
}
