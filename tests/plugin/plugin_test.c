// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"
#include "monitor/monitor.h"
#include "plugin/plugin.h"

#define WHOLE                                                                          \
    "{\"name\":\"nginx\",\"help\":\"version, sites\",\"every\":\"1m\",\"timeout\":5,"  \
    "\"settings\":[{\"name\":\"url\",\"type\":\"text\",\"default\":\"http://x\","      \
    "\"unit\":\"\",\"help\":\"where\"},"                                               \
    "{\"name\":\"warn-after\",\"type\":\"duration\",\"default\":\"5m\"},"              \
    "{\"name\":\"only\",\"type\":\"texts\",\"default\":[\"/\",\"/home\"]},"            \
    "{\"name\":\"key\",\"type\":\"text\",\"required\":true}],"                         \
    "\"relations\":[{\"name\":\"site\",\"help\":\"h\",\"columns\":["                   \
    "{\"name\":\"name\",\"type\":\"text\",\"key\":true},"                              \
    "{\"name\":\"port\",\"type\":\"number\"}]}],"                                      \
    "\"states\":[\"ok\",\"fail\"],\"receives\":[\"nginx*\"],\"network\":true}"

#define WHOLE_SEXP                                                                     \
    "(plugin ; what it is\n (name \"nginx\") (help \"version, sites\") (every \"1m\")" \
    " (timeout 5)\n (setting url text (default \"http://x\") (unit \"\")"              \
    " (help \"where\"))\n (setting warn-after duration (default \"5m\"))\n"            \
    " (setting only texts (default \"/\" \"/home\"))\n (setting key text required)\n"  \
    " (relation site (help \"h\") (column name text key) (column port number))\n"      \
    " (states ok fail) (receives \"nginx*\") (network #t))\n"

static const struct setting *find_setting(const struct plugin *plugin, const char *name)
{
    const struct setting *row = plugin->settings;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    assert_non_null(row->name);
    return row;
}

