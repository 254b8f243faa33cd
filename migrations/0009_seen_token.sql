-- Tokens that were used, so that none is used twice on any replica.
--
-- A row goes in with the decision it was used for, in one statement. The same token with the same request is a client that
-- repeats itself; with another one it is somebody who found it. Neither the token nor its id is kept, only a hash of the id.
CREATE TABLE seen_token (
    -- The tenant that the client is registered with.
    tenant_id  text        NOT NULL CONSTRAINT seen_token_tenant CHECK (tenant_id <> ''),
    client     text        NOT NULL CONSTRAINT seen_token_client CHECK (client <> ''),
    -- SHA-256 of `jti`, which is unique for each client only.
    token_hash bytea       NOT NULL CONSTRAINT seen_token_hash CHECK (octet_length(token_hash) = 32),
    -- SHA-256 of what it was used for.
    used_for   bytea       NOT NULL CONSTRAINT seen_token_used_for CHECK (octet_length(used_for) = 32),
    -- After this nobody accepts the token any more. Rows are deleted an hour later, should a clock be wrong.
    forget_at  timestamptz NOT NULL,
    CONSTRAINT seen_token_pkey PRIMARY KEY (tenant_id, client, token_hash)
);

CREATE INDEX seen_token_by_end ON seen_token (forget_at);
