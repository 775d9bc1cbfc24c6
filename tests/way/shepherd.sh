#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shepherd's desk: a job fails and is told by mail; what is wrong, why, and who was told
# is seen; others are silenced and acknowledged; what goes well again is told. Who may only
# see changes nothing.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store" "$work/rules"
cat >"$work/rules/ours.dl" <<'END'
alert(host, "bananas", "ripe", "nobody is told of it") :- state(host, "tree", "warning", _).
END
# The default routes are for all but those.
sed 's/^route(host, tag, "\(.*\)") :- alert(host, tag, _, _)\.$/route(host, tag, "\1") :- alert(host, tag, severity, _), severity != "ripe"./' \
    "$way/../../etc/rules/telling.dl" >"$work/rules/telling.dl"
start_mail_server "$work/mail"
printf '(store "%s/store/sheepdog.db") (rules "%s/rules") (log "%s/told") (settle "0s") (flood 100)
(mailto "shepherd@example.org") (smtp (url "smtp://127.0.0.1:%s"))' \
    "$work" "$work" "$work" "$mail_port" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
printf '(queue "http://127.0.0.1:%s")' "$port" >"$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"

# note HOST TAG ERR
note() {
    curl -sS -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/messages" -d \
        "{\"kind\":\"note\",\"host\":\"$1\",\"tag\":\"$2\",\"err\":\"$3\",\"text\":\"the disk is full\"}" \
        >/dev/null
}

# has_alert WORD…: sheepdog alerts has a line with these words, a blank between
has_alert() {
    sheepdog alerts | tr -s ' ' | grep -qF -- "$*"
}

has_no_alert() {
    ! has_alert "$@"
}

# number HOST TAG: of its alert
number() {
    sheepdog alerts --json --host "$1" --tag "$2" |
        /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)[0]["number"])'
}

# says PATTERN COMMAND…: its output, of both kinds, has such a line
says() {
    pattern=$1
    shift
    "$@" >"$work/said" 2>&1
    grep -q -- "$pattern" "$work/said" || {
        cat "$work/said"
        false
    }
}

# exits STATUS PATTERN COMMAND…: it ends so, and says such a line on stderr
exits() {
    wanted=$1
    pattern=$2
    shift 2
    "$@" >"$work/said" 2>"$work/complaint"
    found=$?
    [ "$found" = "$wanted" ] && grep -q -- "$pattern" "$work/complaint" || {
        echo "exit status $found"
        cat "$work/said" "$work/complaint"
        false
    }
}

# ---- an alert ----
expect "without an alert there is nothing to say" "" "$(sheepdog alerts 2>&1)"
sheepdog run --tag backup -- sh -c 'echo full >&2; exit 3' 2>/dev/null
host=$(hostname)
[ -z "${SHEEPDOG_HOSTNAME:-}" ] || host=$SHEEPDOG_HOSTNAME
note ram tree WARNING
note ewe mail FAIL
check "a job that fails is an alert" wait_until 20 has_alert "fail $host backup"
check "what is wrong is listed, the worst first" wait_until 20 has_alert ripe ram bananas
expect "by severity" "fail fail ripe warning" \
    "$(sheepdog alerts | awk 'NR > 1 { print $2 }' | tr '\n' ' ' | sed 's/ $//')"
check "it is mailed" wait_until 20 has_mails "$work/mail" 3
backup=$(number "$host" backup)
check "show says all of one" says "^alert $backup: fail $host backup$" sheepdog show "$backup"
check "and who was told" says 'new  *fail  *mailto  *shepherd@example.org' \
    sheepdog show "$backup"
check "why has its rule" says 'alerts.dl:[0-9]*: alert(host, tag, state, text)' \
    sheepdog why "$backup"
check "and the message that it rests on" says 'state(.*, "backup", "fail", .*message' \
    sheepdog why "$backup"
check "what has not changed is not drawn twice" grep -qx 'and it is so now' "$work/said"
check "and who was told, by what" says 'new  *fail  *log' sheepdog why "$backup"
check "why of one that nobody is told of says that no rule routes it" \
    says 'nobody is told, for no rule routes it' sheepdog why "$(number ram bananas)"
check "and which nearly does" says 'telling.dl' sheepdog why "$(number ram bananas)"
check "why-not says how far rules come" says 'alerts.dl' sheepdog why-not ewe web
check "and is safe against any name" says 'does not hold' \
    sheepdog why-not ewe '"), host("x\'
check "a host that was mistyped is said" says 'did you mean ewe' sheepdog why-not ewee web

# ---- told ----
check "told lists it" says "new  *fail  *$host  *backup  *$backup  *mailto" sheepdog told
expect "nothing waits" "" "$(sheepdog told --waiting 2>&1)"
expect "as JSON" "new" "$(sheepdog told --json | /usr/bin/python3 -c '
import json, sys
print(*{telling["what"] for telling in json.load(sys.stdin)})')"
expect "since a time to come nothing is" "[]" "$(sheepdog told --json --since 2100-01-01)"

check "the digest says what is new" says 'ewe mail, since' sheepdog digest --since 1h
check "at most since a time that is one" exits 2 'is no time' sheepdog digest --since x

