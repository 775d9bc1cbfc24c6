// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - proofs as the door gives them, and as they are drawn then. */
#include "ask/tree.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void expect(const char *json, bool is_utf8, const char *text)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(strbuf) struct strbuf found = {0};
    json_auto_t *read = json_loads(json, 0, NULL);
    assert_non_null(read);
    proof_format(tree_read(read, arena), is_utf8, &found);
    assert_string_equal(strbuf_text(&found), text);
}

static void is_drawn_with_rules_messages_and_times(void **state UNUSED)
{
    expect("{\"kind\":\"rule\",\"text\":\"low(\\\"a\\\")\","
           "\"rule\":{\"name\":\"low.dl:3\",\"text\":\"low(h) :- ram(h, r), r < 4G.\"},"
           "\"children\":["
           "{\"kind\":\"stored\",\"text\":\"ram(\\\"a\\\", 2G)\",\"message\":\"0192\","
           "\"time\":1790000000000},"
           "{\"kind\":\"holds\",\"text\":\"2G < 4G\"}]}",
           true,
           "low(\"a\")\n"
           "└─ low.dl:3: low(h) :- ram(h, r), r < 4G.\n"
           "   ├─ ram(\"a\", 2G)    message 0192, 2026-09-21 14:13\n"
           "   └─ 2G < 4G\n");
}

static void further_trees_stand_behind_the_first(void **state UNUSED)
{
    expect("{\"kind\":\"rule\",\"text\":\"p(1)\",\"rule\":{\"name\":\"a:1\",\"text\":"
           "\"R\"},"
           "\"children\":[{\"kind\":\"below\",\"text\":\"p(2)\"}],"
           "\"further\":[{\"kind\":\"holds\",\"text\":\"p(2)\"}]}",
           false,
           "p(1)\n"
           "   a:1: R\n"
           "      p(2)    see below\n"
           "\n"
           "p(2)\n");
}

static void an_aggregate_says_of_how_many_rows(void **state UNUSED)
{
    expect("{\"kind\":\"aggregate\",\"text\":\"n = 7\",\"rows\":7}", false,
           "n = 7    of 7 rows\n");
}

static void what_lacks_or_is_unknown_harms_nobody(void **state UNUSED)
{
    expect("{\"kind\":\"rule\",\"text\":\"a\",\"children\":[{}]}", false,
           "a\n   : \n          not shown: the proof is too large\n");
    expect("[]", false, "    not shown: the proof is too large\n");
}

static void a_tree_that_is_too_deep_is_cut(void **state UNUSED)
{
    AUTO(arena) struct arena *arena = arena_new();
    json_t *json = json_pack("{s:s, s:s}", "kind", "holds", "text", "x");
    for (int i = 0; i < 5000; i++)
        json = json_pack("{s:s, s:s, s:[o]}", "kind", "row", "text", "x", "children",
                         json);
    int depth = 0;
    for (const struct proof *at = tree_read(json, arena); at->count > 0;
         at = at->children[0])
        depth++;
    assert_int_equal(depth, 2000);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_drawn_with_rules_messages_and_times),
        cmocka_unit_test(further_trees_stand_behind_the_first),
        cmocka_unit_test(an_aggregate_says_of_how_many_rows),
        cmocka_unit_test(what_lacks_or_is_unknown_harms_nobody),
        cmocka_unit_test(a_tree_that_is_too_deep_is_cut),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
