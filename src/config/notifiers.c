// SPDX-License-Identifier: GPL-3.0-or-later
/* notifiers - a table of the kinds, with what each takes and how that is checked. */
#include "config/notifiers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"
#include "config/place.h"
#include "config/settings.h"
#include "config/template.h"

#define KEYS_MAX  4
#define MANY      100
#define NAMES_MAX 64 /* among which one that was meant is looked for */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

typedef int check_fn(const char *text, struct error *err);

struct key {
    const char *name;
    check_fn *check;
    bool is_many, is_secret;
};

struct kind {
    const char *name;
    size_t most;        /* values; one at least */
    const char *wanted; /* what they are */
    check_fn *check;
    struct key keys[KEYS_MAX]; /* the last has no name */
};

/* ---- what a value may be; a secret one is not quoted ---- */

static int any_check(const char *text, struct error *err)
{
    return *text ? 0 : error_set(err, -EINVAL, "found \"\", expected something");
}

static int email_check(const char *text, struct error *err)
{
    if (address_is_valid(text))
        return 0;
    return error_set(err, -EINVAL, "\"%.80s\" is no mail address", text);
}

/* Of printable ASCII without blanks. */
static int url_check(const char *text, struct error *err)
{
    const char *rest = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";
    for (const char *c = rest; *c; c++)
        if (*c <= ' ' || *c >= 0x7F)
            rest = "";
    if (!*rest || *rest == '/')
        return error_set(err, -EINVAL, "expected https://HOST/… or http://HOST/…");
    return 0;
}

static int header_check(const char *text, struct error *err)
{
    size_t name = strspn(text, LETTERS DIGITS "-_");
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            name = 0;
    if (name == 0 || text[name] != ':')
        return error_set(err, -EINVAL, "no header; expected \"NAME: VALUE\"");
    return 0;
}

/* It stands in a header. */
static int token_check(const char *text, struct error *err)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c >= 0x7F)
            return error_set(err, -EINVAL, "no token: it holds blanks, or no ASCII");
    return any_check(text, err);
}

static int method_check(const char *text, struct error *err)
{
    if (strcmp(text, "POST") == 0 || strcmp(text, "PUT") == 0 ||
        strcmp(text, "PATCH") == 0)
        return 0;
    return error_set(err, -EINVAL, "found %.40s, expected POST, PUT or PATCH", text);
}

static int timeout_check(const char *text, struct error *err)
{
    int64_t time = 0;
    int rc = duration_parse(text, &time, err);
    if (rc == 0 && (time < 1000 || time > 600000))
        rc = error_set(err, -EINVAL, "found %.40s, expected 1s to 10min", text);
    return rc;
}

static const struct kind kinds[] = {
    {.name = "email", .most = MANY, .wanted = "\"addresses\"", .check = email_check},
    {.name = "webhook",
     .most = 1,
     .wanted = "a \"URL\"",
     .check = url_check,
     .keys =
         {{.name = "header", .check = header_check, .is_many = true, .is_secret = true},
          {.name = "template", .check = template_check},
          {.name = "method", .check = method_check}}},
    {.name = "exec",
     .most = MANY,
     .wanted = "a \"program\" and its \"arguments\"",
     .check = any_check,
     .keys = {{.name = "timeout", .check = timeout_check}}},
    {.name = "ntfy",
     .most = 1,
     .wanted = "a \"URL\"",
     .check = url_check,
     .keys = {{.name = "token", .check = token_check, .is_secret = true}}},
    {.name = "log", .most = 1, .wanted = "a \"file\"", .check = any_check},
    {.name = NULL},
};

static const char *const always[] = {"log", "mailto"};

#define ALWAYS_COUNT (sizeof always / sizeof *always)

/* ---- what is there ---- */

const struct notifier_form *notifier_form_find(const struct config *config,
                                               const char *name)
{
    for (size_t i = 0; i < config->notifiers.count; i++)
        if (strcmp(config->notifiers.items[i].name, name) == 0)
            return &config->notifiers.items[i];
    return NULL;
}

