#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# daemon: the real daemon of a machine, and a real queue daemon that hears of it.
. "$(dirname "$0")/lib.sh"

mkdir -m 755 "$work/plugins"
states=$work/state/sheepdog/daemon/states
log=$work/daemon.log
: >"$log"

# Every name that is built in, but those that the test needs, is off: the machine that
# the test runs on is none of its business.
off=$(sheepdog monitors --json |
    python3 -c 'import json, sys
for monitor in json.load(sys.stdin)["monitors"]:
    if monitor["default"]: print("(monitor %s off)" % monitor["name"])')

# plugin NAME: its text is read from stdin.
plugin() {
    cat >"$work/plugins/.new"
    chmod 755 "$work/plugins/.new"
    mv "$work/plugins/.new" "$work/plugins/$1"
}

# configure [FORM…]: what the daemon reads.
configure() {
    {
        echo "(port $port) (patience \"5s\") (beat \"1s\") (plugins \"$work/plugins\")"
        echo '(redact "secret=[a-z]*")'
        echo "$off"
        printf '%s\n' "$@"
    } >"$work/conf.new"
    mv "$work/conf.new" "$work/daemon.conf"
}

start_daemon() {
    sheepdog-daemon -c "$work/daemon.conf" 2>>"$log" &
    daemon_pid=$!
    pids="$pids $daemon_pid"
    started=$((started + 1))
    wait_until 20 has_lines "$log" "version .* watching" "$started" || {
        echo "not ok the daemon starts"
        cat "$log"
        exit 1
    }
}
started=0

end_daemon() {
    kill "$daemon_pid"
    wait "$daemon_pid"
}

# has_lines FILE PATTERN COUNT: at least so many match.
has_lines() {
    [ "$(grep -c "$2" "$1")" -ge "$3" ]
}

# told TAG: what the server was told of it, a line each, oldest first.
told() {
    sheepdog list -c "$work/daemon.conf" --json --tag "$1" --limit 1000 |
        python3 -c 'import json, sys
for row in json.load(sys.stdin):
    if row["message"]["kind"] == "note":
        print(row["message"]["err"], row["message"]["text"])'
}

# is_told TAG PATTERN: the store has such a line of it.
is_told() {
    ask_store "$work/sheepdog.db" "SELECT coalesce(err, 'None'), body ->> '\$.text'
        FROM message JOIN tag ON tag.number = message.tag
        WHERE tag.tag = '$1' AND kind = 'note'" | grep -q "$2"
}

# looked PLUGIN COUNT: it was run so many times more.
looked() {
    seen=$(wc -l <"$work/$1.looks")
    wait_until 30 sh -c "[ \$(wc -l <'$work/$1.looks') -ge $((seen + $2)) ]"
}

cat >"$work/server.conf" <<CONF
(store "$work/sheepdog.db") (log "$work/told.log")
CONF
start_server "$work/server.conf" "$work/server.log"

plugin switch <<PLUGIN
#!/bin/sh
echo >>"$work/switch.looks"
[ -e "$work/flag" ] && echo "warning reboot required" || echo ok
echo reading temperature 21.5 C
PLUGIN

# ---- a state, once ----

configure '(monitor switch (every "200ms"))'
start_daemon
check "a plugin's first state is told" wait_until 30 is_told switch SUCCESS
touch "$work/flag"
check "its change is told" wait_until 30 is_told switch 'WARNING reboot required'
looked switch 4
rm "$work/flag"
check "and that it is over" wait_until 30 grep -q '"state":"ok"' "$states"
looked switch 4
end_daemon
expect "the daemon ends well" 0 $?
expect "each was told once" "SUCCESS None
WARNING reboot required
SUCCESS None" "$(told switch)"

# ---- a restart ----

start_daemon
looked switch 3
kill -9 "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
start_daemon
looked switch 3
end_daemon
expect "after a restart, and a crash, nothing is told anew" 3 "$(told switch | wc -l)"

start_daemon
expect "one daemon has the state folder" 1 "$(
    sheepdog-daemon -c "$work/daemon.conf" 2>"$work/second.log"
    echo $?
)"
check "the second one says so" grep -q 'another sheepdog-daemon has' "$work/second.log"

# ---- facts ----

plugin flock <<'PLUGIN'
#!/bin/sh
if [ "$1" = describe ]; then
    echo '(plugin (name "flock") (relation sheep (column name text key) (column legs number)))'
else
    echo '(facts sheep ("dolly" 4) ("tripod" 3))'
