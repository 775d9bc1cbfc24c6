#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# deadman: a backup with borg promises to come again, and does not: that is told by mail and
# by a webhook, once, and that it came again. Silences and acknowledgements are made with the
# real commands. Periods are of seconds.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
export LC_ALL
mkdir -p "$work/web" "$work/rules" "$work/folder"
start_mail_server "$work/mail"
start_told_server "$work/web"

# What a server that has just begun holds for ten minutes it tells at once.
rules=$way/../../etc/rules
sed 's/since > ago(10m)\./since > ago(0s)./' "$rules/telling.dl" >"$work/rules/telling.dl"
echo 'route(host, tag, "hook") :- alert(host, tag, _, _).' >"$work/rules/ours.dl"
cat >"$work/server.conf" <<END
(store "$work/store.db")
(rules "$work/rules")
(log "$work/log")
(flood 100)
(mailto "shepherd@example.org")
(smtp (url "smtp://127.0.0.1:$mail_port"))
(notifier hook (webhook "$told_url/hook"))
END
chmod 600 "$work/server.conf"
start_server "$work/server.conf" "$work/server.log"
cat >"$work/client.conf" <<END
(host "localhost") (port $port) (spool (folder "$work/spool"))
END
chmod 600 "$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"
export BORG_BASE_DIR="$work/borg-home" BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
borg init --encryption none "$work/borg" >"$work/init" 2>&1

# back_up EVERY: what cron runs.
back_up() {
    sheepdog run --every "$1" --grace 2s --tag backup -- \
        borg create "$work/borg::{now:%s.%f}" "$work/folder" >"$work/out" 2>&1
}

# by_hook: what the webhook was told of the backup, in its order.
by_hook() {
    /usr/bin/python3 - "$work/web" <<'END'
import json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("hook.*"), key=lambda file: int(file.suffix[1:]))
told = [json.loads(file.read_text().partition("\n\n")[2]) for file in files]
print(*(f"{one['what']} {one['severity']}" for one in told if one["tag"] == "backup"), sep=", ")
END
}

is_by_hook() {
    [ "$(by_hook)" = "$1" ]
}

# is_told TEXT COUNT CLAIM: the webhook was told exactly that, and so many mails came.
is_told() {
    wait_until 30 is_by_hook "$1" && wait_until 20 has_mails "$work/mail" "$2"
    expect "$3, by a webhook" "$1" "$(by_hook)"
    expect "and by mail" "$2" "$(mails "$work/mail")"
}

# alert FIELD: of the backup, as sheepdog alerts has it.
alert() {
    sheepdog alerts --json --tag backup | /usr/bin/python3 -c 'import json, sys
print(*(str(alert[sys.argv[1]]) for alert in json.load(sys.stdin)))' "$1"
}

is_open() {
    [ "$(alert severity)" = "$1" ]
}

back_up 1s
expect "the backup works" 0 $?
is_told "new silent" 1 "a backup that stops coming is told"
check "its mail says so" grep -q "silent.*backup\|backup.*silent" "$(newest_mail "$work/mail")"
expect "it is seen" silent "$(alert severity)"
back_up 1d
is_told "new silent, over silent" 2 "that it comes again is told"
expect "and nothing is wrong any more" "" "$(alert severity)"

sheepdog silence 'host:* tag:back*' --for 1h --reason "moving disks" >"$work/silence"
expect "quiet is asked for" 0 $?
back_up 1s
check "what is silent then is an alert" wait_until 30 is_open silent
expect "and is not told" "new silent, over silent" "$(by_hook)"
check "who looks is told why" sh -c "sheepdog why $(alert number) | grep -q 'moving disks'"
sheepdog silences --end 1 >"$work/end"
is_told "new silent, over silent, new silent" 3 "what is still wrong when it ends is told"

sheepdog ack "$(alert number)" --for 1d --reason "I look after it" >"$work/ack"
expect "who knows of it says so" 0 $?
echo 'reminder("silent", 1s).' >>"$work/rules/ours.dl"
kill -HUP "$server_pid"
sheepdog bark --every 1s --grace 1s --tag other --status ok "here" >"$work/bark" 2>&1
has_reminder() {
    grep -l '"what":"still"' "$work/web"/hook.* | xargs grep -q '"tag":"other"'
}
check "what nobody acknowledged is told again" wait_until 40 has_reminder
expect "what is acknowledged is not" "new silent, over silent, new silent" "$(by_hook)"
back_up 1d
check "but that it is over" wait_until 20 is_by_hook \
    "new silent, over silent, new silent, over silent"
finish
