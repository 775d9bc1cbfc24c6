#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# year: some days of a small herd, over both leaps of the clocks, and what is told of them by
# a server that is killed at random moments, compared with an oracle. DAYS, HOSTS and SEED
# may be set; a seed makes the same days again.
. "$(dirname "$0")/lib.sh"
TMPDIR=$work
export TMPDIR

# days START: what is told of the days from then on is what the oracle says.
days() {
    "$way/../alert/year" --days "${DAYS:-8}" --hosts "${HOSTS:-12}" --seed "${SEED:-12}" \
        --kills 6 --start "$1"
}

check "each alert and each recovery is told once, in spring" days 2027-03-27
check "and in autumn" days 2027-10-30
finish
