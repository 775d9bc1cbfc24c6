// SPDX-License-Identifier: GPL-3.0-or-later
/* receiver - a thread that waits for its process, for the store, and for the loop:
 *
 *     thread:  take a letter ──> write ──> hear ──> push ──> wait for the answer
 *     loop:                                      pushed         answer (the pump's)
 */
#include "receiver/receiver.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"
#include "receiver/bridge.h"
#include "receiver/progress.h"
#include "receiver/sayings.h"
#include "receiver/talk.h"
#include "receiver/trouble.h"

#define LOOK_MS   5000  /* another process may store too, and cannot wake us */
#define KEEP_MS   1000  /* until the position is kept */
#define SEEN_MS   60000 /* the same, where nothing that it got is behind it */
#define GRACE_MS  3000  /* from the end of its input until it is killed */
#define READ_SIZE 16384
#define NEVER     INT64_MAX

struct receiver {
    struct receiver_parts parts;
    char *source; /* "receiver:nginx": for its position, and in the log */
    struct bridge *bridge;

    /* on the loop */
    bool has_stopped;
    void (*stopped)(void *context);
    void *stopped_context;

    /* on the thread */
    struct store *reader;
    struct letters *letters;
    struct sayings *sayings;
    struct talk talk;
    int turn; /* the lock that says that we run it; -1 */
    struct progress progress;
    struct trouble trouble;
    int64_t look_at;      /* us: when the store is to be looked at */
    int64_t start_at;     /* us: when a process is to be started; NEVER: one runs */
    int64_t kill_at;      /* us: while it ends; NEVER */
    bool has_done;        /* since it was started, with a letter */
    bool is_store_broken; /* said */
};

static const char *name_of(const struct receiver *receiver)
{
    return receiver->parts.plugin->name;
}

static int64_t earliest(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static int64_t in_ms(int64_t ms)
{
    return clock_monotonic() + ms * 1000;
}

/* ---- what it says ---- */

static void end_it(struct receiver *receiver, const char *why)
{
    trouble_blame(&receiver->trouble, why);
    runner_kill(&receiver->talk.runner);
}

static void hear(struct receiver *receiver, const char *bytes, size_t size, bool is_end)
{
    AUTO(message_list) struct message_list said = {0};
    struct error why = {0};
    int rc = sayings_hear(receiver->sayings, bytes, size, is_end, &said, &why);
    if (rc == -E2BIG && runner_runs(&receiver->talk.runner))
        end_it(receiver, why.text);
    else if (rc < 0 && rc != -E2BIG)
        trouble_say_line(&receiver->trouble, &why);
    if (said.count > 0)
        progress_post(&receiver->progress, &said);
}

/* All that is there, but not for ever, as it may print faster than we read. */
static void drain(struct receiver *receiver)
{
    struct runner *runner = &receiver->talk.runner;
    char bytes[READ_SIZE];
    for (int i = 0; runner->out >= 0 && i < 128; i++) {
        ssize_t count = read(runner->out, bytes, sizeof bytes);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count == 0) {
            close(runner->out);
            runner->out = -1;
        } else if (count > 0) {
            hear(receiver, bytes, (size_t)count, false);
        }
    }
}

static void drain_errors(struct receiver *receiver)
{
    struct runner *runner = &receiver->talk.runner;
    char bytes[READ_SIZE];
    ssize_t count = read(runner->errors, bytes, sizeof bytes);
    if (count == 0) {
        close(runner->errors);
        runner->errors = -1;
    }
    if (count > 0)
        trouble_hear(&receiver->trouble, bytes, (size_t)count);
}

/* ---- letters ---- */

static void begin_letter(struct receiver *receiver)
{
    const struct letter *letter = receiver->talk.letter;
    sayings_begin(receiver->sayings, letter->id, letter->host, letter->time);
}

/* All that it said of the letter is heard. */
static void close_letter(struct receiver *receiver)
{
    drain(receiver);
    hear(receiver, "", 0, true);
    progress_move(&receiver->progress, receiver->talk.letter->number, KEEP_MS);
    trouble_is_over(&receiver->trouble);
    receiver->has_done = true;
}

static void say_store(struct receiver *receiver, int rc, const struct error *why)
{
    if (rc < 0 && !receiver->is_store_broken)
        log_error("receiver: %s: the store cannot be read: %s; we keep trying",
                  name_of(receiver), why->text);
    if (rc == 0 && receiver->is_store_broken)
        log_info("receiver: %s: the store can be read again", name_of(receiver));
    receiver->is_store_broken = rc < 0;
}

static void give_letter(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    struct letter *letter = NULL;
    struct error why = {0};
    int rc = letters_take(receiver->letters, &letter, &why);
    say_store(receiver, rc, &why);
    if (!letter) {
        receiver->look_at = in_ms(LOOK_MS);
        if (rc == 0 && talk->stage == TALK_FREE)
            progress_move(&receiver->progress, letters_seen(receiver->letters),
                          SEEN_MS);
        return;
    }
    bool is_first = talk->stage == TALK_FREE;
    talk_give(talk, letter);
    if (is_first)
        begin_letter(receiver);
}

