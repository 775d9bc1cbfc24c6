// SPDX-License-Identifier: GPL-3.0-or-later
/* question - what is answered, what is refused, and that an answer is of one moment
 * whatever becomes of the store meanwhile: the store is changed by a function that the
 * question itself calls for its rows. */
#include "../store/fixture.h"
#include "say.h"

#include <errno.h>

#include "../folder.h"
#include "base/files.h"
#include "datalog/functors.h"
#include "rules/question.h"

#define RULES                                                                          \
    "// Few.\nfew(h) :- host(h, _, _, _, _).\n"                                        \
    ".question of(name: text, since: time) := run(_, name, t, time, _, _, _), "        \
    "time > since.\n"

struct room {
    struct fixture *fixture;
    char *folder;
    struct library *library;
    struct question_means means;
    struct strbuf json;
    void (*meanwhile)(struct fixture *fixture); /* NULL: it has happened */
};

static int set_up(void **state)
{
    struct room *room = memory_new(sizeof *room);
    AUTO(texts) struct texts folders = {0};
    fixture_setup((void **)&room->fixture);
    room->folder = folder_make();
    assert_int_equal(files_put(room->folder, "r.dl", RULES, strlen(RULES), NULL), 0);
    texts_add(&folders, room->folder);
    room->library = library_load(&folders);
    room->means.library = room->library;
    assert_done(room->fixture, store_open_asker(room->fixture->path, &room->means.store,
                                                &room->fixture->err));
    room->means.relations = relations_new(room->means.store);
    room->means.kept = kept_new(store_database(room->means.store), 3);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    void *fixture = room->fixture;
    kept_free(room->means.kept);
    relations_free(room->means.relations);
    store_close(room->means.store);
    library_free(room->library);
    strbuf_clear(&room->json);
    int rc = folder_remove(room->folder);
    free(room);
    return fixture_teardown(&fixture) + rc;
}

static struct question *question_of(const char *json)
{
    return question_new(text_copy(json), strlen(json));
}

static int ask(struct room *room, const char *json)
{
    AUTO(question) struct question *question = question_of(json);
    strbuf_shorten(&room->json, 0);
    return question_answer(question, &room->means, &room->json);
}

static void assert_said(const struct room *room, const char *part)
{
    const char *said = room->json.data ? room->json.data : "";
    if (!strstr(said, part))
        fail_msg("no %s in %s", part, said);
}

static void assert_answers_once(struct room *room, const char *json, const char *part)
{
    int rc = ask(room, json);
    assert_said(room, part);
    assert_int_equal(rc, 0);
}

/* The second time it is kept. */
static void assert_answers(struct room *room, const char *json, const char *part)
{
    assert_answers_once(room, json, part);
    assert_answers_once(room, json, part);
}

static void assert_fails(struct room *room, const char *json, int rc, const char *part)
{
    int found = ask(room, json);
    assert_said(room, part);
    assert_int_equal(found, rc);
    assert_int_equal(strncmp(room->json.data, "{\"error\":\"", 10), 0);
    assert_null(strstr(room->json.data, "\"rows\""));
}

/* What stands behind that in the last answer. */
static double said_number(const struct room *room, const char *name)
{
    assert_said(room, name);
    return strtod(strstr(room->json.data, name) + strlen(name), NULL);
}

#define FACTS(host, relation, columns, rows)                                           \
    "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"" host                            \
    "\",\"relation\":\"" relation "\",\"columns\":" columns                            \
    ",\"epoch\":1,\"counter\":1,\"after\":0,\"is\":\"whole\",\"add\":" rows
#define RAM(host) FACTS(host, "ram", "[[\"bytes\",\"size\"]]", "[[1024]]")
#define RUN(host, err)                                                                 \
    "\"kind\":\"outcome\",\"host\":\"" host "\",\"tag\":\"backup\",\"err\":\"" err     \
    "\",\"status\":0,\"elapsed\":1"

static void fill(struct room *room)
{
    say_number = 100;
    say(room->fixture, 0, RAM("ann"));
    say(room->fixture, 10, RAM("bea"));
    say(room->fixture, 20, RAM("cid"));
    say(room->fixture, 30, RUN("ann", "SUCCESS"));
    say(room->fixture, 40, RUN("ann", "FAIL"));
}

