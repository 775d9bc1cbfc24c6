// SPDX-License-Identifier: GPL-3.0-or-later
#include "visit.h"

#include <sqlite3.h>

#define ID_1  "0192e4c8-0000-7000-8000-000000000001"
#define ID_2  "0192e4c8-0000-7000-8000-000000000002"
#define CAME  1795000000000 /* some time in 2026; ms */
#define LATER (CAME + 400000000)

static void bury_bytes(struct visit *visit, const char *name, const char *bytes,
                       size_t size)
{
    struct dead_letter letter = {.came = CAME,
                                 .source = "redis://localhost:6379",
                                 .name = name,
                                 .reason = "a reason",
                                 .bytes = bytes,
                                 .size = size};
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_put_dead(visit->store, &letter, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
}

static void bury(struct visit *visit, const char *name, const char *text)
{
    bury_bytes(visit, name, text, strlen(text));
}

static int ask(struct visit *visit, const char *line)
{
    return visit_status(visit_ask(visit, line, NULL, NULL));
}

static const char *body(const struct visit *visit)
{
    const char *end = strstr(strbuf_text(&visit->reply), "\r\n\r\n");
    return end ? end + 4 : "";
}

/* ---- seen ---- */

static void lists_the_newest_first(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(ask(visit, "GET /v1/dead"), 200);
    assert_string_equal(body(visit), "{\"dead\":[]}\n");
    bury(visit, "1-0", "one");
    bury(visit, NULL, "two");
    assert_int_equal(ask(visit, "GET /v1/dead"), 200);
    assert_string_equal(
        body(visit),
        "{\"dead\":[{\"number\":2,\"came\":\"2026-11-18T11:06:40.000Z\",\"source\":"
        "\"redis://localhost:6379\",\"name\":null,\"reason\":\"a reason\",\"size\":3},"
        "{\"number\":1,\"came\":\"2026-11-18T11:06:40.000Z\",\"source\":"
        "\"redis://localhost:6379\",\"name\":\"1-0\",\"reason\":\"a reason\",\"size\":"
        "3}]}\n");
}

static void lists_page_by_page(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "one");
    bury(visit, "b", "two");
    bury(visit, "c", "three");
    ask(visit, "GET /v1/dead?limit=1&before=3");
    assert_has(body(visit), "{\"dead\":[{\"number\":2,");
    assert_lacks(body(visit), "\"number\":1,");
    assert_int_equal(ask(visit, "GET /v1/dead?limit=0"), 400);
    assert_int_equal(ask(visit, "GET /v1/dead?before=x"), 400);
    assert_int_equal(ask(visit, "GET /v1/dead?after=1"), 400);
}

static void shows_one_whole_its_bytes_where_they_are_no_text(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "caf\xc3\xa9");
    bury_bytes(visit, "b", "a\0\xff", 3);
    assert_int_equal(ask(visit, "GET /v1/dead/1"), 200);
    assert_has(body(visit), ",\"text\":\"caf\xc3\xa9\"}");
    assert_int_equal(ask(visit, "GET /v1/dead/2"), 200);
    assert_has(body(visit), ",\"text\":\"a\\u0000\xef\xbf\xbd\",\"bytes\":\"YQD/\"}");
}

static void knows_what_is_no_number(void **state)
{
    struct visit *visit = *state;
    assert_int_equal(ask(visit, "GET /v1/dead/1"), 404);
    assert_has(body(visit), "no dead letter has the number 1");
    static const char *const wrong[] = {"",  "0",  "-1",
                                        "x", "1x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(str) char *line = text_format("GET /v1/dead/%s", wrong[i]);
        assert_int_equal(ask(visit, line), 400);
    }
    assert_int_equal(ask(visit, "GET /v1/dead/1/2"), 404);
    assert_int_equal(ask(visit, "GET /v1/dead/1/retry"), 405);
}

/* ---- changed ---- */

static void drops_one(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "one");
    assert_int_equal(ask(visit, "DELETE /v1/dead/1"), 200);
    assert_string_equal(body(visit), "{\"dropped\":1}\n");
    assert_int_equal(ask(visit, "DELETE /v1/dead/1"), 404);
    ask(visit, "GET /v1/dead");
    assert_string_equal(body(visit), "{\"dead\":[]}\n");
}

static void handles_anew_what_can_be_now(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "{\"id\":\"" ID_1 "\",\"tag\":\"t\",\"host\":\"h\",\"status\":2}");
    assert_int_equal(ask(visit, "POST /v1/dead/1/retry"), 200);
    assert_string_equal(body(visit), "{\"stored\":true}\n");
    assert_true(touched_has(visit->touched, "state"));
    assert_int_equal(ask(visit, "GET /v1/dead/1"), 404);
    assert_int_equal(ask(visit, "GET /v1/messages/" ID_1), 200);
    ask(visit, "GET /v1/status");
    assert_has(body(visit), "\"host\":\"h\",\"tag\":\"t\",\"state\":\"fail\"");
}

