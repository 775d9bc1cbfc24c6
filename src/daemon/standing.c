// SPDX-License-Identifier: GPL-3.0-or-later
/* standing - the tags, sorted. FOLDER/states has a line of JSON for each that was said:
 *
 *     {"tag":"disk:/","owner":"disk","state":"warning","text":"91 % used, …"} */
#include "daemon/standing.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bark/tag.h"
#include "base/files.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

#define FILE_NAME "states"
#define FILE_MAX  (8 << 20) /* bytes */
#define TEXT_MAX  500       /* bytes of a text that are kept */

struct entry {
    char *tag, *owner; /* owner: the tag of the instance */
    char *plugin;      /* NULL */
    enum state state;  /* as it was last said; STATE_NONE: not yet */
    char *text;
    bool is_fault; /* it was said by us, since nothing could be looked at */
    int run;       /* looks in a row that found it worse than that */

    enum state found;       /* by this look */
    const char *found_text; /* lent */
};

struct standing {
    struct standing_parts parts;
    struct entry *entries;
    size_t count;
    bool is_changed; /* since the file was written */
};

static void entry_clear(struct entry *entry)
{
    free(entry->tag);
    free(entry->owner);
    free(entry->plugin);
    free(entry->text);
}

struct standing *standing_new(const struct standing_parts *parts)
{
    struct standing *standing = memory_new(sizeof *standing);
    standing->parts = *parts;
    return standing;
}

void standing_free(struct standing *standing)
{
    if (!standing)
        return;
    for (size_t i = 0; i < standing->count; i++)
        entry_clear(&standing->entries[i]);
    free(standing->entries);
    free(standing);
}

