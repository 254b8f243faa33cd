//! Every statement of the running service in one list: a test prepares each against the migrated schema, which is the
//! check that the query macros would make at compile time. (Statements that return rows are plain functions, so that
//! they can be sent unprepared behind a connection pooler.)

use super::{
    answered_cards, audited, conflicts, connect, decisions, dismissals, feedback, recent, repeated, retention, seals,
    silences, trials,
};

/// Name and text of each statement.
pub const ALL: &[(&str, &str)] = &[
    ("rows of one tenant", connect::OF_TENANT),
    ("durability settings", connect::DURABILITY),
    ("takes writes", decisions::TAKES_WRITES),
    ("store a batch", decisions::STORE_BATCH),
    ("key holders", decisions::KEY_HOLDERS),
    ("store a conflict", conflicts::STORE_CONFLICT),
    ("stored reply", repeated::STORED_REPLY),
    ("conflicting reply", repeated::CONFLICTING_REPLY),
    ("store feedback", feedback::STORE_FEEDBACK),
    ("recent decisions", recent::RECENT_DECISIONS),
    ("unknown cards", answered_cards::UNKNOWN_CARDS),
    ("decisions that showed a card", answered_cards::DECISIONS_THAT_SHOWED),
    ("keep answered cards", answered_cards::KEEP_ANSWERED_CARDS),
    ("dismissals", dismissals::DISMISSALS),
    ("silences", silences::SILENCES),
    ("add a silence", silences::ADD_SILENCE),
    ("end a silence", silences::END_SILENCE),
    ("tenants", seals::TENANTS),
    ("lease of a tenant", seals::LEASE),
    ("newest seal", seals::NEWEST_SEAL),
    ("one seal", seals::ONE_SEAL),
    ("unsealed rows", seals::UNSEALED),
    ("add a seal", seals::ADD_SEAL),
    ("audited tenants", audited::AUDITED_TENANTS),
    ("deleted months", audited::DELETED_MONTHS),
    ("next seal", audited::NEXT_SEAL),
    ("audited decisions", audited::AUDITED_DECISIONS),
    ("audited conflicts", audited::AUDITED_CONFLICTS),
    ("delete by age", retention::DELETE_BEFORE),
    ("seals of a month", retention::SEALS_OF_MONTH),
    ("note a hold", retention::NOTE_HOLD),
    ("holds", retention::HOLDS),
    ("all trials", trials::ALL_TRIALS),
    ("store a trial", trials::STORE_TRIAL),
];
