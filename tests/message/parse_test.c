// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - one message or many from a text; all, or the number of the wrong one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "message/message.h"

#define NOW INT64_C(1795340888123)

static const struct message_defaults defaults = {.now = NOW, .host = "here"};

static struct message *parsed(const char *json)
{
    struct message *message = NULL;
    struct error err = {0};
    if (message_parse(json, strlen(json), &defaults, &message, &err) < 0)
        fail_msg("%s: %s", json, err.text);
    return message;
}

static void assert_refuses(const char *json, const char *wanted)
{
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, &err),
                     -EINVAL);
    assert_null(message);
    assert_string_equal(err.text, wanted);
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, NULL),
                     -EINVAL);
}

/* ---- one ---- */

static void a_short_message_is_filled_in(void **state UNUSED)
{
    AUTO(message) struct message *message = parsed("{\"tag\":\"x\",\"status\":1}");
    assert_string_equal(message->tag, "x");
    assert_string_equal(message->host, "here");
    assert_int_equal(message->time, NOW);
    assert_int_equal(message->kind, MESSAGE_OUTCOME);
    assert_int_equal(message->err, ERR_FAIL);
    assert_true(uuid_is_valid(message->id, strlen(message->id)));

    AUTO(str)
    char *body =
        text_format("{\"host\":\"here\",\"id\":\"%s\","
                    "\"time\":\"2026-11-22T09:48:08.123Z\",\"kind\":\"outcome\","
                    "\"err\":\"FAIL\",\"tag\":\"x\",\"status\":1}",
                    message->id);
    assert_string_equal(message->body.data, body);
    assert_int_equal(message->body.size, strlen(body));
}

