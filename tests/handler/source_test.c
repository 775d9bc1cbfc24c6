// SPDX-License-Identifier: GPL-3.0-or-later
#include "handler/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "queue/queue.h"

#define SECOND    1000000 /* of clock_monotonic() */
#define ITEMS_MAX 8
#define WHEN      INT64_C(1700000000123)

/* ---- a queue in memory: the pond ---- */

/* What the tests prepare, and what they look at; behind the lock. */
static struct {
    uv_mutex_t lock;
    struct received_item items[ITEMS_MAX];
    size_t count, given;
    char *position;                            /* of the next batch */
    int fail_open, fail_receive, fail_ack;     /* so many times */
    int opened, received, acknowledged, asked; /* times */
    char opened_at[32];                        /* the position of the last opening */
} pond;

static int pond_fail(int *times, const char *what, struct error *err)
{
    bool is_failing = *times > 0;
    *times -= is_failing;
    return is_failing ? error_set(err, -EIO, "pond://here:0: %s", what) : 0;
}

extern const struct queue_type queue_pond, queue_well;

static int pond_open(const struct queue_options *options, struct queue **ret,
                     struct error *err)
{
    uv_mutex_lock(&pond.lock);
    pond.opened++;
    pond.given = 0;
    snprintf(pond.opened_at, sizeof pond.opened_at, "%s",
             options->position ? options->position : "");
    int rc = pond_fail(&pond.fail_open, "frozen", err);
    uv_mutex_unlock(&pond.lock);
    if (rc < 0)
        return rc;
    struct queue *queue = memory_new(sizeof *queue);
    queue->type = &queue_pond;
    queue->name = text_copy("pond://here:0");
    *ret = queue;
    return 0;
}

static void pond_close(struct queue *queue)
{
    free(queue);
}

static int pond_receive(struct queue *queue UNUSED, int wait_ms, struct received *ret,
                        struct error *err)
{
    uv_mutex_lock(&pond.lock);
    int rc = pond_fail(&pond.fail_receive, "muddy", err);
    pond.asked++;
    for (; rc == 0 && pond.given < pond.count; pond.given++) {
        struct received_item *item = &pond.items[pond.given];
        received_add(ret, item->bytes, item->size, item->time, item->name);
    }
    if (ret->count > 0) {
        pond.received++;
        ret->position = text_copy(pond.position);
    }
    uv_mutex_unlock(&pond.lock);
    if (rc == 0 && ret->count == 0)
        uv_sleep(wait_ms < 20 ? (unsigned)wait_ms : 20);
    return rc;
}

static int pond_ack(struct queue *queue UNUSED, const struct received *received,
                    struct error *err)
{
    uv_mutex_lock(&pond.lock);
    int rc = pond_fail(&pond.fail_ack, "deaf", err);
    if (rc == 0) {
        pond.acknowledged++;
        pond.count -= received->count;
        pond.given = 0;
    }
    uv_mutex_unlock(&pond.lock);
    return rc;
}

static const char *const pond_schemes[] = {"pond", NULL};
static const char *const well_schemes[] = {"well", NULL};

const struct queue_type queue_pond = {.name = "pond",
                                      .schemes = pond_schemes,
                                      .open = pond_open,
                                      .close = pond_close,
                                      .receive = pond_receive,
                                      .ack = pond_ack};
const struct queue_type queue_well = {.name = "well", .schemes = well_schemes};
const struct queue_type *const queue_types[] = {&queue_pond, &queue_well, NULL};

static void give_bytes(const char *bytes, size_t size, const char *name)
{
    pond.items[pond.count++] = (struct received_item){
        .bytes = (char *)bytes, .size = size, .time = WHEN, .name = (char *)name};
}

static void give(const char *json, const char *name)
{
    give_bytes(json, strlen(json), name);
}

static int look(const int *number)
{
    uv_mutex_lock(&pond.lock);
    int found = *number;
    uv_mutex_unlock(&pond.lock);
    return found;
}

/* ---- the house: a loop, an intake, a source ---- */

struct house {
    uv_loop_t loop;
    struct intake *intake;
    struct config *config;
    struct queue_place place;
    struct source *source;
    int fail_store; /* so many times */
    int pushed, acknowledged_when_pushed;
    bool is_holding; /* nothing is answered */
    bool stops_when_pushed, has_stopped;
    size_t messages, unread; /* of the last parcel */
    char ids[ITEMS_MAX][UUID_SIZE], host[256], tag[64], position[32];
    int64_t time;
    struct unread last_unread; /* copied */
};

static void on_stopped(void *context)
{
    struct house *house = context;
    house->has_stopped = true;
}

