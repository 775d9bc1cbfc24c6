// SPDX-License-Identifier: GPL-3.0-or-later
/* deliver - a real folder, and a queue that does what the messages say. */
#include "queue/deliver.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "bark/room.h"
#include "bark/spool.h"
#include "bark/trouble.h"
#include "base/files.h"
#include "base/memory.h"

#define ID "0192e4c8-0000-7000-8000-000000000001"

static char *folder;
static char said[2048];

/* ---- a queue that takes all but what holds "refuse" or "later" ---- */

static struct strbuf heard; /* a line a message that was taken */
static int calls;

static int test_send(struct queue *queue, struct sending *items, size_t count,
                     struct error *err)
{
    calls++;
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *json = memory_copy(items[i].json, items[i].size);
        if (strstr(json, "later"))
            return error_set(err, -EAGAIN, "test://: busy");
        items[i].verdict = SENDING_TAKEN;
        queue->wants_facts |= strstr(json, "wanting") != NULL;
        if (strstr(json, "refuse")) {
            items[i].verdict = SENDING_REFUSED;
            items[i].why = text_copy("it is bad");
            continue;
        }
        strbuf_puts(&heard, json);
        strbuf_putc(&heard, '\n');
    }
    return 0;
}

static const struct queue_type test_type = {.name = "test", .send = test_send};

/* ---- the folder ---- */

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    said[0] = '\0';
    calls = 0;
    return 0;
}

static int tear_down(void **state UNUSED)
{
    strbuf_clear(&heard);
    return folder_remove(folder);
}

static void hear(const char *sentence)
{
    size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%s\n", sentence);
}

static void put(const char *name, const char *text)
{
    assert_int_equal(files_put(folder, name, text, strlen(text), NULL), 0);
}

static size_t count_in(const char *path)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(path, &names, NULL), 0);
    return names.count;
}

static size_t count_rejected(void)
{
    AUTO(str) char *rejected = text_format("%s/rejected", folder);
    return count_in(rejected);
}

static int deliver(size_t *ret_taken, struct error *err)
{
    struct queue queue = {.type = &test_type, .name = (char *)"test://"};
    struct delivery delivery = {.queue = &queue, .folder = folder, .say = hear};
    int rc = deliver_spool(&delivery, err);
    if (ret_taken)
        *ret_taken = delivery.taken;
    return rc;
}

/* ---- what is claimed ---- */

static void sends_all_that_waits_oldest_first(void **state UNUSED)
{
    size_t taken;
    put("2.success.json", "{\"tag\":\"two\"}");
    put("1.json", "{\"tag\":\"one\"}");
    put("3.failure.json", "{\"tag\":\"three\"}");
    assert_int_equal(deliver(&taken, NULL), 0);
    assert_int_equal(taken, 3);
    assert_int_equal(count_in(folder), 0);
    assert_string_equal(strbuf_text(&heard),
                        "{\"tag\":\"one\"}\n{\"tag\":\"two\"}\n{\"tag\":\"three\"}\n");
    assert_string_equal(said, "");
}

static void asks_nothing_when_nothing_waits(void **state UNUSED)
{
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_int_equal(calls, 0);
}

static void what_is_refused_is_put_aside(void **state UNUSED)
{
    size_t taken;
    put("1.json", "{\"tag\":\"one\"}");
    put("2.json", "{\"tag\":\"refuse\"}");
    put("3.json", "{\"tag\":\"three\"}");
    assert_int_equal(deliver(&taken, NULL), 0);
    assert_int_equal(taken, 2);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 1);
    assert_non_null(strstr(said, "2.json: it is bad; it is put aside"));
}

static void what_is_left_stays(void **state UNUSED)
{
    struct error err;
    size_t taken;
    put("1.json", "{\"tag\":\"one\"}");
    put("2.json", "{\"tag\":\"later\"}");
    put("3.json", "{\"tag\":\"three\"}");
    assert_int_equal(deliver(&taken, &err), -EAGAIN);
    assert_string_equal(err.text, "test://: busy");
    assert_int_equal(taken, 1);
    assert_int_equal(count_in(folder), 2);
    assert_int_equal(count_rejected(), 0);
}

static void puts_broken_files_aside_before_they_are_sent(void **state UNUSED)
{
    put("1.json", "{\"tag\":\"o");
    put("2.json", "");
    put("3.json", "{\"tag\":\"three\"}");
    put("4.json", "{\"tag\":\"four\"}{\"tag\":\"five\"}");
    put("5.json", "[]");
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(count_rejected(), 4);
    assert_string_equal(strbuf_text(&heard), "{\"tag\":\"three\"}\n");
    assert_non_null(strstr(said, "2.json: the file is empty; "));
}

static void ends_when_a_file_cannot_be_put_aside(void **state UNUSED)
{
    put("1.json", "");
    put("rejected", "a file where the folder should be");
    int rc = deliver(NULL, NULL);
    AUTO(str) char *in_the_way = text_format("%s/rejected", folder);
    assert_int_equal(unlink(in_the_way), 0);
    assert_int_equal(rc, -EIO);
    assert_int_equal(count_in(folder), 1);
}

