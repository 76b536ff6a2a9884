-- The tables of a counts file, DB.counts: what slo-eval and prom-text have counted of
-- the events in a database. Everything here follows from the database and its archive,
-- so the file may be deleted whenever no program uses it. seal is a checksum of the row,
-- so that one that was damaged or changed by hand is noticed when it is read.

-- One row: whose counts these are.
CREATE TABLE IF NOT EXISTS count_store (
  id TEXT NOT NULL,                -- of store_identity in the database
  made_ms INTEGER NOT NULL         -- when this file was begun
) STRICT;

-- What is counted. The text says which events, which are good, and their groups. All
-- transactions of the database up to a batch are counted, and all departures up to one.
CREATE TABLE IF NOT EXISTS count_definitions (
  no INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,     -- SHA-256 of the text
  text TEXT NOT NULL,
  batch_no INTEGER NOT NULL,       -- 0: nothing is counted yet
  transaction_no INTEGER NOT NULL, -- of that batch,
  committed_ms INTEGER NOT NULL,   -- and when: another one is another history
  departure_no INTEGER NOT NULL,
  asked_ms INTEGER NOT NULL,       -- when a program last asked for it, to the day
  since_ms INTEGER NOT NULL        -- when the counting began
) STRICT;

-- The values of the columns of groups, as JSON arrays of texts and nulls.
CREATE TABLE IF NOT EXISTS count_groups (
  no INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
) STRICT;

-- All events of a definition and group.
CREATE TABLE IF NOT EXISTS count_totals (
  definition_no INTEGER NOT NULL,
  group_no INTEGER NOT NULL,
  good INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  unknown INTEGER NOT NULL,        -- the condition was NULL
  excluded INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL,
  seal INTEGER NOT NULL,
  PRIMARY KEY (definition_no, group_no)
) STRICT, WITHOUT ROWID;

-- The same by UTC day; hours has those of the day as cells (lib/count/cell.h).
CREATE TABLE IF NOT EXISTS count_days (
  definition_no INTEGER NOT NULL,
  day INTEGER NOT NULL,            -- since 1970-01-01
  group_no INTEGER NOT NULL,
  good INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  excluded INTEGER NOT NULL,
  bad_minutes INTEGER NOT NULL,    -- different minutes with a bad event
  first_ms INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL,
  hours BLOB NOT NULL,
  seal INTEGER NOT NULL,
  PRIMARY KEY (definition_no, day, group_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS count_hours (
  definition_no INTEGER NOT NULL,
  hour INTEGER NOT NULL,           -- since 1970-01-01T00
  group_no INTEGER NOT NULL,
  minutes BLOB NOT NULL,           -- cells
  seal INTEGER NOT NULL,
  PRIMARY KEY (definition_no, hour, group_no)
) STRICT, WITHOUT ROWID;

-- Values of all events of a definition and group, for definitions that keep values.
CREATE TABLE IF NOT EXISTS count_values (
  definition_no INTEGER NOT NULL,
  group_no INTEGER NOT NULL,
  value BLOB NOT NULL,             -- lib/count/count_value.h
  seal INTEGER NOT NULL,
  PRIMARY KEY (definition_no, group_no)
) STRICT, WITHOUT ROWID;

-- The groups of a definition in the order in which it first had events of them
-- (lib/count/group_order.h).
CREATE TABLE IF NOT EXISTS count_group_order (
  definition_no INTEGER NOT NULL,
  place INTEGER NOT NULL,          -- 1 is the first
  group_no INTEGER NOT NULL,
  PRIMARY KEY (definition_no, place),
  UNIQUE (definition_no, group_no)
) STRICT, WITHOUT ROWID;

-- What totals lack of what they once were, since their definition began anew: counters that
-- people were shown never fall (lib/count/corrections.h).
CREATE TABLE IF NOT EXISTS count_corrections (
  definition_no INTEGER NOT NULL,
  group_no INTEGER NOT NULL,
  kept BLOB NOT NULL,              -- totals before, until all events are counted again
  added BLOB NOT NULL,             -- to the totals
  seal INTEGER NOT NULL,
  PRIMARY KEY (definition_no, group_no)
) STRICT, WITHOUT ROWID;

-- Departures of the database whose rows a definition has not counted.
CREATE TABLE IF NOT EXISTS count_missing (
  definition_no INTEGER NOT NULL,
  departure_no INTEGER NOT NULL,
  PRIMARY KEY (definition_no, departure_no)
) STRICT, WITHOUT ROWID;
