// SPDX-License-Identifier: GPL-3.0-or-later
/* config - every setting is read, what is wrong is said in the right place, and a file
 * that others can write or read is refused. */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/memory.h"
#include "parsed.h"

#define DAY (24 * 3600 * INT64_C(1000))

/* ---- what is read ---- */

static void an_empty_file_gives_the_defaults(void **state UNUSED)
{
    AUTO(config) struct config *config = parsed("");
    assert_string_equal(config->path, "conf");
    assert_string_equal(config->host, "localhost");
    assert_int_equal(config->port, 7777);
    assert_string_equal(config->mailto, "");
    assert_int_equal(config->patience, 5000);
    assert_string_equal(config->listen, "127.0.0.1");
    assert_string_equal(config->smtp_url, "smtp://localhost:25");
    assert_false(config->smtp_starttls);
    assert_int_equal(config->allow_mailto.count, 0);
    assert_int_equal(config->keep_messages, 365 * DAY);
    assert_int_equal(config->keep_output, 90 * DAY);

    AUTO(config) struct config *fresh = config_new();
    assert_null(fresh->path);
    assert_int_equal(fresh->port, 7777);
}

static void reads_settings_and_sections(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(host \"penguin2\") (port 25) (patience 1h30m)\n"
                                   "(smtp (url \"smtps://mail\") (starttls #t))\n"
                                   "(keep (messages \"2y\") (output 30d))\n"
                                   "(allow-mailto \"*@a.org\" \"b@c.org\")\n");
    assert_string_equal(config->host, "penguin2");
    assert_int_equal(config->port, 25);
    assert_int_equal(config->patience, 5400000);
    assert_string_equal(config->smtp_url, "smtps://mail");
    assert_true(config->smtp_starttls);
    assert_int_equal(config->keep_messages, 730 * DAY);
    assert_int_equal(config->keep_output, 30 * DAY);
    assert_int_equal(config->allow_mailto.count, 2);
    assert_string_equal(config->allow_mailto.items[0], "*@a.org");
    assert_string_equal(config->allow_mailto.items[1], "b@c.org");
}

static void reads_the_form_of_the_seed(void **state UNUSED)
{
    static const char *const forms[] = {
        "(host \"a\") (port 1) (mailto \"\")",
        "(config (host \"a\") (port 1) (mailto \"\"))",
        "(config (host . \"a\") (port . 1) (mailto . \"\"))",
        "(config . ((host . \"a\") (port . 1)))",
        "(config (host \"a\")) (config (port \"1\"))",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        AUTO(config) struct config *config = parsed(forms[i]);
        assert_string_equal(config->host, "a");
        assert_int_equal(config->port, 1);
        assert_string_equal(config->mailto, "");
    }
}

static void of_a_setting_given_twice_the_last_wins_and_texts_add_up(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(host \"a\") (host \"b\") (smtp (starttls #t))"
                                   "(smtp (starttls #f)) (smtp (user \"u\"))"
                                   "(allow-mailto \"x\") (allow-mailto \"y\")");
    assert_string_equal(config->host, "b");
    assert_false(config->smtp_starttls);
    assert_string_equal(config->smtp_user, "u");
    assert_int_equal(config->allow_mailto.count, 2);
}

/* Writes the setting with its own default, in its section, and reads that. */
static void every_setting_of_the_table_can_be_written(void **state UNUSED)
{
    for (const struct config_setting *setting = config_settings; setting->name;
         setting++) {
        if (setting->type == CONFIG_NOTIFIERS || setting->type == CONFIG_EXPECTS)
            continue; /* see notifiers_test.c, expects_test.c */
        bool quoted = setting->type == CONFIG_TEXT || setting->type == CONFIG_TEXTS ||
                      setting->type == CONFIG_PATTERNS ||
                      setting->type == CONFIG_CALENDARS ||
                      setting->type == CONFIG_QUEUE || setting->type == CONFIG_QUEUES;
        const char *section = setting->section ? setting->section : "config";
        const char *value = setting->fallback                   ? setting->fallback
                            : setting->type == CONFIG_CALENDARS ? "07:00"
                            : setting->offset == offsetof(struct config, digest_to)
                                ? "log"
                                : "x";
        AUTO(str)
        char *text = text_format(quoted ? "(%s (%s \"%s\"))" : "(%s (%s %s))", section,
                                 setting->name, value);
        AUTO(config) struct config *config = parsed(text);
        assert_non_null(config);
        assert_true(strlen(setting->help) > 10);
    }
}

