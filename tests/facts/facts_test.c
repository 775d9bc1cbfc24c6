// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - a machine of files, and a listener who hears of it by messages alone: he
 * knows what is true, or that he does not. */
#include "facts/facts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "bark/redact.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "listener.h"

#define HOUR 3600000

static char *home, *root, *folder, *spool;
static struct facts_place place;
static struct listener listener;
static struct strbuf said;

/* ---- a crash at any step that reaches the disk ---- */

static int steps_left = -1; /* -1: none */

/* In the place of the C library's: no test here pulls a plug. */
int fsync(int fd UNUSED)
{
    if (steps_left == 0)
        _exit(9);
    steps_left -= steps_left > 0;
    return 0;
}

/* ---- a machine ---- */

static int set_up(void **state UNUSED)
{
    home = folder_make();
    root = text_format("%s/root", home);
    folder = text_format("%s/facts", home);
    spool = text_format("%s/spool", home);
    AUTO(str) char *etc = text_format("%s/etc", root);
    assert_int_equal(files_make_folder(etc, 0755, NULL), 0);
    place = (struct facts_place){.folder = folder,
                                 .spool = spool,
                                 .spool_limit = 256 << 20,
                                 .host = "penguin",
                                 .zone = "UTC",
                                 .root = root,
                                 .now = 1795332188123};
    return 0;
}

static int tear_down(void **state UNUSED)
{
    listener_clear(&listener);
    strbuf_clear(&said);
    free(root);
    free(folder);
    free(spool);
    return folder_remove(home);
}

static void write_file(const char *path, const char *text)
{
    AUTO(str) char *full = text_format("%s%s", root, path);
    AUTO(str) char *parent = text_copy(full);
    char *slash = strrchr(parent, '/');
    *slash = '\0';
    assert_int_equal(files_make_folder(parent, 0755, NULL), 0);
    assert_int_equal(files_put(parent, slash + 1, text, strlen(text), NULL), 0);
}

static void write_packages(int count, int version)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (int i = 0; i < count; i++)
        strbuf_printf(&text,
                      "Package: package-%04d\nStatus: install ok installed\n"
                      "Version: 1.%d-%d\nDescription: the package of number %d\n\n",
                      i, i, i % 10 ? 1 : version, i);
    write_file("/var/lib/dpkg/status", strbuf_text(&text));
}

static void say(void *context UNUSED, const char *sentence)
{
    strbuf_printf(&said, "%s\n", sentence);
}

