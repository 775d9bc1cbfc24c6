// SPDX-License-Identifier: GPL-3.0-or-later
/* identity - a key and a certificate that vouches for itself, made on the spot; and a
 * TLS server of prepared answers that has them. */
#ifndef TESTS_QUEUE_IDENTITY_H
#define TESTS_QUEUE_IDENTITY_H

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

#include "base/base64.h"
#include "canned.h"

struct identity {
    gnutls_certificate_credentials_t credentials;
    char *pin;  /* "sha256//…" */
    char *file; /* the certificate, PEM */
};

static inline void identity_make_pin(gnutls_x509_privkey_t key, struct identity *ret)
{
    gnutls_pubkey_t public_key;
    gnutls_datum_t info;
    unsigned char digest[32];
    AUTO(strbuf) struct strbuf pin = {0};
    gnutls_privkey_t abstract;
    if (gnutls_privkey_init(&abstract) < 0 ||
        gnutls_privkey_import_x509(abstract, key, 0) < 0 ||
        gnutls_pubkey_init(&public_key) < 0 ||
        gnutls_pubkey_import_privkey(public_key, abstract, 0, 0) < 0 ||
        gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &info) < 0 ||
        gnutls_hash_fast(GNUTLS_DIG_SHA256, info.data, info.size, digest) < 0)
        abort();
    strbuf_puts(&pin, "sha256//");
    base64_encode(&pin, digest, sizeof digest);
    ret->pin = strbuf_take(&pin);
    gnutls_free(info.data);
    gnutls_pubkey_deinit(public_key);
    gnutls_privkey_deinit(abstract);
}

/* A certificate for that host, whose last day is so many seconds ahead. */
static inline struct identity identity_make(const char *host, time_t lasts)
{
    struct identity identity = {.file = text_copy("/tmp/identity.XXXXXX")};
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
    gnutls_datum_t pem;
    int fd = mkstemp(identity.file);
    if (fd < 0 || gnutls_x509_privkey_init(&key) < 0 ||
        gnutls_x509_crt_init(&crt) < 0 ||
        gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                     0) < 0 ||
        gnutls_x509_crt_set_version(crt, 3) < 0 ||
        gnutls_x509_crt_set_serial(crt, "\1", 1) < 0 ||
        gnutls_x509_crt_set_dn(crt, "CN=sheepdog", NULL) < 0 ||
        gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host,
                                             (unsigned)strlen(host), 0) < 0 ||
        gnutls_x509_crt_set_ca_status(crt, 1) < 0 ||
        gnutls_x509_crt_set_activation_time(crt, time(NULL) - 864000) < 0 ||
        gnutls_x509_crt_set_expiration_time(crt, time(NULL) + lasts) < 0 ||
        gnutls_x509_crt_set_key(crt, key) < 0 ||
        gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) < 0 ||
        gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem) < 0 ||
        files_write_all(fd, (char *)pem.data, pem.size) < 0 ||
        gnutls_certificate_allocate_credentials(&identity.credentials) < 0 ||
        gnutls_certificate_set_x509_key(identity.credentials, &crt, 1, key) < 0)
        abort();
    close(fd);
    gnutls_free(pem.data);
    identity_make_pin(key, &identity);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return identity;
}

static inline void identity_clear(struct identity *identity)
{
    gnutls_certificate_free_credentials(identity->credentials);
    unlink(identity->file);
    free(identity->file);
    free(identity->pin);
}
AUTO_DEFINE_CLEAR(identity)

/* One request a connection, whose body fits the first record. */
static inline void identity_answer(gnutls_session_t session, const char *answer,
                                   FILE *heard)
{
    char request[16384];
    ssize_t size = gnutls_record_recv(session, request, sizeof request);
    if (size <= 0)
        return;
    fwrite(request, 1, (size_t)size, heard);
    fflush(heard);
    gnutls_record_send(session, answer, strlen(answer));
    gnutls_bye(session, GNUTLS_SHUT_WR);
}

/* Gives the one answer to all that come, until canned_stop. */
static inline struct canned identity_start(const struct identity *identity,
                                           const char *answer)
{
    struct canned canned = {.heard = tmpfile()};
    int listener = canned_bind(&canned.port);
    if (!canned.heard || listen(listener, 8) < 0)
        abort();
    fflush(NULL);
    canned.pid = fork();
    if (canned.pid != 0) {
        close(listener);
        return canned;
    }
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        gnutls_session_t session;
        int fd = accept(listener, NULL, NULL);
        gnutls_init(&session, GNUTLS_SERVER);
        gnutls_set_default_priority(session);
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, identity->credentials);
        gnutls_transport_set_int(session, fd);
        gnutls_handshake_set_timeout(session, 10000);
        if (gnutls_handshake(session) == 0)
            identity_answer(session, answer, canned.heard);
        gnutls_deinit(session);
        close(fd);
    }
}

#endif
