// SPDX-License-Identifier: GPL-3.0-or-later
/* derive - one evaluation for all that is to be derived. Where that fails by a fault of
 * the rules, each half of them is tried alone, until the one is found that is at fault;
 * so no rule stands in another's way. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alert/judge_parts.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "datalog/check.h"
#include "datalog/proof.h"

/* What is kept beside a program. */
struct means {
    const struct narrowing *narrowing;
    struct predicate **outputs; /* of each aim */
};

struct trying {
    const struct deriving *deriving;
    struct aim **aims;
    size_t count;
    bool is_telling;        /* as of a reading */
    struct keeping keeping; /* what runs; more: its means */
    const struct means *means;
    struct strbuf key; /* that it is kept under */
    struct complaint *complaint;
};

/* ---- the program ---- */

static struct predicate *make_output(const struct reading *reading,
                                     const struct aim *aim)
{
    struct predicate *head = reading_head(reading->program, aim->head);
    return aim->head == HEAD_ALERT
               ? narrow_rule(reading->narrowing, head->rules[aim->number], aim->reach)
               : head;
}

static int make_outputs(struct trying *trying, const struct reading *reading)
{
    struct program *program = reading->program;
    struct means *means = arena_take(program->arena, sizeof *means);
    means->narrowing = reading->narrowing;
    means->outputs =
        arena_take(program->arena, trying->count * sizeof(struct predicate *));
    program->directive_count = trying->count;
    program->directives =
        arena_take(program->arena, trying->count * sizeof *program->directives);
    for (size_t i = 0; i < trying->count; i++) {
        means->outputs[i] = make_output(reading, trying->aims[i]);
        program->directives[i] = (struct directive){.kind = DIRECTIVE_OUTPUT,
                                                    .predicate = means->outputs[i]};
    }
    trying->keeping.more = means;
    return check_strata(program, trying->complaint);
}

static int add_row(struct trying *trying, const struct predicate *predicate,
                   const char *const *texts, size_t count)
{
    struct value values[4];
    for (size_t i = 0; i < count; i++)
        values[i] = (struct value){.type = TYPE_TEXT, .text = texts[i]};
    return evaluation_add(trying->keeping.evaluation, predicate, values,
                          trying->complaint);
}

static int add_given(struct trying *trying)
{
    const struct given *given = trying->deriving->given;
    const struct narrowing *narrowing = trying->means->narrowing;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < given->count; i++)
        rc = add_row(trying, narrow_given(narrowing),
                     (const char *[]){given->tags[i].host, given->tags[i].tag}, 2);
    for (size_t i = 0; rc == 0 && i < given->host_count; i++)
        rc = add_row(trying, narrow_given_first(narrowing),
                     (const char *[]){given->hosts[i]}, 1);
    return rc;
}

static int add_alerts(struct trying *trying)
{
    const struct conclusions *alerts = trying->deriving->alerts;
    const struct predicate *alert = reading_head(trying->keeping.program, HEAD_ALERT);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < alerts->count; i++) {
        const struct conclusion *one = &alerts->items[i];
        rc =
            add_row(trying, alert,
                    (const char *[]){one->host, one->tag, one->severity, one->text}, 4);
    }
    return rc;
}

/* All that the program depends on: the rules, the tables, and what is derived. */
static int put_key(struct trying *trying)
{
    const struct judge *judge = trying->deriving->judge;
    struct error why = {0};
    int64_t version;
    int rc = store_find_tables_version(trying->deriving->round->asker, &version, &why);
    if (rc < 0)
        return complain(trying->complaint, NULL, rc, "%s", why.text);
    strbuf_printf(&trying->key, "%" PRId64 " %" PRId64, library_number(judge->library),
                  version);
    for (size_t i = 0; i < trying->count; i++)
        strbuf_printf(&trying->key, " %d.%zu.%d", (int)trying->aims[i]->head,
                      trying->aims[i]->number, (int)trying->aims[i]->reach);
    return 0;
}

static int plan(struct trying *trying)
{
    const struct deriving *deriving = trying->deriving;
    const struct evaluation_settings settings = {.limits = deriving->judge->limits,
                                                 .is_guarded = true,
                                                 .is_kept = true,
                                                 .is_in_memory = true};
    AUTO(reading)
    struct reading reading = {.judge = deriving->judge,
                              .library = deriving->judge->library,
                              .asker = deriving->round->asker,
                              .now = deriving->round->now,
                              .is_moving = true,
                              .is_telling = trying->is_telling};
    int rc = reading_open(&reading, trying->complaint);
    if (rc == 0)
        rc = make_outputs(trying, &reading);
    trying->keeping.program = TAKE(reading.program);
    trying->keeping.now = reading.now;
    return rc == 0 ? evaluation_new(trying->keeping.program,
                                    store_database(reading.asker), &settings,
                                    &trying->keeping.evaluation, trying->complaint)
                   : rc;
}

