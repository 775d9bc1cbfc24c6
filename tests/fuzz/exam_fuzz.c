// SPDX-License-Identifier: GPL-3.0-or-later
/* exam_fuzz - any text as a file of sheepdog test: played or refused with its place,
 * before a trial that takes all and derives nothing: the server's way has tests of its
 * own, and a store would take most of the time. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/exam_parts.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "rules/relations.h"

#define WORK_MAX 2000 /* what is done with one trial, and no time is left */

/* ---- the trial ---- */

struct trial {
    struct trial_parts parts;
    int64_t now;
    int work;
};

static int work(struct trial *trial, struct error *err)
{
    return ++trial->work < WORK_MAX ? 0 : error_set(err, -ETIME, "it takes too long");
}

int trial_open(const struct trial_parts *parts, struct trial **ret,
               struct error *err UNUSED)
{
    assert(parts->config && parts->library);
    *ret = memory_new(sizeof **ret);
    (*ret)->parts = *parts;
    return 0;
}

void trial_close(struct trial *trial)
{
    free(trial);
}

struct store *trial_store(struct trial *trial)
{
    return (struct store *)trial;
}

int trial_wait(struct trial *trial, int64_t until, struct error *err)
{
    assert(until >= trial->now);
    trial->now = until;
    return work(trial, err);
}

int trial_take(struct trial *trial, struct message *const *messages, size_t count,
               struct error *err)
{
    for (size_t i = 0; i < count; i++)
        assert(messages[i]->host && messages[i]->tag);
    return work(trial, err);
}

static const struct telling telling = {.kind = TELLING_NEW,
                                       .host = "penguin",
                                       .tag = "backup",
                                       .notifier = "mailto",
                                       .body = "{\"why\":[\"it fails\"]}"};

int trial_touch(struct trial *trial, struct error *err)
{
    int rc = trial->parts.told(&telling, trial->parts.context);
    return rc == 0 ? work(trial, err) : rc;
}

/* ---- the store ---- */

int store_begin(struct store *store UNUSED, struct error *err UNUSED)
{
    return 0;
}

int store_commit(struct store *store UNUSED, struct error *err UNUSED)
{
    return 0;
}

void store_rollback(struct store *store UNUSED)
{
}

int store_each_incident(struct store *store UNUSED,
                        const struct incident_filter *filter UNUSED, int64_t now,
                        store_incident_fn *each, void *context,
                        struct error *err UNUSED)
{
    const struct incident incident = {.number = 1,
                                      .host = "penguin",
                                      .tag = "backup",
                                      .severity = "fail",
                                      .text = "the disk is full",
                                      .began = now,
                                      .why = "null",
                                      .held = "[\"silence 1\"]"};
    return each(&incident, context);
}

int store_acknowledge(struct store *store UNUSED, int64_t incident UNUSED,
                      int64_t now UNUSED, int64_t until UNUSED, const char *reason,
                      const char *who, struct error *err UNUSED)
{
    assert(reason && who);
    return 0;
}

int store_put_silence(struct store *store UNUSED, const struct silence *silence,
                      int64_t *ret_number, struct error *err)
{
    assert(silence->host && silence->tag && silence->reason && silence->who);
    *ret_number = 1;
    return *silence->reason ? 0 : error_set(err, -EINVAL, "a silence has a reason");
}

int store_put_server(struct store *store UNUSED, const char *host, int64_t now UNUSED,
                     struct error *err UNUSED)
{
    assert(host);
    return 0;
}

const char *telling_kind_name(enum telling_kind kind)
{
    return kind == TELLING_NEW ? "new" : "over";
}

/* ---- rules and relations ---- */

static char library; /* whose address stands for one */

struct library *library_load(const struct texts *folders)
{
    assert(folders->count > 0);
    return (struct library *)&library;
}

struct library *library_load_own(void)
{
    return (struct library *)&library;
}

void library_free(struct library *one)
{
    assert(!one || (void *)one == &library);
}

void library_each_trouble(const struct library *one UNUSED,
                          void (*each)(void *context, const char *file, const char *why)
                              UNUSED,
                          void *context UNUSED)
{
}

struct relations *relations_new(struct store *store)
{
    return (struct relations *)store;
}

void relations_free(struct relations *relations UNUSED)
{
}

static const struct stored_column columns[] = {{.name = "host", .type = TYPE_TEXT},
                                               {.name = "tag", .type = TYPE_TEXT},
                                               {.name = "bytes", .type = TYPE_SIZE}};
static const struct stored disk = {.name = "disk", .columns = columns, .count = 3};

int relations_load(struct relations *relations UNUSED,
                   const struct relations_time *time UNUSED, struct arena *arena UNUSED,
                   struct catalogue *ret, struct error *err UNUSED)
{
    static const struct stored *const items[] = {&disk, NULL};
    ret->items = items;
    return 0;
}

/* ---- the file ---- */

static void note_fault(void *context, const struct exam_fault *fault)
{
    int *faults = context;
    assert(fault->form && fault->line > 0 && fault->column > 0);
    assert(fault->missing.count + fault->surplus.count > 0);
    assert(fault->surplus.count == fault->why.count);
    ++*faults;
}

static void check_error(const char *path, const struct error *err)
{
    const char *place = err->text + strlen(path);
    int line, column;
    if (strncmp(err->text, path, strlen(path)) != 0)
        return; /* of no form: that it takes too long */
    assert(sscanf(place, ":%d:%d: ", &line, &column) == 2 && line > 0 && column > 0);
    assert(utf8_is_valid(err->text, strlen(err->text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *folder;
    if (!folder)
        assert(files_make_scratch("exam-fuzz", &folder, NULL) == 0);
    AUTO(str) char *path = text_format("%s/fuzz.test", folder);
    struct error err = {0};
    struct exam_result result = {0};
    assert(files_put(folder, "fuzz.test", (const char *)data, size, &err) == 0);
    int count = 0;
    int rc = exam_run(path, note_fault, &count, &result, &err);
    assert(rc < 0 ? err.text[0] != '\0' : rc == 0);
    assert((int)result.failed == count);
    if (rc < 0)
        check_error(path, &err);
    return 0;
}
