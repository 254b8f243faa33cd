-- Tamper evidence, and deletion by age.
--
-- A seal is a signed statement about a run of rows of one tenant: the root of a Merkle tree (RFC 6962) over their
-- `record_hash`, in the order in which they were stored, and the hash of the seal before it. The key never comes near the
-- database, and the newest seal is published outside it. Rows are not marked as sealed, since nobody may change them: the
-- seal keeps its leaves, so that what was sealed is known, and proved, also after the rows are deleted.
CREATE TABLE seal (
    tenant_id       text        NOT NULL CONSTRAINT seal_tenant CHECK (tenant_id <> ''),
    -- 1 for the first seal of a tenant, without gaps. Two services that seal at once try the same number; one of them fails.
    seq             bigint      NOT NULL CONSTRAINT seal_seq CHECK (seq > 0),
    -- Of its rows: when the first and the last was stored, the months in which they are filed, how many.
    first_stored_at timestamptz NOT NULL,
    last_stored_at  timestamptz NOT NULL,
    first_month     date        NOT NULL,
    last_month      date        NOT NULL,
    n               integer     NOT NULL CONSTRAINT seal_n CHECK (n > 0),
    root            bytea       NOT NULL,
    prev_seal_hash  bytea       NOT NULL,
    -- By the clock of the service.
    sealed_at       timestamptz NOT NULL,
    key_id          bytea       NOT NULL,
    signature       bytea       NOT NULL,
    -- 60 bytes for each row: table (1), packing (1), month (2), id (16), stored_at (8), record_hash (32).
    leaves          bytea       NOT NULL,
    CONSTRAINT seal_pkey PRIMARY KEY (tenant_id, seq)
);
-- Hashes do not compress.
ALTER TABLE seal ALTER COLUMN leaves SET STORAGE EXTERNAL;

-- Which service seals a tenant at present. It only saves work: that no row is sealed twice is the primary key's matter.
CREATE TABLE seal_lease (
    tenant_id text        NOT NULL CONSTRAINT seal_lease_tenant CHECK (tenant_id <> ''),
    holder    uuid        NOT NULL,
    until     timestamptz NOT NULL,
    CONSTRAINT seal_lease_pkey PRIMARY KEY (tenant_id)
);

-- The order in which rows are sealed. It is the database's clock: the spool delivers old decisions late.
CREATE INDEX decision_by_storing ON decision (tenant_id, stored_at);
CREATE INDEX decision_conflict_by_storing ON decision_conflict (tenant_id, stored_at);

-- A month of a tenant that must not be deleted, and that it may be again: the latest row counts.
CREATE TABLE legal_hold (
    tenant_id      text        NOT NULL CONSTRAINT legal_hold_tenant CHECK (tenant_id <> ''),
    received_month date        NOT NULL CONSTRAINT legal_hold_month CHECK (extract(day FROM received_month) = 1),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    held           boolean     NOT NULL,
    by_whom        text        NOT NULL CONSTRAINT legal_hold_by_whom CHECK (by_whom <> ''),
    why            text        NOT NULL CONSTRAINT legal_hold_why CHECK (why <> ''),
    CONSTRAINT legal_hold_pkey PRIMARY KEY (tenant_id, received_month, at)
);

-- What was deleted by age. An audit does not miss the rows of these months.
CREATE TABLE deleted_month (
    tenant_id      text        NOT NULL CONSTRAINT deleted_month_tenant CHECK (tenant_id <> ''),
    received_month date        NOT NULL,
    deleted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    decisions      bigint      NOT NULL,
    conflicts      bigint      NOT NULL,
    keys           bigint      NOT NULL,
    CONSTRAINT deleted_month_pkey PRIMARY KEY (tenant_id, received_month, deleted_at)
);

