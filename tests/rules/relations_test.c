// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - messages go into a store by their handlers, and each relation says of
 * them what the store's own lists say; by the indexes there are. */
#include "../store/fixture.h"
#include "say.h"

#include "facts/facts.h"
#include "rules/relations.h"
#include "store/incidents.h"

#define NOW (NOON + 3600 * 1000)

struct herd {
    struct fixture *fixture;
    struct store *asker;
    struct relations *relations;
    struct arena *arena;
    struct catalogue catalogue;
};

#define OUTCOME(tag, err, status)                                                      \
    "\"kind\":\"outcome\",\"host\":\"penguin2\",\"tag\":\"" tag "\",\"err\":\"" err    \
    "\",\"status\":" status ",\"elapsed\":12.3456,\"command\":\"x\""
#define PACKAGES(counter, what)                                                        \
    "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"penguin2\",\"relation\":"         \
    "\"package\",\"columns\":[[\"name\",\"text\"],[\"arch\",\"text\"],"                \
    "[\"version\",\"version\"]],\"epoch\":1,\"counter\":" counter "," what

/* What no message says by itself. */
static void conclude(struct fixture *fixture)
{
    struct incident incident = {.host = "penguin2",
                                .tag = "update",
                                .severity = "fail",
                                .text = "it took too long",
                                .began = NOON + 180000};
    struct informed informed = {
        .notifier = "log", .address = "", .severity = "fail", .time = NOON + 181000};
    struct silence silence = {.host = "penguin*",
                              .tag = "backup",
                              .began = NOON + 600000,
                              .until = NOW + 60000,
                              .reason = "moving disks",
                              .who = "anna",
                              .made = NOON};
    const struct telling telling = {.kind = TELLING_NOTE,
                                    .host = "penguin2",
                                    .tag = "note",
                                    .notifier = "mailto",
                                    .address = "anna",
                                    .body = "{}",
                                    .made = NOON};
    struct store *store = fixture->store;
    int64_t open = 0, ended = 0;
    fixture_begin(fixture);
    assert_done(fixture, store_put_telling(store, &telling, NULL));
    assert_done(fixture, store_telling_failed(store, 1, NOON + 60000, NOW, "no", NULL));
    assert_done(fixture,
                store_telling_failed(store, 1, NOON + 90000, NOW, "away", NULL));
    assert_done(fixture, store_open_incident(store, &incident, &open, NULL));
    incident.tag = "backup";
    assert_done(fixture, store_open_incident(store, &incident, &ended, NULL));
    assert_done(fixture, store_close_incident(store, ended, NOON + 240000, NULL));
    assert_done(fixture, store_put_informed(store, open, &informed, NULL));
    assert_done(fixture, store_acknowledge(store, open, NOON, NOW + 1000, "I know",
                                           "bert", NULL));
    assert_done(fixture, store_put_silence(store, &silence, &ended, NULL));
    assert_done(fixture, store_hold(store, "penguin3", NOW - 1000, NOW + 5000, NULL));
    assert_done(fixture, store_put_server(store, "penguin", NOON - 1000, NULL));
    assert_int_equal(store_put_server(store, "puppet", NOON, NULL), 0);
    fixture_commit(fixture);
}

static int set_up(void **state)
{
    struct herd *herd = memory_new(sizeof *herd);
    fixture_setup((void **)&herd->fixture);
    assert_done(herd->fixture,
                store_open_asker(herd->fixture->path, &herd->asker, NULL));
    herd->relations = relations_new(herd->asker);
    herd->arena = arena_new();
    *state = herd;
    return 0;
}

static int tear_down(void **state)
{
    struct herd *herd = *state;
    arena_free(herd->arena);
    relations_free(herd->relations);
    store_close(herd->asker);
    void *fixture = herd->fixture;
    free(herd);
    return fixture_teardown(&fixture);
}

