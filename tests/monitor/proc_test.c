// SPDX-License-Identifier: GPL-3.0-or-later
/* proc - lines, words and numbers of the kernel's files. */
#include "monitor/proc.h"

#include "watch.h"

static void finds_the_number_behind_a_name(void **state UNUSED)
{
    static const char text[] = "MemTotal:  24684084 kB\nMemFree: x\noom_kill 3\nlast 9";
    uint64_t value = 7;
    assert_true(proc_field(text, "MemTotal:", &value));
    assert_int_equal(value, 24684084);
    assert_true(proc_field(text, "oom_kill", &value));
    assert_int_equal(value, 3);
    assert_true(proc_field(text, "last", &value));
    assert_int_equal(value, 9);
    assert_false(proc_field(text, "MemFree:", &value));
    assert_false(proc_field(text, "oom", &value));
    assert_false(proc_field(text, "kill", &value));
    assert_false(proc_field("", "a", &value));
    assert_int_equal(value, 9);
}

static void reads_files_of_one_number_and_of_one_line(void **state UNUSED)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "load", "");
    struct look look = {.root = watch.root};
    int64_t number = 7;
    struct error err;
    watch_put(&watch, "/sys/good", "-42\n");
    assert_int_equal(proc_number(&look, "/sys/good", &number, &err), 0);
    assert_int_equal(number, -42);
    static const char *const wrong[] = {"", "max\n", "12 13\n", "0x10\n",
                                        "99999999999999999999\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        watch_put(&watch, "/sys/wrong", wrong[i]);
        assert_int_equal(proc_number(&look, "/sys/wrong", &number, &err), -EBADMSG);
        assert_string_equal(err.text, "/sys/wrong: it is not understood");
    }
    assert_int_equal(proc_number(&look, "/sys/missing", &number, &err), -ENOENT);
    assert_int_equal(number, -42);

    char word[8];
    watch_put(&watch, "/sys/word", "a long line\nand another\n");
    assert_string_equal(proc_word(&look, "/sys/word", word, sizeof word), "a long ");
    assert_string_equal(proc_word(&look, "/sys/good", word, sizeof word), "-42");
    assert_string_equal(proc_word(&look, "/sys/missing", word, sizeof word), "");
}

static void counts_cores(void **state UNUSED)
{
    static const struct {
        const char *list;
        int cores;
    } cases[] = {
        {"0\n", 1},    {"0-63\n", 64}, {"0-3,8,10-11\n", 7}, {"\n", 1},
        {"junk\n", 1}, {"5-2\n", 1},   {"0-99999999\n", 1},  {"0-\n", 1},
    };
    AUTO(watch) struct watch watch;
    watch_begin(&watch, "load", "");
    struct look look = {.root = watch.root};
    assert_int_equal(proc_cores(&look), 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        watch_put(&watch, "/sys/devices/system/cpu/online", cases[i].list);
        assert_int_equal(proc_cores(&look), cases[i].cores);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_number_behind_a_name),
        cmocka_unit_test(reads_files_of_one_number_and_of_one_line),
        cmocka_unit_test(counts_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