static void note_parcel(struct house *house, const struct parcel *parcel)
{
    house->messages = parcel->messages.count;
    house->unread = parcel->unread.count;
    snprintf(house->position, sizeof house->position, "%s",
             parcel->position ? parcel->position : "");
    for (size_t i = 0; i < parcel->messages.count; i++)
        memcpy(house->ids[i], parcel->messages.items[i]->id, UUID_SIZE);
    if (parcel->messages.count > 0) {
        const struct message *message = parcel->messages.items[0];
        snprintf(house->host, sizeof house->host, "%s", message->host);
        snprintf(house->tag, sizeof house->tag, "%s", message->tag);
        house->time = message->time;
    }
    if (parcel->unread.count > 0) {
        struct unread *unread = &parcel->unread.items[0];
        house->last_unread =
            (struct unread){.bytes = memory_copy(unread->bytes, unread->size),
                            .size = unread->size,
                            .name = text_copy(unread->name),
                            .reason = text_copy(unread->reason)};
    }
}

static void on_pushed(void *context)
{
    struct house *house = context;
    struct parcel *parcel = house->is_holding ? NULL : intake_receive(house->intake);
    while (parcel) {
        struct parcel *next = parcel->next;
        assert_string_equal(parcel->source, "pond://here:0");
        house->pushed++;
        house->acknowledged_when_pushed = look(&pond.acknowledged);
        note_parcel(house, parcel);
        if (house->stops_when_pushed)
            source_stop(house->source, on_stopped, house);
        bool is_failing = house->fail_store > 0;
        house->fail_store -= is_failing;
        parcel->answer(parcel, is_failing ? -ENOSPC : 0);
        parcel = next;
    }
}

static int set_up(void **state)
{
    struct house *house = memory_new(sizeof *house);
    memset(&pond, 0, sizeof pond);
    uv_mutex_init(&pond.lock);
    uv_loop_init(&house->loop);
    house->intake = intake_new(1000);
    house->config = config_new();
    house->place.url = (char *)"pond://user:secret@here";
    *state = house;
    return 0;
}

static void begin(struct house *house, const char *position)
{
    struct error err = {0};
    struct source_parts parts = {.loop = &house->loop,
                                 .intake = house->intake,
                                 .pushed = on_pushed,
                                 .context = house,
                                 .place = &house->place,
                                 .config = house->config,
                                 .position = position};
    if (source_new(&parts, &house->source, &err) < 0)
        fail_msg("%s", err.text);
}

static void on_late(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Runs the loop until the number is there, for 20 seconds at most. */
static void run_until(struct house *house, const int *number, int wanted)
{
    bool is_late = false;
    uv_timer_t timer;
    uv_timer_init(&house->loop, &timer);
    timer.data = &is_late;
    int64_t end = clock_monotonic() + 20 * SECOND;
    while (look(number) < wanted && clock_monotonic() < end) {
        uv_timer_start(&timer, on_late, 5, 0);
        uv_run(&house->loop, UV_RUN_ONCE);
    }
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&house->loop, UV_RUN_NOWAIT);
    assert_true(look(number) >= wanted);
}

/* Microseconds that it took; on_stopped was called. */
static int64_t stop(struct house *house)
{
    int64_t start = clock_monotonic();
    if (!house->stops_when_pushed)
        source_stop(house->source, on_stopped, house);
    while (!house->has_stopped && clock_monotonic() < start + 20 * SECOND)
        uv_run(&house->loop, UV_RUN_ONCE);
    assert_true(house->has_stopped);
    source_free(TAKE(house->source));
    return clock_monotonic() - start;
}

static int tear_down(void **state)
{
    struct house *house = *state;
    source_free(house->source);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&house->loop), 0);
    intake_free(house->intake);
    config_free(house->config);
    free(house->last_unread.bytes);
    free(house->last_unread.name);
    free(house->last_unread.reason);
    free(house);
    uv_mutex_destroy(&pond.lock);
    free(TAKE(pond.position));
    return 0;
}

/* ---- the tests ---- */

static void hands_over_what_comes_and_acknowledges_it_when_it_is_stored(void **state)
{
    struct house *house = *state;
    give("{\"tag\":\"a\",\"status\":0}", "1-0");
    give("{\"tag\":\"b\",\"status\":0}", "2-0");
    begin(house, NULL);
    assert_string_equal(source_name(house->source), "pond://here:0");
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_int_equal(house->pushed, 1);
    assert_int_equal(house->acknowledged_when_pushed, 0);
    assert_int_equal(house->messages, 2);
    assert_int_equal(house->unread, 0);
}

