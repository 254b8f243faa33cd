-- Who may do what with the record, and whose rows anybody sees.
--
-- A role without login for each kind of work; a site grants them to its login roles. Nobody but the owner may change or
-- delete what was recorded, and the service is never the owner. Each kind of work takes its role when it connects.
--
--   herald_owner      owns everything; only `herald migrate` works as it
--   herald_writer     stores decisions of every tenant, and reads nothing but keys
--   herald_app        answers requests: reads and adds rows of one tenant, the one named in `app.tenant`
--   herald_keeper     looks after what cards depend on: answers to cards and silences of every tenant, the trial registry
--   herald_sealer     reads the hashes of rows, never their content, and adds seals
--   herald_audit      reads everything
--   herald_retention  may call the one function that deletes, and nothing else
DO $$
DECLARE
    wanted name;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['herald_owner', 'herald_writer', 'herald_app', 'herald_keeper', 'herald_sealer',
                                  'herald_audit', 'herald_retention']::name[]
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                -- Another database of this server is migrated at the same time: roles belong to the server.
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the role % is missing and % may not create it; let an administrator run: '
                        'CREATE ROLE % NOLOGIN; and the same for the other roles named in docs/operations.md',
                        wanted, current_user, wanted;
            END;
        END IF;
    END LOOP;
    -- Whoever migrates has to act as the owner. A superuser does anyway.
    IF NOT pg_has_role(current_user, 'herald_owner', 'USAGE') THEN
        BEGIN
            EXECUTE format('GRANT herald_owner TO %I', current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE EXCEPTION '% is no member of herald_owner; let an administrator run: GRANT herald_owner TO %',
                current_user, current_user;
        END;
    END IF;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO herald_owner;
GRANT USAGE ON SCHEMA public
   TO herald_writer, herald_app, herald_keeper, herald_sealer, herald_audit, herald_retention;

-- Every table with a tenant, partitions included, shows no row to anybody for whom no policy below says so; FORCE holds for
-- the owner as well. Nothing is granted on a partition itself: all ways lead through `decision`.
DO $$
DECLARE
    it record;
BEGIN
    FOR it IN
        SELECT c.relname, c.relispartition
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', it.relname);
        IF NOT it.relispartition THEN
            -- After a transaction the setting is an empty text, not missing; no tenant has that name.
            EXECUTE format('CREATE POLICY of_tenant ON %I TO herald_app '
                           'USING (tenant_id = current_setting(''app.tenant'', true)) '
                           'WITH CHECK (tenant_id = current_setting(''app.tenant'', true))', it.relname);
            EXECUTE format('CREATE POLICY audited ON %I FOR SELECT TO herald_audit USING (true)', it.relname);
            EXECUTE format('GRANT SELECT ON %I TO herald_audit', it.relname);
            -- Within the function that deletes by age, and nowhere else, the owner sees rows.
            EXECUTE format('CREATE POLICY by_age ON %I TO herald_owner '
                           'USING (current_setting(''app.retention'', true) = ''on'')', it.relname);
        END IF;
    END LOOP;
END $$;

-- The writer: one statement holds decisions of several tenants.
GRANT INSERT ON decision_key, decision TO herald_writer;
GRANT SELECT ON decision_key TO herald_writer;
CREATE POLICY written ON decision_key FOR INSERT TO herald_writer WITH CHECK (tenant_id <> '');
CREATE POLICY keys ON decision_key FOR SELECT TO herald_writer USING (true);
CREATE POLICY written ON decision FOR INSERT TO herald_writer WITH CHECK (tenant_id <> '');

-- Requests: one tenant in each transaction.
GRANT SELECT, INSERT ON decision_key, decision, decision_conflict, feedback, answered_card TO herald_app;
-- A comment is free text of a clinician: it is kept, and only an auditor reads it.
GRANT INSERT, SELECT (tenant_id, service_id, card, outcome, suggestions, outcome_at) ON feedback_comment TO herald_app;
GRANT SELECT ON silence, trial TO herald_app;

-- What cards depend on, of every tenant: answers to cards hold keyed hashes of people and no content of any decision.
GRANT SELECT ON feedback, answered_card, silence, trial TO herald_keeper;
CREATE POLICY kept ON feedback FOR SELECT TO herald_keeper USING (true);
CREATE POLICY kept ON answered_card FOR SELECT TO herald_keeper USING (true);
GRANT INSERT, UPDATE (ended_at, ended_by) ON silence TO herald_keeper;
CREATE POLICY kept ON silence TO herald_keeper USING (true) WITH CHECK (tenant_id <> '');
GRANT INSERT, UPDATE ON trial TO herald_keeper;
GRANT SELECT ON trial TO herald_audit;

-- The views show what their reader may see, not what their owner may.
ALTER VIEW shown_card SET (security_invoker = true);
ALTER VIEW feedback_standing SET (security_invoker = true);
GRANT SELECT ON shown_card, feedback_standing TO herald_app, herald_audit;

-- Which schema this is.
GRANT SELECT ON _sqlx_migrations TO herald_app, herald_audit;
