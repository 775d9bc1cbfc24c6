// SPDX-License-Identifier: GPL-3.0-or-later
/* mounts - lines of mountinfo, and which of several mounts is to be looked at. */
#include "base/mounts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"

#define LINE(device, root, place)                                                      \
    "36 35 " device " " root " " place " rw - ext4 /dev/sda1 rw\n"

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

static int read_text(const char *root, const char *text, struct mounts *ret,
                     struct error *err)
{
    AUTO(str) char *folder = text_format("%s/proc/self", root);
    assert_int_equal(files_make_folder(folder, 0700, NULL), 0);
    assert_int_equal(files_put(folder, "mountinfo", text, strlen(text), NULL), 0);
    return mounts_read(root, ret, err);
}

static void reads_a_line_with_any_number_of_optional_words(void **state)
{
    AUTO(mounts) struct mounts mounts = {0};
    assert_int_equal(
        read_text(*state,
                  "27 1 254:0 / / rw,relatime - ext4 /dev/vda ro,errors=remount-ro\n"
                  "36 35 98:0 /sub /a\\040b\\134c ro,noatime shared:1 master:2 - nfs4 "
                  "server:/e\\040f rw,vers=4.2\n",
                  &mounts, NULL),
        0);
    assert_int_equal(mounts.count, 2);
    assert_string_equal(mounts.items[0].place, "/");
    assert_string_equal(mounts.items[0].own_options, "ro,errors=remount-ro");
    assert_string_equal(mounts.items[1].place, "/a b\\c");
    assert_string_equal(mounts.items[1].device, "98:0");
    assert_string_equal(mounts.items[1].root, "/sub");
    assert_string_equal(mounts.items[1].options, "ro,noatime");
    assert_string_equal(mounts.items[1].source, "server:/e f");
    assert_int_equal(mount_kind(&mounts.items[0]), MOUNT_STORAGE);
    assert_int_equal(mount_kind(&mounts.items[1]), MOUNT_NETWORK);
}

static void refuses_what_is_no_mount(void **state)
{
    struct mounts mounts = {0};
    struct error err;
    static const char *const wrong[] = {
        "27\n",
        "27 1 254:0 / / rw,relatime ext4 /dev/vda rw\n",
        "27 1 254:0 / / rw - ext4 /dev/vda\n",
        "27 1 254:0 / / rw,relatime -\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_text(*state, wrong[i], &mounts, &err), -EINVAL);
        assert_non_null(strstr(err.text, "mountinfo: line 1 is none of a mount"));
        assert_null(mounts.items);
    }
    assert_int_equal(mounts_read("/nowhere", &mounts, &err), -ENOENT);
}

static void none_is_none(void **state)
{
    AUTO(mounts) struct mounts mounts = {0};
    assert_int_equal(read_text(*state, "", &mounts, NULL), 0);
    assert_int_equal(mounts.count, 0);
}

static void the_mount_of_the_whole_is_better_than_a_bind(void **state)
{
    AUTO(mounts) struct mounts mounts = {0};
    assert_int_equal(read_text(*state,
                               LINE("8:1", "/srv", "/bound") LINE("8:1", "/", "/")
                                   LINE("8:1", "/", "/again") LINE("8:2", "/x", "/x"),
                               &mounts, NULL),
                     0);
    assert_true(mounts_has_better(&mounts, &mounts.items[0]));
    assert_false(mounts_has_better(&mounts, &mounts.items[1]));
    assert_true(mounts_has_better(&mounts, &mounts.items[2]));
    assert_false(mounts_has_better(&mounts, &mounts.items[3]));
}

static void the_last_mount_of_a_place_hides_the_others(void **state)
{
    AUTO(mounts) struct mounts mounts = {0};
    assert_int_equal(
        read_text(*state, LINE("8:1", "/", "/a") LINE("8:2", "/", "/a"), &mounts, NULL),
        0);
    assert_true(mounts_has_better(&mounts, &mounts.items[0]));
    assert_false(mounts_has_better(&mounts, &mounts.items[1]));
}

static void finds_whole_options(void **state UNUSED)
{
    assert_true(mount_has_option("ro", "ro"));
    assert_true(mount_has_option("rw,errors=remount-ro,ro", "ro"));
    assert_true(mount_has_option("ro,noatime", "ro"));
    assert_false(mount_has_option("rw,errors=remount-ro", "ro"));
    assert_false(mount_has_option("row,pro", "ro"));
    assert_false(mount_has_option("", "ro"));
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(reads_a_line_with_any_number_of_optional_words),
        IN_A_FOLDER(refuses_what_is_no_mount),
        IN_A_FOLDER(none_is_none),
        IN_A_FOLDER(the_mount_of_the_whole_is_better_than_a_bind),
        IN_A_FOLDER(the_last_mount_of_a_place_hides_the_others),
        cmocka_unit_test(finds_whole_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
