// SPDX-License-Identifier: GPL-3.0-or-later
/* standing - what is said of looks that are made up, a line each. */
#include "daemon/standing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "base/strbuf.h"

struct hall {
    char *folder;
    struct standing *standing;
    struct strbuf said;
    bool is_deaf; /* nothing can be said */
};

static int hear(void *context, const struct saying *saying)
{
    struct hall *hall = context;
    if (hall->is_deaf)
        return -ENOSPC;
    strbuf_printf(&hall->said, "%s %s%s%s\n", saying->tag, state_name(saying->state),
                  saying->text[0] ? " " : "", saying->text);
    return 0;
}

static char *hide(void *context UNUSED, const char *text)
{
    return text_copy(strstr(text, "secret") ? "[redacted]" : text);
}

static void open_standing(struct hall *hall)
{
    struct standing_parts parts = {
        .folder = hall->folder, .hide = hide, .say = hear, .context = hall};
    hall->standing = standing_new(&parts);
}

static int setup(void **state)
{
    struct hall *hall = memory_new(sizeof *hall);
    hall->folder = folder_make();
    open_standing(hall);
    *state = hall;
    return 0;
}

static int teardown(void **state)
{
    struct hall *hall = *state;
    standing_free(hall->standing);
    strbuf_clear(&hall->said);
    int rc = folder_remove(hall->folder);
    free(hall);
    return rc;
}

static void restart(struct hall *hall)
{
    standing_free(hall->standing);
    open_standing(hall);
    assert_int_equal(standing_load(hall->standing, NULL), 0);
}

static void assert_said(struct hall *hall, const char *wanted)
{
    assert_string_equal(strbuf_text(&hall->said), wanted);
    strbuf_shorten(&hall->said, 0);
}

static void take(struct hall *hall, const struct standing_look *look)
{
    assert_int_equal(standing_take(hall->standing, look, NULL), 0);
}

/* One look of "disk" that found this of a part (NULL: of the whole). */
static void find(struct hall *hall, const char *part, enum state state, int times)
{
    AUTO(findings) struct findings findings = {0};
    findings_state(&findings, part, state, "now %s", state_name(state));
    take(hall,
         &(struct standing_look){.tag = "disk", .times = times, .findings = &findings});
}

static void find_nothing(struct hall *hall)
{
    take(hall, &(struct standing_look){.tag = "disk", .times = 1});
}

static void fault(struct hall *hall, const char *words)
{
    take(hall, &(struct standing_look){
                   .tag = "disk", .times = 3, .fault = words, .is_crash = true});
}

static void says_a_state_once(void **state)
{
    struct hall *hall = *state;
    find(hall, NULL, STATE_OK, 1);
    assert_said(hall, "disk ok now ok\n");
    find(hall, NULL, STATE_OK, 1);
    assert_said(hall, "");
    find(hall, NULL, STATE_WARNING, 1);
    assert_said(hall, "disk warning now warning\n");
    find(hall, NULL, STATE_WARNING, 1);
    find(hall, NULL, STATE_WARNING, 1);
    assert_said(hall, "");
    find(hall, NULL, STATE_FAIL, 1);
    assert_said(hall, "disk fail now fail\n");
    find(hall, NULL, STATE_OK, 1);
    assert_said(hall, "disk ok now ok\n");
}

static void waits_for_as_many_looks_as_it_was_told(void **state)
{
    struct hall *hall = *state;
    find(hall, NULL, STATE_OK, 3);
    assert_said(hall, "disk ok now ok\n");
    find(hall, NULL, STATE_FAIL, 3);
    find(hall, NULL, STATE_FAIL, 3);
    find(hall, NULL, STATE_OK, 3);
    assert_said(hall, "");
    find(hall, NULL, STATE_WARNING, 3);
    find(hall, NULL, STATE_FAIL, 3);
    assert_said(hall, "");
    find(hall, NULL, STATE_FAIL, 3);
    assert_said(hall, "disk fail now fail\n");
    find(hall, NULL, STATE_WARNING, 3);
    assert_said(hall, "disk warning now warning\n");
}

static void waits_for_the_first_state_too_where_it_is_wrong(void **state)
{
    struct hall *hall = *state;
    find(hall, NULL, STATE_FAIL, 2);
    assert_said(hall, "");
    find(hall, NULL, STATE_FAIL, 2);
    assert_said(hall, "disk fail now fail\n");
}

static void takes_the_worst_of_one_look(void **state)
{
    struct hall *hall = *state;
    AUTO(findings) struct findings findings = {0};
    findings_state(&findings, "/", STATE_WARNING, "space");
    findings_state(&findings, "/", STATE_FAIL, "read-only");
    findings_state(&findings, "/", STATE_OK, "inodes");
    findings_state(&findings, "/export", STATE_OK, "space");
    take(hall,
         &(struct standing_look){.tag = "disk", .times = 1, .findings = &findings});
    assert_said(hall, "disk:/export ok space\ndisk:/ fail read-only\n");
}

static void says_that_a_part_is_no_longer_watched(void **state)
{
    struct hall *hall = *state;
    find(hall, "/old", STATE_OK, 1);
    find(hall, "/new", STATE_FAIL, 1);
    assert_said(hall, "disk:/old ok now ok\n"
                      "disk:/old none no longer watched\n"
                      "disk:/new fail now fail\n");
    find_nothing(hall);
    assert_said(hall, "disk:/new unknown no longer watched; it was fail: now fail\n");
    find_nothing(hall);
    assert_said(hall, "");
}

