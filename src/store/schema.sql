-- SPDX-License-Identifier: GPL-3.0-or-later
-- The store, version 1. Times are ms since 1970 UTC. A place in time is (time, id), for two
-- messages may bear the same time. States: 0 none, 1 ok, 2 unknown, 3 warning, 4 fail.

PRAGMA application_id = 1399350640; -- "Shep"

-- What runs or is watched on a host, and how it stands. All is NULL from since on until a
-- message speaks of its state. newest is that message; it names it without REFERENCES,
-- for that would need an index which every message rewrites.
CREATE TABLE tag (
    number INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    tag TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    since INTEGER, since_id TEXT, -- the first message of this state
    time INTEGER, id TEXT,        -- the newest message that spoke
    newest INTEGER,
    UNIQUE (host, tag)
) STRICT;
CREATE INDEX tag_state ON tag (state DESC, host, tag);

-- Every message. time is when it happened, not later than came. body is its JSON without
-- what it printed; output is an object of that: stdout, stderr, bytes. NULL: none.
CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tag INTEGER NOT NULL REFERENCES tag,
    kind TEXT NOT NULL,
    time INTEGER NOT NULL,
    came INTEGER NOT NULL,
    state INTEGER NOT NULL,
    err TEXT,
    status INTEGER,
    elapsed REAL,
    last_word TEXT NOT NULL, -- of what it said or printed; stays when output goes
    body TEXT NOT NULL,
    output TEXT
) STRICT;
-- By time alone, not by place: a message writes a page of each index, and the narrower
-- they are, the more tags share one. What bears the same time is sorted when it is read.
CREATE INDEX message_time ON message (time);
CREATE INDEX message_tag ON message (tag, time);
CREATE INDEX message_wrong ON message (time) WHERE state > 1;
CREATE INDEX message_output ON message (time) WHERE output IS NOT NULL;

-- From the message that left ok to the one that came back to it; ended is NULL while it
-- goes on. Interruptions outlive their messages.
CREATE TABLE interruption (
    tag INTEGER NOT NULL REFERENCES tag,
    began INTEGER NOT NULL, began_id TEXT NOT NULL,
    ended INTEGER, ended_id TEXT,
    PRIMARY KEY (tag, began, began_id)
) STRICT, WITHOUT ROWID;

-- The outbox: what is to be told, and when it is to be tried; told is NULL until it is.
CREATE TABLE notification (
    number INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    tag INTEGER NOT NULL REFERENCES tag, -- the message's
    notifier TEXT NOT NULL,
    address TEXT NOT NULL,
    state_before INTEGER NOT NULL,
    state_now INTEGER NOT NULL,
    since INTEGER NOT NULL, -- when the interruption began
    made INTEGER NOT NULL,
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, -- that failed
    why TEXT,                         -- the last one failed
    told INTEGER
) STRICT;
CREATE INDEX notification_message ON notification (message);
CREATE INDEX notification_due ON notification (notifier, due) WHERE told IS NULL;
CREATE INDEX notification_order ON notification (notifier, address, tag, number)
    WHERE told IS NULL;
