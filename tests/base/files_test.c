// SPDX-License-Identifier: GPL-3.0-or-later
/* files - read and put whole, in folders that are made. */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/memory.h"

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

static void gives_back_what_was_put(void **state)
{
    char bytes[200000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31);
    assert_int_equal(files_put(*state, "a", bytes, sizeof bytes, NULL), 0);

    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "head");
    assert_int_equal(files_read(path, sizeof bytes, &buf, NULL), 0);
    assert_int_equal(buf.size, 4 + sizeof bytes);
    assert_memory_equal(buf.data + 4, bytes, sizeof bytes);
    assert_int_equal(buf.data[buf.size], '\0');
}

static void putting_replaces_and_leaves_nothing_beside(void **state)
{
    assert_int_equal(files_put(*state, "a", "first and longer", 16, NULL), 0);
    assert_int_equal(files_put(*state, "a", "second", 6, NULL), 0);
    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    AUTO(strbuf) struct strbuf buf = {0};
    assert_int_equal(files_read(path, 100, &buf, NULL), 0);
    assert_string_equal(strbuf_text(&buf), "second");

    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    AUTO(str) char *temporary = text_format("%s/.a.new", (char *)*state);
    assert_int_equal(access(temporary, F_OK), -1);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void putting_like_a_file_keeps_what_it_is(void **state)
{
    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    assert_int_equal(files_put_like(*state, "a", path, "x", 1, NULL), 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(files_put_like(*state, "a", path, "y", 1, NULL), 0);
    assert_int_equal(mode_of(path), 0400);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(files_put_like(*state, "a", path, "z", 1, NULL), 0);
    assert_int_equal(mode_of(path), 0600);
}

static void a_group_that_root_chose_goes_on_reading(void **state)
{
    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    struct stat status;
    if (geteuid() != 0)
        skip();
    assert_int_equal(files_put(*state, "a", "x", 1, NULL), 0);
    assert_int_equal(chown(path, 0, 65534), 0);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(files_put_like(*state, "a", path, "y", 1, NULL), 0);
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_gid, 65534);
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(files_put_like(*state, "a", path, "z", 1, NULL), 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, 65534);
}

static void what_cannot_be_put_leaves_what_was_there(void **state)
{
    AUTO(str) char *blocked = text_format("%s/a", (char *)*state);
    assert_int_equal(mkdir(blocked, 0700), 0);
    struct error err = {0};
    assert_int_equal(files_put(*state, "a", "x", 1, &err), -EISDIR);
    assert_non_null(strstr(err.text, "/a: Is a directory"));
    AUTO(str) char *temporary = text_format("%s/.a.new", (char *)*state);
    assert_int_equal(access(temporary, F_OK), -1);

    AUTO(str) char *missing = text_format("%s/missing", (char *)*state);
    assert_int_equal(files_put(missing, "a", "x", 1, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/missing: No such file"));
}

static void a_link_in_the_place_of_the_temporary_file_is_not_followed(void **state)
{
    AUTO(str) char *link = text_format("%s/.a.new", (char *)*state);
    AUTO(str) char *victim = text_format("%s/victim", (char *)*state);
    assert_int_equal(symlink(victim, link), 0);
    assert_int_equal(files_put(*state, "a", "x", 1, NULL), -ELOOP);
    assert_int_equal(access(victim, F_OK), -1);
}

static void reads_up_to_the_limit_and_no_more(void **state)
{
    assert_int_equal(files_put(*state, "a", "12345", 5, NULL), 0);
    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    AUTO(strbuf) struct strbuf buf = {0};
    assert_int_equal(files_read(path, 5, &buf, NULL), 0);

    struct error err = {0};
    assert_int_equal(files_read(path, 4, &buf, &err), -EFBIG);
    assert_non_null(strstr(err.text, "/a: larger than 4 bytes"));
    assert_string_equal(strbuf_text(&buf), "12345");
}

static void says_why_a_file_cannot_be_read(void **state)
{
    AUTO(strbuf) struct strbuf buf = {0};
    struct error err = {0};
    AUTO(str) char *path = text_format("%s/missing", (char *)*state);
    assert_int_equal(files_read(path, 5, &buf, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/missing: No such file or directory"));
    assert_int_equal(files_read(*state, 5, &buf, &err), -EISDIR);
    assert_string_equal(strbuf_text(&buf), "");
}

static void writes_all_or_says_why_not(void **state UNUSED)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(files_write_all(ends[1], "sheep", 5), 0);
    char found[8];
    assert_int_equal(read(ends[0], found, sizeof found), 5);
    assert_memory_equal(found, "sheep", 5);

    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    assert_int_equal(files_write_all(ends[1], "sheep", 5), -EPIPE);
    assert_int_equal(files_write_all(ends[1], "", 0), 0);
    close(ends[1]);

    AUTO(fd) int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(files_write_all(full, "sheep", 5), -ENOSPC);
}

static ino_t synced; /* what fsync() was called for last */

/* Stands before that of the C library. */
int fsync(int fd)
{
    struct stat status;
    synced = fstat(fd, &status) == 0 ? status.st_ino : 0;
    return (int)syscall(SYS_fsync, fd);
}

static void a_new_folder_is_synced_where_it_stands(void **state)
{
    AUTO(str) char *path = text_format("%s/a", (char *)*state);
    struct stat parent;
    synced = 0;
    assert_int_equal(files_make_folder(path, 0700, NULL), 0);
    assert_int_equal(stat(*state, &parent), 0);
    assert_int_equal(synced, parent.st_ino);
    synced = 0;
    assert_int_equal(files_make_folder(path, 0700, NULL), 0);
    assert_int_equal(synced, 0);
}

static void makes_a_folder_with_its_parents(void **state)
{
    AUTO(str) char *path = text_format("%s/a/b//c/", (char *)*state);
    assert_int_equal(files_make_folder(path, 0700, NULL), 0);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(files_make_folder(path, 0700, NULL), 0);
    assert_int_equal(files_make_folder("/", 0700, NULL), 0);
}

static void a_file_is_no_folder(void **state)
{
    assert_int_equal(files_put(*state, "a", "x", 1, NULL), 0);
    AUTO(str) char *file = text_format("%s/a", (char *)*state);
    AUTO(str) char *below = text_format("%s/a/b", (char *)*state);
    struct error err = {0};
    assert_int_equal(files_make_folder(below, 0700, &err), -ENOTDIR);
    assert_int_equal(files_make_folder(file, 0700, &err), -ENOTDIR);
    assert_non_null(strstr(err.text, "/a: Not a directory"));
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void a_lock_has_one_holder_at_a_time(void **state)
{
    AUTO(str) char *path = text_format("%s/lock", (const char *)*state);
    int first, second;
    assert_int_equal(files_lock(path, &first, NULL), 0);
    assert_int_equal(files_lock(path, &second, NULL), -EAGAIN);
    close(first);
    assert_int_equal(files_lock(path, &second, NULL), 0);
    close(second);
    unlink(path);
    struct error err = {0};
    assert_int_equal(files_lock("/nowhere/lock", &first, &err), -ENOENT);
    assert_string_equal(err.text, "/nowhere/lock: No such file or directory");
}

static void a_folder_of_ones_own_goes_with_what_is_in_it(void **state UNUSED)
{
    AUTO(str) char *folder = NULL;
    AUTO(str) char *other = NULL;
    assert_int_equal(files_make_scratch("sheepdog-test", &folder, NULL), 0);
    assert_int_equal(files_make_scratch("sheepdog-test", &other, NULL), 0);
    assert_string_not_equal(folder, other);
    assert_int_equal(files_put(folder, ".hidden", "x", 1, NULL), 0);
    files_remove_scratch(folder);
    assert_int_equal(access(folder, F_OK), -1);
    files_remove_scratch(folder);
    files_remove_scratch(NULL);
    files_remove_scratch(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(gives_back_what_was_put),
        IN_A_FOLDER(putting_replaces_and_leaves_nothing_beside),
        IN_A_FOLDER(putting_like_a_file_keeps_what_it_is),
        IN_A_FOLDER(a_group_that_root_chose_goes_on_reading),
        IN_A_FOLDER(what_cannot_be_put_leaves_what_was_there),
        IN_A_FOLDER(a_link_in_the_place_of_the_temporary_file_is_not_followed),
        IN_A_FOLDER(reads_up_to_the_limit_and_no_more),
        IN_A_FOLDER(says_why_a_file_cannot_be_read),
        cmocka_unit_test(writes_all_or_says_why_not),
        IN_A_FOLDER(makes_a_folder_with_its_parents),
        IN_A_FOLDER(a_new_folder_is_synced_where_it_stands),
        IN_A_FOLDER(a_file_is_no_folder),
        IN_A_FOLDER(a_lock_has_one_holder_at_a_time),
        cmocka_unit_test(a_folder_of_ones_own_goes_with_what_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
