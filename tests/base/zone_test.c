// SPDX-License-Identifier: GPL-3.0-or-later
/* zone - the clocks of many places, compared with those of the C library, each in a
 * child process whose TZ it is. */
#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/clock.h"
#include "base/memory.h"

static struct zone *loaded(const char *name)
{
    struct zone *zone = NULL;
    struct error err = {0};
    if (zone_load(name, &zone, &err) < 0)
        fail_msg("%s: %s", name, err.text);
    return zone;
}

static int64_t at(const char *text)
{
    int64_t time = 0;
    struct error err = {0};
    if (clock_parse_utc(text, &time, &err) < 0)
        fail_msg("%s", err.text);
    return time;
}

static bool agrees(const struct zone *zone, time_t seconds)
{
    struct tm civil;
    localtime_r(&seconds, &civil);
    struct civil ours = zone_local(zone, (int64_t)seconds * 1000);
    return zone_offset(zone, (int64_t)seconds * 1000) == civil.tm_gmtoff * 1000 &&
           ours.year == civil.tm_year + 1900 && ours.month == civil.tm_mon + 1 &&
           ours.day == civil.tm_mday && ours.hour == civil.tm_hour &&
           ours.minute == civil.tm_min && ours.second == civil.tm_sec &&
           ours.weekday == (civil.tm_wday + 6) % 7;
}

/* Every 11 hours from 1970 to 2100, and around each change that we know of. */
static int compare(const char *name, bool is_own)
{
    setenv("TZ", name, 1);
    tzset();
    AUTO(zone) struct zone *zone = NULL;
    if (zone_load(is_own ? "" : name, &zone, NULL) < 0)
        return 2;
    time_t begin = 0, end = (time_t)(at("2100-01-01T00:00:00Z") / 1000);
    for (time_t seconds = begin; seconds < end; seconds += 39623)
        if (!agrees(zone, seconds))
            return 1;
    for (int64_t time = -1; (time = zone_change(zone, time)) / 1000 < end;)
        for (int near = -1; near <= 1; near++)
            if (!agrees(zone, (time_t)(time / 1000 + near)))
                return 1;
    return 0;
}

static void assert_like_the_library(const char *name, bool is_own)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(compare(name, is_own));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0)
        fail_msg("%s: %#x", name, (unsigned)status);
}

