// SPDX-License-Identifier: GPL-3.0-or-later
/* tally - it grows, is told, and shrinks by what was told. */
#include "bark/tally.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "message/message.h"

#define NOW 1795340888123 /* 2026-11-22T09:48:08.123Z */

static struct tally make_tally(void)
{
    struct tally tally = {.limit = 64 << 20};
    size_t counts[WEIGHTS] = {0};
    counts[WEIGHT_SUCCESS] = 1204;
    counts[WEIGHT_FAILURE] = 3;
    tally_add(&tally, counts, NOW);
    return tally;
}

static void grows_under_a_new_id(void **state UNUSED)
{
    struct tally tally = make_tally(), before = tally;
    size_t counts[WEIGHTS] = {0};
    counts[WEIGHT_FAILURE] = 1;
    tally_add(&tally, counts, NOW + 5000);
    assert_int_equal(tally.counts[WEIGHT_SUCCESS], 1204);
    assert_int_equal(tally.counts[WEIGHT_FAILURE], 4);
    assert_int_equal(tally.since, NOW);
    assert_string_not_equal(tally.id, before.id);
}

static void is_read_as_it_was_written(void **state UNUSED)
{
    struct tally tally = make_tally(), found;
    AUTO(strbuf) struct strbuf text = {0};
    tally_format(&tally, &text);
    assert_int_equal(tally_parse(strbuf_text(&text), &found, NULL), 0);
    assert_memory_equal(found.counts, tally.counts, sizeof tally.counts);
    assert_int_equal(found.since, NOW);
    assert_int_equal(found.limit, 64 << 20);
    assert_string_equal(found.id, tally.id);
}

static void refuses_what_is_none(void **state UNUSED)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        "id x\nsince 2026-11-22T09:48:08Z\nlimit 1\n",
        "id 0192e4c8-0000-7000-8000-000000000001\nsince yesterday\nlimit 1\n",
        "id 0192e4c8-0000-7000-8000-000000000001\nlimit 1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tally tally = {.since = 7};
        struct error err;
        assert_int_equal(tally_parse(texts[i], &tally, &err), -EINVAL);
        assert_int_equal(tally.since, 7);
    }
}

static void what_was_told_is_taken_away(void **state UNUSED)
{
    struct tally told = make_tally(), tally = told;
    tally_subtract(&tally, &told, NOW + 9000);
    assert_int_equal(tally.since, 0);

    tally = told;
    size_t counts[WEIGHTS] = {0};
    counts[WEIGHT_START] = 2;
    tally_add(&tally, counts, NOW + 5000);
    tally_subtract(&tally, &told, NOW + 9000);
    assert_int_equal(tally.counts[WEIGHT_SUCCESS], 0);
    assert_int_equal(tally.counts[WEIGHT_START], 2);
    assert_int_equal(tally.since, NOW + 9000);
}

static struct message *parse(const struct strbuf *json)
{
    struct message *message = NULL;
    struct message_defaults defaults = {.now = NOW};
    assert_int_equal(
        message_parse(strbuf_text(json), json->size, &defaults, &message, NULL), 0);
    return message;
}

static void the_note_is_a_warning_that_says_all(void **state UNUSED)
{
    struct tally tally = make_tally();
    AUTO(strbuf) struct strbuf json = {0};
    tally_put_note(&tally, NOW + 60000, &json);
    AUTO(message) struct message *note = parse(&json);
    assert_int_equal(note->kind, MESSAGE_NOTE);
    assert_int_equal(note->err, ERR_WARNING);
    assert_int_equal(note->time, NOW + 60000);
    assert_string_equal(note->tag, "sheepdog:spool");
    assert_string_equal(note->id, tally.id);
    assert_string_equal(note->text,
                        "given up while the server could not be reached: 1204 "
                        "successes, 3 failures, since 2026-11-22T09:48:08.123Z; the "
                        "spool's limit is 64 MiB");
}

static void its_end_says_that_all_is_well(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf json = {0};
    tally_put_end(NOW, &json);
    AUTO(message) struct message *note = parse(&json);
    assert_string_equal(note->tag, "sheepdog:spool");
    assert_int_equal(message_state(note), STATE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_under_a_new_id),
        cmocka_unit_test(is_read_as_it_was_written),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(what_was_told_is_taken_away),
        cmocka_unit_test(the_note_is_a_warning_that_says_all),
        cmocka_unit_test(its_end_says_that_all_is_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
