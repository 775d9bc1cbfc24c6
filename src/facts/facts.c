// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - under the lock: what was sent is read, compared and sent anew.
 *
 * The mark says that a whole is due from when an epoch begins until each relation is
 * sent in it: so one that was cut short goes on where it was. */
#include "facts/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"
#include "facts/intake.h"
#include "facts/looked.h"
#include "facts/machine.h"
#include "facts/outgoing.h"
#include "facts/remembered.h"

#define LOCK_WAIT 10000 /* ms */

static int lock(const struct facts_place *place, int *ret_fd, struct error *err)
{
    AUTO(str) char *path = text_format("%s/.lock", place->folder);
    int rc = files_make_folder(place->folder, 0700, err);
    return rc < 0 ? rc : files_lock_within(path, LOCK_WAIT, ret_fd, err);
}

/* ---- epochs ---- */

/* Later than all that were. */
static int begin_epoch(struct outgoing *outgoing, struct error *err)
{
    const struct facts_place *place = outgoing->place;
    AUTO(texts) struct texts names = {0};
    struct mark mark = {.epoch = place->now, .is_whole_due = true};
    if (outgoing->mark.epoch >= mark.epoch)
        mark.epoch = outgoing->mark.epoch + 1;
    remembered_list(place->folder, &names);
    for (size_t i = 0; i < names.count; i++) {
        AUTO(remembered) struct remembered last = {0};
        if (remembered_read(place->folder, names.items[i], &last, NULL) == 0 &&
            last.epoch >= mark.epoch)
            mark.epoch = last.epoch + 1;
    }
    int rc = mark_write(place->folder, &mark, err);
    if (rc == 0)
        outgoing->mark = mark;
    return rc;
}

/* What is remembered of a relation; where that is damaged, nothing is. */
static int recall(const char *folder, const char *name, struct remembered *ret,
                  bool *ret_is_there, struct error *err)
{
    int rc = remembered_read(folder, name, ret, err);
    *ret_is_there = rc == 0;
    if (rc == -EBADMSG)
        remembered_remove(folder, name);
    return rc == -ENOENT || rc == -EBADMSG ? 0 : rc;
}

/* What was sent last, of each relation that was not sent in this epoch yet. */
static int send_all(struct outgoing *outgoing, struct error *err)
{
    const char *folder = outgoing->place->folder;
    AUTO(texts) struct texts names = {0};
    remembered_list(folder, &names);
    for (size_t i = 0; i < names.count; i++) {
        AUTO(remembered) struct remembered last = {0};
        bool is_there;
        int rc = recall(folder, names.items[i], &last, &is_there, err);
        if (rc == 0 && is_there && last.epoch != outgoing->mark.epoch)
            rc = outgoing_send(outgoing, last.relation, &last.rows, &last, err);
        if (rc < 0)
            return rc;
    }
    struct mark mark = outgoing->mark;
    mark.is_whole_due = false;
    int rc = mark_write(folder, &mark, err);
    if (rc == 0)
        outgoing->mark = mark;
    return rc;
}

/* Reads the mark; where there is none, or a whole is due, that is done. */
static int begin(struct outgoing *outgoing, struct error *err)
{
    int rc = mark_read(outgoing->place->folder, &outgoing->mark, err);
    if (rc == -ENOENT || rc == -EBADMSG)
        rc = begin_epoch(outgoing, err);
    if (rc == 0 && outgoing->mark.is_whole_due)
        rc = send_all(outgoing, err);
    return rc;
}

/* ---- sources ---- */

/* One that cannot be read waits for its time, or for its files. */
static bool is_due(const struct fact_source *source, const struct facts_place *place,
                   const struct looked *looked, int64_t every)
{
    const struct look_entry *last = looked_find(looked, source->name);
    if (!last || last->time > place->now || place->now - last->time >= every)
        return true;
    return (!last->trouble[0] && !remembered_is_there(place->folder, source->name)) ||
           last->print != looked_print(source, place->root);
}

/* One run over the sources. */
struct collection {
    struct outgoing outgoing;
    struct looked looked;
    int64_t every;
    void (*say)(void *context, const char *sentence);
    void *context;
};

static void say_once(const struct collection *collection, const char *name,
                     const char *sentence)
{
    const struct look_entry *last = looked_find(&collection->looked, name);
    if (sentence[0] && (!last || strcmp(last->trouble, sentence) != 0))
        collection->say(collection->context, sentence);
}

static int send_source(struct collection *collection, const struct relation *relation,
                       const struct rows *found, struct damage *damage,
                       struct error *err)
{
    const struct facts_place *place = collection->outgoing.place;
    AUTO(rows) struct rows rows = {0};
    AUTO(remembered) struct remembered last = {0};
    bool is_there;
    struct intake intake = {
        .relation = relation, .redaction = place->redaction, .rows = &rows};
    intake_add(&intake, found, damage);
    intake_end(&intake);
    int rc = recall(place->folder, relation->name, &last, &is_there, err);
    return rc < 0 ? rc
                  : outgoing_send(&collection->outgoing, relation, &rows,
                                  is_there ? &last : NULL, err);
}