static int collect(int64_t every)
{
    struct error err = {0};
    int sent = -1;
    place.now++;
    int rc = facts_collect(&place, every, say, NULL, &sent, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    return sent;
}

static struct relation *make_site(void)
{
    struct relation *site = relation_new("site", "what nginx serves");
    relation_add_column(site, "name", COLUMN_TEXT, true);
    relation_add_column(site, "port", COLUMN_NUMBER, false);
    return site;
}

static int update(const struct rows *rows, bool is_whole)
{
    AUTO(relation) struct relation *site = make_site();
    struct error err = {0};
    int sent = -1;
    place.now++;
    int rc = facts_update(&place, site, rows, is_whole, &sent, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    return sent;
}

static void add_site(struct rows *rows, const char *name, const char *port)
{
    rows_add(rows, 2, (const char *const[]){name, port});
}

static int send_whole(void)
{
    int sent = -1;
    place.now++;
    assert_int_equal(facts_send_whole(&place, &sent, NULL), 0);
    return sent;
}

/* ---- what the listener knows ---- */

static bool has_all(void)
{
    int64_t epoch = -1, counter = -1;
    listener_take(&listener, spool);
    assert_int_equal(facts_mark(&place, &epoch, &counter, NULL), 0);
    return listener_has_all(&listener, epoch, counter);
}

/* As a server does: where he lacks something, he asks for the whole. */
static void catch_up(void)
{
    if (!has_all())
        send_whole();
    assert_true(has_all());
}

static char *show(const char *name)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct rows *rows = &listener_find(&listener, name)->rows;
    rows_sort(rows);
    for (size_t i = 0; i < rows->count; i++)
        for (size_t j = 0; j < rows->width; j++)
            strbuf_printf(&text, "%s%c",
                          rows->items[i].values[j] ? rows->items[i].values[j] : "-",
                          j + 1 < rows->width ? '|' : '\n');
    return strbuf_take(&text);
}

static void assert_knows(const char *name, const char *wanted)
{
    AUTO(str) char *known = show(name);
    assert_string_equal(known, wanted);
}

static size_t count_sources(void)
{
    size_t count = 0;
    while (fact_sources[count])
        count++;
    return count;
}

/* ---- what is claimed ---- */

static void nothing_was_sent_at_first(void **state UNUSED)
{
    int64_t epoch = -1, counter = -1;
    assert_int_equal(facts_mark(&place, &epoch, &counter, NULL), 0);
    assert_int_equal(epoch, 0);
    assert_int_equal(counter, 0);
    assert_true(facts_are_due(&place, HOUR));
}

/* An empty relation too: who knew more before an epoch that was lost hears that. */
static void each_source_is_sent_whole_at_first(void **state UNUSED)
{
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    assert_int_equal(collect(HOUR), count_sources());
    assert_true(has_all());
    assert_int_equal(listener.wholes, count_sources());
    assert_knows("user", "root|0|/bin/sh\n");
    assert_knows("package", "");
    assert_false(facts_are_due(&place, HOUR));
}

/* Neither the messages nor what is remembered holds them; a number is none. */
static void secrets_of_texts_are_hidden(void **state UNUSED)
{
    struct texts patterns = {0};
    texts_add(&patterns, "token=[^ ]*");
    texts_add(&patterns, "44[0-9]");
    AUTO(redaction) struct redaction *redaction = NULL;
    assert_int_equal(redaction_new(&patterns, &redaction, NULL), 0);
    texts_clear(&patterns);
    place.redaction = redaction;

    write_file("/etc/crontab", "5 4 * * * root fetch token=wool shear\n");
    collect(HOUR);
    AUTO(rows) struct rows rows = {0};
    add_site(&rows, "token=fleece", "443");
    assert_int_equal(update(&rows, true), 1);
    assert_true(has_all());
    AUTO(str) char *cron = show("cron");
    assert_non_null(strstr(cron, "fetch [redacted] shear"));
    assert_knows("site", "[redacted]|443\n");

    AUTO(str) char *path = text_format("%s/cron.rows", folder);
    AUTO(strbuf) struct strbuf kept = {0};
    assert_int_equal(files_read(path, 1 << 20, &kept, NULL), 0);
    assert_null(strstr(strbuf_text(&kept), "wool"));
    assert_int_equal(collect(0), 0);
}

static void nothing_is_sent_when_nothing_changes(void **state UNUSED)
{
    write_packages(3000, 1);
    collect(HOUR);
    assert_true(has_all());
    size_t before = listener.messages;
    assert_false(facts_are_due(&place, HOUR));
    assert_int_equal(collect(HOUR), 0);
    assert_int_equal(collect(0), 0);
    assert_true(has_all());
    assert_int_equal(listener.messages, before);
}

static void a_change_is_sent_as_the_difference(void **state UNUSED)
{
    write_packages(3000, 1);
    collect(HOUR);
    assert_true(has_all());
    listener.largest = listener.wholes = listener.messages = 0;
    write_packages(3000, 2);
    assert_true(facts_are_due(&place, HOUR));
    assert_int_equal(collect(HOUR), 1);
    assert_true(has_all());
    assert_int_equal(listener.wholes, 0);
    assert_true(listener.largest < 40000); /* 300 rows of then, and 300 of now */
    AUTO(str) char *known = show("package");
    assert_non_null(strstr(known, "package-0010|1.10-2\n"));
    assert_null(strstr(known, "package-0010|1.10-1\n"));
    assert_non_null(strstr(known, "package-2999|1.2999-1\n"));
}

static void write_users(int first)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (int i = first; i < first + 20; i++)
        strbuf_printf(&text, "user-%d:x:%d:100::/home:/bin/sh\n", i, i);
    write_file("/etc/passwd", text.data);
}

