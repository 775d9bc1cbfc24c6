// SPDX-License-Identifier: GPL-3.0-or-later
/* incidents - judgements made by hand, and what they do to a store and its outbox. */
#include "../store/fixture.h"

#include <errno.h>

#include "alert/incidents.h"

#define MINUTE INT64_C(60000)

struct desk {
    struct fixture *fixture;
    struct config *config;
    int64_t now;
    unsigned number; /* of the last message */
    bool has_news;
    struct strbuf text;
    int64_t mark; /* tellings up to that number were looked at */
};

static int set_up(void **state)
{
    struct desk *desk = memory_new(sizeof *desk);
    fixture_setup((void **)&desk->fixture);
    desk->config = config_new();
    free(desk->config->mailto);
    desk->config->mailto = text_copy("shepherd@example.org");
    desk->now = NOON;
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    config_free(desk->config);
    strbuf_clear(&desk->text);
    void *fixture = desk->fixture;
    free(desk);
    return fixture_teardown(&fixture);
}

/* ---- judgements ---- */

#define JUDGEMENT(...)                                                                 \
    &(struct judgement)                                                                \
    {                                                                                  \
        .arena = NULL, __VA_ARGS__                                                     \
    }
#define ALERTS(...)                                                                    \
    .alerts = (struct alert[]){__VA_ARGS__},                                           \
    .alert_count = sizeof((struct alert[]){__VA_ARGS__}) / sizeof(struct alert)
#define HOLDS(...)                                                                     \
    .holds = (struct hold[]){__VA_ARGS__},                                             \
    .hold_count = sizeof((struct hold[]){__VA_ARGS__}) / sizeof(struct hold)
#define ROUTES(...)                                                                    \
    .routes = (struct route[]){__VA_ARGS__},                                           \
    .route_count = sizeof((struct route[]){__VA_ARGS__}) / sizeof(struct route)
#define REMIND(...) .reminders = (struct reminder[]){__VA_ARGS__}, .reminder_count = 1

#define FAIL                                                                           \
    {                                                                                  \
        .host = "ram", .tag = "backup", .severity = "fail", .text = "bad"              \
    }
#define WARNING                                                                        \
    {                                                                                  \
        .host = "ram", .tag = "backup", .severity = "warning", .text = "hm"            \
    }
#define TO_LOG                                                                         \
    {                                                                                  \
        "ram", "backup", "log"                                                         \
    }
#define TO_MAIL                                                                        \
    {                                                                                  \
        "ram", "backup", "mailto"                                                      \
    }

static void apply(struct desk *desk, struct judgement *judgement)
{
    judgement->time = desk->now;
    desk->has_news = false;
    fixture_begin(desk->fixture);
    assert_done(desk->fixture,
                incidents_apply(desk->fixture->store, desk->config, judgement, NULL,
                                &desk->has_news, &desk->fixture->err));
    fixture_commit(desk->fixture);
}

/* ---- what came of it ---- */

struct looking {
    struct desk *desk;
    char *lines[64];
    int count;
    int64_t newest;
};

static int take_telling(const struct telling *telling, void *context)
{
    struct looking *looking = context;
    if (telling->number > looking->newest)
        looking->newest = telling->number;
    if (telling->number > looking->desk->mark && looking->count < 64)
        looking->lines[looking->count++] = text_format(
            "%s %s %s %s %s\n", telling_kind_name(telling->kind), telling->host,
            telling->tag, telling->notifier, telling->address);
    return 0;
}

/* "WHAT HOST TAG NOTIFIER ADDRESS\n" of what was put since the last look. */
static const char *told(struct desk *desk)
{
    struct looking looking = {.desk = desk};
    const struct telling_filter filter = {.limit = 1000};
    strbuf_shorten(&desk->text, 0);
    assert_done(desk->fixture,
                store_each_telling(desk->fixture->store, &filter, take_telling,
                                   &looking, &desk->fixture->err));
    desk->mark = looking.newest;
    while (looking.count > 0) {
        AUTO(str) char *line = looking.lines[--looking.count];
        strbuf_puts(&desk->text, line);
    }
    return strbuf_text(&desk->text);
}

static int take_incident(const struct incident *incident, void *context)
{
    struct desk *desk = context;
    strbuf_printf(&desk->text, "%s %s %s %s %s %s\n", incident->host, incident->tag,
                  incident->severity, incident->text, incident->ended ? "over" : "open",
                  incident->held);
    return 0;
}