static int open_program(struct trying *trying)
{
    struct judge *judge = trying->deriving->judge;
    const struct judge_round *round = trying->deriving->round;
    int rc = put_key(trying);
    if (rc < 0)
        return rc;
    bool is_kept = kept_take(judge_kept(judge, round->asker), trying->key.data,
                             trying->key.size, &trying->keeping);
    rc = is_kept ? evaluation_again(trying->keeping.evaluation,
                                    round->now - trying->keeping.now, trying->complaint)
                 : plan(trying);
    trying->means = trying->keeping.more;
    return rc;
}

static int begin(struct trying *trying)
{
    struct judge *judge = trying->deriving->judge;
    store_limit_scratch(trying->deriving->round->asker, judge->limits.bytes);
    int rc = open_program(trying);
    if (rc < 0)
        return rc;
    judge_set_evaluation(judge, trying->keeping.evaluation);
    rc = trying->is_telling ? add_alerts(trying) : add_given(trying);
    return rc == 0 ? evaluation_run(trying->keeping.evaluation, trying->complaint) : rc;
}

/* ---- what it gives ---- */

/* The rows of one aim on their way. */
struct taking {
    const struct aim *aim;
    struct conclusions found;
};

static int take_row(const struct value *values, void *context)
{
    struct taking *taking = context;
    const char *texts[4] = {"", "", "", ""};
    char number[24];
    for (size_t i = 0; i < taking->aim->columns; i++) {
        bool is_text = type_is_text(values[i].type);
        if (!is_text)
            snprintf(number, sizeof number, "%" PRId64,
                     values[i].is_real ? (int64_t)values[i].real : values[i].number);
        texts[i] = is_text ? values[i].text : number;
    }
    conclusions_add(&taking->found, texts[0], texts[1], texts[2], texts[3]);
    return 0;
}

#define LINES_MAX 30 /* of a proof, in a mail */

/* A JSON array, to be freed. */
static char *proof_lines(const struct proof *proof)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct strbuf json = {0};
    proof_format(proof, true, &text);
    json_open(&json, '[');
    const char *line = strbuf_text(&text);
    for (int i = 0; *line && i < LINES_MAX; i++) {
        size_t size = strcspn(line, "\n");
        json_comma(&json);
        json_text(&json, line, size);
        line += size + (line[size] == '\n');
    }
    json_close(&json, ']');
    return strbuf_take(&json);
}

static int prove(struct trying *trying, const struct predicate *output,
                 struct conclusion *conclusion)
{
    const struct judge_round *round = trying->deriving->round;
    const struct alert alert = {.host = conclusion->host,
                                .tag = conclusion->tag,
                                .severity = conclusion->severity,
                                .text = conclusion->text};
    if (!round->is_new || !round->is_new(round->context, &alert))
        return 0;
    const char *texts[] = {conclusion->host, conclusion->tag, conclusion->severity,
                           conclusion->text};
    struct value values[4];
    for (size_t i = 0; i < 4; i++)
        values[i] = (struct value){.type = TYPE_TEXT, .text = texts[i]};
    const struct proof *proof;
    int rc = proof_find(trying->keeping.evaluation, output, values, &proof,
                        trying->complaint);
    if (rc < 0)
        return rc;
    struct strbuf json = {0};
    proof_put_json(proof, &json);
    conclusion->why = strbuf_take(&json);
    conclusion->lines = proof_lines(proof);
    return 0;
}

