// SPDX-License-Identifier: GPL-3.0-or-later
/* answer - prepared answers of an oracle, as they are shown. */
#include "ask/answer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ROWS                                                                           \
    "{\"columns\":[[\"host\",\"text\"],[\"from\",\"time\"],[\"ram\",\"size\"],"        \
    "[\"for\",\"duration\"],[\"x\",\"float\"],[\"note\",\"text\"]],"                   \
    "\"rows\":[[\"penguin\",1790000000000,2147483648,-90000,0.5,\"one\\ntwo\"],"       \
    "[\"a,\\\"b\\\"\",null,5,1500,2,\"\\u001b[31m\"]],\"more\":false}"

static const struct screen plain = {.width = 0};

static void expect(const char *json, enum wanted wanted, enum answer_form form,
                   const struct screen *screen, const char *text)
{
    AUTO(strbuf) struct strbuf found = {0};
    json_auto_t *answer = json_loads(json, 0, NULL);
    assert_non_null(answer);
    answer_format(answer, wanted, form, screen, &found);
    assert_string_equal(strbuf_text(&found), text);
}

static void a_table_has_units_and_the_readers_zone(void **state UNUSED)
{
    expect(ROWS, WANTED_ROWS, ANSWER_TABLE, &plain,
           "host     from                   ram          for    x  note\n"
           "penguin  2026-09-21 09:13:20  2 GiB  -1 min 30 s  0.5  one two\n"
           "a,\"b\"    -                      5 B        1.5 s    2  ^[[31m\n");
}

static void csv_quotes_what_must_be_quoted(void **state UNUSED)
{
    expect(ROWS, WANTED_ROWS, ANSWER_CSV, &plain,
           "host,from,ram,for,x,note\r\n"
           "penguin,1790000000000,2147483648,-90000,0.5,\"one\ntwo\"\r\n"
           "\"a,\"\"b\"\"\",,5,1500,2,\x1B[31m\r\n");
}

static void json_has_an_object_a_row(void **state UNUSED)
{
    expect("{\"columns\":[[\"a\",\"number\"],[\"b\",\"text\"]],\"rows\":[[1,\"x\"]]}",
           WANTED_ROWS, ANSWER_JSON, &plain,
           "[\n  {\n    \"a\": 1,\n    \"b\": \"x\"\n  }\n]\n");
    expect("{\"columns\":[[\"a\",\"number\"]],\"rows\":[]}", WANTED_ROWS, ANSWER_JSON,
           &plain, "[]\n");
}

static void json_has_the_proof_beside_its_row(void **state UNUSED)
{
    expect("{\"columns\":[[\"a\",\"number\"]],\"rows\":[[1]],"
           "\"proofs\":[{\"kind\":\"holds\",\"text\":\"1 < 2\"}]}",
           WANTED_PROOFS, ANSWER_JSON, &plain,
           "[\n  {\n    \"row\": {\n      \"a\": 1\n    },\n    \"proof\": {\n"
           "      \"kind\": \"holds\",\n      \"text\": \"1 < 2\"\n    }\n  }\n]\n");
}

static void without_variables_it_is_yes_or_no(void **state UNUSED)
{
    expect("{\"columns\":[],\"rows\":[[]]}", WANTED_ROWS, ANSWER_TABLE, &plain,
           "yes\n");
    expect("{\"columns\":[],\"rows\":[]}", WANTED_ROWS, ANSWER_TABLE, &plain, "no\n");
}

static void no_rows_are_said_on_a_terminal_alone(void **state UNUSED)
{
    const char *nothing = "{\"columns\":[[\"a\",\"text\"]],\"rows\":[]}";
    const struct screen terminal = {.width = 80};
    expect(nothing, WANTED_ROWS, ANSWER_TABLE, &plain, "");
    expect(nothing, WANTED_ROWS, ANSWER_TABLE, &terminal, "no rows\n");
    expect(nothing, WANTED_PROOFS, ANSWER_TABLE, &terminal, "no rows\n");
    expect(nothing, WANTED_ROWS, ANSWER_CSV, &terminal, "a\r\n");
}

static void a_count_and_a_text_are_the_same_in_any_form(void **state UNUSED)
{
    static const enum answer_form forms[] = {ANSWER_TABLE, ANSWER_JSON, ANSWER_CSV};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        expect("{\"count\":7}", WANTED_COUNT, forms[i], &plain, "7\n");
        expect("{\"text\":\"SELECT 1\\n\\u001b\"}", WANTED_SQL, forms[i], &plain,
               "SELECT 1\n^[");
    }
}

static void names_have_their_columns_and_a_sentence_of_help(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf found = {0};
    json_auto_t *list =
        json_loads("[{\"name\":\"low\",\"columns\":[[\"host\",\"text\"],"
                   "[\"ram\",\"size\"]],\"help\":\"Below\\n1.5G. Two.\"},"
                   "{\"name\":\"q\",\"columns\":[]}]",
                   0, NULL);
    answer_format_names(list, "RULE", &plain, &found);
    assert_string_equal(strbuf_text(&found), "RULE  COLUMNS    HELP\n"
                                             "low   host, ram  Below 1.5G.\n"
                                             "q\n");
    strbuf_shorten(&found, 0);
    json_auto_t *nothing = json_array();
    answer_format_names(nothing, "RULE", &plain, &found);
    assert_int_equal(found.size, 0);
}

static void one_name_has_types_help_and_its_past(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf found = {0};
    json_auto_t *item = json_loads("{\"name\":\"low\",\"columns\":[[\"host\",\"text\"],"
                                   "[\"ram\",\"size\"]],\"help\":\"One.\\nTwo.\","
                                   "\"history\":true}",
                                   0, NULL);
    answer_format_name(item, &plain, &found);
    assert_string_equal(strbuf_text(&found),
                        "low(host: text, ram: size)\nOne.\nTwo.\n"
                        "Its past can be asked too: low(…) at TIME\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_has_units_and_the_readers_zone),
        cmocka_unit_test(csv_quotes_what_must_be_quoted),
        cmocka_unit_test(json_has_an_object_a_row),
        cmocka_unit_test(json_has_the_proof_beside_its_row),
        cmocka_unit_test(without_variables_it_is_yes_or_no),
        cmocka_unit_test(no_rows_are_said_on_a_terminal_alone),
        cmocka_unit_test(a_count_and_a_text_are_the_same_in_any_form),
        cmocka_unit_test(names_have_their_columns_and_a_sentence_of_help),
        cmocka_unit_test(one_name_has_types_help_and_its_past),
    };
    setenv("TZ", "America/Chicago", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
