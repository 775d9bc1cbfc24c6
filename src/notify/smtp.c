// SPDX-License-Identifier: GPL-3.0-or-later
/* smtp - libcurl told once how we speak to a mail server.
 *
 * The connection is kept for the next mail; where the server has closed it meanwhile,
 * the mail goes once more over a new one. */
#include "notify/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "notify/readable.h"

#define CONNECT_SECONDS 10L
#define WHOLE_SECONDS   30L
#define ANSWER_SIZE     200

struct smtp {
    CURL *curl;
    char *url; /* as it is in the settings; holds no password */
    char *from, *user;
    char why[CURL_ERROR_SIZE];
    struct strbuf answer; /* the server's last line, if it refuses */
};

/* A mail on its way out. */
struct reading {
    const struct strbuf *mail;
    size_t at;
};

/* libcurl says QUIT and then waits two minutes for an answer, which nobody needs. */
static void hear_no_more(CURL *curl)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
        fd != CURL_SOCKET_BAD)
        shutdown(fd, SHUT_RD);
}

void smtp_close(struct smtp *smtp)
{
    if (!smtp)
        return;
    if (smtp->curl)
        hear_no_more(smtp->curl);
    curl_easy_cleanup(smtp->curl);
    free(smtp->url);
    free(smtp->from);
    free(smtp->user);
    strbuf_clear(&smtp->answer);
    free(smtp);
}

/* ---- what libcurl calls ---- */

static size_t give_mail(char *to, size_t size, size_t count, void *context)
{
    struct reading *reading = context;
    size_t left = reading->mail->size - reading->at;
    size_t part = left < size * count ? left : size * count;
    if (part > 0)
        memcpy(to, reading->mail->data + reading->at, part);
    reading->at += part;
    return part;
}

/* Each line that the server says; it is kept while it is a refusal. */
static size_t take_answer(char *line, size_t size, size_t count, void *context)
{
    struct strbuf *answer = context;
    size_t length = size * count;
    bool is_farewell = length >= 3 && memcmp(line, "221", 3) == 0;
    if (is_farewell)
        return length;
    strbuf_shorten(answer, 0);
    if (length > 0 && (line[0] == '4' || line[0] == '5'))
        readable_line(answer, line, strcspn(line, "\r\n"), ANSWER_SIZE);
    return length;
}

/* ---- settings ---- */

/* A name that only begins as an address does is another machine's. */
static bool is_loopback(const char *host)
{
    struct in_addr address;
    if (inet_pton(AF_INET, host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

/* The host of the URL, to be freed with curl_free. */
static int read_url(const char *url, char **ret_host, struct error *err)
{
    CURLU *parts = curl_url();
    char *user = NULL;
    int rc = 0;
    if (strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0)
        rc =
            error_set(err, -EINVAL, "smtp url: expected smtp://HOST:PORT or smtps://…");
    else if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
        rc = error_set(err, -EINVAL, "smtp url: \"%.80s\" is no URL", url);
    else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
        rc = error_set(err, -EINVAL,
                       "smtp url: user and password have their own "
                       "settings: (smtp (user …) (password …))");
    else if (curl_url_get(parts, CURLUPART_HOST, ret_host, 0) != CURLUE_OK)
        rc = error_set(err, -EINVAL, "smtp url: \"%.80s\" names no host", url);
    curl_free(user);
    curl_url_cleanup(parts);
    return rc;
}

/* To this very machine TLS is used when it is offered, and no certificate is asked for:
 * nobody can stand between. Elsewhere it is verified, and demanded for a password. */
static void set_security(CURL *curl, const struct config *config, bool loopback)
{
    bool demanded = config->smtp_starttls || (config->smtp_password[0] && !loopback);
    bool smtps = strncmp(config->smtp_url, "smtps:", 6) == 0;
    bool verified = demanded || smtps || !loopback || config->smtp_ca[0];
    curl_easy_setopt(curl, CURLOPT_USE_SSL, demanded ? CURLUSESSL_ALL : CURLUSESSL_TRY);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verified ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verified ? 2L : 0L);
    if (config->smtp_ca[0])
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->smtp_ca);
    if (config->smtp_user[0]) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, config->smtp_password);
    }
}

