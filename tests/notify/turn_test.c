// SPDX-License-Identifier: GPL-3.0-or-later
#include "notify/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "../folder.h"
#include "base/memory.h"

struct place {
    char *folder, *store;
};

static int set_up(void **state)
{
    struct place *place = memory_new(sizeof *place);
    place->folder = folder_make();
    place->store = text_format("%s/store.db", place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    int rc = folder_remove(place->folder);
    free(place->store);
    free(place);
    return rc;
}

static struct turn *turn_at(const struct place *place)
{
    struct turn *turn = NULL;
    struct error err = {0};
    if (turn_open(place->store, "log", &turn, &err) < 0)
        fail_msg("%s", err.text);
    return turn;
}

static bool is_woken(const struct turn *turn)
{
    struct pollfd fd = {.fd = turn_fd(turn), .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void one_has_it_and_then_another(void **state)
{
    struct turn *first = turn_at(*state);
    AUTO(turn) struct turn *second = turn_at(*state);
    assert_int_equal(turn_take(first, NULL), 0);
    assert_int_equal(turn_take(second, NULL), -EAGAIN);
    turn_close(first);
    assert_int_equal(turn_take(second, NULL), 0);
}

static void what_is_passed_on_wakes_who_has_it(void **state)
{
    AUTO(turn) struct turn *first = turn_at(*state);
    AUTO(turn) struct turn *second = turn_at(*state);
    assert_int_equal(turn_take(first, NULL), 0);
    assert_false(is_woken(first));
    turn_pass_on(second);
    turn_pass_on(second);
    assert_true(is_woken(first));
    turn_heed(first);
    assert_false(is_woken(first));
}

static void what_came_before_the_turn_was_taken_is_not_lost(void **state)
{
    AUTO(turn) struct turn *first = turn_at(*state);
    AUTO(turn) struct turn *second = turn_at(*state);
    turn_pass_on(second);
    assert_int_equal(turn_take(first, NULL), 0);
    assert_true(is_woken(first));
}

static void a_folder_that_is_not_there_is_an_error(void **state UNUSED)
{
    struct turn *turn = NULL;
    struct error err = {0};
    assert_int_equal(turn_open("/none/store.db", "log", &turn, &err), -ENOENT);
    assert_string_equal(err.text, "/none/store.db-tell-log: No such file or directory");
    assert_null(turn);
}

int main(void)
{
#define PLACE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PLACE(one_has_it_and_then_another),
        PLACE(what_is_passed_on_wakes_who_has_it),
        PLACE(what_came_before_the_turn_was_taken_is_not_lost),
        PLACE(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
