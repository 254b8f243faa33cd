-- The durable record of what clinicians were told.
--
-- A decision is evidence: its rows are inserted once and never changed. Nothing here has a trigger, a sequence or an
-- enum type, every key begins with the tenant, and ids are made by the service, so that the same schema runs on one
-- PostgreSQL, on several behind a routing table, and on distributed ones.

-- Who was first. One firing of a hook may call several services with one hookInstance, so the key has three parts.
-- A table partitioned by month cannot be unique over all months; this narrow one is not partitioned and carries the
-- uniqueness for it. Keys of a month are deleted together with that month's partition of `decision`.
CREATE TABLE decision_key (
    tenant_id      text  NOT NULL CONSTRAINT decision_key_tenant CHECK (tenant_id <> ''),
    service_id     text  NOT NULL,
    hook_instance  text  NOT NULL,
    decision_id    uuid  NOT NULL,
    received_month date  NOT NULL,
    -- SHA-256 of what the answer was computed from: the same hash gets the stored reply again.
    request_hash   bytea NOT NULL CONSTRAINT decision_key_hash CHECK (octet_length(request_hash) = 32),
    CONSTRAINT decision_key_pkey PRIMARY KEY (tenant_id, service_id, hook_instance)
);

-- The decision itself. Ids are UUIDv7, so the primary key is also the order in time and the list of the latest
-- decisions needs no further index.
CREATE TABLE decision (
    tenant_id      text        NOT NULL CONSTRAINT decision_tenant CHECK (tenant_id <> ''),
    received_month date        NOT NULL,
    decision_id    uuid        NOT NULL,
    -- Three clocks: the client's (not trusted, often unknown), ours at receipt, and the database's at insert.
    client_at      timestamptz,
    received_at    timestamptz NOT NULL,
    stored_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- How `evidence` and `reply` are packed: 0 as they are, 1 an LZ4 block after its length in four bytes, 2 the same
    -- with dictionary 1 of the service.
    packing        smallint    NOT NULL CONSTRAINT decision_packing CHECK (packing IN (0, 1, 2)),
    service_id     text        NOT NULL,
    hook_instance  text        NOT NULL,
    hook           text        NOT NULL,
    -- Of the specimen that answers the clinical question, for lists; 'none' where there is no such specimen.
    category       text        NOT NULL,
    next_step      text        NOT NULL,
    -- Keyed hashes of the patient's and the user's id; without the key, which the database never sees, they name nobody.
    pseudonym_key  bytea       NOT NULL,
    patient_ref    bytea,
    user_ref       bytea,
    request_hash   bytea       NOT NULL CONSTRAINT decision_request_hash CHECK (octet_length(request_hash) = 32),
    rules_digest   bytea       NOT NULL CONSTRAINT decision_rules_digest CHECK (octet_length(rules_digest) = 32),
    -- SHA-256 of 0x00 and the canonical bytes of this row: a leaf of the Merkle tree that seals the record.
    record_hash    bytea       NOT NULL CONSTRAINT decision_record_hash CHECK (octet_length(record_hash) = 32),
    card_ids       uuid[]      NOT NULL,
    -- What the assessment was derived from, as canonical bytes (jsonb would reorder them), and the reply, byte for byte.
    evidence       bytea       NOT NULL,
    reply          bytea       NOT NULL,
    CONSTRAINT decision_pkey PRIMARY KEY (tenant_id, received_month, decision_id)
) PARTITION BY RANGE (received_month);

-- Both columns come packed; a second attempt by the server would cost time and gain nothing.
ALTER TABLE decision ALTER COLUMN evidence SET STORAGE EXTERNAL;
ALTER TABLE decision ALTER COLUMN reply SET STORAGE EXTERNAL;

-- Catches what no month's partition takes, so that a late maintenance step never refuses a decision. A row here is an alarm.
CREATE TABLE decision_default PARTITION OF decision DEFAULT;

-- The same key with other content. Some EHRs use a hookInstance twice; the second answer was shown to somebody as well,
-- so it is recorded whole. One row for each content, so that a repeat of the second request gets its own reply again.
CREATE TABLE decision_conflict (
    tenant_id         text        NOT NULL CONSTRAINT decision_conflict_tenant CHECK (tenant_id <> ''),
    received_month    date        NOT NULL,
    decision_id       uuid        NOT NULL,
    client_at         timestamptz,
    received_at       timestamptz NOT NULL,
    stored_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    packing           smallint    NOT NULL CONSTRAINT decision_conflict_packing CHECK (packing IN (0, 1, 2)),
    service_id        text        NOT NULL,
    hook_instance     text        NOT NULL,
    hook              text        NOT NULL,
    category          text        NOT NULL,
    next_step         text        NOT NULL,
    pseudonym_key     bytea       NOT NULL,
    patient_ref       bytea,
    user_ref          bytea,
    request_hash      bytea       NOT NULL CONSTRAINT decision_conflict_request_hash CHECK (octet_length(request_hash) = 32),
    rules_digest      bytea       NOT NULL CONSTRAINT decision_conflict_rules_digest CHECK (octet_length(rules_digest) = 32),
    record_hash       bytea       NOT NULL CONSTRAINT decision_conflict_record_hash CHECK (octet_length(record_hash) = 32),
    card_ids          uuid[]      NOT NULL,
    evidence          bytea       NOT NULL,
    reply             bytea       NOT NULL,
    CONSTRAINT decision_conflict_pkey PRIMARY KEY (tenant_id, service_id, hook_instance, request_hash)
);

ALTER TABLE decision_conflict ALTER COLUMN evidence SET STORAGE EXTERNAL;
ALTER TABLE decision_conflict ALTER COLUMN reply SET STORAGE EXTERNAL;

-- The order in time, as the primary key of `decision` gives it: for lists, sealing and retention.
CREATE INDEX decision_conflict_by_time ON decision_conflict (tenant_id, received_month, decision_id);
