// SPDX-License-Identifier: GPL-3.0-or-later
/* edit - what changes, and that nothing else does. */
#include "config/edit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const struct config_change *changes,
                   const char *wanted)
{
    AUTO(strbuf) struct strbuf edited = {0};
    struct error err = {0};
    if (config_edit(text, strlen(text), changes, &edited, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&edited), wanted);
}

static const struct config_change token[] = {{"token", "new"}, {NULL, NULL}};
static const struct config_change no_token[] = {{"token", NULL}, {NULL, NULL}};
static const struct config_change two[] = {
    {"queue", "https://a:1"}, {"token", "new"}, {NULL, NULL}};

static void writes_into_nothing(void **state UNUSED)
{
    expect("", two, "(queue \"https://a:1\")\n(token \"new\")\n");
}

static void appends_what_is_not_there(void **state UNUSED)
{
    expect("(host \"a\") ; mine\n", token, "(host \"a\") ; mine\n(token \"new\")\n");
    expect("; no newline", token, "; no newline\n(token \"new\")\n");
}

static void replaces_where_it_stands(void **state UNUSED)
{
    expect(
        "; a\n(host \"b\") (token \"old\") ; c\n(port 1)\n", two,
        "; a\n(host \"b\") (token \"new\") ; c\n(port 1)\n(queue \"https://a:1\")\n");
    expect("(token . \"old\")", token, "(token \"new\")");
    expect("( token #| x |#\n \"old\" )", token, "(token \"new\")");
}

static void replaces_within_config(void **state UNUSED)
{
    expect("(config\n  (token \"old\")\n  (port 1))\n", token,
           "(config\n  (token \"new\")\n  (port 1))\n");
}

static void keeps_one_of_several(void **state UNUSED)
{
    expect("(token \"a\")\n(port 1)\n  (token \"b\") \n(host \"c\")\n", token,
           "(token \"new\")\n(port 1)\n(host \"c\")\n");
}

static void takes_out_and_leaves_what_stands_beside(void **state UNUSED)
{
    expect("(token \"a\")\n(port 1)\n", no_token, "(port 1)\n");
    expect("(port 1) (token \"a\") (host \"b\")\n", no_token,
           "(port 1)  (host \"b\")\n");
    expect("(token \"a\") ; why\n", no_token, " ; why\n");
    expect("(port 1)\n", no_token, "(port 1)\n");
    expect("(token \"a\")", no_token, "");
}

static void leaves_what_only_looks_alike(void **state UNUSED)
{
    static const char text[] =
        "; (token \"a\")\n#;(token \"b\")\n(host \"(token c)\")\n"
        "(smtp (user \"token\"))\n";
    AUTO(strbuf) struct strbuf wanted = {0};
    strbuf_printf(&wanted, "%s(token \"new\")\n", text);
    expect(text, token, wanted.data);
}

static void quotes_the_value(void **state UNUSED)
{
    static const struct config_change odd[] = {{"ca", "/a \"b\"\\c"}, {NULL, NULL}};
    expect("", odd, "(ca \"/a \\\"b\\\"\\\\c\")\n");
}

static void refuses_what_cannot_be_read(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf edited = {0};
    struct error err;
    assert_int_equal(config_edit("(host", 5, token, &edited, &err), -EINVAL);
    assert_ptr_equal(strstr(err.text, "1:1: "), err.text);
    assert_int_equal(edited.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_into_nothing),
        cmocka_unit_test(appends_what_is_not_there),
        cmocka_unit_test(replaces_where_it_stands),
        cmocka_unit_test(replaces_within_config),
        cmocka_unit_test(keeps_one_of_several),
        cmocka_unit_test(takes_out_and_leaves_what_stands_beside),
        cmocka_unit_test(leaves_what_only_looks_alike),
        cmocka_unit_test(quotes_the_value),
        cmocka_unit_test(refuses_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
