#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs that recurse give what is worked out without Datalog: sheepdog ask -f, on facts
# in files. bench/recursion has them larger.
. "$(dirname "$0")/lib.sh"
export PYTHONPATH="$way/.." PYTHONDONTWRITEBYTECODE=1

/usr/bin/python3 - "$work" <<'EOF' || failures=1
import sys
from lab import alone, programs, recursion

claims = programs.Claims()
for number, problem in enumerate(recursion.small()):
    run = alone.run(f"{sys.argv[1]}/{number}", problem, 60)
    for name, wanted in problem.answers.items():
        found = run.answers.get(name, set())
        claims(f"{problem.name}: {name}", found == wanted, run.trouble or
               f"{len(wanted)} rows wanted, {len(found)} found; too many: "
               f"{sorted(found - wanted)[:3]}, missing: {sorted(wanted - found)[:3]}")
sys.exit(claims.failures > 0)
EOF
finish
