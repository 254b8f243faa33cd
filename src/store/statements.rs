//! Every statement of the running service in one list: a test prepares each against the migrated schema, which is the
//! check that the query macros would make at compile time. (Statements that return rows are plain functions, so that
//! they can be sent unprepared behind a connection pooler.)

use super::{
    answered_cards, conflicts, connect, decisions, dismissals, feedback, heard, orphans, recent, repeated, role,
    seen_tokens, silences, trials,
};

/// Name and text of each statement.
pub const ALL: &[(&str, &str)] = &[
    ("durability settings", connect::DURABILITY),
    ("role of the service", role::ROLE),
    ("migrations that were run", role::MIGRATIONS_DONE),
    ("takes writes", decisions::TAKES_WRITES),
    ("store a batch", decisions::STORE_BATCH),
    ("key holders", decisions::KEY_HOLDERS),
    ("store a batch with tokens", seen_tokens::STORE_BATCH_WITH_TOKENS),
    ("token uses", seen_tokens::TOKEN_USES),
    ("spend a token", seen_tokens::SPEND_TOKEN),
    ("token use", seen_tokens::TOKEN_USE),
    ("forget tokens", seen_tokens::FORGET_TOKENS),
    ("store a conflict", conflicts::STORE_CONFLICT),
    ("stored reply", repeated::STORED_REPLY),
    ("conflicting reply", repeated::CONFLICTING_REPLY),
    ("store feedback", feedback::STORE_FEEDBACK),
    ("orphan feedback", orphans::ORPHAN_FEEDBACK),
    ("what was heard of cards", heard::HEARD),
    ("recent decisions", recent::RECENT_DECISIONS),
    ("unknown cards", answered_cards::UNKNOWN_CARDS),
    ("decisions that showed a card", answered_cards::DECISIONS_THAT_SHOWED),
    ("keep answered cards", answered_cards::KEEP_ANSWERED_CARDS),
    ("dismissals", dismissals::DISMISSALS),
    ("silences", silences::SILENCES),
    ("add a silence", silences::ADD_SILENCE),
    ("end a silence", silences::END_SILENCE),
    ("all trials", trials::ALL_TRIALS),
    ("store a trial", trials::STORE_TRIAL),
];
