// SPDX-License-Identifier: GPL-3.0-or-later
/* roster - what texts of configurations make of the monitors that are built in, and of
 * plugins in a folder of our own. */
#include "daemon/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"

struct yard {
    char *folder;
    struct config *config;
    struct roster *roster;
};

static int setup(void **state)
{
    struct yard *yard = memory_new(sizeof *yard);
    yard->folder = folder_make();
    *state = yard;
    return 0;
}

static void clear(struct yard *yard)
{
    roster_free(yard->roster);
    config_free(yard->config);
    yard->roster = NULL;
    yard->config = NULL;
}

static int teardown(void **state)
{
    struct yard *yard = *state;
    clear(yard);
    int rc = folder_remove(yard->folder);
    free(yard);
    return rc;
}

static void put_plugin(const struct yard *yard, const char *name, const char *text)
{
    AUTO(str) char *path = text_format("%s/%s", yard->folder, name);
    assert_int_equal(files_put(yard->folder, name, text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, 0700), 0);
}

/* Of the configuration that was read. */
static void fill_roster(struct yard *yard)
{
    AUTO(stock) struct stock stock = {0};
    stock_fill(yard->config, false, &stock);
    yard->roster = roster_read(yard->config, &stock);
}

static void read_roster(struct yard *yard, const char *forms)
{
    AUTO(str) char *text = text_format("(plugins \"%s\")\n%s", yard->folder, forms);
    clear(yard);
    assert_int_equal(config_parse("d.conf", text, strlen(text), &yard->config, NULL),
                     0);
    fill_roster(yard);
}

static const struct instance *find(const struct yard *yard, const char *tag)
{
    for (size_t i = 0; i < yard->roster->count; i++)
        if (strcmp(yard->roster->items[i].tag, tag) == 0)
            return &yard->roster->items[i];
    return NULL;
}

static void assert_fault(struct yard *yard, const char *forms, const char *wanted)
{
    read_roster(yard, forms);
    assert_int_equal(yard->roster->faults.count, 1);
    assert_string_equal(yard->roster->faults.items[0], wanted);
}

static void runs_the_defaults_where_nothing_is_said(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "");
    assert_int_equal(yard->roster->faults.count, 0);
    size_t count = 0;
    for (size_t i = 0; monitors[i]; i++)
        count += monitors[i]->is_default;
    assert_int_equal(yard->roster->count, count);
    assert_non_null(find(yard, "load"));
    assert_int_equal(find(yard, "load")->line, 0);
}

static void a_form_takes_the_place_of_the_default(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "(monitor load (every \"7s\") (times 4) (timeout \"2s\"))");
    const struct instance *load = find(yard, "load");
    assert_non_null(load);
    assert_int_equal(load->every, 7000);
    assert_int_equal(load->timeout, 2000);
    assert_int_equal(load->times, 4);
    assert_int_equal(load->line, 2);
}

static void a_monitor_may_run_twice_with_two_tags(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "(monitor load) (monitor load (tag \"load again\"))");
    assert_int_equal(yard->roster->faults.count, 0);
    assert_non_null(find(yard, "load"));
    assert_non_null(find(yard, "load again"));
}

static void off_takes_it_away(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "(monitor load off)");
    assert_null(find(yard, "load"));
    assert_non_null(find(yard, "memory"));
    assert_fault(yard, "(monitor load off)\n(monitor load)",
                 "d.conf:3:1: the monitor load is off in another form");
}

static void refuses_one_tag_for_two(void **state)
{
    struct yard *yard = *state;
    assert_fault(yard, "(monitor load)\n (monitor load)",
                 "d.conf:3:2: the tag \"load\" is that of the monitor load in line 2; "
                 "give one of them another: (tag \"…\")");
    assert_fault(yard, "(monitor memory (tag \"load\"))",
                 "d.conf:2:1: the tag \"load\" is that of the monitor load");
    assert_fault(yard, "(monitor memory (tag \"load:/\"))",
                 "d.conf:2:1: the tag \"load:/\" is that of the monitor load");
    assert_fault(yard, "(monitor memory (tag \"daemon\"))",
                 "d.conf:2:1: the tag \"daemon\" is that of the daemon itself");
    assert_fault(yard, "(monitor memory (tag \"facts\"))",
                 "d.conf:2:1: the tag \"facts\" is that of the daemon itself");
}

