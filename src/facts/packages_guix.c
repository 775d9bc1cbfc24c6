// SPDX-License-Identifier: GPL-3.0-or-later
/* packages_guix - the manifest of the system's profile:
 *
 *     (manifest (version 4)
 *       (packages (("nginx" "1.23.3" "out" "/gnu/store/…" (propagated-inputs …) …) …)))
 *
 * An output other than "out" is named as Guix does: "glibc:debug". */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "config/sexp.h"
#include "facts/packages.h"

/* The items of the list of that name behind the first item; NULL: there is none. */
static const struct sexp *find_list(const struct sexp *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct sexp *item = &list->items[i];
        if (item->type == SEXP_LIST && item->count > 0 &&
            item->items[0].type == SEXP_SYMBOL &&
            strcmp(item->items[0].text, name) == 0)
            return item;
    }
    return NULL;
}

/* Its name, version and output; NULL: it is no entry. One that another has brought
 * along already stands there as (repeated "nginx" "1.23.3" "out" …). */
static const struct sexp *read_entry(const struct sexp *entry)
{
    size_t first = entry->type == SEXP_LIST && entry->count > 0 &&
                   entry->items[0].type == SEXP_SYMBOL &&
                   strcmp(entry->items[0].text, "repeated") == 0;
    if (entry->type != SEXP_LIST || entry->count < first + 3)
        return NULL;
    for (size_t i = first; i < first + 3; i++)
        if (entry->items[i].type != SEXP_STRING || !entry->items[i].text[0])
            return NULL;
    return entry->items + first;
}

static void add_entry(struct packages *packages, const struct sexp *words)
{
    const char *output = words[2].text;
    bool is_main = strcmp(output, "out") == 0;
    AUTO(str)
    char *name =
        text_format("%s%s%s", words[0].text, is_main ? "" : ":", is_main ? "" : output);
    packages_add(packages, name, words[1].text);
}

static void read_entries(struct packages *packages, const struct sexp *entries,
                         const char *path)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct sexp *words = read_entry(&entries->items[i]);
        if (words)
            add_entry(packages, words);
        else
            damage_add(&packages->damage, "%s: what begins at line %d is no package",
                       path, entries->items[i].line);
    }
}

static int read_manifest(struct packages *packages, const char *path, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(sexp) struct sexp *sexp = NULL;
    int rc = machine_read(packages->root, path, &text, err);
    if (rc < 0 || text.size == 0)
        return rc;
    rc = sexp_parse(text.data, text.size, &sexp, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s", path);
    const struct sexp *manifest = find_list(sexp, "manifest");
    const struct sexp *list = manifest ? find_list(manifest, "packages") : NULL;
    if (list && list->count == 2 && list->items[1].type == SEXP_LIST)
        read_entries(packages, &list->items[1], path);
    else
        damage_add(&packages->damage, "%s: it is no manifest that is known", path);
    return 0;
}

/* Once the machine has started, the system that runs is the first of them. */
int packages_guix(struct packages *packages, struct error *err)
{
    static const char *const paths[] = {"/run/current-system/profile/manifest",
                                        "/var/guix/profiles/system/profile/manifest"};
    size_t which = machine_has(packages->root, paths[0]) ? 0 : 1;
    return read_manifest(packages, paths[which], err);
}