static const char *incidents(struct desk *desk)
{
    const struct incident_filter filter = {.all = true};
    strbuf_shorten(&desk->text, 0);
    assert_done(desk->fixture,
                store_each_incident(desk->fixture->store, &filter, desk->now,
                                    take_incident, desk, &desk->fixture->err));
    return strbuf_text(&desk->text);
}

/* A message of ram's backup that asks for mail to somebody. */
static void say_word(struct desk *desk, const char *err, const char *mailto)
{
    char id[UUID_SIZE];
    int64_t number;
    AUTO(str)
    char *json = text_format(
        "{\"id\":\"%s\",\"kind\":\"note\",\"host\":\"ram\",\"tag\":\"backup\","
        "\"err\":\"%s\",\"text\":\"x\",\"mailto\":\"%s\"}",
        id_of(++desk->number, id), err, mailto);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(desk->fixture);
    assert_done(desk->fixture,
                store_put_message(desk->fixture->store, message, desk->now, &number,
                                  &desk->fixture->err));
    struct change change;
    assert_done(desk->fixture, store_put_state(desk->fixture->store, message, &change,
                                               &desk->fixture->err));
    fixture_commit(desk->fixture);
}

static void say(struct desk *desk, const char *mailto)
{
    say_word(desk, "FAIL", mailto);
}

/* ---- the lines of the table ---- */

static void a_new_alert_opens_and_is_told_whom_routes_name(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG, TO_MAIL)));
    assert_true(desk->has_news);
    assert_string_equal(told(desk), "new ram backup log \n"
                                    "new ram backup mailto shepherd@example.org\n");
    assert_string_equal(incidents(desk), "ram backup fail bad open []\n");
}

static void the_same_again_is_told_once(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 3; i++) {
        apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG, TO_MAIL)));
        assert_int_equal(desk->has_news, i == 0);
        desk->now += MINUTE;
        fixture_reopen(desk->fixture);
    }
    assert_string_equal(told(desk), "new ram backup log \n"
                                    "new ram backup mailto shepherd@example.org\n");
}

static void what_is_held_is_told_when_it_no_longer_is(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG),
                          HOLDS({"ram", "backup", "fail", "it settles"})));
    assert_string_equal(told(desk), "");
    assert_string_equal(incidents(desk), "ram backup fail bad open [\"it settles\"]\n");
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG),
                          HOLDS({"ram", "backup", "check", "another severity"})));
    assert_string_equal(told(desk), "new ram backup log \n");
    assert_string_equal(incidents(desk), "ram backup fail bad open []\n");
}

static void what_was_held_until_its_end_is_never_told(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG),
                          HOLDS({"ram", "backup", "fail", "it settles"})));
    apply(desk, JUDGEMENT());
    assert_string_equal(told(desk), "");
    assert_non_null(strstr(incidents(desk), "over"));
}

static void the_end_is_told_although_it_is_held(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG),
                          HOLDS({"ram", "backup", "fail", "silence"})));
    apply(desk, JUDGEMENT());
    assert_string_equal(told(desk), "new ram backup log \nover ram backup log \n");
}

static void a_route_that_comes_later_is_told(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    told(desk);
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG, TO_MAIL)));
    assert_string_equal(told(desk), "new ram backup mailto shepherd@example.org\n");
    apply(desk, JUDGEMENT());
    assert_string_equal(told(desk), "over ram backup log \n"
                                    "over ram backup mailto shepherd@example.org\n");
}

static void another_severity_is_told_to_who_knows(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(WARNING), ROUTES(TO_LOG)));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    assert_string_equal(told(desk), "new ram backup log \nchange ram backup log \n");
    assert_string_equal(incidents(desk), "ram backup fail bad open []\n");
}

static void what_changed_while_it_was_held_is_told_afterwards(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(WARNING), ROUTES(TO_LOG)));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG),
                          HOLDS({"ram", "backup", "fail", "silence"})));
    assert_string_equal(told(desk), "new ram backup log \n");
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    assert_string_equal(told(desk), "change ram backup log \n");
}