static void assert_absent(const struct yard *yard, size_t at, const char *tag,
                          const char *why)
{
    assert_true(yard->roster->absent_count > at);
    assert_string_equal(yard->roster->absents[at].tag, tag);
    assert_non_null(strstr(yard->roster->absents[at].why, why));
}

static void a_name_that_nothing_has_is_absent(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "(monitor lode)\n(monitor swich (tag \"s\") (every 1))");
    assert_int_equal(yard->roster->faults.count, 0);
    assert_int_equal(yard->roster->absent_count, 2);
    assert_absent(yard, 0, "lode",
                  "d.conf:2:1: no monitor and no plugin is called lode; did you mean "
                  "load?");
    assert_absent(yard, 1, "s", "d.conf:3:1: no monitor and no plugin is called swich");
    assert_non_null(find(yard, "load"));

    read_roster(yard, "(monitor lode off)");
    assert_int_equal(yard->roster->absent_count, 0);
    assert_int_equal(yard->roster->troubles.count, 1);
}

static void knows_no_plugin_before_they_are_asked(void **state)
{
    struct yard *yard = *state;
    struct stock open = {.is_open = true};
    put_plugin(yard, "wool", "#!/bin/sh\necho ok\n");
    read_roster(yard, "(monitor lode) (monitor load (every 3s))");
    roster_free(yard->roster);
    yard->roster = roster_read(yard->config, &open);
    assert_int_equal(yard->roster->absent_count, 0);
    assert_int_equal(yard->roster->faults.count, 0);
    assert_null(find(yard, "wool"));
    assert_int_equal(find(yard, "load")->every, 3000);
}

static void refuses_to_look_without_a_pause(void **state)
{
    struct yard *yard = *state;
    assert_fault(yard, "(monitor load (every \"1ms\"))",
                 "d.conf:2:1: load: every and timeout: expected at least 100 ms");
}

static void tells_all_faults(void **state)
{
    struct yard *yard = *state;
    read_roster(yard, "(monitor swap (evry 1)) (monitor load (wran 4))");
    assert_int_equal(yard->roster->faults.count, 2);
    assert_non_null(strstr(yard->roster->faults.items[1], "d.conf:2:"));
}

static void runs_the_plugins_of_the_folder(void **state)
{
    struct yard *yard = *state;
    put_plugin(yard, "wool.sh", "#!/bin/sh\necho ok\n");
    put_plugin(yard, "hay",
               "#!/bin/sh\necho '{\"name\":\"hay\",\"help\":\"how much is left\","
               "\"every\":\"9s\",\"settings\":[{\"name\":\"barn\",\"type\":\"text\","
               "\"default\":\"north\"}]}'\n");
    read_roster(yard, "(monitor hay (tag \"south\") (barn \"south\"))");
    assert_int_equal(yard->roster->troubles.count, 0);
    assert_int_equal(yard->roster->faults.count, 0);
    assert_string_equal(instance_name(find(yard, "wool")), "wool");
    assert_null(find(yard, "hay"));
    assert_int_equal(find(yard, "south")->every, 9000);
    assert_string_equal(settings_text(find(yard, "south")->settings, "barn"), "south");
}

static void a_plugin_that_cannot_be_used_keeps_no_other_from_it(void **state)
{
    struct yard *yard = *state;
    put_plugin(yard, "broken.sh", "#!/bin/sh\necho '{\"name\":'\n");
    put_plugin(yard, "wool", "#!/bin/sh\necho ok\n");
    put_plugin(yard, "READ.me", "#!/bin/sh\necho ok\n");
    read_roster(yard, "");
    assert_int_equal(yard->roster->faults.count, 0);
    assert_int_equal(yard->roster->absent_count, 1);
    assert_absent(yard, 0, "broken", "broken.sh: describe: ");
    assert_int_equal(yard->roster->troubles.count, 1);
    assert_non_null(strstr(yard->roster->troubles.items[0], "READ.me"));
    assert_non_null(find(yard, "wool"));

    read_roster(yard, "(monitor broken (tag \"b\") (any thing))");
    assert_absent(yard, 0, "b", "d.conf:2:1: ");
    assert_absent(yard, 0, "b", "broken.sh: describe: ");
    assert_int_equal(yard->roster->absent_count, 1);
    read_roster(yard, "(monitor broken off)");
    assert_int_equal(yard->roster->absent_count, 0);
    assert_int_equal(yard->roster->troubles.count, 1);
}

