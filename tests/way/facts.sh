#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What people see of hosts, facts and readings: asked of the real server, of messages as a
# daemon sends them, and of real daemons.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store" "$work/none"
printf '(store "%s/store/sheepdog.db")' "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
printf '(port %s)' "$port" >"$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"
door=http://127.0.0.1:$port/v1

# post JSON: what the server answers
post() {
    curl -sS -H 'Content-Type: application/json' -d "$1" "$door/messages"
}

# read_json EXPRESSION COMMAND…: of the JSON that it prints, as `answer`
read_json() {
    expression=$1
    shift
    "$@" | /usr/bin/python3 -c "import json, sys
answer = json.load(sys.stdin)
print($expression)"
}

# utc [SECONDS]: the time now, or so many seconds from now
utc() {
    date -u -d "${1:-0} seconds" +%Y-%m-%dT%H:%M:%SZ
}

# rows COMMAND…: without the titles, blanks squeezed
rows() {
    "$@" | tail -n +2 | tr -s ' '
}

# facts HOST TIME RELATION COLUMNS COUNTER IS ROWS [REMOVED]: the JSON of a message
facts() {
    after=$(($5 - 1))
    printf '{"kind":"facts","tag":"facts","host":"%s","time":"%s","relation":"%s",' "$1" "$2" "$3"
    printf '"columns":%s,"epoch":1,"counter":%s,"after":%s,"is":"%s","add":%s%s}' \
        "$4" "$5" "$after" "$6" "$7" "${8:+,\"remove\":$8}"
}

expect "of no hosts nothing is printed" "" "$(sheepdog host)"
expect "and an empty array" "[]" "$(sheepdog host --json)"
expect "of no facts nothing" "" "$(sheepdog facts)"
expect "and an empty array too" "[]" "$(sheepdog facts --json)"

# ---- messages as a daemon sends them ----
package='[["name","text"],["version","version"]]'
expect "a beat that tells of no facts wants none" '{"taken":1}' \
    "$(post "{\"kind\":\"beat\",\"tag\":\"daemon\",\"host\":\"penguin2\",\"every\":\"1m\",\"time\":\"$(utc -60)\"}")"
post "$(facts penguin2 2026-11-01T10:00:00Z package "$package" 1 whole '[["nginx","1.22.0-1"],["curl","7.88"]]')" >"$work/said"
post "$(facts penguin2 2026-11-02T10:00:00Z package "$package" 2 change '[["nginx","1.22.1-9"]]' '[["nginx","1.22.0-1"]]')" >"$work/said"
expect "what is true now" "curl 7.88 2026-11-01 10:00
nginx 1.22.1-9 2026-11-02 10:00" "$(rows sheepdog facts package --host penguin2)"
expect "what was true then" "curl 7.88 2026-11-01 10:00
nginx 1.22.0-1 2026-11-01 10:00" "$(rows sheepdog facts package --host penguin2 --at 2026-11-02)"
expect "nothing is known of the time before" "" "$(sheepdog facts package --at 2026-11-01)"
expect "all that ever was, and until when" "penguin2 curl 7.88 2026-11-01 10:00 -
penguin2 nginx 1.22.0-1 2026-11-01 10:00 2026-11-02 10:00
penguin2 nginx 1.22.1-9 2026-11-02 10:00 -" "$(rows sheepdog facts package --all)"
expect "the time is that of the reader's zone" "2026-11-02 04:00" \
    "$(TZ=America/Chicago sheepdog facts package | grep -o '2026-11-02.*')"
expect "as JSON the columns are fields" "['nginx', '1.22.1-9', '2026-11-02T10:00:00.000Z', None]" \
    "$(read_json '[answer[1][name] for name in ("name", "version", "since", "until")]' sheepdog facts package --json)"
expect "the relations" "package 2 name, version" "$(rows sheepdog facts)"

# What is lost is wanted again: its whole, once.
post "$(facts penguin2 "$(utc -30)" package "$package" 5 change '[["wget","1.21"]]' '[]')" >"$work/said"
beat="{\"kind\":\"beat\",\"tag\":\"daemon\",\"host\":\"penguin2\",\"every\":\"1m\",\"facts\":[1,5]}"
wants() {
    post "$beat" | grep -q '"wants":\["facts"\]'
}
check "a message that is lost is wanted again" wait_until 30 wants
check "and changes nothing meanwhile" sh -c "! sheepdog facts package | grep -q wget"
post "$(facts penguin2 "$(utc -20)" package "$package" 6 whole '[["nginx","1.22.1-9"],["wget","1.21"]]')" >"$work/said"
beat="{\"kind\":\"beat\",\"tag\":\"daemon\",\"host\":\"penguin2\",\"every\":\"1m\",\"facts\":[1,6]}"
lacks_none() {
    ! wants
}
check "the whole heals it" wait_until 10 lacks_none
expect "and ends what is true no more" "nginx wget" \
    "$(rows sheepdog facts package --host penguin2 | cut -d ' ' -f 1 | xargs)"