static void another_matter_is_an_incident_of_its_own(void **state)
{
    struct desk *desk = *state;
    apply(desk,
          JUDGEMENT(
              ALERTS(
                  {.host = "ram", .tag = "backup", .severity = "check", .text = "slow"},
                  FAIL),
              ROUTES(TO_LOG)));
    assert_string_equal(told(desk), "new ram backup log \nnew ram backup log \n");
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    assert_string_equal(told(desk), "over ram backup log \n");
}

static void a_reminder_comes_after_its_time(void **state)
{
    struct desk *desk = *state;
#define REMINDED                                                                       \
    JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG), REMIND({"ram", "backup", 5 * MINUTE}))
    apply(desk, REMINDED);
    desk->now += 5 * MINUTE - 1;
    apply(desk, REMINDED);
    assert_string_equal(told(desk), "new ram backup log \n");
    desk->now += 1;
    apply(desk, REMINDED);
    apply(desk, REMINDED);
    assert_string_equal(told(desk), "still ram backup log \n");
}

static void nobody_is_reminded_of_what_is_acknowledged(void **state)
{
    struct desk *desk = *state;
    apply(desk, REMINDED);
    fixture_begin(desk->fixture);
    assert_done(desk->fixture, store_acknowledge(desk->fixture->store, 1, desk->now,
                                                 desk->now + 10 * MINUTE, "I know",
                                                 "wrk", &desk->fixture->err));
    fixture_commit(desk->fixture);
    desk->now += 10 * MINUTE - 1;
    apply(desk, REMINDED);
    assert_string_equal(told(desk), "new ram backup log \n");
    desk->now += 1;
    apply(desk, REMINDED);
    apply(desk, JUDGEMENT());
    assert_string_equal(told(desk), "still ram backup log \nover ram backup log \n");
}

/* ---- what happens between judging and applying ---- */

static void the_message_is_the_one_that_was_judged(void **state)
{
    struct desk *desk = *state;
    texts_add(&desk->config->allow_mailto, "*@example.org");
    say_word(desk, "FAIL", "owner@example.org");
    say_word(desk, "SUCCESS", "later@example.org");
    apply(desk, JUDGEMENT(.stored = 1, ALERTS(FAIL), ROUTES(TO_MAIL)));
    assert_string_equal(told(desk), "new ram backup mailto shepherd@example.org\n"
                                    "new ram backup mailto owner@example.org\n");
    AUTO(str)
    char *message = fixture_ask(desk->fixture, "SELECT message FROM incident");
    assert_string_equal(message, "00000001-0000-7000-8000-000000000001");
}

static void what_was_judged_before_its_host_was_forgotten_is_not_applied(void **state)
{
    struct desk *desk = *state;
    struct store *store = desk->fixture->store;
    struct judgement *judgement = JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG));
    int changed;
    say(desk, "owner@example.org");
    apply(desk, judgement);
    told(desk);
    fixture_begin(desk->fixture);
    assert_done(desk->fixture,
                store_forget(store, "ram", NULL, 1000, &changed, &desk->fixture->err));
    assert_int_equal(incidents_apply(store, desk->config, judgement, NULL,
                                     &desk->has_news, &desk->fixture->err),
                     -ESTALE);
    assert_done(desk->fixture, store_find_forgotten(store, &judgement->forgotten,
                                                    &desk->fixture->err));
    fixture_commit(desk->fixture);
    assert_string_equal(incidents(desk), "");
    desk->mark = 0;
    apply(desk, judgement);
    assert_string_equal(told(desk), "new ram backup log \n");
}

/* ---- whom ---- */

static void a_tags_own_address_is_told_where_it_may_be(void **state)
{
    struct desk *desk = *state;
    texts_add(&desk->config->allow_mailto, "*@example.org");
    say(desk, "owner@example.org");
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_MAIL)));
    assert_string_equal(told(desk), "new ram backup mailto shepherd@example.org\n"
                                    "new ram backup mailto owner@example.org\n");
    apply(desk, JUDGEMENT());
    told(desk);
    say(desk, "owner@elsewhere.org");
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_MAIL)));
    assert_string_equal(told(desk), "new ram backup mailto shepherd@example.org\n");
}

static void an_unknown_notifier_is_an_alert(void **state)
{
    struct desk *desk = *state;
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG, {"ram", "backup", "pager"})));
    assert_string_equal(told(desk), "new  routes log \n"
                                    "new  routes mailto shepherd@example.org\n"
                                    "new ram backup log \n");
    assert_non_null(strstr(incidents(desk), "\"pager\""));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG)));
    assert_string_equal(told(desk), "over  routes log \n"
                                    "over  routes mailto shepherd@example.org\n");
}