static void a_form_that_is_wrong_of_a_plugin_is_absent(void **state)
{
    struct yard *yard = *state;
    put_plugin(yard, "wool", "#!/bin/sh\necho ok\n");
    read_roster(yard, "(monitor wool (colour \"black\"))");
    assert_int_equal(yard->roster->faults.count, 0);
    assert_absent(yard, 0, "wool", "d.conf:2:");
    assert_absent(yard, 0, "wool", "colour");
    assert_null(find(yard, "wool"));
}

static void a_plugin_never_takes_a_tag_of_what_is_built_in(void **state)
{
    struct yard *yard = *state;
    put_plugin(yard, "wool", "#!/bin/sh\necho ok\n");
    read_roster(yard, "(monitor wool (tag \"l\")) (monitor load (tag \"l\"))");
    assert_int_equal(yard->roster->faults.count, 0);
    assert_int_equal(yard->roster->absent_count, 0);
    assert_int_equal(yard->roster->troubles.count, 1);
    assert_string_equal(instance_name(find(yard, "l")), "load");
}

static void knows_what_is_the_same(void **state)
{
    struct yard *yard = *state;
    struct yard other = {.folder = yard->folder};
    read_roster(yard, "(monitor load (warn 3))");
    read_roster(&other, "\n\n(monitor load (warn 3)) (monitor memory (warn \"1%\"))");
    assert_true(instance_is_same(find(yard, "load"), find(&other, "load")));
    assert_false(instance_is_same(find(yard, "memory"), find(&other, "memory")));
    clear(&other);
}

static void a_secret_in_a_file_that_others_read_is_not_used(void **state)
{
    struct yard *yard = *state;
    AUTO(str)
    char *form =
        text_format("(plugins \"%s\") (monitor hay (key \"hush\"))", yard->folder);
    put_plugin(yard, "hay",
               "#!/bin/sh\necho '{\"name\":\"hay\",\"help\":\"how much is left\","
               "\"settings\":[{\"name\":\"key\",\"type\":\"secret\"}]}'\n");
    AUTO(str) char *conf = folder_make();
    AUTO(str) char *path = text_format("%s/d.conf", conf);
    assert_int_equal(files_put(conf, "d.conf", form, strlen(form), NULL), 0);
    for (int is_private = 0; is_private <= 1; is_private++) {
        clear(yard);
        assert_int_equal(chmod(path, is_private ? 0600 : 0644), 0);
        assert_int_equal(config_load(path, &yard->config, NULL), 0);
        fill_roster(yard);
        assert_int_equal(yard->roster->faults.count, 0);
        assert_int_equal(yard->roster->absent_count, !is_private);
        assert_int_equal(find(yard, "hay") != NULL, is_private);
        if (is_private)
            continue;
        assert_absent(yard, 0, "hay",
                      "hay is told a secret, and others can read this "
                      "file; chmod 600 it");
        assert_null(strstr(yard->roster->absents[0].why, "hush"));
    }
    assert_int_equal(folder_remove(TAKE(conf)), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_the_defaults_where_nothing_is_said),
        TEST(a_form_takes_the_place_of_the_default),
        TEST(a_monitor_may_run_twice_with_two_tags),
        TEST(off_takes_it_away),
        TEST(refuses_one_tag_for_two),
        TEST(a_name_that_nothing_has_is_absent),
        TEST(knows_no_plugin_before_they_are_asked),
        TEST(refuses_to_look_without_a_pause),
        TEST(tells_all_faults),
        TEST(runs_the_plugins_of_the_folder),
        TEST(a_plugin_that_cannot_be_used_keeps_no_other_from_it),
        TEST(a_form_that_is_wrong_of_a_plugin_is_absent),
        TEST(a_plugin_never_takes_a_tag_of_what_is_built_in),
        TEST(knows_what_is_the_same),
        TEST(a_secret_in_a_file_that_others_read_is_not_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