static void relations_that_change_by_turns_are_never_asked_for(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    for (int i = 0; i < 40; i++) {
        AUTO(str) char *name = text_format("site-%d", i);
        add_site(&rows, name, "443");
        write_users(100 + i);
        write_packages(30, i);
        assert_true(collect(HOUR) > 0);
        assert_int_equal(update(&rows, true), 1);
        assert_true(has_all());
    }
    assert_true(listener.wholes < count_sources() + 6);
    assert_int_equal(listener_find(&listener, "site")->rows.count, 40);
    assert_int_equal(listener_find(&listener, "user")->rows.count, 20);
    assert_int_equal(listener_find(&listener, "package")->rows.count, 30);
}

static void a_file_makes_its_source_due(void **state UNUSED)
{
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    collect(HOUR);
    assert_false(facts_are_due(&place, HOUR));
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/zsh\n");
    assert_true(facts_are_due(&place, HOUR));
    assert_int_equal(collect(HOUR), 1);
    AUTO(str) char *path = text_format("%s/etc/passwd", root);
    assert_int_equal(unlink(path), 0);
    assert_true(facts_are_due(&place, HOUR));
    collect(HOUR);
    assert_true(has_all());
    assert_knows("user", "");
}

static void time_makes_a_source_due_backwards_too(void **state UNUSED)
{
    collect(HOUR);
    place.now += HOUR - 1;
    assert_false(facts_are_due(&place, HOUR));
    place.now++;
    assert_true(facts_are_due(&place, HOUR));
    place.now -= 2 * HOUR;
    assert_true(facts_are_due(&place, HOUR));
    collect(HOUR);
    assert_false(facts_are_due(&place, HOUR));
}

static void what_is_damaged_is_said_once(void **state UNUSED)
{
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nbroken\n");
    collect(HOUR);
    assert_string_equal(strbuf_text(&said), "user: /etc/passwd: line 2 is no user\n");
    collect(0);
    assert_string_equal(strbuf_text(&said), "user: /etc/passwd: line 2 is no user\n");
    assert_true(has_all());
    assert_knows("user", "root|0|/bin/sh\n");
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    collect(0);
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nbroken\n");
    collect(0);
    assert_string_equal(strbuf_text(&said), "user: /etc/passwd: line 2 is no user\n"
                                            "user: /etc/passwd: line 2 is no user\n");
}

static void what_cannot_be_read_stays_as_it_was_sent(void **state UNUSED)
{
    write_packages(3, 1);
    collect(HOUR);
    assert_true(has_all());
    AUTO(str) char *before = show("package");
    write_file("/run/current-system/profile/manifest", "(manifest");
    collect(0);
    assert_true(has_all());
    assert_knows("package", before);
    assert_non_null(strstr(strbuf_text(&said), "manifest: 1:1: this list has no end"));
    assert_false(facts_are_due(&place, HOUR)); /* not again and again */
}

static void a_plugin_says_all_or_one_row(void **state UNUSED)
{
    AUTO(rows) struct rows all = {0};
    AUTO(rows) struct rows one = {0};
    add_site(&all, "example.org", "443");
    add_site(&all, "example.net", "080");
    assert_int_equal(update(&all, true), 1);
    assert_int_equal(update(&all, true), 0);
    assert_true(has_all());
    assert_knows("site", "example.net|80\nexample.org|443\n");

    add_site(&one, "example.net", "8080");
    add_site(&one, "example.com", NULL);
    assert_int_equal(update(&one, false), 1);
    assert_true(has_all());
    assert_knows("site", "example.com|-\nexample.net|8080\nexample.org|443\n");
    AUTO(rows) struct rows none = {0};
    assert_int_equal(update(&none, false), 0);
    assert_int_equal(update(&none, true), 1);
    assert_true(has_all());
    assert_knows("site", "");
}

static void of_one_key_the_last_row_counts(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    add_site(&rows, "b", "1");
    add_site(&rows, "a", "2");
    add_site(&rows, "b", "3");
    add_site(&rows, "a", "1");
    update(&rows, true);
    assert_true(has_all());
    assert_knows("site", "a|1\nb|3\n");
}