/* Nothing but the settings counts: no proxy of the environment, no other protocol. */
static void set_transfer(struct smtp *smtp)
{
    CURL *curl = smtp->curl;
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, WHOLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_mail);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &smtp->answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->why);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtp->from);
}

int smtp_open(const struct config *config, const char *from, struct smtp **ret,
              struct error *err)
{
    char *server = NULL;
    int rc = read_url(config->smtp_url, &server, err);
    if (rc < 0)
        return rc;
    bool loopback = is_loopback(server);
    curl_free(server);

    struct smtp *smtp = memory_new(sizeof *smtp);
    smtp->curl = curl_easy_init();
    smtp->url = text_copy(config->smtp_url);
    smtp->user = text_copy(config->smtp_user);
    smtp->from = text_copy(from);
    if (!smtp->curl) {
        smtp_close(smtp);
        return error_set(err, -EIO, "libcurl does not start");
    }
    set_transfer(smtp);
    set_security(smtp->curl, config, loopback);
    *ret = smtp;
    return 0;
}

void smtp_set_limit(struct smtp *smtp, int64_t limit_ms)
{
    curl_easy_setopt(smtp->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)limit_ms);
    curl_easy_setopt(smtp->curl, CURLOPT_TIMEOUT_MS, (long)limit_ms);
}

/* ---- sending ---- */

static CURLcode send_once(struct smtp *smtp, const struct strbuf *mail)
{
    struct reading reading = {.mail = mail};
    smtp->why[0] = '\0';
    strbuf_shorten(&smtp->answer, 0);
    curl_easy_setopt(smtp->curl, CURLOPT_READDATA, &reading);
    curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->size);
    return curl_easy_perform(smtp->curl);
}

/* A connection that was kept, and that the server was tired of: 421, or just closed. */
static bool was_stale(const struct smtp *smtp)
{
    long connects = 1;
    curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &connects);
    return connects == 0 &&
           (smtp->answer.size == 0 || strncmp(smtp->answer.data, "421", 3) == 0);
}

static CURLcode send_mail(struct smtp *smtp, const struct strbuf *mail)
{
    CURLcode code = send_once(smtp, mail);
    if (code == CURLE_OK || !was_stale(smtp))
        return code;
    curl_easy_setopt(smtp->curl, CURLOPT_FRESH_CONNECT, 1L);
    code = send_once(smtp, mail);
    curl_easy_setopt(smtp->curl, CURLOPT_FRESH_CONNECT, 0L);
    return code;
}

static int fail(const struct smtp *smtp, CURLcode code, struct error *err)
{
    long number = 0;
    curl_easy_getinfo(smtp->curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number > 0)
        return error_set(err, -(int)number, "%s: %s", smtp->url, strerror((int)number));
    if (smtp->answer.size > 0)
        return error_set(err, -EIO, "%s: %s%s%s%s", smtp->url,
                         code == CURLE_LOGIN_DENIED ? "login as " : "",
                         code == CURLE_LOGIN_DENIED ? smtp->user : "",
                         code == CURLE_LOGIN_DENIED ? ": " : "", smtp->answer.data);
    return error_set(err, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -EIO,
                     "%s: %s", smtp->url,
                     smtp->why[0] ? smtp->why : curl_easy_strerror(code));
}

int smtp_send(struct smtp *smtp, const char *address, const struct strbuf *mail,
              struct error *err)
{
    struct curl_slist *receivers = curl_slist_append(NULL, address);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, receivers);
    CURLcode code = send_mail(smtp, mail);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(receivers);
    return code == CURLE_OK ? 0 : fail(smtp, code, err);
}
