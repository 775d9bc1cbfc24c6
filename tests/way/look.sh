#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# list, status and show, asked of the real server.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store"
printf '(store "%s/store/sheepdog.db")' "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
printf '(host "127.0.0.1") (port %s)' "$port" >"$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"

# bark JSON: straight through the door
bark() {
    printf '%s' "$1" | sheepdog-deliver --stdin
}

# read_json EXPRESSION COMMAND…: of the JSON that it prints, as `answer`
read_json() {
    expression=$1
    shift
    "$@" | /usr/bin/python3 -c "import json, sys
answer = json.load(sys.stdin)
print($expression)"
}

expect "list of nothing prints nothing" "" "$(sheepdog list)"
expect "list of nothing is an empty array" "[]" "$(sheepdog list --json)"
expect "status of nothing prints nothing" "" "$(sheepdog status)"

escape=$(printf '\033')
bark '{"id":"0192e4c8-0000-7000-8000-aaaa00000001","host":"penguin1","tag":"backup","time":"2026-11-01T10:00:00Z","status":0,"elapsed":1.5,"command":"borg create"}'
bark '{"id":"0192e4c8-0000-7000-8000-aaaa00000002","host":"penguin2","tag":"backup","time":"2026-11-02T10:00:00Z","status":2,"elapsed":90,"command":"borg create","stdout":"","stderr":"first line\nRepository is gone\n","cut":{"stderr":10240},"cut_at":{"stderr":11}}'
bark '{"id":"0192e4c8-0000-7000-8000-aaaa00000003","host":"penguin2","tag":"disk:/","time":"2026-11-03T10:00:00Z","err":"WARNING","text":"92 % full"}'
bark '{"id":"0192e4c8-0000-7000-8000-bbbb00000004","host":"\u65e5\u672c","tag":"x\u009b31m","time":"2026-11-04T10:00:00Z","status":null,"signal":9,"stderr":"\u001b]0;owned\u0007\u001b[2Jgone"}'

# ---- list ----
sheepdog list >"$work/list"
expect "list has a line a message, and one of titles" 5 "$(wc -l <"$work/list" | tr -d ' ')"
check "the newest is the last" sh -c "tail -n 1 '$work/list' | grep -q '^2026-11-04 10:00:00'"
expect "a failure has its status, how long, a name and the last word" \
    "2026-11-02 10:00:00  penguin2  backup        FAIL            2  1 min 30 s  00000002  Repository is gone" \
    "$(grep 'Repository' "$work/list")"
expect "the time is that of the reader's zone" "2026-11-02 04:00:00" \
    "$(TZ=America/Chicago sheepdog list | grep Repository | cut -c1-19)"
expect "the host filters" 2 "$(read_json 'len(answer)' sheepdog list --json --host penguin2)"
expect "the tag filters" 2 "$(read_json 'len(answer)' sheepdog list --json --tag backup)"
expect "both filter" 1 "$(read_json 'len(answer)' sheepdog list --json --tag backup --host penguin2)"
expect "a tag of strange characters filters" 1 "$(read_json 'len(answer)' sheepdog list --json --tag disk:/)"
expect "failed ones alone" 3 "$(read_json 'len(answer)' sheepdog list --json --failed)"
expect "since a date" 2 "$(read_json 'len(answer)' sheepdog list --json --since 2026-11-03)"
expect "until a time" 2 "$(read_json 'len(answer)' sheepdog list --json --until '2026-11-03 09:00')"
expect "since a moment ago" 0 "$(read_json 'len(answer)' sheepdog list --json --since 1s --until 2000-01-01)"
expect "the newest two, newest last" "0192e4c8-0000-7000-8000-aaaa00000003" \
    "$(read_json "answer[0]['message']['id']" sheepdog list --json --limit 2 2>"$work/said")"
expect "and that there are more is said" \
    "sheepdog: these are the newest 2; --limit N shows more" "$(cat "$work/said")"
expect "a list that is whole says nothing" "" "$(sheepdog list --limit 4 2>&1 >/dev/null)"
check "list --json is JSON" sh -c "sheepdog list --json | /usr/bin/python3 -m json.tool"

# ---- status ----
sheepdog status >"$work/status"
expect "what is wrong stands first" "fail fail warning ok" \
    "$(tail -n +2 "$work/status" | cut -d ' ' -f 1 | xargs)"
check "status has the last word" grep -q 'Repository is gone' "$work/status"
check "and since when" grep -q '2026-11-02 10:00 ' "$work/status"
expect "status --failed leaves out what is well" 3 "$(sheepdog status --failed | tail -n +2 | wc -l | tr -d ' ')"
expect "status --json has them all" 4 "$(read_json 'len(answer)' sheepdog status --json)"
expect "status ends with 0 whatever is wrong" 0 "$(sheepdog status >/dev/null; echo $?)"

# ---- show ----
sheepdog show aaaa00000002 >"$work/show"
expect "show begins with what and where" "FAIL penguin2 backup" "$(head -n 1 "$work/show")"
check "it has the command" grep -q '^  command   borg create$' "$work/show"
check "and the status" grep -q '^  status    2$' "$work/show"
check "and how long it took" grep -q '^  took      1 min 30 s$' "$work/show"
expect "and the output with its cut" "stderr:
  first line
[… 10240 bytes left out …]
  Repository is gone" "$(sed -n '/^stderr/,$p' "$work/show")"
