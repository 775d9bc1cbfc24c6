// SPDX-License-Identifier: GPL-3.0-or-later
/* room - what makes way for what, and that it is counted. */
#include "bark/room.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "bark/spool.h"
#include "base/files.h"
#include "base/memory.h"

#define SIZE  100 /* bytes of each message here */
#define LIMIT 1000

static char *folder;
static int number; /* of the next message */

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    number = 0;
    return 0;
}

static int tear_down(void **state UNUSED)
{
    return folder_remove(folder);
}

static int put_sized(enum weight weight, size_t size, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(str) char *id = text_format("%04d", number++);
    while (json.size < size)
        strbuf_putc(&json, 'x');
    struct room_message message = {.id = id, .weight = weight, .json = &json};
    return room_put(folder, LIMIT, &message, err);
}

static void put(enum weight weight, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(put_sized(weight, SIZE, NULL), 0);
}

static struct spool_content measure(void)
{
    struct spool_content content;
    assert_int_equal(spool_measure(folder, &content, NULL), 0);
    return content;
}

static struct tally tally(void)
{
    struct tally found;
    assert_int_equal(room_tally(folder, &found, NULL), 0);
    return found;
}

static char *oldest(void)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(folder, &names, NULL), 0);
    return text_copy(names.items[0]);
}

static void keeps_all_while_there_is_room(void **state UNUSED)
{
    put(WEIGHT_SUCCESS, 10);
    assert_int_equal(measure().count, 10);
    assert_int_equal(tally().since, 0);
}

static void the_oldest_success_makes_way(void **state UNUSED)
{
    put(WEIGHT_FAILURE, 1);
    put(WEIGHT_SUCCESS, 9);
    put(WEIGHT_SUCCESS, 1);
    struct spool_content content = measure();
    assert_true(content.size <= LIMIT);
    assert_int_equal(content.counts[WEIGHT_FAILURE], 1);
    AUTO(str) char *second = text_format("%s/0001.success.json", folder);
    assert_int_equal(access(second, F_OK), -1);
    assert_int_equal(tally().counts[WEIGHT_SUCCESS] + content.counts[WEIGHT_SUCCESS],
                     10);
    assert_int_equal(tally().limit, LIMIT);
}

static void starts_and_readings_make_way_as_successes_do(void **state UNUSED)
{
    put(WEIGHT_START, 3);
    put(WEIGHT_READING, 3);
    put(WEIGHT_SUCCESS, 4);
    put(WEIGHT_FAILURE, 10);
    assert_int_equal(measure().counts[WEIGHT_FAILURE], 10);
    assert_int_equal(tally().counts[WEIGHT_START], 3);
    assert_int_equal(tally().counts[WEIGHT_READING], 3);
    assert_int_equal(tally().counts[WEIGHT_SUCCESS], 4);
    assert_int_equal(tally().counts[WEIGHT_FAILURE], 0);
}

static void a_failure_never_makes_way_for_a_success(void **state UNUSED)
{
    struct error err;
    put(WEIGHT_FAILURE, 10);
    assert_int_equal(put_sized(WEIGHT_SUCCESS, SIZE, &err), -ENOSPC);
    assert_non_null(strstr(err.text, "its limit of 1000 B is reached"));
    assert_int_equal(measure().counts[WEIGHT_FAILURE], 10);
    assert_int_equal(measure().count, 10);
    assert_int_equal(tally().since, 0);
}

static void the_oldest_of_all_makes_way_for_a_failure(void **state UNUSED)
{
    put(WEIGHT_NOTE, 1);
    put(WEIGHT_FAILURE, 9);
    put(WEIGHT_FAILURE, 1);
    assert_int_equal(tally().counts[WEIGHT_NOTE], 1);
    assert_int_equal(tally().counts[WEIGHT_FAILURE], 0);
    put(WEIGHT_FAILURE, 1);
    assert_int_equal(tally().counts[WEIGHT_FAILURE], 1);
    assert_int_equal(measure().counts[WEIGHT_FAILURE], 10);
    AUTO(str) char *name = oldest();
    assert_string_equal(name, "0002.failure.json");
}

static void one_that_is_larger_than_the_limit_takes_nobodys_place(void **state UNUSED)
{
    put(WEIGHT_SUCCESS, 2);
    assert_int_equal(put_sized(WEIGHT_FAILURE, LIMIT + 1, NULL), -ENOSPC);
    assert_int_equal(measure().count, 2);
}

