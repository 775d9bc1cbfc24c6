// SPDX-License-Identifier: GPL-3.0-or-later
/* message - what is written is read back the same, whatever bytes it holds. */
#include "message/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/utf8.h"

#define ID "0192e4c8-1111-7222-8333-444455556666"

static const struct message_defaults none = {0};

static struct message *sample(void)
{
    struct message *message = message_new();
    memcpy(message->id, ID, UUID_SIZE);
    message->host = text_copy("penguin2");
    message->tag = text_copy("P2-ETC");
    message->time = 1795340888123;
    return message;
}

static void set_bytes(struct bytes *bytes, const char *data, size_t size)
{
    bytes->data = memory_copy(data, size);
    bytes->size = size;
}

static void assert_same_text(const char *found, const char *wanted)
{
    assert_int_equal(found == NULL, wanted == NULL);
    if (wanted)
        assert_string_equal(found, wanted);
}

static void assert_same_bytes(const struct bytes *found, const struct bytes *wanted)
{
    assert_int_equal(found->data == NULL, wanted->data == NULL);
    assert_int_equal(found->size, wanted->size);
    if (wanted->data)
        assert_memory_equal(found->data, wanted->data, wanted->size + 1);
}

static void assert_same(const struct message *found, const struct message *wanted)
{
    assert_string_equal(found->id, wanted->id);
    assert_int_equal(found->kind, wanted->kind);
    assert_int_equal(found->time, wanted->time);
    assert_int_equal(found->err, wanted->err);
    assert_int_equal(found->status, wanted->status);
    assert_int_equal(found->signal, wanted->signal);
    assert_int_equal(found->printed, wanted->printed);
    assert_int_equal(found->max_rss, wanted->max_rss);
    assert_float_equal(found->elapsed, wanted->elapsed, 0.0006);
    assert_float_equal(found->user_time, wanted->user_time, 0.000001);
    assert_float_equal(found->system_time, wanted->system_time, 0.000001);
    assert_same_text(found->host, wanted->host);
    assert_same_text(found->tag, wanted->tag);
    assert_same_text(found->user, wanted->user);
    assert_same_text(found->zone, wanted->zone);
    assert_same_text(found->text, wanted->text);
    assert_same_text(found->mailto, wanted->mailto);
    assert_same_text(found->run, wanted->run);
    assert_same_text(found->plugin, wanted->plugin);
    assert_same_text(found->subject, wanted->subject);
    assert_same_text(found->receiver, wanted->receiver);
    assert_same_text(found->expect, wanted->expect);
    assert_int_equal(found->grace, wanted->grace);
    assert_same_bytes(&found->command, &wanted->command);
    assert_same_bytes(&found->out.kept, &wanted->out.kept);
    assert_same_bytes(&found->errors.kept, &wanted->errors.kept);
    assert_int_equal(found->out.cut, wanted->out.cut);
    assert_int_equal(found->out.cut_at, wanted->out.cut_at);
    assert_int_equal(found->errors.cut, wanted->errors.cut);
    assert_int_equal(found->errors.cut_at, wanted->errors.cut_at);
    assert_int_equal(found->attempt_count, wanted->attempt_count);
    for (size_t i = 0; i < wanted->attempt_count; i++) {
        assert_int_equal(found->attempts[i].err, wanted->attempts[i].err);
        assert_int_equal(found->attempts[i].status, wanted->attempts[i].status);
        assert_int_equal(found->attempts[i].signal, wanted->attempts[i].signal);
    }
}

static void assert_same_readings(const struct message *found,
                                 const struct message *wanted)
{
    assert_int_equal(found->every, wanted->every);
    assert_int_equal(found->facts_epoch, wanted->facts_epoch);
    assert_int_equal(found->facts_counter, wanted->facts_counter);
    assert_int_equal(found->reading_count, wanted->reading_count);
    for (size_t i = 0; i < wanted->reading_count; i++) {
        assert_string_equal(found->readings[i].name, wanted->readings[i].name);
        assert_true(found->readings[i].value == wanted->readings[i].value);
        assert_same_text(found->readings[i].unit, wanted->readings[i].unit);
    }
}

static void assert_same_rows(const struct rows *found, const struct rows *wanted)
{
    assert_int_equal(found->count, wanted->count);
    for (size_t i = 0; i < wanted->count; i++)
        assert_int_equal(
            row_compare(&found->items[i], &wanted->items[i], wanted->width), 0);
}

