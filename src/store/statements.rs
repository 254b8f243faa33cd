//! Every statement of the running service in one list: a test prepares each against the migrated schema, which is the
//! check that the query macros would make at compile time. (Statements that return rows are plain functions, so that
//! they can be sent unprepared behind a connection pooler.)

use super::{conflicts, connect, decisions, feedback, recent, repeated, trials};

/// Name and text of each statement.
pub const ALL: &[(&str, &str)] = &[
    ("durability settings", connect::DURABILITY),
    ("takes writes", decisions::TAKES_WRITES),
    ("store a batch", decisions::STORE_BATCH),
    ("key holders", decisions::KEY_HOLDERS),
    ("store a conflict", conflicts::STORE_CONFLICT),
    ("stored reply", repeated::STORED_REPLY),
    ("conflicting reply", repeated::CONFLICTING_REPLY),
    ("store feedback", feedback::STORE_FEEDBACK),
    ("recent decisions", recent::RECENT_DECISIONS),
    ("all trials", trials::ALL_TRIALS),
    ("store a trial", trials::STORE_TRIAL),
];
