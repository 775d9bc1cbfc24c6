// SPDX-License-Identifier: GPL-3.0-or-later
/* sources - what each of them finds in databases as the systems themselves write them,
 * below tests/data/roots; and on this machine, what its own tools say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "facts/facts.h"
#include "facts/machine.h"

#define ROOTS "tests/data/roots/"

static const struct fact_source *find_source(const char *name)
{
    for (size_t i = 0; fact_sources[i]; i++)
        if (strcmp(fact_sources[i]->name, name) == 0)
            return fact_sources[i];
    fail_msg("there is no source %s", name);
    return NULL;
}

static int collect(const char *name, const char *root, struct rows *rows,
                   struct error *err)
{
    int rc = find_source(name)->collect(root, rows, err);
    rows_sort(rows);
    return rc;
}

/* Values parted by '|', a row a line; "-": not known. To be freed. */
static char *show(const struct rows *rows)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < rows->count; i++)
        for (size_t j = 0; j < rows->width; j++)
            strbuf_printf(&text, "%s%c",
                          rows->items[i].values[j] ? rows->items[i].values[j] : "-",
                          j + 1 < rows->width ? '|' : '\n');
    return strbuf_take(&text);
}

static void assert_finds(const char *name, const char *root, const char *wanted)
{
    AUTO(rows) struct rows rows = {0};
    struct error err = {0};
    if (collect(name, root, &rows, &err) != 0)
        fail_msg("%s of %s: %s", name, root, err.text);
    AUTO(str) char *found = show(&rows);
    assert_string_equal(found, wanted);
}

/* ---- package managers ---- */

static void dpkg_has_what_is_unpacked_at_least(void **state UNUSED)
{
    assert_finds("package", ROOTS "debian",
                 "libc6|2.36-9+deb12u8\n"
                 "man-db|2.11.2-2\n"
                 "nginx|1.22.1-9\n"
                 "tzdata|2024a-0+deb12u1\n");
}

static void dpkg_of_images_has_a_file_a_package(void **state UNUSED)
{
    assert_finds("package", ROOTS "distroless",
                 "base-files|12.4+deb12u5\n"
                 "tzdata|2024a-0+deb12u1\n");
}

static void apk_is_read(void **state UNUSED)
{
    assert_finds("package", ROOTS "alpine",
                 "alpine-baselayout|3.4.3-r2\n"
                 "musl|1.2.4_git20230717-r4\n");
}

static void pacman_is_read_a_folder_a_package(void **state UNUSED)
{
    assert_finds("package", ROOTS "arch",
                 "filesystem|2023.09.18-1\n"
                 "linux|6.7.4.arch1-1\n"
                 "vim|9.1.0000-1\n");
}

static void opkg_and_entware_are_read(void **state UNUSED)
{
    assert_finds("package", ROOTS "openwrt",
                 "dnsmasq|2.89-4\n"
                 "entware-release|2024.01-1\n"
                 "libc|1.2.4-4\n");
}

static void guix_names_outputs_and_repeats_itself(void **state UNUSED)
{
    assert_finds("package", ROOTS "guix",
                 "glibc:debug|2.35\n"
                 "linux-libre-headers|5.15.49\n"
                 "nginx|1.23.3\n");
}

static void rpm_has_several_versions_of_one_name(void **state UNUSED)
{
    assert_finds("package", ROOTS "fedora",
                 "glibc|2.38-16.fc39\n"
                 "kernel-core|6.5.6-300.fc39\n"
                 "kernel-core|6.7.4-200.fc39\n"
                 "vim-minimal|2:9.1.076-1.fc39\n");
}

/* ---- the machine ---- */

static void the_system_is_named_as_os_release_does(void **state UNUSED)
{
    assert_finds("os", ROOTS "debian", "debian|12\n");
    assert_finds("os", ROOTS "alpine", "alpine|3.19.1\n");
    assert_finds("os", ROOTS "arch", "arch|-\n");
    assert_finds("os", ROOTS "distroless", "debian|12\n");
    assert_finds("os", ROOTS "openwrt", "openwrt|23.05.2\n");
}