# ---- values in their units ----
post "$(facts penguin2 "$(utc -10)" thing '[["name","text","key"],["bytes","size"],["took","duration"],["on","flag"],["at","time"],["part","number"]]' 7 whole \
    '[["a",4294967296,5400000,1,1795340888000,0.5],["b",null,null,0,null,null]]')" >"$work/said"
sheepdog facts thing --host penguin2 >"$work/thing"
expect "sizes, durations, flags and times are read as such" \
    "a 4 GiB 1 h 30 min yes 2026-11-22 09:48:08 0.5" "$(sed -n 2p "$work/thing" | tr -s ' ' | cut -d ' ' -f 1-11)"
expect "what is not known is a line" "b - - no - -" "$(sed -n 3p "$work/thing" | tr -s ' ' | cut -d ' ' -f 1-6)"
expect "in JSON they are numbers" "4294967296" "$(read_json 'answer[0]["bytes"]' sheepdog facts thing --json)"
expect "the first so many" "1 sheepdog: these are the first 1; without --limit all are shown" \
    "$(rows sheepdog facts thing --limit 1 2>"$work/said" | wc -l) $(cat "$work/said")"

# ---- silent hosts ----
post "{\"kind\":\"beat\",\"tag\":\"daemon\",\"host\":\"penguin3\",\"every\":\"1m\",\"time\":\"$(utc -7200)\"}" >"$work/said"
post "$(facts penguin3 "$(utc -7200)" package "$package" 1 whole '[["nginx","1.18"]]')" >"$work/said"
check "facts of a silent host say how old they are" \
    sh -c "sheepdog facts package | grep -E '^penguin3 .* 2 h 0 min ago$'"
check "those of another do not" sh -c "sheepdog facts package | grep -E '^penguin2  nginx  1.22.1-9 +2026-11-02 10:00$'"
check "the list of hosts says which is silent" sh -c "sheepdog host | grep -E '^none +penguin3 .* ago: silent$'"
check "so does its page" sh -c "sheepdog host penguin3 | grep -q ', beats every 1 min 0 s: it is silent$'"
check "a host without tags is in status" sh -c "sheepdog status 2>/dev/null | grep -E '^none +penguin3 +- '"
expect "and that it is silent is said" 1 \
    "$(sheepdog status 2>&1 >/dev/null | grep -c '^sheepdog: penguin3 is silent: it was heard 2 h 0 min ago, and beats every 1 min 0 s$')"

# ---- readings ----
/usr/bin/python3 - <<'PYTHON' >"$work/readings.json"
import datetime, json, time
now = time.time()
beats = []
for minute in range(600, 0, -1):
    when = datetime.datetime.fromtimestamp(now - 60 * minute, datetime.timezone.utc)
    if not 200 < minute <= 300:
        beats.append({"kind": "beat", "tag": "daemon", "host": "penguin2", "every": "1m",
                      "time": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
                      "readings": {"load.1m": minute / 100, "memory.used": 2**30 + 2**20 * minute},
                      "units": {"memory.used": "B"}})
print(json.dumps(beats))
PYTHON
post "@$work/readings.json" >"$work/said"
expect "the readings are taken" '{"taken":500}' "$(cat "$work/said")"
expect "the newest of each series" "load.1m 0.01
memory.used 1 GiB" "$(rows sheepdog readings penguin2 | cut -d ' ' -f 1-3 | sed 's/ [01]*$//')"
sheepdog readings penguin2 memory.used >"$work/chart"
expect "a chart has a title, 12 lines, an axis, its times and a summary" 17 "$(wc -l <"$work/chart" | tr -d ' ')"
check "it has marks in the unit" grep -q '^ *1.5 GiB ┤' "$work/chart"
check "it is drawn in braille" grep -q '⠑' "$work/chart"
check "it has minimum, mean and maximum" grep -qE '^min 1 GiB   mean 1\.[0-9]+ GiB   max 1.59 GiB   newest 1 GiB, ' "$work/chart"
check "and says of what time" grep -qE ' to [-0-9]+ [0-9:]+ UTC, 500 readings$' "$work/chart"
expect "no line is wider than 80 columns" 0 "$(grep -cE '^.{81}' "$work/chart")"
LC_ALL=C sheepdog readings penguin2 memory.used >"$work/chart"
expect "without UTF-8 it is ASCII" 0 "$(LC_ALL=C grep -c '[^ -~]' "$work/chart")"
expect "where nothing came there is a gap" "    " \
    "$(LC_ALL=C sheepdog readings penguin2 'load*' --since 10h | tail -n 1 | cut -c 32-35)"
