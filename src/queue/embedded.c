// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - what was put goes through the journal, and then through a window of
 * memory, to the intake:
 *
 *     gathered -> written -> (on disk alone -> read back) -> in the window -> stored
 *
 * The journal's order is the order of all. read_at stands between what has entered the
 * window and what has not: a parcel that was just written enters it straight away if it
 * stands at read_at and the window has room; else its memory is freed, and it is read
 * back when its turn comes.
 *
 * Whatever happens is only noted down, and advance() does what follows from it, once
 * for all that one turn of the loop brought: so the postings of a turn share a write.
 */
#include "queue/embedded.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/worker.h"
#include "queue/journal.h"
#include "queue/record.h"
#include "queue/window.h"

#define WRITE_SIZE (4u << 20)   /* bytes of one write, unless one posting has more */
#define READ_SIZE  (512u << 10) /* bytes that are read back at once, likewise */
#define TIDY_MS    1000
#define AGAIN_MS   1000
#define QUICK_US   5000 /* a write that takes less keeps nobody waiting */

struct waiter {
    void (*done)(void *context);
    void *context;
    struct place until; /* all before it is to be stored */
    uint64_t deadline;  /* ms, by the loop's clock */
    struct waiter *next;
};

struct embedded {
    struct embedded_parts parts;
    struct journal *journal;
    struct segments segments;       /* as far as they are on disk */
    struct worker *writer, *reader; /* one writes; the other reads and removes */
    bool is_writing, is_reading, is_stopping;
    bool is_disk_quick;         /* by the last write */
    struct entry_line gathered; /* to be written next */
    size_t unsynced;            /* bytes gathered and being written */
    int journal_rc;
    struct window *window;
    struct place read_at;
    struct waiter *first_waiter, *last_waiter;
    int read_rc; /* of the last try to read: 0, or what is_passing */
    uv_timer_t step, barrier, tidy, again;
    int handles; /* of the loop, that are not closed yet */
};

static void on_step(uv_timer_t *timer);

static void advance_soon(void *context)
{
    struct embedded *embedded = context;
    if (!uv_is_active((uv_handle_t *)&embedded->step))
        uv_timer_start(&embedded->step, on_step, 0, 0);
}

/* All before it is stored. */
static struct place find_stored(const struct embedded *embedded)
{
    const struct entry *first = window_first(embedded->window);
    return first ? first->start : embedded->read_at;
}

static struct place find_end(const struct embedded *embedded)
{
    return segments_end(&embedded->segments, embedded->read_at);
}

static bool is_all_stored(const struct embedded *embedded)
{
    return !place_is_before(find_stored(embedded), find_end(embedded));
}

static void on_pushed(void *context)
{
    struct embedded *embedded = context;
    embedded->parts.pushed(embedded->parts.context);
}

/* It stands at read_at. */
static void enter_window(struct embedded *embedded, struct entry *entry)
{
    embedded->read_at.offset += entry->parcel.size;
    window_enter(embedded->window, entry);
}

/* ---- written ---- */

struct writing {
    struct embedded *embedded;
    struct entry_line entries;
    int64_t took;     /* us */
    struct error err; /* of the last that failed */
};

/* Those up to the end are written at once, at the place of the first. */
static int write_entries(struct writing *writing, struct entry *from,
                         const struct entry *end)
{
    AUTO(strbuf) struct strbuf bytes = {0};
    for (struct entry *entry = from; entry != end; entry = entry->next) {
        entry->start.offset = bytes.size;
        record_format(&entry->parcel, &bytes);
    }
    struct place start = {0};
    int rc = journal_append(writing->embedded->journal, bytes.data, bytes.size, &start,
                            &writing->err);
    for (struct entry *entry = from; entry != end; entry = entry->next) {
        entry->rc = rc;
        entry->start.segment = start.segment;
        entry->start.offset += start.offset;
    }
    return rc;
}

static bool is_full(int rc)
{
    return rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG;
}

/* Where the disk has no room for all, it may have some for those that are small. */
static void write_work(void *job)
{
    struct writing *writing = job;
    struct entry *first = writing->entries.first;
    int64_t start = clock_monotonic();
    int rc = write_entries(writing, first, NULL);
    if (is_full(rc) && first->next)
        for (struct entry *entry = first; entry; entry = entry->next)
            write_entries(writing, entry, entry->next);
    writing->took = clock_monotonic() - start;
}

static void answer_posting(struct entry *entry)
{
    struct posting *posting = TAKE(entry->posting);
    posting->answer(posting, entry->rc);
}