static void any_text_comes_through(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    add_site(&rows, "tab\there\nand \\0 there \x01\r \xF0\x9F\x90\x91", "1");
    add_site(&rows, "", "2");
    add_site(&rows, "\\0", "3");
    update(&rows, true);
    assert_int_equal(update(&rows, true), 0);
    assert_true(has_all());
    assert_knows("site", "|2\n\\0|3\ntab\there\nand \\0 there \x01\r "
                         "\xF0\x9F\x90\x91|1\n");
}

static int try_update(struct relation *relation, const struct rows *rows,
                      struct error *err)
{
    int sent = 0;
    return facts_update(&place, relation, rows, true, &sent, err);
}

static void what_is_no_value_or_no_relation_is_refused(void **state UNUSED)
{
    AUTO(relation) struct relation *site = make_site();
    AUTO(relation) struct relation *package = relation_new("package", NULL);
    AUTO(rows) struct rows rows = {0};
    AUTO(rows) struct rows wide = {0};
    AUTO(str) char *large = memory_new(600001);
    struct error err = {0};
    add_site(&rows, "good", "1");
    add_site(&rows, "bad", "eighty");
    assert_int_equal(try_update(site, &rows, &err), -EINVAL);
    assert_string_equal(err.text,
                        "site: column port: found \"eighty\", expected a number");
    rows_add(&wide, 3, (const char *const[]){"a", "1", "2"});
    assert_int_equal(try_update(site, &wide, &err), -EINVAL);
    assert_string_equal(err.text, "site: rows of 3 values; it has 2 columns");
    memset(large, 'x', 600000);
    rows_clear(&rows);
    add_site(&rows, large, "1");
    assert_int_equal(try_update(site, &rows, &err), -EINVAL);
    relation_add_column(package, "name", COLUMN_TEXT, false);
    assert_int_equal(try_update(package, &rows, &err), -EINVAL);
    assert_string_equal(err.text, "relation package is built in");
    assert_true(spool_is_empty(spool));
}

static void a_relation_that_is_declared_anew_is_sent_whole(void **state UNUSED)
{
    AUTO(relation) struct relation *site = make_site();
    AUTO(rows) struct rows rows = {0};
    AUTO(rows) struct rows wider = {0};
    int sent;
    add_site(&rows, "a", "1");
    update(&rows, true);
    relation_add_column(site, "tls", COLUMN_FLAG, false);
    rows_add(&wider, 3, (const char *const[]){"a", "1", "yes"});
    assert_int_equal(facts_update(&place, site, &wider, false, &sent, NULL), 0);
    assert_true(has_all());
    assert_int_equal(listener.wholes, 2);
    assert_knows("site", "a|1|1\n");
}

static void what_is_too_large_comes_in_parts(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    AUTO(str) char *long_name = memory_new(1001);
    memset(long_name, '\x02', 1000); /* six bytes each, in JSON */
    for (int i = 0; i < 600; i++) {
        AUTO(str) char *name = text_format("%03d%s", i, long_name);
        add_site(&rows, name, "1");
    }
    assert_true(update(&rows, true) > 3);
    assert_true(has_all());
    assert_true(listener.parts > 2);
    assert_int_equal(listener.wholes, 1);
    assert_true(listener.largest <= 900000);
    assert_int_equal(listener_find(&listener, "site")->rows.count, 600);
    send_whole();
    assert_true(has_all());
    assert_int_equal(listener_find(&listener, "site")->rows.count, 600);
}

static void a_message_that_is_lost_is_noticed_and_made_good(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    add_site(&rows, "a", "1");
    update(&rows, true);
    assert_true(has_all());
    for (int i = 0; i < 20; i++)
        add_site(&rows, i % 2 ? "b" : "c", i % 2 ? "2" : "3");
    update(&rows, true);
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    assert_int_equal(spool_remove(spool, names.items[0], NULL), 0);
    assert_false(has_all());
    catch_up();
    assert_knows("site", "a|1\nb|2\nc|3\n");
}

static void a_spool_that_is_full_is_tried_again(void **state UNUSED)
{
    AUTO(relation) struct relation *site = make_site();
    AUTO(rows) struct rows rows = {0};
    struct error err = {0};
    int sent;
    add_site(&rows, "a", "1");
    place.spool_limit = 10;
    assert_int_equal(facts_update(&place, site, &rows, true, &sent, &err), -ENOSPC);
    place.spool_limit = 1 << 20;
    assert_int_equal(update(&rows, true), 1);
    catch_up();
    assert_knows("site", "a|1\n");
    place.spool_limit = 10;
    add_site(&rows, "b", "2");
    assert_int_equal(facts_update(&place, site, &rows, true, &sent, &err), -ENOSPC);
    place.spool_limit = 1 << 20;
    assert_int_equal(update(&rows, true), 1);
    catch_up();
    assert_knows("site", "a|1\nb|2\n");
}

