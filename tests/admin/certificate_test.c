// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/certificate.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1795000000000 /* some time in 2026; ms */

static int make(const char *const *list, struct strbuf *certificate, struct strbuf *key,
                struct error *err)
{
    AUTO(texts) struct texts names = {0};
    for (; *list; list++)
        texts_add(&names, *list);
    return certificate_make(&names, NOW, certificate, key, err);
}

static gnutls_x509_crt_t parse(const struct strbuf *pem)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t datum = {(unsigned char *)pem->data, (unsigned)pem->size};
    gnutls_x509_crt_init(&certificate);
    assert_int_equal(gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM),
                     0);
    return certificate;
}

static void is_made_out_to_all_names_and_addresses(void **state UNUSED)
{
    static const char *const names[] = {"sheep.example", "192.0.2.7", "2001:db8::7",
                                        NULL};
    AUTO(strbuf) struct strbuf pem = {0};
    AUTO(strbuf) struct strbuf key = {0};
    assert_int_equal(make(names, &pem, &key, NULL), 0);
    gnutls_x509_crt_t certificate = parse(&pem);
    for (size_t i = 0; names[i]; i++)
        assert_true(gnutls_x509_crt_check_hostname(certificate, names[i]));
    assert_false(gnutls_x509_crt_check_hostname(certificate, "other.example"));
    gnutls_x509_crt_deinit(certificate);
}

static void holds_for_ten_years_and_is_no_authority(void **state UNUSED)
{
    static const char *const names[] = {"localhost", NULL};
    AUTO(strbuf) struct strbuf pem = {0};
    AUTO(strbuf) struct strbuf key = {0};
    assert_int_equal(make(names, &pem, &key, NULL), 0);
    gnutls_x509_crt_t certificate = parse(&pem);
    unsigned bits = 0, critical = 0;
    time_t now = NOW / 1000, year = (time_t)365 * 86400;
    assert_true(gnutls_x509_crt_get_activation_time(certificate) < now);
    assert_true(gnutls_x509_crt_get_expiration_time(certificate) > now + 9 * year);
    assert_true(gnutls_x509_crt_get_expiration_time(certificate) < now + 11 * year);
    assert_int_equal(gnutls_x509_crt_get_ca_status(certificate, &critical), 0);
    assert_int_equal(gnutls_x509_crt_get_pk_algorithm(certificate, &bits),
                     GNUTLS_PK_ECDSA);
    assert_int_equal(bits, 256);
    gnutls_x509_crt_deinit(certificate);
}

static void refuses_what_is_no_name(void **state UNUSED)
{
    static const char *const bad[] = {"", "a b", "https://x", "x\"y", "ü.example"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *const names[] = {"good", bad[i], NULL};
        AUTO(strbuf) struct strbuf pem = {0};
        AUTO(strbuf) struct strbuf key = {0};
        struct error err;
        assert_int_equal(make(names, &pem, &key, &err), -EINVAL);
        assert_non_null(strstr(err.text, "is no name of a machine, and no address"));
        assert_int_equal(pem.size + key.size, 0);
    }
}

static void is_read_as_a_client_has_to_know_it(void **state UNUSED)
{
    static const struct {
        const char *name, *as_read;
    } rows[] = {{"sheep.example", "sheep.example"},
                {"192.0.2.7", "192.0.2.7"},
                {"2001:db8::7", "[2001:db8::7]"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const names[] = {rows[i].name, "localhost", NULL};
        AUTO(strbuf) struct strbuf pem = {0};
        AUTO(strbuf) struct strbuf key = {0};
        AUTO(certificate) struct certificate found = {0};
        char path[] = "/tmp/certificate_test.XXXXXX";
        AUTO(fd) int fd = mkstemp(path);
        assert_int_equal(make(names, &pem, &key, NULL), 0);
        assert_int_equal(write(fd, pem.data, pem.size), pem.size);
        assert_int_equal(certificate_read(path, &found, NULL), 0);
        unlink(path);
        assert_string_equal(found.name, rows[i].as_read);
        assert_true(found.is_self_signed);
        assert_memory_equal(found.pin, "sha256//", 8);
        assert_int_equal(strlen(found.pin), 8 + 44);
    }
}

static void a_file_that_is_none_is_named(void **state UNUSED)
{
    struct certificate found;
    struct error err;
    assert_int_equal(certificate_read("/dev/null", &found, &err), -EKEYREJECTED);
    assert_non_null(strstr(err.text, "/dev/null: no certificate in PEM"));
    assert_int_equal(certificate_read("/nowhere/x", &found, &err), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_out_to_all_names_and_addresses),
        cmocka_unit_test(holds_for_ten_years_and_is_no_authority),
        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(is_read_as_a_client_has_to_know_it),
        cmocka_unit_test(a_file_that_is_none_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