static void forget_all(struct fixture *fixture)
{
    static const char *const hosts[] = {"ann", "bea", "cid"};
    int count = 0;
    fixture_begin(fixture);
    for (size_t i = 0; i < 3; i++)
        assert_done(fixture, store_forget(fixture->store, hosts[i], NULL, 1000, &count,
                                          &fixture->err));
    fixture_commit(fixture);
}

/* ---- answers ---- */

#define Q(text) "{\"question\":\"" text "\"}"

static void gives_what_is_wanted(void **state)
{
    struct room *room = *state;
    fill(room);
    assert_answers(
        room, Q("ram(h, b)"),
        "{\"columns\":[[\"h\",\"text\"],[\"b\",\"size\"]],\"rows\":[[\"ann\","
        "1024],[\"bea\",1024],[\"cid\",1024]],\"count\":3,\"more\":false,"
        "\"elapsed\":");
    double elapsed = said_number(room, "\"elapsed\":");
    double work = said_number(room, ",\"work\":");
    assert_true(work > 0 && work <= elapsed + 1);
    assert_answers(
        room, "{\"question\":\"ram(h, b)\",\"limit\":2}",
        "\"rows\":[[\"ann\",1024],[\"bea\",1024]],\"count\":2,\"more\":true");
    assert_answers(room, "{\"question\":\"ram(h, b)\",\"limit\":3}", "\"more\":false");
    assert_answers(room, "{\"question\":\"ram(h, b)\",\"count\":true}",
                   "\"rows\":[],\"count\":3");
    assert_answers(room, "{\"question\":\"few(\\\"ann\\\")\",\"why\":true}",
                   "\"proofs\":[{");
    assert_answers(room, "{\"question\":\"few(\\\"dan\\\")\",\"why_not\":true}",
                   "{\"text\":\"");
    assert_answers(room, "{\"question\":\"few(h)\",\"sql\":true}", "SELECT");
    assert_answers(room, "{\"question\":\"few(h)\",\"plan\":true}", "{\"text\":\"");
    assert_answers(room, "{\"question\":\"t = now()\",\"now\":77}", "\"rows\":[[77]]");
    assert_answers(room,
                   "{\"question\":\"run(_, _, _, t, _, _, _)\",\"since\":"
                   "1795000035000}",
                   "\"rows\":[[1795000040000]]");
}

#define CLOCK(how) "{\"question\":\"" how "\",\"now\":1782939661000}"

/* 2026-07-01 21:01:01 UTC is a Wednesday. */
static void the_clocks_of_a_zone_show_the_time_of_the_question(void **state)
{
    struct room *room = *state;
    assert_answers(room, CLOCK("clock(\\\"Asia/Kolkata\\\", h, m, d)"),
                   "\"rows\":[[2,31,4]]");
    assert_answers(room, CLOCK("z = \\\"UTC\\\", clock(z, h, m, d), h > 20, d < 6"),
                   "[\"UTC\",21,1,3]");
    assert_answers(room, CLOCK("clock(\\\"Nowhere\\\", h, m, d)"), "\"rows\":[]");
    assert_answers(room, CLOCK("clock(\\\"\\\", h, m, d)"), "\"rows\":[]");
    assert_answers(room, CLOCK("clock(z, 23, 1, 3), glob(\\\"Europe/Z*h\\\", z)"),
                   "[\"Europe/Zurich\"]");
}

static void a_saved_question_has_its_times_from_who_asks(void **state)
{
    struct room *room = *state;
    fill(room);
    assert_answers(room,
                   "{\"saved\":\"of\",\"args\":[\"ann\",\"2020-01-01 10:00\"],"
                   "\"times\":{\"2020-01-01 10:00\":1795000035000}}",
                   "\"count\":1,");
    assert_fails(room, "{\"saved\":\"off\",\"args\":[]}", -ENOENT,
                 "no saved question is called \\\"off\\\"");
    assert_fails(room, "{\"saved\":\"of\",\"args\":[\"ann\"]}", -EINVAL,
                 "of takes 2 values: name, since; here is 1");
    assert_fails(room, "{\"saved\":\"of\",\"args\":[\"ann\",\"soon\"]}", -EINVAL,
                 "since is a time, which soon is not");
}