static void one_counts_at_a_time(void **state UNUSED)
{
    AUTO(str) char *path = text_format("%s/.lock", folder);
    AUTO(rows) struct rows rows = {0};
    AUTO(fd) int held = -1;
    add_site(&rows, "a", "1");
    assert_int_equal(files_make_folder(folder, 0700, NULL), 0);
    assert_int_equal(files_lock(path, &held, NULL), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(held); /* or it would hold the lock itself */
        update(&rows, true);
        _exit(spool_is_empty(spool));
    }
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    close(held);
    held = -1;
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(has_all());
}

/* ---- damage ---- */

static const char *const state_files[] = {"mark", "site.rows", "user.rows", "looked"};

static void damage(const char *name, int how)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    AUTO(strbuf) struct strbuf text = {0};
    if (how == 0) {
        unlink(path);
        return;
    }
    if (files_read(path, 1 << 20, &text, NULL) < 0 || text.size == 0)
        return;
    if (how == 1)
        strbuf_shorten(&text, text.size / 2);
    else if (how == 2)
        text.data[text.size / 2] ^= 1;
    else
        strbuf_puts(&text, "and more");
    assert_int_equal(files_put(folder, name, text.data, text.size, NULL), 0);
}

static void damaged_state_is_sent_anew(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    add_site(&rows, "a", "1");
    write_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    for (size_t i = 0; i < sizeof state_files / sizeof *state_files; i++)
        for (int how = 0; how < 4; how++) {
            collect(HOUR);
            update(&rows, true);
            catch_up();
            damage(state_files[i], how);
            update(&rows, true);
            collect(HOUR);
            catch_up();
            assert_knows("site", "a|1\n");
            assert_knows("user", "root|0|/bin/sh\n");
        }
}

static void an_epoch_is_later_than_all_before(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    int64_t first, second, third, counter;
    add_site(&rows, "a", "1");
    update(&rows, true);
    assert_int_equal(facts_mark(&place, &first, &counter, NULL), 0);
    place.now -= 1000000;
    send_whole();
    assert_int_equal(facts_mark(&place, &second, &counter, NULL), 0);
    assert_true(second > first);
    damage("mark", 0);
    update(&rows, true);
    assert_int_equal(facts_mark(&place, &third, &counter, NULL), 0);
    assert_true(third > second);
}

/* ---- kills ---- */

enum act { ACT_UPDATE, ACT_COLLECT, ACT_WHOLE, ACTS };

static void act(enum act which, const struct rows *rows)
{
    if (which == ACT_UPDATE)
        update(rows, true);
    else if (which == ACT_COLLECT)
        collect(0);
    else
        send_whole();
}

/* Whether it was killed: at the step that is reached after so many. */
static bool act_killed_after(int steps, enum act which, const struct rows *rows)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        steps_left = steps;
        act(which, rows);
        _exit(0);
    }
    place.now += 2;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) &&
                (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9));
    return WEXITSTATUS(status) == 9;
}

static void a_kill_at_any_step_loses_nothing_for_good(void **state UNUSED)
{
    for (enum act which = 0; which < ACTS; which++) {
        bool is_killed = true;
        for (int steps = 0; is_killed; steps++) {
            AUTO(rows) struct rows rows = {0};
            AUTO(str) char *port = text_format("%d", steps);
            AUTO(str)
            char *user =
                text_format("root:x:%d:0::/root:/bin/sh\n", 10 * (int)which + steps);
            AUTO(str) char *site = text_format("a|%d\n", steps);
            add_site(&rows, "a", port);
            write_file("/etc/passwd", user);
            is_killed = act_killed_after(steps, which, &rows);
            collect(HOUR);
            update(&rows, true);
            catch_up();
            assert_knows("site", site);
            AUTO(str)
            char *wanted = text_format("root|%d|/bin/sh\n", 10 * (int)which + steps);
            assert_knows("user", wanted);
        }
    }
}