fi
PLUGIN
configure '(monitor switch (every "200ms"))' '(monitor flock (every "500ms"))'
kill -HUP "$daemon_pid"
is_sent() {
    sqlite3 -readonly "$work/sheepdog.db" "SELECT name FROM relation" | grep -qx "$1"
}
check "what is built in is sent" wait_until 20 is_sent kernel
check "what a plugin says is sent" wait_until 20 is_sent sheep

# ---- what goes wrong ----

plugin crashes <<PLUGIN
#!/bin/sh
[ "\$1" = monitor ] || exit 0
[ -e "$work/well" ] && echo ok && exit
echo "no such wool: secret=fleece" >&2
kill -SEGV \$\$
PLUGIN
plugin hangs <<PLUGIN
#!/bin/sh
[ "\$1" = monitor ] || exit 0
echo \$\$ >"$work/hangs.pid"
sleep 1000
PLUGIN
plugin floods <<PLUGIN
#!/bin/sh
[ "\$1" = monitor ] || exit 0
yes "note all the same"
PLUGIN
plugin babbles <<PLUGIN
#!/bin/sh
echo warning this is read
echo baa baa
PLUGIN
configure '(monitor switch (every "200ms"))' \
    '(monitor crashes (every "200ms"))' \
    '(monitor hangs (every "200ms") (timeout "300ms"))' \
    '(monitor floods (every "200ms"))' '(monitor babbles (every "200ms"))'
kill -HUP "$daemon_pid"
check "a crash is told, in its last words" \
    wait_until 30 is_told crashes 'UNKNOWN it crashed: signal 11.*no such wool: .redacted.$'
expect "but for what is secret, which no file has" 1 "$(
    grep -rqs fleece "$work/state" "$log"
    echo $?
)"
check "what hangs is told of" wait_until 30 is_told hangs 'UNKNOWN it took longer than 300 ms'
check "what floods is told of" wait_until 30 is_told floods 'UNKNOWN it printed too much'
check "what cannot be read is told of" \
    wait_until 30 is_told babbles 'UNKNOWN it printed what cannot be read: line 2: '
check "what hung is gone" wait_until 10 sh -c '! kill -0 "$1"' - "$(cat "$work/hangs.pid")"
looked switch 5
expect "each of them once" "1 1 1" \
    "$(told crashes | wc -l) $(told hangs | wc -l) $(told floods | wc -l)"
touch "$work/well"
check "that it runs again is told" wait_until 20 is_told crashes SUCCESS

# ---- another configuration ----

configure '(monitor port (evry "200ms"))' '(monitor swich)'
kill -HUP "$daemon_pid"
check "a broken configuration changes nothing, and that is told" \
    wait_until 30 is_told daemon 'UNKNOWN the configuration stays as it was: '
check "the log says where it is broken" \
    grep -q "$work/daemon.conf:[0-9]*:[0-9]*: .*every" "$log"
looked switch 2

# ---- plugins that cannot be used ----

plugin flock <<'PLUGIN'
#!/bin/sh
echo '(plugin (name "flock"'
PLUGIN
plugin sleeps <<PLUGIN
#!/bin/sh
[ "\$1" = describe ] && echo >>"$work/sleeps.asked" && sleep 3
echo ok
PLUGIN
plugin posts <<'PLUGIN'
#!/bin/sh
[ "$1" = describe ] || echo '{"mail":"wool"}'
PLUGIN
well='(monitor switch (every "200ms"))'
off_all='(monitor babbles off) (monitor floods off) (monitor hangs off)'
configure "$well" "$off_all" '(monitor flock (tag "sheep"))' '(monitor swich)' \
    '(monitor posts (every "200ms"))' '(monitor crashes (colour "white"))'
kill -HUP "$daemon_pid"
wait_until 30 test -s "$work/sleeps.asked"
expect "one that is slow to say what it is keeps nothing waiting" 0 "$(
    looked switch 5
    echo $?
)"
check "one that is broken is told of by its tag" \
    wait_until 30 is_told sheep "UNKNOWN .*daemon.conf:[0-9]*:1: .*flock: describe: "
check "one that is not there too" \
    wait_until 30 is_told swich 'UNKNOWN .*no plugin is called swich; did you mean switch?'
check "and one of which the form is wrong" \
    wait_until 30 is_told crashes 'UNKNOWN .*daemon.conf:.*colour'
check "and one that speaks as receivers do" \
    wait_until 30 is_told posts 'UNKNOWN it printed a mail'
