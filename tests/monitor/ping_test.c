// SPDX-License-Identifier: GPL-3.0-or-later
/* ping - loopback, and in network namespaces of the test's own, where we may make them,
 * each way to ask for an echo. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "watch.h"

extern const struct monitor monitor_ping;

#define GOOD   "ok: echoes lost 0.0 %, below 40.0 %"
#define LOST   "fail: echoes lost 100.0 %, fail from 100.0 %"
#define CANNOT 77

/* Whether the one look says so of the address. */
static bool says(const char *address, const char *wanted)
{
    AUTO(str)
    char *settings =
        text_format("(address \"%s\") (count 3) (wait \"200ms\")", address);
    struct watch watch = watch_start(&monitor_ping, settings, "");
    bool is_said =
        watch_look(&watch, 0) == 0 && strcmp(watch_text(&watch, address), wanted) == 0;
    if (!is_said)
        fprintf(stderr, "%s: %s\n", address, watch_text(&watch, address));
    watch_end(&watch);
    return is_said;
}

/* Runs it where there is no network but a loopback. */
static void in_a_namespace(int (*run)(void))
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
        int fd = unshare(CLONE_NEWNET) == 0 ? socket(AF_INET, SOCK_DGRAM, 0) : -1;
        _exit(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0 ? run() : CANNOT);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT) {
        print_message("skipped: there are no network namespaces here\n");
        skip();
    }
    assert_int_equal(status, 0);
}

static int set_groups(const char *range)
{
    AUTO(fd) int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : files_write_all(fd, range, strlen(range));
}

static int by_raw_sockets(void)
{
    if (set_groups("1 0") < 0)
        return CANNOT;
    return says("127.0.0.1", GOOD) && says("::1", GOOD) ? 0 : 1;
}

static int by_sockets_for_everybody(void)
{
    if (set_groups("0 2147483647") < 0 || setuid(65534) < 0)
        return CANNOT;
    return says("127.0.0.1", GOOD) && says("::1", GOOD) ? 0 : 1;
}

/* The program has a capability that its caller has not. */
static int by_the_program(void)
{
    if (access("/usr/bin/ping", X_OK) < 0 && access("/bin/ping", X_OK) < 0)
        return CANNOT;
    if (set_groups("1 0") < 0 || setuid(65534) < 0)
        return CANNOT;
    return says("127.0.0.1", GOOD) ? 0 : 1;
}

/* What is sent there over the loopback, nobody takes. */
static int add_silent_route(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct sockaddr_in mask = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_NONE};
    struct rtentry route = {.rt_flags = RTF_UP | RTF_HOST, .rt_dev = (char *)"lo"};
    AUTO(fd) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, address, &to.sin_addr);
    memcpy(&route.rt_dst, &to, sizeof to);
    memcpy(&route.rt_genmask, &mask, sizeof mask);
    return ioctl(fd, SIOCADDRT, &route);
}

static int of_a_silent_address(void)
{
    if (add_silent_route("198.18.77.9") < 0)
        return CANNOT;
    return says("198.18.77.9", LOST) ? 0 : 1;
}

static int of_an_address_without_a_way(void)
{
    return says("198.18.77.9", "fail: it is not reached: Network is unreachable") ? 0
                                                                                  : 1;
}

static void root_uses_raw_sockets(void **state UNUSED)
{
    in_a_namespace(by_raw_sockets);
}

static void everybody_uses_those_that_the_kernel_gives(void **state UNUSED)
{
    in_a_namespace(by_sockets_for_everybody);
}

static void who_may_open_neither_runs_ping(void **state UNUSED)
{
    in_a_namespace(by_the_program);
}

static void silence_is_a_loss(void **state UNUSED)
{
    in_a_namespace(of_a_silent_address);
}

static void no_way_there_is_a_fail(void **state UNUSED)
{
    in_a_namespace(of_an_address_without_a_way);
}

static void loopback_answers_at_once(void **state UNUSED)
{
    struct watch watch =
        watch_start(&monitor_ping, "(address \"localhost\") (count 2)", "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_string_equal(watch_text(&watch, "localhost"), GOOD);
    assert_true(watch_reading(&watch, "localhost", "loss") == 0);
    assert_true(watch_reading(&watch, "localhost", "time") < 1);
    watch_end(&watch);
}

static void a_name_that_is_none_is_not_reached(void **state UNUSED)
{
    struct watch watch = watch_start(&monitor_ping, "(address \"no such name\")", "");
    assert_int_equal(watch_look(&watch, 0), 0);
    assert_non_null(
        strstr(watch_text(&watch, "no such name"), "fail: it is not reached: "));
    watch_end(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_uses_raw_sockets),
        cmocka_unit_test(everybody_uses_those_that_the_kernel_gives),
        cmocka_unit_test(who_may_open_neither_runs_ping),
        cmocka_unit_test(silence_is_a_loss),
        cmocka_unit_test(no_way_there_is_a_fail),
        cmocka_unit_test(loopback_answers_at_once),
        cmocka_unit_test(a_name_that_is_none_is_not_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