static void shows_what_the_c_library_shows(void **state UNUSED)
{
    static const char *const names[] = {
        "UTC",
        "Etc/UTC",
        "Etc/GMT-14",
        "Europe/Berlin",
        "Europe/London",
        "Europe/Dublin", /* whose winter is what is saved */
        "Europe/Lisbon",
        "Europe/Moscow",
        "America/New_York",
        "America/Chicago",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Santiago", /* leaps at midnight */
        "America/Havana",
        "America/Nuuk",
        "America/Argentina/Buenos_Aires",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Tehran",
        "Asia/Gaza",
        "Asia/Jerusalem",
        "Asia/Tokyo",
        "Africa/Casablanca", /* by Ramadan, and so by a table to 2087 */
        "Africa/Cairo",
        "Australia/Sydney",
        "Australia/Lord_Howe", /* half an hour */
        "Pacific/Auckland",
        "Pacific/Chatham",
        "Pacific/Apia", /* had no 30 December 2011 */
        "Pacific/Kiritimati",
        "Antarctica/Troll", /* two hours */
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_like_the_library(names[i], false);
}

static void the_processes_own_may_be_a_rule(void **state UNUSED)
{
    static const char *const rules[] = {
        "",
        ":Europe/Berlin",
        "/usr/share/zoneinfo/Asia/Kolkata",
        "UTC0",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "EST5EDT",
        "<+0330>-3:30<+0430>,J79/24,J263/24",
        "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "IST-2IDT,M3.4.4/26,M10.5.0",
        "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
        "ABC-1:23:45DEF-3,45,300/4:5:6",
        "Nowhere/In_Particular", /* is UTC to the library */
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_like_the_library(rules[i], true);
}

static void names_that_of_this_machine(void **state UNUSED)
{
    static const struct {
        const char *value, *name;
    } cases[] = {
        {"America/Chicago", "America/Chicago"},
        {":Europe/Berlin", "Europe/Berlin"},
        {"/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
        {"", "UTC"},
        {"UTC", "UTC"},
    };
    char name[64], plain[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("TZ", cases[i].value, 1);
        assert_string_equal(zone_own_name(name, sizeof name), cases[i].name);
    }
    setenv("TZ", "Europe/Berlin", 1);
    assert_string_equal(zone_own_name(name, 7), "Europe");
    unsetenv("TZ");
    assert_true(zone_is_name(zone_own_name(plain, sizeof plain)));
    /* a rule has no name that others could load */
    static const char *const nameless[] = {"CET-1CEST,M3.5.0,M10.5.0/3", "JST-9",
                                           "Nowhere/In_Particular", "/etc/passwd",
                                           "../zoneinfo/UTC"};
    for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++) {
        setenv("TZ", nameless[i], 1);
        assert_string_equal(zone_own_name(name, sizeof name), plain);
    }
    unsetenv("TZ");
}

/* Where the library reckons with 24 hours. */
static void a_rule_is_less_than_25_hours_from_utc(void **state UNUSED)
{
    setenv("TZ", "FAR-25", 1);
    AUTO(zone) struct zone *zone = loaded("");
    assert_int_equal(zone_offset(zone, 0), 0);
    setenv("TZ", "FAR-24:30", 1);
    AUTO(zone) struct zone *other = loaded("");
    assert_int_equal(zone_offset(other, 0), 24 * CIVIL_HOUR + 30 * CIVIL_MINUTE);
    unsetenv("TZ");
}

static void note_name(void *context, const char *name)
{
    int *found = context;
    *found += strcmp(name, "Europe/Berlin") == 0 || strcmp(name, "UTC") == 0;
    assert_true(zone_is_name(name));
}

static void names_all_that_there_are(void **state UNUSED)
{
    int found = 0;
    zone_each_name(note_name, &found);
    assert_int_equal(found, 2);
}

static void a_wall_time_in_the_gap_is_never(void **state UNUSED)
{
    AUTO(zone) struct zone *zone = loaded("Europe/Berlin");
    int64_t instants[2];
    for (int minute = 0; minute < 60; minute++) {
        struct civil civil = {
            .year = 2026, .month = 3, .day = 29, .hour = 2, .minute = minute};
        assert_int_equal(zone_instants(zone, civil_wall(&civil), instants), 0);
        assert_int_equal(instants[0], at("2026-03-29T01:00:00Z"));
    }
}

static void a_wall_time_in_the_fold_is_twice(void **state UNUSED)
{
    AUTO(zone) struct zone *zone = loaded("Australia/Lord_Howe");
    struct civil civil = {.year = 2026, .month = 4, .day = 5, .hour = 1, .minute = 45};
    int64_t instants[2];
    assert_int_equal(zone_instants(zone, civil_wall(&civil), instants), 2);
    assert_int_equal(instants[0], at("2026-04-04T14:45:00Z"));
    assert_int_equal(instants[1], at("2026-04-04T15:15:00Z"));
    civil.minute = 29;
    assert_int_equal(zone_instants(zone, civil_wall(&civil), instants), 1);
    civil.hour = 2;
    civil.minute = 0;
    assert_int_equal(zone_instants(zone, civil_wall(&civil), instants), 1);
    assert_int_equal(instants[0], at("2026-04-04T15:30:00Z"));
}

/* Both ways over each stretch of the day around every change of 140 years. */
static void every_time_is_among_the_instants_of_its_wall_time(void **state UNUSED)
{
    static const char *const names[] = {"Europe/Berlin", "America/Havana",
                                        "Australia/Lord_Howe", "Pacific/Apia"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(zone) struct zone *zone = loaded(names[i]);
        int64_t end = at("2060-01-01T00:00:00Z");
        for (int64_t change = at("1920-01-01T00:00:00Z");
             (change = zone_change(zone, change)) < end;)
            for (int minutes = -720; minutes <= 720; minutes += 15) {
                int64_t time = change + minutes * CIVIL_MINUTE, instants[2];
                int count = zone_instants(zone, zone_wall(zone, time), instants);
                assert_in_range(count, 1, 2);
                assert_true(instants[0] == time || (count == 2 && instants[1] == time));
                assert_true(count == 1 || instants[0] < instants[1]);
            }
    }
}

static void a_zone_that_never_changes_says_so(void **state UNUSED)
{
    AUTO(zone) struct zone *zone = loaded("UTC");
    assert_int_equal(zone_change(zone, 0), INT64_MAX);
    assert_int_equal(zone_offset(zone, INT64_MAX), 0);
    assert_int_equal(zone_offset(zone, INT64_MIN), 0);
}

static void refuses_what_is_no_name(void **state UNUSED)
{
    static const char *const wrong[] = {
        "/etc/localtime",
        "../../etc/passwd",
        "Europe/../Europe/Berlin",
        "Europe/",
        "Europe//Berlin",
        "Europe/Berlin\n",
        ".",
        "a b",
        "CET-1CEST,M3.5.0,M10.5.0/3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct zone *zone = NULL;
        struct error err = {0};
        assert_int_equal(zone_load(wrong[i], &zone, &err), -EINVAL);
        assert_null(zone);
        assert_non_null(strstr(err.text, "names no time zone"));
    }
}

static void asks_what_was_meant(void **state UNUSED)
{
    static const struct {
        const char *name, *said;
    } cases[] = {
        {"Europe/Berln",
         "no time zone is called Europe/Berln; did you mean Europe/Berlin?"},
        {"europe/berlin",
         "no time zone is called europe/berlin; did you mean Europe/Berlin?"},
        {"America/Argentina/Ushuia",
         "no time zone is called America/Argentina/Ushuia; did you mean "
         "America/Argentina/Ushuaia?"},
        {"Middle/Earth", "no time zone is called Middle/Earth"},
        {"Europe", "no time zone is called Europe"},
        {"Europe/Berlin/Mitte", "no time zone is called Europe/Berlin/Mitte"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone *zone = NULL;
        struct error err = {0};
        assert_int_equal(zone_load(cases[i].name, &zone, &err), -ENOENT);
        assert_string_equal(err.text, cases[i].said);
    }
}

static int make(void **state)
{
    *state = folder_make();
    return 0;
}

static int discard(void **state)
{
    return folder_remove(*state);
}

/* Each prefix of a good file, and each byte of it turned over, is read without harm. */
static void a_damaged_file_is_refused_or_read(void **state)
{
    const char *folder = *state;
    char bytes[65536];
    FILE *file = fopen("/usr/share/zoneinfo/Australia/Lord_Howe", "re");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    AUTO(str) char *path = text_format("%s/Damaged", folder);
    setenv("TZDIR", folder, 1);
    int refused = 0;
    for (size_t i = 0; i < 2 * size; i++) {
        bytes[i % size] ^= i < size ? 0 : 0xFF;
        file = fopen(path, "we");
        fwrite(bytes, 1, i < size ? i : size, file);
        fclose(file);
        bytes[i % size] ^= i < size ? 0 : 0xFF;
        AUTO(zone) struct zone *zone = NULL;
        int rc = zone_load("Damaged", &zone, NULL);
        assert_true(rc == 0 || rc == -EINVAL);
        refused += rc < 0;
    }
    unsetenv("TZDIR");
    assert_true(refused >= (int)size); /* all the prefixes, and some more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_the_c_library_shows),
        cmocka_unit_test(the_processes_own_may_be_a_rule),
        cmocka_unit_test(names_that_of_this_machine),
        cmocka_unit_test(a_wall_time_in_the_gap_is_never),
        cmocka_unit_test(a_wall_time_in_the_fold_is_twice),
        cmocka_unit_test(every_time_is_among_the_instants_of_its_wall_time),
        cmocka_unit_test(a_zone_that_never_changes_says_so),
        cmocka_unit_test(a_rule_is_less_than_25_hours_from_utc),
        cmocka_unit_test(names_all_that_there_are),
        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(asks_what_was_meant),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused_or_read, make,
                                        discard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
