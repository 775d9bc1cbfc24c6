// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - in whatever order the messages of a host come, the rows are those that a
 * plain model of the host makes; tables follow their relations; past times are exact.
 */
#include "fixture.h"

#include <errno.h>

/* ---- a host, as a model ---- */

#define NAMES    6
#define CHANGES  24
#define SECOND   1000
#define MESSAGES (CHANGES * 4)

/* What was true of thing(name key, value): from which step on, until before which. */
struct span {
    int name, value, since, until; /* until 0: still */
};

struct model {
    unsigned seed;
    int step;                     /* of the time: NOON + step seconds */
    int values[NAMES];            /* 0: there is none */
    int64_t epoch, counter, last; /* last: the counter of the relation's last message */
    struct span spans[CHANGES * NAMES + NAMES];
    size_t span_count;
    struct message *messages[MESSAGES];
    size_t count;
    unsigned ids;
};

static int chance(struct model *model, int below)
{
    model->seed = model->seed * 1103515245 + 12345;
    return (int)(model->seed >> 16) % below;
}

static void end_span(struct model *model, int name)
{
    for (size_t i = 0; i < model->span_count; i++)
        if (model->spans[i].name == name && model->spans[i].until == 0)
            model->spans[i].until = model->step;
}

static void set_value(struct model *model, int name, int value)
{
    end_span(model, name);
    model->values[name] = value;
    if (value)
        model->spans[model->span_count++] =
            (struct span){.name = name, .value = value, .since = model->step};
}

static void add_row(struct rows *rows, int name, int value)
{
    AUTO(str) char *name_text = text_format("n%d", name);
    AUTO(str) char *value_text = text_format("%d", value);
    rows_add(rows, 2, (const char *const[]){name_text, value_text});
}

static struct message *new_message(struct model *model, enum facts_extent extent,
                                   int64_t after)
{
    struct message *message = message_new();
    id_of(++model->ids, message->id);
    message->kind = MESSAGE_FACTS;
    message->host = text_copy("penguin2");
    message->tag = text_copy("facts");
    message->time = NOON + model->step * SECOND;
    struct relation *relation = relation_new("thing", NULL);
    relation_add_column(relation, "name", COLUMN_TEXT, true);
    relation_add_column(relation, "value", COLUMN_NUMBER, false);
    struct facts *facts = message->facts = facts_new(relation);
    facts->epoch = model->epoch;
    facts->counter = ++model->counter;
    facts->after = after;
    facts->extent = extent;
    return message;
}

/* As it comes from the wire. */
static void add_message(struct model *model, struct message *owned)
{
    AUTO(message) struct message *message = owned;
    AUTO(strbuf) struct strbuf json = {0};
    message_format(message, &json);
    assert_true(model->count < MESSAGES);
    model->messages[model->count++] = message_read(json.data);
    model->last = message->facts->counter;
}

static void say_change(struct model *model)
{
    struct message *message = new_message(model, FACTS_CHANGE, model->last);
    model->step++;
    message->time = NOON + model->step * SECOND;
    for (int name = 0; name < NAMES; name++) {
        int before = model->values[name], now = chance(model, 3);
        if (chance(model, 2) || before == now)
            continue;
        if (before)
            add_row(&message->facts->removed, name, before);
        if (now)
            add_row(&message->facts->added, name, now);
        set_value(model, name, now);
    }
    add_message(model, message);
    model->counter += chance(model, 3); /* another relation's */
}

/* In as many parts as there may be. */
static void say_whole(struct model *model, int parts)
{
    int64_t after = model->counter;
    for (int part = 1; part <= parts; part++) {
        struct message *message =
            new_message(model, part < parts ? FACTS_PART : FACTS_WHOLE, after);
        for (int name = part - 1; name < NAMES; name += parts)
            if (model->values[name])
                add_row(&message->facts->added, name, model->values[name]);
        add_message(model, message);
    }
}

static void begin_epoch(struct model *model)
{
    model->epoch++;
    model->counter = 0;
}

static void model_start(struct model *model, unsigned seed)
{
    *model = (struct model){.seed = seed, .epoch = 4};
    begin_epoch(model);
    for (int name = 0; name < NAMES; name++)
        set_value(model, name, chance(model, 3));
    say_whole(model, 1);
}

