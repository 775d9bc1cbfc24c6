// SPDX-License-Identifier: GPL-3.0-or-later
/* findings - what was put is there, in its order, and its own. */
#include "monitor/findings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static void keeps_copies_in_their_order(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    char part[] = "/export", name[] = "used";
    findings_state(&findings, part, STATE_WARNING, "%d %% used", 91);
    findings_reading(&findings, part, name, 91.2, "%");
    findings_note(&findings, NULL, "it was %s", "mounted");
    part[1] = name[0] = 'x';

    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.items[0].type, FINDING_STATE);
    assert_string_equal(findings.items[0].part, "/export");
    assert_int_equal(findings.items[0].state, STATE_WARNING);
    assert_string_equal(findings.items[0].text, "91 % used");
    assert_int_equal(findings.items[1].type, FINDING_READING);
    assert_string_equal(findings.items[1].name, "used");
    assert_float_equal(findings.items[1].value, 91.2, 0);
    assert_string_equal(findings.items[1].unit, "%");
    assert_int_equal(findings.items[2].type, FINDING_NOTE);
    assert_null(findings.items[2].part);
    assert_string_equal(findings.items[2].text, "it was mounted");
}

static void a_long_text_is_kept_whole(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    char text[5000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    findings_state(&findings, NULL, STATE_FAIL, "%s", text);
    assert_string_equal(findings.items[0].text, text);
}

static void a_reading_that_is_no_number_is_left_out(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    findings_reading(&findings, NULL, "x", NAN, "");
    findings_reading(&findings, NULL, "x", INFINITY, "");
    assert_int_equal(findings.count, 0);
}

static void a_finding_becomes_theirs(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    for (int i = 0; i < 100; i++) {
        struct finding finding = {.type = FINDING_FACT, .name = text_format("r%d", i)};
        rows_add(&finding.rows, 2, (const char *[]){"a", NULL});
        findings_add(&findings, &finding);
        assert_null(finding.name);
        assert_null(finding.rows.items);
    }
    assert_int_equal(findings.count, 100);
    assert_string_equal(findings.items[99].name, "r99");
    assert_string_equal(findings.items[99].rows.items[0].values[0], "a");
}

static void knows_the_worst_state_of_all_and_of_a_part(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    assert_int_equal(findings_worst(&findings, NULL), STATE_NONE);
    findings_state(&findings, NULL, STATE_UNKNOWN, "whole");
    findings_state(&findings, "a", STATE_OK, "a");
    findings_state(&findings, "b", STATE_WARNING, "b");
    findings_state(&findings, "b", STATE_FAIL, "b again");
    findings_state(&findings, "b", STATE_OK, "b once more");
    assert_int_equal(findings_worst(&findings, NULL), STATE_FAIL);
    assert_int_equal(findings_worst(&findings, "a"), STATE_OK);
    assert_int_equal(findings_worst(&findings, "b"), STATE_FAIL);
    assert_int_equal(findings_worst(&findings, "c"), STATE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_copies_in_their_order),
        cmocka_unit_test(a_long_text_is_kept_whole),
        cmocka_unit_test(a_reading_that_is_no_number_is_left_out),
        cmocka_unit_test(a_finding_becomes_theirs),
        cmocka_unit_test(knows_the_worst_state_of_all_and_of_a_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