static void fill(struct herd *herd)
{
    struct fixture *fixture = herd->fixture;
    say_number = 100;
    say(fixture, 0, OUTCOME("backup", "SUCCESS", "0"));
    say(fixture, 60, OUTCOME("backup", "FAIL", "2"));
    say(fixture, 120, OUTCOME("backup", "SUCCESS", "0"));
    say(fixture, 180, OUTCOME("update", "TIMEOUT", "null"));
    say(fixture, 200,
        "\"kind\":\"note\",\"host\":\"penguin3\",\"tag\":\"disk\","
        "\"err\":\"WARNING\",\"text\":\"it is \\\"full\\\"\"");
    say(fixture, 210,
        "\"kind\":\"note\",\"host\":\"penguin3\",\"tag\":\"disk\",\"text\":\"hm\"");
    say(fixture, 300,
        "\"kind\":\"beat\",\"host\":\"penguin2\",\"tag\":\"daemon\",\"every\":\"1m\","
        "\"readings\":{\"load.1m\":0.25},\"units\":{\"load.1m\":\"1\"}");
    say(fixture, 360,
        "\"kind\":\"beat\",\"host\":\"penguin2\",\"tag\":\"daemon\",\"every\":\"1m\","
        "\"readings\":{\"load.1m\":0.5}");
    say(fixture, 400,
        PACKAGES("1", "\"after\":0,\"is\":\"whole\",\"add\":"
                      "[[\"nginx\",null,\"1.22.0\"],[\"curl\",\"amd64\",\"7.88\"]]"));
    say(fixture, 500,
        PACKAGES("2", "\"after\":1,\"is\":\"change\",\"add\":"
                      "[[\"nginx\",null,\"1.22.1\"]],\"remove\":"
                      "[[\"nginx\",null,\"1.22.0\"]]"));
    say(fixture, 600,
        "\"kind\":\"start\",\"host\":\"penguin2\",\"tag\":\"backup\",\"run\":\"r1\","
        "\"every\":\"1h\",\"grace\":\"10m\"");
    conclude(fixture);
}

static const struct stored *find(struct herd *herd, const char *name)
{
    struct error err = {0};
    if (relations_load(herd->relations, &(struct relations_time){.now = NOW},
                       herd->arena, &herd->catalogue, &err) < 0)
        fail_msg("%s", err.text);
    const struct stored *stored = catalogue_find(&herd->catalogue, name);
    assert_non_null(stored);
    return stored;
}

/* What SQL gives, a line each row, blanks between its columns. */
static char *select_text(struct herd *herd, const char *sql)
{
    AUTO(strbuf) struct strbuf rows = {0};
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = store_database(herd->asker);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sqlite3_errmsg(db), sql);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        strbuf_puts(&rows, rows.size ? "\n" : "");
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            strbuf_printf(&rows, "%s%s", i ? " " : "", text ? text : "-");
        }
    }
    sqlite3_finalize(statement);
    return strbuf_take(&rows);
}

/* Its columns as the catalogue names them; times are s since NOON. */
static char *rows_of(struct herd *herd, const char *name)
{
    AUTO(strbuf) struct strbuf sql = {0};
    const struct stored *stored = find(herd, name);
    for (size_t i = 0; i < stored->count; i++) {
        const struct stored_column *column = &stored->columns[i];
        const char *ends =
            column->type == TYPE_TIME ? " - 1795000000000) / 1000"
            : strcmp(column->name, "id") == 0 && column->type == TYPE_TEXT ? ", 7, 2)"
                                                                           : ")";
        strbuf_printf(&sql, "%s%s(\"%s\"%s", i ? ", " : "SELECT ",
                      *ends == ',' ? "substr" : "", column->name, ends);
    }
    strbuf_printf(&sql, " FROM %s ORDER BY 1, 2%s", stored->sql,
                  stored->count > 3 ? ", 3, 4" : "");
    return select_text(herd, sql.data);
}

static void assert_rows(struct herd *herd, const char *name, const char *wanted)
{
    AUTO(str) char *found = rows_of(herd, name);
    assert_string_equal(found, wanted);
}

