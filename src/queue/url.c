// SPDX-License-Identifier: GPL-3.0-or-later
/* url - libcurl's parser, for schemes that it does not know too. */
#include "queue/url.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

static const struct {
    const char *scheme;
    int port;
} ports[] = {
    {"http://", 7777},   {"https://", 7777}, {"redis://", 6379},
    {"rediss://", 6379}, {"amqp://", 5672},  {"amqps://", 5671},
};

int url_default_port(const char *text)
{
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (strncmp(text, ports[i].scheme, strlen(ports[i].scheme)) == 0)
            return ports[i].port;
    return 0;
}

void url_clear(struct url *url)
{
    free(url->scheme);
    free(url->host);
    free(url->user);
    free(url->password);
    free(url->path);
    free(url->name);
    *url = (struct url){0};
}

/* NULL where the URL has no such part. */
static char *part_of(CURLU *parts, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(parts, part, &text, flags) != CURLUE_OK)
        return NULL;
    char *copy = text_copy(text);
    curl_free(text);
    return copy;
}

/* The brackets of an IPv6 address are the URL's, not the address's. */
static char *bare_host(const char *host)
{
    size_t length = strlen(host);
    bool has_brackets = length > 2 && host[0] == '[' && host[length - 1] == ']';
    return has_brackets ? memory_copy(host + 1, length - 2) : text_copy(host);
}

static int take_parts(CURLU *parts, int fallback_port, struct url *ret)
{
    AUTO(str) char *host = part_of(parts, CURLUPART_HOST, 0);
    AUTO(str) char *port = part_of(parts, CURLUPART_PORT, 0);
    AUTO(str) char *path = part_of(parts, CURLUPART_PATH, CURLU_URLDECODE);
    AUTO(str) char *query = part_of(parts, CURLUPART_QUERY, 0);
    AUTO(str) char *fragment = part_of(parts, CURLUPART_FRAGMENT, 0);
    ret->scheme = part_of(parts, CURLUPART_SCHEME, 0);
    if (!host || !*host || !ret->scheme || query || fragment)
        return -EINVAL;
    ret->user = part_of(parts, CURLUPART_USER, CURLU_URLDECODE);
    ret->password = part_of(parts, CURLUPART_PASSWORD, CURLU_URLDECODE);
    ret->host = bare_host(host);
    ret->port = port ? (int)strtol(port, NULL, 10) : fallback_port;
    ret->path = text_copy(path && *path == '/' ? path + 1 : "");
    ret->name = text_format("%s://%s:%d", ret->scheme, host, ret->port);
    return 0;
}

/* What stands before the last @ may be a password: it is not shown. */
static const char *shown(const char *text)
{
    const char *at = strrchr(text, '@');
    return at ? at : text;
}

int url_parse(const char *text, int fallback_port, struct url *ret, struct error *err)
{
    AUTO(url) struct url url = {0};
    CURLU *parts = curl_url();
    int rc = -EINVAL;
    if (strstr(text, "://") &&
        curl_url_set(parts, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        rc = take_parts(parts, fallback_port, &url);
    curl_url_cleanup(parts);
    if (rc < 0)
        return error_set(err, rc,
                         "\"%.80s\" is no URL such as redis://HOST:PORT or "
                         "https://HOST:PORT",
                         shown(text));
    *ret = url;
    url = (struct url){0};
    return 0;
}