static void what_was_delivered_takes_no_room(void **state UNUSED)
{
    put(WEIGHT_FAILURE, 10);
    for (int i = 0; i < 9; i++) {
        AUTO(str) char *name = oldest();
        assert_int_equal(spool_remove(folder, name, NULL), 0);
    }
    put(WEIGHT_SUCCESS, 9);
    assert_int_equal(tally().since, 0);
    assert_int_equal(measure().count, 10);
}

static void a_wrong_size_gives_nothing_up(void **state UNUSED)
{
    static const char *const sizes[] = {"00000000000000999999\n", "", "garbage",
                                        "-0000000000000000001\n"};
    put(WEIGHT_SUCCESS, 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(files_put(folder, ".size", sizes[i], strlen(sizes[i]), NULL),
                         0);
        put(WEIGHT_SUCCESS, 1);
    }
    assert_int_equal(measure().count, 5);
    assert_int_equal(tally().since, 0);
}

static void counting_anew_finds_what_came_another_way(void **state UNUSED)
{
    char text[LIMIT] = "";
    put(WEIGHT_SUCCESS, 1);
    assert_int_equal(files_put(folder, "0000.json", text, LIMIT - SIZE, NULL), 0);
    room_recount(folder);
    put(WEIGHT_SUCCESS, 1);
    assert_true(measure().size <= LIMIT);
    assert_int_equal(tally().counts[WEIGHT_SUCCESS], 1);
}

static void what_is_lost_elsewhere_is_counted_too(void **state UNUSED)
{
    room_count_lost(folder, LIMIT, WEIGHT_FAILURE);
    room_count_lost(folder, LIMIT, WEIGHT_START);
    assert_int_equal(tally().counts[WEIGHT_FAILURE], 1);
    assert_int_equal(tally().counts[WEIGHT_START], 1);
    assert_int_not_equal(tally().since, 0);
}

static void what_was_told_is_forgotten_and_no_more(void **state UNUSED)
{
    room_count_lost(folder, LIMIT, WEIGHT_SUCCESS);
    struct tally told = tally();
    room_count_lost(folder, LIMIT, WEIGHT_FAILURE);
    assert_int_equal(room_told(folder, &told, NULL), 0);
    assert_int_equal(tally().counts[WEIGHT_SUCCESS], 0);
    assert_int_equal(tally().counts[WEIGHT_FAILURE], 1);
    told = tally();
    assert_int_equal(room_told(folder, &told, NULL), 0);
    assert_int_equal(tally().since, 0);
    AUTO(str) char *path = text_format("%s/.given-up", folder);
    assert_int_equal(access(path, F_OK), -1);
}

/* So many processes put so many failures each. */
static void put_at_once(int processes, int count)
{
    for (int i = 0; i < processes; i++) {
        fflush(NULL);
        if (fork() != 0)
            continue;
        number = i * count;
        int bad = 0;
        for (int j = 0; j < count; j++)
            bad += put_sized(WEIGHT_FAILURE, SIZE, NULL) < 0;
        _exit(bad);
    }
    for (int i = 0; i < processes; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

static void several_may_put_at_once(void **state UNUSED)
{
    put_at_once(4, 25);
    room_recount(folder);
    number = 100;
    put(WEIGHT_FAILURE, 1);
    struct spool_content content = measure();
    assert_true(content.size <= LIMIT);
    assert_int_equal(content.count + tally().counts[WEIGHT_FAILURE], 101);
}

static void nothing_is_given_up_that_cannot_be_counted(void **state UNUSED)
{
    put(WEIGHT_FAILURE, 10);
    fflush(NULL);
    if (fork() == 0) {
        struct rlimit none = {0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &none);
        _exit(put_sized(WEIGHT_FAILURE, SIZE, NULL) == -EFBIG ? 0 : 1);
    }
    int status = -1;
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    assert_int_equal(measure().count, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_all_while_there_is_room),
        TEST(the_oldest_success_makes_way),
        TEST(starts_and_readings_make_way_as_successes_do),
        TEST(a_failure_never_makes_way_for_a_success),
        TEST(the_oldest_of_all_makes_way_for_a_failure),
        TEST(one_that_is_larger_than_the_limit_takes_nobodys_place),
        TEST(what_was_delivered_takes_no_room),
        TEST(a_wrong_size_gives_nothing_up),
        TEST(counting_anew_finds_what_came_another_way),
        TEST(what_is_lost_elsewhere_is_counted_too),
        TEST(what_was_told_is_forgotten_and_no_more),
        TEST(several_may_put_at_once),
        TEST(nothing_is_given_up_that_cannot_be_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
