//! Reads `rules/considerations.toml`: unknown keys and words are refused with their line.

use serde::Deserialize;

use crate::domain::consideration::{Label, LabelCondition, ResultChoice, TherapyRule};
use crate::domain::words::UnknownWord;

use super::error::{Fault, RulesError};
use super::load::RuleFile;

/// Name of the file among the other rule files.
pub(super) const FILE: &str = "considerations.toml";

/// The therapy rules of a set of rule files; none if the file is not among them.
///
/// # Errors
/// [`RulesError::Faults`] for unknown keys or words, a repeated row, or a rule without tumour, label or citation.
pub fn therapies(files: &[RuleFile]) -> Result<Vec<TherapyRule>, RulesError> {
    let Some(file) = files.iter().find(|file| file.name == FILE) else { return Ok(Vec::new()) };
    read(&file.text)
        .map_err(|error| RulesError::Faults(vec![Fault { file: FILE.to_owned(), line: None, what: error.whole() }]))
}

/// Why a file of considerations is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConsiderationsError {
    /// Not the TOML that is expected; the cause names line and column.
    #[error("not valid")]
    Syntax(#[source] toml::de::Error),
    /// A word outside its vocabulary.
    #[error("rule {rule}")]
    Word {
        /// Id of the rule.
        rule: String,
        /// The word.
        #[source]
        cause: UnknownWord,
    },
    /// Two rules with one row, or a rule without label, tumour or citation.
    #[error("rule {rule} {fault}")]
    Incomplete {
        /// Id of the rule.
        rule: String,
        /// What is wrong.
        fault: &'static str,
    },
}

impl ConsiderationsError {
    /// The fault with its cause, in one line for the list of faults.
    pub(super) fn whole(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    #[expect(dead_code, reason = "read by people; required so that it is never left out")]
    guideline: String,
    #[expect(dead_code, reason = "read by people; required so that it is never left out")]
    review_due: String,
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    row: Option<String>,
    agent: String,
    tumours: Vec<String>,
    her2: String,
    result: Option<String>,
    conditions: Vec<ConditionRow>,
    #[serde(default)]
    monitoring: Vec<String>,
    labels: Vec<LabelRow>,
    cite: Vec<String>,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionRow {
    what: String,
    fact: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRow {
    region: String,
    date: String,
    #[serde(default)]
    accelerated: bool,
    #[serde(default)]
    conditions: Vec<ConditionRow>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Confirmed,
    Unconfirmed,
}

/// Reads therapy rules from the text of a file.
///
/// # Errors
/// [`ConsiderationsError`] for unknown keys or words, a repeated row, or a rule without tumour, label or citation.
pub(super) fn read(text: &str) -> Result<Vec<TherapyRule>, ConsiderationsError> {
    let file: File = toml::from_str(text).map_err(ConsiderationsError::Syntax)?;
    let mut rules: Vec<TherapyRule> = Vec::with_capacity(file.rule.len());
    for row in file.rule {
        let id = row.id.clone();
        let incomplete = |fault| ConsiderationsError::Incomplete { rule: id.clone(), fault };
        if row.tumours.is_empty() || row.labels.is_empty() || row.cite.is_empty() {
            return Err(incomplete("needs a tumour, a label and a citation"));
        }
        let rule =
            therapy_rule(&file.id, row).map_err(|cause| ConsiderationsError::Word { rule: id.clone(), cause })?;
        if rules.iter().any(|other| other.rule == rule.rule) {
            return Err(incomplete("uses the row of another rule"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn therapy_rule(file: &str, row: Row) -> Result<TherapyRule, UnknownWord> {
    Ok(TherapyRule {
        rule: format!("{file}/{}", row.row.as_ref().unwrap_or(&row.id)).into(),
        tumours: row.tumours.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
        her2: row.her2.parse()?,
        result: row.result.map_or(Ok(ResultChoice::Lead), |word| word.parse())?,
        monitoring: row.monitoring.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
        conditions: row.conditions.into_iter().map(condition).collect::<Result<_, _>>()?,
        labels: row.labels.into_iter().map(label).collect::<Result<_, _>>()?,
        cite: row.cite.into_iter().map(Into::into).collect(),
        unconfirmed: row.status == Status::Unconfirmed,
        agent: row.agent.into(),
        id: row.id.into(),
    })
}

fn label(row: LabelRow) -> Result<Label, UnknownWord> {
    Ok(Label {
        region: row.region.parse()?,
        date: row.date.into(),
        accelerated: row.accelerated,
        conditions: row.conditions.into_iter().map(condition).collect::<Result<_, _>>()?,
    })
}

fn condition(row: ConditionRow) -> Result<LabelCondition, UnknownWord> {
    Ok(LabelCondition { what: row.what.into(), fact: row.fact.map(|word| word.parse()).transpose()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSIDERATIONS: &str = include_str!("../../rules/considerations.toml");

    #[test]
    fn every_rule_of_the_repository_is_read_and_still_unconfirmed() {
        let rules = read(CONSIDERATIONS).unwrap();
        assert!(rules.len() > 20);
        assert!(rules.iter().all(|rule| rule.unconfirmed));
    }

    #[test]
    fn no_rule_promises_or_doses() {
        for word in ["eligible", " mg", "start ", "give "] {
            assert!(!CONSIDERATIONS.to_lowercase().contains(word), "{word}");
        }
    }

    #[test]
    fn a_misspelt_key_a_foreign_word_and_a_rule_without_label_are_refused() {
        let misspelt = CONSIDERATIONS.replacen("agent ", "agnet ", 1);
        assert!(matches!(read(&misspelt), Err(ConsiderationsError::Syntax(_))));
        let foreign = CONSIDERATIONS.replacen("\"breast\"", "\"brest\"", 1);
        assert!(matches!(read(&foreign), Err(ConsiderationsError::Word { .. })));
        let unlabelled =
            CONSIDERATIONS.replacen("labels  = [{ region = \"us\", date = \"2020-12-16\" }]", "labels = []", 1);
        assert!(matches!(read(&unlabelled), Err(ConsiderationsError::Incomplete { .. })));
    }
}