static void model_end(struct model *model)
{
    for (size_t i = 0; i < model->count; i++)
        message_free(model->messages[i]);
}

static void shuffle(struct model *model)
{
    for (size_t i = model->count; i > 1; i--) {
        size_t other = (size_t)chance(model, (int)i);
        struct message *message = model->messages[i - 1];
        model->messages[i - 1] = model->messages[other];
        model->messages[other] = message;
    }
}

/* ---- the store beside it ---- */

/* Within a transaction, as the handler does; whether the host lacks. */
static bool put(struct fixture *fixture, const struct message *message)
{
    bool lacks = false;
    int64_t number = 0;
    int rc =
        store_put_message(fixture->store, message, NOON * 2, &number, &fixture->err);
    assert_true(rc == 0 || rc == -EEXIST);
    if (rc == 0)
        assert_done(fixture, store_put_facts(fixture->store, number, message, NOON * 2,
                                             &lacks, &fixture->err));
    return lacks;
}

static bool put_all(struct fixture *fixture, const struct model *model)
{
    bool lacks = false;
    fixture_begin(fixture);
    for (size_t i = 0; i < model->count; i++)
        lacks = put(fixture, model->messages[i]);
    fixture_commit(fixture);
    return lacks;
}

struct listing {
    struct strbuf text;
    bool with_times;
};

static int list_fact(const struct relation *relation, const struct fact_row *row,
                     void *context)
{
    struct listing *listing = context;
    assert_string_equal(relation->name, "thing");
    assert_string_equal(row->host, "penguin2");
    strbuf_printf(&listing->text, "%s=%s", row->values[0], row->values[1]);
    if (listing->with_times)
        strbuf_printf(&listing->text, "[%lld,%lld)",
                      (long long)(row->since - NOON) / SECOND,
                      row->until ? (long long)(row->until - NOON) / SECOND : 0);
    strbuf_putc(&listing->text, '\n');
    return 0;
}

static int compare_lines(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The lines in order, each behind a blank. */
static char *sorted(struct strbuf *text)
{
    char *lines[CHANGES * NAMES * 2], *rest = NULL;
    size_t count = 0;
    AUTO(strbuf) struct strbuf joined = {0};
    AUTO(str) char *copy = text_copy(strbuf_text(text));
    for (char *line = strtok_r(copy, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        lines[count++] = line;
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++)
        strbuf_printf(&joined, " %s", lines[i]);
    strbuf_clear(text);
    return strbuf_take(&joined);
}

static char *found_rows(struct fixture *fixture, const struct fact_filter *filter,
                        bool with_times)
{
    struct listing listing = {.with_times = with_times};
    assert_done(fixture, store_each_fact(fixture->store, filter, list_fact, &listing,
                                         &fixture->err));
    return sorted(&listing.text);
}

/* step 0: now; else those that were true then. */
static void assert_rows(struct fixture *fixture, const struct model *model, int step,
                        const char *what)
{
    struct fact_filter filter = {
        .relation = "thing", .limit = 1000, .at = step ? NOON + step * SECOND : 0};
    struct strbuf text = {0};
    for (size_t i = 0; i < model->span_count; i++) {
        const struct span *span = &model->spans[i];
        bool is_true =
            step ? span->since <= step && (span->until == 0 || span->until > step)
                 : span->until == 0;
        if (is_true)
            strbuf_printf(&text, "n%d=%d\n", span->name, span->value);
    }
    AUTO(str) char *wanted = sorted(&text);
    AUTO(str) char *found = found_rows(fixture, &filter, false);
    if (strcmp(wanted, found) != 0)
        fail_msg("%s, step %d: wanted%s, found%s", what, step, wanted, found);
}

/* Each span with its times. */
static void assert_history(struct fixture *fixture, const struct model *model,
                           const char *what)
{
    struct fact_filter filter = {.relation = "thing", .limit = 1000, .all = true};
    struct strbuf text = {0};
    for (size_t i = 0; i < model->span_count; i++)
        strbuf_printf(&text, "n%d=%d[%d,%d)\n", model->spans[i].name,
                      model->spans[i].value, model->spans[i].since,
                      model->spans[i].until);
    AUTO(str) char *wanted = sorted(&text);
    AUTO(str) char *found = found_rows(fixture, &filter, true);
    if (strcmp(wanted, found) != 0)
        fail_msg("%s: wanted%s, found%s", what, wanted, found);
}

static void forget_all(struct fixture *fixture)
{
    int changed = 0;
    fixture_begin(fixture);
    assert_done(fixture, store_forget(fixture->store, "penguin2", NULL, 1000000,
                                      &changed, &fixture->err));
    fixture_commit(fixture);
}

/* ---- any order ---- */

static void changes_in_any_order_make_the_same_history(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned seed = 1; seed <= 30; seed++) {
        struct model model;
        AUTO(str) char *what = text_format("seed %u", seed);
        model_start(&model, seed);
        for (int i = 0; i < CHANGES; i++)
            say_change(&model);
        shuffle(&model);
        assert_false(put_all(fixture, &model));
        assert_history(fixture, &model, what);
        put_all(fixture, &model);
        assert_history(fixture, &model, what);
        for (int step = 1; step <= CHANGES; step += 5)
            assert_rows(fixture, &model, step, what);
        model_end(&model);
        forget_all(fixture);
    }
}

static void wholes_in_any_order_make_the_same_rows(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned seed = 1; seed <= 30; seed++) {
        struct model model;
        AUTO(str) char *what = text_format("seed %u", seed);
        model_start(&model, seed);
        for (int i = 0; i < CHANGES; i++) {
            if (chance(&model, 8) == 0)
                begin_epoch(&model);
            if (model.counter == 0 || chance(&model, 5) == 0)
                say_whole(&model, 1 + chance(&model, 3));
            say_change(&model);
        }
        shuffle(&model);
        assert_false(put_all(fixture, &model));
        assert_rows(fixture, &model, 0, what);
        model_end(&model);
        forget_all(fixture);
    }
}

