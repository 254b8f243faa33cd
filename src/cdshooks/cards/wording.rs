//! Summary and detail of a card: fact, gap, act; what was seen, why it matters, what is missing, what it rests on.
//!
//! Limits (each a test): summary at most 115 characters after the "UNREVIEWED: " mark, detail at most 80 words in at most
//! four blocks, every result with its date.

use crate::assessment::Assessment;
use crate::cdshooks::quiet::TrialLine;
use crate::domain::consideration::{Consideration, Region, Verdict};
use crate::domain::finding::{Basis, Finding, Flag, LOW_IN_GROUPS_2_TO_4, NextStep};
use crate::domain::medicine::Medicine;

use super::gaps::gaps;
use super::kind::Kind;
use super::others;
use super::phrases;
use super::primaries::{self, two_primaries};
use super::retest;
use super::seen::{no_ish, seen};
use super::why;

/// Characters of a summary, its full stop included.
pub(super) const LONGEST_SUMMARY: usize = 115;
/// Head of the block that gives way where a detail would be too long.
pub(in crate::cdshooks) const WHY: &str = "**Why it matters:**";
/// Words of a detail.
pub(super) const LONGEST_DETAIL: usize = 80;
/// Prefetch keys without their data that are named one by one.
const KEYS_SHOWN: usize = 4;
/// Open conditions of a label that are named one by one.
const CONDITIONS_SHOWN: usize = 2;

/// One sentence: fact, gap, act.
pub(super) fn summary(kind: Kind, finding: Option<&Finding>, assessment: &Assessment<'_>, trials: TrialLine) -> String {
    let tumour = phrases::tumour(assessment.tumour);
    let Some(finding) = finding else {
        return match kind {
            Kind::Unreadable => {
                format!("A HER2 result is on file, {tumour}, but it cannot be read here: see the report.")
            }
            Kind::Mutation => of_mutation(assessment),
            _ => format!("No HER2 result found for this {tumour}: consider looking for a report, or a test."),
        };
    };
    let mut sentence = String::new();
    for fact in phrases::facts(finding) {
        sentence = with_fact(kind, &fact, finding, assessment, trials);
        if sentence.chars().count() <= LONGEST_SUMMARY {
            break;
        }
    }
    sentence
}

/// The sentence for a record with a result, of which `fact` is the beginning.
fn with_fact(kind: Kind, fact: &str, finding: &Finding, assessment: &Assessment<'_>, trials: TrialLine) -> String {
    let with_trials = |sentence| with_trials(sentence, assessment, trials);
    match kind {
        Kind::Retest if let Some(retest) = &assessment.retest => retest::summary(retest, finding),
        Kind::Discordant if let Some(sentence) = others::discordance(finding, assessment) => sentence,
        Kind::Positive
            if finding.flags.contains(Flag::LabelRequiresIhc3)
                && finding.next_step == NextStep::None
                && open_label(assessment).is_none() =>
        {
            with_trials(format!("{fact}: the tumour-agnostic label asks for IHC 3+"))
        }
        Kind::Positive if finding.flags.contains(Flag::ConcomitantIhcRecommended) => {
            with_trials(format!("{fact}: {}", phrases::act_of(finding)))
        }
        Kind::Positive if finding.next_step == NextStep::None && open_label(assessment).is_none() => {
            with_trials(format!("{fact}: no labelled option found"))
        }
        Kind::Positive if finding.next_step == NextStep::None => {
            with_trials(format!("{fact}: HER2 therapy can be considered"))
        }
        Kind::SolidThreePlus if finding.next_step == NextStep::None && open_label(assessment).is_some() => {
            format!("{fact}: a labelled option after prior therapy can be considered.")
        }
        Kind::OtherPrimary => primaries::summary(finding),
        Kind::Low | Kind::Ultralow
            if assessment.deruxtecan_used && open_label(assessment).is_some_and(names_deruxtecan) =>
        {
            format!("{fact}: T-DXd is on record as given.")
        }
        Kind::Low => format!("{fact}: T-DXd is labelled for some metastatic settings."),
        Kind::Ultralow if open_label(assessment).is_some_and(|label| label.verdict == Verdict::Met) => {
            format!("{fact}: T-DXd is a labelled option that can be considered.")
        }
        Kind::Ultralow => format!("{fact}: a label term if HR-positive and metastatic."),
        Kind::SolidTrials if finding.next_step == NextStep::None => {
            with_trials(format!("{fact}: no labelled HER2 option"))
        }
        Kind::NotFinal if finding.basis == Basis::Final => match others::preliminary(finding, assessment) {
            Some(newer) if newer.category == finding.category => {
                format!("{fact} is final; a newer preliminary result says the same: await the final report.")
            }
            Some(newer) => {
                let status = newer.category;
                format!("{fact} is final; a newer preliminary result is {status}: await the final report.")
            }
            None => format!("{fact}; another result is not final: await the final report."),
        },
        Kind::NegativeOpen if finding.next_step == NextStep::None => match open_label(assessment).map(her2_condition) {
            Some(Verdict::Unknown) => format!("{fact}: ask if the ERBB2 variant on record is activating."),
            _ => format!("{fact}: an option labelled for ERBB2 mutation can be considered."),
        },
        Kind::Incomplete if finding.next_step == NextStep::ObtainSpecimenType => {
            format!("{fact}: {}", phrases::act(finding.next_step))
        }
        _ => format!("{fact}: {}.", phrases::act_of(finding)),
    }
}