static void assert_same_facts(const struct facts *found, const struct facts *wanted)
{
    assert_int_equal(found == NULL, wanted == NULL);
    if (!wanted)
        return;
    assert_true(relation_is_same(found->relation, wanted->relation));
    assert_int_equal(found->epoch, wanted->epoch);
    assert_int_equal(found->counter, wanted->counter);
    assert_int_equal(found->after, wanted->after);
    assert_int_equal(found->extent, wanted->extent);
    assert_same_rows(&found->added, &wanted->added);
    assert_same_rows(&found->removed, &wanted->removed);
}

/* Written, read with no defaults, compared; and its body read once more. */
static void assert_comes_back(const struct message *message)
{
    AUTO(strbuf) struct strbuf json = {0};
    message_format(message, &json);
    assert_true(utf8_is_valid(json.data, json.size));
    assert_null(strchr(json.data, '\n'));

    AUTO(message) struct message *read = NULL;
    struct error err = {0};
    if (message_parse(json.data, json.size, &none, &read, &err) < 0)
        fail_msg("%s: %s", err.text, json.data);
    assert_same(read, message);
    assert_same_readings(read, message);
    assert_same_facts(read->facts, message->facts);
    assert_int_equal(read->body.size, json.size);
    assert_string_equal(read->body.data, json.data);
}

static void an_outcome_comes_back(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->user = text_copy("wrk");
    message->zone = text_copy("America/Chicago");
    message->err = ERR_FAIL;
    message->status = 2;
    message->elapsed = 12.345;
    message->printed = 20480;
    message->max_rss = 4096;
    message->user_time = 0.25;
    message->system_time = 0.000001;
    message->run = text_copy(ID);
    message->mailto = text_copy("admin@example.org");
    set_bytes(&message->command, "borg create", 11);
    set_bytes(&message->errors.kept, "Repository does not exist.\n", 27);
    assert_comes_back(message);
}

static void a_message_that_knows_little_comes_back(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_LOCKED;
    assert_comes_back(message);
    assert_int_equal(message->status, -1);
    assert_true(message->elapsed < 0);
}

static void empty_output_is_not_null(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_SUCCESS;
    set_bytes(&message->out.kept, "", 0);
    assert_comes_back(message);
}

static void every_word_comes_back(void **state UNUSED)
{
    for (enum message_err err = ERR_SUCCESS; err <= ERR_UNKNOWN; err++) {
        AUTO(message) struct message *message = sample();
        message->err = err;
        assert_comes_back(message);
    }
}

static void a_start_and_a_note_come_back(void **state UNUSED)
{
    AUTO(message) struct message *start = sample();
    start->kind = MESSAGE_START;
    start->run = text_copy(ID);
    set_bytes(&start->command, "sleep 1", 7);
    assert_comes_back(start);

    AUTO(message) struct message *note = sample();
    note->kind = MESSAGE_NOTE;
    note->err = ERR_WARNING;
    note->plugin = text_copy("disk");
    note->subject = text_copy("2 of 3 sites answer");
    note->receiver = text_copy("disk");
    note->text = text_copy("the disk is \"nearly\" full\n");
    assert_comes_back(note);
}

static void a_beat_and_a_reading_come_back(void **state UNUSED)
{
    AUTO(message) struct message *beat = sample();
    beat->kind = MESSAGE_BEAT;
    beat->every = 90000;
    beat->facts_epoch = 1795332188123;
    beat->facts_counter = 7;
    message_add_reading(beat, "disk:/export.used", 41.5, "%");
    message_add_reading(beat, "load.1m", -0.123456789012345, NULL);
    message_add_reading(beat, "memory.free", 1e300, "B");
    message_add_reading(beat, "uptime", 0, "");
    message_add_reading(beat, "zero", -0.0, "");
    message_add_reading(beat, "most", 1.7976931348623157e308, "");
    message_add_reading(beat, "least", -1.7976931348623157e308, "");
    assert_comes_back(beat);

    AUTO(message) struct message *bare = sample();
    bare->kind = MESSAGE_BEAT;
    assert_comes_back(bare);

    AUTO(message) struct message *reading = sample();
    reading->kind = MESSAGE_READING;
    message_add_reading(reading, "load.1m", 0.25, NULL);
    assert_comes_back(reading);
}

