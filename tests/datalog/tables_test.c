// SPDX-License-Identifier: GPL-3.0-or-later
#include "datalog/tables.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "running.h"

#define PROGRAM                                                                        \
    ".decl e(name: symbol, weight: float, count: number) .input e "                    \
    ".decl heavy(count: number, name: symbol) .output heavy "                          \
    "heavy(c, n) :- e(n, w, c), w > 1.0. "

/* Reads a file of facts, and writes what follows into the same folder. */
static struct running run(const char *text, const char *folder, const char *facts)
{
    struct running running = running_open(text, "", NULL);
    assert_int_equal(running.rc, 0);
    if (facts)
        assert_int_equal(files_put(folder, "e.facts", facts, strlen(facts), NULL), 0);
    const struct evaluation_settings settings = {0};
    struct complaint *complaint = &running.complaint;
    running.rc = evaluation_new(running.program, running.db, &settings,
                                &running.evaluation, complaint);
    if (running.rc == 0)
        running.rc = tables_read(running.evaluation, folder, complaint);
    if (running.rc == 0)
        running.rc = evaluation_run(running.evaluation, complaint);
    if (running.rc == 0)
        running.rc = tables_write(running.evaluation, folder, complaint);
    return running;
}

static void assert_written(const char *text, const char *facts, const char *expected)
{
    char *folder = folder_make();
    struct running running = run(text, folder, facts);
    assert_int_equal(running.rc, 0);
    AUTO(str) char *path = text_format("%s/heavy.csv", folder);
    AUTO(strbuf) struct strbuf written = {0};
    assert_int_equal(files_read(path, 1000, &written, NULL), 0);
    assert_string_equal(strbuf_text(&written), expected);
    running_close(&running);
    assert_int_equal(folder_remove(folder), 0);
}

static void assert_refused(const char *facts, int column, const char *what)
{
    char *folder = folder_make();
    struct running running = run(PROGRAM, folder, facts);
    assert_int_equal(running.rc, -EINVAL);
    assert_string_equal(running.complaint.what, what);
    assert_int_equal(running.complaint.line, 2);
    assert_int_equal(running.complaint.column, column);
    assert_non_null(strstr(running.complaint.name, "/e.facts"));
    running_close(&running);
    assert_int_equal(folder_remove(folder), 0);
}

static void writes_what_follows_from_what_is_read(void **state UNUSED)
{
    assert_written(PROGRAM, "a b\t2\t-7\nc\t0.5\t1\r\nd\t1e3\t2\na b\t2\t-7\n",
                   "-7\ta b\n2\td\n");
    assert_written(PROGRAM, "", "");
    assert_written(PROGRAM, "no newline\t2\t3", "3\tno newline\n");
}

static void takes_delimiters(void **state UNUSED)
{
    assert_written(".decl e(x: symbol, y: symbol) .input e(delimiter=\", \") "
                   ".decl heavy(y: symbol, x: symbol) .output heavy(delimiter=\"; \") "
                   "heavy(y, x) :- e(x, y).",
                   "a, b\nc,d, \n", "; c,d\nb; a\n");
}

static void the_first_line_may_name_the_columns(void **state UNUSED)
{
    assert_written(".decl e(x: symbol, y: number) .input e(IO=file, headers=true) "
                   ".decl heavy(n: number, x: symbol) "
                   ".output heavy(headers=\"true\", delimiter=\", \") "
                   "heavy(y, x) :- e(x, y).",
                   "x\ty\na\t7\n", "n, x\n7, a\n");
    assert_written(".decl e(x: symbol) .input e(headers=true) "
                   ".decl heavy(x: symbol) .output heavy(headers=false) "
                   "heavy(x) :- e(x).",
                   "x", "");
}

static void says_where_a_file_is_wrong(void **state UNUSED)
{
    assert_refused("a\t1\t2\nb\t1\tmany\n", 5,
                   "column count of e is a number, and \"many\" is none");
    assert_refused("a\t1\t2\nb\t\t2\n", 3,
                   "column weight of e is a float, and \"\" is none");
    assert_refused("a\t1\t2\nb\t1\n", 1, "e has 3 columns, this line has 2");
    assert_refused(
        "a\t1\t2\nb\t1\t99999999999999999999\n", 5,
        "column count of e is a number, and \"99999999999999999999\" is none");
}

static void says_which_file_is_missing(void **state UNUSED)
{
    char *folder = folder_make();
    struct running running = run(PROGRAM, folder, NULL);
    assert_int_equal(running.rc, -ENOENT);
    assert_non_null(strstr(running.complaint.what, "/e.facts"));
    running_close(&running);
    assert_int_equal(folder_remove(folder), 0);
}

static void writes_relations_without_columns(void **state UNUSED)
{
    assert_written(".decl e() .input e .decl heavy() .output heavy heavy() :- e().",
                   "()\n", "()\n");
    assert_written(".decl e() .input e .decl heavy() .output heavy heavy() :- e().", "",
                   "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_follows_from_what_is_read),
        cmocka_unit_test(takes_delimiters),
        cmocka_unit_test(the_first_line_may_name_the_columns),
        cmocka_unit_test(says_where_a_file_is_wrong),
        cmocka_unit_test(says_which_file_is_missing),
        cmocka_unit_test(writes_relations_without_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