static bool is_always(const char *name)
{
    for (size_t i = 0; i < ALWAYS_COUNT; i++)
        if (strcmp(always[i], name) == 0)
            return true;
    return false;
}

bool notifier_is_known(const struct config *config, const char *name)
{
    return is_always(name) || notifier_form_find(config, name);
}

const char *notifier_form_text(const struct notifier_form *form, const char *key)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->settings[i].name, key) == 0)
            return form->settings[i].values.items[0];
    return NULL;
}

int notifier_each_address(const struct config *config, const char *name,
                          int (*each)(void *context, const char *address),
                          void *context)
{
    const struct notifier_form *form = notifier_form_find(config, name);
    if (!form && strcmp(name, "mailto") == 0)
        return *config->mailto ? each(context, config->mailto) : 0;
    if (!form || strcmp(form->kind, "email") != 0)
        return each(context, "");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < form->values.count; i++)
        rc = each(context, form->values.items[i]);
    return rc;
}

/* A password in a URL, as in https://USER:PASSWORD@HOST, is one too. */
static bool has_secret(const struct notifier_form *form)
{
    bool is_url = strcmp(form->kind, "webhook") == 0 || strcmp(form->kind, "ntfy") == 0;
    return notifier_form_text(form, "header") || notifier_form_text(form, "token") ||
           (is_url && strchr(form->values.items[0], '@'));
}

bool notifiers_have_secret(const struct notifier_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        if (has_secret(&forms->items[i]))
            return true;
    return false;
}

static void notifier_form_clear(struct notifier_form *form)
{
    free(form->name);
    free(form->kind);
    texts_clear(&form->values);
    form_settings_clear(form->settings, form->count);
    *form = (struct notifier_form){0};
}

AUTO_DEFINE_CLEAR(notifier_form)

void notifier_forms_clear(struct notifier_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        notifier_form_clear(&forms->items[i]);
    free(forms->items);
    *forms = (struct notifier_forms){0};
}

/* ---- reading ---- */

static int check_value(const struct place *place, const struct sexp *value,
                       check_fn *check, const char *what)
{
    struct error why = {0};
    int rc = check(value->text, &why);
    if (rc == 0)
        return 0;
    return error_set(place->err, rc, "%s:%d:%d: %s: %s", place->path, value->line,
                     value->column, what, why.text);
}