/* ---- what is refused ---- */

static void says_what_was_found_and_expected(void **state UNUSED)
{
    assert_refuses("(host localhost)",
                   "conf:1:7: host: found the word localhost, expected a \"string\"");
    assert_refuses("\n (host 7)",
                   "conf:2:8: host: found the word 7, expected a \"string\"");
    assert_refuses("(port (1))",
                   "conf:1:7: port: found a list, expected a number from 1 to 65535");
    assert_refuses("(patience #t)",
                   "conf:1:11: patience: found #t, expected a duration "
                   "such as \"5s\" or \"1h30m\"");
    assert_refuses("(smtp (starttls yes))",
                   "conf:1:17: starttls: found the word yes, expected #t or #f");
    assert_refuses("(allow-mailto \"a\" b)",
                   "conf:1:19: allow-mailto: found the word b, expected \"strings\"");
    assert_refuses("(patience 5x)",
                   "conf:1:11: patience: \"5x\" is no duration; expected "
                   "one such as \"90s\", \"1h30m\" or \"7d\"");
}

static void counts_the_values(void **state UNUSED)
{
    assert_refuses("(host)",
                   "conf:1:1: host: found 0 values, expected one, a \"string\"");
    assert_refuses("(host \"a\" \"b\")",
                   "conf:1:1: host: found 2 values, expected one, a \"string\"");
    assert_refuses("(allow-mailto)",
                   "conf:1:1: allow-mailto: found 0 values, expected \"strings\"");
}

static void knows_ports(void **state UNUSED)
{
    static const char *const wrong[] = {
        "0",   "65536", "-1", "7777x", "x", "1.5", "\" 7\"", "99999999999999999999",
        "\"\""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(str) char *text = text_format("(port %s)", wrong[i]);
        struct config *config = NULL;
        struct error err = {0};
        assert_int_equal(config_parse("conf", text, strlen(text), &config, &err),
                         -EINVAL);
        assert_non_null(
            strstr(err.text, "is no port; expected a number from 1 to 65535"));
    }
    AUTO(config) struct config *config = parsed("(port 65535)");
    assert_int_equal(config->port, 65535);
}

static void asks_what_was_meant(void **state UNUSED)
{
    assert_refuses("(hots \"a\")",
                   "conf:1:2: no setting is called \"hots\"; did you mean host?");
    assert_refuses("(stmp (url \"a\"))",
                   "conf:1:2: no setting is called \"stmp\"; did you mean smtp?");
    assert_refuses("(confg (host \"a\"))",
                   "conf:1:2: no setting is called \"confg\"; did you mean config?");
    assert_refuses(
        "(smtp (urll \"a\"))",
        "conf:1:8: no setting is called \"urll\" within smtp; did you mean url?");
    assert_refuses("(giraffe \"a\")", "conf:1:2: no setting is called \"giraffe\"");
}

static void says_where_a_setting_belongs(void **state UNUSED)
{
    assert_refuses("(password \"a\")",
                   "conf:1:2: no setting is called \"password\"; it "
                   "stands within (smtp …)");
    assert_refuses("(smtp (host \"a\"))",
                   "conf:1:8: no setting is called \"host\" within smtp");
}

static void wants_settings_in_lists(void **state UNUSED)
{
    assert_refuses("host", "conf:1:1: found the word host, expected a setting such as "
                           "(queue …)");
    assert_refuses("()", "conf:1:1: found an empty list, expected a setting such as "
                         "(queue …)");
    assert_refuses("((host . \"a\"))",
                   "conf:1:1: found a list, expected a setting such as "
                   "(queue …)");
    assert_refuses("(keep \"1y\")",
                   "conf:1:7: found the string \"1y\", expected a setting "
                   "such as (messages …)");
    assert_refuses("(spool \"/x\")", "conf:1:8: found the string \"/x\", expected a "
                                     "setting such as (folder …)");
}

