#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may: tokens made, used, limited and revoked while the daemon runs; what they say is
# seen nowhere; slow and greedy clients; the daemon becomes another user. With BRIEF nobody
# is slow, which takes a minute.
. "$(dirname "$0")/lib.sh"
conf=$work/server.conf
log=$work/server.log

# write_conf STORE [SETTING…]
write_conf() {
    store=$1
    shift
    printf '%s\n' "(store \"$store\")" "$@" >"$conf"
    chmod 600 "$conf"
}

said() {
    grep -qF -- "$2" "$work/$1"
}

# status TOKEN [CURL-OPTION…] PATH: the status; TOKEN "": none.
status() {
    token=$1
    shift
    for path in "$@"; do :; done
    i=1
    count=$#
    while [ "$i" -lt "$count" ]; do
        set -- "$@" "$1"
        shift
        i=$((i + 1))
    done
    shift
    [ -z "$token" ] || set -- -H "@$work/$token.header" "$@"
    curl -sS -m 30 -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" \
        "http://127.0.0.1:$port$path"
}

# add NAME [OPTION…]: a token, for status.
add() {
    name=$1
    shift
    sheepdog-queue-daemon token add -c "$conf" "$@" >"$work/$name.out" 2>"$work/$name.err" ||
        return
    { printf 'Authorization: Bearer ' && head -n 1 "$work/$name.out"; } >"$work/$name.header"
}

has_status() {
    [ "$(status "$2" "$3")" = "$1" ]
}

end_server() {
    kill -TERM "$server_pid"
    wait "$server_pid"
}

write_conf "$work/sheepdog.db" '(limits (connections 8) (requests 50))'
start_server "$conf" "$log"

# Slow clients, who take their time while the rest goes on.
slow='head body idle'
[ -z "${BRIEF:-}" ] || slow=
for how in $slow; do
    /usr/bin/python3 "$way/slow" "$port" "$how" 100 >"$work/slow.$how" &
    eval "slow_$how=\$!"
done

# Without tokens.
expect "without tokens everybody may" 200 "$(status '' /v1/status)"
expect "and is a shepherd" '{"host":"*","role":"shepherd"}' \
    "$(status '' /v1/token >/dev/null && cat "$work/body")"

# The first token.
check "a token is made while the daemon runs" add shepherd --role shepherd
check "which says that nobody comes in without one now" \
    said shepherd.err 'from now on nobody comes in without one'
check "it has 256 bits" grep -qxE 'sheepdog_[A-Za-z0-9_-]{43}' "$work/shepherd.out"
check "the line that joins a machine is there too" \
    grep -qxE 'sheepdog join http://127.0.0.1:7777 --token sheepdog_[A-Za-z0-9_-]{43}' \
    "$work/shepherd.out"
check "within a second or so it is needed" wait_until 3 has_status 401 '' /v1/status
check "and asked for as RFC 6750 has it" grep -qi '^WWW-Authenticate: Bearer' "$work/head"
expect "but not to ask for the health" 200 "$(status '' /healthz)"
expect "with it: 200" 200 "$(status shepherd /v1/status)"

# Roles.
add bark --host penguin2 --role bark
add read --host '*' --role read
check "a token is known at once" wait_until 3 has_status 200 read /v1/status
expect "a reader sees" 200 "$(status read /v1/messages)"
expect "and sends nothing" 403 "$(status read -d '{"tag":"t"}' /v1/messages)"
expect "and changes nothing" 403 "$(status read -X DELETE /v1/dead/1)"
expect "a barker sends" 202 "$(status bark -d '{"tag":"t","status":0}' /v1/messages)"
expect "and sees nothing" 403 "$(status bark /v1/messages)"
expect "but who he is" '{"host":"penguin2","role":"bark"}' \
    "$(status bark /v1/token >/dev/null && cat "$work/body")"
expect "another host: 403" 403 \
    "$(status bark -d '[{"tag":"t"},{"tag":"t","host":"penguin1"}]' /v1/messages)"
check "which names the message" said body '"index":1}'
check "and is logged with address, token and both hosts" \
    said server.log '127.0.0.1, token 2: a message of host penguin1, with a token of host penguin2'
expect "another host in what is not understood: 403" 403 \
    "$(status bark -d '{"v":9,"host":"penguin1"}' /v1/messages)"
expect "a message without a host has the token's" '"host":"penguin2"' \
    "$(status read '/v1/messages' >/dev/null && grep -o '"host":"[^"]*"' "$work/body")"

# What is wrong in a call.
sheepdog-queue-daemon token add -c "$conf" --role bark 2>"$work/refused"
expect "a barker without a host: exit status 2" 2 $?
sheepdog-queue-daemon token add -c "$conf" --role read --host h 2>"$work/refused"
expect "a reader of one host: exit status 2" 2 $?
sheepdog-queue-daemon token add -c "$conf" --rol bark 2>"$work/refused"
check "an option that is none is suggested" said refused 'did you mean --role?'
sheepdog-queue-daemon tokens list 2>"$work/refused"
expect "a command that is none: exit status 2" 2 $?
check "and is suggested" said refused 'did you mean token?'
sheepdog-queue-daemon token revoke -c "$conf" 77 2>"$work/refused"
expect "a number that is none: exit status 1" 1 $?

# The list.
expect "the list has them" "1 shepherd * 2 bark penguin2 3 read *" \
    "$(sheepdog-queue-daemon token list -c "$conf" | sed 1d | awk '{print $1, $2, $NF}' | tr '\n' ' ' | sed 's/ $//')"
expect "as JSON too" "shepherd bark read" \
    "$(sheepdog-queue-daemon token list -c "$conf" --json |
        /usr/bin/python3 -c 'import json, sys; print(*[t["role"] for t in json.load(sys.stdin)])')"

