-- A first, small registry of trial cohorts with HER2 criteria, for the line "n trials to check" of a card.
--
-- Public knowledge, the same for every tenant, hence without tenant. One row for each cohort that has a HER2 criterion of
-- its own; the registry with whole criteria comes as tables beside this one. Rows are loaded by the service, not by
-- migrations: a recruitment status is true only for the day on which it was read.
CREATE TABLE trial (
    nct        text       NOT NULL CONSTRAINT trial_nct CHECK (nct ~ '^NCT[0-9]{8}$'),
    cohort     text       NOT NULL CONSTRAINT trial_cohort CHECK (cohort <> ''),
    title      text       NOT NULL,
    tumours    text[]     NOT NULL CONSTRAINT trial_tumours CHECK (cardinality(tumours) > 0),
    her2       text       NOT NULL CONSTRAINT trial_her2 CHECK (
        her2 IN ('positive', 'negative', 'low', 'low_or_ultralow', 'ihc_3', 'ihc_2_or_more', 'ihc_1_or_more')),
    -- The register's own word; only trials that recruit or soon will reach a card.
    status     text       NOT NULL,
    -- The month or day in which the status was read.
    verified   text       NOT NULL CONSTRAINT trial_verified CHECK (verified ~ '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$'),
    -- What is not evaluated and has to be asked, each with its cost: a question 1, laboratory 2, imaging 3, a test on
    -- stored tissue 4, a new biopsy 8.
    need_what  text[]     NOT NULL,
    need_cost  smallint[] NOT NULL,
    source     text       NOT NULL,
    CONSTRAINT trial_needs CHECK (cardinality(need_what) = cardinality(need_cost)),
    CONSTRAINT trial_pkey PRIMARY KEY (nct, cohort)
);