static void fills_in_what_a_short_message_leaves_out(void **state)
{
    struct house *house = *state;
    char host[256] = "", start[16];
    give("{\"tag\":\"x\",\"status\":1}", "1700000000123-0");
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    gethostname(host, sizeof host - 1);
    assert_string_equal(house->host, host);
    assert_string_equal(house->tag, "x");
    assert_int_equal(house->time, WHEN);
    snprintf(start, sizeof start, "%08llx-%04llx", (unsigned long long)WHEN >> 16,
             (unsigned long long)WHEN & 0xFFFF);
    assert_memory_equal(house->ids[0], start, 13);
    assert_true(uuid_is_valid(house->ids[0], UUID_SIZE - 1));
}

static void what_the_queue_got_in_the_future_came_now(void **state)
{
    struct house *house = *state;
    int64_t now = clock_now();
    give("{\"tag\":\"x\",\"status\":1}", "9223372036854775807-0");
    pond.items[0].time = INT64_MAX;
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_in_range(house->time, now, clock_now());
}

static void the_same_message_given_again_has_the_same_id(void **state)
{
    struct house *house = *state;
    char before[UUID_SIZE];
    pond.fail_ack = 1;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    give("{\"tag\":\"x\",\"status\":1}", "1-1");
    begin(house, NULL);
    run_until(house, &pond.received, 1);
    run_until(house, &house->pushed, 1);
    memcpy(before, house->ids[0], UUID_SIZE);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_int_equal(house->pushed, 2);
    assert_string_equal(house->ids[0], before);
    assert_string_not_equal(house->ids[0], house->ids[1]);
}

static void without_a_name_each_is_another(void **state)
{
    struct house *house = *state;
    give("{\"tag\":\"x\",\"status\":1}", NULL);
    give("{\"tag\":\"x\",\"status\":1}", NULL);
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_int_equal(house->messages, 2);
    assert_string_not_equal(house->ids[0], house->ids[1]);
}

static void what_cannot_be_read_goes_along_and_blocks_nothing(void **state)
{
    struct house *house = *state;
    give("{\"tag\":7}", "1-0");
    give("{\"tag\":\"b\",\"status\":0}", "2-0");
    give("{\"tag\":\"b\",\"kind\":\"dance\"}", "3-0");
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_int_equal(house->messages, 1);
    assert_int_equal(house->unread, 2);
    assert_string_equal(house->last_unread.bytes, "{\"tag\":7}");
    assert_string_equal(house->last_unread.name, "1-0");
    assert_non_null(strstr(house->last_unread.reason, "tag"));
}

static void of_what_is_far_too_long_a_part_is_kept(void **state)
{
    struct house *house = *state;
    size_t size = 5 << 20;
    char *bytes = memory_new(size);
    memset(bytes, 'x', size);
    intake_free(house->intake);
    house->intake = intake_new(2 << 20);
    give_bytes(bytes, size, "1-0");
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    free(bytes);
    assert_int_equal(house->unread, 1);
    assert_int_equal(house->last_unread.size, 1 << 20);
    assert_string_equal(house->last_unread.reason,
                        "it has more than 1048576 bytes, the most of a message");
}

static void what_cannot_be_stored_is_kept_and_offered_again(void **state)
{
    struct house *house = *state;
    house->fail_store = 1;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, NULL);
    run_until(house, &pond.acknowledged, 1);
    stop(house);
    assert_int_equal(house->pushed, 2);
    assert_int_equal(house->acknowledged_when_pushed, 0);
    assert_int_equal(pond.received, 1);
    assert_int_equal(pond.opened, 1);
}

static void a_full_intake_is_waited_for(void **state)
{
    struct house *house = *state;
    struct parcel other = {.size = 1000};
    assert_int_equal(intake_push(house->intake, &other), 0);
    house->is_holding = true;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, NULL);
    run_until(house, &pond.received, 1);
    assert_int_equal(house->pushed, 0);
    assert_ptr_equal(intake_receive(house->intake), &other);
    house->is_holding = false;
    run_until(house, &pond.acknowledged, 1);
    stop(house);
}

static void a_queue_that_fails_is_opened_again_where_it_was_left(void **state)
{
    struct house *house = *state;
    pond.position = text_copy("seven");
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, "six");
    run_until(house, &pond.acknowledged, 1);
    assert_string_equal(pond.opened_at, "six");
    assert_string_equal(house->position, "seven");
    uv_mutex_lock(&pond.lock);
    pond.fail_receive = 1;
    uv_mutex_unlock(&pond.lock);
    run_until(house, &pond.opened, 2);
    stop(house);
    assert_string_equal(pond.opened_at, "seven");
}

