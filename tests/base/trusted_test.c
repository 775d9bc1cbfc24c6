// SPDX-License-Identifier: GPL-3.0-or-later
/* trusted - which files may decide what we do, on real folders with real modes. */
#include "base/trusted.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"

#define NOBODY 65534 /* some user that is neither root nor, most likely, we */

/* top/inner/file, and links to it */
struct yard {
    char *top, *inner, *file, *near, *far;
};

static char *below(const char *folder, const char *name)
{
    return text_format("%s/%s", folder, name);
}

static int set_up(void **state)
{
    struct yard *yard = memory_new(sizeof *yard);
    yard->top = folder_make();
    yard->inner = below(yard->top, "inner");
    yard->file = below(yard->inner, "file");
    yard->near = below(yard->inner, "link");
    yard->far = below(yard->top, "link");
    assert_int_equal(mkdir(yard->inner, 0755), 0);
    assert_int_equal(files_put(yard->inner, "file", "x", 1, NULL), 0);
    assert_int_equal(chmod(yard->file, 0644), 0);
    assert_int_equal(symlink("file", yard->near), 0);
    assert_int_equal(symlink("inner/link", yard->far), 0);
    *state = yard;
    return 0;
}

static int tear_down(void **state)
{
    struct yard *yard = *state;
    int rc = folder_remove(yard->top);
    free(yard->inner);
    free(yard->file);
    free(yard->near);
    free(yard->far);
    free(yard);
    return rc;
}

static void assert_trusted(const char *path)
{
    struct error err = {0};
    if (trusted_check(path, &err) < 0)
        fail_msg("%s", err.text);
}

/* Why: each of the two parts is said. */
static void assert_refused(const char *path, int rc, const char *one, const char *other)
{
    struct error err = {0};
    assert_int_equal(trusted_check(path, &err), rc);
    if (!strstr(err.text, one) || !strstr(err.text, other))
        fail_msg("no \"%s\" and \"%s\" in \"%s\"", one, other, err.text);
}

static void what_is_ours_alone_is_trusted_through_links_too(void **state)
{
    struct yard *yard = *state;
    assert_trusted(yard->file);
    assert_trusted(yard->near);
    assert_trusted(yard->far);
    assert_trusted("/etc/passwd");
}

static void what_others_can_write_is_not(void **state)
{
    struct yard *yard = *state;
    static const mode_t modes[] = {0664, 0646, 0622, 0606, 04666};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        AUTO(str) char *mode = text_format("mode %04o: others", (unsigned)modes[i]);
        assert_int_equal(chmod(yard->file, modes[i]), 0);
        assert_refused(yard->file, -EPERM, yard->file, mode);
        assert_refused(yard->far, -EPERM, yard->file, "chmod go-w");
    }
    assert_int_equal(chmod(yard->file, 0400), 0);
    assert_trusted(yard->file);
}

static void nor_what_stands_in_a_folder_that_they_can_write(void **state)
{
    struct yard *yard = *state;
    assert_int_equal(chmod(yard->inner, 0775), 0);
    assert_refused(yard->file, -EPERM, yard->inner, "mode 0775: others can write");
    assert_refused(yard->far, -EPERM, yard->inner, "mode 0775");
    assert_int_equal(chmod(yard->inner, 01777), 0);
    assert_refused(yard->file, -EPERM, yard->inner, "mode 1777");
}

static void nor_below_such_a_folder_but_for_a_sticky_one(void **state)
{
    struct yard *yard = *state;
    assert_int_equal(chmod(yard->top, 0757), 0);
    assert_refused(yard->file, -EPERM, yard->top, "mode 0757");
    assert_int_equal(chmod(yard->top, 01777), 0);
    assert_trusted(yard->file);
    assert_refused(yard->far, -EPERM, yard->top, "mode 1777");
}

static void nor_what_is_another_users(void **state)
{
    struct yard *yard = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(yard->file, NOBODY, 0), 0);
    assert_refused(yard->file, -EPERM, yard->file, "of user 65534, who can change it");
    assert_int_equal(chown(yard->file, 0, NOBODY), 0);
    assert_trusted(yard->file);
    assert_int_equal(chown(yard->inner, NOBODY, 0), 0);
    assert_refused(yard->near, -EPERM, yard->inner, "chown it to root, or to us");
}

static void a_name_without_a_folder_is_of_this_one(void **state)
{
    struct yard *yard = *state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(yard->inner), 0);
    assert_trusted("file");
    assert_trusted("./link");
    assert_trusted("../inner/file");
    assert_int_equal(chmod(yard->inner, 0777), 0);
    assert_refused("file", -EPERM, yard->inner, "mode 0777");
    assert_int_equal(chdir(before), 0);
}

static void what_is_not_there_is_told_by_its_name(void **state)
{
    struct yard *yard = *state;
    assert_refused("/nonexistent/file", -ENOENT, "/nonexistent/file", "No such file");
    assert_int_equal(unlink(yard->file), 0);
    assert_refused(yard->far, -ENOENT, yard->far, "No such file");
    assert_int_equal(symlink("link", yard->file), 0);
    assert_refused(yard->file, -ELOOP, yard->file, "Too many levels");
    assert_refused("", -ENOENT, "", "No such file");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_ours_alone_is_trusted_through_links_too),
        TEST(what_others_can_write_is_not),
        TEST(nor_what_stands_in_a_folder_that_they_can_write),
        TEST(nor_below_such_a_folder_but_for_a_sticky_one),
        TEST(nor_what_is_another_users),
        TEST(a_name_without_a_folder_is_of_this_one),
        TEST(what_is_not_there_is_told_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
