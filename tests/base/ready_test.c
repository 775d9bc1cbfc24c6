// SPDX-License-Identifier: GPL-3.0-or-later
/* ready - against a datagram socket of our own. */
#include "base/ready.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* A socket at name, as a service manager has; $NOTIFY_SOCKET names it. */
static int manager_open(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void assert_told(int fd, const char *wanted)
{
    char found[128] = "";
    assert_true(recv(fd, found, sizeof found - 1, 0) > 0);
    assert_string_equal(found, wanted);
}

static void tells_a_socket_that_has_a_path(void **state)
{
    (void)state;
    char folder[] = "/tmp/ready_test.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/notify", folder);
    int fd = manager_open(path);
    assert_int_equal(ready_started(NULL), 0);
    assert_told(fd, "READY=1");
    assert_int_equal(ready_stopping(NULL), 0);
    assert_told(fd, "STOPPING=1");
    close(fd);
    unlink(path);
    rmdir(folder);
}

static void tells_an_abstract_socket(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "@sheepdog/ready_test/%d", (int)getpid());
    int fd = manager_open(name);
    assert_int_equal(ready_started(NULL), 0);
    assert_told(fd, "READY=1");
    close(fd);
}

static void reloading_bears_the_monotonic_time(void **state)
{
    (void)state;
    char name[64], found[128] = "";
    snprintf(name, sizeof name, "@sheepdog/ready_test/%d", (int)getpid());
    int fd = manager_open(name);
    assert_int_equal(ready_reloading(NULL), 0);
    assert_true(recv(fd, found, sizeof found - 1, 0) > 0);
    long long microseconds = 0;
    assert_int_equal(sscanf(found, "RELOADING=1\nMONOTONIC_USEC=%lld", &microseconds),
                     1);
    assert_true(microseconds > 0);
    close(fd);
}

static void is_content_where_nobody_listens(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(ready_started(NULL), 0);
    setenv("NOTIFY_SOCKET", "", 1);
    assert_int_equal(ready_started(NULL), 0);
}

static void says_what_is_wrong_with_the_socket(void **state)
{
    (void)state;
    struct error err;
    setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
    assert_int_equal(ready_started(&err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/socket"));
    setenv("NOTIFY_SOCKET", "relative", 1);
    assert_int_equal(ready_started(&err), -EINVAL);
    char name[200];
    memset(name, 'x', sizeof name - 1);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    setenv("NOTIFY_SOCKET", name, 1);
    assert_int_equal(ready_started(&err), -EINVAL);
}

static void gives_the_watchdog_a_sign_where_it_wants_one(void **state)
{
    (void)state;
    char name[64], pid[16];
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    assert_int_equal(ready_watchdog_limit(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(ready_watchdog_limit(), 30000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(ready_watchdog_limit(), 0);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(ready_watchdog_limit(), 30000);
    setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(ready_watchdog_limit(), 0);

    snprintf(name, sizeof name, "@sheepdog/ready_test/%d", (int)getpid());
    int fd = manager_open(name);
    assert_int_equal(ready_watchdog(NULL), 0);
    assert_told(fd, "WATCHDOG=1");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_socket_that_has_a_path),
        cmocka_unit_test(tells_an_abstract_socket),
        cmocka_unit_test(reloading_bears_the_monotonic_time),
        cmocka_unit_test(is_content_where_nobody_listens),
        cmocka_unit_test(says_what_is_wrong_with_the_socket),
        cmocka_unit_test(gives_the_watchdog_a_sign_where_it_wants_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
