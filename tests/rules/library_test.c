// SPDX-License-Identifier: GPL-3.0-or-later
/* library - which files of rules serve, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>

#include "../folder.h"
#include "base/files.h"
#include "rules/library.h"

struct shelf {
    char *folder;
    struct texts folders;
    struct library *library;
    struct strbuf trouble; /* a line each */
};

static int set_up(void **state)
{
    struct shelf *shelf = memory_new(sizeof *shelf);
    shelf->folder = folder_make();
    texts_add(&shelf->folders, shelf->folder);
    *state = shelf;
    return 0;
}

static int tear_down(void **state)
{
    struct shelf *shelf = *state;
    library_free(shelf->library);
    texts_clear(&shelf->folders);
    strbuf_clear(&shelf->trouble);
    int rc = folder_remove(shelf->folder);
    free(shelf);
    return rc;
}

static void put(struct shelf *shelf, const char *name, const char *text, mode_t mode)
{
    AUTO(str) char *path = text_format("%s/%s", shelf->folder, name);
    assert_int_equal(files_put(shelf->folder, name, text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void note_trouble(void *context, const char *file, const char *why)
{
    const char *slash = strrchr(file, '/');
    strbuf_printf(context, "%s: %s\n", slash ? slash + 1 : file, why);
}

static const char *load(struct shelf *shelf)
{
    shelf->library = library_load(&shelf->folders);
    library_each_trouble(shelf->library, note_trouble, &shelf->trouble);
    return strbuf_text(&shelf->trouble);
}

static bool has_rule(const struct shelf *shelf, const char *name)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    assert_int_equal(library_read(shelf->library, program, &complaint), 0);
    return predicate_find(program, name) != NULL;
}

static void reads_those_that_come_along_and_the_users_own(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "ours.dl", "ours(1).", 0644);
    put(shelf, "notes.txt", "no rules", 0644);
    put(shelf, ".hidden.dl", "no rules", 0644);
    assert_string_equal(load(shelf), "");
    assert_true(has_rule(shelf, "ours"));
    assert_true(has_rule(shelf, "low_ram"));
}

static void assert_reads_for(const struct shelf *shelf, const char *text,
                             const char *wanted)
{
    static const char *const names[] = {"first", "second", "third", "kind", NULL};
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(strbuf) struct strbuf found = {0};
    int rc = library_read_for(shelf->library, text, program, &complaint);
    assert_int_equal(rc, 0);
    for (size_t i = 0; names[i]; i++)
        if (predicate_find(program, names[i]))
            strbuf_printf(&found, "%s ", names[i]);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void reads_only_what_may_matter(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "1.dl", "first(x) :- second(x).", 0644);
    put(shelf, "2.dl", "second(1).", 0644);
    put(shelf, "3.dl", "second(2). third(3).\n.question asked() := third(_).", 0644);
    put(shelf, "4.dl", ".type sort <: symbol\n.decl kind(a: sort)", 0644);
    assert_string_equal(load(shelf), "");
    assert_reads_for(shelf, "host(h, _, _, _, _)", "");
    assert_reads_for(shelf, "second(x)", "second third ");
    assert_reads_for(shelf, "first(x), x > 1", "first second third ");
    assert_reads_for(shelf, "asked", "second third ");
    assert_reads_for(shelf, ".decl mine(a: sort)", "kind ");
    assert_reads_for(shelf, "firsts(x), a_kind(x)", "");
}

static void a_file_stands_in_the_place_of_ours_of_that_name(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "hosts.dl", "low_ram(\"mine\").", 0644);
    put(shelf, "runs.mine.dl", "mine(1).", 0644);
    assert_string_equal(load(shelf), "");
    assert_true(has_rule(shelf, "low_ram"));
    assert_false(has_rule(shelf, "not_heard"));
    assert_true(has_rule(shelf, "failing"));
}

static void ours_goes_on_where_the_other_cannot_be_read(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "hosts.dl", "low_ram(\"mine\"", 0644);
    assert_non_null(strstr(load(shelf), "hosts.dl:1:"));
    assert_true(has_rule(shelf, "not_heard"));
}

/* With one more file, of a folder of its own. */
static const char *try_rules(struct shelf *shelf, const char *name, const char *text)
{
    AUTO(texts) struct texts tried = {0};
    AUTO(str) char *folder = text_format("%s/tried", shelf->folder);
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    mkdir(folder, 0755);
    assert_int_equal(files_put(folder, name, text, strlen(text), NULL), 0);
    texts_add(&tried, path);
    shelf->library = library_load_tried(&shelf->folders, &tried);
    library_each_trouble(shelf->library, note_trouble, &shelf->trouble);
    return strbuf_text(&shelf->trouble);
}

static void what_is_tried_stands_in_the_place_of_any_of_its_name(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "mine.dl", "mine(1).", 0644);
    put(shelf, "more.dl", "more(1).", 0644);
    assert_string_equal(try_rules(shelf, "mine.dl", "new(1)."), "");
    assert_true(has_rule(shelf, "new"));
    assert_true(has_rule(shelf, "more"));
    assert_true(has_rule(shelf, "not_heard"));
    assert_false(has_rule(shelf, "mine"));
    library_free(TAKE(shelf->library));
    assert_string_equal(try_rules(shelf, "hosts.dl", "new(1)."), "");
    assert_false(has_rule(shelf, "not_heard"));
    assert_true(has_rule(shelf, "mine"));
}