static void write_on(struct receiver *receiver)
{
    if (!talk_write(&receiver->talk))
        return;
    close_letter(receiver);
    talk_go_on(&receiver->talk);
    begin_letter(receiver);
}

/* ---- its process ---- */

/* A letter that it fails with again and again is not what all others wait for. */
static void count_try(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    const struct letter *letter = talk->letter;
    if (!letter || talk->stage == TALK_FREE ||
        !trouble_is_hopeless(&receiver->trouble, letter->number, letter->id))
        return;
    progress_move(&receiver->progress, letter->number, KEEP_MS);
    talk_finish(talk);
}

static void rest(struct receiver *receiver, int status)
{
    receiver->start_at = in_ms(trouble_pause(&receiver->trouble, status));
}

/* One that ends well has done what it has read; and if that was something, it may be
 * one that is made for one message at a time. */
static void on_ended(struct receiver *receiver, int status)
{
    struct talk *talk = &receiver->talk;
    bool is_well = !trouble_is_blamed(&receiver->trouble) && WIFEXITED(status) &&
                   WEXITSTATUS(status) == 0 && talk->stage != TALK_GIVING &&
                   talk->stage != TALK_GIVEN;
    drain(receiver);
    hear(receiver, "", 0, true);
    if (talk->runner.errors >= 0)
        drain_errors(receiver);
    if (is_well && talk->letter) {
        close_letter(receiver);
        talk_finish(talk);
    }
    if (!is_well)
        count_try(receiver);
    talk_end(talk);
    receiver->kill_at = NEVER;
    if (is_well && receiver->has_done)
        receiver->start_at = 0;
    else if (!bridge_is_stopping(receiver->bridge))
        rest(receiver, status);
}

static void start(struct receiver *receiver)
{
    struct runner_plan plan = {.starter = receiver->parts.starter,
                               .path = receiver->parts.plugin->path,
                               .has_network = receiver->parts.plugin->has_network};
    struct error why = {0};
    receiver->start_at = NEVER;
    receiver->has_done = false;
    trouble_begin(&receiver->trouble);
    if (runner_start(&plan, &receiver->talk.runner, &why) < 0) {
        trouble_say_start(&receiver->trouble, &why);
        trouble_blame(&receiver->trouble, why.text);
        rest(receiver, 0);
        return;
    }
    talk_begin(&receiver->talk);
    if (receiver->talk.letter)
        begin_letter(receiver);
}

/* How long it has had the letter in its hands is over. A letter with no next one is
 * taken to be done. */
static void check_patience(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    if (talk->stage == TALK_FREE ||
        clock_monotonic() < talk->since + receiver->parts.patience * 1000)
        return;
    if (talk->stage == TALK_HELD) {
        close_letter(receiver);
        talk_finish(talk);
        return;
    }
    char text[UNITS_TEXT_SIZE];
    AUTO(str)
    char *why = text_format("it was not done with a message within %s",
                            duration_format(receiver->parts.patience, text));
    end_it(receiver, why);
}

/* Its input ends when what it was given is whole. */
static void see_it_end(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    if (receiver->kill_at == NEVER)
        receiver->kill_at = in_ms(GRACE_MS);
    if (talk->stage == TALK_FREE || talk->stage == TALK_HELD)
        runner_close_in(&talk->runner);
    if (clock_monotonic() >= receiver->kill_at)
        end_it(receiver, "it did not end with its input");
}

/* ---- the round ---- */

static int wait_ms(const struct receiver *receiver)
{
    const struct talk *talk = &receiver->talk;
    int64_t now = clock_monotonic();
    int64_t next = earliest(receiver->progress.keep_at, receiver->start_at);
    next = earliest(next, receiver->kill_at);
    if (talk_has_room(talk))
        next = earliest(next, receiver->look_at);
    if (runner_runs(&talk->runner) && talk->stage != TALK_FREE)
        next = earliest(next, talk->since + receiver->parts.patience * 1000);
    if (next > now + LOOK_MS * 1000)
        return LOOK_MS;
    return next > now ? (int)((next - now) / 1000) + 1 : 0;
}

static void await(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    struct runner *runner = &talk->runner;
    struct pollfd fds[] = {
        {.fd = bridge_fd(receiver->bridge), .events = POLLIN},
        {.fd = runner->out, .events = POLLIN},
        {.fd = runner->errors, .events = POLLIN},
        {.fd = talk_is_writing(talk) ? runner->in : -1, .events = POLLOUT},
        {.fd = runner->line, .events = POLLIN},
    };
    int status;
    if (poll(fds, sizeof fds / sizeof *fds, wait_ms(receiver)) <= 0)
        return;
    if (fds[0].revents && bridge_heed(receiver->bridge))
        receiver->look_at = 0;
    if (fds[1].revents)
        drain(receiver);
    if (fds[2].revents)
        drain_errors(receiver);
    if (fds[3].revents & POLLOUT)
        write_on(receiver);
    if (fds[4].revents && runner_reap(runner, &status))
        on_ended(receiver, status);
}