static void a_notifier_of_the_configuration_is_told(void **state)
{
    static const char text[] = "(notifier pager (exec \"/bin/true\"))";
    struct desk *desk = *state;
    config_free(TAKE(desk->config));
    assert_done(desk->fixture, config_parse("test", text, strlen(text), &desk->config,
                                            &desk->fixture->err));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES({"ram", "backup", "pager"})));
    assert_string_equal(told(desk), "new ram backup pager \n");
}

/* The pager is known at first, and then it is gone. */
static void tell_pager_alone(struct desk *desk, const char *without)
{
    static const char with[] =
        "(mailto \"me@x\") (notifier pager (exec \"/bin/true\"))";
    const char *const texts[] = {with, without};
    for (int i = 0; i < 2; i++) {
        config_free(TAKE(desk->config));
        assert_done(desk->fixture, config_parse("test", texts[i], strlen(texts[i]),
                                                &desk->config, &desk->fixture->err));
        apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES({"ram", "backup", "pager"})));
    }
    told(desk);
    apply(desk, JUDGEMENT());
}

static void that_it_is_over_is_told_by_another_where_a_notifier_is_gone(void **state)
{
    struct desk *desk = *state;
    tell_pager_alone(desk, "(mailto \"me@x\")");
    const char *found = told(desk);
    assert_non_null(strstr(found, "over ram backup mailto me@x\n"));
    assert_null(strstr(found, "pager"));
}

static void without_mail_it_is_told_in_the_log(void **state)
{
    struct desk *desk = *state;
    tell_pager_alone(desk, "");
    assert_non_null(strstr(told(desk), "over ram backup log \n"));
}

static void that_mail_fails_is_told_by_the_others_too(void **state)
{
    static const char text[] =
        "(mailto \"me@x\") (notifier pager (exec \"/bin/true\"))";
    struct desk *desk = *state;
    config_free(TAKE(desk->config));
    assert_done(desk->fixture, config_parse("test", text, strlen(text), &desk->config,
                                            &desk->fixture->err));
    apply(desk,
          JUDGEMENT(ALERTS({"", "notifier mailto", "warning", "no", "{}", "[]"})));
    assert_string_equal(told(desk), "new  notifier mailto log \n"
                                    "new  notifier mailto mailto me@x\n"
                                    "new  notifier mailto pager \n");
    apply(desk,
          JUDGEMENT(ALERTS({"", "notifier mailto", "warning", "no", "{}", "[]"})));
    assert_string_equal(told(desk), "");
}

static void each_address_of_a_notifier_is_told(void **state)
{
    static const char text[] = "(notifier oncall (email \"a@b\" \"c@d\"))";
    struct desk *desk = *state;
    config_free(TAKE(desk->config));
    assert_done(desk->fixture, config_parse("test", text, strlen(text), &desk->config,
                                            &desk->fixture->err));
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES({"ram", "backup", "oncall"})));
    assert_string_equal(told(desk), "new ram backup oncall a@b\n"
                                    "new ram backup oncall c@d\n");
}

static void what_everybody_was_told_is_over_for_those_by_default(void **state)
{
    struct desk *desk = *state;
    int64_t number;
    const struct incident before = {.host = "ram",
                                    .tag = "backup",
                                    .severity = "fail",
                                    .text = "bad",
                                    .began = NOON};
    const struct informed everybody = {"*", "*", "fail", NOON};
    fixture_begin(desk->fixture);
    assert_done(desk->fixture, store_open_incident(desk->fixture->store, &before,
                                                   &number, &desk->fixture->err));
    assert_done(desk->fixture, store_put_informed(desk->fixture->store, number,
                                                  &everybody, &desk->fixture->err));
    fixture_commit(desk->fixture);
    apply(desk, JUDGEMENT(ALERTS(FAIL), ROUTES(TO_LOG, TO_MAIL)));
    assert_string_equal(told(desk), "");
    apply(desk, JUDGEMENT(ALERTS(WARNING), ROUTES(TO_LOG, TO_MAIL)));
    assert_string_equal(told(desk), "change ram backup log \n"
                                    "change ram backup mailto shepherd@example.org\n");
    apply(desk, JUDGEMENT());
    assert_string_equal(told(desk), "over ram backup log \n"
                                    "over ram backup mailto shepherd@example.org\n");
}