static void what_is_lost_is_made_up_for_by_the_whole(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned seed = 1; seed <= 30; seed++) {
        struct model model;
        AUTO(str) char *what = text_format("seed %u", seed);
        model_start(&model, seed);
        for (int i = 0; i < CHANGES / 2; i++)
            say_change(&model);
        size_t lost = 1 + (size_t)chance(&model, (int)model.count - 2);
        message_free(model.messages[lost]);
        for (size_t i = lost + 1; i < model.count; i++)
            model.messages[i - 1] = model.messages[i];
        model.count--;
        assert_true(put_all(fixture, &model));

        begin_epoch(&model);
        model.step++;
        say_whole(&model, 1 + chance(&model, 3));
        assert_false(put_all(fixture, &model));
        assert_rows(fixture, &model, 0, what);
        model_end(&model);
        forget_all(fixture);
    }
}

static void a_gap_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct model model;
    model_start(&model, 7);
    struct model before = model;
    fixture_begin(fixture);
    put(fixture, model.messages[0]);
    for (int i = 0; i < 3; i++)
        say_change(&model);
    assert_true(put(fixture, model.messages[2]));
    assert_true(put(fixture, model.messages[3]));
    assert_rows(fixture, &before, 0, "with a gap");
    assert_false(put(fixture, model.messages[1]));
    assert_rows(fixture, &model, 0, "without");
    fixture_commit(fixture);
    model_end(&model);
}

/* ---- single messages ---- */

#define TWO "[[\"name\",\"text\",\"key\"],[\"value\",\"number\"]]"

static unsigned message_count;

/* Puts facts of penguin2; is: `"is":"whole","add":…` */
static int put_text(struct fixture *fixture, const char *columns, int counter,
                    const char *is, int64_t time)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    bool lacks;
    int64_t number;
    clock_format_utc(time, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"kind\":\"facts\",\"tag\":\"facts\","
                             "\"time\":\"%s\",\"relation\":\"thing\",\"columns\":%s,"
                             "\"epoch\":5,\"counter\":%d,\"after\":%d,%s}",
                             id_of(++message_count + 1000, id), when, columns, counter,
                             counter - 1, is);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(fixture->store, message, NOON * 2, &number,
                                           &fixture->err));
    int rc = store_put_facts(fixture->store, number, message, NOON * 2, &lacks,
                             &fixture->err);
    if (rc == 0)
        fixture_commit(fixture);
    else
        store_rollback(fixture->store);
    return rc;
}

static void assert_facts(struct fixture *fixture, const char *wanted)
{
    struct fact_filter filter = {.relation = "thing", .all = true};
    AUTO(str) char *found = found_rows(fixture, &filter, true);
    assert_string_equal(found, wanted);
}

