// SPDX-License-Identifier: GPL-3.0-or-later
/* certificate - the few of GnuTLS's calls that it takes. */
#include "admin/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/files.h"
#include "base/memory.h"

#define YEARS         10
#define DAY_SECONDS   86400
#define SERIAL_SIZE   16
#define KEY_ID_SIZE   20
#define PIN_SIZE      32 /* of SHA-256 */
#define FILE_SIZE_MAX (1 << 20)
#define NAME_MAX_SIZE 256

/* What certificate_make works with. */
struct making {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
};

static void making_clear(struct making *making)
{
    gnutls_x509_crt_deinit(making->certificate);
    gnutls_x509_privkey_deinit(making->key);
}
AUTO_DEFINE_CLEAR(making)

static int fail(int rc, struct error *err)
{
    return error_set(err, -EIO, "GnuTLS: %s", gnutls_strerror(rc));
}

static bool is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t length = strlen(name);
    return length > 0 && length < 254 && strspn(name, letters) == length;
}

static int add_name(gnutls_x509_crt_t certificate, const char *name, struct error *err)
{
    unsigned char address[sizeof(struct in6_addr)];
    gnutls_x509_subject_alt_name_t type = GNUTLS_SAN_IPADDRESS;
    const void *data = address;
    size_t size = 0;
    if (inet_pton(AF_INET, name, address) == 1) {
        size = sizeof(struct in_addr);
    } else if (inet_pton(AF_INET6, name, address) == 1) {
        size = sizeof(struct in6_addr);
    } else if (is_name(name)) {
        type = GNUTLS_SAN_DNSNAME;
        data = name;
        size = strlen(name);
    } else {
        return error_set(err, -EINVAL,
                         "\"%.60s\" is no name of a machine, and no "
                         "address",
                         name);
    }
    int rc = gnutls_x509_crt_set_subject_alt_name(certificate, type, data,
                                                  (unsigned)size, GNUTLS_FSAN_APPEND);
    return rc < 0 ? fail(rc, err) : 0;
}

/* The first that fails counts. */
static void note(int *rc, int result)
{
    if (*rc == 0 && result < 0)
        *rc = result;
}

/* For a server, and for nothing else. */
static int fill(struct making *making, const char *name, int64_t now)
{
    unsigned char serial[SERIAL_SIZE], id[KEY_ID_SIZE];
    size_t id_size = sizeof id;
    gnutls_x509_crt_t certificate = making->certificate;
    time_t start = (time_t)(now / 1000) - DAY_SECONDS; /* clocks differ */
    time_t end = start + (time_t)YEARS * 365 * DAY_SECONDS;
    int rc = 0;
    note(&rc, gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial));
    serial[0] &= 0x7f;
    note(&rc, gnutls_x509_crt_set_version(certificate, 3));
    note(&rc, gnutls_x509_crt_set_serial(certificate, serial, sizeof serial));
    note(&rc, gnutls_x509_crt_set_activation_time(certificate, start));
    note(&rc, gnutls_x509_crt_set_expiration_time(certificate, end));
    note(&rc, gnutls_x509_crt_set_key(certificate, making->key));
    note(&rc, gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                            name, (unsigned)strnlen(name, 64)));
    note(&rc, gnutls_x509_crt_set_basic_constraints(certificate, 0, -1));
    note(&rc, gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
    note(&rc,
         gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
    note(&rc, gnutls_x509_crt_get_key_id(certificate, 0, id, &id_size));
    note(&rc, gnutls_x509_crt_set_subject_key_id(certificate, id, id_size));
    return rc;
}

static void take(gnutls_datum_t *datum, struct strbuf *ret)
{
    strbuf_add(ret, datum->data, datum->size);
    explicit_bzero(datum->data, datum->size);
    gnutls_free(datum->data);
}

static int sign(struct making *making, struct strbuf *certificate, struct strbuf *key)
{
    gnutls_datum_t pem;
    int rc = gnutls_x509_crt_sign2(making->certificate, making->certificate,
                                   making->key, GNUTLS_DIG_SHA256, 0);
    if (rc == 0)
        rc = gnutls_x509_crt_export2(making->certificate, GNUTLS_X509_FMT_PEM, &pem);
    if (rc < 0)
        return rc;
    take(&pem, certificate);
    rc = gnutls_x509_privkey_export2_pkcs8(making->key, GNUTLS_X509_FMT_PEM, NULL,
                                           GNUTLS_PKCS_PLAIN, &pem);
    if (rc == 0)
        take(&pem, key);
    return rc;
}

int certificate_make(const struct texts *names, int64_t now, struct strbuf *certificate,
                     struct strbuf *key, struct error *err)
{
    AUTO(making) struct making making;
    gnutls_x509_privkey_init(&making.key);
    gnutls_x509_crt_init(&making.certificate);
    for (size_t i = 0; i < names->count; i++) {
        int rc = add_name(making.certificate, names->items[i], err);
        if (rc < 0)
            return rc;
    }
    int rc = gnutls_x509_privkey_generate(
        making.key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
        0);
    if (rc == 0)
        rc = fill(&making, names->items[0], now);
    if (rc == 0)
        rc = sign(&making, certificate, key);
    return rc < 0 ? fail(rc, err) : 0;
}

/* ---- what there is ---- */

void certificate_clear(struct certificate *certificate)
{
    free(certificate->name);
    free(certificate->pin);
    *certificate = (struct certificate){0};
}

static char *find_pin(gnutls_x509_crt_t certificate)
{
    unsigned char hash[PIN_SIZE];
    size_t size = sizeof hash;
    AUTO(strbuf) struct strbuf pin = {0};
    if (gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, hash, &size) <
        0)
        return NULL;
    strbuf_puts(&pin, "sha256//");
    base64_encode(&pin, hash, size);
    return strbuf_take(&pin);
}

/* An IPv6 address has brackets, as in a URL. */
static char *find_name(gnutls_x509_crt_t certificate)
{
    char name[NAME_MAX_SIZE] = "", text[INET6_ADDRSTRLEN];
    size_t size = sizeof name - 1;
    int type = gnutls_x509_crt_get_subject_alt_name(certificate, 0, name, &size, NULL);
    if (type == GNUTLS_SAN_DNSNAME)
        return text_copy(name);
    if (type == GNUTLS_SAN_IPADDRESS && size == sizeof(struct in_addr))
        return text_copy(inet_ntop(AF_INET, name, text, sizeof text));
    if (type == GNUTLS_SAN_IPADDRESS && size == sizeof(struct in6_addr))
        return text_format("[%s]", inet_ntop(AF_INET6, name, text, sizeof text));
    return NULL;
}

int certificate_read(const char *path, struct certificate *ret, struct error *err)
{
    AUTO(strbuf) struct strbuf pem = {0};
    int rc = files_read(path, FILE_SIZE_MAX, &pem, err);
    if (rc < 0)
        return rc;
    gnutls_x509_crt_t certificate;
    gnutls_datum_t datum = {.data = (unsigned char *)pem.data,
                            .size = (unsigned)pem.size};
    gnutls_x509_crt_init(&certificate);
    rc = gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM);
    if (rc == 0)
        *ret = (struct certificate){
            .name = find_name(certificate),
            .pin = find_pin(certificate),
            .is_self_signed = gnutls_x509_crt_check_issuer(certificate, certificate)};
    gnutls_x509_crt_deinit(certificate);
    return rc < 0 ? error_set(err, -EKEYREJECTED, "%s: no certificate in PEM: %s", path,
                              gnutls_strerror(rc))
                  : 0;
}
