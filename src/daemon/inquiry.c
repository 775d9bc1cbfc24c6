// SPDX-License-Identifier: GPL-3.0-or-later
/* inquiry - an entry a file, with what it printed or why it cannot be used. */
#include "daemon/inquiry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

#define AT_ONCE_MAX 4 /* that run */

/* How a file was when it was asked. */
struct print {
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec written, changed;
    int rc; /* of plugin_check_file, which sees more than the file */
};

struct entry {
    char *path;
    bool is_own; /* it comes with sheepdog */
    struct print print;
    bool is_asked;
    struct strbuf said;
    char *trouble; /* NULL: it can be used */
    struct running *running;
    struct inquiry *inquiry;
};

struct inquiry {
    struct helpers *helpers;
    void (*done)(void *context);
    void *context;
    struct entry **entries;
    size_t count;
    struct stock folders; /* with the troubles of the folders alone */
    size_t running;
    bool is_running;
};

struct inquiry *inquiry_new(struct helpers *helpers, void (*done)(void *context),
                            void *context)
{
    struct inquiry *inquiry = memory_new(sizeof *inquiry);
    *inquiry = (struct inquiry){.helpers = helpers, .done = done, .context = context};
    return inquiry;
}

static void entry_free(struct entry *entry)
{
    helpers_stop(entry->running);
    strbuf_clear(&entry->said);
    free(entry->trouble);
    free(entry->path);
    free(entry);
}

static void clear_entries(struct entry **entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entries[i])
            entry_free(entries[i]);
    free(entries);
}

void inquiry_free(struct inquiry *inquiry)
{
    if (!inquiry)
        return;
    clear_entries(inquiry->entries, inquiry->count);
    stock_clear(&inquiry->folders);
    free(inquiry);
}

/* ---- files ---- */

static void take_print(const char *path, struct print *ret, struct error *why)
{
    struct stat status = {0};
    *ret = (struct print){.rc = plugin_check_file(path, why)};
    if (stat(path, &status) < 0)
        return;
    ret->device = status.st_dev;
    ret->number = status.st_ino;
    ret->size = status.st_size;
    ret->written = status.st_mtim;
    ret->changed = status.st_ctim;
}

static bool is_time_same(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

static bool is_same(const struct print *one, const struct print *other)
{
    return one->device == other->device && one->number == other->number &&
           one->size == other->size && one->rc == other->rc &&
           is_time_same(&one->written, &other->written) &&
           is_time_same(&one->changed, &other->changed);
}

/* Those of the folders come first. Returns how many they are. */
static size_t list_files(const struct config *config, struct stock *folders,
                         struct texts *ret)
{
    stock_list(config, folders, ret);
    size_t count = ret->count;
    stock_list_own(config, false, ret);
    return count;
}

bool inquiry_is_outdated(const struct inquiry *inquiry, const struct config *config)
{
    AUTO(texts) struct texts paths = {0};
    AUTO(stock) struct stock folders = {0};
    list_files(config, &folders, &paths);
    bool is_outdated = paths.count != inquiry->count ||
                       folders.trouble_count != inquiry->folders.trouble_count;
    for (size_t i = 0; i < paths.count && !is_outdated; i++) {
        struct print print;
        struct error why;
        take_print(paths.items[i], &print, &why);
        is_outdated = strcmp(paths.items[i], inquiry->entries[i]->path) != 0 ||
                      !is_same(&print, &inquiry->entries[i]->print);
    }
    return is_outdated;
}

/* ---- one file ---- */

static void ask_some(struct inquiry *inquiry);

static void set_trouble(struct entry *entry, const char *why)
{
    entry->is_asked = true;
    entry->trouble = text_copy(why);
}

static void on_answer(void *context, const struct ended *ended)
{
    struct entry *entry = context;
    struct inquiry *inquiry = entry->inquiry;
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error why;
    entry->running = NULL;
    entry->is_asked = true;
    if (plugin_answer(entry->path, ended, &plugin, &why) == 0)
        strbuf_add(&entry->said, ended->out, ended->out_size);
    else
        set_trouble(entry, why.text);
    inquiry->running--;
    ask_some(inquiry);
}

static void ask(struct entry *entry)
{
    struct inquiry *inquiry = entry->inquiry;
    struct helper_end end = {.over = on_answer, .context = entry};
    AUTO(plugin_question) struct plugin_question question;
    struct helper_plan plan;
    struct error why;
    plugin_question_init(&question, entry->path, &plan);
    if (helpers_start(inquiry->helpers, &plan, &end, &entry->running, &why) == 0)
        inquiry->running++;
    else
        set_trouble(entry, why.text);
}

/* ---- all ---- */

static void ask_some(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->count && inquiry->running < AT_ONCE_MAX; i++)
        if (!inquiry->entries[i]->is_asked && !inquiry->entries[i]->running)
            ask(inquiry->entries[i]);
    if (inquiry->running > 0 || !inquiry->is_running)
        return;
    inquiry->is_running = false;
    inquiry->done(inquiry->context);
}

