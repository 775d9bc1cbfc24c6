// SPDX-License-Identifier: GPL-3.0-or-later
/* pieces - texts before a question, and where a complaint about all of them belongs. */
#include "ask/pieces.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/memory.h"

static char *write_file(const char *folder, const char *name, const char *text,
                        size_t size)
{
    char *path = text_format("%s/%s", folder, name);
    AUTO(file) FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    return path;
}

/* Where line LINE of the joined text is: "NAME:LINE", to be freed. */
static char *place(const struct pieces *pieces, int line)
{
    AUTO(complaint)
    struct complaint complaint = {
        .name = text_copy("question"),
        .line = line,
        .column = 1,
        .what = text_copy("wrong"),
    };
    pieces_place(pieces, &complaint);
    return text_format("%s:%d", complaint.name, complaint.line);
}

static void expect_place(const struct pieces *pieces, int line, const char *wanted)
{
    AUTO(str) char *found = place(pieces, line);
    assert_string_equal(found, wanted);
}

static void joins_each_from_a_line_of_its_own(void **state UNUSED)
{
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(strbuf) struct strbuf text = {0};
    pieces_add(&pieces, "a(1).");
    pieces_add(&pieces, "b(1).\nb(2).");
    pieces_join(&pieces, &text);
    assert_string_equal(strbuf_text(&text), "a(1).\nb(1).\nb(2).\n");
}

static void a_complaint_names_the_piece_and_its_line(void **state UNUSED)
{
    AUTO(pieces) struct pieces pieces = {0};
    expect_place(&pieces, 3, "question:3");
    pieces_add(&pieces, "a(1).");
    pieces_add(&pieces, "b(1).\nb(2).\n");
    expect_place(&pieces, 1, "rule 1:1");
    expect_place(&pieces, 2, "rule 2:1");
    expect_place(&pieces, 3, "rule 2:2");
    expect_place(&pieces, 5, "question:1");
    expect_place(&pieces, 7, "question:3");
}

static void a_file_that_is_loaded_again_takes_its_place(void **state UNUSED)
{
    char *folder = folder_make();
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *path = write_file(folder, "a.dl", "a(1).", 5);
    assert_int_equal(pieces_load(&pieces, path, &complaint), 0);
    pieces_add(&pieces, "b(1).");
    free(write_file(folder, "a.dl", "a(2).", 5));
    assert_int_equal(pieces_load(&pieces, path, &complaint), 0);
    assert_int_equal(pieces.count, 2);
    assert_string_equal(pieces.items[0].text, "a(2).");
    assert_string_equal(pieces.items[0].name, path);
    assert_int_equal(folder_remove(folder), 0);
}

static void refuses_what_is_no_text(void **state UNUSED)
{
    char *folder = folder_make();
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *path = write_file(folder, "a.dl", "a(1)\0.", 6);
    assert_int_equal(pieces_load(&pieces, path, &complaint), -EINVAL);
    assert_non_null(strstr(complaint.what, "a.dl: it holds a NUL byte"));
    assert_int_equal(pieces.count, 0);
    assert_int_equal(folder_remove(folder), 0);
}

static void says_which_file_is_missing(void **state UNUSED)
{
    AUTO(pieces) struct pieces pieces = {0};
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(pieces_load(&pieces, "/nowhere/a.dl", &complaint), -ENOENT);
    assert_non_null(strstr(complaint.what, "/nowhere/a.dl"));
}

static void is_as_new_once_cleared(void **state UNUSED)
{
    struct pieces pieces = {0};
    pieces_add(&pieces, "a(1).");
    pieces_clear(&pieces);
    assert_int_equal(pieces.count, 0);
    pieces_add(&pieces, "b(1).");
    assert_string_equal(pieces.items[0].name, "rule 1");
    pieces_clear(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_each_from_a_line_of_its_own),
        cmocka_unit_test(a_complaint_names_the_piece_and_its_line),
        cmocka_unit_test(a_file_that_is_loaded_again_takes_its_place),
        cmocka_unit_test(refuses_what_is_no_text),
        cmocka_unit_test(says_which_file_is_missing),
        cmocka_unit_test(is_as_new_once_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
