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
#include "store/store.h"

#define SECOND      1000
#define STORE_PAUSE (30 * SECOND) /* the longest, while the store cannot be used */
#define WAIT_MAX    (5 * SECOND)  /* whoever else puts may be unable to wake us */
#define LATE_TRIES  5             /* to mark what was told, after wake has ended */
#define TURN_STEP   50 /* ms; then twice as long, … until the turn is ours */

struct telling {
    const struct teller *teller;
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
static bool wait_for(struct telling *telling, int64_t ms)
{
    char bytes[64];
    struct pollfd fds[] = {
        {.fd = telling->is_over ? -1 : telling->teller->wake, .events = POLLIN},
        {.fd = telling->has_turn ? turn_fd(telling->turn) : -1, .events = POLLIN},
    };
    int timeout = (int)(ms < 0 ? 0 : ms > WAIT_MAX ? WAIT_MAX : ms);
    if (poll(fds, 2, timeout) <= 0)
        return false;
    if (fds[1].revents)
        turn_heed(telling->turn);
    if (!fds[0].revents)
        return false;
    ssize_t count = read(fds[0].fd, bytes, sizeof bytes);
    telling->is_over = count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
    return count > 0;
}

/* Whoever has the turn may live for months: it is asked for ever more seldom. */
static int take_turn(struct telling *telling, struct error *err)
{
    int rc = turn_take(telling->turn, err);
    for (int64_t step = TURN_STEP; rc == -EAGAIN && !telling->is_over;) {
        if (wait_for(telling, step))
            turn_pass_on(telling->turn);
        step = step < SECOND ? step * 2 : step;
        rc = turn_take(telling->turn, err);
    }
    telling->has_turn = rc == 0;
    return rc;
}

/* 1 s, 2 s, 4 s, … */
static int64_t pause_after(int tries)
{
    int64_t pause = SECOND;
    for (int i = 0; i < tries && pause < NOTIFICATION_PAUSE_MAX; i++)
        pause *= 2;
    return pause < NOTIFICATION_PAUSE_MAX ? pause : NOTIFICATION_PAUSE_MAX;
}

/* ---- what is logged ---- */

static const char *address_text(const struct notification *notification)
{
    return notification->address[0] ? notification->address : "the log";
}

/* Trouble is said when it begins: for each that is told the first time, unless that
 * very thing was said last. */
static void say_untold(struct telling *telling, const struct notification *notification,
                       const struct error *why)
{
    struct error *last = &telling->last_trouble;
    bool is_known = last->text[0] &&
                    (notification->tries > 0 || strcmp(last->text, why->text) == 0);
    if (is_known)
        return;
    log_warning("outbox: %s to %s: %s; we keep trying", notification->notifier,
                address_text(notification), why->text);
    *last = *why;
}

static void say_told(struct telling *telling, const struct notification *notification)
{
    if (notification->tries == 0)
        return;
    char late[UNITS_TEXT_SIZE];
    log_info("outbox: %s to %s: told after %d tries, %s late", notification->notifier,
             address_text(notification), notification->tries + 1,
             duration_format(clock_now() - notification->made, late));
    telling->last_trouble.text[0] = '\0';
}

/* Whether the store works; when it does not, a pause has passed. */
static bool check_store(struct telling *telling, int rc, const struct error *why)
{
    const char *name = telling->teller->notifier->name;
    if (rc >= 0 && telling->pause > 0)
        log_info("outbox: %s: the store works again", name);
    if (rc < 0 && telling->pause == 0)
        log_error("outbox: %s: %s; what is due waits", name, why->text);
    telling->pause = rc >= 0 ? 0 : telling->pause ? telling->pause * 2 : SECOND;
    if (telling->pause > STORE_PAUSE)
        telling->pause = STORE_PAUSE;
    if (rc < 0)
        wait_for(telling, telling->is_over ? SECOND : telling->pause);
    return rc >= 0;
}

/* ---- the work ---- */

static int mark_once(struct telling *telling, const struct notification *notification,
                     const struct error *untold, struct error *err)
{
    struct store *store = telling->store;
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    if (untold)
        rc = store_mark_untold(store, notification->number,
                               clock_now() + pause_after(notification->tries),
                               untold->text, err);
    else
        rc = store_mark_told(store, notification->number, clock_now(), err);
    if (rc < 0) {
        store_rollback(store);
        return rc;
    }
    return store_commit(store, err);
}

/* Until it works: nothing is told again because the store cannot be written. When all
 * is over, only somewhat longer. */
static int mark(struct telling *telling, const struct notification *notification,
                const struct error *untold, struct error *err)
{
    int rc = mark_once(telling, notification, untold, err);
    for (int late = 0; !check_store(telling, rc, err) && late < LATE_TRIES;) {
        late += telling->is_over;
        rc = mark_once(telling, notification, untold, err);
    }
    return rc;
}

static int tell(struct telling *telling, const struct notification *notification,
                struct error *err)
{
    const struct teller *teller = telling->teller;
    struct error why = {0};
    int rc = 0;
    if (!telling->state)
        rc = teller->notifier->open(teller->config, &telling->state, &why);
    if (rc == 0)
        rc = teller->notifier->tell(telling->state, notification, &why);
    if (rc < 0)
        say_untold(telling, notification, &why);
    else
        say_told(telling, notification);
    return mark(telling, notification, rc < 0 ? &why : NULL, err);
}

static int end_hold(struct telling *telling, int64_t now, struct error *err)
{
    struct store *store = telling->store;
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_end_hold(store, telling->teller->notifier->name, now, err);
    if (rc < 0) {
        store_rollback(store);
        return rc;
    }
    return store_commit(store, err);
}

/* When something is due next, after nothing was due: so what has become due since was
 * held, and its hold has ended. */
static int find_next(struct telling *telling, int64_t now, int64_t *ret,
                     struct error *err)
{
    const char *name = telling->teller->notifier->name;
    int64_t next = INT64_MAX;
    int rc = store_next_due(telling->store, name, &next, err);
    bool is_far = next != INT64_MAX && next > now + NOTIFICATION_PAUSE_MAX;
    if (rc == 0 && (next <= now || is_far)) {
        rc = end_hold(telling, now, err);
        next = now;
    }
    *ret = next;
    return rc;
}

/* Tells the next one that is due; *ret_wait is how long nothing will be, in ms. */
static int look(struct telling *telling, int64_t *ret_wait, struct error *err)
{
    AUTO(notification_list) struct notification_list due = {0};
    const char *name = telling->teller->notifier->name;
    int64_t now = clock_now(), next = now;
    int rc = store_due_notifications(telling->store, name, now, 1, &due, err);
    if (rc == 0 && due.count > 0)
        rc = tell(telling, &due.items[0], err);
    else if (rc == 0)
        rc = find_next(telling, now, &next, err);
    *ret_wait = next == INT64_MAX ? WAIT_MAX : next - now;
    return rc;
}

static void tell_until_over(struct telling *telling)
{
    while (!telling->is_over) {
        struct error why = {0};
        int64_t wait;
        if (check_store(telling, look(telling, &wait, &why), &why) && !telling->is_over)
            wait_for(telling, wait);
    }
}

int teller_run(const struct teller *teller, struct error *err)
{
    struct telling telling = {.teller = teller};
    AUTO(turn) struct turn *turn = NULL;
    AUTO(store) struct store *store = NULL;
    int rc = turn_open(teller->store, teller->notifier->name, &turn, err);
    if (rc < 0)
        return rc;
    telling.turn = turn;
    rc = take_turn(&telling, err);
    if (rc == -EAGAIN)
        return 0; /* it was over before our turn came */
    if (rc == 0)
        rc = store_open(teller->store, &store, err);
    if (rc < 0)
        return rc;
    telling.store = store;
    tell_until_over(&telling);
    teller->notifier->close(telling.state);
    return 0;
}
