-- What clinicians did with a card.
--
-- Feedback may come before the decision is visible, late, twice, in any order, for several cards, or never. Every event
-- is kept and none refers to a decision by foreign key; the views below say what it amounts to. A card nobody was heard
-- about is "unknown", never "ignored".

CREATE TABLE feedback (
    tenant_id      text        NOT NULL CONSTRAINT feedback_tenant CHECK (tenant_id <> ''),
    service_id     text        NOT NULL,
    -- As the client sent it, a UUID in its usual form. A client may send any text here.
    card           text        NOT NULL,
    outcome        text        NOT NULL CONSTRAINT feedback_outcome CHECK (outcome IN ('accepted', 'overridden')),
    -- Ids of the accepted suggestions, sorted.
    suggestions    text[]      NOT NULL,
    -- The client's clock; it decides which event is the latest.
    outcome_at     timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    stored_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason_system  text,
    reason_code    text,
    reason_display text,
    -- The same event, sent again, is the same row.
    CONSTRAINT feedback_pkey PRIMARY KEY (tenant_id, service_id, card, outcome, suggestions, outcome_at)
);

-- A user's comment is free text and may hold patient data: kept apart, so that it can be read and deleted by rules of
-- its own.
CREATE TABLE feedback_comment (
    tenant_id   text        NOT NULL CONSTRAINT feedback_comment_tenant CHECK (tenant_id <> ''),
    service_id  text        NOT NULL,
    card        text        NOT NULL,
    outcome     text        NOT NULL,
    suggestions text[]      NOT NULL,
    outcome_at  timestamptz NOT NULL,
    stored_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    comment     text        NOT NULL,
    CONSTRAINT feedback_comment_pkey PRIMARY KEY (tenant_id, service_id, card, outcome, suggestions, outcome_at)
);

-- Every card that was shown, with the decision that showed it.
CREATE VIEW shown_card AS
SELECT d.tenant_id, d.service_id, shown.card_id::text AS card, d.decision_id, d.received_month, d.received_at
  FROM decision d CROSS JOIN LATERAL unnest(d.card_ids) AS shown (card_id)
UNION ALL
SELECT c.tenant_id, c.service_id, shown.card_id::text, c.decision_id, c.received_month, c.received_at
  FROM decision_conflict c CROSS JOIN LATERAL unnest(c.card_ids) AS shown (card_id);

-- What is known about each card that feedback came for: the latest event by the client's clock (outcome and suggestions
-- settle a tie, so that the order of arrival never matters), and whether the card was shown by a recorded decision.
CREATE VIEW feedback_standing AS
SELECT f.tenant_id, f.service_id, f.card, f.outcome, f.suggestions, f.outcome_at, f.received_at,
       f.reason_system, f.reason_code, f.reason_display,
       s.decision_id,
       CASE WHEN s.decision_id IS NULL THEN 'orphan' ELSE 'matched' END AS standing
  FROM (SELECT DISTINCT ON (tenant_id, service_id, card) *
          FROM feedback
         ORDER BY tenant_id, service_id, card, outcome_at DESC, outcome DESC, suggestions DESC) AS f
  LEFT JOIN (SELECT DISTINCT ON (tenant_id, service_id, card) *
               FROM shown_card
              ORDER BY tenant_id, service_id, card, decision_id) AS s
         ON s.tenant_id = f.tenant_id AND s.service_id = f.service_id AND s.card = f.card;
