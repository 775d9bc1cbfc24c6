// SPDX-License-Identifier: GPL-3.0-or-later
#include "door/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"

static bool is_loopback(const char *text)
{
    return listen_is_loopback(text, strlen(text));
}

static void knows_loopback(void **state UNUSED)
{
    static const char *const near[] = {"localhost", "LocalHost", "127.0.0.1",
                                       "127.8.9.10", "::1"};
    static const char *const far[] = {
        "", "0.0.0.0", "::", "128.0.0.1", "localhost.", "127.1", "192.168.1.1"};
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        assert_true(is_loopback(near[i]));
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        assert_false(is_loopback(far[i]));
}

static void says_who_can_reach_it(void **state UNUSED)
{
    static const struct {
        const char *address;
        bool is_loopback;
    } rows[] = {{"localhost", true}, {"127.0.0.1", true}, {"0.0.0.0", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct listening listening;
        assert_int_equal(listen_bind(rows[i].address, 0, &listening, NULL), 0);
        assert_int_equal(listening.is_loopback, rows[i].is_loopback);
        assert_true(listening.port > 0);
        close(listening.fd);
    }
}

static int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((in_port_t)port)};
    AUTO(fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

static void lets_nobody_connect_before_it_starts(void **state UNUSED)
{
    struct listening listening;
    assert_int_equal(listen_bind("127.0.0.1", 0, &listening, NULL), 0);
    assert_int_equal(dial(listening.port), -ECONNREFUSED);
    assert_int_equal(listen_start(&listening, NULL), 0);
    assert_int_equal(dial(listening.port), 0);
    close(listening.fd);
}

static void both_families_reach_the_address_of_all(void **state UNUSED)
{
    struct listening listening;
    if (listen_bind("::", 0, &listening, NULL) < 0)
        skip(); /* a machine without IPv6 */
    assert_int_equal(listen_start(&listening, NULL), 0);
    assert_int_equal(dial(listening.port), 0);
    close(listening.fd);
}

static void says_when_its_port_is_taken(void **state UNUSED)
{
    struct listening first, second;
    struct error err;
    assert_int_equal(listen_bind("127.0.0.1", 0, &first, NULL), 0);
    assert_int_equal(listen_start(&first, NULL), 0);
    assert_int_equal(listen_bind("localhost", first.port, &second, &err), -EADDRINUSE);
    assert_non_null(strstr(err.text, "localhost, port "));
    assert_non_null(strstr(err.text, "Address already in use"));
    close(first.fd);
}

static void says_which_address_cannot_be_had(void **state UNUSED)
{
    struct listening listening;
    struct error err;
    assert_int_equal(listen_bind("192.0.2.1", 0, &listening, &err), -EADDRNOTAVAIL);
    assert_non_null(strstr(err.text, "192.0.2.1, port 0: "));
    assert_int_equal(listen_bind("no name", 0, &listening, &err), -EINVAL);
    assert_non_null(strstr(err.text, "no name: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_loopback),
        cmocka_unit_test(says_who_can_reach_it),
        cmocka_unit_test(lets_nobody_connect_before_it_starts),
        cmocka_unit_test(both_families_reach_the_address_of_all),
        cmocka_unit_test(says_when_its_port_is_taken),
        cmocka_unit_test(says_which_address_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
