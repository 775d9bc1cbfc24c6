// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <uv.h>

#include "handler/pump.h"

struct house {
    struct fixture *fixture;
    uv_loop_t loop;
    struct intake *intake;
    struct worker *worker;
    struct config *config;
    struct pump *pump;
    uv_sem_t released; /* what hold() waits for */
    int stored, news;  /* times */
};

static void on_stored(void *context, bool has_news, struct touched *touched UNUSED)
{
    struct house *house = context;
    house->stored++;
    house->news += has_news;
}

static int setup(void **state)
{
    struct house *house = memory_new(sizeof *house);
    fixture_setup((void **)&house->fixture);
    uv_loop_init(&house->loop);
    uv_sem_init(&house->released, 0);
    house->intake = intake_new(64 << 20);
    house->worker = worker_new(&house->loop);
    house->config = config_new();
    struct pump_parts parts = {
        .intake = house->intake,
        .worker = house->worker,
        .store = house->fixture->store,
        .stored = on_stored,
        .context = house,
    };
    house->pump = pump_new(&parts, house->config);
    *state = house;
    return 0;
}

static int teardown(void **state)
{
    struct house *house = *state;
    pump_free(house->pump);
    worker_free(house->worker);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    uv_sem_destroy(&house->released);
    intake_free(house->intake);
    config_free(house->config);
    assert_int_equal(uv_loop_close(&house->loop), 0);
    fixture_teardown((void **)&house->fixture);
    free(house);
    return 0;
}

static void wait_for_release(void *job)
{
    struct house *house = job;
    uv_sem_wait(&house->released);
}

static void do_nothing(void *job UNUSED)
{
}

/* The worker is busy until release(), which lets the loop run until all is done. */
static void hold(struct house *house)
{
    worker_run(house->worker, wait_for_release, do_nothing, house);
}

static void release(struct house *house)
{
    uv_sem_post(&house->released);
    uv_run(&house->loop, UV_RUN_DEFAULT);
}

/* A parcel and the answer it got. */
struct sending {
    struct parcel parcel;
    int answers, rc;
    struct house *house;
    struct sending *then; /* pushed once this one is answered */
};

static void push(struct sending *sending)
{
    assert_int_equal(intake_push(sending->house->intake, &sending->parcel), 0);
    pump_wake(sending->house->pump);
}

static void on_answer(struct parcel *parcel, int rc)
{
    struct sending *sending = parcel->sender;
    sending->answers++;
    sending->rc = rc;
    message_list_clear(&parcel->messages);
    unread_list_clear(&parcel->unread);
    if (sending->then)
        push(sending->then);
}

/* count messages, numbered from first on. */
static void prepare(struct house *house, struct sending *ret, unsigned first,
                    unsigned count)
{
    struct message_list list = {.items = memory_new(count * sizeof *list.items),
                                .count = count};
    for (unsigned i = 0; i < count; i++)
        list.items[i] = message_make(first + i, "t", NOON + first + i, "FAIL");
    *ret = (struct sending){.house = house};
    ret->parcel = (struct parcel){.messages = list,
                                  .source = "door",
                                  .came = NOON + 1000000,
                                  .size = count * 100,
                                  .answer = on_answer,
                                  .sender = ret};
}

static void assert_answered(const struct sending *sending, int rc)
{
    assert_int_equal(sending->answers, 1);
    assert_int_equal(sending->rc, rc);
}

static int count_messages(struct house *house)
{
    AUTO(str)
    char *count = fixture_ask(house->fixture, "SELECT count(*) FROM message");
    return (int)strtol(count, NULL, 10);
}