/* What does not enter the window is on disk alone, or nowhere. */
static void take_written(struct embedded *embedded, struct entry *entry)
{
    bool is_next = false;
    if (entry->rc == 0) {
        segments_extend(&embedded->segments, entry->start, entry->parcel.size);
        embedded->read_at = segments_pass(&embedded->segments, embedded->read_at);
        is_next = !place_is_before(embedded->read_at, entry->start) &&
                  window_has_room(embedded->window);
    }
    embedded->unsynced -= entry->parcel.size;
    answer_posting(entry);
    if (is_next)
        enter_window(embedded, entry);
    else
        entry_free(entry);
}

/* Said when it begins and when it is over. */
static void report_writing(struct embedded *embedded, const struct writing *writing)
{
    int rc = 0;
    for (const struct entry *entry = writing->entries.first; entry; entry = entry->next)
        rc = entry->rc < 0 ? entry->rc : rc;
    if (rc < 0 && embedded->journal_rc == 0)
        log_error("queue: the journal cannot be written: %s; senders keep their "
                  "messages",
                  writing->err.text);
    if (rc == 0 && embedded->journal_rc < 0)
        log_info("queue: the journal is written again");
    embedded->journal_rc = rc;
}

static void write_done(void *job)
{
    struct writing *writing = job;
    struct embedded *embedded = writing->embedded;
    embedded->is_writing = false;
    embedded->is_disk_quick = writing->took < QUICK_US;
    report_writing(embedded, writing);
    for (struct entry *entry; (entry = entry_line_pop(&writing->entries));)
        take_written(embedded, entry);
    free(writing);
    advance_soon(embedded);
}

static struct writing *take_gathered(struct embedded *embedded)
{
    size_t size = 0;
    struct writing *writing = memory_new(sizeof *writing);
    writing->embedded = embedded;
    while (embedded->gathered.first && size < WRITE_SIZE) {
        struct entry *entry = entry_line_pop(&embedded->gathered);
        size += entry->parcel.size;
        entry_line_push(&writing->entries, entry);
    }
    return writing;
}

/* To hand it over and to hear of it costs more than to write to a disk that is quick.
 */
static void start_writing(struct embedded *embedded)
{
    if (embedded->is_writing || !embedded->gathered.first)
        return;
    struct writing *writing = take_gathered(embedded);
    embedded->is_writing = true;
    if (embedded->is_disk_quick) {
        write_work(writing);
        write_done(writing);
    } else {
        worker_run(embedded->writer, write_work, write_done, writing);
    }
}

bool embedded_is_quick(const struct embedded *embedded)
{
    return embedded->is_disk_quick && !embedded->is_writing &&
           embedded->unsynced < WRITE_SIZE;
}

void embedded_flush(struct embedded *embedded)
{
    start_writing(embedded);
}

int embedded_put(struct embedded *embedded, struct posting *posting)
{
    size_t size = record_size(&posting->messages, &posting->unread);
    size_t unsynced = embedded->unsynced;
    if (size > UINT32_MAX ||
        embedded->segments.size + unsynced + size > embedded->parts.limit)
        return -ENOSPC;
    if (unsynced > 0 && unsynced + size > EMBEDDED_UNSYNCED)
        return -ENOBUFS;

    struct parcel parcel = {.messages = posting->messages,
                            .unread = posting->unread,
                            .came = posting->came,
                            .size = size};
    struct entry *entry = entry_new(&parcel);
    entry->posting = posting;
    posting->messages = (struct message_list){0};
    posting->unread = (struct unread_list){0};
    embedded->unsynced += size;
    entry_line_push(&embedded->gathered, entry);
    advance_soon(embedded);
    return 0;
}

/* ---- read back ---- */

struct reading {
    struct embedded *embedded;
    struct segment segment;
    struct place at;
    struct entry_line entries;
    int rc;
    struct error err;
};

static void add_read(struct parcel *parcel, void *context)
{
    struct reading *reading = context;
    struct entry *entry = entry_new(parcel);
    entry->start = reading->at;
    reading->at.offset += parcel->size;
    entry_line_push(&reading->entries, entry);
}

static void read_work(void *job)
{
    struct reading *reading = job;
    reading->rc =
        journal_read(reading->embedded->journal, &reading->segment, reading->at.offset,
                     READ_SIZE, add_read, reading, &reading->err);
}

/* It says nothing of the file: the process, or the machine, is short of something. */
static bool is_passing(int rc)
{
    return rc == -EMFILE || rc == -ENFILE || rc == -ENOMEM;
}

static void read_again_later(struct embedded *embedded, const struct reading *reading)
{
    if (embedded->read_rc == 0)
        log_error("queue: %s; what is on disk alone waits, and we keep trying",
                  reading->err.text);
    uv_timer_start(&embedded->again, on_step, AGAIN_MS, 0);
}

