// SPDX-License-Identifier: GPL-3.0-or-later
/* certificate - how long certificates are still good: those of a file, all of which
 * count, and that which a server shows. By GnuTLS. Each file and each address is a
 * part. */
#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/units.h"
#include "monitor/verdict.h"
#include "monitor/wire.h"
#include "probe/probe.h"
#include "probe/starttls.h"

#define FILE_MAX (4 << 20) /* bytes: all that a system trusts fits in */

extern const struct monitor monitor_certificate;

struct chain {
    gnutls_x509_crt_t *items;
    unsigned count;
};

static void chain_clear(struct chain *chain)
{
    for (unsigned i = 0; i < chain->count; i++)
        gnutls_x509_crt_deinit(chain->items[i]);
    gnutls_free(chain->items);
    *chain = (struct chain){0};
}
AUTO_DEFINE_CLEAR(chain)

/* That which ends first, and so ends all. */
static gnutls_x509_crt_t first_to_end(const struct chain *chain)
{
    gnutls_x509_crt_t first = chain->items[0];
    for (unsigned i = 1; i < chain->count; i++)
        if (gnutls_x509_crt_get_expiration_time(chain->items[i]) <
            gnutls_x509_crt_get_expiration_time(first))
            first = chain->items[i];
    return first;
}

/* "CN=example.org,O=…", which a person knows it by. */
static char *subject_of(gnutls_x509_crt_t certificate)
{
    gnutls_datum_t name = {0};
    if (gnutls_x509_crt_get_dn3(certificate, &name, 0) < 0 || name.size == 0) {
        gnutls_free(name.data);
        return text_copy("without a name");
    }
    char *copy = memory_copy(name.data, name.size);
    gnutls_free(name.data);
    return copy;
}

static void judge_time(const struct look *look, const char *part,
                       const struct chain *chain, struct verdict *verdict)
{
    gnutls_x509_crt_t certificate = first_to_end(chain);
    AUTO(str) char *subject = subject_of(certificate);
    double now = (double)look->now / 1000;
    double left = (double)gnutls_x509_crt_get_expiration_time(certificate) - now;
    char since[UNITS_TEXT_SIZE];
    AUTO(str)
    char *ended = text_format("expired %s ago (%s)",
                              duration_format((int64_t)(-left * 1000), since), subject);
    if (left < 0)
        verdict_add_state(verdict, STATE_FAIL, ended);
    else
        verdict_add(verdict, &(struct threshold){.what = "good for",
                                                 .value = left,
                                                 .unit = "s",
                                                 .detail = subject,
                                                 .warn = look_bound(look, "warn"),
                                                 .fail = look_bound(look, "fail"),
                                                 .is_low_bad = true});
    if ((double)gnutls_x509_crt_get_activation_time(certificate) > now)
        verdict_add_state(verdict, STATE_FAIL, "it is not valid yet");
    look_reading(look, part, "left", left, "s");
}

static void judge_name(const struct chain *chain, const char *name,
                       struct verdict *verdict)
{
    AUTO(str) char *text = text_format("it is not made out to %s", name);
    if (!gnutls_x509_crt_check_hostname(chain->items[0], name))
        verdict_add_state(verdict, STATE_FAIL, text);
}

/* ---- files ---- */

static int import(const struct strbuf *bytes, struct chain *ret)
{
    gnutls_datum_t datum = {.data = (unsigned char *)bytes->data,
                            .size = (unsigned)bytes->size};
    bool is_pem = memmem(bytes->data, bytes->size, "-----BEGIN", 10) != NULL;
    return gnutls_x509_crt_list_import2(
        &ret->items, &ret->count, &datum,
        is_pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, 0);
}

static void try_file(const struct look *look, const char *path)
{
    const char *name = settings_text(look->settings, "name");
    AUTO(strbuf) struct strbuf bytes = {0};
    AUTO(chain) struct chain chain = {0};
    AUTO(verdict) struct verdict verdict = {0};
    struct error why;
    int rc = files_read(path, FILE_MAX, &bytes, &why);
    if (rc < 0) {
        findings_state(look->findings, path, rc == -ENOENT ? STATE_FAIL : STATE_UNKNOWN,
                       "%s", rc == -ENOENT ? "it is not there" : why.text);
        return;
    }
    rc = bytes.size > 0 ? import(&bytes, &chain) : GNUTLS_E_NO_CERTIFICATE_FOUND;
    if (rc < 0) {
        findings_state(look->findings, path, STATE_FAIL, "no certificate: %s",
                       gnutls_strerror(rc));
        return;
    }
    judge_time(look, path, &chain, &verdict);
    if (name)
        judge_name(&chain, name, &verdict);
    verdict_say(&verdict, look->findings, path);
}