/* From now on the store refuses the message of that number. */
static void refuse_number(struct house *house, unsigned n)
{
    char id[UUID_SIZE];
    sqlite3 *db;
    AUTO(str)
    char *sql = text_format("CREATE TRIGGER bad BEFORE INSERT ON message WHEN"
                            " NEW.id = '%s' BEGIN SELECT RAISE(ABORT, 'bad'); END",
                            id_of(n, id));
    assert_int_equal(sqlite3_open(house->fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Of all dead letters "SOURCE NAME REASON", the oldest first; only how each begins. */
static void assert_dead(struct house *house, const char *expected)
{
    AUTO(str)
    char *found = fixture_ask(
        house->fixture, "SELECT group_concat(source || ' ' || ifnull(name, '-') || ' '"
                        " || reason, '|') FROM (SELECT * FROM dead ORDER BY number)");
    assert_non_null(found);
    if (strncmp(found, expected, strlen(expected)) != 0)
        assert_string_equal(found, expected);
}

static void tight_disk(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void answers_when_all_is_stored(void **state)
{
    struct house *house = *state;
    struct sending sending;
    prepare(house, &sending, 1, 3);
    push(&sending);
    assert_int_equal(sending.answers, 0);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&sending, 0);
    assert_int_equal(count_messages(house), 3);
    assert_int_equal(house->stored, 1);
}

static void waking_with_nothing_there_does_nothing(void **state)
{
    struct house *house = *state;
    pump_wake(house->pump);
    assert_true(worker_is_idle(house->worker));
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(house->stored, 0);
}

static void says_whether_something_is_to_be_told(void **state)
{
    struct house *house = *state;
    struct sending change, same;
    prepare(house, &change, 1, 1);
    prepare(house, &same, 2, 1);
    change.parcel.messages.items[0]->subject = text_copy("to be mailed");
    push(&change);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(house->news, 1);
    push(&same);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(house->stored, 2);
    assert_int_equal(house->news, 1);
}

static void what_comes_meanwhile_is_one_commit(void **state)
{
    struct house *house = *state;
    struct sending sendings[20];
    hold(house);
    for (unsigned i = 0; i < 20; i++) {
        prepare(house, &sendings[i], i + 1, 1);
        push(&sendings[i]);
    }
    release(house);
    for (int i = 0; i < 20; i++)
        assert_answered(&sendings[i], 0);
    assert_int_equal(house->stored, 1);
    assert_int_equal(count_messages(house), 20);
}

static void an_answer_may_bring_the_next_parcel(void **state)
{
    struct house *house = *state;
    struct sending first, second;
    prepare(house, &first, 1, 1);
    prepare(house, &second, 2, 1);
    first.then = &second;
    push(&first);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&second, 0);
    assert_int_equal(count_messages(house), 2);
}

static void a_batch_is_bounded(void **state)
{
    struct house *house = *state;
    struct sending sendings[6];
    for (unsigned i = 0; i < 6; i++)
        prepare(house, &sendings[i], 1 + i * 1600, 1600);
    sendings[5].parcel.size = 9 << 20;
    hold(house);
    for (unsigned i = 0; i < 6; i++)
        push(&sendings[i]);
    release(house);
    for (int i = 0; i < 6; i++)
        assert_answered(&sendings[i], 0);
    assert_int_equal(house->stored, 4); /* 2 of 3200 messages, 2, 1, and the large */
    assert_int_equal(count_messages(house), 9600);
}

static void a_parcel_that_is_sent_twice_is_stored_once(void **state)
{
    struct house *house = *state;
    struct sending first, again;
    prepare(house, &first, 1, 2);
    prepare(house, &again, 1, 2);
    hold(house);
    push(&first);
    push(&again);
    release(house);
    assert_answered(&first, 0);
    assert_answered(&again, 0);
    assert_int_equal(count_messages(house), 2);
}

static void what_cannot_be_handled_goes_alone_to_the_dead_letters(void **state)
{
    struct house *house = *state;
    struct sending sendings[4];
    refuse_number(house, 5);
    hold(house);
    for (unsigned i = 0; i < 4; i++) {
        prepare(house, &sendings[i], 1 + i * 2, 2);
        push(&sendings[i]);
    }
    release(house);
    for (unsigned i = 0; i < 4; i++)
        assert_answered(&sendings[i], 0);
    assert_int_equal(count_messages(house), 7);
    assert_dead(house, "door 00000005-0000-7000-8000-000000000005 message "
                       "00000005-0000-7000-8000-000000000005: ");
    AUTO(str)
    char *left = fixture_ask(house->fixture,
                             "SELECT count(*) FROM message WHERE id LIKE '00000006%'");
    assert_string_equal(left, "1");
}

static void a_dead_letter_that_is_sent_again_is_there_once(void **state)
{
    struct house *house = *state;
    struct sending first, again;
    refuse_number(house, 2);
    prepare(house, &first, 1, 3);
    prepare(house, &again, 1, 3);
    push(&first);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    push(&again);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&first, 0);
    assert_answered(&again, 0);
    assert_int_equal(count_messages(house), 2);
    AUTO(str) char *dead = fixture_ask(house->fixture, "SELECT count(*) FROM dead");
    assert_string_equal(dead, "1");
}

static void add_unread(struct sending *sending, const char *name, const char *text)
{
    struct unread unread = {.bytes = (char *)text,
                            .size = strlen(text),
                            .name = (char *)name,
                            .reason = "found a sheep"};
    unread_list_add(&sending->parcel.unread, &unread);
}

static void what_cannot_be_read_is_a_dead_letter_and_blocks_nothing(void **state)
{
    struct house *house = *state;
    struct sending sending, unread_alone;
    prepare(house, &sending, 1, 2);
    prepare(house, &unread_alone, 9, 0);
    add_unread(&sending, "1700-0", "mäh");
    add_unread(&sending, NULL, "");
    add_unread(&unread_alone, NULL, "{");
    push(&sending);
    push(&unread_alone);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&sending, 0);
    assert_answered(&unread_alone, 0);
    assert_int_equal(count_messages(house), 2);
    assert_dead(house, "door 1700-0 found a sheep|door - found a sheep|"
                       "door - found a sheep");
}