static void check_whole(const char *text)
{
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error err = {0};
    int rc = plugin_read("/p/web.py", text, strlen(text), &plugin, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(rc, 0);
    assert_string_equal(plugin->name, "nginx");
    assert_string_equal(plugin->help, "version, sites");
    assert_string_equal(plugin->path, "/p/web.py");
    assert_string_equal(find_setting(plugin, "every")->fallback, "1m");
    assert_string_equal(find_setting(plugin, "timeout")->fallback, "5");
    assert_string_equal(find_setting(plugin, "url")->fallback, "http://x");
    assert_string_equal(find_setting(plugin, "url")->help, "where");
    assert_int_equal(find_setting(plugin, "warn-after")->type, SETTING_DURATION);
    assert_string_equal(find_setting(plugin, "only")->fallback, "/ /home");
    assert_ptr_equal(find_setting(plugin, "key")->fallback, setting_required);
    assert_int_equal(plugin->relations.count, 1);
    assert_string_equal(plugin->relations.items[0]->name, "site");
    assert_int_equal(plugin->relations.items[0]->count, 2);
    assert_true(plugin->relations.items[0]->columns[0].is_key);
    assert_false(plugin->relations.items[0]->columns[1].is_key);
    assert_int_equal(plugin->states.count, 2);
    assert_string_equal(plugin->receives.items[0], "nginx*");
    assert_true(plugin->is_described && plugin->has_receiver && plugin->has_monitor);
    assert_true(plugin->has_network);
}

static void reads_a_description_in_json(void **state UNUSED)
{
    check_whole(WHOLE);
}

static void reads_the_same_as_an_s_expression(void **state UNUSED)
{
    check_whole(WHOLE_SEXP);
}

static void what_prints_no_description_is_a_bare_monitor(void **state UNUSED)
{
    static const char *const texts[] = {"", "ok\n", "warning reboot required\n", "[1]"};
    for (size_t i = 0; i < 4; i++) {
        AUTO(plugin) struct plugin *plugin = NULL;
        assert_int_equal(plugin_read("/p/reboot-required.sh", texts[i],
                                     strlen(texts[i]), &plugin, NULL),
                         0);
        assert_string_equal(plugin->name, "reboot-required");
        assert_false(plugin->is_described || plugin->has_receiver);
        assert_true(plugin->has_monitor);
        assert_null(plugin->settings[0].name);
    }
}

static void says_which_field_is_wrong_and_what_was_expected(void **state UNUSED)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"{\"nam\":\"x\"}",
         "field \"nam\": there is no such field; did you mean name?"},
        {"{\"name\":\"Big\"}",
         "field \"name\": found \"Big\", expected a letter a to z"},
        {"{\"name\":3}", "field \"name\": found 3, expected"},
        {"{\"name\":null}", "found null"},
        {"{\"help\":\"a\\nb\"}", "field \"help\""},
        {"{\"every\":\"soon\"}",
         "field \"every\": found \"soon\", expected a duration"},
        {"{\"every\":\"1ms\"}", "from 1s on"},
        {"{\"settings\":{}}", "field \"settings\": found an object, expected a list"},
        {"{\"settings\":[3]}", "field \"settings[0]\": found 3, expected an object"},
        {"{\"settings\":[{\"type\":\"text\"}]}",
         "field \"settings[0].name\": it is missing"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"txt\"}]}",
         "field \"settings[0].type\": found \"txt\", expected text, texts, number, "
         "percent, size, duration, flag, secret or secrets; did you mean text?"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"size\",\"default\":\"big\"}]}",
         "field \"settings[0].default\": found \"big\", expected a value of type size"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"percent\",\"default\":101}]}",
         "field \"settings[0].default\": found 101"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"text\"},"
         "{\"name\":\"a\",\"type\":\"text\"}]}",
         "field \"settings[1].name\": found \"a\", expected a name that no other"},
        {"{\"settings\":[{\"name\":\"every\",\"type\":\"duration\"}]}",
         "every monitor has"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"text\",\"defalt\":1}]}",
         "field \"settings[0].defalt\": there is no such field; did you mean default?"},
        {"{\"settings\":[{\"name\":\"a\",\"type\":\"text\",\"default\":\"b\","
         "\"required\":true}]}",
         "none beside required"},
        {"{\"relations\":[{\"name\":\"site\",\"columns\":[{\"name\":\"x\","
         "\"type\":\"int\"}]}]}",
         "field \"relations[0].columns[0].type\": found \"int\", expected text, "
         "number"},
        {"{\"relations\":[{\"name\":\"site\"}]}", "field \"relations[0].columns\""},
        {"{\"relations\":[{\"name\":\"Site\",\"columns\":[{\"name\":\"x\","
         "\"type\":\"text\"}]}]}",
         "field \"relations[0]\": "},
        {"{\"relations\":[{\"name\":\"site\",\"columns\":[{\"name\":\"x\","
         "\"type\":\"text\",\"key\":\"yes\"}]}]}",
         "field \"relations[0].columns[0].key\": found \"yes\", expected true or "
         "false"},
        {"{\"states\":[\"ok\",\"warn\"]}",
         "field \"states[1]\": found \"warn\", expected ok, unknown, warning or fail"},
        {"{\"receives\":\"nginx\"}", "field \"receives\": found \"nginx\", expected a"},
        {"{\"receives\":[1]}", "field \"receives[0]\": found 1, expected a line"},
        {"{\"network\":1}", "field \"network\": found 1, expected true or false"},
        {"{\"monitor\":false}", "neither watches"},
        {"{\"name\":\"a\",\"name\":\"b\"}", "duplicate"},
        {"{\"name\":\"a\"", "line 1, column"},
        {"(plugi (name \"a\"))", "line 1, column 1: found a list, expected (plugin …)"},
        {"(plugin (seting url text))",
         "line 1, column 10: no field is called \"seting\"; did you mean setting?"},
        {"(plugin (setting url))",
         "line 1, column 9: (setting …): its type is missing"},
        {"(plugin\n (name \"a\" \"b\"))", "line 2, column 2: (name …): found 2 values"},
        {"(plugin (name \"a\") (name \"b\"))", "(name …) is there twice"},
        {"(plugin (setting url txt))", "field \"settings[0].type\": found \"txt\""},
        {"(plugin (relation site (column name text kee)))", "line 1, column"},
        {"(plugin) (plugin)", "expected nothing behind (plugin …)"},
        {"(plugin", "1:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plugin *plugin = NULL;
        struct error err = {0};
        int rc =
            plugin_read("/p/web", rows[i].text, strlen(rows[i].text), &plugin, &err);
        if (!strstr(err.text, rows[i].says) ||
            strncmp(err.text, "/p/web: describe: ", 18) != 0)
            fail_msg("%s: says: %s", rows[i].text, err.text);
        assert_int_equal(rc, -EINVAL);
        assert_null(plugin);
    }
}

static void a_bare_plugin_has_a_name_that_can_be_a_tag(void **state UNUSED)
{
    struct plugin *plugin = NULL;
    struct error err = {0};
    assert_int_equal(plugin_read("/p/My Check.sh", "", 0, &plugin, &err), -EINVAL);
    assert_non_null(strstr(err.text, "found \"My Check\", expected a letter"));
    assert_null(plugin);
}

