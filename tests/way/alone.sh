#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine whose messages nobody takes mails by itself: once, by a real mail server, or
# by the sendmail of the machine; and once more when its messages are taken again.
. "$(dirname "$0")/lib.sh"
spool=$work/spool
printf '(store "%s/sheepdog.db")\n' "$work" >"$work/server.conf"

# configure PORT [MORE]: the client's file.
configure() {
    printf '(host "127.0.0.1") (port %s) (spool (folder "%s")) (alone (after "1h") (mailto "admin@example.org")) %s\n' \
        "$1" "$spool" "${2:-}" >"$work/client.conf"
}

deliver() {
    sheepdog-deliver -c "$work/client.conf" 2>"$work/said"
}

# put NAME: a failure that has waited for two hours.
put() {
    (umask 077 && mkdir -p "$spool")
    printf '{"host":"penguin2","tag":"%s","status":2,"stderr":"no disk\\n"}' "$1" \
        >"$spool/0192e4c8-$1.failure.json"
    touch -d '2 hours ago' "$spool/0192e4c8-$1.failure.json"
}

# header NAME, body: of the mail that came last.
header() {
    /usr/bin/python3 "$way/mail-read" "$(newest_mail "$work/mail")" "$1"
}
body() {
    /usr/bin/python3 "$way/mail-read" "$(newest_mail "$work/mail")"
}

start_mail_server "$work/mail"
smtp="(smtp (url \"smtp://127.0.0.1:$mail_port\"))"

# ---- by SMTP

configure 1 "$smtp"
sheepdog -c "$work/client.conf" --tag young -e 'exit 3' 2>/dev/null
expect "a message that waits for a moment is no reason" 0 "$(mails "$work/mail")"
put P2-ETC
deliver
expect "when one has waited for long, the machine mails" "75 1" "$? $(mails "$work/mail")"
expect "whom the configuration names" admin@example.org "$(header Delivered-To)"
expect "that it is alone" "[sheepdog] $(hostname) is alone: no message is taken" \
    "$(header Subject)"
body >"$work/body"
check "since when" grep -q ', for 2 h 0 min\.$' "$work/body"
check "the last error" grep -qx 'last try  http://127.0.0.1:1: connection refused' "$work/body"
check "what waits" grep -qx 'waiting   2 failures' "$work/body"
check "and the last failures" grep -q ' P2-ETC: no disk$' "$work/body"
deliver
put second
deliver
expect "it mails once" 1 "$(mails "$work/mail")"

start_server "$work/server.conf" "$work/log"
configure "$port" "$smtp"
deliver
expect "when its messages are taken, it mails that too" "0 2" "$? $(mails "$work/mail")"
expect "in few words" "[sheepdog] $(hostname) is no longer alone" "$(header Subject)"
put third
deliver
expect "and then no more" "0 2" "$? $(mails "$work/mail")"
kill "$server_pid"
wait "$server_pid" 2>/dev/null

# ---- a mail that is not taken; one that is nobody's

configure 1 '(smtp (url "smtp://127.0.0.1:1"))'
put fourth
deliver
expect "a mail that nobody takes" "75 2" "$? $(mails "$work/mail")"
check "is said" grep -q 'smtp://127.0.0.1:1: .*that this machine is alone is not mailed yet' "$work/said"
check "and is not marked" test ! -e "$spool/.alone"
printf '(host "127.0.0.1") (port 1) (spool (folder "%s")) %s\n' "$spool" "$smtp" >"$work/client.conf"
deliver
expect "without mailto nobody is told" 2 "$(mails "$work/mail")"
configure 1 "$smtp"
deliver
expect "the next try mails" 3 "$(mails "$work/mail")"

# ---- a server that answers nothing: the mail still has its time

rm "$spool/.alone"
/usr/bin/python3 -c 'import socket, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
time.sleep(600)' >"$work/silent.port" &
pids="$pids $!"
wait_until 20 test -s "$work/silent.port"
configure "$(cat "$work/silent.port")" "$smtp (patience \"1s\")"
sheepdog -c "$work/client.conf" --tag late -e 'exit 3' 2>"$work/said"
expect "at the end of a job, behind a server that is silent" "3 4" "$? $(mails "$work/mail")"

# ---- by the machine's sendmail

rm "$spool/.alone"
configure 1
mkdir "$work/sbin"
cat >"$work/sbin/sendmail" <<SCRIPT
#!/bin/sh
echo "\$@" >$work/arguments
cat >$work/letter
SCRIPT
chmod 755 "$work/sbin/sendmail"
# in_own_root COMMAND…: where /usr/sbin is ours.
in_own_root() {
    unshare -m sh -c 'mount --bind "$1" /usr/sbin && shift && exec "$@"' sh "$work/sbin" "$@"
}
if [ "$(id -u)" -eq 0 ] && in_own_root true 2>/dev/null; then
    in_own_root "$BUILD/sheepdog-deliver" -c "$work/client.conf" 2>"$work/said"
    expect "without a mail server in the configuration sendmail is called" "75 -t -i" \
        "$? $(cat "$work/arguments")"
    check "with the mail" grep -qx 'To: admin@example.org' "$work/letter"
    check "in lines of this machine" sh -c "! grep -q '$(printf '\r')' '$work/letter'"
    check "and it is marked" test -e "$spool/.alone"
else
    echo "skipped: /usr/sbin cannot be replaced here, so sendmail is not tried"
fi
finish
