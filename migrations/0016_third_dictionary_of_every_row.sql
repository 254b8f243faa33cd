-- Every row that was stored before holds what its packing asks for. Looking at them locks out no writer.
ALTER TABLE decision VALIDATE CONSTRAINT decision_packing;
ALTER TABLE decision_conflict VALIDATE CONSTRAINT decision_conflict_packing;
