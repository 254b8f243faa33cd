//! The texts of the handout as data, one file for each language, checked to be whole when they are read.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::PlainResult;
use crate::domain::tumour::Tumour;

const ENGLISH: &str = include_str!("en.toml");

static EMBEDDED: LazyLock<Handouts> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of this binary, and a test reads it")]
    Handouts::read(ENGLISH).expect("the texts of this binary are whole")
});

/// Why a file of texts is refused.
#[derive(Debug, thiserror::Error)]
pub enum HandoutError {
    /// Not the TOML that is expected.
    #[error("handout texts: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A result without words, or words for no result.
    #[error("handout texts: the results differ from those of this version at `{0}`")]
    Results(String),
    /// A tumour without a text, or with two.
    #[error("handout texts: {0} needs one text")]
    Tumour(Tumour),
    /// A text for no tumour.
    #[error("handout texts: `{0}` is no tumour")]
    UnknownTumour(String),
    /// Something to be read is empty.
    #[error("handout texts: an empty text in `{0}`")]
    Empty(String),
}

/// The texts of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handouts {
    language: String,
    status: Status,
    reviewers: Vec<String>,
    what: Vec<String>,
    not_said: Vec<String>,
    questions: Vec<String>,
    words: Vec<Word>,
    breast_words: Vec<Word>,
    result: HashMap<String, ResultText>,
    tumour: Vec<TumourText>,
}

/// How far a text may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Unconfirmed,
    Confirmed,
}

/// A word of a report and what it means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// As it stands on a report.
    pub term: String,
    /// In plain words.
    pub plain: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResultText {
    title: String,
    words: Vec<String>,
    questions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TumourText {
    id: String,
    name: String,
    about: Vec<String>,
    again: Vec<String>,
    questions: Vec<String>,
    /// Words of its own for some results.
    #[serde(default)]
    result: HashMap<String, Vec<String>>,
}

/// One handout, put together.
#[derive(Debug)]
pub struct Handout<'t> {
    /// Language tag.
    pub language: &'t str,
    /// Somebody has reviewed it, and who.
    pub reviewers: &'t [String],
    /// The tumour in plain words.
    pub tumour: &'t str,
    /// The result as a heading.
    pub title: &'t str,
    /// What HER2 is.
    pub what: &'t [String],
    /// The result in words.
    pub result: &'t [String],
    /// HER2 in this kind of cancer.
    pub about: &'t [String],
    /// If it grows or comes back.
    pub again: &'t [String],
    /// What the result does not say.
    pub not_said: &'t [String],
    /// Questions to ask, those of the result and the tumour first.
    pub questions: Vec<&'t str>,
    /// Words of the report.
    pub words: Vec<&'t Word>,
}

impl Handouts {
    /// The texts of this binary.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads a file of texts.
    ///
    /// # Errors
    /// [`HandoutError`] for the first fault: every tumour and every result has one text, and nothing is empty.
    pub fn read(text: &str) -> Result<Self, HandoutError> {
        let texts: Self = toml::from_str(text)?;
        for result in PlainResult::ALL {
            if !texts.result.contains_key(result.as_str()) {
                return Err(HandoutError::Results(result.to_string()));
            }
        }
        let named = texts.result.keys().chain(texts.tumour.iter().flat_map(|tumour| tumour.result.keys()));
        for name in named {
            name.parse::<PlainResult>().map_err(|_| HandoutError::Results(name.clone()))?;
        }
        for text in &texts.tumour {
            text.id.parse::<Tumour>().map_err(|_| HandoutError::UnknownTumour(text.id.clone()))?;
        }
        for tumour in Tumour::ALL {
            if texts.tumour.iter().filter(|text| text.id == tumour.as_str()).count() != 1 {
                return Err(HandoutError::Tumour(*tumour));
            }
        }
        match texts.empty() {
            Some(place) => Err(HandoutError::Empty(place)),
            None => Ok(texts),
        }
    }

    /// The handout for this result of this tumour; None where such a tumour has no such result.
    #[must_use]
    pub fn handout(&self, tumour: Tumour, result: PlainResult) -> Option<Handout<'_>> {
        let of_tumour = self.tumour.iter().find(|text| text.id == tumour.as_str()).filter(|_| result.fits(tumour))?;
        let of_result = self.result.get(result.as_str())?;
        let own = of_result.questions.iter().chain(&of_tumour.questions);
        let is_breast = tumour == Tumour::Breast;
        Some(Handout {
            language: &self.language,
            reviewers: if self.status == Status::Confirmed { &self.reviewers } else { &[] },
            tumour: &of_tumour.name,
            title: &of_result.title,
            what: &self.what,
            result: of_tumour.result.get(result.as_str()).unwrap_or(&of_result.words),
            about: &of_tumour.about,
            again: &of_tumour.again,
            not_said: &self.not_said,
            questions: own.chain(&self.questions).map(String::as_str).collect(),
            words: self.words.iter().chain(self.breast_words.iter().filter(|_| is_breast)).collect(),
        })
    }

    /// The place of an empty text, if there is one.
    fn empty(&self) -> Option<String> {
        let common = [("what", &self.what), ("not_said", &self.not_said), ("questions", &self.questions)];
        let results = self.result.iter().flat_map(|(name, text)| [(&**name, &text.words), (name, &text.questions)]);
        let tumours = self.tumour.iter().flat_map(|text| {
            let own = text.result.values().map(|words| (&*text.id, words));
            [(&*text.id, &text.about), (&text.id, &text.again), (&text.id, &text.questions)].into_iter().chain(own)
        });
        let is_empty = |texts: &Vec<String>| texts.is_empty() || texts.iter().any(|text| text.trim().is_empty());
        let mut all = common.into_iter().chain(results).chain(tumours);
        all.find(|(_, texts)| is_empty(texts)).map(|(place, _)| place.to_owned())
    }
}
