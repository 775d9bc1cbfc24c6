// SPDX-License-Identifier: GPL-3.0-or-later
/* systemd - its form is read and followed as `systemd-analyze calendar` does it: random
 * texts, in many zones, over the days when clocks are set. */
#include <errno.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/zone.h"
#include "calendar/calendar.h"

#define TEXTS      40 /* that one call is given */
#define ITERATIONS "6"
#define OUTPUT_MAX (1 << 20)

static int number(int below)
{
    return rand() % below;
}

/* A list of one to three values, ranges and steps, all within. No step goes on without
 * an end, as in "0/25": systemd may lose the first time behind midnight then. */
static void add_list(struct strbuf *text, int min, int max)
{
    if (number(4) == 0) {
        strbuf_putc(text, '*');
        return;
    }
    for (int i = number(3); i >= 0; i--) {
        int low = min + number(max - min), high = low + 1 + number(max - low);
        strbuf_printf(text, number(2) ? "%d" : "%02d", low);
        bool is_range = number(3) == 0;
        if (is_range)
            strbuf_printf(text, "..%d", high);
        if (is_range && number(2) == 0)
            strbuf_printf(text, "/%d", 1 + number(high - low));
        if (i > 0)
            strbuf_putc(text, ',');
    }
}

static void add_weekdays(struct strbuf *text)
{
    static const char *const names[] = {"Mon", "tuesday", "Wed", "THU",
                                        "Fri", "Sat",     "Sun"};
    for (int i = number(2); i >= 0; i--) {
        int first = number(7);
        strbuf_puts(text, names[first]);
        if (number(2) == 0)
            strbuf_printf(text, "..%s", names[first + number(7 - first)]);
        strbuf_puts(text, i > 0 ? "," : " ");
    }
}

/* Most of the dates are soon, so that the days around the change are met. */
static void add_date(struct strbuf *text)
{
    if (number(4) == 0)
        strbuf_puts(text, number(2) ? "2026..2028-" : "26/1-");
    else
        strbuf_puts(text, "*-");
    if (number(3) == 0)
        add_list(text, 1, 12);
    else
        strbuf_putc(text, '*');
    if (number(4) == 0) {
        int days = 7 + number(20);
        strbuf_printf(text, number(2) ? "~1..%d " : "~%d/1 ", days);
        return;
    }
    strbuf_putc(text, '-');
    add_list(text, 1, 31);
    strbuf_putc(text, ' ');
}

static void add_time(struct strbuf *text)
{
    if (number(3) == 0) /* when clocks are set */
        strbuf_printf(text, "0..%d", 1 + number(4));
    else
        add_list(text, 0, 23);
    strbuf_putc(text, ':');
    add_list(text, 0, 59);
    if (number(4) == 0) {
        strbuf_putc(text, ':');
        add_list(text, 0, 59);
    }
}

static char *make_text(void)
{
    static const char *const words[] = {"minutely", "hourly",    "daily",
                                        "monthly",  "weekly",    "yearly",
                                        "annually", "quarterly", "semiannually"};
    static const char *const zones[] = {" UTC", " Asia/Kolkata", " Europe/Berlin"};
    AUTO(strbuf) struct strbuf text = {0};
    if (number(15) == 0) {
        strbuf_puts(&text, words[number(9)]);
    } else {
        if (number(3) == 0)
            add_weekdays(&text);
        if (number(3) == 0)
            add_date(&text);
        add_time(&text);
    }
    if (number(10) == 0)
        strbuf_puts(&text, zones[number(3)]);
    return strbuf_take(&text);
}

