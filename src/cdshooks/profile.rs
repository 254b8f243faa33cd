//! What a client's EHR makes of cards, as far as it is known. A profile changes finished cards, never an assessment.

/// The product whose screens show the cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EhrProfile {
    /// Any client of CDS Hooks.
    #[default]
    Generic,
    /// Epic.
    Epic,
    /// Oracle Health, formerly Cerner.
    Cerner,
    /// athenahealth.
    Athena,
}

/// How the detail of a card is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DetailForm {
    /// As CDS Hooks says: Markdown.
    #[default]
    Markdown,
    /// HTML, for a site of Epic that asked for it: a card extension says so.
    Html,
}

/// The version of CDS Hooks that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpecVersion {
    /// 1.0: no feedback, no card ids, no `any`.
    V1,
    /// 2.0 and later.
    #[default]
    V2,
}

impl EhrProfile {
    /// The profile of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "generic" => Some(Self::Generic),
            "epic" => Some(Self::Epic),
            "cerner" => Some(Self::Cerner),
            "athena" => Some(Self::Athena),
            _ => None,
        }
    }
}

impl DetailForm {
    /// The form of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "markdown" => Some(Self::Markdown),
            "html" => Some(Self::Html),
            _ => None,
        }
    }
}

impl SpecVersion {
    /// The version of this number.
    #[must_use]
    pub fn of(number: &str) -> Option<Self> {
        match number {
            "1.0" => Some(Self::V1),
            "2.0" => Some(Self::V2),
            _ => None,
        }
    }
}
