// SPDX-License-Identifier: GPL-3.0-or-later
/* tls - the files are looked at before GnuTLS gets them, so that an error says which of
 * them is wrong, and how. */
#include "door/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define FILE_SIZE_MAX (1 << 20)

struct tls {
    int shares;
    gnutls_certificate_credentials_t credentials;
    struct strbuf certificate, key;
    int64_t begins, expires;
};

struct tls *tls_share(struct tls *tls)
{
    tls->shares++;
    return tls;
}

static void wipe(struct strbuf *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->size);
    strbuf_clear(secret);
}

void tls_free(struct tls *tls)
{
    if (!tls || --tls->shares > 0)
        return;
    if (tls->credentials)
        gnutls_certificate_free_credentials(tls->credentials);
    strbuf_clear(&tls->certificate);
    wipe(&tls->key);
    free(tls);
}

static int check_readers(const char *path, int fd, struct error *err)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    if (files_is_private(&status))
        return 0;
    return error_set(err, -EPERM,
                     "%s: refused: others can read this private key (mode %04o); chmod "
                     "600 it",
                     path, (unsigned)status.st_mode & 07777);
}

static int read_key(const char *path, struct strbuf *ret, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = check_readers(path, fd, err);
    if (rc < 0)
        return rc;
    rc = files_read_fd(fd, FILE_SIZE_MAX, ret, err);
    return rc < 0 ? error_prefix(err, rc, "%s", path) : 0;
}

static gnutls_datum_t datum_of(const struct strbuf *buf)
{
    return (gnutls_datum_t){.data = (unsigned char *)buf->data,
                            .size = (unsigned)buf->size};
}

/* The first certificate of the file is the door's own. */
static int read_times(struct tls *tls, const char *path, struct error *err)
{
    gnutls_x509_crt_t *certificates;
    unsigned count;
    gnutls_datum_t pem = datum_of(&tls->certificate);
    int rc = gnutls_x509_crt_list_import2(&certificates, &count, &pem,
                                          GNUTLS_X509_FMT_PEM, 0);
    if (rc < 0)
        return error_set(err, -EKEYREJECTED, "%s: no certificate in PEM: %s", path,
                         gnutls_strerror(rc));
    tls->begins = 1000 * (int64_t)gnutls_x509_crt_get_activation_time(certificates[0]);
    tls->expires = 1000 * (int64_t)gnutls_x509_crt_get_expiration_time(certificates[0]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(certificates[i]);
    gnutls_free(certificates);
    return 0;
}

static int check_times(const struct tls *tls, const char *path, int64_t now,
                       struct error *err)
{
    char text[CLOCK_TEXT_SIZE];
    bool is_early = now < tls->begins;
    if (!is_early && now < tls->expires)
        return 0;
    clock_format_utc(is_early ? tls->begins : tls->expires, text);
    return error_set(err, -EKEYEXPIRED, "%s: this certificate %s %s", path,
                     is_early ? "does not hold before" : "expired on", text);
}

static int check_key(const struct tls *tls, const char *path, struct error *err)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t pem = datum_of(&tls->key);
    gnutls_x509_privkey_init(&key);
    int rc = gnutls_x509_privkey_import2(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_x509_privkey_deinit(key);
    if (rc < 0)
        return error_set(err, -EKEYREJECTED,
                         "%s: no private key in PEM without a password: %s", path,
                         gnutls_strerror(rc));
    return 0;
}

static int make_credentials(struct tls *tls, const char *certificate, const char *key,
                            struct error *err)
{
    gnutls_datum_t certificate_pem = datum_of(&tls->certificate);
    gnutls_datum_t key_pem = datum_of(&tls->key);
    int rc = gnutls_certificate_allocate_credentials(&tls->credentials);
    if (rc == 0)
        rc = gnutls_certificate_set_x509_key_mem(tls->credentials, &certificate_pem,
                                                 &key_pem, GNUTLS_X509_FMT_PEM);
    if (rc == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return error_set(err, -EKEYREJECTED, "%s: not the key of the certificate in %s",
                         key, certificate);
    if (rc < 0)
        return error_set(err, -EKEYREJECTED, "%s, %s: %s", certificate, key,
                         gnutls_strerror(rc));
    return 0;
}

int tls_load(const char *certificate, const char *key, int64_t now, struct tls **ret,
             struct error *err)
{
    AUTO(tls) struct tls *tls = memory_new(sizeof *tls);
    tls->shares = 1;
    int rc = files_read(certificate, FILE_SIZE_MAX, &tls->certificate, err);
    if (rc == 0)
        rc = read_key(key, &tls->key, err);
    if (rc == 0)
        rc = read_times(tls, certificate, err);
    if (rc == 0)
        rc = check_key(tls, key, err);
    if (rc == 0)
        rc = make_credentials(tls, certificate, key, err);
    if (rc == 0)
        rc = check_times(tls, certificate, now, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(tls);
    return 0;
}

int64_t tls_expires(const struct tls *tls)
{
    return tls->expires;
}

const char *tls_certificate(const struct tls *tls)
{
    return strbuf_text(&tls->certificate);
}

const char *tls_key(const struct tls *tls)
{
    return strbuf_text(&tls->key);
}

/* The session has the library's until now: those that it was started with. */
void tls_use(struct tls *tls, gnutls_session_t session)
{
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
}