/* ---- histories ---- */

#define SITES 30

static int ports[SITES]; /* 0: there is none */
static unsigned seed;

static int chance(int below)
{
    seed = seed * 1103515245 + 12345;
    return (int)(seed >> 16) % below;
}

static void add_port(struct rows *rows, int site)
{
    AUTO(str) char *name = text_format("site-%02d", site);
    AUTO(str) char *port = text_format("%d", ports[site]);
    add_site(rows, name, port);
}

static void add_ports(struct rows *rows)
{
    for (int i = 0; i < SITES; i++)
        if (ports[i] > 0)
            add_port(rows, i);
}

static char *show_ports(void)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (int i = 0; i < SITES; i++)
        if (ports[i] > 0)
            strbuf_printf(&text, "site-%02d|%d\n", i, ports[i]);
    return strbuf_take(&text);
}

static void lose_a_message(void)
{
    AUTO(texts) struct texts names = {0};
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    if (names.count > 0)
        assert_int_equal(
            spool_remove(spool, names.items[chance((int)names.count)], NULL), 0);
}

/* What is known at the end is what is true, whatever came between. */
static void settle(void)
{
    AUTO(rows) struct rows rows = {0};
    AUTO(str) char *wanted = show_ports();
    add_ports(&rows);
    update(&rows, true);
    catch_up();
    assert_knows("site", wanted);
}

static void do_something(bool *is_sure)
{
    AUTO(rows) struct rows rows = {0};
    int site = chance(SITES), what = chance(20);
    if (what < 8) {
        ports[site] = 1 + chance(5);
        add_port(&rows, site);
        update(&rows, false);
    } else if (what < 14) {
        for (int i = chance(4); i >= 0; i--)
            ports[chance(SITES)] = chance(5);
        add_ports(&rows);
        update(&rows, true);
    } else if (what < 16) {
        collect(chance(2) ? 0 : HOUR);
    } else if (what == 16) {
        send_whole();
    } else if (what == 17) {
        lose_a_message();
    } else if (what == 18) {
        add_ports(&rows);
        act_killed_after(chance(12), (enum act)chance(ACTS), &rows);
    } else {
        damage(state_files[chance(4)], chance(4));
        *is_sure = false; /* a row that comes alone then is all that is known */
    }
}

static void any_history_ends_in_what_is_true(void **state UNUSED)
{
    for (seed = 1; seed <= 25;) {
        unsigned this_seed = seed;
        for (int step = 0; step < 12; step++) {
            bool is_sure = true;
            for (int i = chance(6); i >= 0; i--)
                do_something(&is_sure);
            if (is_sure && has_all()) {
                AUTO(str) char *wanted = show_ports();
                assert_knows("site", wanted);
            }
            settle();
        }
        seed = this_seed + 1;
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_was_sent_at_first),
        TEST(each_source_is_sent_whole_at_first),
        TEST(secrets_of_texts_are_hidden),
        TEST(nothing_is_sent_when_nothing_changes),
        TEST(a_change_is_sent_as_the_difference),
        TEST(relations_that_change_by_turns_are_never_asked_for),
        TEST(a_file_makes_its_source_due),
        TEST(time_makes_a_source_due_backwards_too),
        TEST(what_is_damaged_is_said_once),
        TEST(what_cannot_be_read_stays_as_it_was_sent),
        TEST(a_plugin_says_all_or_one_row),
        TEST(of_one_key_the_last_row_counts),
        TEST(any_text_comes_through),
        TEST(what_is_no_value_or_no_relation_is_refused),
        TEST(a_relation_that_is_declared_anew_is_sent_whole),
        TEST(what_is_too_large_comes_in_parts),
        TEST(a_message_that_is_lost_is_noticed_and_made_good),
        TEST(a_spool_that_is_full_is_tried_again),
        TEST(one_counts_at_a_time),
        TEST(damaged_state_is_sent_anew),
        TEST(an_epoch_is_later_than_all_before),
        TEST(a_kill_at_any_step_loses_nothing_for_good),
        TEST(any_history_ends_in_what_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