static void each_says_what_the_messages_said(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    assert_rows(herd, "run",
                "64 penguin2 backup 0 0 SUCCESS 12346\n"
                "65 penguin2 backup 60 2 FAIL 12346\n"
                "66 penguin2 backup 120 0 SUCCESS 12346\n"
                "67 penguin2 update 180 -1 TIMEOUT 12346");
    assert_rows(herd, "note",
                "68 penguin3 disk 200 warning it is \"full\"\n"
                "69 penguin3 disk 210 - hm");
    assert_rows(herd, "state",
                "penguin2 backup ok 120\npenguin2 update fail 180\n"
                "penguin3 disk warning 200");
    assert_rows(herd, "said",
                "penguin2 backup 120 its exit status is 0\n"
                "penguin2 update 180 it ran for too long\n"
                "penguin3 disk 200 it is \"full\"");
    assert_rows(herd, "beating", "penguin2 500 60000");
    assert_rows(herd, "interruption",
                "penguin2 backup 60 120\npenguin2 update 180 3600\n"
                "penguin3 disk 200 3600");
    assert_rows(herd, "reading", "penguin2 load.1m 300 0.25\npenguin2 load.1m 360 0.5");
    assert_rows(herd, "hourly", "penguin2 load.1m -400 0.375");
    assert_rows(herd, "last_reading", "penguin2 load.1m 360 0.5 1");
    AUTO(str) char *count = rows_of(herd, "message");
    assert_string_equal(strrchr(count, '\n') + 1,
                        "6e penguin2 backup start 600 600 - ");
}

static void what_is_concluded_is_told_as_it_stands(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    assert_rows(herd, "incident",
                "1 penguin2 update fail it took too long 180 3600\n"
                "2 penguin2 backup fail it took too long 180 240");
    assert_rows(herd, "open_incident", "1 penguin2 update fail 180");
    assert_rows(herd, "informed", "1 penguin2 update log 181");
    assert_rows(herd, "acknowledged", "1 penguin2 update fail 3601 I know bert");
    assert_rows(herd, "silence", "1 penguin* backup 600 3660 3660 moving disks anna");
    assert_rows(herd, "failing_notifier", "mailto 60 away");
    assert_rows(herd, "settling", "penguin3 3605");
    assert_rows(herd, "server", "puppet 0");
}

static void what_runs_and_is_to_run_is_known(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    assert_rows(herd, "recent",
                "penguin2 backup 1 120 ok 12346 -\npenguin2 backup 2 60 fail 12346 -\n"
                "penguin2 backup 3 0 ok 12346 -\npenguin2 update 1 180 fail 12346 -\n"
                "penguin3 disk 1 200 warning - -");
    assert_rows(herd, "flips", "penguin2 backup 2");
    assert_rows(herd, "last_run", "penguin2 backup 120 120\npenguin2 update 180 -");
    assert_rows(herd, "running", "penguin2 backup r1 600");
    assert_rows(herd, "expected", "penguin2 backup 1h 600000 4200");
}

static int put_host(const struct host_row *row, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%s %lld %lld ", text->size ? "\n" : "", row->host,
                  (long long)(row->since - NOON) / 1000,
                  (long long)(row->seen - NOON) / 1000);
    strbuf_printf(text, row->every ? "%lld " : "- ", (long long)row->every);
    strbuf_puts(text, row->state ? state_name(row->state) : "-");
    return 0;
}

static void hosts_are_those_that_the_store_lists(void **state)
{
    struct herd *herd = *state;
    AUTO(strbuf) struct strbuf wanted = {0};
    fill(herd);
    assert_done(herd->fixture,
                store_each_host(herd->fixture->store, NULL, put_host, &wanted, NULL));
    assert_rows(herd, "host", wanted.data);
    assert_non_null(strstr(wanted.data, "penguin3 200 "));
}

static void readings_of_old_are_those_of_hours(void **state)
{
    struct herd *herd = *state;
    int changed;
    fill(herd);
    fixture_begin(herd->fixture);
    assert_done(herd->fixture, store_roll_readings(herd->fixture->store, NOW + 3600000,
                                                   0, 100, &changed, NULL));
    fixture_commit(herd->fixture);
    AUTO(str) char *rows = rows_of(herd, "reading");
    assert_non_null(strstr(rows, " 0.375"));
    assert_null(strchr(rows, '\n'));
    assert_rows(herd, "hourly", rows);
}

