#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the server's configuration expects: it is known from the start on, until the
# configuration says otherwise and HUP has it read again; what never comes is silent; and a
# configuration that is wrong changes nothing.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

# configure FORM…: writes the configuration.
configure() {
    printf '%s\n' "(store \"$work/store.db\") (log \"$work/alerts\")" "$@" >server.conf
    chmod 600 server.conf
}

# expected: host, tag and every of what is expected, a line each.
expected() {
    sheepdog ask --csv 'expected(host, tag, every, _, _)' | tail -n +2 | tr -d '\r'
}

is_expected() {
    [ "$(expected)" = "$1" ]
}

# is_silent TAG: that is an alert.
is_silent() {
    sheepdog alerts --tag "$1" | grep -q ' silent '
}

is_heard() {
    ! is_silent "$1"
}

# soon NAME WANTED: that is expected, soon.
soon() {
    wait_until 20 is_expected "$2"
    expect "$1" "$2" "$(expected)"
}

configure '(expect penguin2 backup (every "1d") (grace "2h"))' \
    '(expect router "config saved" (every "Mon 03:00") (zone "Europe/Zurich"))'
start_server server.conf server.log
printf '(host "localhost") (port %s) (spool (folder "%s"))\n' "$port" "$work/spool" >client.conf
chmod 600 client.conf
export SHEEPDOG_CONF="$work/client.conf"
expect "the server knows where it runs" 1 "$(sheepdog ask --count 'server(host, since)')"
soon "it is expected though nothing was ever heard" "penguin2,backup,1d
router,config saved,Mon 03:00"

curl -s -d '{"host":"penguin2", "tag":"backup", "status":0, "every":"1h"}' \
    "http://localhost:$port/v1/messages" >/dev/null
configure '(expect penguin2 backup (every "2d"))'
kill -HUP "$server_pid"
soon "what it says at HUP goes before what the job promised" "penguin2,backup,2d"

configure '(expect penguin2 backup (every "daily at noon"))'
kill -HUP "$server_pid"
wait_until 20 grep -q 'the configuration stays as it was' server.log
check "what is wrong is said where it stands" \
    grep -q "server.conf:2:32: every: " server.log
soon "and changes nothing" "penguin2,backup,2d"
expect "it is refused at the start, too" 1 \
    "$(sheepdog-queue-daemon -c server.conf --check 2>/dev/null; echo $?)"

configure '(expect penguin2 never (every "1s") (grace "1s"))'
kill -HUP "$server_pid"
check "a job that is only expected, and never comes, is silent" wait_until 30 is_silent never
configure '(expect penguin2 never (every "1d"))'
kill -HUP "$server_pid"
check "until it may take longer" wait_until 30 is_heard never

configure ''
kill -HUP "$server_pid"
soon "what is not there any more is not expected" ""
finish
