#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The machine itself goes wrong for real, and right again: processors, memory, pressure, and
# where we are root, a link that goes down, a process that is killed for want of memory,
# and units of a systemd of our own. The daemon is told other thresholds on the way.
if [ "$(id -u)" -eq 0 ] && [ -z "${is_inside:-}" ] && unshare -mn true 2>/dev/null; then
    is_inside=1 exec unshare -mn "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
log=$work/daemon.log
systemd=/lib/systemd/systemd
group=
systemd_pid=

# ---- what only root has ----

# /sys tells of the interfaces of who mounted it.
start_network() {
    mkdir "$work/sys" && mount -t sysfs none "$work/sys" &&
        mount --bind "$work/sys/class" /sys/class &&
        mount --bind "$work/sys/devices" /sys/devices &&
        umount "$work/sys" && ip link set lo up && ip link add wool type veth peer name hay &&
        ip link set wool up && ip link set hay up
}

# Its manager of users, at the place where systemctl asks that of the machine.
start_systemd() {
    mkdir -p "$work/units" && mount -t tmpfs none /run && mkdir -p /run/systemd/system
    printf '[Unit]\nDefaultDependencies=no\n' >"$work/units/none.target"
    printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 600\n' \
        >"$work/units/good.service"
    printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/false\n' \
        >"$work/units/bad.service"
    printf '[Unit]\nDefaultDependencies=no\n[Timer]\nOnCalendar=daily\nUnit=good.service\n' \
        >"$work/units/good.timer"
    XDG_RUNTIME_DIR=/run SYSTEMD_UNIT_PATH=$work/units $systemd --user \
        --log-target=console --unit=none.target >"$work/systemd.log" 2>&1 &
    systemd_pid=$!
    wait_until 10 systemctl start good.service good.timer
}

# It knows of no shutdown.
end_systemd() {
    if [ -n "$systemd_pid" ]; then
        timeout 5 systemctl stop good.service
        kill -KILL "$systemd_pid"
    fi
} 2>/dev/null

# A group that may have 32 MiB, of either version of control groups; sets $group.
make_group() {
    for folder in /sys/fs/cgroup /sys/fs/cgroup/memory; do
        group=$folder/sheepdog-way.$$
        [ -e "$folder/cgroup.procs" ] && mkdir "$group" 2>/dev/null || continue
        for limit in memory.swap.max=0 memory.max=32M memory.limit_in_bytes=32M; do
            { echo "${limit#*=}" >"$group/${limit%%=*}"; } 2>/dev/null
        done
        grep -qsx 33554432 "$group/memory.max" "$group/memory.limit_in_bytes" && return
        rmdir "$group"
    done
    group=
    false
}

# Somebody who wants more.
eat() {
    sh -c 'echo $$ >"$1/cgroup.procs" &&
        exec python3 -c "bytearray(256 << 20)"' sh "$group" >"$work/eat.log" 2>&1
}

remove_group() {
    [ -z "$group" ] || rmdir "$group" 2>/dev/null
}

has_network='' has_units='' has_oom=''
if [ -n "${is_inside:-}" ]; then
    start_network >"$work/network.log" 2>&1 && has_network=yes
    [ -x "$systemd" ] && start_systemd && has_units=yes
    [ -r /proc/vmstat ] && grep -q oom_kill /proc/vmstat && make_group && has_oom=yes
    trap 'remove_group; end_systemd; clean_up' EXIT
fi

# ---- the daemon ----