/* ---- facts ---- */

static void facts_have_the_columns_known_first_and_then_those_of_others(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    assert_rows(herd, "package", "penguin2 curl 7.88 amd64\npenguin2 nginx 1.22.1 -");
    assert_int_equal(find(herd, "package")->columns[2].type, TYPE_VERSION);
    assert_null(find(herd, "package")->keys);
}

static void facts_have_a_past(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    AUTO(str)
    char *sql = text_format(
        "SELECT name, version, (_began - %lld) / 1000, (_ended - %lld) / 1000,"
        " substr(_message, 7, 2) FROM %s ORDER BY 1, 2",
        (long long)NOON, (long long)NOON, find(herd, "package")->history);
    AUTO(str) char *rows = select_text(herd, sql);
    assert_string_equal(rows, "curl 7.88 400 - 6c\nnginx 1.22.0 400 500 6c\n"
                              "nginx 1.22.1 500 - 6d");
}

static void what_is_built_in_is_known_before_any_host_speaks(void **state)
{
    struct herd *herd = *state;
    for (size_t i = 0; fact_sources[i]; i++) {
        const struct fact_source *source = fact_sources[i];
        AUTO(relation) struct relation *relation = fact_source_relation(source);
        const struct stored *stored = find(herd, source->name);
        assert_null(stored->sql);
        assert_int_equal(stored->count, relation->count + 1);
        bool has_key = false;
        for (size_t k = 0; k < relation->count; k++) {
            const struct column *column = &relation->columns[k];
            has_key |= column->is_key;
            assert_string_equal(stored->columns[k + 1].name, column->name);
            assert_int_equal(stored->columns[k + 1].type,
                             type_find(column_type_name(column->type)));
            if (stored->keys)
                assert_int_equal(stored->keys[0][k + 1], column->is_key ? 'k' : '-');
        }
        assert_int_equal(stored->keys != NULL, has_key);
    }
}

static void every_relation_is_described_and_can_be_read(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    find(herd, "host");
    for (size_t i = 0; herd->catalogue.items[i]; i++) {
        const struct stored *stored = herd->catalogue.items[i];
        if (i > 0)
            assert_true(strcmp(herd->catalogue.items[i - 1]->name, stored->name) < 0);
        assert_true(*stored->help != '\0');
        if (!stored->sql)
            continue;
        AUTO(str) char *rows = rows_of(herd, stored->name);
        assert_true(*rows != '\0');
    }
}

/* ---- kept ---- */

static void what_is_known_is_kept_until_tables_change(void **state)
{
    struct herd *herd = *state;
    assert_null(find(herd, "package")->sql);
    fill(herd);
    const struct stored *package = find(herd, "package");
    assert_non_null(package->sql);
    assert_int_equal(package->count, 4);
    say(herd->fixture, 600, OUTCOME("backup", "SUCCESS", "0"));
    assert_ptr_equal(find(herd, "package"), package);
    say(herd->fixture, 700,
        "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"penguin3\",\"relation\":"
        "\"package\",\"columns\":[[\"name\",\"text\"],[\"origin\",\"text\"]],"
        "\"epoch\":1,\"counter\":1,\"after\":0,\"is\":\"whole\",\"add\":"
        "[[\"sed\",\"GNU\"]]");
    assert_int_equal(find(herd, "package")->count, 5);
}

static void each_load_has_its_own_time(void **state)
{
    struct herd *herd = *state;
    struct catalogue other = {0};
    const struct stored *now = find(herd, "interruption");
    assert_done(herd->fixture,
                relations_load(herd->relations, &(struct relations_time){.now = 77},
                               herd->arena, &other, NULL));
    const struct stored *then = catalogue_find(&other, "interruption");
    assert_non_null(strstr(then->sql, "(77)"));
    assert_null(strstr(now->sql, "(77)"));
    for (size_t i = 0; other.items[i]; i++)
        assert_true(!other.items[i]->sql || !strchr(other.items[i]->sql, '$'));
}