/* ---- again ---- */

static void what_is_asked_again_is_of_then(void **state)
{
    struct room *room = *state;
    fill(room);
    assert_answers(room, Q("ram(h, b), few(h)"), "\"count\":3,");
    say(room->fixture, 50, RAM("dan"));
    assert_answers(room, Q("ram(h, b), few(h)"), "\"count\":4,");
    forget_all(room->fixture);
    assert_answers(room, Q("ram(h, b), few(h)"), "\"rows\":[[\"dan\",1024]]");
}

/* What has not ended lasts until now. */
static void the_time_passes_for_what_is_asked_again(void **state)
{
    struct room *room = *state;
    fill(room);
    assert_answers(room, Q("interruption(_, _, _, to), n = now()"), "\"count\":1,");
    double first = said_number(room, "\"rows\":[[");
    for (int64_t before = clock_now(); clock_now() == before;)
        ;
    assert_answers(room, Q("interruption(_, _, _, to), n = now()"), "\"count\":1,");
    assert_true(said_number(room, "\"rows\":[[") > first);
}

static void other_rules_answer_otherwise(void **state)
{
    struct room *room = *state;
    AUTO(texts) struct texts folders = {0};
    fill(room);
    assert_answers(room, Q("few(h)"), "\"count\":3,");
    assert_int_equal(files_put(room->folder, "r.dl", "few(\"x\").", 9, NULL), 0);
    texts_add(&folders, room->folder);
    struct library *before = room->library;
    room->means.library = room->library = library_load(&folders);
    assert_answers(room, Q("few(h)"), "\"rows\":[[\"x\"]]");
    library_free(before);
}

/* ---- what is wrong ---- */

static void says_what_is_wrong_and_where(void **state)
{
    struct room *room = *state;
    assert_fails(
        room, Q("fev(h)"), -EINVAL,
        "{\"error\":\"question:1:1: no relation is called \\\"fev\\\"; did you "
        "mean few?\",\"name\":\"question\",\"line\":1,\"column\":1,\"what\":");
    assert_fails(room, Q("host("), -EINVAL, "\"excerpt\":\"host(");
    assert_fails(room, Q(""), -EINVAL, "{\"error\":\"nothing is asked");
    assert_fails(room, Q("a(1). b(x) :- a(x)."), -EINVAL, "nothing is asked");
    assert_fails(room, Q("x = 1 - 1, y = 1 / x"), -EDOM, "division by zero");
    assert_fails(room, "{", -EINVAL, "{\"error\":\"no JSON: ");
    assert_fails(room, "", -EINVAL, "{\"error\":\"no JSON: ");
    assert_answers(room, Q("few(h)"), "\"count\":0");
}

#define ENDLESS "n(0). n(x + 1) :- n(x). n(x), x < 0"

static void each_limit_is_named(void **state)
{
    struct room *room = *state;
    assert_fails(room, "{\"question\":\"" ENDLESS "\",\"timeout\":50}", -ETIME,
                 "stopped: it takes longer than 50 ms");
    room->means.limits = (struct evaluation_limits){.work = 30};
    assert_fails(room, Q(ENDLESS), -ETIME, "stopped: it computes longer than 30 ms");
    room->means.limits = (struct evaluation_limits){.rows = 100};
    assert_fails(room, Q(ENDLESS), -E2BIG, "stopped: there are more than 100 rows");
    room->means.limits = (struct evaluation_limits){.bytes = 1 << 20};
    assert_fails(room, Q(ENDLESS), -ENOSPC,
                 "stopped: its tables are larger than 1 MiB");
    room->means.limits = (struct evaluation_limits){.time = 40};
    assert_fails(room, "{\"question\":\"" ENDLESS "\",\"timeout\":86400000}", -ETIME,
                 "longer than 40 ms");
    assert_answers(room, Q("x = 1"), "\"rows\":[[1]]");
}

static void one_that_was_stopped_before_is_not_answered(void **state)
{
    struct room *room = *state;
    AUTO(question) struct question *question = question_of(Q(ENDLESS));
    question_stop(question);
    assert_int_equal(question_answer(question, &room->means, &room->json), -EINTR);
    assert_said(room, "stopped before it was done");
}

