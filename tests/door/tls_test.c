// SPDX-License-Identifier: GPL-3.0-or-later
#include "door/tls.h"

#include <errno.h>
#include <fcntl.h>
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

#include "admin/certificate.h"
#include "base/memory.h"

#define NOW  1795000000000 /* some time in 2026; ms */
#define YEAR (365 * (int64_t)86400 * 1000)

struct fixture {
    char folder[32];
    char *certificate, *key, *other_key; /* paths */
    struct error err;
};

static void write_file(const char *path, const struct strbuf *text, mode_t mode)
{
    unlink(path);
    AUTO(file) FILE *file = fopen(path, "we");
    assert_non_null(file);
    fwrite(strbuf_text(text), 1, text->size, file);
    assert_int_equal(fchmod(fileno(file), mode), 0);
}

static void make(const char *certificate_path, const char *key_path)
{
    AUTO(texts) struct texts names = {0};
    AUTO(strbuf) struct strbuf certificate = {0};
    AUTO(strbuf) struct strbuf key = {0};
    texts_add(&names, "localhost");
    assert_int_equal(certificate_make(&names, NOW, &certificate, &key, NULL), 0);
    write_file(certificate_path, &certificate, 0644);
    write_file(key_path, &key, 0600);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tls_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->certificate = text_format("%s/server.pem", fixture->folder);
    fixture->key = text_format("%s/server.key", fixture->folder);
    fixture->other_key = text_format("%s/other.key", fixture->folder);
    make(fixture->certificate, fixture->other_key);
    make(fixture->certificate, fixture->key);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->certificate);
    unlink(fixture->key);
    unlink(fixture->other_key);
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture->certificate);
    free(fixture->key);
    free(fixture->other_key);
    free(fixture);
    return 0;
}

static int load(struct fixture *fixture, const char *key, int64_t now)
{
    AUTO(tls) struct tls *tls = NULL;
    return tls_load(fixture->certificate, key, now, &tls, &fixture->err);
}

#define assert_has(text, part) assert_non_null(strstr(text, part))

static void reads_a_pair_that_fits(void **state)
{
    struct fixture *fixture = *state;
    struct tls *tls = NULL;
    assert_int_equal(
        tls_load(fixture->certificate, fixture->key, NOW, &tls, &fixture->err), 0);
    assert_true(tls_expires(tls) > NOW + 9 * YEAR);
    assert_has(tls_certificate(tls), "BEGIN CERTIFICATE");
    assert_has(tls_key(tls), "BEGIN PRIVATE KEY");
    struct tls *share = tls_share(tls);
    tls_free(tls);
    assert_true(tls_expires(share) > NOW);
    tls_free(share);
}

static void refuses_a_key_of_another_certificate(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(load(fixture, fixture->other_key, NOW), -EKEYREJECTED);
    assert_has(fixture->err.text, "other.key: not the key of the certificate in ");
    assert_has(fixture->err.text, "server.pem");
}

static void refuses_a_key_that_others_can_read(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(chmod(fixture->key, 0644), 0);
    assert_int_equal(load(fixture, fixture->key, NOW), -EPERM);
    assert_has(fixture->err.text, "server.key: refused: others can read this");
    assert_has(fixture->err.text, "(mode 0644); chmod 600 it");
    assert_int_equal(chmod(fixture->key, 0640), 0);
    assert_int_equal(load(fixture, fixture->key, NOW), -EPERM);
}

static void takes_a_key_that_root_has_given_to_a_group(void **state)
{
    struct fixture *fixture = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(fixture->key, 0, 65534), 0);
    assert_int_equal(chmod(fixture->key, 0640), 0);
    assert_int_equal(load(fixture, fixture->key, NOW), 0);
    assert_int_equal(chmod(fixture->key, 0644), 0);
    assert_int_equal(load(fixture, fixture->key, NOW), -EPERM);
}

static void refuses_a_certificate_outside_its_time(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(load(fixture, fixture->key, NOW + 11 * YEAR), -EKEYEXPIRED);
    assert_has(fixture->err.text, "server.pem: this certificate expired on 20");
    assert_int_equal(load(fixture, fixture->key, NOW - YEAR), -EKEYEXPIRED);
    assert_has(fixture->err.text, "does not hold before 20");
}

static void says_which_file_is_none(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    struct tls *tls = NULL;
    assert_int_equal(load(fixture, "/nowhere/key", NOW), -ENOENT);
    assert_has(fixture->err.text, "/nowhere/key: No such file");
    strbuf_puts(&text, "no PEM at all\n");
    write_file(fixture->other_key, &text, 0600);
    assert_int_equal(load(fixture, fixture->other_key, NOW), -EKEYREJECTED);
    assert_has(fixture->err.text, "other.key: no private key in PEM");
    assert_int_equal(
        tls_load(fixture->other_key, fixture->key, NOW, &tls, &fixture->err),
        -EKEYREJECTED);
    assert_has(fixture->err.text, "other.key: no certificate in PEM");
    strbuf_clear(&text);
    write_file(fixture->other_key, &text, 0600);
    assert_int_equal(load(fixture, fixture->other_key, NOW), -EKEYREJECTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_a_pair_that_fits),
        TEST(refuses_a_key_of_another_certificate),
        TEST(refuses_a_key_that_others_can_read),
        TEST(takes_a_key_that_root_has_given_to_a_group),
        TEST(refuses_a_certificate_outside_its_time),
        TEST(says_which_file_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