static void what_is_left_out_follows_from_what_is_there(void **state UNUSED)
{
    static const struct {
        const char *json;
        enum message_kind kind;
        enum message_err err;
    } cases[] = {
        {"{\"tag\":\"x\",\"status\":0}", MESSAGE_OUTCOME, ERR_SUCCESS},
        {"{\"tag\":\"x\",\"status\":7}", MESSAGE_OUTCOME, ERR_FAIL},
        {"{\"tag\":\"x\",\"signal\":9}", MESSAGE_OUTCOME, ERR_FAIL},
        {"{\"tag\":\"x\",\"status\":0,\"signal\":9}", MESSAGE_OUTCOME, ERR_FAIL},
        {"{\"tag\":\"x\",\"status\":0,\"err\":\"CHECK\"}", MESSAGE_OUTCOME, ERR_CHECK},
        {"{\"tag\":\"x\",\"status\":0,\"err\":null}", MESSAGE_OUTCOME, ERR_SUCCESS},
        {"{\"tag\":\"x\",\"kind\":\"outcome\"}", MESSAGE_OUTCOME, ERR_FAIL},
        {"{\"tag\":\"x\"}", MESSAGE_NOTE, ERR_NONE},
        {"{\"tag\":\"x\",\"status\":null,\"signal\":null}", MESSAGE_NOTE, ERR_NONE},
        {"{\"tag\":\"x\",\"text\":\"y\"}", MESSAGE_NOTE, ERR_NONE},
        {"{\"tag\":\"x\",\"err\":\"WARNING\"}", MESSAGE_NOTE, ERR_WARNING},
        {"{\"tag\":\"x\",\"kind\":\"start\"}", MESSAGE_START, ERR_NONE},
        {"{\"tag\":\"x\",\"kind\":\"start\",\"err\":\"FAIL\"}", MESSAGE_START,
         ERR_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(message) struct message *message = parsed(cases[i].json);
        assert_int_equal(message->kind, cases[i].kind);
        assert_int_equal(message->err, cases[i].err);
    }
}

static void what_was_filled_in_is_read_from_the_body(void **state UNUSED)
{
    AUTO(message) struct message *first = parsed("{ \"status\":1, \"tag\":\"x\" }");
    const struct message_defaults none = {0};
    AUTO(message) struct message *again = NULL;
    assert_int_equal(
        message_parse(first->body.data, first->body.size, &none, &again, NULL), 0);
    assert_string_equal(again->id, first->id);
    assert_string_equal(again->host, first->host);
    assert_int_equal(again->time, first->time);
    assert_int_equal(again->kind, first->kind);
    assert_int_equal(again->err, first->err);
    assert_string_equal(again->body.data, first->body.data);
}

#define FULL                                                                           \
    "\"id\":\"0192e4c8-1111-7222-8333-444455556666\",\"kind\":\"note\",\"host\":"      \
    "\"h\","                                                                           \
    "\"tag\":\"x\",\"time\":\"2026-11-22T09:48:08Z\""

static void a_full_message_stays_as_it_came(void **state UNUSED)
{
    static const char json[] =
        "{" FULL ",\n  \"load\": 0.10, \"big\":1e3,\"é\":[\"\\u00e9/\"]}";
    AUTO(str) char *spaced = text_format(" \r\n\t%s\n\n", json);
    AUTO(message) struct message *message = parsed(spaced);
    assert_string_equal(message->body.data, json);
    assert_int_equal(message->body.size, strlen(json));
}

static void unknown_fields_of_a_short_message_keep_their_text(void **state UNUSED)
{
    static const char rest[] =
        "\"tag\":\"x\", \"load\":0.10,\"big\":1e3,\"é\":{\"b\":[ ]},"
        "\"every\":\"1d\"}";
    AUTO(str) char *json = text_format("{%s", rest);
    AUTO(message) struct message *message = parsed(json);
    const char *tail = message->body.data + message->body.size - strlen(rest);
    assert_string_equal(tail, rest);
}

static void a_message_needs_a_tag_and_a_host(void **state UNUSED)
{
    assert_refuses("{\"host\":\"a\"}", "field \"tag\" is missing");
    assert_refuses("{}", "field \"tag\" is missing");

    const struct message_defaults hostless = {.now = NOW};
    struct message *message = NULL;
    struct error err = {0};
    assert_int_equal(message_parse("{\"tag\":\"x\"}", 11, &hostless, &message, &err),
                     -EINVAL);
    assert_string_equal(err.text, "field \"host\" is missing");
}

static void a_message_is_one_object(void **state UNUSED)
{
    assert_refuses("", "found nothing, expected a message");
    assert_refuses(" \n", "found nothing, expected a message");
    assert_refuses("7", "found 7, expected an object");
    assert_refuses("\"x\"", "found \"x\", expected an object");
    assert_refuses("[{\"tag\":\"x\"}]", "found [{\"tag\":\"x\"}], expected an object");
    assert_refuses("{\"tag\":\"x\"} {\"tag\":\"x\"}",
                   "found more text behind the message");
}

static void malformed_json_is_refused_with_its_place(void **state UNUSED)
{
    assert_refuses("{\"tag\":\"x\",\n\"status\":}",
                   "line 2, column 10: unexpected token near '}'");
    assert_refuses("{\"tag\":\"x\",\"tag\":\"y\"}",
                   "line 1, column 16: duplicate object key near '\"tag\"'");
    static const char *const wrong[] = {
        "{",
        "{\"tag\"",
        "{\"tag\":\"x\"",
        "{\"tag\":\"x\",}",
        "{tag:\"x\"}",
        "{'tag':'x'}",
        "{\"tag\":\"x\",\"n\":01}",
        "{\"tag\":\"x\",\"n\":1e999}",
        "{\"tag\":\"a\tb\"}",
        "{\"tag\":\"x\",\"n\":99999999999999999999}",
        "{\"tag\":\"\xFF\"}",
        "{\"tag\":\"\\ud800\"}",
        "{\"tag\":\"x\",\"a\":{\"b\":1,\"b\":2}}",
        "nul",
        "}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct message *message = NULL;
        struct error err = {0};
        if (message_parse(wrong[i], strlen(wrong[i]), &defaults, &message, &err) !=
            -EINVAL)
            fail_msg("%s was read", wrong[i]);
        assert_memory_equal(err.text, "line 1, column ", 15);
    }
}

static void a_size_is_counted_and_no_nul_is_needed(void **state UNUSED)
{
    static const char json[] = "{\"tag\":\"x\"}{\"tag\":\"y\"}";
    AUTO(str) char *exact = memory_new(11);
    memcpy(exact, json, 11);
    AUTO(message) struct message *message = NULL;
    assert_int_equal(message_parse(exact, 11, &defaults, &message, NULL), 0);
}

/* {FULL,"pad":"xxx…"} of that size */
static char *padded(const char *start, size_t size)
{
    char *json = memory_new(size + 1);
    memset(json, 'x', size);
    memcpy(json, start, strlen(start));
    memcpy(json + size - 2, "\"}", 2);
    return json;
}

static int parse_padded(const char *start, size_t size, struct error *err)
{
    AUTO(str) char *json = padded(start, size);
    AUTO(message) struct message *message = NULL;
    return message_parse(json, size, &defaults, &message, err);
}

static void a_message_has_at_most_a_mebibyte(void **state UNUSED)
{
    static const char full[] = "{" FULL ",\"pad\":\"";
    struct error err = {0};
    assert_int_equal(parse_padded(full, MESSAGE_SIZE_MAX, NULL), 0);
    assert_int_equal(parse_padded(full, MESSAGE_SIZE_MAX + 1, &err), -EFBIG);
    assert_string_equal(err.text,
                        "it has 1048577 bytes, and a message at most 1048576");
}

static void what_was_cut_beyond_that_is_said_to_be_too_long(void **state UNUSED)
{
    struct error err = {0};
    AUTO(message) struct message *message = NULL;
    AUTO(str) char *json = padded("{" FULL ",\"pad\":\"", 2 * MESSAGE_SIZE_MAX);
    assert_int_equal(
        message_parse(json, MESSAGE_SIZE_MAX + 1, &defaults, &message, &err), -EFBIG);
    assert_string_equal(err.text, "it has more than 1048576 bytes, the most of a "
                                  "message");
}

/* Each of these would be an object in memory. */
static void of_what_is_far_too_large_no_more_is_read(void **state UNUSED)
{
    static const char start[] = "{" FULL ",\"pad\":[";
    struct error err = {0};
    AUTO(message) struct message *message = NULL;
    size_t size = 16 << 20;
    AUTO(str) char *json = memory_new(size + 1);
    memcpy(json, start, sizeof start - 1);
    for (size_t i = sizeof start - 1; i < size; i++)
        json[i] = (i - sizeof start) % 2 ? '7' : ',';
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(message_parse(json, size, &defaults, &message, &err), -EFBIG);
    getrusage(RUSAGE_SELF, &after);
    assert_string_equal(err.text, "it has more than 1048576 bytes, the most of a "
                                  "message");
    assert_true(after.ru_maxrss - before.ru_maxrss < 256 << 10); /* KiB */
}

static void what_is_filled_in_counts_too(void **state UNUSED)
{
    static const char start[] = "{\"tag\":\"x\",\"pad\":\"";
    assert_int_equal(parse_padded(start, MESSAGE_SIZE_MAX - 200, NULL), 0);
    assert_int_equal(parse_padded(start, MESSAGE_SIZE_MAX, NULL), -EFBIG);
}

/* ---- many ---- */

static void assert_tags(const char *json, const char *tags)
{
    AUTO(message_list) struct message_list list = {0};
    AUTO(strbuf) struct strbuf found = {0};
    struct error err = {0};
    int index = 7;
    if (message_parse_all(json, strlen(json), &defaults, &list, &index, &err) < 0)
        fail_msg("%s: %s", json, err.text);
    assert_int_equal(index, -1);
    for (size_t i = 0; i < list.count; i++)
        strbuf_puts(&found, list.items[i]->tag);
    assert_string_equal(strbuf_text(&found), tags);
}

#define M(tag) "{\"tag\":\"" tag "\"}"

static void reads_one_an_array_and_a_sequence(void **state UNUSED)
{
    assert_tags(M("a"), "a");
    assert_tags(" " M("a") "\n", "a");
    assert_tags("[" M("a") "]", "a");
    assert_tags(" [ " M("a") " ,\n" M("b") "\t] \n", "ab");
    assert_tags(M("a") "\n" M("b") "\n" M("c") "\n", "abc");
    assert_tags(M("a") "\r\n\r\n" M("b"), "ab");
    assert_tags(M("a") M("b") " " M("c"), "abc");
    assert_tags("{\n  \"tag\": \"a\"\n}\n{\n  \"tag\": \"b\"\n}\n", "ab");
}

#define ONE   "{" FULL ", \"n\": 0.10}"
#define OTHER "{" FULL ",\"é\":1 }"

static void each_of_many_keeps_its_own_text(void **state UNUSED)
{
    static const char *const forms[] = {ONE "\n" OTHER "\n", ONE OTHER,
                                        "[ " ONE " ,\n" OTHER " ]"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        AUTO(message_list) struct message_list list = {0};
        int index;
        assert_int_equal(message_parse_all(forms[i], strlen(forms[i]), &defaults, &list,
                                           &index, NULL),
                         0);
        assert_int_equal(list.count, 2);
        assert_string_equal(list.items[0]->body.data, ONE);
        assert_string_equal(list.items[1]->body.data, OTHER);
    }
}

static void assert_refuses_all(const char *json, int wanted_index, const char *wanted)
{
    struct message_list list = {0};
    struct error err = {0};
    int index = 7;
    assert_int_equal(
        message_parse_all(json, strlen(json), &defaults, &list, &index, &err), -EINVAL);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
    assert_string_equal(err.text, wanted);
    assert_int_equal(index, wanted_index);
}

#define WRONG "{\"tag\":\"b\",\"status\":\"1\"}"

static void names_the_wrong_one_and_takes_none(void **state UNUSED)
{
    static const struct {
        const char *json;
        int index;
    } cases[] = {
        {WRONG, 0},
        {"[" WRONG "]", 0},
        {M("a") WRONG M("c"), 1},
        {"[" M("a") "," M("a") "," WRONG "," M("c") "]", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(str)
        char *wanted =
            text_format("message %d: field \"status\": found \"1\", expected "
                        "an integer from 0 on, or null",
                        cases[i].index);
        assert_refuses_all(cases[i].json, cases[i].index, wanted);
    }
}

static void names_the_malformed_one(void **state UNUSED)
{
    assert_refuses_all(M("a") "\n{\"tag\":\"b\",}\n", 1,
                       "message 1: line 1, column 12: string or '}' expected near '}'");
    assert_refuses_all("[" M("a") ",]", 1,
                       "message 1: line 1, column 1: unexpected token near ']'");
    assert_refuses_all("[" M("a") ", 7]", 1, "message 1: found 7, expected an object");
    assert_refuses_all(M("a") " x", 1,
                       "message 1: line 1, column 1: invalid token near 'x'");
}

static void a_body_that_is_wrong_as_a_whole_has_no_number(void **state UNUSED)
{
    assert_refuses_all("", -1, "found nothing, expected a message");
    assert_refuses_all(" \r\n\t", -1, "found nothing, expected a message");
    assert_refuses_all(" [ ] ", -1, "found an empty array, expected a message");
    assert_refuses_all("[" M("a") " " M("b") "]", -1,
                       "behind message 0 of the array: expected ',' or ']'");
    assert_refuses_all("[" M("a") "," M("b"), -1,
                       "behind message 1 of the array: expected ',' or ']'");
    assert_refuses_all("[" M("a") "] x", -1, "found more text behind the array");
}

static void
one_of_many_may_be_too_large_and_all_together_may_be_larger(void **state UNUSED)
{
    static const char full[] = "{" FULL ",\"pad\":\"";
    AUTO(str) char *good = padded(full, MESSAGE_SIZE_MAX);
    AUTO(str) char *large = padded(full, MESSAGE_SIZE_MAX + 1);
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(message_list) struct message_list list = {0};
    int index;
    strbuf_printf(&json, "%s\n%s\n", good, good);
    assert_int_equal(
        message_parse_all(json.data, json.size, &defaults, &list, &index, NULL), 0);

    struct message_list none = {0};
    struct error err = {0};
    strbuf_puts(&json, large);
    assert_int_equal(
        message_parse_all(json.data, json.size, &defaults, &none, &index, &err),
        -EFBIG);
    assert_int_equal(index, 2);
    assert_memory_equal(err.text, "message 2: it has 1048577 bytes", 31);
}

static void reads_as_many_as_it_may_and_no_more(void **state UNUSED)
{
    static const char *const many[] = {M("a") M("b") M("c"),
                                       "[" M("a") "," M("b") "," M("c") "]",
                                       M("a") M("b") "nonsense"};
    struct message_defaults two = defaults;
    two.count_max = 2;
    int index = 7;
    AUTO(message_list) struct message_list good = {0};
    assert_int_equal(message_parse_all(M("a") M("b"), strlen(M("a") M("b")), &two,
                                       &good, &index, NULL),
                     0);
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        struct message_list none = {0};
        struct error err = {0};
        index = 7;
        assert_int_equal(
            message_parse_all(many[i], strlen(many[i]), &two, &none, &index, &err),
            -EFBIG);
        assert_string_equal(err.text, "more than 2 messages; send several requests");
        assert_int_equal(index, -1);
        assert_null(none.items);
    }
}

static void short_messages_of_one_body_get_ids_of_their_own(void **state UNUSED)
{
    AUTO(message_list) struct message_list list = {0};
    int index;
    assert_int_equal(message_parse_all("{\"tag\":\"a\"}{\"tag\":\"a\"}", 22, &defaults,
                                       &list, &index, NULL),
                     0);
    assert_string_not_equal(list.items[0]->id, list.items[1]->id);
}

struct strangers {
    int count;
    char last[80];
};

static void note_stranger(void *context, const char *json, size_t size,
                          const char *reason)
{
    struct strangers *strangers = context;
    assert_non_null(strstr(reason, "field \"kind\": found \"riddle\""));
    strangers->count++;
    snprintf(strangers->last, sizeof strangers->last, "%.*s", (int)size, json);
}

static void hands_over_what_a_newer_version_may_know(void **state UNUSED)
{
    static const char json[] = "{\"tag\":\"a\"}\n{\"tag\":\"b\",\"kind\":\"riddle\"}\n"
                               "{\"tag\":\"c\"}\n{\"tag\":3}";
    struct strangers strangers = {0};
    struct message_defaults asking = {
        .now = 1, .host = "h", .unknown = note_stranger, .context = &strangers};
    AUTO(message_list) struct message_list list = {0};
    int index;
    size_t good = strlen(json) - strlen("{\"tag\":3}");
    assert_int_equal(message_parse_all(json, good, &asking, &list, &index, NULL), 0);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[1]->tag, "c");
    assert_int_equal(strangers.count, 1);
    assert_string_equal(strangers.last, "{\"tag\":\"b\",\"kind\":\"riddle\"}");

    AUTO(message_list) struct message_list none = {0};
    assert_int_equal(
        message_parse_all(json, strlen(json), &asking, &none, &index, NULL), -EINVAL);
    assert_int_equal(index, 3);
}