static void what_is_expected_comes_back(void **state UNUSED)
{
    static const char *const calendars[] = {"1d", "0 3 * * 1-5", "Mon..Fri 03:00",
                                            "off"};
    static const int64_t graces[] = {0, 500, 7200000, -1};
    for (size_t i = 0; i < 4; i++)
        for (enum message_kind kind = MESSAGE_OUTCOME; kind <= MESSAGE_NOTE; kind++) {
            AUTO(message) struct message *message = sample();
            message->kind = kind;
            message->expect = text_copy(calendars[i]);
            message->grace = graces[i];
            AUTO(strbuf) struct strbuf json = {0};
            message_format(message, &json);
            AUTO(message) struct message *read = NULL;
            assert_int_equal(message_parse(json.data, json.size,
                                           &(struct message_defaults){0}, &read, NULL),
                             0);
            assert_string_equal(read->expect, calendars[i]);
            assert_int_equal(read->grace, graces[i]);
        }
}

static void every_length_of_a_beat_comes_back(void **state UNUSED)
{
    static const int64_t lengths[] = {1, 999, 1500, 60000, 61000, 3600000, 86400001};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        AUTO(message) struct message *beat = sample();
        beat->kind = MESSAGE_BEAT;
        beat->every = lengths[i];
        assert_comes_back(beat);
    }
}

/* One column of each type. */
static struct message *sample_facts(enum facts_extent extent)
{
    static const char *const full[] = {"a\"\n\xC3\xA9", "-0.5", "4294967296", "5400000",
                                       "1795332188123", "1:2~", "1"};
    static const char *const bare[] = {"", NULL, NULL, NULL, NULL, NULL, NULL};
    struct message *message = sample();
    message->kind = MESSAGE_FACTS;
    struct relation *relation = relation_new("everything", NULL);
    for (enum column_type type = COLUMN_TEXT; type <= COLUMN_FLAG; type++) {
        AUTO(str) char *name = text_format("column_%s", column_type_name(type));
        relation_add_column(relation, name, type, type == COLUMN_TEXT);
    }
    struct facts *facts = message->facts = facts_new(relation);
    facts->epoch = 1795332188123;
    facts->counter = 7;
    facts->after = 3;
    facts->extent = extent;
    rows_add(&facts->added, 7, full);
    rows_add(&facts->added, 7, bare);
    if (extent == FACTS_CHANGE)
        rows_add(&facts->removed, 7, full);
    return message;
}

static void facts_come_back(void **state UNUSED)
{
    for (enum facts_extent extent = FACTS_CHANGE; extent <= FACTS_WHOLE; extent++) {
        AUTO(message) struct message *message = sample_facts(extent);
        assert_comes_back(message);
    }
}

static void the_last_word_of_facts_counts_their_rows(void **state UNUSED)
{
    char word[64];
    AUTO(message) struct message *change = sample_facts(FACTS_CHANGE);
    message_last_word(change, word, sizeof word);
    assert_string_equal(word, "everything: 2 added, 1 removed");
    AUTO(message) struct message *whole = sample_facts(FACTS_WHOLE);
    message_last_word(whole, word, sizeof word);
    assert_string_equal(word, "everything: whole: 2 rows");
    message_last_word(whole, word, 11);
    assert_string_equal(word, "everything");
}

static void every_byte_comes_back(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_FAIL;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    set_bytes(&message->command, all, sizeof all);
    set_bytes(&message->out.kept, all + 1, 127);
    set_bytes(&message->errors.kept, all, 128);
    assert_comes_back(message);
}

static void every_single_byte_and_pair_of_high_bytes_comes_back(void **state UNUSED)
{
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0x78; second < 256; second += 8) {
            AUTO(message) struct message *message = sample();
            message->err = ERR_FAIL;
            const char pair[] = {(char)first, (char)second, (char)first};
            set_bytes(&message->out.kept, pair, 1);
            set_bytes(&message->errors.kept, pair, 3);
            assert_comes_back(message);
        }
}

static void torn_characters_come_back_with_their_cut(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_FAIL;
    set_bytes(&message->errors.kept, "head \xF0\x9F\x90\x91 tail \xC3", 16);
    message->errors.cut = 10240;
    message->errors.cut_at = 7; /* within the sheep */
    set_bytes(&message->out.kept, "\x90\x91 tail", 7);
    message->out.cut = UINT64_C(1) << 40;
    message->out.cut_at = 0;
    assert_comes_back(message);
}

static void attempts_come_back(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_SUCCESS;
    message->status = 0;
    message->attempt_count = 3;
    message->attempts = memory_new(3 * sizeof *message->attempts);
    message->attempts[0] = (struct attempt){.err = ERR_FAIL, .status = 1};
    message->attempts[1] =
        (struct attempt){.err = ERR_TIMEOUT, .status = -1, .signal = 15};
    message->attempts[2] = (struct attempt){.err = ERR_SUCCESS, .elapsed = 0.5};
    assert_comes_back(message);
}

