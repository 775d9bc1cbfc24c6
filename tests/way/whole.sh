#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# whole: a real borg backup fails, and the failure reaches the store, the log and a mailbox;
# it is repaired, and the recovery does too. Nothing is told twice.
. "$(dirname "$0")/lib.sh"

start_mail_server "$work/mail"
cat >"$work/server.conf" <<CONF
(config
  (mailto "shepherd@example.org")
  (allow-mailto "*@example.org")
  (flood 100)
  (smtp (url "smtp://127.0.0.1:$mail_port"))
  (zone "America/Chicago")
  (store "$work/store/sheepdog.db")
  (log "$work/told.log"))
CONF
chmod 600 "$work/server.conf"
start_server "$work/server.conf" "$work/server.log"
cat >"$HOME/.sheepdog.conf" <<CONF
(host . "localhost")
(port . $port)
(mailto "")
CONF

export BORG_BASE_DIR="$work/borg-home" BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
repository=$work/borg
folder=$work/folder
mkdir "$folder"
echo "wool" >"$folder/sheep"

# back_up: the command line of a crontab; its status is in $status.
back_up() {
    sheepdog -c ~/.sheepdog.conf -m monitor-error \
        -e "borg create --stats $repository::{now:%s.%f} $folder" >"$work/out" 2>"$work/err"
    status=$?
}

# ask JSON-EXPRESSION COMMAND…: python's view of a --json answer, as `answer`.
ask() {
    expression=$1
    shift
    "$@" | /usr/bin/python3 -c "import json, sys
answer = json.load(sys.stdin)
print($expression)"
}

borg init --encryption none "$repository" >"$work/init" 2>&1
back_up
expect "a backup that works has status 0" 0 "$status"
check "its statistics come through" grep -q 'Archive name: ' "$work/out" "$work/err"
expect "and it says nothing to the server" 0 "$(ask 'len(answer)' sheepdog list --json)"

mv "$repository/config" "$work/config"
back_up
expect "a broken repository gives borg's own status" 2 "$status"
check "its words come through" grep -q 'not a valid repository' "$work/err"
check "the mail arrives" wait_until 20 has_mails "$work/mail" 1
mail=$(newest_mail "$work/mail")
check "its subject says what, where and how" \
    grep -q "^Subject: \[sheepdog\] FAIL $(hostname) borg create" "$mail"
check "it goes to the shepherd" grep -q '^To: .*shepherd@example.org' "$mail"
check "it quotes what borg said" grep -q 'not a valid repository' "$mail"
check "the log has the line" grep -q 'FAIL.*(2).*not a valid repository' "$work/told.log"

expect "the list has the failure" "FAIL 2" \
    "$(ask "answer[0]['message']['err'] + ' ' + str(answer[0]['message']['status'])" \
        sheepdog list --failed --json)"
id=$(ask "answer[0]['message']['id']" sheepdog list --json)
check "show has what borg said" sh -c "sheepdog show $id | grep -q 'not a valid repository'"
sheepdog show --raw stderr "$id" >"$work/raw"
expect "show --raw has it to the byte" "$(cat "$work/err")" "$(cat "$work/raw")"
check "status names it first, and what is wrong" \
    sh -c "sheepdog status | grep -q 'fail'"

back_up
expect "it fails again" 2 "$status"
expect "and is stored again" 2 "$(ask 'len(answer)' sheepdog list --json)"

mv "$work/config" "$repository/config"
back_up
expect "the repaired repository works" 0 "$status"
check "the recovery is mailed" wait_until 20 has_mails "$work/mail" 2
mail=$(newest_mail "$work/mail")
check "its subject says that it is over" grep -q '^Subject: \[sheepdog\] OK ' "$mail"
expect "the state is ok again" ok "$(ask "answer[0]['state']" sheepdog status --json)"

back_up
expect "a further success is not sent" 3 "$(ask 'len(answer)' sheepdog list --json)"
expect "two changes of state were two mails" 2 "$(mails "$work/mail")"
expect "and two lines in the log" 2 "$(wc -l <"$work/told.log" | tr -d ' ')"

sheepdog -e 'echo "café" >&2; exit 4' --tag naïve --mailto both@example.org 2>/dev/null
sheepdog -e 'exit 5' --tag other --mailto stranger@example.net 2>/dev/null
check "an address that is allowed is told too" wait_until 20 has_mails "$work/mail" 5
expect "one that is not allowed is not told" 5 "$(mails "$work/mail")"
check "it is named in the mail" grep -lq '^To: .*both@example.org' "$work"/mail/new/*
finish
