-- SPDX-License-Identifier: GPL-3.0-or-later
-- From version 3 to 4: what questions look for. Of each relation the index named_R too,
-- see relations.c.

-- With what a run's row says: a question over a million of them reads this index, 50
-- bytes of each, and not the table, where the whole message stands.
DROP INDEX message_time;
CREATE INDEX message_time ON message (time, tag, kind, state, status, err, elapsed);

-- "in the last month", of all hosts.
CREATE INDEX interruption_began ON interruption (began);
