// SPDX-License-Identifier: GPL-3.0-or-later
/* disk - recorded mounts, and, where we are root, file systems that are full. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_disk;

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

/* ROOT/PATH with that text, in folders that are made. */
static void put(const char *root, const char *folder, const char *name,
                const char *text)
{
    AUTO(str) char *path = text_format("%s/%s", root, folder);
    assert_int_equal(files_make_folder(path, 0700, NULL), 0);
    assert_int_equal(files_put(path, name, text, strlen(text), NULL), 0);
}

/* The places are folders of the file system that the test runs on. */
static void put_mounts(const char *root, const char *text)
{
    static const char *const places[] = {"a", "b", "c", "net"};
    put(root, "proc/self", "mountinfo", text);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        AUTO(str) char *path = text_format("%s/%s", root, places[i]);
        mkdir(path, 0700);
    }
}

static struct watch look_at(const char *settings, const char *root)
{
    struct watch watch = watch_start(&monitor_disk, settings, root);
    assert_int_equal(watch_look(&watch, 0), 0);
    return watch;
}

#define NEVER                                                                          \
    "(warn \"100%\") (fail \"100%\") (inodes-warn \"100%\") "                          \
    "(inodes-fail \"100%\")"

static void looks_at_what_keeps_files_and_once(void **state)
{
    put_mounts(*state, "1 1 8:1 / /a rw - ext4 /dev/sda1 rw\n"
                       "2 1 8:1 / /b rw - ext4 /dev/sda1 rw\n"
                       "3 1 0:5 / /proc rw - proc proc rw\n"
                       "4 1 0:6 / /c rw - tmpfs tmpfs rw\n"
                       "5 1 0:7 / /net rw - nfs4 server:/x rw\n");
    struct watch watch = look_at("", *state);
    assert_true(watch_reading(&watch, "/a", "used") > 0);
    assert_true(watch_reading(&watch, "/a", "free") > 0);
    assert_string_not_equal(watch_text(&watch, "/a"), "");
    assert_string_equal(watch_text(&watch, "/b"), "");
    assert_string_equal(watch_text(&watch, "/c"), "");
    assert_string_equal(watch_text(&watch, "/net"), "");
    watch_end(&watch);
}

static void what_is_named_is_looked_at_whatever_it_is(void **state)
{
    put_mounts(*state, "1 1 8:1 / /a rw - ext4 /dev/sda1 rw\n"
                       "2 1 8:1 / /b rw - ext4 /dev/sda1 rw\n"
                       "4 1 0:6 / /c rw - tmpfs tmpfs rw\n"
                       "5 1 0:7 / /net rw - nfs4 server:/x rw\n");
    struct watch watch = look_at("(only \"/b\" \"/c\" \"/net\" \"/gone\")", *state);
    assert_string_equal(watch_text(&watch, "/a"), "");
    assert_true(watch_reading(&watch, "/b", "used") > 0);
    assert_true(watch_reading(&watch, "/c", "used") > 0);
    assert_true(watch_reading(&watch, "/net", "used") > 0);
    assert_string_equal(watch_text(&watch, "/gone"), "fail: nothing is mounted there");
    watch_end(&watch);
}

static void network_file_systems_are_looked_at_on_demand(void **state)
{
    put_mounts(*state, "5 1 0:7 / /net rw - nfs4 server:/x rw\n");
    struct watch watch = look_at("(network #t) (except \"/a*\")", *state);
    assert_true(watch_reading(&watch, "/net", "used") > 0);
    watch_end(&watch);
    watch = look_at("(network #t) (except \"/n*\")", *state);
    assert_int_equal(watch.findings.count, 0);
    watch_end(&watch);
}

static void a_file_system_that_became_read_only_fails(void **state)
{
    put_mounts(*state, "1 1 8:1 / /a rw - ext4 /dev/sda1 ro,errors=remount-ro\n"
                       "2 1 8:2 / /b ro - ext4 /dev/sda2 ro\n"
                       "3 1 8:3 / /c ro - ext4 /dev/sda3 ro\n");
    put(*state, "etc", "fstab",
        "# a comment\n/dev/sda2\t/b ext4  noatime,errors=remount-ro 0 1\n"
        "/dev/sda3 /c ext4 ro 0 2\nbroken\n");
    struct watch watch = look_at(NEVER, *state);
    assert_string_equal(watch_text(&watch, "/a"),
                        "fail: read-only, though it was mounted to be written: the "
                        "kernel's log says why");
    assert_string_equal(watch_text(&watch, "/b"),
                        "fail: read-only, though /etc/fstab says that it is written");
    assert_true(strncmp(watch_text(&watch, "/c"), "ok: ", 4) == 0);
    watch_end(&watch);
}