static void takes_the_id_that_is_given(void **state UNUSED)
{
    static const char json[] = "{\"tag\":\"a\"}";
    static const char id[] = "0192e4c8-1111-7222-8333-444455556666";
    struct message_defaults named = {.now = 1, .host = "h", .id = id};
    AUTO(message) struct message *message = NULL;
    assert_int_equal(message_parse(json, strlen(json), &named, &message, NULL), 0);
    assert_string_equal(message->id, id);
    assert_non_null(strstr(message->body.data, id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_message_is_filled_in),
        cmocka_unit_test(what_is_left_out_follows_from_what_is_there),
        cmocka_unit_test(what_was_filled_in_is_read_from_the_body),
        cmocka_unit_test(a_full_message_stays_as_it_came),
        cmocka_unit_test(unknown_fields_of_a_short_message_keep_their_text),
        cmocka_unit_test(a_message_needs_a_tag_and_a_host),
        cmocka_unit_test(a_message_is_one_object),
        cmocka_unit_test(malformed_json_is_refused_with_its_place),
        cmocka_unit_test(a_size_is_counted_and_no_nul_is_needed),
        cmocka_unit_test(a_message_has_at_most_a_mebibyte),
        cmocka_unit_test(what_was_cut_beyond_that_is_said_to_be_too_long),
        cmocka_unit_test(of_what_is_far_too_large_no_more_is_read),
        cmocka_unit_test(what_is_filled_in_counts_too),
        cmocka_unit_test(reads_one_an_array_and_a_sequence),
        cmocka_unit_test(each_of_many_keeps_its_own_text),
        cmocka_unit_test(names_the_wrong_one_and_takes_none),
        cmocka_unit_test(names_the_malformed_one),
        cmocka_unit_test(a_body_that_is_wrong_as_a_whole_has_no_number),
        cmocka_unit_test(one_of_many_may_be_too_large_and_all_together_may_be_larger),
        cmocka_unit_test(reads_as_many_as_it_may_and_no_more),
        cmocka_unit_test(short_messages_of_one_body_get_ids_of_their_own),
        cmocka_unit_test(hands_over_what_a_newer_version_may_know),
        cmocka_unit_test(takes_the_id_that_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
