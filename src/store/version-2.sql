-- SPDX-License-Identifier: GPL-3.0-or-later
-- From version 1 to 2: what cannot be handled, how far sources are read, who may, what a
-- backlog changed, and a cheaper way to the messages of a tag.

-- Dead letters. A number is never given again: people name a letter by it.
CREATE TABLE dead (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    came INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT, -- the source's own for it
    reason TEXT NOT NULL,
    bytes BLOB NOT NULL, -- as they came, the first MiB of them
    hash BLOB NOT NULL   -- of all of them
) STRICT;
CREATE UNIQUE INDEX dead_name ON dead (source, name) WHERE name IS NOT NULL;
CREATE UNIQUE INDEX dead_hash ON dead (source, hash) WHERE name IS NULL;
CREATE INDEX dead_came ON dead (came);

-- How far a source is read, in its own words.
CREATE TABLE position (
    source TEXT PRIMARY KEY,
    position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may. The token itself is kept nowhere; nor is its number given again, which stands
-- in logs.
CREATE TABLE token (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL, -- "*": any
    role TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    made INTEGER NOT NULL,
    expires INTEGER NOT NULL -- 0: never
) STRICT;

-- A host whose old messages still arrive, and until when what they change is held.
CREATE TABLE backlog (
    number INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    until INTEGER NOT NULL
) STRICT;

-- Not NULL: held. state_before is what the address knows; the rest is filled in when the
-- hold ends: with the backlog's, and at due at the latest.
ALTER TABLE notification ADD COLUMN backlog INTEGER REFERENCES backlog;
CREATE INDEX notification_held ON notification (notifier, tag)
    WHERE backlog IS NOT NULL;

-- The hours, by their beginning, in which something of a tag happened: where to look for
-- its messages in message_time, which is in the order of time and holds the tag. An index
-- (tag, time) wrote a page for each message, three quarters of all that was written.
CREATE TABLE hour (
    tag INTEGER NOT NULL REFERENCES tag,
    start INTEGER NOT NULL,
    PRIMARY KEY (tag, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX hour_start ON hour (start);
INSERT INTO hour SELECT DISTINCT tag, time - ((time % 3600000) + 3600000) % 3600000
    FROM message;
DROP INDEX message_tag;
DROP INDEX message_time;
CREATE INDEX message_time ON message (time, tag);