static const struct key *find_key(const struct kind *kind, const char *name)
{
    for (const struct key *key = kind->keys; key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static int fail_unknown_key(const struct place *place, const struct kind *kind,
                            const struct sexp *name)
{
    char hint[80], text[256];
    const char *known[KEYS_MAX] = {NULL};
    for (size_t i = 0; kind->keys[i].name; i++)
        known[i] = kind->keys[i].name;
    snprintf(text, sizeof text, "no setting is called \"%.40s\" within %s%s",
             name->text, kind->name,
             suggest_text(name->text, known, hint, sizeof hint));
    return place_fail(place, name, text);
}

/* (header "NAME: VALUE") */
static int read_key(const struct place *place, const struct kind *kind,
                    const struct sexp *list, struct notifier_form *form)
{
    char text[160];
    const struct key *key = find_key(kind, list->items[0].text);
    if (!key)
        return fail_unknown_key(place, kind, &list->items[0]);
    bool is_text = list->count == 2 && list->items[1].type != SEXP_LIST &&
                   list->items[1].type != SEXP_BOOLEAN;
    if (!is_text) {
        snprintf(text, sizeof text, "%s: expected one \"string\"", key->name);
        return place_fail(place, list, text);
    }
    if (!key->is_many && notifier_form_text(form, key->name)) {
        snprintf(text, sizeof text, "%s stands here twice", key->name);
        return place_fail(place, list, text);
    }
    int rc = check_value(place, &list->items[1], key->check, key->name);
    if (rc < 0)
        return rc;
    form->settings =
        memory_resize(form->settings, (form->count + 1) * sizeof *form->settings);
    struct form_setting *setting = &form->settings[form->count++];
    *setting = (struct form_setting){
        .name = text_copy(key->name), .line = list->line, .column = list->column};
    texts_add(&setting->values, list->items[1].text);
    return 0;
}

static const struct kind *find_kind(const char *name)
{
    for (const struct kind *kind = kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

static int fail_unknown_kind(const struct place *place, const struct sexp *name)
{
    char hint[80], text[256];
    const char *known[sizeof kinds / sizeof *kinds] = {NULL};
    for (size_t i = 0; kinds[i].name; i++)
        known[i] = kinds[i].name;
    suggest_text(name->text, known, hint, sizeof hint);
    snprintf(text, sizeof text, "no kind of notifier is called \"%.40s\"%s", name->text,
             *hint ? hint : "; expected email, webhook, exec, ntfy or log");
    return place_fail(place, name, text);
}

static int check_count(const struct place *place, const struct kind *kind,
                       const struct sexp *list, size_t count)
{
    char text[160];
    if (count >= 1 && count <= kind->most)
        return 0;
    snprintf(text, sizeof text, "%s: found %zu values, expected %s", kind->name, count,
             kind->wanted);
    return place_fail(place, list, text);
}

/* (webhook "URL" (header …)) */
static int read_kind(const struct place *place, const struct sexp *list,
                     struct notifier_form *form)
{
    const struct kind *kind = find_kind(list->items[0].text);
    if (!kind)
        return fail_unknown_kind(place, &list->items[0]);
    form->kind = text_copy(kind->name);
    for (size_t i = 1; i < list->count; i++) {
        const struct sexp *item = &list->items[i];
        int rc = 0;
        if (sexp_is_named_list(item))
            rc = read_key(place, kind, item, form);
        else if (item->type != SEXP_STRING)
            rc = place_fail_found(place, item, kind->name, kind->wanted);
        else
            rc = check_value(place, item, kind->check, kind->name);
        if (rc < 0)
            return rc;
        if (item->type == SEXP_STRING)
            texts_add(&form->values, item->text);
    }
    return check_count(place, kind, list, form->values.count);
}

/* It is part of a file's name. */
static int read_name(const struct place *place, const struct notifier_forms *forms,
                     const struct sexp *name, struct notifier_form *form)
{
    char text[160];
    if (name->type != SEXP_SYMBOL ||
        strspn(name->text, LETTERS DIGITS "-_") != strlen(name->text))
        return place_fail_found(place, name, "notifier",
                                "a name of letters and digits, such as oncall");
    bool is_taken = is_always(name->text);
    for (size_t i = 0; i < forms->count; i++)
        is_taken |= strcmp(forms->items[i].name, name->text) == 0;
    if (is_taken) {
        snprintf(text, sizeof text, "notifier: there is one called %.60s already",
                 name->text);
        return place_fail(place, name, text);
    }
    form->name = text_copy(name->text);
    return 0;
}

int notifiers_read(const struct place *place, struct notifier_forms *forms,
                   const struct sexp *list)
{
    if (list->count != 3 || !sexp_is_named_list(&list->items[2]))
        return place_fail_found(place, list->count == 3 ? &list->items[2] : list,
                                "notifier", "(notifier NAME (KIND …))");
    AUTO(notifier_form) struct notifier_form form = {0};
    int rc = read_name(place, forms, &list->items[1], &form);
    if (rc == 0)
        rc = read_kind(place, &list->items[2], &form);
    if (rc < 0)
        return rc;
    forms->items = memory_resize(forms->items, (forms->count + 1) * sizeof form);
    forms->items[forms->count++] = form;
    form = (struct notifier_form){0};
    return 0;
}

int notifiers_check(const struct place *place, const struct config *config,
                    const struct sexp *name)
{
    char hint[80], text[200];
    const char *known[NAMES_MAX + 1] = {always[0], always[1]};
    if (notifier_is_known(config, name->text))
        return 0;
    for (size_t i = 0; i < config->notifiers.count && i + ALWAYS_COUNT < NAMES_MAX; i++)
        known[i + ALWAYS_COUNT] = config->notifiers.items[i].name;
    snprintf(text, sizeof text, "to: no notifier is called \"%.40s\"%s", name->text,
             suggest_text(name->text, known, hint, sizeof hint));
    return place_fail(place, name, text);
}
