-- Evidence and reply of a decision in one block.
--
-- A reply repeats most of its evidence, so one block that holds both is smaller than two: 1.5 kB instead of 2.2 kB for the
-- request of the benchmark. Packing 3 is one or two Zstandard frames, made with dictionary 1 of the service, and four
-- lengths in four bytes each, big endian: of the evidence, of the reply before a piece that many replies share, of that
-- piece, and of the reply behind it. The first frame holds evidence, reply before and reply behind, in this order; the
-- second holds that piece and is missing where its length is zero. The hash of the row covers the block as it lies here.
--
-- Rows of packings 0 to 2 keep their two columns; no row is rewritten. The next migration looks at them: to do so here
-- would stop all writing meanwhile.

ALTER TABLE decision
    ADD COLUMN content bytea,
    ALTER COLUMN content SET STORAGE EXTERNAL,
    ALTER COLUMN evidence DROP NOT NULL,
    ALTER COLUMN reply DROP NOT NULL,
    DROP CONSTRAINT decision_packing,
    ADD CONSTRAINT decision_packing CHECK (packing = 3 AND content IS NOT NULL
                                           OR packing IN (0, 1, 2) AND evidence IS NOT NULL AND reply IS NOT NULL)
        NOT VALID;

ALTER TABLE decision_conflict
    ADD COLUMN content bytea,
    ALTER COLUMN content SET STORAGE EXTERNAL,
    ALTER COLUMN evidence DROP NOT NULL,
    ALTER COLUMN reply DROP NOT NULL,
    DROP CONSTRAINT decision_conflict_packing,
    ADD CONSTRAINT decision_conflict_packing CHECK (packing = 3 AND content IS NOT NULL
                                                    OR packing IN (0, 1, 2) AND evidence IS NOT NULL AND reply IS NOT NULL)
        NOT VALID;