static void what_is_rolled_back_is_done_again(void **state)
{
    struct desk *desk = *state;
    struct judgement judgement = {.time = NOON, ALERTS(FAIL), ROUTES(TO_LOG)};
    fixture_begin(desk->fixture);
    assert_done(desk->fixture,
                incidents_apply(desk->fixture->store, desk->config, &judgement, NULL,
                                &desk->has_news, &desk->fixture->err));
    store_rollback(desk->fixture->store);
    assert_string_equal(told(desk), "");
    apply(desk, &judgement);
    assert_string_equal(told(desk), "new ram backup log \n");
}

/* ---- floods ---- */

#define HERD 1000

struct flood {
    struct alert alerts[HERD];
    struct route routes[HERD];
    char hosts[HERD][16];
};

static struct flood *make_flood(void)
{
    struct flood *flood = memory_new(sizeof *flood);
    for (int i = 0; i < HERD; i++) {
        snprintf(flood->hosts[i], sizeof flood->hosts[i], "host%04d", i);
        flood->alerts[i] = (struct alert){
            .host = flood->hosts[i], .tag = "x", .severity = "fail", .text = "bad"};
        flood->routes[i] = (struct route){flood->hosts[i], "x", "mailto"};
    }
    return flood;
}

static int count_item(const struct telling *telling, void *context)
{
    int *counts = context;
    counts[0]++;
    for (const char *at = telling->body; (at = strstr(at, "\"incident\":")); at++)
        counts[1]++;
    return 0;
}

/* So many mails, and so many items of sums in them. */
static void count_mails(struct desk *desk, int *ret_mails, int *ret_items)
{
    int counts[2] = {0};
    const struct telling_filter filter = {.limit = 100000};
    assert_done(desk->fixture,
                store_each_telling(desk->fixture->store, &filter, count_item, counts,
                                   &desk->fixture->err));
    *ret_mails = counts[0];
    *ret_items = counts[1];
}

/* They fail within two minutes, some a second, and recover so later. */
static void a_mass_failure_is_told_in_five_mails_and_so_is_its_end(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    int mails, items;
    for (int i = 8; i <= 1000; i += 8, desk->now += 1000)
        apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = (size_t)i,
                              .routes = flood->routes, .route_count = (size_t)i));
    count_mails(desk, &mails, &items);
    assert_in_range(mails, 4, 5);
    assert_int_equal(items, HERD - 3);
    desk->now += 20 * MINUTE;
    int before = mails;
    for (int i = 992; i >= 0; i -= 8, desk->now += 1000)
        apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = (size_t)i,
                              .routes = flood->routes, .route_count = (size_t)i));
    count_mails(desk, &mails, &items);
    assert_in_range(mails - before, 1, 5);
    assert_int_equal(items, 2 * (HERD - 3));
    free(flood);
}

static void after_a_flood_each_is_told_alone_again(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 5,
                          .routes = flood->routes, .route_count = 5));
    told(desk);
    desk->now += 3 * MINUTE;
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 6,
                          .routes = flood->routes, .route_count = 6));
    assert_string_equal(told(desk), "new host0005 x mailto shepherd@example.org\n");
    free(flood);
}

/* Ten at a time, all within an hour; then nothing more. */
static void a_flood_that_lasts_is_told_ever_more_seldom_and_so_is_its_end(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    int mails, items;
    for (int i = 10; i <= HERD; i += 10, desk->now += 36 * 1000)
        apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = (size_t)i,
                              .routes = flood->routes, .route_count = (size_t)i));
    count_mails(desk, &mails, &items);
    assert_int_equal(items, HERD - 3);
    assert_int_equal(mails, 3 + 4 + 1); /* 1, 4, 16 and 60 min; the end */
    AUTO(str)
    char *last = fixture_ask(desk->fixture,
                             "SELECT ((due - min(made) OVER ()) / 60000) || ' min: ' ||"
                             " (body ->> 'items')"
                             " FROM telling ORDER BY number DESC LIMIT 1");
    assert_string_equal(last, "141 min: []");
    told(desk);
    desk->now = NOON + 142 * MINUTE;
    struct alert other = {.host = "ram", .tag = "x", .severity = "fail", .text = "bad"};
    flood->alerts[HERD - 1] = other;
    flood->routes[HERD - 1] = (struct route){"ram", "x", "mailto"};
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = HERD,
                          .routes = flood->routes, .route_count = HERD));
    assert_string_equal(told(desk), "over host0999 x mailto shepherd@example.org\n"
                                    "new ram x mailto shepherd@example.org\n");
    free(flood);
}