static void an_error_of_the_reader_names_the_file_too(void **state UNUSED)
{
    assert_refuses("(host \"a\"", "conf:1:1: this list has no end; expected ')'");
}

static void refuses_a_redaction_that_is_no_expression(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(redact \"a+\" \"(b|c)\") (redact \"d\")");
    assert_int_equal(config->redact.count, 3);
    assert_string_equal(config->redact.items[2], "d");

    struct error err;
    const char *text = "(port 1)\n(redact \"good\" \"hunter2(\")";
    assert_int_equal(config_parse("conf", text, strlen(text), &config, &err), -EINVAL);
    assert_ptr_equal(
        strstr(err.text, "conf:2:16: redact: no extended regular expression: "),
        err.text);
    assert_null(strstr(err.text, "hunter2"));
}

static void quotes_no_secret(void **state UNUSED)
{
    static const char *const texts[] = {
        "(token hunter2)",           "(smtp (password hunter2))",
        "(redact hunter2)",          "(queue redis://:hunter2@a)",
        "(read redis://:hunter2@a)",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config;
        struct error err;
        assert_int_equal(
            config_parse("conf", texts[i], strlen(texts[i]), &config, &err), -EINVAL);
        assert_non_null(strstr(err.text, "found something else, expected "));
        assert_null(strstr(err.text, "hunter2"));
    }
}

static void reads_the_places_of_queues(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(queue \"redis://a\") (queue \"amqp://b\")"
                                   "(read \"redis://c\" (sheepdog-ruby \"redis://d\""
                                   " \"sheepdog_run\")) (read \"amqp://e\")"
                                   "(claim-after \"2min\")");
    assert_non_null(config);
    assert_int_equal(config->claim_after, 120000);
    assert_int_equal(config->queue.count, 1);
    assert_string_equal(config->queue.items[0].url, "amqp://b");
    assert_null(config->queue.items[0].form);
    assert_int_equal(config->read.count, 3);
    assert_string_equal(config->read.items[1].form, "sheepdog-ruby");
    assert_string_equal(config->read.items[1].url, "redis://d");
    assert_string_equal(config->read.items[1].key, "sheepdog_run");
    assert_string_equal(config->read.items[2].url, "amqp://e");
    assert_refuses("(queue \"a\" \"b\")",
                   "conf:1:1: queue: found 2 values, expected one, a \"URL\" or "
                   "(sheepdog-ruby \"URL\" \"KEY\")");
    assert_refuses("(read (sheepdog-python \"a\" \"b\"))",
                   "conf:1:7: expected (sheepdog-ruby \"URL\" \"KEY\")");
}

