-- Which decisions were made on a token that only one process could check.
--
-- While PostgreSQL is away no replica can tell the others which tokens it has seen: each goes by its own memory. A decision
-- of that time came through the spool, and says so for ever. The hash that seals a row covers this column where it is set, so
-- rows from before it, and all that were checked by everybody, have the hash that they had.
ALTER TABLE decision
    ADD COLUMN replay_check text,
    ADD CONSTRAINT decision_replay_check CHECK (replay_check = 'local') NOT VALID;

ALTER TABLE decision_conflict
    ADD COLUMN replay_check text,
    ADD CONSTRAINT decision_conflict_replay_check CHECK (replay_check = 'local') NOT VALID;
