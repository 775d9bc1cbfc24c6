-- SPDX-License-Identifier: GPL-3.0-or-later
-- From version 2 to 3: hosts, their facts with the time during which they were true, and
-- their readings.

-- When the first message of it came, which may be pruned since; before version 3, to the
-- hour.
ALTER TABLE tag ADD COLUMN first INTEGER;
UPDATE tag SET first =
    ifnull((SELECT min(start) FROM hour WHERE hour.tag = tag.number), since);

-- A host whose daemon beats, or that sends facts or readings. The others are known by
-- their tags alone.
CREATE TABLE host (
    number INTEGER PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    since INTEGER NOT NULL, -- when it first sent such a message
    seen INTEGER NOT NULL,  -- and last
    every INTEGER NOT NULL DEFAULT 0, -- ms from beat to beat; 0: nothing is promised
    epoch INTEGER NOT NULL DEFAULT 0, -- of its facts, the latest known of
    came INTEGER NOT NULL DEFAULT 0,  -- how many messages of facts of that are here
    short INTEGER NOT NULL DEFAULT 0, -- since when its beats say that it sent more; 0
    asked INTEGER NOT NULL DEFAULT 0, -- when that last made it lack
    lacks INTEGER NOT NULL DEFAULT 0  -- the whole is wanted: see hosts.c
) STRICT;

-- The catalogue: relation R has the table fact_R, with these columns, each as v_NAME. The
-- table also has: number, host, began, ended (NULL: it is still so), and the numbers of
-- the messages that opened and closed the row, which may be pruned.
CREATE TABLE relation (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL -- that spoke of it first
) STRICT;
CREATE INDEX relation_host ON relation (host);
CREATE TABLE relation_column (
    relation INTEGER NOT NULL REFERENCES relation,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_key INTEGER NOT NULL,
    PRIMARY KEY (relation, place)
) STRICT, WITHOUT ROWID;

-- How far a host's rows of a relation go: the mark and the time of the last message;
-- and whether a receiver says them, or the host itself.
CREATE TABLE said (
    host INTEGER NOT NULL REFERENCES host,
    relation INTEGER NOT NULL REFERENCES relation,
    epoch INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    time INTEGER NOT NULL,
    by_receiver INTEGER NOT NULL,
    PRIMARY KEY (host, relation)
) STRICT, WITHOUT ROWID;

-- Messages of facts that wait for one that is missing, and parts for their whole.
CREATE TABLE waiting (
    host INTEGER NOT NULL REFERENCES host,
    relation INTEGER NOT NULL REFERENCES relation,
    epoch INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    after INTEGER NOT NULL,
    extent INTEGER NOT NULL, -- 0 change, 1 part, 2 whole
    message INTEGER NOT NULL,
    PRIMARY KEY (host, relation, epoch, counter)
) STRICT, WITHOUT ROWID;

-- What is read again and again, with its newest value.
CREATE TABLE series (
    number INTEGER PRIMARY KEY,
    host INTEGER NOT NULL REFERENCES host,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    time INTEGER NOT NULL,
    value REAL NOT NULL,
    UNIQUE (host, name)
) STRICT;

-- As they came. The hour stands first: within one, those of a host share a few pages,
-- while by series and time each value of a beat would write a page of its own. Series is
-- without REFERENCES, for that would need an index.
CREATE TABLE reading (
    hour INTEGER NOT NULL, -- its beginning
    series INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (hour, series, time)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_hour (
    series INTEGER NOT NULL REFERENCES series,
    start INTEGER NOT NULL,
    minimum REAL NOT NULL,
    mean REAL NOT NULL,
    maximum REAL NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (series, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_hour_start ON reading_hour (start);

-- The rows of facts are kept as an output is, away from lists; but not pruned before
-- their message, for a message without them could not be read.
DROP INDEX message_output;
CREATE INDEX message_output ON message (time)
    WHERE output IS NOT NULL AND kind <> 'facts';
