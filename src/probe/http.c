// SPDX-License-Identifier: GPL-3.0-or-later
/* http - one request a URL, by libcurl; each URL is a part. */
#include <curl/curl.h>
#include <errno.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "monitor/verdict.h"
#include "monitor/wire.h"
#include "probe/probe.h"
#include "queue/trust.h"

#define BODY_MAX (4 << 20) /* bytes in which is looked for what must stand there */

extern const struct monitor monitor_http;

/* One URL, and what came of it. */
struct request {
    const struct look *look;
    CURL *curl;
    struct curl_slist *headers;
    struct strbuf body;
    char why[CURL_ERROR_SIZE];
};

static void request_clear(struct request *request)
{
    curl_easy_cleanup(request->curl);
    curl_slist_free_all(request->headers);
    strbuf_clear(&request->body);
}
AUTO_DEFINE_CLEAR(request)

/* A page may be longer than what is read of it. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct strbuf *body = context;
    size_t left = BODY_MAX - body->size;
    strbuf_add(body, bytes, size * count < left ? size * count : left);
    return size * count;
}

static const char *setting(const struct request *request, const char *name)
{
    return settings_text(request->look->settings, name);
}

static void set_trust(struct request *request)
{
    bool is_insecure = settings_flag(request->look->settings, "insecure");
    curl_easy_setopt(request->curl, CURLOPT_SSL_VERIFYPEER, is_insecure ? 0L : 1L);
    curl_easy_setopt(request->curl, CURLOPT_SSL_VERIFYHOST, is_insecure ? 0L : 2L);
    curl_easy_setopt(request->curl, CURLOPT_CERTINFO, 1L);
    if (setting(request, "ca")) {
        curl_easy_setopt(request->curl, CURLOPT_CAINFO, setting(request, "ca"));
        curl_easy_setopt(request->curl, CURLOPT_CAPATH, NULL);
    }
}

/* POST and its like with a body; HEAD waits for none. */
static void set_method(struct request *request)
{
    const char *method = setting(request, "method");
    const char *body = setting(request, "body");
    if (body)
        curl_easy_setopt(request->curl, CURLOPT_COPYPOSTFIELDS, body);
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(request->curl, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(request->curl, CURLOPT_CUSTOMREQUEST, method);
}

static void set_manners(struct request *request, int64_t deadline)
{
    CURL *curl = request->curl;
    long left = (long)((deadline - clock_monotonic()) / 1000);
    long redirects = (long)settings_number(request->look->settings, "redirects");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "sheepdog/" VERSION);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left > 0 ? left : 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, redirects > 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, redirects);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, request->why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &request->body);
}

static void prepare(struct request *request, const char *url, int64_t deadline)
{
    const struct texts *headers = settings_texts(request->look->settings, "header");
    for (size_t i = 0; i < headers->count; i++)
        request->headers = curl_slist_append(request->headers, headers->items[i]);
    curl_easy_setopt(request->curl, CURLOPT_URL, url);
    curl_easy_setopt(request->curl, CURLOPT_HTTPHEADER, request->headers);
    set_trust(request);
    set_method(request);
    set_manners(request, deadline);
}

/* ---- the answer ---- */

/* "200", "2xx", "200-299". */
static bool fits_status(const char *pattern, long status)
{
    char *end;
    long from = strtol(pattern, &end, 10);
    if (strcmp(end, "xx") == 0)
        return status / 100 == from;
    return *end == '-' ? from <= status && status <= strtol(end + 1, NULL, 10)
                       : !*end && status == from;
}

static void judge_status(const struct request *request, struct verdict *verdict)
{
    const struct texts *wanted = settings_texts(request->look->settings, "status");
    AUTO(strbuf) struct strbuf text = {0};
    long status = 0;
    bool is_wanted = false;
    curl_easy_getinfo(request->curl, CURLINFO_RESPONSE_CODE, &status);
    strbuf_printf(&text, "status %ld", status);
    for (size_t i = 0; i < wanted->count; i++)
        is_wanted = is_wanted || fits_status(wanted->items[i], status);
    for (size_t i = 0; !is_wanted && i < wanted->count; i++)
        strbuf_printf(&text, "%s%s", i == 0 ? ", expected " : " or ", wanted->items[i]);
    verdict_add_state(verdict, is_wanted ? STATE_OK : STATE_FAIL, text.data);
}

static void judge_match(const struct request *request, struct verdict *verdict)
{
    const char *pattern = setting(request, "matches");
    regex_t regex;
    if (!pattern)
        return;
    int rc = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
    if (rc != 0) {
        char why[128];
        regerror(rc, &regex, why, sizeof why);
        AUTO(str) char *text = text_format("(matches \"%s\"): %s", pattern, why);
        verdict_add_state(verdict, STATE_UNKNOWN, text);
        return;
    }
    bool fits = regexec(&regex, strbuf_text(&request->body), 0, NULL, 0) == 0;
    AUTO(str)
    char *text =
        text_format("the page %s \"%s\"", fits ? "matches" : "does not match", pattern);
    verdict_add_state(verdict, fits ? STATE_OK : STATE_FAIL, text);
    regfree(&regex);
}