expect "several have a line each" "load.1m memory.used" \
    "$(rows sheepdog readings penguin2 load.1m 'memory*' | cut -d ' ' -f 1 | xargs)"
expect "a part of the time" 60 \
    "$(read_json 'len(answer["points"])' sheepdog readings penguin2 load.1m --since "$(utc -3630)" --json)"
check "hours have a minimum and a maximum" read_json \
    '[None for point in answer["points"] if point["min"] < point["mean"] < point["max"]][5]' \
    sheepdog readings penguin2 load.1m --hours --json
expect "a time without readings is nothing to draw" "" "$(sheepdog readings penguin2 load.1m --until 2026-01-01)"

# ---- the page of a host ----
post '[{"host":"penguin2","tag":"backup","status":2,"stderr":"Repository is gone"},
       {"host":"penguin2","tag":"disk:/","err":"SUCCESS","text":"41 % used"}]' >"$work/said"
sheepdog host penguin2 >"$work/page"
expect "the page begins with the host and how it is" "penguin2|  state   fail" "$(head -n 2 "$work/page" | paste -sd '|')"
expect "its parts" "states readings facts last messages" "$(grep -E '^[a-z ]+$' "$work/page" | tail -n +2 | xargs)"
expect "what is wrong stands first" "fail backup" "$(sed -n '/^states/,/^$/p' "$work/page" | sed -n 3p | tr -s ' ' | cut -d ' ' -f 1-2)"
check "a reading in its unit" grep -qE '^memory.used +1 GiB ' "$work/page"
check "facts in short" grep -qE '^package +nginx  1.22.1-9$' "$work/page"
expect "as JSON it is what the server says" "penguin2 fail 2" \
    "$(read_json 'answer["host"]["host"], answer["host"]["state"], answer["facts"]["package"]["count"]' \
        sheepdog host penguin2 --json | tr -d "(),'")"

# ---- wrong words ----
sheepdog facts pakage 2>"$work/said"
expect "a relation that is near is named" "1 sheepdog: facts: no relation is called \"pakage\"; did you mean package?" \
    "$? $(cat "$work/said")"
sheepdog host penguin 2>"$work/said"
expect "so is a host" "1 1" "$? $(grep -c 'did you mean penguin[23]?' "$work/said")"
sheepdog readings penguin2 lod.1m 2>"$work/said"
expect "and a series" "1 1" "$? $(grep -c 'did you mean load.1m?' "$work/said")"
sheepdog hosts 2>"$work/said"
expect "and the command itself" 1 "$(grep -c 'did you mean host?' "$work/said")"
sheepdog facts --host penguin2 2>/dev/null
expect "a host without a relation is a wrong call" 2 $?
sheepdog facts package --at yesterday 2>"$work/said"
expect "so is a wrong time" "2 1" "$? $(grep -c -- '--at: "yesterday" is no time' "$work/said")"
sheepdog readings 2>/dev/null
expect "and readings of no host" 2 $?
sheepdog readings penguin2 'x*' 2>"$work/said"
expect "a pattern that fits none is told" "1 1" "$? $(grep -c 'no series that fits "x\*"' "$work/said")"
for command in host facts readings forget; do
    check "$command has help" sh -c "sheepdog $command --help | grep -q -- --conf"
done