static void assert_position(struct house *house, const char *expected)
{
    AUTO(str) char *position = NULL;
    assert_done(house->fixture, store_get_position(house->fixture->store, "door",
                                                   &position, &house->fixture->err));
    if (!expected || !position)
        assert_true(!expected && !position);
    else
        assert_string_equal(position, expected);
}

static void a_position_is_stored_with_its_messages_or_not_at_all(void **state)
{
    struct house *house = *state;
    struct sending first, second;
    prepare(house, &first, 1, 2);
    prepare(house, &second, 3, 2);
    first.parcel.position = "12 a";
    second.parcel.position = "14 b";
    push(&first);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_position(house, "12 a");

    signal(SIGXFSZ, SIG_IGN);
    tight_disk(1024);
    push(&second);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    tight_disk(RLIM_INFINITY);
    assert_answered(&second, -EIO);
    assert_position(house, "12 a");

    prepare(house, &second, 3, 2);
    second.parcel.position = "14 b";
    refuse_number(house, 4);
    push(&second);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&second, 0);
    assert_position(house, "14 b");
    assert_int_equal(count_messages(house), 3);
}

static void a_full_disk_is_answered_to_all_and_is_over_once_relieved(void **state)
{
    struct house *house = *state;
    struct sending before[3], after;
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned i = 0; i < 3; i++)
        prepare(house, &before[i], 1 + i * 10, 10);
    prepare(house, &after, 100, 1);

    tight_disk(1024);
    for (unsigned i = 0; i < 3; i++)
        push(&before[i]);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    tight_disk(RLIM_INFINITY);
    for (int i = 0; i < 3; i++)
        assert_answered(&before[i], -EIO);
    assert_int_equal(house->stored, 0);

    push(&after);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_answered(&after, 0);
    assert_int_equal(count_messages(house), 1);
}

static void uses_the_new_settings_from_the_next_batch_on(void **state)
{
    struct house *house = *state;
    struct sending first, second;
    AUTO(config) struct config *other = config_new();
    free(other->mailto);
    other->mailto = text_copy("me@example.org");
    prepare(house, &first, 1, 1);
    prepare(house, &second, 2, 1);
    first.parcel.messages.items[0]->subject = text_copy("one");
    second.parcel.messages.items[0]->subject = text_copy("two");
    free(second.parcel.messages.items[0]->tag);
    second.parcel.messages.items[0]->tag = text_copy("u");
    push(&first);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    pump_use(house->pump, other);
    push(&second);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    AUTO(str)
    char *told =
        fixture_ask(house->fixture, "SELECT group_concat(notifier || address) FROM"
                                    " (SELECT * FROM telling ORDER BY number)");
    assert_string_equal(told, "log,log,mailtome@example.org");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_when_all_is_stored),
        TEST(waking_with_nothing_there_does_nothing),
        TEST(says_whether_something_is_to_be_told),
        TEST(what_comes_meanwhile_is_one_commit),
        TEST(an_answer_may_bring_the_next_parcel),
        TEST(a_batch_is_bounded),
        TEST(a_parcel_that_is_sent_twice_is_stored_once),
        TEST(what_cannot_be_handled_goes_alone_to_the_dead_letters),
        TEST(a_dead_letter_that_is_sent_again_is_there_once),
        TEST(what_cannot_be_read_is_a_dead_letter_and_blocks_nothing),
        TEST(a_position_is_stored_with_its_messages_or_not_at_all),
        TEST(a_full_disk_is_answered_to_all_and_is_over_once_relieved),
        TEST(uses_the_new_settings_from_the_next_batch_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