/* Where the tag is, or would be. */
static size_t place_of(const struct standing *standing, const char *tag)
{
    size_t low = 0, high = standing->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(standing->entries[middle].tag, tag) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NULL: there are too many. */
static struct entry *find_or_add(struct standing *standing, const char *tag,
                                 const char *owner)
{
    size_t at = place_of(standing, tag);
    struct entry *entries = standing->entries;
    if (at < standing->count && strcmp(entries[at].tag, tag) == 0)
        return &entries[at];
    if (standing->count >= STANDING_TAGS_MAX)
        return NULL;
    entries = memory_resize(entries, (standing->count + 1) * sizeof *entries);
    memmove(entries + at + 1, entries + at, (standing->count - at) * sizeof *entries);
    entries[at] = (struct entry){
        .tag = text_copy(tag), .owner = text_copy(owner), .text = text_copy("")};
    standing->entries = entries;
    standing->count++;
    return &entries[at];
}

static void remove_entry(struct standing *standing, size_t at)
{
    struct entry *entries = standing->entries;
    standing->is_changed = standing->is_changed || entries[at].state != STATE_NONE;
    entry_clear(&entries[at]);
    standing->count--;
    memmove(entries + at, entries + at + 1, (standing->count - at) * sizeof *entries);
}

/* ---- the file ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int read_entry(struct standing *standing, const char *line, size_t size,
                      struct error *err)
{
    json_t *object = json_loadb(line, size, 0, NULL);
    const char *tag = text_of(object, "tag"), *plugin = text_of(object, "plugin");
    enum state state = state_find(text_of(object, "state"));
    struct entry *entry = NULL;
    if (tag_is_clean(tag) && state != STATE_NONE)
        entry = find_or_add(standing, tag, text_of(object, "owner"));
    if (entry) {
        free(entry->text);
        entry->text = text_copy(text_of(object, "text"));
        entry->plugin = *plugin ? text_copy(plugin) : NULL;
        entry->state = state;
        entry->is_fault = json_is_true(json_object_get(object, "fault"));
    }
    json_decref(object);
    return entry ? 0 : error_set(err, -EINVAL, "expected an object with tag and state");
}

static int read_entries(struct standing *standing, const char *text, struct error *err)
{
    int rc = 0, number = 1;
    for (const char *line = text; *line && rc == 0; number++) {
        size_t size = strcspn(line, "\n");
        rc = read_entry(standing, line, size, err);
        line += size + (line[size] == '\n');
    }
    return rc < 0 ? error_prefix(err, rc, "%s/" FILE_NAME ": line %d",
                                 standing->parts.folder, number - 1)
                  : 0;
}

int standing_load(struct standing *standing, struct error *err)
{
    AUTO(str) char *path = text_format("%s/" FILE_NAME, standing->parts.folder);
    AUTO(strbuf) struct strbuf text = {0};
    int rc = files_read(path, FILE_MAX, &text, err);
    if (rc < 0)
        return rc == -ENOENT ? 0 : rc;
    return read_entries(standing, strbuf_text(&text), err);
}

static void format_entry(const struct entry *entry, struct strbuf *json)
{
    json_open(json, '{');
    json_field_text(json, "tag", entry->tag);
    json_field_text(json, "owner", entry->owner);
    json_field_text(json, "state", state_name(entry->state));
    json_field_text(json, "text", entry->text);
    if (entry->plugin)
        json_field_text(json, "plugin", entry->plugin);
    if (entry->is_fault) {
        json_name(json, "fault");
        strbuf_puts(json, "true");
    }
    json_close(json, '}');
    strbuf_putc(json, '\n');
}

static int save(struct standing *standing, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    if (!standing->is_changed)
        return 0;
    for (size_t i = 0; i < standing->count; i++)
        if (standing->entries[i].state != STATE_NONE)
            format_entry(&standing->entries[i], &text);
    int rc = files_put(standing->parts.folder, FILE_NAME, strbuf_text(&text), text.size,
                       err);
    if (rc == 0)
        standing->is_changed = false;
    return rc;
}

/* ---- what is said ---- */

static int say(const struct standing *standing, const struct entry *entry,
               enum state state, const char *text)
{
    struct saying saying = {
        .tag = entry->tag, .state = state, .text = text, .plugin = entry->plugin};
    return standing->parts.say(standing->parts.context, &saying);
}

static void keep_text(const struct standing *standing, struct entry *entry,
                      const char *text)
{
    AUTO(str)
    char *hidden = standing->parts.hide
                       ? standing->parts.hide(standing->parts.context, text)
                       : text_copy(text);
    size_t size = strnlen(hidden, TEXT_MAX);
    free(entry->text);
    entry->text = memory_copy(hidden, size - utf8_torn_tail(hidden, size));
}

static void say_found(struct standing *standing, struct entry *entry, bool is_fault)
{
    if (say(standing, entry, entry->found, entry->found_text) < 0)
        return;
    keep_text(standing, entry, entry->found_text);
    entry->state = entry->found;
    entry->is_fault = is_fault;
    entry->run = 0;
    standing->is_changed = true;
}

/* Whether it is to be said now. */
static bool is_due(struct entry *entry, int times)
{
    if (entry->found == entry->state) {
        entry->run = 0;
        return false;
    }
    if (entry->found == STATE_OK || entry->found < entry->state)
        return true;
    return ++entry->run >= times;
}

/* 0: nothing more is known of the tag. */
static int say_gone(const struct standing *standing, const struct entry *entry)
{
    if (entry->state == STATE_NONE)
        return 0;
    if (!state_is_wrong(entry->state))
        return say(standing, entry, STATE_NONE, "no longer watched");
    AUTO(str)
    char *text =
        text_format("no longer watched; it was %s%s%s", state_name(entry->state),
                    entry->text[0] ? ": " : "", entry->text);
    return say(standing, entry, STATE_UNKNOWN, text);
}

/* ---- one look ---- */

static void note_found(struct standing *standing, const struct standing_look *look,
                       const char *part, enum state state, const char *text)
{
    AUTO(str)
    char *name = part ? text_format("%s:%s", look->tag, part) : text_copy(look->tag);
    AUTO(str) char *tag = tag_clean(name);
    struct entry *entry = find_or_add(standing, tag, look->tag);
    if (!entry || state <= entry->found)
        return;
    entry->found = state;
    entry->found_text = text ? text : "";
    if (!entry->plugin)
        entry->plugin = text_copy(look->plugin);
}

static void note_all(struct standing *standing, const struct standing_look *look)
{
    for (size_t i = 0; look->findings && i < look->findings->count; i++) {
        const struct finding *finding = &look->findings->items[i];
        if (finding->type == FINDING_STATE)
            note_found(standing, look, finding->part, finding->state, finding->text);
    }
    if (!look->fault)
        return;
    size_t at = place_of(standing, look->tag);
    if (at < standing->count && strcmp(standing->entries[at].tag, look->tag) == 0)
        standing->entries[at].found = STATE_NONE;
    note_found(standing, look, NULL, STATE_UNKNOWN, look->fault);
}

/* Whether nothing more is to be known of the tag. */
static bool settle(struct standing *standing, struct entry *entry,
                   const struct standing_look *look)
{
    bool is_own = strcmp(entry->tag, look->tag) == 0;
    bool is_fault = is_own && look->fault;
    bool is_silent = entry->found == STATE_NONE;
    if (is_silent && (look->fault || look->is_partial))
        return false; /* it may be there as before */
    if (is_silent && !entry->is_fault)
        return say_gone(standing, entry) == 0;
    if (is_silent) { /* its own state is none of what it says */
        entry->found = STATE_OK;
        entry->found_text = "it can be looked at again";
    }
    if (is_due(entry, is_fault && look->is_crash ? 1 : look->times))
        say_found(standing, entry, is_fault);
    return is_silent && entry->state == STATE_OK;
}

int standing_take(struct standing *standing, const struct standing_look *look,
                  struct error *err)
{
    for (size_t i = 0; i < standing->count; i++)
        standing->entries[i].found = STATE_NONE;
    note_all(standing, look);
    for (size_t i = standing->count; i-- > 0;)
        if (strcmp(standing->entries[i].owner, look->tag) == 0 &&
            settle(standing, &standing->entries[i], look))
            remove_entry(standing, i);
    return save(standing, err);
}

/* ---- all of them ---- */

static bool has(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], text) == 0)
            return true;
    return false;
}

int standing_keep(struct standing *standing, const struct texts *tags,
                  struct error *err)
{
    for (size_t i = standing->count; i-- > 0;)
        if (!has(tags, standing->entries[i].owner) &&
            say_gone(standing, &standing->entries[i]) == 0)
            remove_entry(standing, i);
    return save(standing, err);
}

void standing_repeat(struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++) {
        const struct entry *entry = &standing->entries[i];
        if (entry->state != STATE_NONE &&
            say(standing, entry, entry->state, entry->text) < 0)
            return; /* the disk is full, or the like: post.c says so */
    }
}