static void refuses_the_name_of_a_monitor_that_is_built_in(void **state UNUSED)
{
    struct plugin *plugin = NULL;
    struct error err = {0};
    if (!monitors[0])
        skip();
    AUTO(str) char *path = text_format("/p/%s.sh", monitors[0]->name);
    assert_int_equal(plugin_read(path, "", 0, &plugin, &err), -EINVAL);
    assert_non_null(strstr(err.text, "is that of a monitor that is built in"));
    assert_null(plugin);
}

/* ---- files ---- */

static char *put(const char *folder, const char *name, const char *text, mode_t mode)
{
    struct error err;
    char *path = text_format("%s/%s", folder, name);
    assert_int_equal(files_put(folder, name, text, strlen(text), &err), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void two_lines_of_shell_are_a_plugin(void **state)
{
    AUTO(str)
    char *path = put(*state, "reboot-required",
                     "#!/bin/sh\n"
                     "[ -e /run/reboot-required ] && echo \"warning reboot required\" "
                     "|| echo ok\n",
                     0755);
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error err = {0};
    assert_int_equal(plugin_load(path, &plugin, &err), 0);
    assert_string_equal(plugin->name, "reboot-required");
    assert_false(plugin->is_described);
}

static void is_asked_in_a_clean_environment(void **state)
{
    setenv("SECRET", "s3cret", 1);
    AUTO(str)
    char *path =
        put(*state, "tells",
            "#!/bin/sh\necho \"{\\\"help\\\":\\\"$1 ${SECRET:-none}\\\"}\"\n", 0755);
    AUTO(plugin) struct plugin *plugin = NULL;
    struct error err = {0};
    assert_int_equal(plugin_load(path, &plugin, &err), 0);
    assert_string_equal(plugin->help, "describe none");
    unsetenv("SECRET");
}

static int load(const char *path, struct error *err)
{
    struct plugin *plugin = NULL;
    *err = (struct error){0};
    int rc = plugin_load(path, &plugin, err);
    plugin_free(plugin);
    return rc;
}

static void refuses_what_others_can_write(void **state)
{
    struct error err;
    AUTO(str) char *folder = text_format("%s/plugins", (char *)*state);
    assert_int_equal(mkdir(folder, 0755), 0);
    AUTO(str) char *path = put(folder, "p", "#!/bin/sh\necho ok\n", 0755);
    assert_int_equal(load(path, &err), 0);

    chmod(path, 0757);
    assert_int_equal(load(path, &err), -EPERM);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "mode 0757: others can write to it"));

    chmod(path, 0775);
    assert_int_equal(load(path, &err), -EPERM);
    chmod(path, 0755);

    chmod(folder, 01777); /* whoever can may add one, so sticky is no help here */
    assert_int_equal(load(path, &err), -EPERM);
    assert_non_null(strstr(err.text, "plugins: mode 1777: others can write to it"));
    chmod(folder, 0755);

    chmod(*state, 0777);
    assert_int_equal(load(path, &err), -EPERM);
    chmod(*state, 01777);
    assert_int_equal(load(path, &err), 0);
    chmod(*state, 0700);
}

static void a_link_is_checked_at_both_ends(void **state)
{
    struct error err;
    AUTO(str) char *open = text_format("%s/open", (char *)*state);
    AUTO(str) char *closed = text_format("%s/closed", (char *)*state);
    AUTO(str) char *to_open = text_format("%s/to-open", closed);
    AUTO(str) char *to_closed = text_format("%s/to-closed", open);
    assert_int_equal(mkdir(open, 0755) | mkdir(closed, 0755), 0);
    AUTO(str) char *there = put(open, "p", "#!/bin/sh\necho ok\n", 0755);
    AUTO(str) char *here = put(closed, "p", "#!/bin/sh\necho ok\n", 0755);
    assert_int_equal(symlink(there, to_open) | symlink(here, to_closed), 0);
    assert_int_equal(load(to_open, &err), 0);
    chmod(open, 0777);
    assert_int_equal(load(to_open, &err), -EPERM);
    assert_int_equal(load(to_closed, &err), -EPERM);
    assert_int_equal(load(here, &err), 0);
}

static void refuses_another_users_file(void **state)
{
    struct error err;
    if (geteuid() != 0)
        skip();
    AUTO(str) char *path = put(*state, "p", "#!/bin/sh\necho ok\n", 0755);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_int_equal(load(path, &err), -EPERM);
    assert_non_null(strstr(err.text, "of user 12345"));
}

