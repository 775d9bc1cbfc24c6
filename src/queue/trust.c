// SPDX-License-Identifier: GPL-3.0-or-later
/* trust - two ways to verify; GnuTLS's flags, which libcurl passes on, put in words. */
#include "queue/trust.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <string.h>

#include "base/base64.h"
#include "base/strbuf.h"

#define PIN_FORM "sha256//"
#define PIN_SIZE 32 /* bytes of SHA-256 */

int trust_check_pin(const char *pin, struct error *err)
{
    AUTO(strbuf) struct strbuf bytes = {0};
    size_t form = strlen(PIN_FORM);
    if (strncmp(pin, PIN_FORM, form) == 0 &&
        base64_decode(&bytes, pin + form, strlen(pin + form)) == 0 &&
        bytes.size == PIN_SIZE)
        return 0;
    return error_set(
        err, -EINVAL,
        "\"%.80s\" is no pin; expected " PIN_FORM " and 44 characters of base64", pin);
}

bool trust_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return strcmp(host, "localhost") == 0;
}

/* libcurl trusts the system's folder of certificates beside a file that is named, and
 * reads all of it even where only a pin counts, unless it is told not to. */
void trust_set(CURL *curl, const struct config *config)
{
    bool is_pinned = config->pin && config->pin[0];
    bool has_ca = !is_pinned && config->ca && config->ca[0];
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, is_pinned ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, is_pinned ? 0L : 2L);
    if (is_pinned)
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, config->pin);
    if (is_pinned || has_ca) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, has_ca ? config->ca : NULL);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

/* A chain that is good leaves its name. */
const char *trust_reason(CURL *curl)
{
    static const struct {
        unsigned flag;
        const char *words;
    } reasons[] = {
        {GNUTLS_CERT_REVOKED, "it is revoked"},
        {GNUTLS_CERT_EXPIRED, "it has expired"},
        {GNUTLS_CERT_NOT_ACTIVATED, "it is not valid yet"},
        {GNUTLS_CERT_SIGNER_NOT_FOUND, "nobody whom we trust vouches for it"},
        {GNUTLS_CERT_INSECURE_ALGORITHM, "it is signed by weak means"},
    };
    long found = 0;
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &found);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if ((unsigned long)found & reasons[i].flag)
            return reasons[i].words;
    return found ? "it is not valid" : "it is made out to another name";
}

bool trust_explain(CURL *curl, CURLcode code, const char *url, int *ret_rc,
                   struct error *err)
{
    switch (code) {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        *ret_rc = error_set(err, -EACCES, "%s: its key is not the pinned one", url);
        return true;
    case CURLE_PEER_FAILED_VERIFICATION:
        *ret_rc = error_set(err, -EACCES,
                            "%s: its certificate is not trusted: %s; set (ca …) or "
                            "(pin …)",
                            url, trust_reason(curl));
        return true;
    case CURLE_SSL_CACERT_BADFILE:
        *ret_rc = error_set(
            err, -EINVAL, "%s: the file of (ca …) cannot be read as certificates", url);
        return true;
    case CURLE_SSL_CONNECT_ERROR:
        *ret_rc =
            error_set(err, -EPROTO, "%s: what answers there does not speak TLS", url);
        return true;
    default:
        return false;
    }
}