/// A mutation by sequencing, where no specimen has a HER2 result: the usual case in lung cancer.
fn of_mutation(assessment: &Assessment<'_>) -> String {
    let tumour = phrases::tumour(assessment.tumour);
    let found = assessment.erbb2_mutation.map_or("ERBB2 result", why::mutation);
    let rest = match open_label(assessment) {
        None => ": the histology is needed (non-small cell or small cell)",
        Some(label) if her2_condition(label) == Verdict::Unknown => {
            ", no usable HER2 IHC found: ask if the variant is activating"
        }
        Some(_) => ", no usable HER2 IHC found: a labelled option can be considered",
    };
    let sentence = format!("{found} on record, {tumour}{rest}.");
    // its first word may be the name of a gene
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The number of trials closes a summary where it still fits; the assessment has them all the same.
fn with_trials(sentence: String, assessment: &Assessment<'_>, trials: TrialLine) -> String {
    let trials = match (trials, assessment.trials.len()) {
        (TrialLine::Silent, _) | (TrialLine::Shown, 0) => String::new(),
        (TrialLine::Shown, 1) => "; 1 trial to check".to_owned(),
        (TrialLine::Shown, many) => format!("; {many} trials to check"),
    };
    let fits = sentence.chars().count() + trials.chars().count() < LONGEST_SUMMARY;
    format!("{sentence}{}.", if fits { &trials } else { "" })
}

/// The sentence without the number of trials at its end, for screens on which it would be cut.
pub(in crate::cdshooks) fn without_trials(summary: String) -> String {
    match summary.rsplit_once("; ") {
        Some((sentence, last)) if last.ends_with(" trial to check.") || last.ends_with(" trials to check.") => {
            format!("{sentence}.")
        }
        _ => summary,
    }
}

/// At most four blocks of plain Markdown.
pub(super) fn detail(kind: Kind, finding: Option<&Finding>, assessment: &Assessment<'_>, basis: &str) -> String {
    let mut blocks: Vec<String> = Vec::with_capacity(4);
    match finding {
        Some(finding) => {
            let mut first = format!("**What we saw:** {}", seen(kind, finding));
            if kind == Kind::IshDue && !finding.flags.contains(Flag::IshOtherSpecimenIgnored) {
                first.push_str(&no_ish(assessment));
            }
            first.push_str(&others::amended(finding));
            first.push_str(&two_primaries(finding, assessment));
            first.push_str(&others::compared(finding, assessment));
            first.push_str(&others::not_final(finding, assessment));
            first.push_str(&retest::told(kind, finding, assessment));
            first.push_str(&others::withdrawn(assessment));
            blocks.push(first);
            let why = why::why(kind, finding, assessment);
            if !why.is_empty() {
                blocks.push(format!("{WHY} {why}"));
            }
        }
        None => {
            let first = without_result(kind, assessment);
            blocks.push(format!("**What we saw:** {first}{}", others::withdrawn(assessment)));
            if kind == Kind::Mutation {
                blocks.push(format!("{WHY} {}", why::of_mutation(assessment)));
            }
        }
    }
    let mut own = blocks.len();
    let close = |blocks: &mut Vec<String>, conditions| {
        blocks.extend(missing(kind, assessment, conditions).map(|missing| format!("**Not assessed:** {missing}")));
        blocks.extend((!basis.is_empty()).then(|| format!("*Basis:* {basis}")));
    };
    close(&mut blocks, CONDITIONS_SHOWN);
    // what was seen and what is missing is worth more than why it matters, which the summary's act implies; a condition that
    // is counted is still told. That low is unconfirmed beside a comment stands on the page of the rule too
    let names_label = matches!(kind, Kind::Low | Kind::Ultralow | Kind::SolidThreePlus);
    // the label that a summary names stays, with its date, before the names of its open conditions
    let counted = if names_label { 0 } else { 1 };
    let steps = [
        (true, true, 1),
        (false, true, 1),
        (false, true, counted),
        (false, false, CONDITIONS_SHOWN),
        (false, false, 1),
        (false, false, 0),
    ];
    for (keeps_low, keeps_why, conditions) in steps {
        if words(&blocks) <= LONGEST_DETAIL {
            break;
        }
        blocks.truncate(own);
        if !keeps_low && let Some(first) = blocks.first_mut() {
            *first = first.replace(&format!(" {LOW_IN_GROUPS_2_TO_4}"), "");
        }
        if !keeps_why {
            blocks.retain(|block| !block.starts_with(WHY));
            own = blocks.len();
        }
        close(&mut blocks, conditions);
    }
    blocks.join("\n\n")
}

fn words(blocks: &[String]) -> usize {
    blocks.iter().map(|block| block.split_ascii_whitespace().count()).sum()
}

/// The first US label whose conditions are all met, else the first of which none is known to fail.
pub(super) fn open_label<'a, 'k>(assessment: &'a Assessment<'k>) -> Option<&'a Consideration<'k>> {
    let first = |verdict| {
        let us = |one: &&Consideration<'_>| one.label.region == Region::Us && one.verdict == verdict;
        assessment.considerations.iter().find(us)
    };
    first(Verdict::Met).or_else(|| first(Verdict::Unknown))
}

/// No label could be weighed by the treatment so far: which line it is the record does not say.
fn is_line_unknown(assessment: &Assessment<'_>) -> bool {
    let mut verdicts = assessment.considerations.iter().flat_map(Consideration::of_the_line);
    verdicts.all(|verdict| verdict == Verdict::Unknown)
}

/// Is it a label of trastuzumab deruxtecan?
pub(super) fn names_deruxtecan(label: &Consideration<'_>) -> bool {
    label.rule.agent.as_ref() == Medicine::TrastuzumabDeruxtecan.name()
}

/// What is known of the HER2 condition of a label: the first of its conditions.
pub(super) fn her2_condition(label: &Consideration<'_>) -> Verdict {
    label.conditions().next().map_or(Verdict::Unknown, |(_, verdict)| verdict)
}

fn without_result(kind: Kind, assessment: &Assessment<'_>) -> String {
    match kind {
        Kind::Unreadable => {
            let count = assessment.excluded.len();
            format!("{count} HER2 entries that could not be used; the assessment names each with its reason.")
        }
        Kind::Mutation => {
            let found = assessment.erbb2_mutation.map_or("ERBB2 result", why::mutation);
            format!("{found} on record; no usable HER2 IHC result in what was sent. Results elsewhere may exist.")
        }
        _ => "no HER2 result in the data that the record system sent. Results elsewhere may exist.".to_owned(),
    }
}

/// Open conditions of the label that the card names, and data that were not visible or not all of which may have come.
fn missing(kind: Kind, assessment: &Assessment<'_>, conditions: usize) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let no_gap = assessment.record.lead_finding().is_some_and(|lead| lead.next_step == NextStep::None);
    let names_a_label = match kind {
        Kind::Low | Kind::Ultralow | Kind::SolidThreePlus | Kind::Mutation => true,
        Kind::NegativeOpen => no_gap,
        _ => false,
    };
    if let Some(label) = open_label(assessment).filter(|_| names_a_label) {
        let open = label.conditions().filter(|(_, verdict)| *verdict == Verdict::Unknown);
        let open: Vec<&str> = open.map(|(what, _)| what).collect();
        parts.extend(open.iter().take(conditions).map(|what| (*what).to_owned()));
        let of_label = if conditions == 0 { " of the label" } else { "" };
        let more = if conditions == 0 { "" } else { "more " };
        match open.len().saturating_sub(conditions) {
            0 => {}
            1 => parts.push(format!("1 {more}condition{of_label}")),
            left => parts.push(format!("{left} {more}conditions{of_label}")),
        }
    }
    if kind == Kind::Positive && no_gap && open_label(assessment).is_some() {
        parts.extend(assessment.extent.is_none().then(|| "extent of the disease".to_owned()));
        parts.extend(is_line_unknown(assessment).then(|| "line of treatment".to_owned()));
    }
    parts.extend((kind == Kind::OtherPrimary).then(|| "labels and trials for this primary".to_owned()));
    parts.extend(gaps(assessment, KEYS_SHOWN));
    (!parts.is_empty()).then(|| format!("{}.", parts.join("; ")))
}
