// SPDX-License-Identifier: GPL-3.0-or-later
/* joining - put together from the configuration and the certificate. */
#include "admin/joining.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/certificate.h"
#include "base/memory.h"

int joining_make_token(struct store *store, const struct token_row *wanted,
                       char ret[TOKEN_TEXT_SIZE], int64_t *ret_number,
                       struct error *err)
{
    struct token_row row = *wanted;
    token_make(ret, row.hash);
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_put_token(store, &row, ret_number, err);
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

static bool is_anywhere(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

/* Without a certificate: where the door listens. */
static char *find_server(const struct config *config, const struct certificate *found)
{
    char host[MESSAGE_NAME_MAX + 1] = "";
    bool is_v6 = strchr(config->listen, ':') != NULL;
    if (found->name)
        return text_copy(found->name);
    if (!is_anywhere(config->listen))
        return text_format("%s%s%s", is_v6 ? "[" : "", config->listen,
                           is_v6 ? "]" : "");
    if (gethostname(host, sizeof host - 1) < 0 || !*host)
        return text_copy("localhost");
    return text_copy(host);
}

int joining_print(const struct config *config, const char *token, struct error *err)
{
    AUTO(certificate) struct certificate found = {0};
    bool has_tls = config->tls_certificate[0];
    int rc = has_tls ? certificate_read(config->tls_certificate, &found, err) : 0;
    if (rc < 0)
        return rc;
    AUTO(str) char *server = find_server(config, &found);
    bool is_pinned = found.is_self_signed && found.pin;
    printf("sheepdog join %s://%s:%lld%s%s --token %s\n", has_tls ? "https" : "http",
           server, (long long)config->port, is_pinned ? " --pin " : "",
           is_pinned ? found.pin : "", token ? token : "TOKEN");
    return 0;
}
