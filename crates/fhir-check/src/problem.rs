//! What can be wrong with a resource, each with its place and with what would be right.

use std::fmt;

/// One fault and its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct Problem {
    /// The path of names from the resource on: `Observation.component[1].valueQuantity.value`.
    pub at: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong, in words that say what is allowed. Values are never repeated, since they may be about a patient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No object, or one without a `resourceType`.
    #[error("a resource is an object with a resourceType")]
    NoResource,
    /// A `resourceType` that R4 does not have.
    #[error("not a resource type of FHIR R4 (4.0.1)")]
    UnknownResource,
    /// A member that R4 does not have at this place.
    #[error("no element of {of} in R4; allowed: {allowed}")]
    UnknownElement {
        /// The type that it was looked for in.
        of: &'static str,
        /// The elements of that type.
        allowed: Words,
    },
    /// `_name` beside an element that is no primitive, or that takes nothing beside it.
    #[error("nothing may stand beside this element in R4: _name holds id and extensions of a primitive")]
    NothingBeside,
    /// FHIR has nothing that is empty.
    #[error("{0} is not allowed, leave it out")]
    Empty(&'static str),
    /// An element that must be there is not.
    #[error("required, and not there; its type: {0}")]
    Missing(Words),
    /// An array for an element that occurs once.
    #[error("an array, but R4 has this element once at most")]
    NotMany,
    /// No array for an element that may repeat.
    #[error("not an array: R4 lets this element repeat, so even one stands in an array")]
    NotArray,
    /// The array of a primitive and that of what stands beside it differ in length.
    #[error("not as many places as in the array beside it (_name): null keeps a place that is empty")]
    Places,
    /// More than one type of a choice.
    #[error("only one of these may be there: {0}")]
    SeveralChoices(Words),
    /// Another kind of JSON value.
    #[error("{found}, but {expected} is written as {form}")]
    WrongType {
        /// What was found.
        found: &'static str,
        /// The type of R4.
        expected: &'static str,
        /// How that type is written in JSON.
        form: &'static str,
    },
    /// A primitive that is not written as R4 has it.
    #[error("not valid as {name}: {allowed}")]
    Format {
        /// The primitive type.
        name: &'static str,
        /// How it is written.
        allowed: &'static str,
    },
    /// A code from outside a list that R4 requires.
    #[error("not a code of this element; allowed: {0}")]
    Code(Words),
    /// An extension has either a value or extensions.
    #[error("an extension has either a value or extensions of its own")]
    Extension,
    /// Deeper than is looked at.
    #[error("arrays and objects are nested deeper than {0}; what is inside was not checked")]
    TooDeep(usize),
}

/// How many words are told before the rest is counted.
const MOST_WORDS: usize = 60;

/// Words that are allowed, in the order of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl<W: Into<String>> FromIterator<W> for Words {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        Self(words.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = &self.0[..self.0.len().min(MOST_WORDS)];
        f.write_str(&told.join(", "))?;
        match self.0.len() - told.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