static void says_what_is_left_and_from_where_on_it_is_wrong(void **state)
{
    put_mounts(*state, "1 1 8:1 / /a rw - ext4 /dev/sda1 rw\n");
    struct watch watch = look_at("(warn \"0%\") (fail \"100%\")", *state);
    assert_non_null(strstr(watch_text(&watch, "/a"), "warning: space used "));
    assert_non_null(strstr(watch_text(&watch, "/a"), " free), warning from 0.0 %"));
    watch_end(&watch);
    watch = look_at(NEVER "(free-fail \"1000T\")", *state);
    assert_non_null(strstr(watch_text(&watch, "/a"), "fail: space free "));
    assert_non_null(strstr(watch_text(&watch, "/a"), "fail from 1000 TiB down"));
    watch_end(&watch);
}

static void a_place_that_cannot_be_looked_at_is_unknown(void **state)
{
    put_mounts(*state, "1 1 8:1 / /missing rw - ext4 /dev/sda1 rw\n");
    struct watch watch = look_at("", *state);
    assert_string_equal(watch_text(&watch, "/missing"),
                        "unknown: it cannot be looked at: No such file or directory");
    watch_end(&watch);
}

static void without_a_list_of_mounts_it_cannot_look(void **state)
{
    struct watch watch = watch_start(&monitor_disk, "", *state);
    assert_int_equal(watch_look(&watch, 0), -ENOENT);
    watch_end(&watch);
}

/* ---- a real one ---- */

/* Fills the rest of the file system but for some bytes. */
static bool fill(const char *path, double share)
{
    AUTO(strbuf) struct strbuf bytes = {0};
    memset(strbuf_reserve(&bytes, 1 << 20), 'x', 1 << 20);
    AUTO(file) FILE *file = fopen(path, "we");
    return file && fwrite(bytes.data, 1, (size_t)(share * (1 << 20)), file) > 0 &&
           fflush(file) == 0;
}

/* In a mount namespace of its own; the exit status says what was wrong. */
static int try_full(const char *folder)
{
    AUTO(str) char *settings = text_format("(only \"%s\")", folder);
    AUTO(str) char *file = text_format("%s/file", folder);
    static const struct {
        double share;
        const char *begin;
    } steps[] = {{0.5, "ok: "}, {0.92, "warning: "}, {0.98, "fail: "}, {0.5, "ok: "}};
    if (mount("none", folder, "tmpfs", 0, "size=1m") < 0)
        return 2;
    for (int i = 0; i < (int)(sizeof steps / sizeof *steps); i++) {
        if (!fill(file, steps[i].share))
            return 3;
        struct watch watch = watch_start(&monitor_disk, settings, "");
        if (watch_look(&watch, 0) < 0)
            return 4;
        const char *text = watch_text(&watch, folder);
        if (strncmp(text, steps[i].begin, strlen(steps[i].begin)) != 0) {
            fprintf(stderr, "%s\n", text);
            return 10 + i;
        }
        watch_end(&watch);
    }
    return 0;
}

static void a_real_file_system_warns_fails_and_recovers(void **state)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWNS) < 0 ||
            mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
            _exit(1);
        _exit(try_full(*state));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
        print_message("skipped: no file system can be mounted here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(looks_at_what_keeps_files_and_once),
        IN_A_FOLDER(what_is_named_is_looked_at_whatever_it_is),
        IN_A_FOLDER(network_file_systems_are_looked_at_on_demand),
        IN_A_FOLDER(a_file_system_that_became_read_only_fails),
        IN_A_FOLDER(says_what_is_left_and_from_where_on_it_is_wrong),
        IN_A_FOLDER(a_place_that_cannot_be_looked_at_is_unknown),
        IN_A_FOLDER(without_a_list_of_mounts_it_cannot_look),
        IN_A_FOLDER(a_real_file_system_warns_fails_and_recovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