static void judge_content(const struct request *request, struct verdict *verdict)
{
    const char *wanted = setting(request, "contains");
    if (wanted) {
        bool is_there = memmem(strbuf_text(&request->body), request->body.size, wanted,
                               strlen(wanted)) != NULL;
        AUTO(str)
        char *text = text_format("the page %s \"%s\"",
                                 is_there ? "contains" : "does not contain", wanted);
        verdict_add_state(verdict, is_there ? STATE_OK : STATE_FAIL, text);
    }
    judge_match(request, verdict);
}

/* "2026-11-23 17:48:16 GMT" with GnuTLS, "Nov 23 17:48:16 2026 GMT" with OpenSSL. */
static double parse_date(const char *text)
{
    AUTO(str) char *utc = text_format("%.19sZ", text);
    int64_t time;
    if (clock_parse_utc(utc, &time, NULL) == 0)
        return (double)time / 1000;
    time_t seconds = curl_getdate(text, NULL);
    return seconds < 0 ? NAN : (double)seconds;
}

/* Seconds for which the server's certificate is still good; not finite: it has none. */
static double certificate_left(const struct request *request)
{
    static const char label[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    curl_easy_getinfo(request->curl, CURLINFO_CERTINFO, &chain);
    struct curl_slist *line =
        chain && chain->num_of_certs > 0 ? chain->certinfo[0] : NULL;
    while (line && strncasecmp(line->data, label, strlen(label)) != 0)
        line = line->next;
    return line ? parse_date(line->data + strlen(label)) -
                      (double)request->look->now / 1000
                : NAN;
}

static void judge_numbers(const struct request *request, const char *part,
                          struct verdict *verdict)
{
    const struct look *look = request->look;
    double left = certificate_left(request);
    curl_off_t time = 0;
    curl_easy_getinfo(request->curl, CURLINFO_TOTAL_TIME_T, &time);
    verdict_add(verdict, &(struct threshold){.what = "after",
                                             .value = (double)time / 1e6,
                                             .unit = "s",
                                             .warn = look_bound(look, "warn"),
                                             .fail = look_bound(look, "fail")});
    verdict_add(verdict,
                &(struct threshold){.what = "certificate good for",
                                    .value = left,
                                    .unit = "s",
                                    .warn = look_bound(look, "certificate-warn"),
                                    .fail = look_bound(look, "certificate-fail"),
                                    .is_low_bad = true});
    look_reading(look, part, "time", (double)time / 1e6, "s");
    look_reading(look, part, "certificate", left, "s");
}

static void say_failure(struct request *request, CURLcode code, const char *part)
{
    const char *words = request->why[0] ? request->why : curl_easy_strerror(code);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        findings_state(request->look->findings, part, STATE_FAIL,
                       "its certificate is not trusted: %s",
                       trust_reason(request->curl));
    else if (code == CURLE_OPERATION_TIMEDOUT)
        findings_state(request->look->findings, part, STATE_FAIL, "no answer in time");
    else
        findings_state(request->look->findings, part, STATE_FAIL, "%s", words);
}

/* The part is the URL, without a password that it may hold. */
static char *name_part(const char *url)
{
    CURLU *parts = curl_url();
    char *name = NULL, *copy;
    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK)
        curl_url_get(parts, CURLUPART_URL, &name, 0);
    copy = strchr(url, '@') && name ? text_copy(name) : text_copy(url);
    curl_free(name);
    curl_url_cleanup(parts);
    return copy;
}

static void try_url(const struct look *look, const char *url, int64_t deadline)
{
    AUTO(request) struct request request = {.look = look, .curl = curl_easy_init()};
    AUTO(verdict) struct verdict verdict = {0};
    AUTO(str) char *part = name_part(url);
    prepare(&request, url, deadline);
    CURLcode code = curl_easy_perform(request.curl);
    if (code != CURLE_OK) {
        say_failure(&request, code, part);
        return;
    }
    judge_status(&request, &verdict);
    judge_content(&request, &verdict);
    judge_numbers(&request, part, &verdict);
    verdict_say(&verdict, look->findings, part);
}

static int http_look(struct look *look, struct error *err)
{
    const struct texts *urls = settings_texts(look->settings, "url");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, -EIO, "libcurl does not start");
    for (size_t i = 0; i < urls->count; i++)
        try_url(look, urls->items[i], wire_deadline(look, urls->count - i));
    return 0;
}

const struct probe probe_http = {
    .monitor = &monitor_http,
    .look = http_look,
};