/* ---- plans ---- */

/* Of a join of relations; %NAME% stands for one. */
static char *plan_of(struct herd *herd, const char *sql)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_puts(&text, "EXPLAIN QUERY PLAN ");
    for (const char *at = sql; *at;) {
        size_t size = strcspn(at, "%");
        strbuf_add(&text, at, size);
        at += size;
        if (!*at)
            break;
        AUTO(str) char *name = memory_copy(at + 1, strcspn(at + 1, "%"));
        strbuf_puts(&text, find(herd, name)->sql);
        at += strlen(name) + 2;
    }
    return select_text(herd, text.data);
}

static void assert_plan(struct herd *herd, const char *sql, const char *part)
{
    AUTO(str) char *plan = plan_of(herd, sql);
    if (!strstr(plan, part) || strstr(plan, "MATERIALIZE") || strstr(plan, "AUTOMATIC"))
        fail_msg("%s: expected %s, found:\n%s", sql, part, plan);
}

static void joins_use_the_indexes(void **state)
{
    struct herd *herd = *state;
    fill(herd);
    assert_plan(herd, "SELECT host FROM %package% WHERE name = 'nginx'",
                "named_package (v_name=? AND ended=?)");
    assert_plan(herd,
                "SELECT 1 FROM %state% s JOIN %package% p ON p.host = s.host"
                " WHERE p.name = 'nginx' AND p.version = '1'",
                "named_package (v_name=? AND ended=?");
    assert_plan(herd,
                "SELECT \"from\" FROM %interruption% WHERE host = 'a' AND tag = 'b'",
                "SEARCH i USING PRIMARY KEY (tag=?)");
    assert_plan(herd, "SELECT host FROM %interruption% WHERE \"from\" > 5",
                "interruption_began (began>?)");
    assert_plan(herd,
                "SELECT r.host, r.tag FROM %run% r JOIN %state% s"
                " ON s.host = r.host AND s.tag = r.tag WHERE r.time > 5",
                "COVERING INDEX message_time (time>?");
    assert_plan(herd, "SELECT count(*), avg(elapsed) FROM %run%",
                "COVERING INDEX message_time");
    assert_plan(herd, "SELECT time FROM %message% WHERE id = 'x'",
                "sqlite_autoindex_message_1 (id=?)");
    assert_plan(herd, "SELECT state FROM %recent% WHERE host = 'a' AND tag = 'b'",
                "sqlite_autoindex_tag_1 (host=? AND tag=?)");
    assert_plan(herd, "SELECT host FROM %flips% WHERE count >= 5",
                "USING INDEX tag_flips (flips>?)");
    assert_plan(herd, "SELECT run FROM %running% WHERE host = 'a' AND tag = 'b'",
                "running_tag (tag=?)");
    assert_plan(herd, "SELECT due FROM %expected% WHERE host = 'a' AND tag = 'b'",
                "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)");
    assert_plan(herd, "SELECT due FROM %expected% WHERE due < 1", "SCAN e");
    assert_plan(herd, "SELECT run FROM %running%", "SCAN r");
    assert_plan(herd, "SELECT id FROM %acknowledged% WHERE host = 'a' AND tag = 'b'",
                "acknowledgement_incident (incident=?)");
    assert_plan(herd, "SELECT value FROM %last_reading% WHERE host = 'a'",
                "sqlite_autoindex_series_1 (host=?)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_says_what_the_messages_said),
        TEST(what_is_concluded_is_told_as_it_stands),
        TEST(what_runs_and_is_to_run_is_known),
        TEST(hosts_are_those_that_the_store_lists),
        TEST(readings_of_old_are_those_of_hours),
        TEST(facts_have_the_columns_known_first_and_then_those_of_others),
        TEST(facts_have_a_past),
        TEST(what_is_built_in_is_known_before_any_host_speaks),
        TEST(every_relation_is_described_and_can_be_read),
        TEST(what_is_known_is_kept_until_tables_change),
        TEST(each_load_has_its_own_time),
        TEST(joins_use_the_indexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