/* A pattern that nothing fits is taken as a name, which is not there. */
static void try_files(const struct look *look, const char *pattern)
{
    glob_t found = {0};
    glob(pattern, GLOB_NOCHECK, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        try_file(look, found.gl_pathv[i]);
    globfree(&found);
}

/* ---- servers ---- */

struct session {
    struct wire wire;
    gnutls_session_t tls;
    gnutls_certificate_credentials_t trusted;
};

static void session_clear(struct session *session)
{
    gnutls_deinit(session->tls);
    if (session->trusted)
        gnutls_certificate_free_credentials(session->trusted);
    wire_close(&session->wire);
}
AUTO_DEFINE_CLEAR(session)

static int load_trust(const struct look *look, struct session *session,
                      struct error *err)
{
    const char *ca = settings_text(look->settings, "ca");
    gnutls_certificate_allocate_credentials(&session->trusted);
    if (settings_flag(look->settings, "insecure"))
        return 0;
    int rc = ca ? gnutls_certificate_set_x509_trust_file(session->trusted, ca,
                                                         GNUTLS_X509_FMT_PEM)
                : gnutls_certificate_set_x509_system_trust(session->trusted);
    if (rc < 0)
        return error_set(err, -EINVAL, "%s: %s", ca ? ca : "the system's certificates",
                         gnutls_strerror(rc));
    return 0;
}

/* An address is no name that a server could be told. */
static bool is_address(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 ||
           inet_pton(AF_INET6, host, address) == 1;
}

static int shake_hands(struct session *session, const char *host, struct error *err)
{
    int rc = gnutls_init(&session->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
    if (rc == 0)
        rc = gnutls_set_default_priority(session->tls);
    if (rc == 0)
        rc = gnutls_credentials_set(session->tls, GNUTLS_CRD_CERTIFICATE,
                                    session->trusted);
    if (rc == 0 && !is_address(host))
        rc = gnutls_server_name_set(session->tls, GNUTLS_NAME_DNS, host, strlen(host));
    gnutls_transport_set_int(session->tls, session->wire.fd);
    while (rc == 0 && (rc = gnutls_handshake(session->tls)) < 0) {
        if (gnutls_error_is_fatal(rc))
            break;
        bool is_writing = gnutls_record_get_direction(session->tls) == 1;
        rc = wire_wait(&session->wire, is_writing ? POLLOUT : POLLIN, err);
        if (rc < 0)
            return rc;
    }
    return rc < 0 ? error_set(err, -EPROTO, "TLS: %s", gnutls_strerror(rc)) : 0;
}

static void judge_trust(const struct session *session, const char *name,
                        struct verdict *verdict)
{
    unsigned status = 0;
    gnutls_datum_t words = {0};
    int rc = gnutls_certificate_verify_peers3(session->tls, name, &status);
    if (rc < 0) {
        verdict_add_state(verdict, STATE_FAIL, gnutls_strerror(rc));
    } else if (status & ~(unsigned)(GNUTLS_CERT_EXPIRED | GNUTLS_CERT_INVALID)) {
        gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &words,
                                                     0);
        verdict_add_state(verdict, STATE_FAIL, (const char *)words.data);
    }
    gnutls_free(words.data);
}

static int take_chain(const struct session *session, struct chain *ret,
                      struct error *err)
{
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(session->tls, &count);
    if (!shown || count == 0)
        return error_set(err, -EPROTO, "it shows no certificate");
    int rc = gnutls_x509_crt_list_import2(&ret->items, &ret->count, shown,
                                          GNUTLS_X509_FMT_DER, 0);
    return rc < 0 ? error_set(err, -EPROTO, "%s", gnutls_strerror(rc)) : 0;
}

static int meet(const struct look *look, const char *address, const char *host,
                int64_t deadline, struct session *session, struct error *err)
{
    const char *protocol = settings_text(look->settings, "starttls");
    int rc = load_trust(look, session, err);
    if (rc == 0)
        rc = wire_open(address, deadline, &session->wire, err);
    if (rc == 0 && protocol)
        rc = starttls(&session->wire, protocol, err);
    return rc < 0 ? rc : shake_hands(session, host, err);
}

static int try_address(const struct look *look, const char *address, int64_t deadline,
                       struct error *err)
{
    const char *name = settings_text(look->settings, "name");
    AUTO(str) char *host = NULL;
    AUTO(str) char *port = NULL;
    AUTO(session) struct session session = {.wire = {.fd = -1}};
    AUTO(chain) struct chain chain = {0};
    AUTO(verdict) struct verdict verdict = {0};
    int rc = wire_split(address, &host, &port, err);
    if (rc == 0)
        rc = meet(look, address, name ? name : host, deadline, &session, err);
    if (rc == 0)
        rc = take_chain(&session, &chain, err);
    if (rc < 0)
        return rc;
    judge_time(look, address, &chain, &verdict);
    if (!settings_flag(look->settings, "insecure"))
        judge_trust(&session, name ? name : host, &verdict);
    verdict_say(&verdict, look->findings, address);
    return 0;
}

static int certificate_look(struct look *look, struct error *err)
{
    const struct texts *files = settings_texts(look->settings, "file");
    const struct texts *addresses = settings_texts(look->settings, "address");
    if (files->count == 0 && addresses->count == 0)
        return error_set(err, -EINVAL, "expected (file \"…\") or (address \"…\")");
    for (size_t i = 0; i < files->count; i++)
        try_files(look, files->items[i]);
    for (size_t i = 0; i < addresses->count; i++) {
        struct error why;
        int rc = try_address(look, addresses->items[i],
                             wire_deadline(look, addresses->count - i), &why);
        if (rc < 0)
            findings_state(look->findings, addresses->items[i],
                           rc == -EINVAL ? STATE_UNKNOWN : STATE_FAIL, "%s", why.text);
    }
    return 0;
}

const struct probe probe_certificate = {
    .monitor = &monitor_certificate,
    .look = certificate_look,
};
