-- Packing 4: as packing 3, with dictionary 2 of the service.
--
-- The texts of cards and labels have grown since dictionary 1 was made; with the new one a decision is two fifths smaller.
-- Rows of packings 0 to 3 stay as they are. The next migration looks at them, as after the fourth one.

ALTER TABLE decision
    DROP CONSTRAINT decision_packing,
    ADD CONSTRAINT decision_packing CHECK (packing IN (3, 4) AND content IS NOT NULL
                                           OR packing IN (0, 1, 2) AND evidence IS NOT NULL AND reply IS NOT NULL)
        NOT VALID;

ALTER TABLE decision_conflict
    DROP CONSTRAINT decision_conflict_packing,
    ADD CONSTRAINT decision_conflict_packing CHECK (packing IN (3, 4) AND content IS NOT NULL
                                                    OR packing IN (0, 1, 2) AND evidence IS NOT NULL AND reply IS NOT NULL)
        NOT VALID;