static void kernel_memory_and_processor_are_of_proc(void **state UNUSED)
{
    assert_finds("kernel", ROOTS "debian", "6.1.0-26-amd64\n");
    assert_finds("ram", ROOTS "debian", "4110688256\n");
    assert_finds("cpu", ROOTS "debian", "AMD EPYC 7763 64-Core Processor|4\n");
}

static void mounts_are_those_that_stay(void **state UNUSED)
{
    assert_finds("mount", ROOTS "debian",
                 "/|/dev/sda1|ext4|rw,relatime,errors=remount-ro\n"
                 "/data|filer:/vol/data|nfs4|rw,relatime,vers=4.2,hard\n"
                 "/export|/dev/sda2|xfs|rw,relatime,attr2,inode64\n"
                 "/home|tank/home|zfs|rw,xattr,noacl\n"
                 "/mnt/again|/dev/sdd1|ext4|rw\n"
                 "/mnt/again|/dev/sdd2|ext4|rw\n"
                 "/mnt/old disk|/dev/sdb1|ext3|ro,relatime\n"
                 "/srv/nfs/export|/dev/sda2|xfs|rw,relatime,attr2,inode64\n");
}

static void a_disk_counts_once_and_a_pool_has_no_size(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    assert_int_equal(collect("disk", ROOTS "debian", &rows, NULL), 0);
    assert_int_equal(rows.count, 5);
    static const char *const places[] = {"/", "/export", "/home", "/mnt/again",
                                         "/mnt/old disk"};
    for (size_t i = 0; i < rows.count; i++)
        assert_string_equal(rows.items[i].values[0], places[i]);
    assert_string_equal(rows.items[2].values[1], "zfs");
    assert_null(rows.items[2].values[2]);
    assert_true(strtoll(rows.items[0].values[2], NULL, 10) > 0);
}

static void addresses_are_those_that_stay(void **state UNUSED)
{
    assert_finds("address", ROOTS "debian", "br-lan|fd42::3f\neth0|2001:db8::10\n");
}

static void users_are_those_of_passwd(void **state UNUSED)
{
    assert_finds("user", ROOTS "debian",
                 "alice|1000|/usr/bin/zsh\n"
                 "daemon|1|/usr/sbin/nologin\n"
                 "root|0|/bin/bash\n"
                 "toor|0|/bin/sh\n");
}

static void
ports_are_those_that_stay_and_the_oldest_process_has_them(void **state UNUSED)
{
    assert_finds("listens", ROOTS "debian",
                 "tcp|22|sshd\n"
                 "tcp|3306|-\n"
                 "tcp|80|systemd\n"
                 "udp|68|dhclient\n");
}

static void units_are_those_of_which_something_is_to_be_said(void **state UNUSED)
{
    assert_finds("unit", ROOTS "debian",
                 "apt-daily.timer|active\n"
                 "bluetooth.service|masked\n"
                 "dbus.socket|active\n"
                 "fail2ban.service|inactive\n"
                 "networking.service|active\n"
                 "nginx.service|failed\n"
                 "postgresql.service|active\n"
                 "slow.service|active\n"
                 "ssh.service|active\n");
}

static void services_of_shepherd_are_told_by_their_signs(void **state UNUSED)
{
    assert_finds("unit", ROOTS "guix",
                 "guix-daemon|active\n"
                 "log-rotation|active\n"
                 "nginx|active\n"
                 "nscd|inactive\n"
                 "ntpd|failed\n"
                 "postgres|active\n");
}

