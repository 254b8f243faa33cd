-- Who may see and keep used tokens; the roles came after the table.
--
-- A token goes in with the decision it was used for, by the writer, or with feedback, by the app. After its end nobody
-- accepts it any more, so the keeper deletes it then, and cannot before.
GRANT INSERT, SELECT ON seen_token TO herald_writer;
CREATE POLICY written ON seen_token FOR INSERT TO herald_writer WITH CHECK (tenant_id <> '');
CREATE POLICY seen ON seen_token FOR SELECT TO herald_writer USING (true);

GRANT INSERT, SELECT ON seen_token TO herald_app;

GRANT SELECT, DELETE ON seen_token TO herald_keeper;
CREATE POLICY ended ON seen_token TO herald_keeper USING (forget_at < now() - interval '1 hour');

-- `herald doctor` asks which schema this is.
GRANT SELECT ON _sqlx_migrations TO herald_keeper;