static void a_row_of_the_same_key_ends_the_other(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",1]]", NOON);
    put_text(fixture, TWO, 2, "\"is\":\"change\",\"add\":[[\"a\",2]],\"remove\":[]",
             NOON + 5 * SECOND);
    assert_facts(fixture, " a=1[0,5) a=2[5,0) b=1[0,0)");
}

static void a_row_that_is_not_there_is_not_removed(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1]]", NOON);
    put_text(fixture, TWO, 2,
             "\"is\":\"change\",\"add\":[],\"remove\":[[\"a\",2],[\"b\",1]]", NOON);
    assert_facts(fixture, " a=1[0,0)");
}

static void no_row_ends_before_it_began(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1]]",
             NOON + 9 * SECOND);
    put_text(fixture, TWO, 2, "\"is\":\"whole\",\"add\":[[\"b\",1]]", NOON);
    assert_facts(fixture, " a=1[9,9) b=1[9,0)");
}

static void an_empty_whole_ends_all(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",2]]", NOON);
    put_text(fixture, TWO, 2, "\"is\":\"whole\",\"add\":[]", NOON + SECOND);
    assert_facts(fixture, " a=1[0,1) b=2[0,1)");
}

/* ---- tables ---- */

#define THREE "[[\"more\",\"size\"],[\"name\",\"text\",\"key\"],[\"value\",\"number\"]]"

static void a_new_column_is_not_known_of_the_rows_before(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",2.5]]", NOON);
    put_text(fixture, THREE, 2,
             "\"is\":\"change\",\"add\":[[4096,\"c\",3]],\"remove\":[]", NOON);
    AUTO(str)
    char *rows = fixture_ask(fixture, "SELECT group_concat(v_name || v_value || ':' ||"
                                      " ifnull(v_more, '-'), ' ') FROM fact_thing");
    assert_string_equal(rows, "a1:- b2.5:- c3:4096");
    put_text(fixture, TWO, 3, "\"is\":\"change\",\"add\":[[\"d\",4]],\"remove\":[]",
             NOON);
    assert_facts(fixture, " a=1[0,0) b=2.5[0,0) c=3[0,0) d=4[0,0)");
}

static void a_column_that_changed_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *columns, *wanted;
    } cases[] = {
        {"[[\"name\",\"text\",\"key\"],[\"value\",\"text\"]]",
         "relation thing: column value is a text, and here a number"},
        {"[[\"name\",\"text\"],[\"value\",\"number\"]]",
         "relation thing: column name is not of its key, and here it is"},
        {"[[\"value\",\"number\"]]",
         "relation thing: column name of its key is missing"},
        {"[[\"name\",\"text\",\"key\"],[\"more\",\"text\",\"key\"]]",
         "relation thing: column more is of its key, and here it is not"},
    };
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1]]", NOON);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            put_text(fixture, cases[i].columns, 2, "\"is\":\"whole\",\"add\":[]", NOON),
            -EINVAL);
        assert_string_equal(fixture->err.text, cases[i].wanted);
    }
    assert_facts(fixture, " a=1[0,0)");
}

static int note_relation(const struct relation *relation, int64_t rows, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s %zu %lld %d;", relation->name, relation->count,
                  (long long)rows, relation->columns[0].is_key);
    return 0;
}

static void relations_are_listed_with_their_rows(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",2]]", NOON);
    put_text(fixture, TWO, 2, "\"is\":\"whole\",\"add\":[[\"a\",1]]", NOON);
    assert_done(fixture, store_each_relation(fixture->store, true, note_relation, &text,
                                             &fixture->err));
    assert_string_equal(text.data, "thing 2 1 1;");
    struct fact_filter filter = {.relation = "nothing"};
    assert_int_equal(
        store_each_fact(fixture->store, &filter, list_fact, NULL, &fixture->err),
        -ENOENT);
}

#define ALL_TYPES                                                                      \
    "[[\"name\",\"text\"],[\"value\",\"number\"],[\"c\",\"size\"],[\"d\","             \
    "\"duration\"],"                                                                   \
    "[\"e\",\"time\"],[\"f\",\"version\"],[\"g\",\"flag\"]]"

