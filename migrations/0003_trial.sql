-- A first, small registry of trials with HER2 criteria, for the line "n trials to check" of a card.
--
-- Public knowledge, the same for every tenant, hence without tenant. One row for each trial and tumour; the registry
-- with whole criteria comes as tables beside this one. Rows are loaded by the service, not by migrations: a status is
-- true only on the day it was read.
CREATE TABLE trial (
    nct      text   NOT NULL CONSTRAINT trial_nct CHECK (nct ~ '^NCT[0-9]{8}$'),
    tumour   text   NOT NULL CONSTRAINT trial_tumour CHECK (tumour <> ''),
    title    text   NOT NULL,
    phase    text   NOT NULL,
    -- The registry's own word, for instance 'RECRUITING'.
    status   text   NOT NULL,
    -- The month in which the status was read, as its first day.
    verified date   NOT NULL,
    -- Any one of these conditions meets the trial's HER2 criterion for this tumour.
    her2     text[] NOT NULL CONSTRAINT trial_her2 CHECK (
        cardinality(her2) > 0
        AND her2 <@ ARRAY['positive', 'low', 'ultralow', 'ihc0', 'ihc1', 'ihc2', 'ihc3', 'ihc2_ish_positive', 'ish_positive']),
    source   text   NOT NULL,
    CONSTRAINT trial_pkey PRIMARY KEY (nct, tumour)
);