static void refuses_what_cannot_be_run(void **state)
{
    struct error err;
    AUTO(str) char *path = put(*state, "p", "#!/bin/sh\necho ok\n", 0644);
    AUTO(str) char *lost = put(*state, "q", "#!/no/such/shell\n", 0755);
    AUTO(str) char *none = text_format("%s/none", (char *)*state);
    assert_int_equal(load(path, &err), -EACCES);
    assert_non_null(strstr(err.text, "mode 0644: it cannot be run: chmod +x"));
    assert_true(load(lost, &err) < 0);
    assert_int_equal(load(none, &err), -ENOENT);
    assert_int_equal(load(*state, &err), -EACCES);
    assert_non_null(strstr(err.text, "it is no file"));
}

static void says_how_a_describe_went_wrong(void **state)
{
    static const struct {
        const char *script;
        int rc;
        const char *says;
    } rows[] = {
        {"#!/bin/sh\nkill -9 $$\n", -ECHILD, "signal 9"},
        {"#!/bin/sh\necho '{'; echo broken >&2; exit 3\n", -EIO, "broken"},
        {"#!/bin/sh\nexec cat /dev/zero\n", -EFBIG, "too much"},
        {"#!/bin/sh\necho '{\"nme\":1}'\n", -EINVAL, "did you mean name?"},
    };
    struct error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO(str) char *path = put(*state, "p", rows[i].script, 0755);
        assert_int_equal(load(path, &err), rows[i].rc);
        if (!strstr(err.text, rows[i].says) || !strstr(err.text, "/p: describe: "))
            fail_msg("%s", err.text);
    }
}

/* ---- folders ---- */

struct heard {
    size_t count;
    struct strbuf said;
};

static void hear(void *context, const char *sentence)
{
    struct heard *heard = context;
    heard->count++;
    strbuf_printf(&heard->said, "%s\n", sentence);
}

static void one_that_cannot_be_used_keeps_no_other_from_running(void **state)
{
    AUTO(texts) struct texts folders = {0};
    AUTO(plugins) struct plugins plugins = {0};
    struct heard heard = {0};
    static const char *const names[] = {"a", "b.sh", "b.py", ".hidden", "b.sh~"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        free(put(*state, names[i],
                 i == 0 ? "#!/bin/sh\necho '{'\n" : "#!/bin/sh\necho ok\n", 0755));
    AUTO(str) char *first = text_format("%s/b.py", (char *)*state);
    AUTO(str) char *missing = text_format("%s/missing", (char *)*state);
    texts_add(&folders, *state);
    plugins_load(&folders, hear, &heard, &plugins);
    assert_int_equal(plugins.count, 1);
    assert_string_equal(plugins.items[0]->path, first);
    assert_ptr_equal(plugins_find(&plugins, "b"), plugins.items[0]);
    assert_null(plugins_find(&plugins, "a"));
    assert_int_equal(heard.count, 2);
    assert_non_null(strstr(strbuf_text(&heard.said), "the plugin b is"));

    texts_add(&folders, missing);
    plugins_clear(&plugins);
    plugins_load(&folders, hear, &heard, &plugins);
    assert_int_equal(heard.count, 5);
    assert_non_null(strstr(strbuf_text(&heard.said), "missing: No such file"));
    strbuf_clear(&heard.said);
}

static int setup(void **state)
{
    *state = folder_make();
    return 0;
}

static int teardown(void **state)
{
    chmod(*state, 0700);
    return folder_remove(*state);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_description_in_json),
        cmocka_unit_test(reads_the_same_as_an_s_expression),
        cmocka_unit_test(what_prints_no_description_is_a_bare_monitor),
        cmocka_unit_test(says_which_field_is_wrong_and_what_was_expected),
        cmocka_unit_test(a_bare_plugin_has_a_name_that_can_be_a_tag),
        cmocka_unit_test(refuses_the_name_of_a_monitor_that_is_built_in),
        IN_FOLDER(two_lines_of_shell_are_a_plugin),
        IN_FOLDER(is_asked_in_a_clean_environment),
        IN_FOLDER(refuses_what_others_can_write),
        IN_FOLDER(a_link_is_checked_at_both_ends),
        IN_FOLDER(refuses_another_users_file),
        IN_FOLDER(refuses_what_cannot_be_run),
        IN_FOLDER(says_how_a_describe_went_wrong),
        IN_FOLDER(one_that_cannot_be_used_keeps_no_other_from_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