static struct entry *take_entry(struct entry **olds, size_t count, const char *path,
                                const struct print *print)
{
    for (size_t i = 0; i < count; i++)
        if (olds[i] && olds[i]->is_asked && strcmp(olds[i]->path, path) == 0 &&
            is_same(&olds[i]->print, print))
            return TAKE(olds[i]);
    return NULL;
}

static struct entry *make_entry(struct inquiry *inquiry, const char *path,
                                struct entry **olds, size_t old_count)
{
    struct error why;
    struct print print;
    take_print(path, &print, &why);
    struct entry *entry = take_entry(olds, old_count, path, &print);
    if (entry)
        return entry;
    entry = memory_new(sizeof *entry);
    *entry =
        (struct entry){.path = text_copy(path), .print = print, .inquiry = inquiry};
    if (print.rc < 0)
        set_trouble(entry, why.text);
    return entry;
}

void inquiry_begin(struct inquiry *inquiry, const struct config *config)
{
    AUTO(texts) struct texts paths = {0};
    struct entry **olds = inquiry->entries;
    size_t old_count = inquiry->count;
    stock_clear(&inquiry->folders);
    size_t first_own = list_files(config, &inquiry->folders, &paths);
    inquiry->entries = memory_new((paths.count + 1) * sizeof *inquiry->entries);
    inquiry->count = paths.count;
    for (size_t i = 0; i < paths.count; i++) {
        inquiry->entries[i] = make_entry(inquiry, paths.items[i], olds, old_count);
        inquiry->entries[i]->is_own = i >= first_own;
    }
    clear_entries(olds, old_count);
    inquiry->is_running = true;
    ask_some(inquiry);
}

bool inquiry_is_running(const struct inquiry *inquiry)
{
    return inquiry->is_running;
}

static void give(const struct entry *entry, struct stock *ret)
{
    struct plugin *plugin = NULL;
    struct error why;
    if (entry->trouble)
        stock_fail(ret, entry->path, entry->trouble);
    else if (plugin_read(entry->path, strbuf_text(&entry->said), entry->said.size,
                         &plugin, &why) == 0)
        stock_add(ret, entry->is_own ? &ret->own : &ret->plugins, plugin);
    else
        stock_fail(ret, entry->path, why.text);
}

void inquiry_give(const struct inquiry *inquiry, struct stock *ret)
{
    for (size_t i = 0; i < inquiry->folders.trouble_count; i++)
        stock_fail(ret, NULL, inquiry->folders.troubles[i].text);
    for (size_t i = 0; i < inquiry->count; i++)
        give(inquiry->entries[i], ret);
}

void inquiry_forget_troubles(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->count; i++)
        if (inquiry->entries[i]->trouble)
            inquiry->entries[i]->is_asked = false;
}