expect "while --check is strict" 1 "$(
    sheepdog-daemon -c "$work/daemon.conf" --check 2>"$work/bad.log"
    echo $?
)"
expect "and says each" 3 "$(grep -c "daemon.conf:[0-9]*:[0-9]*: " "$work/bad.log")"
plugin flock <<'PLUGIN'
#!/bin/sh
echo ok
PLUGIN
configure "$well" "$off_all" '(monitor flock (tag "sheep") (every "200ms"))'
kill -HUP "$daemon_pid"
check "it is well when it is mended" wait_until 30 is_told sheep SUCCESS
expect "one that did not change is asked once, and by --check" 2 "$(wc -l <"$work/sleeps.asked" | tr -d ' ')"
rm "$work/plugins/sleeps" "$work/plugins/posts" "$work/plugins/flock"

tries=50
while [ "$tries" -gt 0 ]; do
    kill -HUP "$daemon_pid"
    tries=$((tries - 1))
    [ $((tries % 10)) -ne 0 ] || sleep 0.1
done
looked switch 5
check "fifty HUPs in a row do no harm" kill -0 "$daemon_pid"
expect "nor is anything told anew" 1 "$(told switch | tail -n 1 | grep -c SUCCESS)"

configure '(monitor babbles off)' '(monitor floods off)' '(monitor hangs off)'
rm "$work/plugins/switch" "$work/plugins/crashes"
kill -HUP "$daemon_pid"
check "that it is good again is told" wait_until 30 is_told daemon SUCCESS
check "what was well and is watched no more is told of" \
    wait_until 30 is_told switch 'None no longer watched'
check "what was wrong too" wait_until 30 is_told hangs \
    'UNKNOWN no longer watched; it was unknown: it took longer'
end_daemon
check "the end does not take long" grep -q 'sheepdog-daemon: ended' "$log"

# ---- its end ----

plugin deaf <<PLUGIN
#!/bin/sh
[ "\$1" = monitor ] || exit 0
trap '' TERM
echo \$\$ >"$work/deaf.pid"
while :; do sleep 1; done
PLUGIN
configure '(monitor deaf (timeout "1h"))'
rm -f "$work/deaf.pid"
start_daemon
wait_until 30 test -s "$work/deaf.pid"
begin=$(date +%s)
end_daemon
check "it ends within 5 seconds, whatever runs" test $(($(date +%s) - begin)) -le 5
check "and nothing of it is left" wait_until 10 sh -c '! kill -0 "$1"' - "$(cat "$work/deaf.pid")"
rm "$work/plugins/deaf"

# ---- a configuration is checked, and looked at once ----

cat >"$work/bad.conf" <<CONF
(port $port)
(monitor load (warn "soon"))
(monitor lode)
(monitor memory) (monitor memory)
CONF
expect "a bad configuration is none" 1 "$(
    sheepdog-daemon -c "$work/bad.conf" --check 2>"$work/bad.log"
    echo $?
)"
check "a wrong value has its place" grep -q "bad.conf:2:1[0-9]*: .*soon" "$work/bad.log"
check "a tag that is taken has its place" \
    grep -q 'bad.conf:4:18: the tag "memory" is that of the monitor memory in line 4' \
    "$work/bad.log"
check "an unknown name has its place, and a neighbour" \
    grep -q 'bad.conf:3:1: no monitor.*lode; did you mean load?' "$work/bad.log"

plugin switch <<PLUGIN
#!/bin/sh
[ -e "$work/flag" ] && echo "warning reboot required" || echo ok
echo reading temperature 21.5 C
PLUGIN
configure '(monitor babbles off)' '(monitor floods off)' '(monitor hangs off)'
check "a good one is good" sheepdog-daemon -c "$work/daemon.conf" --check
check "all is well, seen once" sheepdog-daemon -c "$work/daemon.conf" --once
touch "$work/flag"
expect "something is not" 1 "$(
    sheepdog-daemon -c "$work/daemon.conf" --once >"$work/once"
    echo $?
)"
check "a state for people" grep -q '^warning  switch  *reboot required$' "$work/once"
check "a reading for people" grep -q '^reading  switch.temperature  *21.5 C$' "$work/once"
check "a state as JSON" sh -c 'sheepdog-daemon -c "$1" --once --json |
    grep -qx "{\"tag\":\"switch\",\"state\":\"warning\",\"text\":\"reboot required\"}"' \
    - "$work/daemon.conf"
chmod 777 "$work/plugins/switch"
expect "a plugin that others can write is none" 1 "$(
    sheepdog-daemon -c "$work/daemon.conf" --check 2>"$work/bad.log"
    echo $?
)"
check "and its path is named" grep -q "$work/plugins/switch: mode 0777" "$work/bad.log"
expect "a mistyped option is refused" 2 "$(
    sheepdog-daemon --onse 2>/dev/null
    echo $?
)"
finish