# configure CPU MEMORY LOAD PRESSURE: their thresholds.
configure() {
    {
        echo "(port $port) (patience \"5s\") (beat \"1s\") (facts (every \"1s\"))"
        monitors_off cpu load memory pressure ${has_network:+network} ${has_oom:+oom} \
            ${has_units:+unit}
        cat <<CONF
(monitor cpu (every "300ms") (times 1) $1)
(monitor memory (every "200ms") $2)
(monitor load (every "200ms") $3)
(monitor pressure (every "200ms") (times 1) $4)
${has_network:+(monitor network (every \"200ms\") (times 1) (only \"wool\"))}
${has_units:+(monitor unit (every \"500ms\"))}
${has_units:+(monitor unit (every \"500ms\") (tag \"mine\") (name \"good\" \"gone\"))}
${has_oom:+(monitor oom (every \"200ms\") (remember \"2s\"))}
CONF
    } >"$work/daemon.conf.new"
    mv "$work/daemon.conf.new" "$work/daemon.conf"
    [ -z "${daemon_pid:-}" ] || kill -HUP "$daemon_pid"
}

printf '(store "%s/sheepdog.db") (log "%s/told.log")\n' "$work" "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/server.log"

# The processors of a machine that others use too are never idle.
well() {
    configure '(warn off) (steal-warn "100%")' '(warn "0%") (fail "0%")' \
        '(warn 10000) (fail 20000)' '(cpu-warn "100%")'
}
well
check "the configuration is good" sheepdog-daemon -c "$work/daemon.conf" --check
sheepdog-daemon -c "$work/daemon.conf" 2>"$log" &
daemon_pid=$!
pids="$pids $daemon_pid"

goes "processors are well" cpu SUCCESS
goes "memory is left" memory SUCCESS
goes "the load is low" load SUCCESS
sh -c 'while :; do :; done' &
busy_pid=$!
pids="$pids $busy_pid"
configure '(warn "5%") (fail off)' '(warn "100%") (fail off)' '(warn 0) (fail 20000)' \
    '(cpu-warn "0%")'
goes "a busy loop warns" cpu "SUCCESS WARNING"
goes "memory that is used warns" memory "SUCCESS WARNING"
goes "a load warns" load "SUCCESS WARNING"
configure '(warn "1%") (fail "5%")' '(warn "100%") (fail "100%")' '(warn 0) (fail 0)' \
    '(cpu-fail "0%")'
goes "a busy loop fails" cpu "SUCCESS WARNING FAIL"
goes "memory that is used fails" memory "SUCCESS WARNING FAIL"
goes "a load fails" load "SUCCESS WARNING FAIL"
kill "$busy_pid"
well
goes "processors are well again" cpu "SUCCESS WARNING FAIL SUCCESS"
goes "memory is left again" memory "SUCCESS WARNING FAIL SUCCESS"
goes "the load is low again" load "SUCCESS WARNING FAIL SUCCESS"
if [ -r /proc/pressure/cpu ]; then
    goes "work waited for a processor" pressure:cpu "SUCCESS WARNING FAIL SUCCESS"
else
    echo "skipped: this kernel does not measure pressure"
fi

if [ -n "$has_network" ]; then
    goes "a link is up" network:wool SUCCESS
    ip link set hay down
    goes "one whose other end goes down fails" network:wool "SUCCESS FAIL"
    ip link set hay up
    goes "and is up again" network:wool "SUCCESS FAIL SUCCESS"
    ip link del wool
    goes "and is gone" network:wool "SUCCESS FAIL SUCCESS FAIL"
else
    echo "skipped: no interface can be made here"
fi

if [ -n "$has_oom" ]; then
    goes "nobody was killed" oom SUCCESS
    eat
    goes "who wants too much memory is killed" oom "SUCCESS WARNING SUCCESS"
    sheepdog list -c "$work/daemon.conf" --json --tag oom --limit 1000 >"$work/oom.json"
    check "and named" grep -q 'want of memory: [0-9]* (.*python3' "$work/oom.json"
else
    echo "skipped: no group with a limit of memory can be made here"
fi

if [ -n "$has_units" ]; then
    goes "no unit failed" unit SUCCESS
    goes "a unit runs" mine:good SUCCESS
    goes "one that there is not fails" mine:gone FAIL
    systemctl start bad.service 2>/dev/null
    goes "a unit that fails is told" unit "SUCCESS FAIL"
    systemctl stop good.service 2>/dev/null
    goes "one that stops too" mine:good "SUCCESS FAIL"
    systemctl reset-failed
    systemctl start good.service
    goes "none failed any more" unit "SUCCESS FAIL SUCCESS"
    goes "and it runs again" mine:good "SUCCESS FAIL SUCCESS"
    has_facts() {
        sheepdog facts timer -c "$work/daemon.conf" | grep -q 'good.timer.*00:00:00.*good' &&
            sheepdog facts unit -c "$work/daemon.conf" | grep -q 'good.service.*active'
    }
    wait_until 20 has_facts
    check "units and timers are facts" has_facts
else
    echo "skipped: no systemd can be started here"
fi
finish