static void go_round(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    int64_t now = clock_monotonic();
    bool is_over = bridge_is_stopping(receiver->bridge);
    if (!runner_runs(&talk->runner) && now >= receiver->start_at)
        start(receiver);
    if (is_over && runner_runs(&talk->runner))
        see_it_end(receiver);
    if (runner_runs(&talk->runner))
        check_patience(receiver);
    while (!is_over && talk_has_room(talk) && now >= receiver->look_at &&
           runner_runs(&talk->runner))
        give_letter(receiver);
    if (now >= receiver->progress.keep_at)
        progress_keep(&receiver->progress);
    await(receiver);
}

/* ---- its beginning and its end ---- */

/* 0: it is ours to run. */
static int take_turn(struct receiver *receiver, struct error *err)
{
    AUTO(str)
    char *lock =
        text_format("%s-receiver-%s", receiver->parts.store, name_of(receiver));
    return files_lock(lock, &receiver->turn, err);
}

static int open_parts(struct receiver *receiver, struct error *err)
{
    int rc = take_turn(receiver, err);
    if (rc == 0 && !receiver->reader)
        rc = store_open_reader(receiver->parts.store, &receiver->reader, err);
    if (rc == 0)
        rc = progress_find(&receiver->progress, receiver->reader, err);
    if (rc < 0) {
        fd_auto(&receiver->turn);
        receiver->turn = -1;
        return rc;
    }
    receiver->letters =
        letters_new(receiver->parts.plugin, receiver->reader, receiver->progress.done);
    receiver->sayings = sayings_new(receiver->parts.plugin, receiver->reader);
    return 0;
}

static void close_parts(struct receiver *receiver)
{
    talk_clear(&receiver->talk);
    letters_free(receiver->letters);
    sayings_free(receiver->sayings);
    store_close(receiver->reader);
    fd_auto(&receiver->turn);
}

/* Another process that has the store may run it; then we wait for our turn. */
static bool begin(struct receiver *receiver)
{
    while (!bridge_is_stopping(receiver->bridge)) {
        struct error why = {0};
        int rc = open_parts(receiver, &why);
        if (rc != -EAGAIN)
            say_store(receiver, rc, &why);
        if (rc == 0)
            return true;
        bridge_rest(receiver->bridge, LOOK_MS);
    }
    return false;
}

static void run(void *context)
{
    struct receiver *receiver = context;
    if (begin(receiver)) {
        log_info("receiver: %s: it gets its messages", name_of(receiver));
        progress_keep(&receiver->progress);
        while (!bridge_is_stopping(receiver->bridge) ||
               runner_runs(&receiver->talk.runner))
            go_round(receiver);
        progress_keep(&receiver->progress);
    }
    close_parts(receiver);
}

/* ---- on the loop ---- */

static void on_run(void *context)
{
    struct receiver *receiver = context;
    receiver->has_stopped = true;
    if (receiver->stopped)
        receiver->stopped(receiver->stopped_context); /* may free it */
}

struct receiver *receiver_new(const struct receiver_parts *parts)
{
    struct receiver *receiver = memory_new(sizeof *receiver);
    receiver->parts = *parts;
    receiver->source = text_format("receiver:%s", parts->plugin->name);
    receiver->talk = (struct talk)TALK_NONE;
    receiver->turn = -1;
    receiver->kill_at = NEVER;
    receiver->bridge =
        bridge_new(&(struct bridge_parts){.loop = parts->loop,
                                          .intake = parts->intake,
                                          .run = run,
                                          .pushed = parts->pushed,
                                          .pushed_context = parts->context,
                                          .ended = on_run,
                                          .context = receiver});
    receiver->progress =
        (struct progress){.bridge = receiver->bridge, .source = receiver->source};
    receiver->trouble =
        (struct trouble){.name = name_of(receiver), .pause_min = parts->pause_min};
    bridge_start(receiver->bridge);
    return receiver;
}

void receiver_wake(struct receiver *receiver)
{
    bridge_wake(receiver->bridge);
}

void receiver_stop(struct receiver *receiver, void (*stopped)(void *context),
                   void *context)
{
    receiver->stopped = stopped;
    receiver->stopped_context = context;
    bridge_stop(receiver->bridge);
}

void receiver_free(struct receiver *receiver)
{
    if (!receiver)
        return;
    assert(receiver->has_stopped);
    bridge_free(receiver->bridge);
    free(receiver->source);
    free(receiver);
}