/* What could be read is stored before the file is put aside; nothing more is written to
 * it. */
static void give_up_segment(struct embedded *embedded, const struct reading *reading)
{
    if (embedded->is_writing)
        return; /* it is read again when that is done */
    log_error("queue: %s; %llu bytes are not handed over, and the file becomes "
              "%08llu.damaged",
              reading->err.text,
              (unsigned long long)(reading->segment.end - reading->at.offset),
              (unsigned long long)reading->segment.number);
    segments_cut(&embedded->segments, reading->at);
    journal_turn(embedded->journal);
}

static void read_done(void *job)
{
    struct reading *reading = job;
    struct embedded *embedded = reading->embedded;
    embedded->is_reading = false;
    for (struct entry *entry; (entry = entry_line_pop(&reading->entries));)
        enter_window(embedded, entry);
    if (embedded->read_rc < 0 && !is_passing(reading->rc))
        log_info("queue: the journal is read again");
    if (is_passing(reading->rc))
        read_again_later(embedded, reading);
    else if (reading->rc < 0)
        give_up_segment(embedded, reading);
    embedded->read_rc = is_passing(reading->rc) ? reading->rc : 0;
    free(reading);
    advance_soon(embedded);
}

/* When there is much room, so that it is worth it. */
static void start_reading(struct embedded *embedded)
{
    embedded->read_at = segments_pass(&embedded->segments, embedded->read_at);
    if (embedded->is_reading || uv_is_active((uv_handle_t *)&embedded->again) ||
        !window_has_much_room(embedded->window) ||
        !place_is_before(embedded->read_at, find_end(embedded)))
        return;
    struct reading *reading = memory_new(sizeof *reading);
    reading->embedded = embedded;
    reading->at = embedded->read_at;
    reading->segment = *segments_find(&embedded->segments, reading->at.segment);
    embedded->is_reading = true;
    worker_run(embedded->reader, read_work, read_done, reading);
}

/* ---- removed ---- */

struct removal {
    const struct journal *journal;
    struct segment segment;
    int rc;
    struct error err;
};

static void remove_work(void *job)
{
    struct removal *removal = job;
    removal->rc = journal_remove(removal->journal, &removal->segment, &removal->err);
}

static void remove_done(void *job)
{
    struct removal *removal = job;
    if (removal->rc < 0)
        log_warning("queue: %s; it is stored, and will be looked through again at the "
                    "next start",
                    removal->err.text);
    free(removal);
}

/* NULL: all of the first segment, if there is any, is not stored yet. has_end: the last
 * one counts as well, for nothing is appended to it any more. */
static struct removal *next_removal(struct embedded *embedded, bool has_end)
{
    if (embedded->segments.count == 0)
        return NULL;
    uint64_t first = embedded->segments.items[0].number;
    if (first >= find_stored(embedded).segment && !(has_end && is_all_stored(embedded)))
        return NULL;
    struct removal *removal = memory_new(sizeof *removal);
    removal->journal = embedded->journal;
    removal->segment = segments_take_first(&embedded->segments);
    return removal;
}

static void remove_stored(struct embedded *embedded, bool has_end)
{
    for (struct removal *removal; (removal = next_removal(embedded, has_end));)
        worker_run(embedded->reader, remove_work, remove_done, removal);
}

/* The last one too, when all is stored: a message that lay there for long, after the
 * store has pruned it, would be new to the store at the next start. */
static void on_tidy(uv_timer_t *timer)
{
    struct embedded *embedded = timer->data;
    if (embedded->is_writing || !is_all_stored(embedded))
        return;
    journal_turn(embedded->journal);
    remove_stored(embedded, true);
}

static void plan_tidying(struct embedded *embedded)
{
    if (embedded->segments.count > 0 && is_all_stored(embedded) &&
        !uv_is_active((uv_handle_t *)&embedded->tidy))
        uv_timer_start(&embedded->tidy, on_tidy, TIDY_MS, 0);
}

/* ---- those who wait for the store ---- */

static bool need_not_wait(const struct embedded *embedded, const struct waiter *waiter)
{
    return embedded->is_stopping || window_rc(embedded->window) < 0 ||
           !place_is_before(find_stored(embedded), waiter->until) ||
           uv_now(embedded->parts.loop) >= waiter->deadline;
}

static void wake_waiters(struct embedded *embedded)
{
    struct waiter *waiter;
    while ((waiter = embedded->first_waiter) && need_not_wait(embedded, waiter)) {
        embedded->first_waiter = waiter->next;
        if (!waiter->next)
            embedded->last_waiter = NULL;
        waiter->done(waiter->context);
        free(waiter);
    }
    if (waiter)
        uv_timer_start(&embedded->barrier, on_step,
                       waiter->deadline - uv_now(embedded->parts.loop), 0);
    else
        uv_timer_stop(&embedded->barrier);
}