/* What is written to stderr meanwhile. */
static int stderr_away(char path[])
{
    int before = dup(STDERR_FILENO), fd = mkstemp(path);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return before;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

static void trouble_is_said_when_it_begins_and_when_it_is_over(void **state)
{
    struct house *house = *state;
    AUTO(strbuf) struct strbuf said = {0};
    char path[] = "/tmp/source-test.XXXXXX";
    pond.fail_open = 2;
    int before = stderr_away(path);
    begin(house, NULL);
    run_until(house, &pond.opened, 3);
    run_until(house, &pond.asked, pond.asked + 3);
    stop(house);
    dup2(before, STDERR_FILENO);
    close(before);
    assert_int_equal(files_read(path, 65536, &said, NULL), 0);
    unlink(path);
    assert_int_equal(count_of(said.data, "\n"), 2);
    assert_int_equal(count_of(said.data, "frozen; we keep trying"), 1);
    assert_int_equal(count_of(said.data, "it is read"), 1);
}

static void stops_within_a_second(void **state)
{
    struct house *house = *state;
    begin(house, NULL);
    run_until(house, &pond.asked, 1);
    assert_in_range(stop(house), 0, 2 * SECOND);
    assert_int_equal(pond.acknowledged, 0);
}

static void stops_while_it_waits_to_try_again(void **state)
{
    struct house *house = *state;
    pond.fail_open = 100;
    begin(house, NULL);
    run_until(house, &pond.opened, 2); /* the next pause is two seconds */
    assert_in_range(stop(house), 0, SECOND * 3 / 2);
}

static void finishes_what_is_under_way_when_it_is_to_stop(void **state)
{
    struct house *house = *state;
    house->stops_when_pushed = true;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, NULL);
    run_until(house, &house->pushed, 1);
    stop(house);
    assert_int_equal(pond.acknowledged, 1);
}

static void stops_without_an_acknowledgement_when_the_store_fails(void **state)
{
    struct house *house = *state;
    house->stops_when_pushed = true;
    house->fail_store = 100;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, NULL);
    run_until(house, &house->pushed, 1);
    stop(house);
    assert_int_equal(house->pushed, 1);
    assert_int_equal(pond.acknowledged, 0);
}

static void reads_nothing_before_the_loop_runs(void **state)
{
    struct house *house = *state;
    give("{\"tag\":\"x\",\"status\":1}", "1-0");
    begin(house, NULL);
    source_free(TAKE(house->source));
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(pond.opened, 0);
}

static void refuses_a_place_that_is_not_read(void **state)
{
    struct house *house = *state;
    const struct config *config = house->config;
    struct error err = {0};
    struct queue_place well = {.url = (char *)"well://here"};
    struct queue_place pont = {.url = (char *)"pont://here"};
    struct queue_place none = {.url = (char *)"here"};
    assert_int_equal(source_check(&well, config, &err), -EINVAL);
    assert_non_null(strstr(err.text, "it is not read"));
    assert_int_equal(source_check(&pont, config, &err), -EINVAL);
    assert_non_null(strstr(err.text, "did you mean pond"));
    assert_int_equal(source_check(&none, config, &err), -EINVAL);
}

static void refuses_what_the_queue_itself_refuses(void **state)
{
    struct house *house = *state;
    struct error err = {0};
    struct queue_place place = {.url = (char *)"pond://here"};
    pond.fail_open = 1;
    assert_true(source_check(&place, house->config, &err) < 0);
    assert_non_null(strstr(err.text, "frozen"));
    assert_int_equal(source_check(&place, house->config, &err), 0);
}

int main(void)
{
#define HOUSE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        HOUSE(hands_over_what_comes_and_acknowledges_it_when_it_is_stored),
        HOUSE(fills_in_what_a_short_message_leaves_out),
        HOUSE(what_the_queue_got_in_the_future_came_now),
        HOUSE(the_same_message_given_again_has_the_same_id),
        HOUSE(without_a_name_each_is_another),
        HOUSE(what_cannot_be_read_goes_along_and_blocks_nothing),
        HOUSE(of_what_is_far_too_long_a_part_is_kept),
        HOUSE(what_cannot_be_stored_is_kept_and_offered_again),
        HOUSE(a_full_intake_is_waited_for),
        HOUSE(a_queue_that_fails_is_opened_again_where_it_was_left),
        HOUSE(trouble_is_said_when_it_begins_and_when_it_is_over),
        HOUSE(stops_within_a_second),
        HOUSE(stops_while_it_waits_to_try_again),
        HOUSE(finishes_what_is_under_way_when_it_is_to_stop),
        HOUSE(stops_without_an_acknowledgement_when_the_store_fails),
        HOUSE(reads_nothing_before_the_loop_runs),
        HOUSE(refuses_a_place_that_is_not_read),
        HOUSE(refuses_what_the_queue_itself_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
