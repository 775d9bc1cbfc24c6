// SPDX-License-Identifier: GPL-3.0-or-later
/* talk - a pipe of one page takes the place of a receiver: it is known to be at a
 * letter from when it has read it until it reads the first byte of the next one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "receiver/talk.h"

struct pair {
    struct talk talk;
    int end; /* where a receiver reads */
};

static int setup(void **state)
{
    struct pair *pair = memory_new(sizeof *pair);
    int ends[2];
    pair->talk = (struct talk)TALK_NONE;
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1) > 0);
    pair->end = ends[0];
    pair->talk.runner.in = ends[1];
    talk_begin(&pair->talk);
    *state = pair;
    return 0;
}

static int teardown(void **state)
{
    struct pair *pair = *state;
    talk_clear(&pair->talk);
    close(pair->end);
    free(pair);
    return 0;
}

static struct letter *letter_new(int64_t number, const char *line)
{
    struct letter *letter = memory_new(sizeof *letter);
    letter->number = number;
    strbuf_puts(&letter->line, line);
    return letter;
}

static void assert_reads(struct pair *pair, const char *wanted)
{
    char bytes[64] = "";
    ssize_t count = read(pair->end, bytes, sizeof bytes - 1);
    assert_int_equal(count, strlen(wanted));
    assert_string_equal(bytes, wanted);
}

static void a_letter_is_held_once_it_was_read(void **state)
{
    struct pair *pair = *state;
    struct talk *talk = &pair->talk;
    assert_true(talk_has_room(talk));
    talk_give(talk, letter_new(1, "{1}\n"));
    assert_false(talk_has_room(talk));
    assert_false(talk_write(talk));
    assert_int_equal(talk->stage, TALK_GIVEN);
    assert_reads(pair, "{1}\n");
    assert_false(talk_write(talk)); /* there is room again: it was read */
    assert_int_equal(talk->stage, TALK_HELD);
    assert_false(talk_is_writing(talk));
}

static void of_the_next_one_byte_is_sent_until_that_is_read(void **state)
{
    struct pair *pair = *state;
    struct talk *talk = &pair->talk;
    talk_give(talk, letter_new(1, "{1}\n"));
    assert_false(talk_write(talk));
    assert_reads(pair, "{1}\n");
    assert_false(talk_write(talk));
    talk_give(talk, letter_new(2, "{2}\n"));
    assert_int_equal(talk->stage, TALK_ASKED);
    assert_int_equal(talk->letter->number, 1);
    assert_reads(pair, "{");
    assert_true(talk_write(talk)); /* the first is done */
    talk_go_on(talk);
    assert_int_equal(talk->letter->number, 2);
    assert_false(talk_write(talk));
    assert_reads(pair, "2}\n");
}

static void a_letter_outlives_the_process_that_had_it(void **state)
{
    struct pair *pair = *state;
    struct talk *talk = &pair->talk;
    talk_give(talk, letter_new(1, "{1}\n"));
    assert_false(talk_write(talk));
    talk_end(talk);
    assert_int_equal(talk->letter->number, 1);
    assert_false(talk_has_room(talk)); /* none runs */
}

static void one_that_is_longer_than_the_pipe_comes_in_pieces(void **state)
{
    struct pair *pair = *state;
    struct talk *talk = &pair->talk;
    struct letter *letter = letter_new(1, "{");
    size_t read_size = 0;
    for (int i = 0; i < 20000; i++)
        strbuf_putc(&letter->line, 'x');
    strbuf_puts(&letter->line, "}\n");
    size_t size = letter->line.size;
    talk_give(talk, letter);
    for (int round = 0; talk->stage == TALK_GIVING && round < 100; round++) {
        char bytes[8192];
        assert_false(talk_write(talk));
        ssize_t count = read(pair->end, bytes, sizeof bytes);
        assert_true(count > 0);
        read_size += (size_t)count;
    }
    assert_int_equal(talk->stage, TALK_GIVEN);
    assert_int_equal(read_size, size);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_letter_is_held_once_it_was_read),
        TEST(of_the_next_one_byte_is_sent_until_that_is_read),
        TEST(a_letter_outlives_the_process_that_had_it),
        TEST(one_that_is_longer_than_the_pipe_comes_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