static void reads_sizes_and_counts(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(spool (limit \"1K\")) (limits (requests 5))");
    assert_non_null(config);
    assert_int_equal(config->spool_limit, 1024);
    assert_int_equal(config->limit_requests, 5);
    assert_refuses("(limits (requests 0))",
                   "conf:1:19: requests: \"0\": expected a number from 1 to "
                   "1000000000");
    assert_refuses("(spool (limit \"many\"))",
                   "conf:1:15: limit: \"many\" is no size; expected one such as "
                   "\"512\", \"64K\" or \"4G\"");
}

/* ---- monitors ---- */

static void reads_monitors_as_they_stand_there(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(monitor disk (every \"1m\") (warn 90%)\n"
                                   "  (only \"/\" \"/export\") (quiet #t))\n"
                                   "(monitor disk (tag \"second\"))\n"
                                   "(monitor load off) (monitor cpu)");
    const struct monitor_forms *forms = &config->monitors;
    assert_int_equal(forms->count, 4);
    const struct monitor_form *disk = &forms->items[0];
    assert_string_equal(disk->name, "disk");
    assert_false(disk->is_off);
    assert_int_equal(disk->line, 1);
    assert_int_equal(disk->column, 1);
    assert_int_equal(disk->count, 4);
    assert_string_equal(disk->settings[1].name, "warn");
    assert_string_equal(disk->settings[1].values.items[0], "90%");
    const struct form_setting *only = &disk->settings[2];
    assert_int_equal(only->line, 2);
    assert_int_equal(only->column, 3);
    assert_int_equal(only->values.count, 2);
    assert_string_equal(only->values.items[1], "/export");
    assert_string_equal(disk->settings[3].values.items[0], "#t");
    assert_int_equal(forms->items[1].count, 1);
    assert_true(forms->items[2].is_off);
    assert_int_equal(forms->items[2].line, 4);
    assert_false(forms->items[3].is_off);
    assert_int_equal(forms->items[3].count, 0);
}

static void says_what_is_wrong_with_a_monitor(void **state UNUSED)
{
    assert_refuses("(monitor)",
                   "conf:1:1: monitor: found a list, expected a name such as disk");
    assert_refuses("(monitor \"disk\")", "conf:1:10: monitor: found the string "
                                         "\"disk\", expected a name such as disk");
    assert_refuses("(monitor (disk))",
                   "conf:1:10: monitor: found a list, expected a name such as disk");
    assert_refuses("\n(monitor disk\n (only))",
                   "conf:3:2: disk: only: found no value, expected one");
    assert_refuses("(monitor disk on)",
                   "conf:1:15: disk: found the word on, expected a setting such as "
                   "(every \"1m\"), or off alone");
    assert_refuses("(monitor disk off (warn 1))",
                   "conf:1:15: disk: found the word off, expected a setting such as "
                   "(every \"1m\"), or off alone");
    assert_refuses("(monitor disk ((warn) 1))",
                   "conf:1:15: disk: found a list, expected a setting such as (every "
                   "\"1m\"), or off alone");
    assert_refuses("(monitor disk (only (\"/\")))",
                   "conf:1:21: only: found a list, expected a word, a \"string\", #t "
                   "or #f");
    assert_refuses("(monitr disk)",
                   "conf:1:2: no setting is called \"monitr\"; did you mean monitor?");
}

static void reads_what_the_daemon_needs(void **state UNUSED)
{
    AUTO(config) struct config *defaults = parsed("");
    assert_int_equal(defaults->monitors.count, 0);
    assert_int_equal(defaults->plugins.count, 0);
    assert_int_equal(defaults->beat, 60000);
    assert_int_equal(defaults->facts_every, 3600000);
    assert_string_equal(defaults->root, "");
    assert_int_equal(defaults->keep_readings, 14 * DAY);
    assert_int_equal(defaults->keep_hours, 730 * DAY);

    AUTO(config)
    struct config *config =
        parsed("(plugins \"/a\" \"/b\") (beat \"10s\") (root \"/r\")"
               "(facts (every \"2h\"))"
               "(keep (readings \"1d\") (hours \"1y\"))");
    assert_int_equal(config->plugins.count, 2);
    assert_string_equal(config->plugins.items[1], "/b");
    assert_int_equal(config->beat, 10000);
    assert_int_equal(config->facts_every, 7200000);
    assert_string_equal(config->root, "/r");
    assert_int_equal(config->keep_readings, DAY);
    assert_int_equal(config->keep_hours, 365 * DAY);
}

static void what_is_done_again_and_again_has_a_least_time(void **state UNUSED)
{
    AUTO(config) struct config *config = parsed("(beat 1s) (facts (every \"1s\"))");
    assert_int_equal(config->beat, 1000);
    assert_int_equal(config->facts_every, 1000);
    assert_refuses("(beat \"0s\")", "conf:1:7: beat: found 0s, expected at least 1s");
    assert_refuses("(facts (every \"999ms\"))",
                   "conf:1:15: every: found 999ms, expected at least 1s");
    assert_refuses("(beat soon)", "conf:1:7: beat: \"soon\" is no duration; expected "
                                  "one such as \"90s\", \"1h30m\" or \"7d\"");
}

/* ---- files ---- */

static char *write_file(const char *folder, const char *text, mode_t mode)
{
    char *path = text_format("%s/conf", folder);
    unlink(path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static int set_up(void **state)
{
    *state = folder_make();
    return chmod(*state, 0755);
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

static void loads_a_file(void **state)
{
    AUTO(str) char *path = write_file(*state, "(port 1)", 0644);
    AUTO(config) struct config *config = NULL;
    assert_int_equal(config_load(path, &config, NULL), 0);
    assert_int_equal(config->port, 1);
    assert_string_equal(config->path, path);
}

static void says_that_a_file_is_missing_or_wrong(void **state)
{
    struct config *config = NULL;
    struct error err = {0};
    AUTO(str) char *missing = text_format("%s/missing", (char *)*state);
    AUTO(str) char *wanted = text_format("%s: No such file or directory", missing);
    assert_int_equal(config_load(missing, &config, &err), -ENOENT);
    assert_string_equal(err.text, wanted);

    AUTO(str) char *path = write_file(*state, "(port x)", 0600);
    AUTO(str) char *place = text_format("%s:1:7: port: ", path);
    assert_int_equal(config_load(path, &config, &err), -EINVAL);
    assert_memory_equal(err.text, place, strlen(place));

    assert_int_equal(config_load(*state, &config, &err), -EISDIR);
    assert_null(config);
}

static void refuses_a_file_of_more_than_a_mebibyte(void **state)
{
    AUTO(str) char *path = write_file(*state, "", 0600);
    struct config *config = NULL;
    struct error err = {0};
    assert_int_equal(truncate(path, (1 << 20) + 1), 0);
    assert_int_equal(config_load(path, &config, &err), -EFBIG);
    assert_non_null(strstr(err.text, "/conf: larger than 1048576 bytes"));
}

static void refuses_a_password_that_others_can_read(void **state)
{
    static const char text[] = "(smtp (password \"secret\"))";
    static const mode_t modes[] = {0640, 0604, 0644, 0444};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        AUTO(str) char *path = write_file(*state, text, modes[i]);
        struct config *config = NULL;
        struct error err = {0};
        assert_int_equal(config_load(path, &config, &err), -EPERM);
        assert_null(config);
        assert_non_null(
            strstr(err.text, "it holds a password or a token, and others can read it"));
        assert_null(strstr(err.text, "secret"));
    }
    AUTO(str) char *path = write_file(*state, text, 0600);
    AUTO(config) struct config *config = NULL;
    assert_int_equal(config_load(path, &config, NULL), 0);
    assert_string_equal(config->smtp_password, "secret");
}

static void root_refuses_a_file_that_others_can_write(void **state)
{
    if (geteuid() != 0)
        skip();
    static const mode_t modes[] = {0620, 0602, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        AUTO(str) char *path = write_file(*state, "(port 1)", modes[i]);
        struct config *config = NULL;
        struct error err = {0};
        assert_int_equal(config_load(path, &config, &err), -EPERM);
        assert_non_null(strstr(err.text, "we are root, and others can write it"));
    }
}

static void root_refuses_the_file_of_another(void **state)
{
    if (geteuid() != 0)
        skip();
    AUTO(str) char *path = write_file(*state, "(port 1)", 0600);
    struct config *config = NULL;
    struct error err = {0};
    assert_int_equal(chown(path, 12345, 0), 0);
    assert_int_equal(config_load(path, &config, &err), -EPERM);
    assert_non_null(strstr(err.text, "we are root, and user 12345 owns it"));
}

static void whoever_is_not_root_may_share_a_file(void **state)
{
    AUTO(str) char *path = write_file(*state, "(port 1)", 0666);
    bool was_root = geteuid() == 0;
    if (was_root)
        assert_int_equal(seteuid(12345), 0);
    AUTO(config) struct config *config = NULL;
    int rc = config_load(path, &config, NULL);
    if (was_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, 0);
}

/* ---- which file ---- */

static void touch(const char *folder, const char *name)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    AUTO(fd) int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
}

static void assert_finds(const char *named, const char *folder, const char *name)
{
    AUTO(str) char *wanted = text_format("%s/%s", folder, name);
    AUTO(str) char *found = NULL;
    assert_int_equal(config_find(named, &found, NULL), 0);
    assert_string_equal(found, wanted);
}

static void finds_the_first_of_its_places(void **state)
{
    const char *home = *state;
    AUTO(str) char *folder = text_format("%s/.config/sheepdog", home);
    AUTO(str) char *above = text_format("%s/.config", home);
    assert_int_equal(mkdir(above, 0700) + mkdir(folder, 0700), 0);
    setenv("HOME", home, 1);
    unsetenv("SHEEPDOG_CONF");

    touch(folder, "sheepdog.conf");
    assert_finds(NULL, home, ".config/sheepdog/sheepdog.conf");
    touch(home, ".sheepdog.conf");
    assert_finds(NULL, home, ".sheepdog.conf");
    setenv("SHEEPDOG_CONF", "", 1);
    assert_finds(NULL, home, ".sheepdog.conf");
    setenv("SHEEPDOG_CONF", "/no/where", 1);
    assert_finds(NULL, "/no", "where");
    assert_finds("/not/here/either", "/not/here", "either");
    unsetenv("SHEEPDOG_CONF");
}

static void names_the_places_that_were_tried(void **state)
{
    if (access("/etc/sheepdog/sheepdog.conf", F_OK) == 0)
        skip();
    const char *home = *state;
    char *found = NULL;
    struct error err = {0};
    setenv("HOME", home, 1);
    unsetenv("SHEEPDOG_CONF");
    AUTO(str)
    char *wanted = text_format("no configuration: none of %s/.sheepdog.conf, "
                               "%s/.config/sheepdog/sheepdog.conf, "
                               "/etc/sheepdog/sheepdog.conf exists",
                               home, home);
    assert_int_equal(config_find(NULL, &found, &err), -ENOENT);
    assert_string_equal(err.text, wanted);
    assert_null(found);

    static const char homeless[] = "no configuration: HOME is not set, and "
                                   "/etc/sheepdog/sheepdog.conf does not exist";
    setenv("HOME", "", 1);
    assert_int_equal(config_find(NULL, &found, &err), -ENOENT);
    assert_string_equal(err.text, homeless);
    unsetenv("HOME");
    assert_int_equal(config_find(NULL, &found, &err), -ENOENT);
    assert_string_equal(err.text, homeless);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_gives_the_defaults),
        cmocka_unit_test(reads_settings_and_sections),
        cmocka_unit_test(reads_the_form_of_the_seed),
        cmocka_unit_test(of_a_setting_given_twice_the_last_wins_and_texts_add_up),
        cmocka_unit_test(every_setting_of_the_table_can_be_written),
        cmocka_unit_test(says_what_was_found_and_expected),
        cmocka_unit_test(counts_the_values),
        cmocka_unit_test(knows_ports),
        cmocka_unit_test(asks_what_was_meant),
        cmocka_unit_test(says_where_a_setting_belongs),
        cmocka_unit_test(wants_settings_in_lists),
        cmocka_unit_test(refuses_a_redaction_that_is_no_expression),
        cmocka_unit_test(quotes_no_secret),
        cmocka_unit_test(reads_the_places_of_queues),
        cmocka_unit_test(reads_sizes_and_counts),
        cmocka_unit_test(reads_monitors_as_they_stand_there),
        cmocka_unit_test(says_what_is_wrong_with_a_monitor),
        cmocka_unit_test(reads_what_the_daemon_needs),
        cmocka_unit_test(what_is_done_again_and_again_has_a_least_time),
        cmocka_unit_test(an_error_of_the_reader_names_the_file_too),
        IN_A_FOLDER(loads_a_file),
        IN_A_FOLDER(says_that_a_file_is_missing_or_wrong),
        IN_A_FOLDER(refuses_a_file_of_more_than_a_mebibyte),
        IN_A_FOLDER(refuses_a_password_that_others_can_read),
        IN_A_FOLDER(root_refuses_a_file_that_others_can_write),
        IN_A_FOLDER(root_refuses_the_file_of_another),
        IN_A_FOLDER(whoever_is_not_root_may_share_a_file),
        IN_A_FOLDER(finds_the_first_of_its_places),
        IN_A_FOLDER(names_the_places_that_were_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
