// SPDX-License-Identifier: GPL-3.0-or-later
/* lines - each form of each thing that can be said, what is refused and where, and that
 * what is written is read again as the same. */
#include "monitor/lines.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/utf8.h"

/* site(name text key, port number) */
static struct relation *site_new(void)
{
    struct relation *site = relation_new("site", NULL);
    relation_add_column(site, "name", COLUMN_TEXT, true);
    relation_add_column(site, "port", COLUMN_NUMBER, false);
    return site;
}

static int parse(const char *text, size_t size, struct findings *ret, struct error *err)
{
    AUTO(relations) struct relations relations = {0};
    relations.items = memory_new(sizeof *relations.items);
    relations.items[relations.count++] = site_new();
    return lines_parse(text, size, &relations, ret, err);
}

/* Reads one line that must be good, and gives back what it says as our JSON. */
static const char *reads_as(const char *line, struct strbuf *ret)
{
    AUTO(findings) struct findings findings = {0};
    struct error err = {0};
    if (parse(line, strlen(line), &findings, &err) < 0)
        fail_msg("%s: %s", line, err.text);
    for (size_t i = 0; i < findings.count; i++)
        lines_format(&findings.items[i], ret);
    return strbuf_text(ret);
}

/* wanted: as JSON with ' for ", as all that follows is written. */
static void assert_reads(const char *line, const char *wanted)
{
    AUTO(strbuf) struct strbuf found = {0}, again = {0}, json = {0};
    for (const char *c = wanted; *c; c++)
        strbuf_putc(&json, *c == '\'' ? '"' : *c);
    strbuf_puts(&json, *wanted ? "\n" : "");
    assert_string_equal(reads_as(line, &found), strbuf_text(&json));
    found.size -= found.size > 0;
    AUTO(str) char *written = memory_copy(strbuf_text(&found), found.size);
    assert_string_equal(reads_as(written, &again), strbuf_text(&json));
}

static void assert_reads_json(const char *line, const char *wanted)
{
    AUTO(str) char *json = text_copy(line);
    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    assert_reads(json, wanted);
}

static void assert_refuses(const char *line, const char *wanted)
{
    AUTO(str) char *text = text_copy(line);
    for (char *c = text; *text == '{' && *c; c++)
        if (*c == '\'')
            *c = '"';
    AUTO(findings) struct findings findings = {0};
    struct error err = {0};
    if (parse(text, strlen(text), &findings, &err) == 0)
        fail_msg("%s: is read", line);
    assert_int_equal(findings.count, 0);
    assert_string_equal(err.text, wanted);
    assert_int_equal(parse(text, strlen(text), &findings, NULL), -EINVAL);
}

static void a_word_is_enough(void **state UNUSED)
{
    assert_reads("ok", "{'state':'ok'}");
    assert_reads("  fail \t\r", "{'state':'fail'}");
    assert_reads("warning 3 updates wait",
                 "{'state':'warning','text':'3 updates wait'}");
    assert_reads("unknown   two  blanks ", "{'state':'unknown','text':'two  blanks'}");
    assert_reads("ok {a:1} (b) c", "{'state':'ok','text':'{a:1} (b) c'}");
    assert_reads("note Müller logged in", "{'note':'Müller logged in'}");
    assert_reads("log retried", "{'log':'retried'}");
}

static void an_empty_line_says_nothing(void **state UNUSED)
{
    assert_reads("", "");
    assert_reads(" \t \r", "");
}

static void words_give_readings(void **state UNUSED)
{
    assert_reads("reading load.1m 0.25",
                 "{'reading':'load.1m','value':0.25,'unit':''}");
    assert_reads("reading used -1.5e3 MiB/s",
                 "{'reading':'used','value':-1500,'unit':'MiB/s'}");
    assert_reads("reading t .5 °C", "{'reading':'t','value':0.5,'unit':'°C'}");
}