static int run(char *const *argv, struct strbuf *output)
{
    int ends[2], status;
    pid_t pid;
    posix_spawn_file_actions_t actions;
    assert_int_equal(pipe(ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    int rc = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (rc != 0)
        fail_msg("%s: %s; Debian's package systemd has it", argv[0], strerror(rc));
    rc = files_read_fd(ends[0], OUTPUT_MAX, output, NULL);
    close(ends[0]);
    assert_int_equal(rc, 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* Of what systemd-analyze says of many texts, the times of one: "(in UTC): Thu
 * 2026-10-29 00:00:00 UTC" for each. How many they are; -1: it gave up, and said so. */
static int find_times(const char *output, const char *text, int64_t *ret)
{
    AUTO(str) char *head = text_format("form: %s\n", text);
    AUTO(str) char *failure = text_format("next elapse for '%s'", text);
    if (strstr(output, failure))
        return -1;
    const char *at = strstr(output, head);
    assert_non_null(at);
    const char *end = strstr(at, "\n\n");
    int count = 0;
    while ((at = strstr(at, "(in UTC): ")) && (!end || at < end)) {
        char time[CLOCK_TEXT_SIZE];
        at += strlen("(in UTC): Thu ");
        snprintf(time, sizeof time, "%.19sZ", at);
        assert_int_equal(clock_parse_utc(time, &ret[count++], NULL), 0);
    }
    return count;
}

/* Of a time that is shown twice, systemd takes the one that the C library thinks of,
 * which hangs on what that was asked before; we take the first. */
static bool is_same(const struct zone *zone, int64_t ours, int64_t theirs)
{
    return ours == theirs ||
           (ours < theirs && zone_wall(zone, ours) == zone_wall(zone, theirs));
}

static void compare(const char *text, const struct zone *zone, int64_t after,
                    const int64_t *wanted, int count)
{
    AUTO(calendar) struct calendar *calendar = NULL;
    struct error err = {0};
    if (calendar_parse(text, &calendar, &err) < 0)
        fail_msg("%s", err.text);
    for (int i = 0; i < count; after = wanted[i++]) {
        int64_t next = INT64_C(253402300799999); /* never: 9999 */
        char ours[CLOCK_TEXT_SIZE], theirs[CLOCK_TEXT_SIZE];
        int rc = calendar_next(calendar, zone, after, &next);
        clock_format_utc(next, ours);
        clock_format_utc(wanted[i], theirs);
        if (rc < 0 || !is_same(zone, next, wanted[i]))
            fail_msg("\"%s\": time %d: found %s, wanted %s, TZ=%s", text, i + 1, ours,
                     theirs, getenv("TZ"));
    }
    if (count == 0)
        assert_int_equal(calendar_next(calendar, zone, after, &after), -ENOENT);
}

/* TEXTS texts at once, from that time on. Of how many systemd gave times. */
static int compare_many(const struct zone *zone, int64_t after)
{
    char utc[CLOCK_TEXT_SIZE];
    clock_format_utc(after, utc);
    utc[10] = ' ';
    AUTO(str) char *base = text_format("--base-time=%.19s UTC", utc);
    char *argv[4 + TEXTS + 1] = {"systemd-analyze", "calendar",
                                 "--iterations=" ITERATIONS, base};
    for (int i = 0; i < TEXTS; i++)
        argv[4 + i] = make_text();

    AUTO(strbuf) struct strbuf output = {0};
    int compared = 0;
    run(argv, &output);
    for (int i = 0; i < TEXTS; i++) {
        int64_t wanted[16];
        int count = find_times(strbuf_text(&output), argv[4 + i], wanted);
        compare(argv[4 + i], zone, after, wanted, count);
        compared += count >= 0;
        free(argv[4 + i]);
    }
    return compared;
}

static void gives_the_times_that_systemd_gives(void **state UNUSED)
{
    static const char *const names[] = {
        "Europe/Berlin",       "America/New_York", "Europe/London",
        "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata",
    };
    int compared = 0;
    srand(6);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(zone) struct zone *zone = NULL;
        assert_int_equal(zone_load(names[i], &zone, NULL), 0);
        setenv("TZ", names[i], 1);
        int64_t change = INT64_C(1767225600000); /* 2026 */
        for (int round = 0; round < 2; round++) {
            int64_t next = zone_change(zone, change);
            change = next < INT64_MAX ? next : change + 100 * CIVIL_DAY;
            compared += compare_many(zone, change - number(30 * 60) * CIVIL_MINUTE);
        }
    }
    unsetenv("TZ");
    assert_true(compared >= 12 * TEXTS * 9 / 10);
}

/* What systemd reads, and what nearly looks so. */
static const char *const texts[] = {
    "Sat,Thu,Mon..Wed,Sat..Sun",
    "Mon,Sun 12-*-* 2,1:23",
    "Wed *-1",
    "Wed..Wed,Wed *-1",
    "Wed, 17:48",
    "*-*-7 0:0:0",
    "12,14,13,12:20,10,30",
    "mon,fri *-1/2-1,3 *:30",
    "bi-annually",
    "2003-02..04-05",
    "*:2/3",
    "daily UTC",
    "*:5..10/20",
    "50..64/20:0",
    "*:50..64/20",
    "*:50..62/5",
    "*:55/10",
    "*:9..5",
    "*:5..5",
    "*-*~31",
    "*-*~28",
    "*-*~07/1",
    "*-*~05/7",
    "*-*~3..1",
    "*-2~1",
    "*~1",
    "1~2-3",
    "69-1-1",
    "70-1-1",
    "1969-1-1",
    "2199-1-1",
    "2200-1-1",
    "100-1-1",
    "*-0-1",
    "*-1-0",
    "24:0",
    "0:60",
    "0:0:59.999",
    "0:0:60",
    "*/2:0",
    "*:*/2",
    "*",
    "*-*",
    "*-*-*",
    "*:*",
    "*:*:*",
    "Mon",
    "Mon..",
    "Mon,",
    "Mon,,Tue",
    "Sun..Mon",
    "Mon-Fri",
    "Mon.Fri",
    "Mon..Tue..Wed",
    "Monda",
    "3:0 Nowhere/Else",
    "3",
    "3:0 4:0",
    "1-2-3-4",
    "1:2:3:4",
    "-1:0",
    "1,:0",
    "1..:0",
    "1/:0",
    "0/24:0",
    "0/23:0",
    "1/23:0",
    "hourly daily",
    "*:*:0..2/0.5",
};

/* Whether systemd reads it, too. */
static void reads_what_systemd_reads_and_nothing_else(void **state UNUSED)
{
    size_t count = sizeof texts / sizeof *texts;
    setenv("TZ", "Europe/Berlin", 1);
    for (size_t i = 0; i < count; i++) {
        char *argv[] = {"systemd-analyze", "calendar", (char *)texts[i], NULL};
        AUTO(strbuf) struct strbuf output = {0};
        AUTO(calendar) struct calendar *calendar = NULL;
        bool is_theirs = run(argv, &output) == 0;
        bool is_ours = calendar_parse(texts[i], &calendar, NULL) == 0;
        if (is_ours != is_theirs)
            fail_msg("\"%s\": %s", texts[i], is_ours ? "only we read it" : "they do");
    }
    unsetenv("TZ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_times_that_systemd_gives),
        cmocka_unit_test(reads_what_systemd_reads_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
