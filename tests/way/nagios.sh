#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The daemon runs plugins of Nagios, and programs of one's own, and says what they say.
. "$(dirname "$0")/lib.sh"

cat >"$work/conf" <<'END'
(monitor nagios (tag "disk-root") (command "check_disk" "-w" "1%" "-c" "1%" "/"))
(monitor nagios (tag "dummy") (command "check_dummy" "1" "so-so"))
(monitor nagios (tag "gone") (command "/nowhere/check_it"))
(monitor nagios (tag "slow") (timeout "1s") (command "sleep" "30"))
(monitor nagios (tag "data") (command "echo" "OK | a=1 b= 'c d'=2ms;~:5;@6:7"))
(monitor exec (tag "job") (command "sh" "-c" "echo warning 3 wait; exit 1"))
(monitor exec (tag "silent") (command "sh" "-c" "echo disk is gone >&2; exit 3"))
(monitor exec (tag "chatty") (command "echo" "Everything is fine"))
END
chmod 600 "$work/conf"
sheepdog-daemon -c "$work/conf" --once >"$work/said" 2>"$work/log"

# says STATE TAG TEXT: one line of it does.
says() {
    grep -q "^$1  *$2  *$3" "$work/said" || {
        cat "$work/said" "$work/log"
        return 1
    }
}

check 'a plugin that is well is ok' says ok disk-root 'DISK OK - free space: /'
check 'its perfdata is a reading in bytes' says reading disk-root./ '[0-9.e+]* B$'
check 'its status is the state' says warning dummy 'WARNING: so-so$'
check 'one that is missing is critical' says fail gone \
    '(Return code of 127 is out of bounds - plugin may be missing)'
check 'one that takes too long is critical' says fail slow \
    '(Service check timed out after 1.00 seconds)'
check 'an item beside a wrong one is a reading' says reading data.c_d '0.002 s$'
check 'a state that a program prints holds' says warning job '3 wait$'
check 'without one its status is the state' says fail silent \
    'it ended with status 3; it said: disk is gone$'
check 'what is no line is unknown' says unknown chatty \
    'line 1: column 1: found "Everything"'
finish
