-- The setting that a cohort asks for, where it asks for one. Rows of before keep none: an unknown criterion fails nobody. The
-- service writes its own sample anew when it starts.
ALTER TABLE trial ADD COLUMN setting text CONSTRAINT trial_setting CHECK (setting IN ('advanced'));