# ---- real daemons ----
off=$(sheepdog monitors --json | /usr/bin/python3 -c 'import json, sys
for monitor in json.load(sys.stdin)["monitors"]:
    if monitor["default"]: print("(monitor %s off)" % monitor["name"])')

# start_daemon HOST [FORM…]: one that sends facts and beats alone; sets $daemon_pid
start_daemon() {
    name=$1
    shift
    {
        printf '(port %s) (patience "5s") (beat "2s") (plugins "%s/none")\n' "$port" "$work"
        printf '(spool (folder "%s/spool-%s"))\n' "$work" "$name"
        printf '%s\n' "$off" "$@"
    } >"$work/$name.conf"
    chmod 600 "$work/$name.conf"
    SHEEPDOG_HOSTNAME=$name XDG_STATE_HOME=$work/state-$name \
        sheepdog-daemon -c "$work/$name.conf" 2>>"$work/$name.log" &
    daemon_pid=$!
    pids="$pids $daemon_pid"
}

end_daemon() {
    kill "$daemon_pid"
    wait "$daemon_pid"
}

# packages HOST [OPTION…]: NAME=VERSION of each, on a line
packages() {
    of=$1
    shift
    sheepdog facts package --host "$of" --json "$@" 2>/dev/null | /usr/bin/python3 -c 'import json, sys
print(*("%s=%s" % (row["name"], row["version"]) for row in json.load(sys.stdin)))' 2>/dev/null
}

has_packages() {
    [ "$(packages "$1")" = "$2" ]
}

# installed NAME VERSION …: what dpkg's database says from now on
mkdir -p "$work/root/var/lib/dpkg"
installed() {
    while [ $# -gt 0 ]; do
        printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n' "$1" "$2"
        shift 2
    done >"$work/status.new"
    mv "$work/status.new" "$work/root/var/lib/dpkg/status"
}

# step WANTED: the daemon sees it; afterwards $moment is a time at which it was so.
step() {
    start_daemon puppet "(root \"$work/root\")"
    check "the server knows: $1" wait_until 30 has_packages puppet "$1"
    end_daemon
    moment=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
}

before=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
installed curl 7.88.1-10 nginx 1.22.0-1
step "curl=7.88.1-10 nginx=1.22.0-1"
first=$moment
installed curl 7.88.1-10 nginx 1.22.1-9
step "curl=7.88.1-10 nginx=1.22.1-9"
second=$moment
installed borgbackup 1.2.4-1 nginx 1.22.1-9
step "borgbackup=1.2.4-1 nginx=1.22.1-9"
expect "before the first, nothing is known" "" "$(packages puppet --at "$before")"
expect "facts of the first time are what was installed then" \
    "curl=7.88.1-10 nginx=1.22.0-1" "$(packages puppet --at "$first")"
expect "so are those of the second" "curl=7.88.1-10 nginx=1.22.1-9" "$(packages puppet --at "$second")"
expect "what was ever installed has its times" "borgbackup=1.2.4-1 curl=7.88.1-10 nginx=1.22.0-1 nginx=1.22.1-9" \
    "$(packages puppet --all)"

if [ -s /var/lib/dpkg/status ]; then
    wanted=$(dpkg-query -W -f '${Version}' dpkg)
    start_daemon real
    knows_dpkg() {
        sheepdog facts package --host real | grep -qE "^dpkg +$wanted +"
    }
    check "facts of this machine are seen" wait_until 60 knows_dpkg
    expect "each package that dpkg has" "$(dpkg-query -W -f '${db:Status-Abbrev}\n' | grep -c '^.i ')" \
        "$(sheepdog facts package --host real --all --json | grep -c '"version"')"
    check "and its kernel on the page" sh -c "sheepdog host real | grep -qE '^kernel +$(uname -r | sed 's/[.+]/./g')'"
    check "it beats" wait_until 20 sh -c "sheepdog host | grep -E ' real +[0-9]+ +2.0 s '"
    end_daemon
else
    echo "# skipped: no dpkg here; facts of this machine are not compared"
fi

# ---- forgotten ----
sheepdog forget penguin3 </dev/null 2>"$work/said"
expect "without a terminal it takes --yes" "2 1" "$? $(grep -c 'needed' "$work/said")"
check "nothing was forgotten" sheepdog host penguin3
sheepdog forget penguin2 disk:/ --yes >"$work/said"
check "it says how many rows" grep -qE '^[1-9][0-9]* rows were forgotten$' "$work/said"
expect "a tag is forgotten alone" "backup" "$(read_json '*(state["tag"] for state in answer["states"])' sheepdog host penguin2 --json)"
check "one that is called host too" sheepdog forget host penguin3 --yes
sheepdog host penguin3 2>/dev/null
expect "a host is forgotten" 1 $?
check "as are its facts" sh -c "! sheepdog facts package --all --json | grep -q penguin3"
sheepdog forget penguin3 --yes 2>"$work/said"
expect "one that is unknown is told" "1 1" "$? $(grep -c 'no host is called "penguin3"' "$work/said")"
check "the others stay" sheepdog host penguin2

# answer TEXT: what forget says to a person who types that
answer() {
    /usr/bin/python3 - "$1" sheepdog forget puppet <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
try:
    while not shown.endswith(b"[y/N] "):
        shown += os.read(fd, 4096)
    os.write(fd, sys.argv[1].encode() + b"\n")
    while piece := os.read(fd, 4096):
        shown += piece
except OSError:
    pass
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}
answer "" >"$work/said"
expect "a person is asked, and no is the usual" "1 1" "$? $(grep -c 'nothing was forgotten' "$work/said")"
check "and knows of what" grep -q '^puppet was heard .* ago, and has [0-9]* tags' "$work/said"
answer y >"$work/said"
expect "who says yes is obeyed" "0 1" "$? $(grep -c 'rows were forgotten' "$work/said")"

kill "$server_pid"
wait "$server_pid" 2>/dev/null
sheepdog host 2>"$work/said"
expect "a server that is away is told" "1 1" "$? $(grep -c 'connection refused' "$work/said")"
finish
