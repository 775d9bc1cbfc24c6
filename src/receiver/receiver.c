// SPDX-License-Identifier: GPL-3.0-or-later
/* receiver - a thread that waits for its process, for the store, and for the loop:
 *
 *     thread:  take a letter ──> write ──> hear ──> push ──> wait for the answer
 *     loop:                                      pushed         answer (the pump's)
 */
#include "receiver/receiver.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
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
#include "base/utf8.h"
#include "receiver/bridge.h"
#include "receiver/sayings.h"
#include "receiver/talk.h"

#define LOOK_MS    5000   /* another process may store too, and cannot wake us */
#define KEEP_MS    1000   /* until the position is kept */
#define SEEN_MS    60000  /* the same, where nothing that it got is behind it */
#define PAUSE_MAX  300000 /* ms */
#define GRACE_MS   3000   /* from the end of its input until it is killed */
#define RUBBISH_MS 60000  /* between two lines that cannot be read and are said */
#define READ_SIZE  16384
#define NEVER      INT64_MAX

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
    int turn;             /* the lock that says that we run it; -1 */
    int64_t done;         /* number: up to there all is done with */
    int64_t kept;         /* the same, as the store has it */
    int64_t keep_at;      /* us: when the position is to be kept; NEVER */
    int64_t look_at;      /* us: when the store is to be looked at */
    int64_t start_at;     /* us: when a process is to be started; NEVER: one runs */
    int64_t kill_at;      /* us: while it ends; NEVER */
    int64_t pause;        /* ms, after the last trouble; 0: all is well */
    int64_t silent_until; /* us: till then no more is said of its lines */
    int64_t tried;        /* number of the letter that failed last */
    int tries;
    bool has_lost;        /* something that it said could not be stored */
    bool has_done;        /* since it was started, with a letter */
    bool is_store_broken; /* said */
    struct error why;     /* we ended it; "": it ended by itself */
    char last_words[200]; /* the last line of its stderr */
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

/* ---- what is stored ---- */

/* Stores what was said, and with it how far all is done with. */
static void post(struct receiver *receiver, struct message_list *said)
{
    AUTO(str) char *position = text_format("%" PRId64, receiver->done);
    struct parcel parcel = {.messages = *said,
                            .source = receiver->source,
                            .position = position,
                            .came = clock_now()};
    for (size_t i = 0; i < said->count; i++)
        parcel.size += said->items[i]->body.size;
    if (bridge_send(receiver->bridge, &parcel) == 0)
        receiver->kept = receiver->done;
    else
        receiver->has_lost = true;
    receiver->keep_at = NEVER;
}

static void keep_position(struct receiver *receiver)
{
    struct message_list none = {0};
    if (receiver->kept != receiver->done)
        post(receiver, &none);
    receiver->keep_at = NEVER;
}

/* Never past something that it said and that is not stored. */
static void move_position(struct receiver *receiver, int64_t done, int64_t keep_ms)
{
    if (receiver->has_lost || done == receiver->done)
        return;
    receiver->done = done;
    receiver->keep_at = earliest(receiver->keep_at, in_ms(keep_ms));
}

/* ---- what it says ---- */

static void say_rubbish(struct receiver *receiver, const struct error *why)
{
    if (clock_monotonic() < receiver->silent_until)
        return;
    log_warning("receiver: %s: %s; that line is left out, and others like it are not "
                "said for a minute",
                name_of(receiver), why->text);
    receiver->silent_until = in_ms(RUBBISH_MS);
}

static void end_it(struct receiver *receiver, const char *why)
{
    if (!receiver->why.text[0])
        error_set(&receiver->why, 0, "%s", why);
    runner_kill(&receiver->talk.runner);
}

