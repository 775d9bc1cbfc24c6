// SPDX-License-Identifier: GPL-3.0-or-later
/* privileges - what takes root is skipped where we are not; what is given up for good
 * is given up in a child. */
#include "server/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"

#define NOBODY "nobody" /* whom every Debian has */

struct fixture {
    char folder[40];
    char *store;
    struct identity nobody;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/privileges_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->store = text_format("%s/new/sheepdog.db", fixture->folder);
    assert_int_equal(privileges_find(NOBODY, &fixture->nobody, &fixture->err), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *folder = text_format("%s/new", fixture->folder);
    unlink(fixture->store);
    rmdir(folder);
    assert_int_equal(rmdir(fixture->folder), 0);
    identity_clear(&fixture->nobody);
    free(fixture->store);
    free(fixture);
    return 0;
}

#define assert_has(text, part) assert_non_null(strstr(text, part))

static void need_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void finds_a_user_and_says_when_there_is_none(void **state)
{
    struct fixture *fixture = *state;
    struct identity none;
    need_root();
    assert_string_equal(fixture->nobody.name, NOBODY);
    assert_true(fixture->nobody.uid > 0);
    assert_int_equal(privileges_find("no-such-user", &none, &fixture->err), -ENOENT);
    assert_has(fixture->err.text, "(user \"no-such-user\"): there is no such user");
}

static void root_may_be_named(void **state UNUSED)
{
    struct identity root;
    need_root();
    assert_int_equal(privileges_find("root", &root, NULL), 0);
    assert_null(root.name);
}

static void the_folder_is_made_for_the_user_alone(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;
    need_root();
    assert_int_equal(
        privileges_make_folder(&fixture->nobody, fixture->store, &fixture->err), 0);
    AUTO(str) char *folder = text_format("%s/new", fixture->folder);
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_uid, fixture->nobody.uid);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(
        privileges_make_folder(&fixture->nobody, fixture->store, &fixture->err), 0);
}

static void says_how_to_give_the_user_what_is_roots(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *folder = text_format("%s/new", fixture->folder);
    need_root();
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(
        privileges_make_folder(&fixture->nobody, fixture->store, &fixture->err),
        -EPERM);
    AUTO(str) char *wanted = text_format("chown " NOBODY ": %s", folder);
    assert_has(fixture->err.text, wanted);

    assert_int_equal(chown(folder, fixture->nobody.uid, fixture->nobody.gid), 0);
    close(open(fixture->store, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    assert_int_equal(
        privileges_make_folder(&fixture->nobody, fixture->store, &fixture->err),
        -EPERM);
    AUTO(str) char *files = text_format("chown -R " NOBODY ": %s*", fixture->store);
    assert_has(fixture->err.text, files);
}

/* In the child: 0, or the number of the line that is wrong. */
static int look_at_ourselves(const struct identity *identity)
{
    gid_t groups[64];
    if (privileges_drop(identity, NULL) < 0)
        return __LINE__;
    if (getuid() != identity->uid || geteuid() != identity->uid)
        return __LINE__;
    if (getgid() != identity->gid || getegid() != identity->gid)
        return __LINE__;
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        if (groups[i] == 0)
            return __LINE__;
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
        return __LINE__;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : __LINE__;
}

static void what_is_dropped_does_not_come_back(void **state)
{
    struct fixture *fixture = *state;
    need_root();
    pid_t child = fork();
    if (child == 0)
        _exit(look_at_ourselves(&fixture->nobody) & 0xff);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void who_is_not_root_stays_who_he_is(void **state)
{
    struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct identity nobody = {.name = NULL};
        if (geteuid() == 0 && privileges_drop(&fixture->nobody, NULL) < 0)
            _exit(1);
        int rc = privileges_find("no-such-user", &nobody, NULL);
        _exit(rc < 0 || nobody.name ? 2 : privileges_drop(&nobody, NULL) < 0 ? 3 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_a_user_and_says_when_there_is_none),
        TEST(root_may_be_named),
        TEST(the_folder_is_made_for_the_user_alone),
        TEST(says_how_to_give_the_user_what_is_roots),
        TEST(what_is_dropped_does_not_come_back),
        TEST(who_is_not_root_stays_who_he_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