static int note_values(const struct relation *relation, const struct fact_row *row,
                       void *context)
{
    for (size_t i = 0; i < relation->count; i++)
        strbuf_printf(context, "%s ", row->values[i] ? row->values[i] : "-");
    return 0;
}

static void values_come_back_as_they_were(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    put_text(fixture, ALL_TYPES, 1,
             "\"is\":\"whole\",\"add\":[[\"12\",9007199254740993,4,5,-6,\"1.0\",true],"
             "[\"x\",0.1,null,null,null,null,null],[\"y\",1e300,0,0,0,\"\",0]]",
             NOON);
    struct fact_filter filter = {.relation = "thing"};
    assert_done(fixture, store_each_fact(fixture->store, &filter, note_values, &text,
                                         &fixture->err));
    assert_string_equal(text.data, "12 9007199254740993 4 5 -6 1.0 1 "
                                   "x 0.1 - - - - - y 1e+300 0 0 0  0 ");
    put_text(fixture, ALL_TYPES, 2,
             "\"is\":\"whole\",\"add\":[[\"12\",9007199254740993,4,5,-6,\"1.0\",true],"
             "[\"x\",0.1,null,null,null,null,null],[\"y\",1e300,0,0,0,\"\",0]]",
             NOON + SECOND);
    AUTO(str) char *rows = fixture_ask(fixture, "SELECT count(*) FROM fact_thing");
    assert_string_equal(rows, "3");
}

static int note_number(const struct relation *relation UNUSED,
                       const struct fact_row *row, void *context)
{
    *(int64_t *)context = row->number;
    return row->seen == NOON ? 0 : -EINVAL;
}

static void rows_are_given_page_by_page(void **state)
{
    struct fixture *fixture = *state;
    put_text(fixture, TWO, 1,
             "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",2],[\"c\",3]]", NOON);
    struct fact_filter filter = {.relation = "thing", .host = "penguin2", .limit = 2};
    int64_t last = 0;
    assert_done(fixture, store_each_fact(fixture->store, &filter, note_number, &last,
                                         &fixture->err));
    assert_int_equal(last, 2);
    filter.after = last;
    assert_done(fixture, store_each_fact(fixture->store, &filter, note_number, &last,
                                         &fixture->err));
    assert_int_equal(last, 3);
    filter = (struct fact_filter){.relation = "thing", .host = "penguin3"};
    last = 0;
    assert_done(fixture, store_each_fact(fixture->store, &filter, note_number, &last,
                                         &fixture->err));
    assert_int_equal(last, 0);
}

/* ---- messages ---- */

static int count_bytes(const struct message_row *row, void *context)
{
    *(size_t *)context += strlen(row->body);
    return strstr(row->body, "\"relation\":\"thing\"") ? 0 : -EINVAL;
}

static void a_list_leaves_the_rows_out_and_a_message_has_them(void **state)
{
    struct fixture *fixture = *state;
    size_t listed = 0, whole = 0;
    put_text(fixture, TWO, 1, "\"is\":\"whole\",\"add\":[[\"a\",1],[\"b\",2]]", NOON);
    assert_done(fixture, store_each_message(fixture->store, &(struct message_filter){0},
                                            count_bytes, &listed, &fixture->err));
    assert_done(fixture, store_each_stored(fixture->store, 0, 0, 10, count_bytes,
                                           &whole, &fixture->err));
    assert_int_equal(whole - listed, strlen(",\"add\":[[\"a\",1],[\"b\",2]]"));
    int changed;
    fixture_begin(fixture);
    assert_done(fixture, store_prune(fixture->store, 0, NOON * 2, 100, NULL, &changed,
                                     &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(changed, 0);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_in_any_order_make_the_same_history),
        TEST(wholes_in_any_order_make_the_same_rows),
        TEST(what_is_lost_is_made_up_for_by_the_whole),
        TEST(a_gap_changes_nothing),
        TEST(a_row_of_the_same_key_ends_the_other),
        TEST(a_row_that_is_not_there_is_not_removed),
        TEST(no_row_ends_before_it_began),
        TEST(an_empty_whole_ends_all),
        TEST(a_new_column_is_not_known_of_the_rows_before),
        TEST(a_column_that_changed_is_refused),
        TEST(relations_are_listed_with_their_rows),
        TEST(values_come_back_as_they_were),
        TEST(rows_are_given_page_by_page),
        TEST(a_list_leaves_the_rows_out_and_a_message_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
