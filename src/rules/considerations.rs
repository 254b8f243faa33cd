//! Reads `rules/considerations.toml`: every fault with its place.

use serde::Deserialize;

use crate::domain::consideration::{
    Fact, Her2Condition, Label, LabelCondition, Monitoring, Region, ResultChoice, TherapyRule,
};
use crate::domain::tumour::Tumour;
use crate::domain::when::When;

use super::entries::{self, Faults, Placed};
use super::error::RulesError;
use super::files::{RuleFile, named};
use super::format::{LabelStatus, Word};
use super::{ids, sources};

/// Name of the file among the other rule files.
pub(super) const FILE: &str = "considerations.toml";

/// The therapy rules of a set of rule files.
///
/// # Errors
/// [`RulesError::Faults`] with every fault and its line, also if the file is not there: without it no label is told.
pub fn therapies(files: &[RuleFile]) -> Result<Vec<TherapyRule>, RulesError> {
    let file = named(files, FILE)?;
    read(&file.text).map_err(|found| RulesError::Faults(file.faults(found)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Placed<String>,
    guideline: String,
    #[expect(dead_code, reason = "read with that of every other file; required so that it is never left out")]
    review_due: String,
    #[serde(default)]
    retired: Vec<String>,
    rule: Vec<Placed<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    row: Option<String>,
    agent: String,
    tumours: Vec<Word<Tumour>>,
    her2: Word<Her2Condition>,
    result: Option<Word<ResultChoice>>,
    conditions: Vec<ConditionRow>,
    #[serde(default)]
    monitoring: Vec<Word<Monitoring>>,
    labels: Vec<LabelRow>,
    cite: Vec<String>,
    status: LabelStatus,
}

impl Row {
    fn name(&self) -> &str {
        self.row.as_ref().unwrap_or(&self.id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionRow {
    what: String,
    fact: Option<Word<Fact>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRow {
    region: Word<Region>,
    date: String,
    #[serde(default)]
    accelerated: bool,
    #[serde(default)]
    conditions: Vec<ConditionRow>,
}

/// Reads the therapy rules from the text of the file, or everything that is wrong with it: unknown keys and words, a row id
/// that is taken, a rule without tumour, dated label or citation.
pub(super) fn read(text: &str) -> Result<Vec<TherapyRule>, Faults> {
    let file: File = entries::read(text)?;
    let mut faults = sources::of_list(FILE, &file.id, &file.guideline);
    faults.extend(ids::taken(file.rule.iter().map(|row| (row.at(), row.name())), &file.retired));
    faults.extend(file.rule.iter().flat_map(|row| incomplete(row).map(|what| (row.at(), what))));
    if faults.is_empty() { Ok(file.rule.iter().map(|row| therapy_rule(&file.id, row)).collect()) } else { Err(faults) }
}

fn incomplete(row: &Row) -> impl Iterator<Item = String> {
    let undated = row.labels.iter().any(|label| When::parse(&label.date).is_none());
    let wrong = [
        (row.tumours.is_empty(), "names no tumour"),
        (row.labels.is_empty(), "has no label"),
        (undated, "has a label without its date"),
        (sources::is_blank(&row.cite), "cites no source"),
    ];
    wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, what)| format!("row {} {what}", row.name()))
}

fn therapy_rule(file: &str, row: &Row) -> TherapyRule {
    TherapyRule {
        id: row.id.as_str().into(),
        agent: row.agent.as_str().into(),
        tumours: row.tumours.iter().map(|word| word.0).collect(),
        her2: row.her2.0,
        result: row.result.map_or(ResultChoice::Lead, |word| word.0),
        conditions: row.conditions.iter().map(condition).collect(),
        labels: row.labels.iter().map(label).collect(),
        monitoring: row.monitoring.iter().map(|word| word.0).collect(),
        rule: format!("{file}/{}", row.name()).into(),
        cite: row.cite.iter().map(|cite| cite.as_str().into()).collect(),
        unconfirmed: row.status == LabelStatus::Unconfirmed,
    }
}

fn label(row: &LabelRow) -> Label {
    Label {
        region: row.region.0,
        date: row.date.as_str().into(),
        accelerated: row.accelerated,
        conditions: row.conditions.iter().map(condition).collect(),
    }
}

fn condition(row: &ConditionRow) -> LabelCondition {
    LabelCondition { what: row.what.as_str().into(), fact: row.fact.map(|word| word.0) }
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
}