static void put_many(int count, const char *weight)
{
    for (int i = 0; i < count; i++) {
        AUTO(str) char *name = text_format("%s/%03d.%s.json", folder, i, weight);
        AUTO(file) FILE *file = fopen(name, "w");
        assert_non_null(file);
        fprintf(file, "{\"tag\":\"%s\"}", weight);
    }
}

static void sends_more_than_one_call_holds(void **state UNUSED)
{
    size_t taken;
    put_many(501, "success");
    assert_int_equal(deliver(&taken, NULL), 0);
    assert_int_equal(count_in(folder), 0);
    assert_int_equal(taken, 501);
    assert_int_equal(calls, 2);
}

static void of_a_backlog_the_failures_go_first(void **state UNUSED)
{
    static const char first[] = "{\"tag\":\"bad one\"}\n{\"tag\":\"bad two\"}\n"
                                "{\"tag\":\"success\"}\n";
    put_many(DELIVER_BACKLOG, "success");
    put("800.failure.json", "{\"tag\":\"bad one\"}");
    put("900.failure.json", "{\"tag\":\"bad two\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_memory_equal(strbuf_text(&heard), first, strlen(first));
}

static void give_up(size_t successes)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct room_message large = {.id = ID, .weight = WEIGHT_SUCCESS, .json = &json};
    strbuf_puts(&json, "{\"tag\":\"large\"}");
    for (size_t i = 0; i < successes; i++) {
        assert_int_equal(room_put(folder, 4, &large, NULL), -ENOSPC);
        room_count_lost(folder, 4, WEIGHT_SUCCESS);
    }
}

static void what_was_given_up_is_told_before_all_else(void **state UNUSED)
{
    struct tally tally;
    give_up(2);
    put("1.json", "{\"tag\":\"one\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    const char *note = strstr(strbuf_text(&heard), "reached: 2 successes, since ");
    const char *one = strstr(strbuf_text(&heard), "{\"tag\":\"one\"}");
    assert_true(note && one && note < one);
    assert_int_equal(room_tally(folder, &tally, NULL), 0);
    assert_int_equal(tally.since, 0);
}

static void and_that_all_is_well_again_after_all_else(void **state UNUSED)
{
    give_up(1);
    put("1.json", "{\"tag\":\"one\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    const char *one = strstr(strbuf_text(&heard), "{\"tag\":\"one\"}");
    assert_non_null(strstr(one, "all that waited is delivered"));
    strbuf_shorten(&heard, 0);
    put("2.json", "{\"tag\":\"two\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_string_equal(strbuf_text(&heard), "{\"tag\":\"two\"}\n");
}

static void what_was_given_up_is_remembered_until_it_is_told(void **state UNUSED)
{
    struct queue_type busy = {.name = "test"};
    struct queue queue = {.type = &busy, .name = (char *)"test://"};
    struct delivery delivery = {.queue = &queue, .folder = folder, .say = hear};
    struct tally tally;
    give_up(3);
    put("1.json", "{\"tag\":\"one\"}");
    assert_int_equal(deliver_spool(&delivery, NULL), -EOPNOTSUPP);
    assert_int_equal(count_in(folder), 1);
    assert_int_equal(room_tally(folder, &tally, NULL), 0);
    assert_int_equal(tally.counts[WEIGHT_SUCCESS], 3);
}

static void one_message_is_taken_or_refused(void **state UNUSED)
{
    static const struct {
        const char *json;
        int rc;
    } cases[] = {{"{\"tag\":\"one\"}", 0},
                 {"{\"tag\":\"later\"}", -EAGAIN},
                 {"{\"tag\":\"refuse\"}", -EBADMSG},
                 {"{\"tag\":", -EBADMSG}};
    struct queue queue = {.type = &test_type, .name = (char *)"test://"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        strbuf_puts(&json, cases[i].json);
        assert_int_equal(deliver_message(&queue, &json, NULL), cases[i].rc);
    }
}

static void what_the_server_wants_is_left_in_the_spool(void **state UNUSED)
{
    put("1.json", "{\"tag\":\"one\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_false(spool_take_want(folder));
    put("1.json", "{\"tag\":\"wanting\"}");
    assert_int_equal(deliver(NULL, NULL), 0);
    assert_true(spool_take_want(folder));
    assert_string_equal(said, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(sends_all_that_waits_oldest_first),
        TEST(asks_nothing_when_nothing_waits),
        TEST(what_is_refused_is_put_aside),
        TEST(what_is_left_stays),
        TEST(puts_broken_files_aside_before_they_are_sent),
        TEST(ends_when_a_file_cannot_be_put_aside),
        TEST(sends_more_than_one_call_holds),
        TEST(of_a_backlog_the_failures_go_first),
        TEST(what_was_given_up_is_told_before_all_else),
        TEST(and_that_all_is_well_again_after_all_else),
        TEST(what_was_given_up_is_remembered_until_it_is_told),
        TEST(what_the_server_wants_is_left_in_the_spool),
        TEST(one_message_is_taken_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
