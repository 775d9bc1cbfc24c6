// SPDX-License-Identifier: GPL-3.0-or-later
/* port, and the wire beneath it - against servers of the test's own. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include <cmocka.h>

#include "../folder.h"
#include "../queue/canned.h"
#include "monitor/wire.h"
#include "watch.h"

extern const struct monitor monitor_port;

/* One look at 127.0.0.1:PORT, whose part it returns, to be freed. */
static char *look_at(struct watch *watch, int port, const char *settings)
{
    AUTO(str)
    char *all =
        text_format("(address \"127.0.0.1:%d\") (timeout \"2s\") %s", port, settings);
    *watch = watch_start(&monitor_port, all, "");
    assert_int_equal(watch_look(watch, 0), 0);
    return text_format("127.0.0.1:%d", port);
}

static void takes_a_connection_and_then_no_more(void **state UNUSED)
{
    int port;
    struct watch watch;
    int listener = canned_bind(&port);
    assert_int_equal(listen(listener, 8), 0);
    AUTO(str) char *part = look_at(&watch, port, "(warn \"1m\")");
    assert_non_null(
        strstr(watch_text(&watch, part), "ok: it answers; connected after "));
    assert_true(watch_reading(&watch, part, "latency") < 2);

    close(listener);
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, part),
                        "fail: no connection: connection refused");
    assert_true(isnan(watch_reading(&watch, part, "latency")));
    watch_end(&watch);
}

static void too_slow_is_wrong(void **state UNUSED)
{
    int port;
    struct watch watch;
    AUTO(fd) int listener = canned_bind(&port);
    assert_int_equal(listen(listener, 8), 0);
    AUTO(str) char *part = look_at(&watch, port, "(warn \"0s\")");
    assert_non_null(strstr(watch_text(&watch, part), "warning: connected after "));
    watch_end(&watch);
}

static void the_answer_is_what_was_expected_or_not(void **state UNUSED)
{
    static const char *const answers[] = {"HTTP/1.0 200 OK\r\n\r\n",
                                          "HTTP/1.0 500 No\r\n\r\n"};
    struct watch watch;
    struct canned server = canned_start(answers, 2);
    AUTO(str)
    char *part = look_at(&watch, server.port,
                         "(send \"GET / HTTP/1.0\\r\\n\\r\\n\") (expect \"200 OK\")");
    assert_string_equal(watch_text(&watch, part), "ok: it answers");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, part),
                        "fail: found \"HTTP/1.0 500 No    \", expected \"200 OK\": the "
                        "connection was closed");
    watch_end(&watch);
    free(canned_stop(&server));
}

static void silence_is_ended(void **state UNUSED)
{
    int port;
    struct watch watch;
    AUTO(fd) int listener = canned_bind(&port);
    assert_int_equal(listen(listener, 8), 0);
    AUTO(str) char *part = look_at(&watch, port, "(expect \"220\")");
    assert_string_equal(watch_text(&watch, part),
                        "fail: found \"\", expected \"220\": no answer in time");
    assert_true(clock_monotonic() - watch.monotonic < 30000000);
    watch_end(&watch);
}

static void a_unix_socket_is_a_port_too(void **state UNUSED)
{
    char *folder = folder_make();
    AUTO(str) char *path = text_format("%s/socket", folder);
    AUTO(str) char *settings = text_format("(address \"%s\" \"%s.none\")", path, path);
    AUTO(str) char *none = text_format("%s.none", path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    AUTO(fd) int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    struct watch watch = watch_start(&monitor_port, settings, "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, path), "ok: it answers");
    assert_string_equal(watch_text(&watch, none),
                        "fail: no connection: no such file or directory");
    watch_end(&watch);
    assert_int_equal(folder_remove(folder), 0);
}

static void an_address_that_is_none_is_unknown(void **state UNUSED)
{
    struct watch watch = watch_start(&monitor_port, "(address \"::1:25\")", "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, "::1:25"),
                        "unknown: no connection: \"::1:25\" is no address; expected "
                        "HOST:PORT, [ADDRESS]:PORT or /PATH");
    watch_end(&watch);
}

static void takes_addresses_apart(void **state UNUSED)
{
    static const struct {
        const char *address, *host, *port;
    } good[] = {{"localhost:25", "localhost", "25"},
                {"[::1]:https", "::1", "https"},
                {"192.0.2.1:1", "192.0.2.1", "1"}};
    static const char *const bad[] = {
        "", "localhost", "localhost:", ":25", "::1:25", "[]:1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        AUTO(str) char *host = NULL;
        AUTO(str) char *port = NULL;
        assert_int_equal(wire_split(good[i].address, &host, &port, NULL), 0);
        assert_string_equal(host, good[i].host);
        assert_string_equal(port, good[i].port);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(wire_split(bad[i], NULL, NULL, NULL), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_connection_and_then_no_more),
        cmocka_unit_test(too_slow_is_wrong),
        cmocka_unit_test(the_answer_is_what_was_expected_or_not),
        cmocka_unit_test(silence_is_ended),
        cmocka_unit_test(a_unix_socket_is_a_port_too),
        cmocka_unit_test(an_address_that_is_none_is_unknown),
        cmocka_unit_test(takes_addresses_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