-- Deletes every month before `before`: the partition, its keys and conflicts, and what was said by clinicians in free text
-- until then. A month is a matter of all tenants, since they share its partition: a hold of one keeps it for all. So does a
-- row that is not sealed yet, whose hash would be lost. Seals and their leaves stay.
CREATE FUNCTION herald_delete_before(before date)
RETURNS TABLE (month date, outcome text, tenant text, decisions bigint, conflicts bigint, keys bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
DECLARE
    this date;
    months date[];
    partitions text[] := '{}';
    partition_name text;
BEGIN
    -- Until the end of the transaction the owner, as which this runs, sees rows (the policy `by_age`).
    PERFORM set_config('app.retention', 'on', true);
    IF before IS NULL OR before <> date_trunc('month', before)::date
       OR before > date_trunc('month', now() AT TIME ZONE 'UTC')::date THEN
        RETURN QUERY SELECT before, 'not a month that is over'::text, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint;
        RETURN;
    END IF;
    months := ARRAY(
        SELECT received_month FROM decision WHERE received_month < before
        UNION SELECT received_month FROM decision_conflict WHERE received_month < before
        UNION SELECT received_month FROM decision_key WHERE received_month < before
        ORDER BY 1);
    FOREACH this IN ARRAY months LOOP
        IF EXISTS (SELECT FROM (SELECT DISTINCT ON (tenant_id) held FROM legal_hold
                                 WHERE received_month = this ORDER BY tenant_id, at DESC) AS latest
                    WHERE held) THEN
            RETURN QUERY SELECT this, 'held'::text, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint;
            CONTINUE;
        END IF;
        IF EXISTS (SELECT FROM (SELECT tenant_id, max(stored_at) AS newest
                                  FROM (SELECT tenant_id, stored_at FROM decision WHERE received_month = this
                                         UNION ALL
                                        SELECT tenant_id, stored_at FROM decision_conflict
                                         WHERE received_month = this) AS stored
                                 GROUP BY tenant_id) AS stored
                    WHERE newest > coalesce((SELECT max(last_stored_at) FROM seal
                                              WHERE seal.tenant_id = stored.tenant_id), '-infinity')) THEN
            RETURN QUERY SELECT this, 'not sealed yet'::text, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint;
            CONTINUE;
        END IF;
        RETURN QUERY
        WITH counted AS (
            SELECT tenant_id, 1 AS decision, 0 AS conflict, 0 AS held_key FROM decision WHERE received_month = this
             UNION ALL
            SELECT tenant_id, 0, 1, 0 FROM decision_conflict WHERE received_month = this
             UNION ALL
            SELECT tenant_id, 0, 0, 1 FROM decision_key WHERE received_month = this
        ), noted AS (
            INSERT INTO deleted_month (tenant_id, received_month, decisions, conflicts, keys)
            SELECT tenant_id, this, sum(decision), sum(conflict), sum(held_key) FROM counted GROUP BY tenant_id
            RETURNING tenant_id, decisions, conflicts, keys
        )
        SELECT this, 'deleted'::text, tenant_id, decisions, conflicts, keys FROM noted ORDER BY tenant_id;
        DELETE FROM decision_conflict WHERE received_month = this;
        DELETE FROM decision_key WHERE received_month = this;
        partition_name := 'decision_' || to_char(this, 'YYYY_MM');
        IF to_regclass('public.' || partition_name) IS NOT NULL THEN
            partitions := partitions || partition_name;
        END IF;
        -- What came before its partition was made.
        DELETE FROM decision_default WHERE received_month = this;
        DELETE FROM feedback_comment WHERE stored_at < this + interval '1 month';
        DELETE FROM answered_card WHERE stored_at < this + interval '1 month';
    END LOOP;
    -- Last of all: from here to the commit nobody can write.
    FOREACH partition_name IN ARRAY partitions LOOP
        EXECUTE format('DROP TABLE public.%I', partition_name);
    END LOOP;
    PERFORM set_config('app.retention', '', true);
END $$;

REVOKE ALL ON FUNCTION herald_delete_before(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION herald_delete_before(date) TO herald_retention;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['seal', 'seal_lease', 'legal_hold', 'deleted_month'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY audited ON %I FOR SELECT TO herald_audit USING (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO herald_audit', name);
        EXECUTE format('CREATE POLICY by_age ON %I TO herald_owner '
                       'USING (current_setting(''app.retention'', true) = ''on'')', name);
    END LOOP;
END $$;

CREATE POLICY by_age ON decision_default TO herald_owner USING (current_setting('app.retention', true) = 'on');

-- The sealer: hashes of every tenant, never what they are hashes of.
GRANT SELECT (tenant_id, received_month, decision_id, stored_at, packing, record_hash)
   ON decision, decision_conflict TO herald_sealer;
GRANT SELECT (tenant_id) ON decision_key TO herald_sealer;
GRANT SELECT, INSERT ON seal TO herald_sealer;
GRANT SELECT, INSERT, UPDATE ON seal_lease TO herald_sealer;
CREATE POLICY hashes ON decision FOR SELECT TO herald_sealer USING (true);
CREATE POLICY hashes ON decision_conflict FOR SELECT TO herald_sealer USING (true);
CREATE POLICY tenants ON decision_key FOR SELECT TO herald_sealer USING (true);
CREATE POLICY seals ON seal TO herald_sealer USING (true) WITH CHECK (tenant_id <> '');
CREATE POLICY leases ON seal_lease TO herald_sealer USING (true) WITH CHECK (tenant_id <> '');

-- Retention: what is held, what was deleted, and the roots for the certificate.
GRANT SELECT ON seal, deleted_month TO herald_retention;
GRANT SELECT, INSERT ON legal_hold TO herald_retention;
CREATE POLICY roots ON seal FOR SELECT TO herald_retention USING (true);
CREATE POLICY noted ON deleted_month FOR SELECT TO herald_retention USING (true);
CREATE POLICY holds ON legal_hold TO herald_retention USING (true) WITH CHECK (tenant_id <> '');
