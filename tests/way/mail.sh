#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mail: what a mail program reads of the mails that the daemon sends; and a mail server that
# is away while the daemon is killed.
. "$(dirname "$0")/lib.sh"
way=$(dirname "$0")

start_mail_server "$work/mail"
cat >"$work/server.conf" <<END
(mailto "shepherd@example.org")
(allow-mailto "*@example.org")
(flood 100)
(settle "0s")
(zone "America/Chicago")
(store "$work/store.db")
(log "$work/herd.log")
(smtp (url "smtp://127.0.0.1:$mail_port"))
END
start_server "$work/server.conf" "$work/server.log"

# post JSON: the status that the door answers with.
post() {
    curl -s -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
        --data-binary "$1" "http://127.0.0.1:$port/v1/messages"
}

# read_mail NUMBER [HEADER]: of the NUMBERth mail that came, as a mail program reads it.
read_mail() {
    file=$(find "$work/mail/new" -type f | sort -t . -k 2 | sed -n "$1p")
    shift
    /usr/bin/python3 "$way/mail-read" "$file" "$@"
}

message='{"host":"penguin2","kind":"outcome","time":"2026-01-22T15:48:08.123Z","command":"make"'
expect "the door takes a failure" 202 \
    "$(post "$message,\"tag\":\"P2-ETC\",\"status\":2,\"elapsed\":12.345,\"stderr\":\"naïve\\n.\\n\"}")"
check "it is mailed" wait_until 20 has_mails "$work/mail" 1
expect "its subject is a headline" "[sheepdog] FAIL penguin2 P2-ETC (2)" \
    "$(read_mail 1 Subject)"
expect "it goes to the shepherd alone" "shepherd@example.org" \
    "$(read_mail 1 Delivered-To)"
read_mail 1 >"$work/body"
check "its first line says what happened" \
    grep -qx 'P2-ETC on penguin2 failed with status 2\.' "$work/body"
check "its time is in the zone of the herd" \
    grep -q '^when  *2026-01-22 09:48 CST$' "$work/body"
check "what the job said is in it" grep -qx '  naïve' "$work/body"

post "$message,\"tag\":\"Sicherung für 牧羊犬 🐑\",\"status\":1}" >/dev/null
check "a tag of any language is mailed" wait_until 20 has_mails "$work/mail" 2
expect "and is read as it was written" \
    "[sheepdog] FAIL penguin2 Sicherung für 牧羊犬 🐑 (1)" "$(read_mail 2 Subject)"

expect "a tag with a line break is refused" 400 \
    "$(post "$message,\"tag\":\"x\\r\\nBcc: eve@example.net\",\"status\":1}")"
post "$message,\"tag\":\"evil\",\"status\":1,\"mailto\":\"a@example.org>,eve@example.org\"}" \
    >/dev/null
check "a failure whose mailto is no address is still mailed" \
    wait_until 20 has_mails "$work/mail" 3
expect "to the shepherd alone" "shepherd@example.org" "$(read_mail 3 Delivered-To)"

# The mail server goes away; a failure and its end come meanwhile; the daemon is killed.
kill "$mail_pid"
wait "$mail_pid" 2>/dev/null
message='{"host":"penguin2","kind":"outcome","command":"make","tag":"away"'
post "$message,\"time\":\"2026-01-22T16:00:00Z\",\"status\":3}" >/dev/null
check "that a mail cannot go is logged" \
    wait_until 20 grep -q 'outbox: mailto.*Connection refused' "$work/server.log"
post "$message,\"time\":\"2026-01-22T17:30:00Z\",\"status\":0}" >/dev/null
check "the log is told meanwhile" \
    wait_until 20 grep -q ' OK penguin2 away after 1 h 30 min$' "$work/herd.log"
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null
start_mail_server "$work/mail" --port "$mail_port"
start_server "$work/server.conf" "$work/server.log"
check "both mails come when the mail server is back" \
    wait_until 40 has_mails "$work/mail" 5
subjects=$(for file in $(find "$work/mail/new" -type f -printf '%T@ %p\n' | sort -n |
    tail -n 2 | cut -d ' ' -f 2); do
    /usr/bin/python3 "$way/mail-read" "$file" Subject
done)
expect "the failure before its end" "[sheepdog] FAIL penguin2 away (3)
[sheepdog] OK penguin2 away" "$subjects"
kill "$server_pid"
wait "$server_pid" 2>/dev/null
expect "each once" 5 "$(mails "$work/mail")"
finish