/* The print is taken before: what changes meanwhile makes it due again. */
static int collect_source(struct collection *collection,
                          const struct fact_source *source, struct error *err)
{
    const struct facts_place *place = collection->outgoing.place;
    AUTO(relation) struct relation *relation = fact_source_relation(source);
    AUTO(rows) struct rows found = {0};
    struct damage damage = {0};
    struct error why = {0};
    struct look_entry entry = {.name = relation->name,
                               .time = place->now,
                               .print = looked_print(source, place->root)};
    int rc = source->collect(place->root, &found, &why);
    if (rc != 0)
        damage_add(&damage, "%s: %s", source->name, why.text);
    if (rc >= 0) {
        rc = send_source(collection, relation, &found, &damage, err);
        if (rc < 0)
            return rc;
    }
    struct error sentence = {0};
    damage_result(&damage, &sentence);
    entry.trouble = sentence.text;
    say_once(collection, source->name, sentence.text);
    looked_set(&collection->looked, &entry);
    return 0;
}

static int collect_due(struct collection *collection, struct error *err)
{
    const struct facts_place *place = collection->outgoing.place;
    bool has_looked = false;
    int rc = 0;
    looked_read(place->folder, &collection->looked);
    for (size_t i = 0; rc == 0 && fact_sources[i]; i++)
        if (is_due(fact_sources[i], place, &collection->looked, collection->every)) {
            rc = collect_source(collection, fact_sources[i], err);
            has_looked = true;
        }
    if (has_looked) {
        int written = looked_write(place->folder, &collection->looked, rc ? NULL : err);
        rc = rc ? rc : written;
    }
    looked_clear(&collection->looked);
    return rc;
}

/* ---- what is offered ---- */

int facts_mark(const struct facts_place *place, int64_t *ret_epoch,
               int64_t *ret_counter, struct error *err)
{
    struct mark mark = {0};
    int rc = mark_read(place->folder, &mark, err);
    if (rc < 0 && rc != -ENOENT && rc != -EBADMSG)
        return rc;
    *ret_epoch = mark.counter > 0 ? mark.epoch : 0;
    *ret_counter = mark.counter;
    return 0;
}

bool facts_are_due(const struct facts_place *place, int64_t every)
{
    AUTO(looked) struct looked looked = {0};
    struct mark mark;
    if (mark_read(place->folder, &mark, NULL) < 0 || mark.is_whole_due)
        return true;
    looked_read(place->folder, &looked);
    for (size_t i = 0; fact_sources[i]; i++)
        if (is_due(fact_sources[i], place, &looked, every))
            return true;
    return false;
}

int facts_collect(const struct facts_place *place, int64_t every,
                  void (*say)(void *context, const char *sentence), void *context,
                  int *ret_sent, struct error *err)
{
    struct collection collection = {
        .outgoing = {.place = place}, .every = every, .say = say, .context = context};
    AUTO(fd) int held = -1;
    int rc = lock(place, &held, err);
    if (rc == 0)
        rc = begin(&collection.outgoing, err);
    if (rc == 0)
        rc = collect_due(&collection, err);
    if (rc == 0)
        *ret_sent = collection.outgoing.sent;
    return rc;
}

static int check_given(const struct relation *relation, struct error *err)
{
    for (size_t i = 0; fact_sources[i]; i++)
        if (strcmp(fact_sources[i]->name, relation->name) == 0)
            return error_set(err, -EINVAL, "relation %s is built in", relation->name);
    return relation_check(relation, err);
}

/* Under the lock; rows are canonical. */
static int update(struct outgoing *outgoing, const struct relation *relation,
                  struct rows *rows, bool is_whole, struct error *err)
{
    AUTO(remembered) struct remembered last = {0};
    AUTO(rows) struct rows all = {0};
    bool is_there;
    int rc = recall(outgoing->place->folder, relation->name, &last, &is_there, err);
    if (rc < 0)
        return rc;
    bool is_kept = !is_whole && is_there && relation_is_same(last.relation, relation);
    for (size_t i = 0; is_kept && i < last.rows.count; i++)
        rows_add(&all, relation->count, (const char *const *)last.rows.items[i].values);
    for (size_t i = 0; i < rows->count; i++)
        rows_add(&all, relation->count, (const char *const *)rows->items[i].values);
    intake_end(&(struct intake){.relation = relation, .rows = &all});
    return outgoing_send(outgoing, relation, &all, is_there ? &last : NULL, err);
}

int facts_update(const struct facts_place *place, const struct relation *relation,
                 const struct rows *rows, bool is_whole, int *ret_sent,
                 struct error *err)
{
    struct outgoing outgoing = {.place = place};
    AUTO(rows) struct rows good = {0};
    AUTO(fd) int held = -1;
    struct damage damage = {0};
    int rc = check_given(relation, err);
    if (rc < 0)
        return rc;
    struct intake intake = {
        .relation = relation, .redaction = place->redaction, .rows = &good};
    intake_add(&intake, rows, &damage);
    if (damage_result(&damage, err) != 0)
        return -EINVAL;
    rc = lock(place, &held, err);
    if (rc == 0)
        rc = begin(&outgoing, err);
    if (rc == 0)
        rc = update(&outgoing, relation, &good, is_whole, err);
    if (rc == 0)
        *ret_sent = outgoing.sent;
    return rc;
}

int facts_send_whole(const struct facts_place *place, int *ret_sent, struct error *err)
{
    struct outgoing outgoing = {.place = place};
    AUTO(fd) int held = -1;
    int rc = lock(place, &held, err);
    if (rc == 0 && mark_read(place->folder, &outgoing.mark, NULL) < 0)
        outgoing.mark = (struct mark){0};
    if (rc == 0)
        rc = begin_epoch(&outgoing, err);
    if (rc == 0)
        rc = send_all(&outgoing, err);
    if (rc == 0)
        *ret_sent = outgoing.sent;
    return rc;
}
