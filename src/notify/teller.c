// SPDX-License-Identifier: GPL-3.0-or-later
/* teller - look, tell, mark, and look again:
 *
 *     look ──something is due──> tell ──> mark ──> look …
 *       └─nothing──> wait until something is due, or a byte on wake
 */
#include "notify/teller.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"
#include "notify/turn.h"
#include "store/incidents.h"

#define SECOND      1000
#define STORE_PAUSE (30 * SECOND) /* the longest, while the store cannot be used */
#define WAIT_MAX    (5 * SECOND)  /* whoever else puts may be unable to wake us */
#define LATE_TRIES  5             /* to mark what was told, after wake has ended */
#define TURN_STEP   50 /* ms; then twice as long, … until the turn is ours */

struct work {
    const struct teller *teller;
    const struct notifier *notifier;
    const struct notifier_form *form;
    struct turn *turn;
    bool has_turn; /* else another process tells */
    struct store *store;
    void *state;               /* the notifier's; NULL: to be opened */
    bool is_over;              /* wake has ended */
    int64_t pause;             /* ms, after the store failed; 0: it works */
    struct error last_trouble; /* that was logged; "": none */
};

/* ---- waiting ---- */

/* Until a byte on wake, its end, a wake-up that another teller passes on, or so many
 * ms. Returns whether there was a byte. */
static bool wait_for(struct work *work, int64_t ms)
{
    char bytes[64];
    struct pollfd fds[] = {
        {.fd = work->is_over ? -1 : work->teller->wake, .events = POLLIN},
        {.fd = work->has_turn ? turn_fd(work->turn) : -1, .events = POLLIN},
    };
    int timeout = (int)(ms < 0 ? 0 : ms > WAIT_MAX ? WAIT_MAX : ms);
    if (poll(fds, 2, timeout) <= 0)
        return false;
    if (fds[1].revents)
        turn_heed(work->turn);
    if (!fds[0].revents)
        return false;
    ssize_t count = read(fds[0].fd, bytes, sizeof bytes);
    work->is_over = count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
    return count > 0;
}

/* Whoever has the turn may live for months: it is asked for ever more seldom. */
static int take_turn(struct work *work, struct error *err)
{
    int rc = turn_take(work->turn, err);
    for (int64_t step = TURN_STEP; rc == -EAGAIN && !work->is_over;) {
        if (wait_for(work, step))
            turn_pass_on(work->turn);
        step = step < SECOND ? step * 2 : step;
        rc = turn_take(work->turn, err);
    }
    work->has_turn = rc == 0;
    return rc;
}

/* 1 s, 2 s, 4 s, … */
static int64_t pause_after(int tries)
{
    int64_t pause = SECOND;
    for (int i = 0; i < tries && pause < TELLING_PAUSE_MAX; i++)
        pause *= 2;
    return pause < TELLING_PAUSE_MAX ? pause : TELLING_PAUSE_MAX;
}

/* ---- what is logged ---- */

/* Between the notifier and its address, where it has any. */
static const char *to(const struct notice *notice)
{
    return notice->address[0] ? " to " : "";
}

/* Trouble is said when it begins: for each that is told the first time, unless that
 * very thing was said last. */
static void say_untold(struct work *work, const struct notice *notice,
                       const struct error *why)
{
    struct error *last = &work->last_trouble;
    bool is_known =
        last->text[0] && (notice->tries > 0 || strcmp(last->text, why->text) == 0);
    if (is_known)
        return;
    log_warning("outbox: %s%s%s: %s; we keep trying", notice->notifier, to(notice),
                notice->address, why->text);
    *last = *why;
}

static void say_told(struct work *work, const struct notice *notice)
{
    if (notice->tries == 0)
        return;
    char late[UNITS_TEXT_SIZE];
    log_info("outbox: %s%s%s: told after %d tries, %s late", notice->notifier,
             to(notice), notice->address, notice->tries + 1,
             duration_format(clock_now() - notice->made, late));
    work->last_trouble.text[0] = '\0';
}