void embedded_await(struct embedded *embedded, void (*done)(void *context),
                    void *context)
{
    struct waiter *waiter = memory_new(sizeof *waiter);
    *waiter =
        (struct waiter){.done = done,
                        .context = context,
                        .until = find_end(embedded),
                        .deadline = uv_now(embedded->parts.loop) + EMBEDDED_BARRIER_MS};
    if (embedded->last_waiter)
        embedded->last_waiter->next = waiter;
    else
        embedded->first_waiter = waiter;
    embedded->last_waiter = waiter;
    wake_waiters(embedded);
    advance_soon(embedded);
}

/* ---- all of it ---- */

static void advance(struct embedded *embedded)
{
    start_writing(embedded);
    start_reading(embedded);
    wake_waiters(embedded);
    window_flush(embedded->window, embedded->first_waiter);
    remove_stored(embedded, false);
    plan_tidying(embedded);
}

static void on_step(uv_timer_t *timer)
{
    advance(timer->data);
}

static void make_handles(struct embedded *embedded)
{
    uv_timer_t *const timers[] = {&embedded->step, &embedded->barrier, &embedded->tidy,
                                  &embedded->again};
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++) {
        uv_timer_init(embedded->parts.loop, timers[i]);
        timers[i]->data = embedded;
        embedded->handles++;
    }
}

/* found: what an earlier run left; all of it is still to be handed over. */
static struct embedded *embedded_new(const struct embedded_parts *parts,
                                     struct journal *journal, struct segments found)
{
    struct embedded *embedded = memory_new(sizeof *embedded);
    embedded->parts = *parts;
    embedded->parts.folder = NULL;
    embedded->parts.limit = parts->limit ? parts->limit : EMBEDDED_LIMIT;
    embedded->journal = journal;
    embedded->segments = found;
    embedded->writer = worker_new(parts->loop);
    embedded->reader = worker_new(parts->loop);
    embedded->window = window_new(
        &(struct window_parts){.loop = parts->loop,
                               .intake = parts->intake,
                               .size = parts->window ? parts->window : EMBEDDED_WINDOW,
                               .pushed = on_pushed,
                               .changed = advance_soon,
                               .context = embedded});
    make_handles(embedded);
    return embedded;
}

int embedded_open(const struct embedded_parts *parts, struct embedded **ret,
                  struct error *err)
{
    struct journal *journal;
    struct segments found;
    uint64_t cut;
    int rc = journal_open(parts->folder, &journal, &found, &cut, err);
    if (rc < 0)
        return rc;
    if (cut > 0)
        log_info("queue: %s: the last %llu bytes, which a crash cut short and nobody "
                 "was answered for, are dropped",
                 parts->folder, (unsigned long long)cut);

    *ret = embedded_new(parts, journal, found);
    advance_soon(*ret);
    return 0;
}

int embedded_store_rc(const struct embedded *embedded)
{
    return window_rc(embedded->window);
}

int embedded_journal_rc(const struct embedded *embedded)
{
    return embedded->journal_rc;
}

static void end(struct embedded *embedded)
{
    embedded->is_stopping = true;
    window_stop(embedded->window);
    wake_waiters(embedded);
}

void embedded_stop(struct embedded *embedded)
{
    window_flush(embedded->window, true);
    end(embedded);
}

bool embedded_is_idle(const struct embedded *embedded)
{
    return window_is_idle(embedded->window) && !embedded->gathered.first &&
           worker_is_idle(embedded->writer) && worker_is_idle(embedded->reader);
}

static void on_closed(uv_handle_t *handle)
{
    struct embedded *embedded = handle->data;
    if (--embedded->handles == 0)
        free(embedded);
}

void embedded_close(struct embedded *embedded)
{
    if (!embedded)
        return;
    assert(embedded_is_idle(embedded));
    end(embedded);
    for (struct removal *removal; (removal = next_removal(embedded, true));) {
        remove_work(removal);
        remove_done(removal);
    }
    window_close(embedded->window);
    worker_free(embedded->writer);
    worker_free(embedded->reader);
    journal_close(embedded->journal);
    segments_clear(&embedded->segments);
    uv_close((uv_handle_t *)&embedded->step, on_closed);
    uv_close((uv_handle_t *)&embedded->barrier, on_closed);
    uv_close((uv_handle_t *)&embedded->tidy, on_closed);
    uv_close((uv_handle_t *)&embedded->again, on_closed);
}