# Expired, revoked.
add brief --host penguin3 --role bark --expires 3s
expect "a token for a while" 200 "$(status brief /v1/token)"
check "is none when that is over" wait_until 6 has_status 401 brief /v1/token
check "a token is revoked" sheepdog-queue-daemon token revoke 3 -c "$conf"
check "and within a second or so is none" wait_until 3 has_status 401 read /v1/status

# Wrong tokens.
echo 'Authorization: Bearer sheepdog_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' >"$work/wrong.header"
check "who tries wrong tokens is told to wait" wait_until 5 has_status 429 wrong /v1/status
check "for a minute" grep -qi '^Retry-After: 60' "$work/head"
expect "and keeps nobody out who has a good one" 200 "$(status shepherd /v1/status)"

# Too many requests of a token.
seq 200 | sed "s|.*|url = http://127.0.0.1:$port/v1/token|" >"$work/many"
curl -sS -m 60 -H "@$work/bark.header" -o "$work/out" -w '%{http_code}\n' -K "$work/many" \
    >"$work/statuses" 2>&1
check "200 requests at once: some are taken" grep -q 200 "$work/statuses"
check "and some are too many" grep -q 429 "$work/statuses"
expect "of this token alone" 200 "$(status shepherd /v1/status)"

# Too many connections of an address.
cat >"$work/crowd.py" <<'PYTHON'
import socket, sys
port = int(sys.argv[1])
alive = 0
crowd = [socket.create_connection(("127.0.0.1", port)) for i in range(20)]
for guest in crowd:
    guest.settimeout(5)
    try:
        guest.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        alive += guest.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        pass
print(alive)
PYTHON
alive=$(/usr/bin/python3 "$work/crowd.py" "$port")
check "of 20 connections of one address at most 8 are taken" \
    test "$alive" -ge 1 -a "$alive" -le 8
check "which is logged" said server.log 'connections, as many as one address may'
check "and then others are let in" wait_until 5 has_status 200 shepherd /v1/status

# The slow ones.
for how in $slow; do
    eval "wait \$slow_$how"
done
if [ -n "$slow" ]; then
    check "a header that never ends is cut after 30 s" \
        test "$(cat "$work/slow.head")" -ge 28 -a "$(cat "$work/slow.head")" -le 40
    check "a body that never ends, too" \
        test "$(cat "$work/slow.body")" -ge 28 -a "$(cat "$work/slow.body")" -le 40
    check "and who is slow with a second request, after 60 s" \
        test "$(cat "$work/slow.idle")" -ge 58 -a "$(cat "$work/slow.idle")" -le 75
fi

# The secret.
sed -n 1p "$work/shepherd.out" >"$work/secret"
check "no log has a token" sh -c '! grep -qF sheepdog_ "$1"' - "$log"
check "no process list has one" sh -c '
    ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" "\n" | grep -qaF -f "$1"' - "$work/secret"
check "the store has none" sh -c '! cat "$1"* 2>/dev/null | grep -qaF -f "$2"' - \
    "$work/sheepdog.db" "$work/secret"
end_server

# Another user.
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
    chmod 755 "$work"
    write_conf "$work/kept/sheepdog.db" '(user "nobody")'
    chmod 644 "$conf"
    start_server "$conf" "$log"
    expect "the daemon becomes the user" nobody "$(ps -o user= -p "$server_pid" | tr -d ' ')"
    check "and says so" said server.log 'we go on as user nobody'
    check "without any other group" grep -qE "^Groups:[[:space:]]*($(id -g nobody))?[[:space:]]*$" \
        "/proc/$server_pid/status"
    check "nor a way back" grep -qE '^NoNewPrivs:[[:space:]]*1' "/proc/$server_pid/status"
    expect "the store is his" "nobody 700 nobody 600" \
        "$(stat -c '%U %a' "$work/kept" "$work/kept/sheepdog.db" | tr '\n' ' ' | sed 's/ $//')"
    add mine --role shepherd
    check "root makes a token, and the files stay his" \
        sh -c '! find "$1" ! -user nobody | grep -q .' - "$work/kept"
    expect "and it lets in" 200 "$(status mine /v1/status)"
    expect "a message is stored" 202 "$(status mine -d '{"tag":"t","status":0}' /v1/messages)"
    end_server
    expect "it ends well" 0 $?

    chmod 600 "$conf"
    sheepdog-queue-daemon -c "$conf" --port 0 2>"$work/refused"
    expect "a configuration that he cannot read: exit status 1" 1 $?
    check "which says what to do" said refused "chgrp $(id -g nobody) $conf && chmod 640 $conf"
    chgrp "$(id -g nobody)" "$conf"
    chmod 640 "$conf"
    chown root "$work/kept/sheepdog.db"
    sheepdog-queue-daemon -c "$conf" --port 0 2>"$work/refused"
    expect "a store that is root's: exit status 1" 1 $?
    check "which says what to do" said refused "chown -R nobody: $work/kept/sheepdog.db*"
    write_conf "$work/kept/sheepdog.db" '(user "no-such-user")'
    sheepdog-queue-daemon -c "$conf" --port 0 2>"$work/refused"
    expect "a user whom nobody knows: exit status 1" 1 $?
    check "which names him" said refused '(user "no-such-user"): there is no such user'
else
    echo "# skipped: becoming another user takes root"
fi
finish