static void does_not_say_it_of_what_a_partial_look_left_out(void **state)
{
    struct hall *hall = *state;
    find(hall, "/", STATE_OK, 1);
    assert_said(hall, "disk:/ ok now ok\n");
    take(hall, &(struct standing_look){.tag = "disk", .times = 1, .is_partial = true});
    assert_said(hall, "");
}

static void says_its_own_trouble_once_and_its_end(void **state)
{
    struct hall *hall = *state;
    find(hall, "/", STATE_OK, 3);
    assert_said(hall, "disk:/ ok now ok\n");
    fault(hall, "it crashed");
    assert_said(hall, "disk unknown it crashed\n");
    fault(hall, "it crashed again");
    assert_said(hall, "");
    restart(hall);
    fault(hall, "it crashed");
    assert_said(hall, "");
    find(hall, "/", STATE_OK, 3);
    assert_said(hall, "disk ok it can be looked at again\n");
    find(hall, "/", STATE_OK, 3);
    assert_said(hall, "");
}

static void says_nothing_anew_after_a_restart(void **state)
{
    struct hall *hall = *state;
    find(hall, "/a \"b\"\n", STATE_WARNING, 1);
    assert_said(hall, "disk:/a \"b\" warning now warning\n");
    restart(hall);
    find(hall, "/a \"b\"\n", STATE_WARNING, 1);
    assert_said(hall, "");
    restart(hall);
    find_nothing(hall);
    assert_said(hall, "disk:/a \"b\" unknown no longer watched; it was warning: now "
                      "warning\n");
    restart(hall);
    find_nothing(hall);
    assert_said(hall, "");
}

static void keeps_no_secret(void **state)
{
    struct hall *hall = *state;
    AUTO(str) char *path = text_format("%s/states", hall->folder);
    AUTO(strbuf) struct strbuf kept = {0};
    fault(hall, "a secret word");
    assert_said(hall, "disk unknown a secret word\n"); /* who says it, hides it */
    assert_int_equal(files_read(path, 10000, &kept, NULL), 0);
    assert_null(strstr(strbuf_text(&kept), "word"));
    assert_non_null(strstr(strbuf_text(&kept), "[redacted]"));
    fault(hall, "a secret word");
    assert_said(hall, "");
}

static void says_what_is_watched_no_more_when_the_roster_changes(void **state)
{
    struct hall *hall = *state;
    AUTO(texts) struct texts tags = {0};
    find(hall, "/", STATE_FAIL, 1);
    assert_said(hall, "disk:/ fail now fail\n");
    texts_add(&tags, "disk");
    assert_int_equal(standing_keep(hall->standing, &tags, NULL), 0);
    assert_said(hall, "");
    texts_clear(&tags);
    assert_int_equal(standing_keep(hall->standing, &tags, NULL), 0);
    assert_said(hall, "disk:/ unknown no longer watched; it was fail: now fail\n");
}

static void says_later_what_could_not_be_said(void **state)
{
    struct hall *hall = *state;
    hall->is_deaf = true;
    find(hall, NULL, STATE_FAIL, 1);
    assert_said(hall, "");
    hall->is_deaf = false;
    find(hall, NULL, STATE_FAIL, 1);
    assert_said(hall, "disk fail now fail\n");
}

static void repeats_everything(void **state)
{
    struct hall *hall = *state;
    find(hall, NULL, STATE_FAIL, 1);
    assert_said(hall, "disk fail now fail\n");
    standing_repeat(hall->standing);
    assert_said(hall, "disk fail now fail\n");
}

static void begins_anew_behind_a_damaged_file(void **state)
{
    struct hall *hall = *state;
    struct error why;
    const char text[] = "{\"tag\":\"disk\",\"owner\":\"disk\",\"state\":\"fail\"}\n{oh";
    assert_int_equal(files_put(hall->folder, "states", text, sizeof text - 1, NULL), 0);
    assert_int_equal(standing_load(hall->standing, &why), -EINVAL);
    assert_non_null(strstr(why.text, "/states: line 2: "));
    find(hall, NULL, STATE_WARNING, 1);
    assert_said(hall, "disk warning now warning\n");
}

static void bounds_how_many_there_are(void **state)
{
    struct hall *hall = *state;
    AUTO(findings) struct findings findings = {0};
    for (int i = 0; i < STANDING_TAGS_MAX + 10; i++) {
        char part[16];
        snprintf(part, sizeof part, "%d", i);
        findings_state(&findings, part, STATE_OK, "x");
    }
    take(hall,
         &(struct standing_look){.tag = "disk", .times = 1, .findings = &findings});
    size_t lines = 0;
    for (const char *at = strbuf_text(&hall->said); *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, STANDING_TAGS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_a_state_once),
        TEST(waits_for_as_many_looks_as_it_was_told),
        TEST(waits_for_the_first_state_too_where_it_is_wrong),
        TEST(takes_the_worst_of_one_look),
        TEST(says_that_a_part_is_no_longer_watched),
        TEST(does_not_say_it_of_what_a_partial_look_left_out),
        TEST(says_its_own_trouble_once_and_its_end),
        TEST(says_nothing_anew_after_a_restart),
        TEST(keeps_no_secret),
        TEST(says_what_is_watched_no_more_when_the_roster_changes),
        TEST(says_later_what_could_not_be_said),
        TEST(repeats_everything),
        TEST(begins_anew_behind_a_damaged_file),
        TEST(bounds_how_many_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
