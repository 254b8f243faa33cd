-- What keeps a card from being shown: answers that were given to the same finding, and silence that a site asked for.

-- Which finding an answered card was about, and who saw it. Feedback names only the card, so its decision is looked for
-- once, when the first feedback comes; decisions themselves get no further index for it, since every one of them would pay
-- for what few need. Rows are inserted once. What the feedback amounts to is read from `feedback`, the latest event by the
-- client's clock counting, as in `feedback_standing`.
CREATE TABLE answered_card (
    tenant_id   text        NOT NULL CONSTRAINT answered_card_tenant CHECK (tenant_id <> ''),
    service_id  text        NOT NULL,
    -- As in `feedback`: a UUID in its usual form.
    card        text        NOT NULL,
    decision_id uuid        NOT NULL,
    -- SHA-256 of tenant, patient (as the keyed hash below), rule and evidence: another result is another finding.
    finding     bytea       NOT NULL CONSTRAINT answered_card_finding CHECK (octet_length(finding) = 32),
    patient_ref bytea       NOT NULL CONSTRAINT answered_card_patient CHECK (octet_length(patient_ref) = 32),
    -- Missing where the client did not say who looked.
    user_ref    bytea                CONSTRAINT answered_card_user CHECK (octet_length(user_ref) = 32),
    stored_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT answered_card_pkey PRIMARY KEY (tenant_id, service_id, card)
);

-- Each replica looks every few seconds at what is new.
CREATE INDEX answered_card_by_time ON answered_card (stored_at);
CREATE INDEX feedback_by_time ON feedback (stored_at);

-- A rule, a rule set or a kind of card that a client does not want to see for now. An end is noted and nothing is deleted:
-- why no card was shown on a day has to be found later.
CREATE TABLE silence (
    tenant_id text        NOT NULL CONSTRAINT silence_tenant CHECK (tenant_id <> ''),
    client    text        NOT NULL CONSTRAINT silence_client CHECK (client <> ''),
    -- A topic code (HER2LOW), a rule (breast-asco-cap-2018/G4-2plus), a rule set (breast-asco-cap-2018), or * for every
    -- card: shadow mode, in which all is computed and recorded and nothing shown.
    what      text        NOT NULL CONSTRAINT silence_what CHECK (what ~ '^(\*|[A-Za-z0-9._/-]{1,128})$'),
    since     timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The planned end; missing: until it is taken back.
    until     timestamptz,
    by_whom   text        NOT NULL CONSTRAINT silence_by_whom CHECK (by_whom <> ''),
    why       text        NOT NULL CONSTRAINT silence_why CHECK (why <> ''),
    -- Taken back.
    ended_at  timestamptz,
    ended_by  text,
    CONSTRAINT silence_end CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT silence_pkey PRIMARY KEY (tenant_id, client, what, since)
);