static void another_severity_is_told_at_once_in_a_flood(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 9,
                          .routes = flood->routes, .route_count = 9));
    told(desk);
    desk->now += MINUTE + 1;
    flood->alerts[9].severity = "warning";
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 11,
                          .routes = flood->routes, .route_count = 11));
    assert_string_equal(told(desk), "new host0009 x mailto shepherd@example.org\n"
                                    "sum   mailto shepherd@example.org\n");
    free(flood);
}

/* One that waits in a sum gets worse, which is told at once, and is over. */
static void an_end_is_not_told_before_its_beginning(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    for (int i = 0; i < 9; i++)
        flood->alerts[i].severity = "warning";
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 9,
                          .routes = flood->routes, .route_count = 9));
    told(desk);
    desk->now += 59 * 1000;
    flood->alerts[8].severity = "fail";
    desk->config->flood = 100;
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 9,
                          .routes = flood->routes, .route_count = 9));
    assert_string_equal(told(desk), "change host0008 x mailto shepherd@example.org\n");
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = 8,
                          .routes = flood->routes, .route_count = 8));
    assert_string_equal(told(desk), "");
    AUTO(str)
    char *found = fixture_ask(
        desk->fixture, "SELECT group_concat(j.value ->> 'what', ' ')"
                       " FROM telling, json_each(body, '$.items') j"
                       " WHERE what = 'sum' AND j.value ->> 'host' = 'host0008'");
    assert_string_equal(found, "new over");
    free(flood);
}

static void the_log_gets_each(void **state)
{
    struct desk *desk = *state;
    struct flood *flood = make_flood();
    int mails, items;
    for (int i = 0; i < HERD; i++)
        flood->routes[i].notifier = "log";
    apply(desk, JUDGEMENT(.alerts = flood->alerts, .alert_count = HERD,
                          .routes = flood->routes, .route_count = HERD));
    count_mails(desk, &mails, &items);
    assert_int_equal(mails, HERD);
    assert_int_equal(items, 0);
    free(flood);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_alert_opens_and_is_told_whom_routes_name),
        TEST(the_same_again_is_told_once),
        TEST(what_is_held_is_told_when_it_no_longer_is),
        TEST(what_was_held_until_its_end_is_never_told),
        TEST(the_end_is_told_although_it_is_held),
        TEST(a_route_that_comes_later_is_told),
        TEST(another_severity_is_told_to_who_knows),
        TEST(what_changed_while_it_was_held_is_told_afterwards),
        TEST(another_matter_is_an_incident_of_its_own),
        TEST(a_reminder_comes_after_its_time),
        TEST(nobody_is_reminded_of_what_is_acknowledged),
        TEST(the_message_is_the_one_that_was_judged),
        TEST(what_was_judged_before_its_host_was_forgotten_is_not_applied),
        TEST(a_tags_own_address_is_told_where_it_may_be),
        TEST(an_unknown_notifier_is_an_alert),
        TEST(a_notifier_of_the_configuration_is_told),
        TEST(each_address_of_a_notifier_is_told),
        TEST(that_it_is_over_is_told_by_another_where_a_notifier_is_gone),
        TEST(without_mail_it_is_told_in_the_log),
        TEST(that_mail_fails_is_told_by_the_others_too),
        TEST(what_everybody_was_told_is_over_for_those_by_default),
        TEST(what_is_rolled_back_is_done_again),
        TEST(a_mass_failure_is_told_in_five_mails_and_so_is_its_end),
        TEST(after_a_flood_each_is_told_alone_again),
        TEST(a_flood_that_lasts_is_told_ever_more_seldom_and_so_is_its_end),
        TEST(another_severity_is_told_at_once_in_a_flood),
        TEST(an_end_is_not_told_before_its_beginning),
        TEST(the_log_gets_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
