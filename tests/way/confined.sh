#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# confined: a server that root starts keeps its store as one user and runs receivers as
# another, who cannot read it, without a network unless they say so; and nothing of it is
# left when the server is killed.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then
    echo "skipped: this takes root"
    exit 0
fi
umask 022
chmod 755 "$work"
mkdir "$work/plugins" "$work/store" "$work/state"
chown daemon "$work/store"
chmod 700 "$work/store"
receivers=$(getent passwd sheepdog-plugin nobody | head -n 1 | cut -d : -f 1)

# Each says of itself, on a host of that name, what it can do.
for network in t f; do
    cat >"$work/plugins/net-$network" <<END
#!/bin/sh
case \$1 in
describe) echo '(plugin (name "net-$network") (monitor #f) (receives "job") (network #$network))' ;;
receive)
    while read -r message; do
        port=\${message#*'"text":"'}
        port=\${port%%'"'*}
        echo "note user \$(id -un)"
        cat $work/store/db >/dev/null 2>&1 && echo "note reads the store"
        ls $work/store >/dev/null 2>&1 && echo "note lists its folder"
        (exec 3<>/dev/tcp/127.0.0.1/\$port) 2>/dev/null && echo "note connects"
        kill -0 \$(cat $work/state/server) 2>/dev/null && echo "note may end the server"
        echo "note done"
    done ;;
esac
END
    sed -i '1s,sh,bash,' "$work/plugins/net-$network"
    chmod 755 "$work/plugins/net-$network"
done
cp "$work/plugins/net-f" "$work/plugins/stolen"
sed -i 's/"net-f"/"stolen"/' "$work/plugins/stolen"
chown daemon "$work/plugins/stolen"

echo "(store \"$work/store/db\") (plugins \"$work/plugins\") (user \"daemon\")" >"$work/conf"
start_server "$work/conf" "$work/log" --port 0
echo "$server_pid" >"$work/state/server"
# said PLUGIN: what its receiver said, in one line
said() {
    sqlite3 -readonly "$work/store/db" "SELECT group_concat(last_word, ', ') FROM
        (SELECT last_word FROM message m JOIN tag t ON t.number = m.tag
         WHERE t.tag = '$1' ORDER BY m.number)"
}
is_done() {
    said "$1" | grep -q 'done'
}
wait_until 20 grep -q 'net-f: it gets its messages' "$work/log"
wait_until 20 grep -q 'net-t: it gets its messages' "$work/log"
wait_until 20 grep -q 'stolen: it gets its messages' "$work/log"
curl -sf -d "{\"host\":\"h\",\"tag\":\"job\",\"text\":\"$port\"}" \
    "http://127.0.0.1:$port/v1/messages" >/dev/null

expect "the server is who keeps the store" daemon "$(stat -c %U "/proc/$server_pid")"
wait_until 20 is_done net-f
expect "a receiver is another, reads nothing and reaches nobody" \
    "user $receivers, done" "$(said net-f)"
wait_until 20 is_done net-t
expect "one that says so has the network" "user $receivers, connects, done" "$(said net-t)"
check "a file of the store's user is not run" wait_until 20 \
    grep -q 'receiver: stolen: it ended with status 126; it said: .*of user 1, who can' "$work/log"
expect "and said nothing" "" "$(said stolen)"

starter=$(for pid in $(ps -o pid= --ppid "$server_pid"); do
    grep -qx sheepdog-start "/proc/$pid/comm" && echo "$pid"
done)
expect "who starts them is root" root "$(stat -c %U "/proc/$starter")"
running=$(ps -o pid= --ppid "$starter")
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null
# shellcheck disable=SC2086 # a list
check "killed, it leaves nobody behind" wait_until 20 sh -c \
    'for pid; do ! [ -e "/proc/$pid" ] || exit 1; done' - "$starter" $running

# ---- another kill: of the starter itself
start_server "$work/conf" "$work/log" --port 0
wait_until 20 grep -q 'net-f: it gets its messages' "$work/log"
starter=$(for pid in $(ps -o pid= --ppid "$server_pid"); do
    grep -qx sheepdog-start "/proc/$pid/comm" && echo "$pid"
done)
kill -9 "$starter"
check "a starter that is gone is said" wait_until 20 \
    grep -q 'the process that starts receivers is gone' "$work/log"
check "and the server takes messages on" curl -sf -d '{"host":"h","tag":"t","text":"x"}' \
    "http://127.0.0.1:$port/v1/messages"
kill "$server_pid"
wait "$server_pid"
expect "and ends well" 0 $?
finish