static void timers_say_when_and_what_but_not_when_next(void **state UNUSED)
{
    assert_finds("timer", ROOTS "debian",
                 "apt-daily.timer|OnCalendar=*-*-* 06,18:00:00; OnUnitActiveUSec=1d; "
                 "OnBootUSec=15min|apt-daily.service\n"
                 "e2scrub_all.timer|OnCalendar=*-*-01..07 03:10:00|"
                 "e2scrub_all.service\n");
}

static void cron_is_all_that_cron_reads(void **state UNUSED)
{
    assert_finds("cron", ROOTS "debian",
                 "*/5 * * * *|sheepdog -t mail -- fetchmail --silent|alice\n"
                 "17 * * * *|cd / && run-parts --report /etc/cron.hourly|root\n"
                 "30 3 * * 0|test -e /run/systemd/system || e2scrub_all_cron|root\n"
                 "@daily|/etc/cron.daily/logrotate|root\n"
                 "@daily|backup|alice\n"
                 "@reboot|/usr/local/sbin/at-start --now|root\n");
    assert_finds("cron", ROOTS "alpine",
                 "*/15 * * * *|run-parts /etc/periodic/15min|root\n"
                 "@daily|/etc/periodic/daily/apk-cache|root\n");
}

/* ---- what is damaged, or not there ---- */

