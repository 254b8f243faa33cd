//! One line of the doctor.

use std::fmt::{self, Display, Formatter};

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Fine,
    /// It works, and something should be known or done.
    Warn,
    /// The service does not start like this, or should not be relied on.
    Bad,
}

/// What was looked at, and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub level: Level,
    pub about: &'static str,
    pub says: String,
}

impl Finding {
    pub(super) fn fine(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Fine, about, says: says.into() }
    }

    pub(super) fn warn(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Warn, about, says: says.into() }
    }

    pub(super) fn bad(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Bad, about, says: says.into() }
    }

    /// Fine with `says`, or bad with the error's own words.
    pub(super) fn of(about: &'static str, result: Result<impl Into<String>, impl Display>) -> Self {
        match result {
            Ok(says) => Self::fine(about, says),
            Err(error) => Self::bad(about, error.to_string()),
        }
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = match self.level {
            Level::Fine => "ok",
            Level::Warn => "warn",
            Level::Bad => "bad",
        };
        write!(f, "{word:<4}  {:<14}  {}", self.about, self.says)
    }
}
