// SPDX-License-Identifier: GPL-3.0-or-later
/* ping - whether hosts answer, how many echoes are lost, and how long they take. Each
 * address is a part: ping:gateway.
 *
 * By ICMP sockets of our own: those that the kernel gives to everybody (the sysctl
 * net.ipv4.ping_group_range), else raw ones, which root has; else by the program ping,
 * which may what we may not. */
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "monitor/helper.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

#define INTERVAL     200000 /* us from one echo to the next */
#define STEP         5000   /* us from one look for the last answer to the next */
#define COUNT_MAX    100
#define PACKET_SIZE  64 /* bytes, with the header */
#define ANSWER_SIZE  1500
#define PROGRAM_TEXT 4096 /* bytes that ping may print */

static const struct setting ping_settings[] = {
    {"timeout", SETTING_DURATION, "1m", NULL, "after which a look is ended"},
    {"address", SETTING_TEXTS, setting_required, NULL, "names or addresses"},
    {"count", SETTING_NUMBER, "5", NULL, "echoes to ask for, up to 100"},
    {"wait", SETTING_DURATION, "1s", NULL, "how long the last one may take"},
    {"warn", SETTING_PERCENT, "40%", NULL, "echoes lost, from which on it warns"},
    {"fail", SETTING_PERCENT, "100%", NULL, "echoes lost, from which on it fails"},
    {"time-warn", SETTING_DURATION, NULL, NULL, "mean time, from which on it warns"},
    {"time-fail", SETTING_DURATION, NULL, NULL, "mean time, from which on it fails"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* What came of it. */
struct echoes {
    int sent, received;
    double seconds; /* of all that were received */
};

/* One socket; how an echo looks in each protocol. */
struct pinger {
    int fd;
    bool is_raw; /* it hears the echoes of others too, and IPv4's with their headers */
    int request, reply; /* the types of the protocol */
    uint16_t id;
    int64_t sent[COUNT_MAX]; /* us, monotonic */
    bool is_answered[COUNT_MAX];
};

/* The same in ICMP and ICMPv6. */
struct echo {
    uint8_t type, code;
    uint16_t checksum, id, number;
};

/* RFC 1071. The kernel makes that of ICMPv6, and of sockets that are not raw. */
static uint16_t checksum(const unsigned char *bytes, size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint16_t word;
        memcpy(&word, bytes + i, sizeof word);
        sum += word;
    }
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static int pinger_open(const struct addrinfo *to, struct pinger *ret, struct error *err)
{
    bool is_v6 = to->ai_family == AF_INET6;
    int protocol = is_v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    *ret = (struct pinger){
        .fd = socket(to->ai_family, SOCK_DGRAM | flags, protocol),
        .request = is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
        .reply = is_v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY,
        .id = (uint16_t)getpid(),
    };
    if (ret->fd < 0) {
        ret->fd = socket(to->ai_family, SOCK_RAW | flags, protocol);
        ret->is_raw = true;
    }
    if (ret->fd < 0)
        return error_set(err, -errno, "%s", strerror(errno));
    if (connect(ret->fd, to->ai_addr, to->ai_addrlen) == 0)
        return 0;
    int number = errno;
    close(ret->fd);
    return error_set(err, -number, "%s", strerror(number));
}

/* What cannot be sent is lost. */
static void ask(struct pinger *pinger, int number)
{
    unsigned char packet[PACKET_SIZE] = {0};
    struct echo echo = {.type = (uint8_t)pinger->request,
                        .id = htons(pinger->id),
                        .number = htons((uint16_t)number)};
    memcpy(packet, &echo, sizeof echo);
    echo.checksum = checksum(packet, sizeof packet);
    memcpy(packet, &echo, sizeof echo);
    pinger->sent[number] = clock_monotonic();
    if (send(pinger->fd, packet, sizeof packet, MSG_NOSIGNAL) < 0)
        return;
}

/* Whether it is the first answer to one of ours. */
static bool is_answer(const struct pinger *pinger, const unsigned char *bytes,
                      size_t size, int sent, struct echo *ret)
{
    size_t skip = 0;
    if (pinger->is_raw && pinger->reply == ICMP_ECHOREPLY && size > 0)
        skip = (size_t)(bytes[0] & 0x0f) * 4;
    if (size < skip + sizeof *ret)
        return false;
    memcpy(ret, bytes + skip, sizeof *ret);
    int number = ntohs(ret->number);
    return ret->type == pinger->reply && number < sent &&
           !pinger->is_answered[number] &&
           (!pinger->is_raw || ntohs(ret->id) == pinger->id);
}

static void take_answers(struct pinger *pinger, struct echoes *echoes)
{
    unsigned char bytes[ANSWER_SIZE];
    ssize_t size;
    while ((size = recv(pinger->fd, bytes, sizeof bytes, 0)) > 0) {
        struct echo echo;
        if (!is_answer(pinger, bytes, (size_t)size, echoes->sent, &echo))
            continue;
        int number = ntohs(echo.number);
        pinger->is_answered[number] = true;
        echoes->received++;
        echoes->seconds += (double)(clock_monotonic() - pinger->sent[number]) / 1e6;
    }
}

/* Takes answers until that time, though none is missing any more. */
static void listen_until(struct pinger *pinger, struct echoes *echoes, int64_t time)
{
    struct pollfd ready = {.fd = pinger->fd, .events = POLLIN};
    int64_t left;
    while ((left = time - clock_monotonic()) > 0)
        if (poll(&ready, 1, (int)(left / 1000) + 1) > 0)
            take_answers(pinger, echoes);
}

/* The last one is waited for only as long as one is missing. */
static void exchange(struct pinger *pinger, int count, int64_t wait,
                     struct echoes *echoes)
{
    int64_t next = clock_monotonic();
    for (int i = 0; i < count; i++) {
        ask(pinger, i);
        echoes->sent = i + 1;
        next += INTERVAL;
        if (i + 1 < count)
            listen_until(pinger, echoes, next);
    }
    int64_t end = clock_monotonic() + wait * 1000;
    while (echoes->received < count && clock_monotonic() < end)
        listen_until(pinger, echoes, clock_monotonic() + STEP);
}

/* "5 packets transmitted, 4 received, 20% packet loss, time 4005ms" and
 * "rtt min/avg/max/mdev = 0.021/0.034/0.044/0.009 ms"; Busybox has "round-trip" and
 * "packets received". */
static bool parse_program(const char *text, struct echoes *ret)
{
    const char *line = strstr(text, " packets transmitted");
    const char *times = strstr(text, "min/avg/max");
    double mean = 0;
    while (line && line > text && line[-1] != '\n')
        line--;
    if (!line ||
        sscanf(line, "%d packets transmitted, %d", &ret->sent, &ret->received) != 2)
        return false;
    times = times ? strchr(times, '=') : NULL;
    if (times && sscanf(times, "= %*f/%lf", &mean) == 1)
        ret->seconds = mean / 1e3 * ret->received;
    return true;
}

static int run_program(const char *address, int count, int64_t wait,
                       struct echoes *echoes, struct error *err)
{
    AUTO(str) char *counted = text_format("%d", count);
    AUTO(str) char *waited = text_format("%lld", (long long)(wait + 999) / 1000);
    char *argv[] = {(char *)"ping", (char *)"-n",    (char *)"-q",
                    (char *)"-c",   counted,         (char *)"-W",
                    waited,         (char *)address, NULL};
    AUTO(helper) struct helper *helper = NULL;
    struct helper_plan plan = {.argv = argv,
                               .timeout = count * 1000 + 2 * wait + 2000,
                               .out_max = PROGRAM_TEXT};
    struct ended ended;
    int rc = helper_run(&plan, &helper, err);
    if (rc < 0)
        return rc;
    helper_ended(helper, &ended);
    if (parse_program(ended.out, echoes))
        return 0;
    rc = ended_check(&ended, plan.timeout, err);
    return rc < 0 ? rc : error_set(err, -EPROTO, "ping says nothing of echoes");
}

static void judge(const struct look *look, const char *part,
                  const struct echoes *echoes)
{
    AUTO(verdict) struct verdict verdict = {0};
    double lost = 100 - 100.0 * echoes->received / echoes->sent;
    double mean = echoes->received > 0 ? echoes->seconds / echoes->received : NAN;
    verdict_add(&verdict, &(struct threshold){.what = "echoes lost",
                                              .value = lost,
                                              .unit = "%",
                                              .warn = look_bound(look, "warn"),
                                              .fail = look_bound(look, "fail")});
    verdict_add(&verdict, &(struct threshold){.what = "mean time",
                                              .value = mean,
                                              .unit = "s",
                                              .warn = look_bound(look, "time-warn"),
                                              .fail = look_bound(look, "time-fail")});
    look_reading(look, part, "loss", lost, "%");
    look_reading(look, part, "time", mean, "s");
    verdict_say(&verdict, look->findings, part);
}

static int count_of(const struct look *look)
{
    double count = settings_number(look->settings, "count");
    return count < 1 ? 1 : count > COUNT_MAX ? COUNT_MAX : (int)count;
}

static int try_address(const struct look *look, const char *address,
                       struct echoes *echoes, struct error *err)
{
    int64_t wait = settings_duration(look->settings, "wait");
    int count = count_of(look);
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    int result = getaddrinfo(address, NULL, &hints, &found);
    if (result != 0)
        return error_set(err, -EHOSTUNREACH, "%s", gai_strerror(result));
    struct pinger pinger;
    int rc = pinger_open(found, &pinger, err);
    freeaddrinfo(found);
    if (rc == -EPERM || rc == -EACCES)
        return run_program(address, count, wait, echoes, err);
    if (rc < 0)
        return rc;
    exchange(&pinger, count, wait, echoes);
    close(pinger.fd);
    return 0;
}

static int ping_look(struct look *look, struct error *err UNUSED)
{
    const struct texts *addresses = settings_texts(look->settings, "address");
    for (size_t i = 0; i < addresses->count; i++) {
        const char *address = addresses->items[i];
        struct echoes echoes = {0};
        struct error why;
        if (try_address(look, address, &echoes, &why) < 0)
            findings_state(look->findings, address, STATE_FAIL, "it is not reached: %s",
                           why.text);
        else
            judge(look, address, &echoes);
    }
    return 0;
}

const struct monitor monitor_ping = {
    .name = "ping",
    .help = "hosts by their echoes: how many are lost, and how long they take",
    .settings = ping_settings,
    .place = MONITOR_FORKED,
    .look = ping_look,
};