static void what_can_be_read_is_read(void **state UNUSED)
{
    static const struct {
        const char *name, *root, *found, *says;
    } cases[] = {
        {"user", ROOTS "damaged", "bob|1001|/bin/sh\nroot|0|/bin/bash\n",
         "/etc/passwd: line 2 is no user; and 1 more"},
        {"cron", ROOTS "damaged", "5 4 * * *|good|root\n",
         "/etc/crontab: line 1 is no entry; and 1 more"},
        {"package", ROOTS "torn", "good|1\nlate|2\n",
         "/var/lib/dpkg/status: what begins at line 5 is no package; and 2 more"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(rows) struct rows rows = {0};
        struct error err = {0};
        assert_int_equal(collect(cases[i].name, cases[i].root, &rows, &err), 1);
        AUTO(str) char *found = show(&rows);
        assert_string_equal(found, cases[i].found);
        assert_string_equal(err.text, cases[i].says);
    }
}

static void a_manifest_that_is_cut_short_is_an_error(void **state UNUSED)
{
    AUTO(rows) struct rows rows = {0};
    struct error err = {0};
    assert_int_equal(collect("package", ROOTS "damaged", &rows, &err), -EINVAL);
    assert_non_null(strstr(err.text, "/run/current-system/profile/manifest: 1:34: "));
}

static void a_machine_that_has_nothing_has_no_facts(void **state UNUSED)
{
    char *root = folder_make();
    for (size_t i = 0; fact_sources[i]; i++) {
        AUTO(rows) struct rows rows = {0};
        assert_int_equal(fact_sources[i]->collect(root, &rows, NULL), 0);
        assert_int_equal(rows.count, 0);
    }
    assert_int_equal(folder_remove(root), 0);
}

static void write_file(const char *root, const char *folder, const char *name,
                       const char *text, mode_t mode)
{
    AUTO(str) char *full = text_format("%s%s", root, folder);
    AUTO(str) char *path = text_format("%s/%s", full, name);
    assert_int_equal(files_make_folder(full, 0755, NULL), 0);
    assert_int_equal(files_put(full, name, text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_program_that_fails_keeps_what_was_sent(void **state UNUSED)
{
    char *root = folder_make();
    AUTO(rows) struct rows rows = {0};
    struct error err = {0};
    write_file(root, "/var/lib/rpm", "rpmdb.sqlite", "", 0644);
    assert_int_equal(collect("package", root, &rows, &err), -ENOENT);
    assert_string_equal(err.text, "rpm is not installed");
    write_file(root, "/usr/bin", "rpm", "#!/bin/sh\necho 'a\t1'\nexit 3\n", 0755);
    assert_int_equal(collect("package", root, &rows, &err), -EIO);
    assert_non_null(strstr(err.text, "/usr/bin/rpm: exit status 3"));
    write_file(root, "/usr/bin", "rpm", "#!/bin/sh\nkill -9 $$\n", 0755);
    assert_int_equal(collect("package", root, &rows, &err), -EIO);
    assert_non_null(strstr(err.text, "signal 9 ended it"));
    write_file(root, "/usr/bin", "rpm", "#!/bin/sh\nyes '0123456789\t1'\n", 0755);
    assert_int_equal(collect("package", root, &rows, &err), -EFBIG);
    assert_int_equal(rows.count, 0);
    assert_int_equal(folder_remove(root), 0);
}

static void a_program_does_not_see_our_environment(void **state UNUSED)
{
    char *root = folder_make();
    AUTO(rows) struct rows rows = {0};
    write_file(root, "/var/lib/rpm", "rpmdb.sqlite", "", 0644);
    write_file(root, "/usr/bin", "rpm",
               "#!/bin/sh\nprintf '%s\\t%s\\n' \"$LC_ALL\" \"${SECRET-none}\"\n", 0755);
    assert_int_equal(setenv("SECRET", "s3cret", 1), 0);
    assert_int_equal(collect("package", root, &rows, NULL), 0);
    AUTO(str) char *found = show(&rows);
    assert_string_equal(found, "C|none\n");
    assert_int_equal(folder_remove(root), 0);
}

/* Each entry with its inputs is some ten words: more than any profile has. */
static void a_large_manifest_is_read(void **state UNUSED)
{
    char *root = folder_make();
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(rows) struct rows rows = {0};
    strbuf_puts(&text, "(manifest (version 4) (packages (");
    for (int i = 0; i < 20000; i++)
        strbuf_printf(&text,
                      "(\"p%d\" \"1.%d\" \"out\" \"/gnu/store/p\" (propagated-inputs "
                      "((\"q\" \"1\" \"out\" \"/gnu/store/q\"))) (search-paths ()))\n",
                      i, i);
    strbuf_puts(&text, ")))");
    write_file(root, "/run/current-system/profile", "manifest", text.data, 0644);
    assert_int_equal(collect("package", root, &rows, NULL), 0);
    assert_int_equal(rows.count, 20000);
    assert_int_equal(folder_remove(root), 0);
}

/* ---- this machine ---- */

static void dpkg_query_says_the_same(void **state UNUSED)
{
    static const char *const argv[] = {
        "dpkg-query", "-W", "-f=${db:Status-Status} ${Package} ${Version}\\n", NULL};
    AUTO(strbuf) struct strbuf out = {0};
    AUTO(rows) struct rows wanted = {0};
    AUTO(rows) struct rows rows = {0};
    if (machine_run("", argv, &out, NULL) == -ENOENT)
        skip();
    char *next = out.data;
    for (char *line; (line = strsep(&next, "\n")) != NULL && line[0];) {
        char state_word[32], name[256], version[256];
        assert_int_equal(
            sscanf(line, "%31s %255s %255s", state_word, name, version) < 2, 0);
        if (strcmp(state_word, "installed") == 0 ||
            strncmp(state_word, "triggers", 8) == 0)
            rows_add(&wanted, 2, (const char *const[]){name, version});
    }
    rows_sort(&wanted);
    assert_true(wanted.count > 0);
    assert_int_equal(collect("package", "", &rows, NULL), 0);
    AUTO(str) char *found = show(&rows);
    AUTO(str) char *said = show(&wanted);
    assert_string_equal(found, said);
}

static void every_source_works_here_twice_the_same(void **state UNUSED)
{
    for (size_t i = 0; fact_sources[i]; i++) {
        AUTO(rows) struct rows first = {0};
        AUTO(rows) struct rows second = {0};
        const char *name = fact_sources[i]->name;
        if (strcmp(name, "listens") == 0)
            continue; /* other tests begin and end beside this one */
        assert_true(collect(name, "", &first, NULL) >= 0);
        assert_true(collect(name, "", &second, NULL) >= 0);
        AUTO(str) char *one = show(&first);
        AUTO(str) char *other = show(&second);
        assert_string_equal(one, other);
    }
}

static void every_source_declares_a_relation_that_can_be_stored(void **state UNUSED)
{
    for (size_t i = 0; fact_sources[i]; i++) {
        AUTO(relation)
        struct relation *relation = fact_source_relation(fact_sources[i]);
        struct error err = {0};
        if (relation_check(relation, &err) < 0)
            fail_msg("%s", err.text);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(fact_sources[j]->name, relation->name);
        for (size_t j = 0; fact_sources[i]->watched && fact_sources[i]->watched[j]; j++)
            assert_int_equal(fact_sources[i]->watched[j][0], '/');
    }
}

/* "name text key" stands there as ".It name text key". */
static void every_source_and_column_is_in_the_manual(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf page = {0};
    assert_int_equal(files_read("doc/sheepdog-facts.7", 1 << 20, &page, NULL), 0);
    for (size_t i = 0; fact_sources[i]; i++) {
        AUTO(str) char *heading = text_format("\n.Ss %s\n", fact_sources[i]->name);
        const char *section = strstr(page.data, heading);
        if (!section)
            fail_msg("relation %s is not in the manual", fact_sources[i]->name);
        const char *next = strstr(section + 1, "\n.S");
        AUTO(str) char *text = memory_copy(section, (size_t)(next - section));
        for (size_t j = 0; fact_sources[i]->columns[j]; j++) {
            AUTO(str)
            char *item = text_format("\n.It %s\n", fact_sources[i]->columns[j]);
            if (!strstr(text, item))
                fail_msg("column %s of %s is not in the manual",
                         fact_sources[i]->columns[j], fact_sources[i]->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dpkg_has_what_is_unpacked_at_least),
        cmocka_unit_test(dpkg_of_images_has_a_file_a_package),
        cmocka_unit_test(apk_is_read),
        cmocka_unit_test(pacman_is_read_a_folder_a_package),
        cmocka_unit_test(opkg_and_entware_are_read),
        cmocka_unit_test(guix_names_outputs_and_repeats_itself),
        cmocka_unit_test(rpm_has_several_versions_of_one_name),
        cmocka_unit_test(the_system_is_named_as_os_release_does),
        cmocka_unit_test(kernel_memory_and_processor_are_of_proc),
        cmocka_unit_test(mounts_are_those_that_stay),
        cmocka_unit_test(a_disk_counts_once_and_a_pool_has_no_size),
        cmocka_unit_test(addresses_are_those_that_stay),
        cmocka_unit_test(users_are_those_of_passwd),
        cmocka_unit_test(ports_are_those_that_stay_and_the_oldest_process_has_them),
        cmocka_unit_test(units_are_those_of_which_something_is_to_be_said),
        cmocka_unit_test(services_of_shepherd_are_told_by_their_signs),
        cmocka_unit_test(timers_say_when_and_what_but_not_when_next),
        cmocka_unit_test(cron_is_all_that_cron_reads),
        cmocka_unit_test(what_can_be_read_is_read),
        cmocka_unit_test(a_manifest_that_is_cut_short_is_an_error),
        cmocka_unit_test(a_machine_that_has_nothing_has_no_facts),
        cmocka_unit_test(a_program_that_fails_keeps_what_was_sent),
        cmocka_unit_test(a_program_does_not_see_our_environment),
        cmocka_unit_test(a_large_manifest_is_read),
        cmocka_unit_test(dpkg_query_says_the_same),
        cmocka_unit_test(every_source_works_here_twice_the_same),
        cmocka_unit_test(every_source_declares_a_relation_that_can_be_stored),
        cmocka_unit_test(every_source_and_column_is_in_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