static void words_give_facts(void **state UNUSED)
{
    assert_reads("fact site example.org 443",
                 "{'fact':'site','row':['example.org','443']}");
    assert_reads("fact site \"two words \" -1",
                 "{'fact':'site','row':['two words ','-1']}");
    assert_reads("fact site \"\\\\\" \"\"", "{'fact':'site','row':['\\\\','']}");
    assert_reads("fact a b,(c) d", "{'fact':'a','row':['b,(c)','d']}");
}

static void json_says_everything(void **state UNUSED)
{
    static const char *const lines[] = {
        "{'state':'warning','text':'3 wait','part':'security','host':'penguin'}",
        "{'reading':'c','value':0.1,'unit':'%','part':'eth0','host':'h'}",
        "{'fact':'site','host':'h','row':['example.org',null]}",
        "{'facts':'site','rows':[]}",
        "{'note':'n','part':'p'}",
        "{'log':'l'}",
        "{'mail':'two\\nlines','subject':'s','to':'me@example.org'}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_reads_json(lines[i], lines[i]);

    assert_reads_json(" { 'part' : 'eth0', 'value' : 12 , 'reading' : 'c' } ",
                      "{'reading':'c','value':12,'unit':'','part':'eth0'}");
    assert_reads_json("{'facts':'site','rows':[['a',1.5],[7,null],[true,'']]}",
                      "{'facts':'site','rows':[['a','1.5'],['7',null],['true','']]}");
    assert_reads_json("{'note':'n','part':null}", "{'note':'n'}");
}

static void rows_may_be_objects_of_declared_columns(void **state UNUSED)
{
    assert_reads_json("{'fact':'site','row':{'port':443,'name':'example.org'}}",
                      "{'fact':'site','row':['example.org','443']}");
    assert_reads_json("{'facts':'site','rows':[{'name':'a'},['b',2]]}",
                      "{'facts':'site','rows':[['a',null],['b','2']]}");
    assert_refuses("{'fact':'site','row':{'nane':'a'}}",
                   "column 23: site has no column \"nane\"; did you mean name?");
    assert_refuses("{'fact':'other','row':{'name':'a'}}",
                   "column 17: row: found {\"name\":\"a\"}, expected an array, for the "
                   "columns of this relation are not declared");
}

static void s_expressions_say_everything(void **state UNUSED)
{
    assert_reads("(ok)", "{'state':'ok'}");
    assert_reads("(warning \"3 updates wait\" (part \"security\"))",
                 "{'state':'warning','text':'3 updates wait','part':'security'}");
    assert_reads("(fail (text \"t\") (host penguin)) ; why",
                 "{'state':'fail','text':'t','host':'penguin'}");
    assert_reads("(reading connections 12 \"\")",
                 "{'reading':'connections','value':12,'unit':''}");
    assert_reads("(reading rx 1.5 B/s (part eth0))",
                 "{'reading':'rx','value':1.5,'unit':'B/s','part':'eth0'}");
    assert_reads("(fact site \"example.org\" 443 (host \"penguin\"))",
                 "{'fact':'site','host':'penguin','row':['example.org','443']}");
    assert_reads("(facts site (\"a\" 1) (\"b\" ()))",
                 "{'facts':'site','rows':[['a','1'],['b',null]]}");
    assert_reads("(facts site)", "{'facts':'site','rows':[]}");
    assert_reads("(note \"n\" (part p))", "{'note':'n','part':'p'}");
    assert_reads("(log . \"l\")", "{'log':'l'}");
    assert_reads("(mail \"two\\nlines\" (subject \"s\") (to \"me@example.org\"))",
                 "{'mail':'two\\nlines','subject':'s','to':'me@example.org'}");
}

#define KINDS "ok, warning, fail, unknown, reading, fact, facts, note, mail or log"

static void an_unknown_word_says_what_was_meant(void **state UNUSED)
{
    assert_refuses("OK",
                   "column 1: found \"OK\", expected " KINDS "; did you mean ok?");
    assert_refuses("  CRITICAL - disk", "column 3: found \"CRITICAL\", expected " KINDS
                                        "; did you mean fail?");
    assert_refuses("Warning: x", "column 1: found \"Warning:\", expected " KINDS
                                 "; did you mean warning?");
    assert_refuses("(warn \"x\")", "column 2: found \"warn\", expected " KINDS
                                   "; did you mean warning?");
    assert_refuses("readng a 1", "column 1: found \"readng\", expected " KINDS
                                 "; did you mean reading?");
    assert_refuses("Traceback (most recent call last):",
                   "column 1: found \"Traceback\", expected " KINDS);
    assert_refuses("[1]", "column 1: found \"[1]\", expected " KINDS);
}

static void refuses_words_at_their_column(void **state UNUSED)
{
    assert_refuses("reading", "column 1: reading needs a name");
    assert_refuses("note", "column 1: note needs a text");
    assert_refuses("reading used", "column 1: reading needs a value");
    assert_refuses(
        "reading größe 1",
        "column 9: found \"größe\", expected a name of ASCII letters, digits "
        "and signs, without blanks");
    assert_refuses("reading used 12%", "column 14: found \"12%\", expected a number");
    assert_refuses("reading used nan", "column 14: found \"nan\", expected a number");
    assert_refuses("reading used 1e999",
                   "column 14: found \"1e999\", expected a number");
    assert_refuses("reading used 1 % more",
                   "column 18: found \"more\", expected the end");
    assert_refuses("fact", "column 5: found a row of 0 values, expected 1 to 32");
    assert_refuses("fact site", "column 10: found a row of 0 values, expected 1 to 32");
    assert_refuses("fact Site a",
                   "column 6: found \"Site\", expected a relation's name: "
                   "a-z, then a-z, 0-9 and _");
    assert_refuses("fact site a",
                   "column 6: found 1 values in a row, expected 2: name, port");
    assert_refuses("fact site \"a 443",
                   "column 11: this string has no end; expected \" and a blank");
    assert_refuses("fact site \"a\"b",
                   "column 11: this string has no end; expected \" and a blank");
    assert_refuses("facts site",
                   "column 1: facts is said in JSON or as an S-expression");
}

static void refuses_json_at_its_column(void **state UNUSED)
{
    assert_refuses("{'state':'ok'", "column 13: '}' expected near end of file");
    assert_refuses("{'state':'ok'} ok", "column 17: end of file expected near 'ok'");
    assert_refuses("{'state':'ok','state':'ok'}",
                   "column 21: duplicate object key near '\"state\"'");
    assert_refuses("{'sate':'ok'}",
                   "column 1: found no field that says what it is, expected state, "
                   "reading, fact, facts, note, mail or log");
    assert_refuses(
        "{'state':'OK'}",
        "column 2: state: found \"OK\", expected ok, warning, fail or unknown");
    assert_refuses("{'state':'note'}", "column 2: state: found \"note\", expected ok, "
                                       "warning, fail or unknown");
    assert_refuses("{'state':1}", "column 2: state: found 1, expected a string");
    assert_refuses("{'state':'ok','note':'x'}",
                   "column 15: found note beside state, expected one");
    assert_refuses("{'state':'ok','txt':'x'}",
                   "column 15: ok has no field \"txt\"; did you mean text?");
    assert_refuses("{'state':'ok','unit':'x'}",
                   "column 15: found unit, which ok has not");
    assert_refuses("{'text':['é'],'state':'ok'}",
                   "column 2: text: found [\"é\"], expected a string");
    assert_refuses("{'part':'é','reading':'c','value':'1'}",
                   "column 27: value: found \"1\", expected a number");
    assert_refuses("{'part':'','state':'ok'}",
                   "column 2: found \"\", expected the name of a part");
    assert_refuses("{'fact':'site'}", "column 2: fact needs row");
    assert_refuses(
        "{'facts':'site','rows':[['a',1],['b']]}",
        "column 17: found 1 values in row 2, expected 2 as in the rows before");
    assert_refuses(
        "{'facts':'site','rows':[['a',[1]]]}",
        "column 17: rows: found [1], expected a string, a number, true, false "
        "or null");
}

static void refuses_s_expressions_at_their_column(void **state UNUSED)
{
    assert_refuses("(ok", "column 1: this list has no end; expected ')'");
    assert_refuses("()", "column 1: found an empty list, expected a list that begins "
                         "with ok, reading, fact, …");
    assert_refuses("(ok) (ok)", "column 6: found a list, expected one list a line");
    assert_refuses(
        "(ok \"é\" x)",
        "column 9: found the word x, expected a field with its value, such as "
        "(part \"…\")");
    assert_refuses("(ok (prt \"x\"))",
                   "column 5: ok has no field \"prt\"; did you mean part?");
    assert_refuses("(ok (part a) (part b))", "column 14: found part a second time");
    assert_refuses(
        "(facts site \"a\")",
        "column 13: found the string \"a\", expected a row: a list of values");
    assert_refuses(
        "(fact site \"a\" (host h) 3)",
        "column 25: found the word 3, expected a field with its value, such as "
        "(part \"…\")");
    assert_refuses("(fact site)",
                   "column 1: found a row of 0 values, expected 1 to 32");
}

static void what_is_not_utf8_becomes_readable(void **state UNUSED)
{
    assert_reads("warning caf\xE9 \x1B[31mred\x07",
                 "{'state':'warning','text':'caf?  [31mred'}");
    assert_reads_json("{'note':'a\\u0000b\\u001b\\u0085c\\td\\ne'}",
                      "{'note':'a b   c\\td\\ne'}");
    assert_reads_json("{'state':'ok','part':'two\\nlines'}",
                      "{'state':'ok','part':'two lines'}");

    AUTO(findings) struct findings findings = {0};
    assert_int_equal(parse("ok a\0b", 6, &findings, NULL), 0);
    assert_string_equal(findings.items[0].text, "a b");
}

static void a_line_is_bounded(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf line = {0};
    strbuf_puts(&line, "note ");
    memset(strbuf_reserve(&line, LINES_SIZE_MAX), 'x', LINES_SIZE_MAX);
    AUTO(findings) struct findings findings = {0};
    struct error err = {0};
    assert_int_equal(parse(line.data, LINES_SIZE_MAX, &findings, &err), 0);
    assert_int_equal(strlen(findings.items[0].text), LINES_TEXT_MAX);
    assert_int_equal(parse(line.data, LINES_SIZE_MAX + 1, &findings, &err), -EINVAL);
    assert_string_equal(err.text,
                        "column 1: found 1048577 bytes, expected 1048576 at most");
}

static void a_long_text_is_cut_between_characters(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_putc(&text, 'x');
    while (text.size <= LINES_TEXT_MAX)
        strbuf_puts(&text, "é");
    AUTO(str) char *cut = lines_text(text.data, text.size);
    assert_int_equal(strlen(cut), LINES_TEXT_MAX - 1);
    assert_true(utf8_is_valid(cut, strlen(cut)));
    assert_null(strchr(cut, '?'));
}

static void a_relation_is_bounded(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf line = {0};
    strbuf_puts(&line, "{\"facts\":\"other\",\"rows\":[[1]");
    for (int i = 1; i < LINES_ROWS_MAX; i++)
        strbuf_puts(&line, ",[1]");
    strbuf_puts(&line, "]}");
    AUTO(findings) struct findings findings = {0};
    assert_int_equal(parse(line.data, line.size, &findings, NULL), 0);
    assert_int_equal(findings.items[0].rows.count, LINES_ROWS_MAX);

    struct error err = {0};
    strbuf_shorten(&line, line.size - 2);
    strbuf_puts(&line, ",[1]]}");
    assert_int_equal(parse(line.data, line.size, &findings, &err), -EINVAL);
    assert_string_equal(err.text, "column 18: found more than 100000 rows");
    assert_int_equal(findings.count, 1);
}

static void a_row_is_bounded(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf line = {0};
    strbuf_puts(&line, "fact wide");
    for (int i = 0; i < RELATION_COLUMNS_MAX; i++)
        strbuf_puts(&line, " 1");
    AUTO(findings) struct findings findings = {0};
    assert_int_equal(parse(line.data, line.size, &findings, NULL), 0);
    strbuf_puts(&line, " 1");
    assert_refuses(line.data, "column 11: found a row of 33 values, expected 1 to 32");
}

static void names_are_bounded(void **state UNUSED)
{
    char name[202];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    AUTO(str) char *line = text_format("reading %s 1", name);
    assert_refuses(line, "column 9: found a name of 201 bytes, expected 200 at most");
}

static void a_wrong_line_drops_none_of_the_others(void **state UNUSED)
{
    static const char text[] = "reading a 1\n\nokay\nwarning w\nreading b\nfail";
    AUTO(findings) struct findings findings = {0};
    struct error err = {0};
    assert_int_equal(lines_parse_all(text, strlen(text), NULL, &findings, &err),
                     -EINVAL);
    assert_string_equal(err.text, "line 3: column 1: found \"okay\", expected " KINDS
                                  "; did you mean ok?");
    assert_int_equal(findings.count, 3);
    assert_int_equal(findings.items[0].type, FINDING_READING);
    assert_int_equal(findings.items[1].state, STATE_WARNING);
    assert_int_equal(findings.items[2].state, STATE_FAIL);
}

static void no_line_at_all_is_fine(void **state UNUSED)
{
    AUTO(findings) struct findings findings = {0};
    assert_int_equal(lines_parse_all("", 0, NULL, &findings, NULL), 0);
    assert_int_equal(lines_parse_all("\n\n", 2, NULL, &findings, NULL), 0);
    assert_int_equal(findings.count, 0);
}

static void a_number_keeps_every_bit(void **state UNUSED)
{
    static const double values[] = {0,       -1,   1.0 / 3, 1e300,  5e-324,
                                    1234567, 1e22, -2.5e-8, 0x1p53, 4294967296.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct finding finding = {
            .type = FINDING_READING, .name = "r", .value = values[i], .unit = "s"};
        AUTO(strbuf) struct strbuf line = {0};
        lines_format(&finding, &line);
        AUTO(findings) struct findings findings = {0};
        assert_int_equal(lines_parse_all(line.data, line.size, NULL, &findings, NULL),
                         0);
        assert_true(findings.items[0].value == values[i]);
    }
}

static void finds_relations_by_name(void **state UNUSED)
{
    AUTO(relations) struct relations relations = {0};
    assert_null(relations_find(&relations, "site"));
    assert_null(relations_find(NULL, "site"));
    relations.items = memory_new(sizeof *relations.items);
    relations.items[relations.count++] = site_new();
    assert_ptr_equal(relations_find(&relations, "site"), relations.items[0]);
    assert_null(relations_find(&relations, "sites"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_enough),
        cmocka_unit_test(an_empty_line_says_nothing),
        cmocka_unit_test(words_give_readings),
        cmocka_unit_test(words_give_facts),
        cmocka_unit_test(json_says_everything),
        cmocka_unit_test(rows_may_be_objects_of_declared_columns),
        cmocka_unit_test(s_expressions_say_everything),
        cmocka_unit_test(an_unknown_word_says_what_was_meant),
        cmocka_unit_test(refuses_words_at_their_column),
        cmocka_unit_test(refuses_json_at_its_column),
        cmocka_unit_test(refuses_s_expressions_at_their_column),
        cmocka_unit_test(what_is_not_utf8_becomes_readable),
        cmocka_unit_test(a_line_is_bounded),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(a_relation_is_bounded),
        cmocka_unit_test(a_row_is_bounded),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(a_wrong_line_drops_none_of_the_others),
        cmocka_unit_test(no_line_at_all_is_fine),
        cmocka_unit_test(a_number_keeps_every_bit),
        cmocka_unit_test(finds_relations_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