# ---- "I know" ----
check "somebody says that he knows" says "^alert $backup is known to .*@.* until 20" \
    sheepdog ack "$backup" --for 1d --reason "a new disk comes"
check "and alerts says so" has_alert acked
check "and show says who, until when and why" says 'known to  .*: a new disk comes$' \
    sheepdog show "$backup"
check "an acknowledgement has an end" exits 2 'when does it end' \
    sheepdog ack "$backup" --reason x
check "and a reason" exits 2 'why?' sheepdog ack "$backup" --for 1h
check "of an alert that there is" exits 1 'no alert that goes on has the number 999' \
    sheepdog ack 999 --for 1h --reason x
check "which is a number" exits 2 'expected the number of an alert' \
    sheepdog ack backup --for 1h --reason x

# ---- silence ----
check "a silence says what it is for" says ' fail  *ewe  *mail$' \
    sheepdog silence 'host:e* tag:mail*' --for 2h --reason "moving disks"
check "alerts says that it is held" wait_until 20 has_alert held
note ewe mailq FAIL
check "what begins in it is an alert" wait_until 20 has_alert fail ewe mailq
mailq=$(number ewe mailq)
check "why says which silence holds it" says 'hold("ewe", "mailq", "fail", ' \
    sheepdog why "$mailq"
check "by its rule" says 'telling.dl:[0-9]*: hold(' sheepdog why "$mailq"
expect "and nobody is told" 0 "$(sheepdog told | grep -c mailq)"
check "silences lists it" says '^1  *e\*  *mail\*  *20.*moving disks$' sheepdog silences
check "one that is for nothing says so" says 'are its patterns right?' \
    sheepdog silence tag:nothing --for 1h --reason x
check "by a calendar" sheepdog silence 'host:*' --until 30d --calendar 'Sat 02:00' \
    --length 4h --reason "the backup's window"
check "silences says when" says 'Sat 02:00, 4 h 0 min each' sheepdog silences
check "a silence has an end" exits 2 'when does it end' sheepdog silence host:e --reason x
check "and not two" exits 2 'which one' \
    sheepdog silence host:e --for 1h --until 2h --reason x
check "it says what for" exits 2 'which?' sheepdog silence --for 1h --reason x
check "in words that are known" exits 2 'did you mean host' \
    sheepdog silence hots:e --for 1h --reason x
check "its calendar is one" exits 1 'Sax' sheepdog silence host:e --for 1d --reason x \
    --calendar 'Sax 02:00' --length 1h
check "and has a time before its end" exits 1 'no window of its calendar' \
    sheepdog silence host:e --for 1h --reason x --calendar 2020-01-01 --length 1h
check "its windows are as long as a duration" exits 2 '.-length: "x" is no duration' \
    sheepdog silence host:e --for 1d --reason x --calendar 'Sat 02:00' --length x
check "a reason is more than a blank" exits 2 'why?' \
    sheepdog silence host:e --for 1h --reason ' '
check "it may begin later" says '^silence 4, from 20' \
    sheepdog silence host:ewe --from 1h --for 1h --reason "later"
check "which is listed so" says '^4 .*to come  *.*later$' sheepdog silences
check "and not before it is over" exits 2 'over already' \
    sheepdog silence host:ewe --from 2020-01-01 --for 1h --reason x
check "it is ended" says 'silence 1 has ended' sheepdog silences --end 1
check "and then what is still wrong is told" wait_until 20 says 'new .*mailq' sheepdog told
check "once" exits 1 'no silence that lasts has the number 1' sheepdog silences --end 1
check "what is over is listed with --all" says 'over' sheepdog silences --all

# ---- over ----
sheepdog run --tag backup -- true
check "what goes well again is no alert" wait_until 20 has_no_alert "fail $host backup"
check "that is told, though somebody knew" wait_until 20 says "over .*backup" sheepdog told
check "--all still lists it" says " over " sheepdog alerts --all
check "and so does --since" says " over " sheepdog alerts --since 1h
check "why still says what it was derived from" says 'alerts.dl' sheepdog why "$backup"
check "a number that is none" exits 1 'no alert has the number 999' sheepdog why 999
check "show tells it from a message" exits 1 'at least 8 characters' sheepdog show 999
check "bad options end with 2" exits 2 'did you mean --since' sheepdog alerts --sinse 1h
check "a bad time too" exits 2 'is no time' sheepdog told --since yesterday

# ---- who may ----
token=$(sheepdog-queue-daemon token add -c "$work/server.conf" --host '*' --role read |
    grep -o 'sheepdog_[A-Za-z0-9_-]*' | sed -n 1p)
printf '(queue "http://127.0.0.1:%s") (token "%s")' "$port" "$token" >"$work/reader.conf"
chmod 600 "$work/reader.conf"
check "soon nobody comes in without a token" wait_until 20 exits 1 'a token is needed' \
    sheepdog alerts
SHEEPDOG_CONF="$work/reader.conf"
check "who may read sees alerts" sheepdog alerts
check "and changes nothing" exits 1 'the role read may not' \
    sheepdog ack "$mailq" --for 1h --reason x
check "nor silences" exits 1 'the role read may not' \
    sheepdog silence 'host:*' --for 1h --reason x
finish