static void says_when_the_store_had_it(void **state)
{
    struct visit *visit = *state;
    const char *text =
        "{\"id\":\"" ID_1 "\",\"tag\":\"t\",\"host\":\"h\",\"status\":2}";
    bury(visit, "a", text);
    bury(visit, "b", text);
    assert_int_equal(ask(visit, "POST /v1/dead/1/retry"), 200);
    touched_free(visit->touched);
    visit->touched = touched_new();
    assert_int_equal(ask(visit, "POST /v1/dead/2/retry"), 200);
    assert_string_equal(body(visit), "{\"stored\":false}\n");
    assert_true(touched_is_empty(visit->touched));
    assert_int_equal(ask(visit, "GET /v1/dead/2"), 404);
}

static void keeps_what_still_cannot_be_read(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "{\"tag\":7}");
    assert_int_equal(ask(visit, "POST /v1/dead/1/retry"), 409);
    assert_has(body(visit), "field \\\"tag\\\"");
    assert_int_equal(ask(visit, "GET /v1/dead/1"), 200);
    assert_int_equal(ask(visit, "POST /v1/dead/2/retry"), 404);
    assert_int_equal(visit->news, 0);
}

/* As a store is that a disk has damaged. */
static void drop_table(const struct visit *visit, const char *sql)
{
    AUTO(str) char *path = text_format("%s/store", visit->folder);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void the_stores_trouble_is_not_the_letters(void **state)
{
    struct visit *visit = *state;
    bury(visit, "a", "{\"tag\":\"t\",\"status\":2}");
    drop_table(visit, "DROP TABLE hour");
    assert_int_equal(ask(visit, "POST /v1/dead/1/retry"), 503);
    assert_has(strbuf_text(&visit->reply), "Retry-After: ");
    assert_has(body(visit), "the store: ");
    assert_int_equal(ask(visit, "GET /v1/dead/1"), 200);
    assert_int_equal(visit->news, 0);
}

static void one_without_an_id_gets_the_id_of_its_name(void **state)
{
    struct visit *visit = *state;
    bury(visit, ID_2, "{\"tag\":\"t\",\"text\":\"x\"}");
    assert_int_equal(ask(visit, "POST /v1/dead/1/retry"), 200);
    assert_int_equal(ask(visit, "GET /v1/messages/" ID_2), 200);
}

/* ---- exported ---- */

static void store_one(struct visit *visit, int number)
{
    AUTO(str)
    char *text = text_format(
        "{\"id\":\"0192e4c8-0000-7000-8000-%012d\",\"tag\":\"t\","
        "\"host\":\"h\",\"text\":\"x\",\"time\":\"2026-11-22T09:%02d:00Z\"}",
        number, number % 60);
    struct message_defaults defaults = {.now = LATER};
    struct message *message;
    int64_t stored;
    assert_int_equal(message_parse(text, strlen(text), &defaults, &message, NULL), 0);
    assert_int_equal(store_begin(visit->store, NULL), 0);
    assert_int_equal(store_put_message(visit->store, message, LATER, &stored, NULL), 0);
    assert_int_equal(store_commit(visit->store, NULL), 0);
    message_free(message);
}

static void exports_page_by_page_in_the_order_stored(void **state)
{
    struct visit *visit = *state;
    for (int i = 3; i > 0; i--)
        store_one(visit, i);
    assert_int_equal(ask(visit, "GET /v1/export?limit=2"), 200);
    const char *third = strstr(body(visit), "000000000003");
    assert_non_null(third);
    assert_has(third, "000000000002");
    assert_lacks(body(visit), "000000000001");
    assert_has(body(visit), "],\"next\":2}");
    assert_int_equal(ask(visit, "GET /v1/export?limit=2&after=2"), 200);
    assert_has(body(visit), "000000000001");
    assert_has(body(visit), "],\"next\":null}");
}

static void exports_since_a_time(void **state)
{
    struct visit *visit = *state;
    for (int i = 1; i <= 3; i++)
        store_one(visit, i);
    assert_int_equal(ask(visit, "GET /v1/export?since=2026-11-22T09:03:00Z"), 200);
    assert_has(body(visit), "000000000003");
    assert_lacks(body(visit), "000000000002");
    assert_int_equal(ask(visit, "GET /v1/export?since=yesterday"), 400);
    assert_int_equal(ask(visit, "GET /v1/export?before=2"), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT_TEST(lists_the_newest_first),
        VISIT_TEST(lists_page_by_page),
        VISIT_TEST(shows_one_whole_its_bytes_where_they_are_no_text),
        VISIT_TEST(knows_what_is_no_number),
        VISIT_TEST(drops_one),
        VISIT_TEST(handles_anew_what_can_be_now),
        VISIT_TEST(says_when_the_store_had_it),
        VISIT_TEST(keeps_what_still_cannot_be_read),
        VISIT_TEST(the_stores_trouble_is_not_the_letters),
        VISIT_TEST(one_without_an_id_gets_the_id_of_its_name),
        VISIT_TEST(exports_page_by_page_in_the_order_stored),
        VISIT_TEST(exports_since_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
