// SPDX-License-Identifier: GPL-3.0-or-later
/* email - the notifier "email": a letter to one address, by libcurl to the mail server.
 *
 * The connection is kept for the next letter; where the server has closed it meanwhile,
 * the letter goes once more over a new one. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "notify/address.h"
#include "notify/letter.h"
#include "notify/notifier.h"
#include "notify/readable.h"

#define CONNECT_SECONDS 10L
#define WHOLE_SECONDS   30L
#define ANSWER_SIZE     200

struct email {
    CURL *curl;
    char *url; /* as it is in the settings; holds no password */
    char *from, *host, *user;
    char why[CURL_ERROR_SIZE];
    struct strbuf answer; /* the server's last line, if it refuses */
};

/* A letter on its way out. */
struct reading {
    const struct strbuf *letter;
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

static void email_close(void *state)
{
    struct email *email = state;
    if (!email)
        return;
    if (email->curl)
        hear_no_more(email->curl);
    curl_easy_cleanup(email->curl);
    free(email->url);
    free(email->from);
    free(email->host);
    free(email->user);
    strbuf_clear(&email->answer);
    free(email);
}

/* ---- what libcurl calls ---- */

static size_t give_letter(char *to, size_t size, size_t count, void *context)
{
    struct reading *reading = context;
    size_t left = reading->letter->size - reading->at;
    size_t part = left < size * count ? left : size * count;
    if (part > 0)
        memcpy(to, reading->letter->data + reading->at, part);
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
static void set_transfer(struct email *email)
{
    CURL *curl = email->curl;
    curl_easy_setopt(curl, CURLOPT_URL, email->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, WHOLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_letter);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &email->answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, email->why);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, email->from);
}

/* This machine's name; "localhost" where it has none that a mail could bear. */
static char *find_host(void)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) < 0 || !address_domain_is_valid(name))
        return text_copy("localhost");
    return text_copy(name);
}

static int email_open(const struct config *config, void **ret, struct error *err)
{
    char *server = NULL;
    int rc = read_url(config->smtp_url, &server, err);
    if (rc < 0)
        return rc;
    bool loopback = is_loopback(server);
    curl_free(server);
    if (config->mail_from[0] && !address_is_valid(config->mail_from))
        return error_set(err, -EINVAL, "mail-from: \"%.80s\" is no mail address",
                         config->mail_from);

    struct email *email = memory_new(sizeof *email);
    email->curl = curl_easy_init();
    email->url = text_copy(config->smtp_url);
    email->user = text_copy(config->smtp_user);
    email->host = find_host();
    email->from = config->mail_from[0] ? text_copy(config->mail_from)
                                       : text_format("sheepdog@%s", email->host);
    if (!email->curl) {
        email_close(email);
        return error_set(err, -EIO, "libcurl does not start");
    }
    set_transfer(email);
    set_security(email->curl, config, loopback);
    *ret = email;
    return 0;
}

/* ---- sending ---- */

static CURLcode send_once(struct email *email, const struct strbuf *letter)
{
    struct reading reading = {.letter = letter};
    email->why[0] = '\0';
    strbuf_shorten(&email->answer, 0);
    curl_easy_setopt(email->curl, CURLOPT_READDATA, &reading);
    curl_easy_setopt(email->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)letter->size);
    return curl_easy_perform(email->curl);
}

/* A connection that was kept, and that the server was tired of: 421, or just closed. */
static bool was_stale(const struct email *email)
{
    long connects = 1;
    curl_easy_getinfo(email->curl, CURLINFO_NUM_CONNECTS, &connects);
    return connects == 0 &&
           (email->answer.size == 0 || strncmp(email->answer.data, "421", 3) == 0);
}

static CURLcode send_letter(struct email *email, const struct strbuf *letter)
{
    CURLcode code = send_once(email, letter);
    if (code == CURLE_OK || !was_stale(email))
        return code;
    curl_easy_setopt(email->curl, CURLOPT_FRESH_CONNECT, 1L);
    code = send_once(email, letter);
    curl_easy_setopt(email->curl, CURLOPT_FRESH_CONNECT, 0L);
    return code;
}

static int fail(const struct email *email, CURLcode code, struct error *err)
{
    long number = 0;
    curl_easy_getinfo(email->curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number > 0)
        return error_set(err, -(int)number, "%s: %s", email->url,
                         strerror((int)number));
    if (email->answer.size > 0)
        return error_set(err, -EIO, "%s: %s%s%s%s", email->url,
                         code == CURLE_LOGIN_DENIED ? "login as " : "",
                         code == CURLE_LOGIN_DENIED ? email->user : "",
                         code == CURLE_LOGIN_DENIED ? ": " : "", email->answer.data);
    return error_set(err, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -EIO,
                     "%s: %s", email->url,
                     email->why[0] ? email->why : curl_easy_strerror(code));
}

static int email_tell(void *state, const struct notification *notification,
                      struct error *err)
{
    struct email *email = state;
    struct letter_sender sender = {.address = email->from, .host = email->host};
    AUTO(strbuf) struct strbuf letter = {0};
    int rc = letter_put(&letter, notification, &sender, clock_now(), err);
    if (rc < 0)
        return rc;

    struct curl_slist *receivers = curl_slist_append(NULL, notification->address);
    curl_easy_setopt(email->curl, CURLOPT_MAIL_RCPT, receivers);
    CURLcode code = send_letter(email, &letter);
    curl_easy_setopt(email->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(receivers);
    return code == CURLE_OK ? 0 : fail(email, code, err);
}

const struct notifier notifier_email = {
    .name = "email",
    .open = email_open,
    .tell = email_tell,
    .close = email_close,
};