static void hear(struct receiver *receiver, const char *bytes, size_t size, bool is_end)
{
    AUTO(message_list) struct message_list said = {0};
    struct error why = {0};
    int rc = sayings_hear(receiver->sayings, bytes, size, is_end, &said, &why);
    if (rc == -E2BIG && receiver->talk.runner.pid > 0)
        end_it(receiver, why.text);
    else if (rc < 0 && rc != -E2BIG)
        say_rubbish(receiver, &why);
    if (said.count > 0)
        post(receiver, &said);
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

/* Of what it complains of, the last line is kept. */
static void drain_errors(struct receiver *receiver)
{
    struct runner *runner = &receiver->talk.runner;
    char bytes[READ_SIZE];
    ssize_t count = read(runner->errors, bytes, sizeof bytes);
    if (count == 0) {
        close(runner->errors);
        runner->errors = -1;
    }
    while (count > 0 && bytes[count - 1] == '\n')
        count--;
    if (count <= 0)
        return;
    const char *newline = memrchr(bytes, '\n', (size_t)count);
    const char *line = newline ? newline + 1 : bytes;
    snprintf(receiver->last_words, sizeof receiver->last_words, "; it said: %.*s",
             (int)(bytes + count - line > 150 ? 150 : bytes + count - line), line);
    utf8_tidy(receiver->last_words, strlen(receiver->last_words));
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
    move_position(receiver, receiver->talk.letter->number, KEEP_MS);
    receiver->has_done = true;
    receiver->tries = 0;
    if (receiver->pause > 0)
        log_info("receiver: %s: it works again", name_of(receiver));
    receiver->pause = 0;
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
            move_position(receiver, letters_seen(receiver->letters), SEEN_MS);
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

static void say_trouble(struct receiver *receiver, int status)
{
    char pause[UNITS_TEXT_SIZE];
    AUTO(str) char *end = NULL;
    if (receiver->why.text[0])
        end = text_format("it was ended: %s", receiver->why.text);
    else if (WIFSIGNALED(status))
        end = text_format("it ended by signal %d (%s)", WTERMSIG(status),
                          strsignal(WTERMSIG(status)));
    else
        end = text_format("it ended with status %d", WEXITSTATUS(status));
    log_warning("receiver: %s: %s%s; it starts again in %s, and ever more seldom, up "
                "to every 5 min",
                name_of(receiver), end, receiver->last_words,
                duration_format(receiver->parts.pause_min, pause));
}

/* A letter that it fails with again and again is not what all others wait for. */
static void count_try(struct receiver *receiver)
{
    struct talk *talk = &receiver->talk;
    const struct letter *letter = talk->letter;
    if (!letter || talk->stage == TALK_FREE)
        return;
    receiver->tries = receiver->tried == letter->number ? receiver->tries + 1 : 1;
    receiver->tried = letter->number;
    if (receiver->tries < RECEIVER_TRIES)
        return;
    log_warning("receiver: %s: it ended %d times at message %s, which is passed over",
                name_of(receiver), receiver->tries, letter->id);
    move_position(receiver, letter->number, KEEP_MS);
    talk_finish(talk);
}

static void rest_from_trouble(struct receiver *receiver, int status)
{
    if (receiver->pause == 0)
        say_trouble(receiver, status);
    receiver->pause =
        receiver->pause == 0 ? receiver->parts.pause_min : receiver->pause * 2;
    if (receiver->pause > PAUSE_MAX)
        receiver->pause = PAUSE_MAX;
    receiver->start_at = in_ms(receiver->pause);
}

/* One that ends well has done what it has read; and if that was something, it may be
 * one that is made for one message at a time. */
static void on_ended(struct receiver *receiver, int status)
{
    struct talk *talk = &receiver->talk;
    bool is_well = !receiver->why.text[0] && WIFEXITED(status) &&
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
        rest_from_trouble(receiver, status);
}

static void start(struct receiver *receiver)
{
    struct runner_plan plan = {.path = receiver->parts.plugin->path,
                               .has_network = receiver->parts.plugin->has_network};
    struct error why = {0};
    receiver->start_at = NEVER;
    receiver->has_done = false;
    receiver->why = (struct error){0};
    receiver->last_words[0] = '\0';
    if (plugin_check_file(plan.path, &why) < 0 ||
        runner_start(&plan, &receiver->talk.runner, &why) < 0) {
        receiver->why = why;
        rest_from_trouble(receiver, 0);
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
    int64_t next = earliest(receiver->keep_at, receiver->start_at);
    next = earliest(next, receiver->kill_at);
    if (talk_has_room(talk))
        next = earliest(next, receiver->look_at);
    if (talk->runner.pid > 0 && talk->stage != TALK_FREE)
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
        {.fd = runner->pid > 0 ? runner->ended : -1, .events = POLLIN},
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
    if (talk->runner.pid == 0 && now >= receiver->start_at)
        start(receiver);
    if (is_over && talk->runner.pid > 0)
        see_it_end(receiver);
    if (talk->runner.pid > 0)
        check_patience(receiver);
    while (!is_over && talk_has_room(talk) && now >= receiver->look_at &&
           talk->runner.pid > 0)
        give_letter(receiver);
    if (now >= receiver->keep_at)
        keep_position(receiver);
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

static int find_position(struct receiver *receiver, struct error *err)
{
    AUTO(str) char *position = NULL;
    int rc = store_get_position(receiver->reader, receiver->source, &position, err);
    if (rc == 0 && position)
        receiver->done = receiver->kept = strtoll(position, NULL, 10);
    else if (rc == 0)
        rc = store_last_stored(receiver->reader, &receiver->done, err);
    if (rc == 0 && !position)
        receiver->kept = -1;
    return rc;
}

static int open_parts(struct receiver *receiver, struct error *err)
{
    int rc = take_turn(receiver, err);
    if (rc == 0 && !receiver->reader)
        rc = store_open_reader(receiver->parts.store, &receiver->reader, err);
    if (rc == 0)
        rc = find_position(receiver, err);
    if (rc < 0) {
        fd_auto(&receiver->turn);
        receiver->turn = -1;
        return rc;
    }
    receiver->letters =
        letters_new(receiver->parts.plugin, receiver->reader, receiver->done);
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
        keep_position(receiver);
        while (!bridge_is_stopping(receiver->bridge) || receiver->talk.runner.pid > 0)
            go_round(receiver);
        keep_position(receiver);
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
    receiver->keep_at = receiver->kill_at = NEVER;
    receiver->bridge =
        bridge_new(&(struct bridge_parts){.loop = parts->loop,
                                          .intake = parts->intake,
                                          .run = run,
                                          .pushed = parts->pushed,
                                          .pushed_context = parts->context,
                                          .ended = on_run,
                                          .context = receiver});
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
