// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_tls - hiredis's own contexts verify the chain but not the name, so the session
 * is made here. */
#include "queue/redis_tls.h"

#include <errno.h>

#ifdef HAS_REDIS_TLS

#include <arpa/inet.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

bool redis_tls_is_there(void)
{
    return true;
}

/* An address stands elsewhere in a certificate than a name does. */
static bool expect_host(SSL *session, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, host, address) == 1 ||
        inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1;
    return SSL_set1_host(session, host) == 1 &&
           SSL_set_tlsext_host_name(session, host) == 1;
}

static SSL *make_session(const char *host, const char *ca)
{
    SSL_CTX *settings = SSL_CTX_new(TLS_client_method());
    if (!settings)
        return NULL;
    SSL *session = NULL;
    SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, NULL);
    int is_trusting = *ca ? SSL_CTX_load_verify_locations(settings, ca, NULL)
                          : SSL_CTX_set_default_verify_paths(settings);
    if (is_trusting == 1 &&
        SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION) == 1)
        session = SSL_new(settings);
    SSL_CTX_free(settings); /* the session keeps it */
    if (session && !expect_host(session, host)) {
        SSL_free(session);
        session = NULL;
    }
    return session;
}

int redis_tls_start(redisContext *context, const char *host, const char *ca,
                    struct error *err)
{
    SSL *session = make_session(host, ca);
    if (!session)
        return error_set(err, -EINVAL, "TLS cannot begin: (ca \"%s\") is not read", ca);
    if (redisInitiateSSL(context, session) == REDIS_OK)
        return 0; /* the session is the context's */
    long doubt = SSL_get_verify_result(session);
    SSL_free(session);
    if (doubt != X509_V_OK)
        return error_set(err, -EACCES, "the server is not trusted: %s",
                         X509_verify_cert_error_string(doubt));
    return error_set(err, -EPROTO, "TLS does not begin: %s", context->errstr);
}

#else

bool redis_tls_is_there(void)
{
    return false;
}

int redis_tls_start(redisContext *context UNUSED, const char *host UNUSED,
                    const char *ca UNUSED, struct error *err)
{
    return error_set(err, -ENOSYS, "this build's hiredis has no TLS");
}

#endif