static void what_is_tried_must_be_there_and_be_read(void **state)
{
    struct shelf *shelf = *state;
    AUTO(texts) struct texts tried = {0};
    texts_add(&tried, "/nowhere/mine.dl");
    shelf->library = library_load_tried(&shelf->folders, &tried);
    library_each_trouble(shelf->library, note_trouble, &shelf->trouble);
    assert_string_equal(strbuf_text(&shelf->trouble),
                        "mine.dl: /nowhere/mine.dl: No such file or directory\n");
    library_free(TAKE(shelf->library));
    assert_non_null(strstr(try_rules(shelf, "mine.dl", "new(1"), "mine.dl:1:"));
}

static void ours_are_there_alone(void **state)
{
    struct shelf *shelf = *state;
    shelf->library = library_load_own();
    assert_true(has_rule(shelf, "alert"));
}

static void refuses_what_others_can_write(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "group.dl", "group(1).", 0664);
    put(shelf, "ours.dl", "ours(1).", 0644);
    assert_non_null(strstr(load(shelf), "group.dl: mode 0664: others can write to it"));
    assert_false(has_rule(shelf, "group"));
    assert_true(has_rule(shelf, "ours"));
}

static void refuses_all_of_a_folder_that_others_can_write(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "ours.dl", "ours(1).", 0644);
    assert_int_equal(chmod(shelf->folder, 0777), 0);
    assert_non_null(strstr(load(shelf), "mode 0777: others can write to it"));
    assert_false(has_rule(shelf, "ours"));
}

static void leaves_out_what_cannot_be_read_and_goes_on(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "a.dl", "a(1).\na(x :- b(x).", 0644);
    put(shelf, "b.dl", "b(1).", 0644);
    assert_non_null(strstr(load(shelf), "/a.dl:2:5: "));
    assert_false(has_rule(shelf, "a"));
    assert_true(has_rule(shelf, "b"));
}

static void a_folder_that_is_named_must_be_there(void **state)
{
    struct shelf *shelf = *state;
    texts_add(&shelf->folders, "/nonexistent/rules");
    assert_string_equal(load(shelf), "rules: /nonexistent/rules: No such file or "
                                     "directory\n");
}

static void lasts_as_long_as_anybody_has_a_share(void **state)
{
    struct shelf *shelf = *state;
    put(shelf, "ours.dl", "ours(1).", 0644);
    load(shelf);
    struct library *share = library_share(shelf->library);
    library_free(shelf->library);
    assert_true(has_rule(shelf, "ours"));
    assert_ptr_equal(share, shelf->library);
}

static void says_what_is_wrong_by_the_catalogue(void **state)
{
    struct shelf *shelf = *state;
    AUTO(strbuf) struct strbuf json = {0};
    static const struct stored *const none[] = {NULL};
    put(shelf, "ours.dl", "// Help.\nours(x) :- nowhere(x).", 0644);
    load(shelf);
    library_put_json(shelf->library, &(struct catalogue){.items = none}, &json);
    AUTO(str)
    char *help =
        text_format("\"help\":\"Help.\",\"file\":\"%s/ours.dl\"", shelf->folder);
    assert_non_null(strstr(json.data, help));
    assert_non_null(strstr(json.data, "\"file\":\"disks.dl\""));
    assert_non_null(strstr(json.data, "\"trouble\":[{\"file\":"));
}

static void others_are_called_by_their_whole_paths(void **state)
{
    struct shelf *shelf = *state;
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(str) char *wanted = text_format("low.dl: %s/low.dl:1:7: ", shelf->folder);
    AUTO(str) char *path = text_format("%s/packages.dl", shelf->folder);
    put(shelf, "low.dl", ".decl low_ram(a: symbol)", 0644);
    put(shelf, "packages.dl", "ours(1).", 0644);
    assert_non_null(strstr(load(shelf), wanted));
    assert_int_equal(library_read(shelf->library, program, &complaint), 0);
    const struct predicate *ours = predicate_find(program, "ours");
    const struct predicate *low_ram = predicate_find(program, "low_ram");
    assert_string_equal(ours->rules[0]->place.source->name, path);
    assert_null(strchr(low_ram->place.source->name, '/'));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_those_that_come_along_and_the_users_own),
        TEST(reads_only_what_may_matter),
        TEST(a_file_stands_in_the_place_of_ours_of_that_name),
        TEST(ours_goes_on_where_the_other_cannot_be_read),
        TEST(what_is_tried_stands_in_the_place_of_any_of_its_name),
        TEST(what_is_tried_must_be_there_and_be_read),
        TEST(ours_are_there_alone),
        TEST(refuses_what_others_can_write),
        TEST(refuses_all_of_a_folder_that_others_can_write),
        TEST(leaves_out_what_cannot_be_read_and_goes_on),
        TEST(a_folder_that_is_named_must_be_there),
        TEST(lasts_as_long_as_anybody_has_a_share),
        TEST(says_what_is_wrong_by_the_catalogue),
        TEST(others_are_called_by_their_whole_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