check "an output of nothing says so" grep -q '^stdout: nothing$' "$work/show"
check "a note has its text" sh -c "sheepdog show aaaa00000003 | grep -q '^  text      92 % full$'"
check "a signal is named" sh -c "sheepdog show bbbb00000004 | grep -q '^  status    signal 9 (Killed)$'"
check "upper case finds it too" sheepdog show BBBB00000004
bark '{"id":"0192e4c8-0000-7000-8000-cccc00000009","tag":"brief","time":"2026-11-01T09:00:00Z","status":0,"elapsed":0.008}'
check "a number is as short in JSON as it came" \
    sh -c "sheepdog show --json cccc00000009 | grep -q '\"elapsed\": 0.008[,]*$'"
expect "show --json is the whole message" "first line" \
    "$(read_json "answer['message']['stderr'].splitlines()[0]" sheepdog show --json aaaa00000002)"
sheepdog show ffffffff 2>"$work/said"
expect "no such id ends with 1" "1 sheepdog: show: no message has an id with ffffffff" "$? $(cat "$work/said")"
sheepdog show aaaa0000 2>"$work/said"
expect "an ambiguous one too" "1 sheepdog: show: several messages have an id with aaaa0000; say more of it" \
    "$? $(cat "$work/said")"
sheepdog show 'a/../../status?x=#%00' 2>/dev/null
expect "what is no id ends with 1" 1 $?

# ---- strangers' text ----
(sheepdog list && sheepdog status && sheepdog show bbbb00000004) >"$work/all"
check "no escape reaches the terminal" sh -c "! grep -q '$escape' '$work/all'"
check "nor one of C1" sh -c "! grep -q '$(printf '\302\233')' '$work/all'"
check "what it was can be seen" grep -qF '^[]0;owned^G^[[2Jgone' "$work/all"

# pty COLUMNS COMMAND…: what it writes to a terminal of that width
pty() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import fcntl, os, pty, struct, sys, termios
columns, command = int(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(command[0], command)
output = b""
try:
    while piece := os.read(fd, 65536):
        output += piece
except OSError:
    pass
os.waitpid(pid, 0)
sys.stdout.buffer.write(output.replace(b"\r\n", b"\n"))
PYTHON
}
TERM=xterm
export TERM
pty 200 sheepdog status >"$work/tty"
check "fail is red" grep -qF "${escape}[31mfail${escape}[0m" "$work/tty"
check "warning is yellow" grep -qF "${escape}[33mwarning${escape}[0m" "$work/tty"
check "ok is green" grep -qF "${escape}[32mok${escape}[0m" "$work/tty"
NO_COLOR=1 pty 200 sheepdog status >"$work/tty"
check "NO_COLOR means none" sh -c "! grep -q '$escape' '$work/tty'"
TERM=dumb pty 200 sheepdog status >"$work/tty"
check "a dumb terminal gets none" sh -c "! grep -q '$escape' '$work/tty'"
NO_COLOR=1 pty 94 sheepdog list >"$work/tty"
check "the last column is cut at the edge" grep -q 'Reposit…$' "$work/tty"
pty 200 sheepdog list --since 1s >"$work/tty"
expect "a list of nothing says so to a person" "no messages" "$(cat "$work/tty")"

# ---- every byte ----
/usr/bin/python3 - "$work/bytes" <<'PYTHON'
import sys
everything = bytes(range(256)) * 4 + b"\0\0\r\n\xff\xfe no newline at the end"
open(sys.argv[1], "wb").write(everything)
PYTHON
sheepdog --tag bytes -e "cat '$work/bytes'; cat '$work/bytes' '$work/bytes' >&2; exit 1" >/dev/null 2>&1
id=$(read_json "answer[-1]['message']['id']" sheepdog list --json --tag bytes)
cat "$work/bytes" "$work/bytes" >"$work/twice"
sheepdog show "$id" --raw stdout >"$work/raw"
check "--raw stdout gives back every byte" cmp "$work/bytes" "$work/raw"
sheepdog show --raw=stderr "$id" >"$work/raw"
check "--raw stderr too" cmp "$work/twice" "$work/raw"
check "show of every byte is text" sh -c "sheepdog show '$id' | iconv -f UTF-8 -t UTF-8 >/dev/null"
check "its JSON is JSON" sh -c "sheepdog show --json '$id' | /usr/bin/python3 -m json.tool"
sheepdog show --raw stdout aaaa00000003 2>"$work/said"
expect "what was not kept is said" "1 1" "$? $(grep -c 'was not kept' "$work/said")"

# ---- wrong calls, and a server that is away ----
sheepdog list --sinse 7d 2>"$work/said"
expect "a mistyped option is told" "2 1" "$? $(grep -c 'did you mean --since' "$work/said")"
sheepdog list --since yesterday 2>"$work/said"
expect "so is a wrong time" "2 1" "$? $(grep -c -- '--since: "yesterday" is no time' "$work/said")"
sheepdog list --limit 0 2>/dev/null
expect "and a limit of nothing" 2 $?
sheepdog show --raw stdin "$id" 2>"$work/said"
expect "and a stream that is none" "2 1" "$? $(grep -c 'expected stdout or stderr' "$work/said")"
sheepdog show 2>/dev/null
expect "and an id that is missing" 2 $?
sheepdog-look lst 2>"$work/said"
expect "and a command" "2 1" "$? $(grep -c 'did you mean list' "$work/said")"
for command in list status show; do
    check "$command has help" sh -c "sheepdog $command --help | grep -q -- --json"
done
sheepdog list >/dev/full 2>/dev/null
expect "a full disk is told" 1 $?

kill "$server_pid"
wait "$server_pid" 2>/dev/null
sheepdog status 2>"$work/said"
expect "a server that is away is told" \
    "1 sheepdog: http://127.0.0.1:$port: connection refused; is sheepdog-queue-daemon running there?" \
    "$? $(cat "$work/said")"
sheepdog list -c "$work/none.conf" 2>/dev/null
expect "a configuration that is not there is told" 1 $?
finish