/* What was given before has its proof, or needs none. */
static int prove_new(struct trying *trying, size_t number, struct conclusions *found)
{
    const struct aim *aim = trying->aims[number];
    for (size_t i = 0; i < found->count; i++) {
        struct conclusion *old = conclusions_find(&aim->found, &found->items[i]);
        int rc = 0;
        if (old) {
            found->items[i].why = TAKE(old->why);
            found->items[i].lines = TAKE(old->lines);
        } else {
            rc = prove(trying, trying->means->outputs[number], &found->items[i]);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- into its conclusions ---- */

/* Which of those before stay, as they were not judged; the others are looked up in what
 * was found now. */
struct replacing {
    const struct aim *aim;
    const struct given *given;
    const struct conclusions *found;
    size_t again; /* of those that were judged, how many are found again */
    size_t gone;
};

static bool is_kept(void *context, const struct conclusion *conclusion)
{
    struct replacing *replacing = context;
    enum narrow_reach reach = replacing->aim->reach;
    if (reach != NARROW_ALL &&
        !given_has(replacing->given, reach, conclusion->host, conclusion->tag))
        return true;
    bool is_again = conclusions_find(replacing->found, conclusion) != NULL;
    replacing->again += is_again;
    replacing->gone += !is_again;
    return false;
}

static void replace(struct judge *judge, const struct given *given, struct aim *aim,
                    struct conclusions *found)
{
    struct conclusions kept = {0};
    struct replacing replacing = {.aim = aim, .given = given, .found = found};
    conclusions_sort(found);
    conclusions_move(&aim->found, &kept, is_kept, &replacing);
    judge->has_changed |= replacing.gone > 0 || replacing.again < found->count ||
                          !aim->was_judged || aim->trouble;
    conclusions_add_all(found, &kept);
    conclusions_sort(&kept);
    aim->found = kept;
    aim->was_judged = true;
    free(TAKE(aim->trouble));
}

static void note_time(struct judge *judge, const char *name, int64_t ms)
{
    if (!name || ms <= judge->slowest_ms)
        return;
    free(judge->slowest);
    judge->slowest = text_copy(name);
    judge->slowest_ms = ms;
}

static int take_one(struct trying *trying, size_t number)
{
    const struct deriving *deriving = trying->deriving;
    struct aim *aim = trying->aims[number];
    struct taking taking = {.aim = aim};
    int64_t since = clock_monotonic();
    int rc = evaluation_each(trying->keeping.evaluation, trying->means->outputs[number],
                             take_row, &taking, trying->complaint);
    note_time(deriving->judge, aim->name, (clock_monotonic() - since) / 1000);
    if (rc == 0 && aim->head == HEAD_ALERT)
        rc = prove_new(trying, number, &taking.found);
    if (rc == 0)
        replace(deriving->judge, deriving->given, aim, &taking.found);
    conclusions_clear(&taking.found);
    return rc;
}

static int run(struct trying *trying)
{
    struct judge *judge = trying->deriving->judge;
    struct evaluation **evaluation = &trying->keeping.evaluation;
    int64_t ms = 0;
    int rc = begin(trying);
    if (*evaluation)
        note_time(judge, evaluation_slowest(*evaluation, &ms), ms);
    for (size_t i = 0; rc == 0 && i < trying->count; i++)
        rc = take_one(trying, i);
    judge_set_evaluation(judge, NULL);
    kept_put(rc == 0 ? judge->kept : NULL, trying->key.data, trying->key.size,
             &trying->keeping);
    strbuf_clear(&trying->key);
    return rc;
}

/* ---- faults ---- */

static bool is_fault(int rc)
{
    return rc == -EDOM || rc == -ETIME || rc == -E2BIG || rc == -EINVAL;
}

#define REST_MS INT64_C(600000) /* of what takes too much */

static void note_trouble(const struct deriving *deriving, struct aim *aim, int rc,
                         const struct complaint *complaint)
{
    AUTO(str) char *why = complaint_line(complaint);
    struct judge *judge = deriving->judge;
    aim->rests_until = rc == -EDOM ? 0 : deriving->round->now + REST_MS;
    if (aim->trouble && strcmp(aim->trouble, why) == 0)
        return;
    free(aim->trouble);
    aim->trouble = TAKE(why);
    judge->has_changed = true;
}

static int derive_some(const struct deriving *deriving, struct aim **aims, size_t count,
                       struct complaint *complaint)
{
    AUTO(complaint) struct complaint own = {0};
    struct trying trying = {.deriving = deriving,
                            .aims = aims,
                            .count = count,
                            .is_telling = deriving->alerts != NULL,
                            .complaint = &own};
    int rc = run(&trying);
    if (rc == 0)
        return 0;
    if (!is_fault(rc))
        return complain(complaint, NULL, rc, "%s", own.what ? own.what : strerror(-rc));
    if (count > 1) {
        rc = derive_some(deriving, aims, count / 2, complaint);
        return rc == 0 ? derive_some(deriving, aims + count / 2, count - count / 2,
                                     complaint)
                       : rc;
    }
    note_trouble(deriving, aims[0], rc, &own);
    return 0;
}

/* Those to be derived that had trouble before, or those that had none. */
static size_t pick(const struct deriving *deriving, bool had_trouble, struct aim **ret)
{
    struct aims *all = &deriving->judge->aims;
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct aim *aim = &all->items[i];
        if ((aim->head != HEAD_ALERT) == (deriving->alerts != NULL) &&
            aim->reach != NARROW_NONE && (aim->trouble != NULL) == had_trouble)
            ret[count++] = aim;
    }
    return count;
}

int derive(const struct deriving *deriving, struct complaint *complaint)
{
    size_t room = deriving->judge->aims.count;
    struct aim **aims = memory_new((2 * room + 1) * sizeof(struct aim *));
    size_t suspects = pick(deriving, true, aims);
    size_t count = pick(deriving, false, aims + room);
    int rc = count > 0 ? derive_some(deriving, aims + room, count, complaint) : 0;
    for (size_t i = 0; rc == 0 && i < suspects; i++)
        rc = derive_some(deriving, aims + i, 1, complaint);
    free(aims);
    return rc;
}
