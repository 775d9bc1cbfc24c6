// SPDX-License-Identifier: GPL-3.0-or-later
/* web - libcurl, and the first line of what the server answers where it refuses. */
#include "notify/web.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "notify/readable.h"

#define CONNECT_SECONDS 10L
#define WHOLE_SECONDS   30L
#define ANSWER_SIZE     200 /* bytes that are shown of it */

struct web {
    CURL *curl;
    char *place; /* the URL's scheme and host */
    struct curl_slist *headers, *once;
    char why[CURL_ERROR_SIZE];
    struct strbuf answer; /* its beginning */
};

void web_close(struct web *web)
{
    if (!web)
        return;
    curl_easy_cleanup(web->curl);
    curl_slist_free_all(web->headers);
    curl_slist_free_all(web->once);
    free(web->place);
    strbuf_clear(&web->answer);
    free(web);
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct strbuf *answer = context;
    size_t room = ANSWER_SIZE - answer->size, length = size * count;
    strbuf_add(answer, bytes, length < room ? length : room);
    return length;
}

/* Without user and password, which stand before an '@'. */
static char *find_place(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    size_t length = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', length);
    size_t start = at ? (size_t)(at + 1 - host) : 0;
    return text_format("%.*s%.*s", (int)(host - url), url, (int)(length - start),
                       host + start);
}

static void set_up(struct web *web, const char *url, const char *method)
{
    CURL *curl = web->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, WHOLE_SECONDS);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "sheepdog/" VERSION);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &web->answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, web->why);
}

int web_open(const char *url, const char *method, struct web **ret, struct error *err)
{
    struct web *web = memory_new(sizeof *web);
    web->curl = curl_easy_init();
    web->place = find_place(url);
    if (!web->curl) {
        web_close(web);
        return error_set(err, -EIO, "libcurl does not start");
    }
    set_up(web, url, method);
    web_add_header(web, "Expect:");
    *ret = web;
    return 0;
}

void web_add_header(struct web *web, const char *header)
{
    web->headers = curl_slist_append(web->headers, header);
}

void web_add_header_once(struct web *web, const char *header)
{
    web->once = curl_slist_append(web->once, header);
}

/* ---- sending ---- */

/* Those of this request before those of all. */
static struct curl_slist *join_headers(const struct web *web)
{
    struct curl_slist *all = NULL;
    for (const struct curl_slist *one = web->once; one; one = one->next)
        all = curl_slist_append(all, one->data);
    for (const struct curl_slist *one = web->headers; one; one = one->next)
        all = curl_slist_append(all, one->data);
    return all;
}

/* What will hardly be taken the next time either. */
static const char *advice(long status)
{
    bool is_ours = status >= 400 && status < 500 && status != 408 && status != 429;
    return is_ours || (status >= 300 && status < 400)
               ? "; that hardly changes by itself: look at its settings"
               : "";
}

static int judge(const struct web *web, struct error *err)
{
    long status = 0;
    curl_easy_getinfo(web->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300)
        return 0;
    AUTO(strbuf) struct strbuf line = {0};
    const char *answer = strbuf_text(&web->answer);
    readable_line(&line, answer, strcspn(answer, "\r\n"), ANSWER_SIZE);
    return error_set(err, -EIO, "%s: answers %ld%s%s%s", web->place, status,
                     line.size > 0 ? ": " : "", strbuf_text(&line), advice(status));
}

static int fail(const struct web *web, CURLcode code, struct error *err)
{
    long number = 0;
    curl_easy_getinfo(web->curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number > 0)
        return error_set(err, -(int)number, "%s: %s", web->place,
                         strerror((int)number));
    return error_set(err, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -EIO,
                     "%s: %s", web->place,
                     *web->why ? web->why : curl_easy_strerror(code));
}

int web_send(struct web *web, const struct strbuf *body, struct error *err)
{
    struct curl_slist *headers = join_headers(web);
    strbuf_shorten(&web->answer, 0);
    web->why[0] = '\0';
    curl_easy_setopt(web->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(web->curl, CURLOPT_POSTFIELDS, strbuf_text(body));
    curl_easy_setopt(web->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->size);
    CURLcode code = curl_easy_perform(web->curl);
    curl_easy_setopt(web->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    curl_slist_free_all(web->once);
    web->once = NULL;
    return code == CURLE_OK ? judge(web, err) : fail(web, code, err);
}