/* Whether the store works; when it does not, a pause has passed. */
static bool check_store(struct work *work, int rc, const struct error *why)
{
    const char *name = work->teller->name;
    if (rc >= 0 && work->pause > 0)
        log_info("outbox: %s: the store works again", name);
    if (rc < 0 && work->pause == 0)
        log_error("outbox: %s: %s; what is due waits", name, why->text);
    work->pause = rc >= 0 ? 0 : work->pause ? work->pause * 2 : SECOND;
    if (work->pause > STORE_PAUSE)
        work->pause = STORE_PAUSE;
    if (rc < 0)
        wait_for(work, work->is_over ? SECOND : work->pause);
    return rc >= 0;
}

/* ---- the work ---- */

static int mark_once(struct work *work, const struct notice *notice,
                     const struct error *untold, struct error *err)
{
    struct store *store = work->store;
    int64_t now = clock_now();
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    if (untold)
        rc = store_telling_failed(store, notice->number, now,
                                  now + pause_after(notice->tries), untold->text, err);
    else
        rc = store_telling_told(store, notice->number, now, err);
    if (rc < 0) {
        store_rollback(store);
        return rc;
    }
    return store_commit(store, err);
}

/* Until it works: nothing is told again because the store cannot be written. When all
 * is over, only somewhat longer. */
static int mark(struct work *work, const struct notice *notice,
                const struct error *untold, struct error *err)
{
    int rc = mark_once(work, notice, untold, err);
    for (int late = 0; !check_store(work, rc, err) && late < LATE_TRIES;) {
        late += work->is_over;
        rc = mark_once(work, notice, untold, err);
    }
    return rc;
}

static int tell(struct work *work, const struct notice *notice, struct error *err)
{
    const struct teller *teller = work->teller;
    struct error why = {0};
    int rc = 0;
    if (!work->state)
        rc = work->notifier->open(teller->config, work->form, &work->state, &why);
    if (rc == 0)
        rc = work->notifier->tell(work->state, notice, &why);
    if (rc < 0)
        say_untold(work, notice, &why);
    else
        say_told(work, notice);
    return mark(work, notice, rc < 0 ? &why : NULL, err);
}

/* Tells the next one that is due; *ret_wait is how long nothing will be, in ms. */
static int look(struct work *work, int64_t *ret_wait, struct error *err)
{
    AUTO(notice) struct notice due = {0};
    const char *name = work->teller->name;
    int64_t now = clock_now(), next = now;
    int rc = notice_find(work->store, name, now, &due, err);
    if (rc > 0)
        rc = tell(work, &due, err);
    else if (rc == 0)
        rc = store_next_telling(work->store, name, &next, err);
    *ret_wait = next == INT64_MAX ? WAIT_MAX : next - now;
    return rc;
}

static void tell_until_over(struct work *work)
{
    while (!work->is_over) {
        struct error why = {0};
        int64_t wait;
        if (check_store(work, look(work, &wait, &why), &why) && !work->is_over)
            wait_for(work, wait);
    }
}

int teller_run(const struct teller *teller, struct error *err)
{
    struct work work = {.teller = teller};
    AUTO(turn) struct turn *turn = NULL;
    AUTO(store) struct store *store = NULL;
    work.notifier = notifier_named(teller->config, teller->name, &work.form);
    if (!work.notifier)
        return error_set(err, -EINVAL, "no notifier is called \"%.60s\"", teller->name);
    int rc = turn_open(teller->store, teller->name, &turn, err);
    if (rc < 0)
        return rc;
    work.turn = turn;
    rc = take_turn(&work, err);
    if (rc == -EAGAIN)
        return 0; /* it was over before our turn came */
    if (rc == 0)
        rc = store_open(teller->store, &store, err);
    if (rc < 0)
        return rc;
    work.store = store;
    tell_until_over(&work);
    work.notifier->close(work.state);
    return 0;
}