/* ---- one moment ---- */

/* In place of +, once. */
static void add(sqlite3_context *context, int count UNUSED, sqlite3_value **args)
{
    struct room *room = sqlite3_user_data(context);
    if (room->meanwhile)
        TAKE(room->meanwhile)(room->fixture);
    sqlite3_result_int64(context,
                         sqlite3_value_int64(args[1]) + sqlite3_value_int64(args[2]));
}

static void happens_meanwhile(struct room *room, void (*what)(struct fixture *fixture))
{
    struct sqlite3 *db = store_database(room->means.store);
    assert_int_equal(functors_register(db), 0);
    assert_int_equal(
        sqlite3_create_function(db, "dl_add", -1, SQLITE_UTF8, room, add, NULL, NULL),
        SQLITE_OK);
    room->meanwhile = what;
}

static void what_is_forgotten_meanwhile_was_there(void **state)
{
    struct room *room = *state;
    fill(room);
    happens_meanwhile(room, forget_all);
    assert_answers_once(
        room,
        "{\"question\":\"ram(h, b), n = strlen(h) + 1, few(h)\","
        "\"why\":true}",
        "\"rows\":[[\"ann\",1024,4],[\"bea\",1024,4],[\"cid\",1024,4]]");
    assert_null(room->meanwhile);
    assert_said(room, "ram(\\\"cid\\\", 1K)");
    assert_answers(room, "{\"question\":\"ram(h, b)\",\"count\":true}", "\"count\":0");
}

#define DISKS                                                                          \
    FACTS("dan", "shelf", "[[\"disk\",\"text\"],[\"free\",\"size\"]]", "[[\"a\",5]]")

static void declare(struct fixture *fixture)
{
    say(fixture, 50, DISKS);
    say(fixture, 60, RAM("eve"));
}

static void a_relation_that_is_declared_meanwhile_is_there_for_the_next(void **state)
{
    struct room *room = *state;
    fill(room);
    assert_fails(room, Q("shelf(h, d, f)"), -EINVAL, "no relation is called");
    happens_meanwhile(room, declare);
    assert_answers_once(room, Q("ram(h, b), n = strlen(h) + 1"), "\"count\":3,");
    assert_null(room->meanwhile);
    assert_answers(room, Q("shelf(h, d, f)"), "\"rows\":[[\"dan\",\"a\",5]]");
    assert_answers(room, Q("ram(h, b)"), "\"count\":4,");
}

static void grow(struct fixture *fixture)
{
    say(fixture, 50,
        "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"ann\",\"relation\":\"shelf\","
        "\"columns\":[[\"disk\",\"text\"],[\"free\",\"size\"],[\"kind\",\"text\"]],"
        "\"epoch\":2,\"counter\":1,\"after\":0,\"is\":\"whole\",\"add\":"
        "[[\"b\",6,\"ssd\"]]");
}

static void a_column_that_is_added_meanwhile_is_there_for_the_next(void **state)
{
    struct room *room = *state;
    fill(room);
    say(room->fixture, 45, DISKS);
    happens_meanwhile(room, grow);
    assert_answers_once(room, Q("shelf(h, d, f), n = strlen(h) + 1"),
                        "\"rows\":[[\"dan\",\"a\",5,4]]");
    assert_null(room->meanwhile);
    assert_fails(room, Q("shelf(h, d, f)"), -EINVAL, "shelf has 4 columns");
    assert_answers(room, Q("shelf(h, d, f, k)"), "[[\"ann\",\"b\",6,\"ssd\"]]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_what_is_wanted),
        TEST(the_clocks_of_a_zone_show_the_time_of_the_question),
        TEST(a_saved_question_has_its_times_from_who_asks),
        TEST(what_is_asked_again_is_of_then),
        TEST(the_time_passes_for_what_is_asked_again),
        TEST(other_rules_answer_otherwise),
        TEST(says_what_is_wrong_and_where),
        TEST(each_limit_is_named),
        TEST(one_that_was_stopped_before_is_not_answered),
        TEST(what_is_forgotten_meanwhile_was_there),
        TEST(a_relation_that_is_declared_meanwhile_is_there_for_the_next),
        TEST(a_column_that_is_added_meanwhile_is_there_for_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