static void writes_readable_text_beside_the_exact_bytes(void **state UNUSED)
{
    AUTO(message) struct message *message = sample();
    message->err = ERR_FAIL;
    set_bytes(&message->errors.kept, "caf\xE9", 4);
    AUTO(strbuf) struct strbuf json = {0};
    message_format(message, &json);
    assert_non_null(strstr(json.data, "\"stderr\":\"caf\xEF\xBF\xBD\""));
    assert_non_null(strstr(json.data, "\"bytes\":{\"stderr\":\"Y2Fm6Q==\"}"));
}

static void err_decides_the_state(void **state UNUSED)
{
    static const enum state wanted[] = {
        [ERR_NONE] = STATE_NONE,    [ERR_SUCCESS] = STATE_OK,
        [ERR_FAIL] = STATE_FAIL,    [ERR_WARNING] = STATE_WARNING,
        [ERR_CHECK] = STATE_FAIL,   [ERR_LOCKED] = STATE_WARNING,
        [ERR_TIMEOUT] = STATE_FAIL, [ERR_UNKNOWN] = STATE_UNKNOWN,
    };
    for (enum message_err err = ERR_NONE; err <= ERR_UNKNOWN; err++) {
        AUTO(message) struct message *message = message_new();
        message->err = err;
        assert_int_equal(message_state(message), wanted[err]);
    }
}

static void assert_last_word(const char *out, const char *errors, const char *wanted)
{
    AUTO(message) struct message *message = message_new();
    if (out)
        set_bytes(&message->out.kept, out, strlen(out));
    if (errors)
        set_bytes(&message->errors.kept, errors, strlen(errors));
    char word[16];
    message_last_word(message, word, sizeof word);
    assert_string_equal(word, wanted);
}

static void the_last_word_is_the_last_line_that_says_something(void **state UNUSED)
{
    assert_last_word(NULL, NULL, "");
    assert_last_word("", "", "");
    assert_last_word("out", "one\ntwo\n", "two");
    assert_last_word("out", "one\n\n \t\r\n", "one");
    assert_last_word("one\nout\n", " \n\n", "out");
    assert_last_word("10%\r50%\r100%\r", NULL, "100%");
    assert_last_word(NULL, "5 chunks\n-----\n\n", "5 chunks");
    assert_last_word(NULL, "==\n--\n", "--");
}

static void the_last_word_of_a_note_is_its_text(void **state UNUSED)
{
    AUTO(message) struct message *message = message_new();
    message->text = text_copy("first\nlast\n");
    char word[16];
    message_last_word(message, word, sizeof word);
    assert_string_equal(word, "last");
}

static void the_last_word_is_bounded_between_characters(void **state UNUSED)
{
    assert_last_word(NULL, "0123456789abcdefgh", "0123456789abcde");
    assert_last_word(NULL, "0123456789abcdé", "0123456789abcd");
    assert_last_word(NULL, "0123456789abcé", "0123456789abcé");
}

static void the_last_word_holds_nothing_that_steers_a_terminal(void **state UNUSED)
{
    assert_last_word(NULL, "a\x1B[2J\x7F\tb", "a [2J  b");
    assert_last_word(NULL,
                     "a\xC2\x9B"
                     "2Jb\xC2\xA0",
                     "a 2Jb\xC2\xA0");
    assert_last_word(NULL, "caf\xE9 \xF0\x9F", "caf? ??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outcome_comes_back),
        cmocka_unit_test(a_message_that_knows_little_comes_back),
        cmocka_unit_test(empty_output_is_not_null),
        cmocka_unit_test(every_word_comes_back),
        cmocka_unit_test(a_start_and_a_note_come_back),
        cmocka_unit_test(a_beat_and_a_reading_come_back),
        cmocka_unit_test(what_is_expected_comes_back),
        cmocka_unit_test(every_length_of_a_beat_comes_back),
        cmocka_unit_test(facts_come_back),
        cmocka_unit_test(the_last_word_of_facts_counts_their_rows),
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(every_single_byte_and_pair_of_high_bytes_comes_back),
        cmocka_unit_test(torn_characters_come_back_with_their_cut),
        cmocka_unit_test(attempts_come_back),
        cmocka_unit_test(writes_readable_text_beside_the_exact_bytes),
        cmocka_unit_test(err_decides_the_state),
        cmocka_unit_test(the_last_word_is_the_last_line_that_says_something),
        cmocka_unit_test(the_last_word_of_a_note_is_its_text),
        cmocka_unit_test(the_last_word_is_bounded_between_characters),
        cmocka_unit_test(the_last_word_holds_nothing_that_steers_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
