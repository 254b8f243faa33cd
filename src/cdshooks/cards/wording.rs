//! Summary and detail of a card: fact, gap, act; what was seen, why it matters, what is missing, what it rests on.
//!
//! Limits (each a test): summary at most 115 characters after the "UNREVIEWED: " mark, detail at most 80 words in at most
//! four blocks, every result with its date.

use std::borrow::Cow;

use crate::assessment::Assessment;
use crate::cdshooks::quiet::TrialLine;
use crate::domain::consideration::{Consideration, Region, ResultChoice, Verdict};
use crate::domain::finding::{Basis, Category, Finding, Flag, IshShown, NextStep};
use crate::domain::ihc::{Ihc, IhcScore};
use crate::domain::ish::{Count, IshMethod};
use crate::domain::retest::Retest;
use crate::domain::specimen::{Site, SpecimenKind};
use crate::domain::tumour::Tumour;

use super::gaps::gaps;
use super::kind::{Kind, is_unread};
use super::others;
use super::phrases;
use super::primaries::{self, two_primaries};
use super::retest;

/// Characters of a summary, its full stop included.
pub(super) const LONGEST_SUMMARY: usize = 115;
/// Head of the block that gives way where a detail would be too long.
pub(in crate::cdshooks) const WHY: &str = "**Why it matters:**";
/// Words of a detail.
pub(super) const LONGEST_DETAIL: usize = 80;
/// Readings that are named one by one; the page behind the card and the assessment have all.
const READINGS_SHOWN: usize = 4;
/// Prefetch keys without their data that are named one by one.
const KEYS_SHOWN: usize = 4;
/// Why an option on label is a weak one here (DESTINY-PanTumor02, PMID 37870536).
const PANCREATIC: &str = "In pancreatic cancer about 4 % responded, none of the few with IHC 3+.";
/// Why a negative residual tumour does not close the labels for residual disease (KATHERINE, NCT01772472).
const RESIDUAL: &str = "Labels for residual disease look at the result before neoadjuvant treatment (NCT01772472).";
/// Why a single probe against the IHC is not the last word (clinical guide, 4.6; unconfirmed, as its row of the rules).
const SINGLE_PROBE: &str = "A dual-probe ISH could show group 3, which is negative; consider asking for it.";
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
        Kind::Low => format!("{fact}: T-DXd is labelled for some metastatic settings."),
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
        _ => format!("{fact}: {}.", phrases::act(finding.next_step)),
    }
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
            let mut first = format!("**What we saw:** {}", seen(finding));
            if kind == Kind::IshDue && !finding.flags.contains(Flag::IshOtherSpecimenIgnored) {
                first.push_str(&no_ish(assessment));
            }
            first.push_str(&others::amended(finding));
            first.push_str(&two_primaries(finding, assessment));
            first.push_str(&others::compared(finding, assessment));
            first.push_str(&others::not_final(finding, assessment));
            if let Some(retest) = retest_of(kind, assessment) {
                first.push_str(&retest::since(retest));
            }
            first.push_str(&others::withdrawn(assessment));
            blocks.push(first);
            let why = why(kind, finding, assessment);
            if !why.is_empty() {
                blocks.push(format!("{WHY} {why}"));
            }
        }
        None => {
            let first = without_result(kind, assessment);
            blocks.push(format!("**What we saw:** {first}{}", others::withdrawn(assessment)));
        }
    }
    if let Some(missing) = missing(kind, assessment) {
        blocks.push(format!("**Not assessed:** {missing}"));
    }
    if !basis.is_empty() {
        blocks.push(format!("*Basis:* {basis}"));
    }
    // what was seen and what is missing is worth more than why it matters, which the summary's act implies
    if blocks.iter().map(|block| block.split_ascii_whitespace().count()).sum::<usize>() > LONGEST_DETAIL {
        blocks.retain(|block| !block.starts_with(WHY));
    }
    blocks.join("\n\n")
}

/// The evidence with specimen and date, the laboratory's word beside it.
fn seen(finding: &Finding) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(4);
    parts.extend(finding.ihc.as_ref().map(|shown| ihc(shown, is_contradicted(finding))));
    parts.extend(finding.ish.as_ref().map(ish));
    if parts.is_empty() {
        // Results that could not be used are still named: two scores, a pending test, a contradiction.
        let shown = finding.evidence.iter().filter(|reading| phrases::is_short(&reading.reads));
        parts.extend(shown.map(|reading| reading.reads.to_string()).take(READINGS_SHOWN));
        parts.dedup();
    }
    let mut text = if parts.is_empty() { "no usable result".to_owned() } else { parts.join("; ") };
    text.push_str(match (finding.kind, finding.site) {
        (SpecimenKind::Biopsy, Site::Metastatic) => ", biopsy of a metastasis",
        (SpecimenKind::Resection, Site::Metastatic) => ", resected metastasis",
        (SpecimenKind::Unknown, Site::Metastatic) => ", metastasis",
        (SpecimenKind::Biopsy, Site::Primary | Site::Unknown) => ", biopsy",
        (SpecimenKind::Resection, Site::Primary | Site::Unknown) => ", resection",
        (SpecimenKind::Unknown, Site::Primary | Site::Unknown) => "",
    });
    match &finding.collected {
        Some(collected) => text.push_str(&format!(", {}.", collected.when.shown())),
        None => text.push_str(", date unknown."),
    }
    text.extend(finding.ish.as_ref().and_then(second_count));
    if let Some(word) = finding.lab_reported {
        text.push_str(&format!(" Reported by the laboratory: {}.", phrases::overall_word(word)));
    }
    if let Some(provisional) = finding.provisional {
        text.push_str(&format!(" Provisionally {provisional}."));
    }
    text
}

fn is_contradicted(finding: &Finding) -> bool {
    finding.flags.contains(Flag::IhcScorePctInconsistent) || finding.flags.contains(Flag::IhcScorePatternInconsistent)
}

/// `details`: those that contradict the score are shown, since nobody could see the contradiction without them.
fn ihc(ihc: &Ihc, details: bool) -> String {
    let mut words = phrases::ihc_ground(ihc).unwrap_or_else(|| "IHC".to_owned());
    if let Some(percent) = ihc.percent.as_ref().and_then(phrases::short) {
        words.push_str(&format!(", {percent} % of cells"));
    }
    if details {
        words.extend(ihc.cluster_cells.map(|cells| format!(", cluster of {cells} cells")));
        let bound = ihc.cluster_bound.as_ref().filter(|_| ihc.cluster_cells.is_none()).and_then(phrases::short);
        words.extend(bound.map(|cells| format!(", cluster of {cells} cells")));
        words.extend(ihc.pattern.map(|pattern| format!(", pattern {pattern}")));
        words.extend(ihc.intensity.map(|intensity| format!(", intensity {intensity}")));
    }
    words
}

/// Numbers as sent; one that is too long to read is left to the assessment.
fn ish(shown: &IshShown) -> String {
    let mut parts = numbers(&shown.ish.count);
    let amplified = shown.ish.percent_cells_ratio_ge_2.as_ref().and_then(phrases::short);
    parts.extend(amplified.map(|percent| format!("ratio 2 or more in {percent} % of cells")));
    parts.extend(shown.ish.interpretation.map(|word| word.to_string()));
    parts.extend(shown.group.map(|group| format!("group {group}")));
    if parts.is_empty() { "ISH without numbers".to_owned() } else { format!("ISH {}", parts.join(", ")) }
}

/// The second count in a sentence of its own, if it has numbers.
fn second_count(shown: &IshShown) -> Option<String> {
    let numbers = numbers(&shown.ish.recount.as_ref()?.count).join(", ");
    (!numbers.is_empty()).then(|| format!(" Second count: {numbers}."))
}

fn numbers(count: &Count) -> Vec<String> {
    let mut parts: Vec<String> = Vec::with_capacity(4);
    parts.extend(count.ratio.as_ref().and_then(phrases::short).map(|ratio| format!("ratio {ratio}")));
    parts.extend(count.her2.as_ref().and_then(phrases::short).map(|copies| format!("{copies} HER2 copies per cell")));
    parts.extend(count.cells.map(|cells| format!("{cells} cells")));
    let below = count.cells_below.filter(|_| count.cells.is_none());
    parts.extend(below.map(|below| format!("fewer than {below} cells")));
    parts
}

fn why(kind: Kind, finding: &Finding, assessment: &Assessment<'_>) -> String {
    match (kind, open_label(assessment)) {
        (_, _) if let Some(retest) = retest_of(kind, assessment) => retest::why(retest).to_owned(),
        (Kind::OtherPrimary, _) => primaries::WHY.to_owned(),
        _ if finding.flags.contains(Flag::PostTrastuzumabLossPossible) => {
            format!("{} {}", phrases::why_of(finding), retest::LOSS)
        }
        _ if is_amplified_by_single_probe_alone(finding) => SINGLE_PROBE.to_owned(),
        (Kind::SolidThreePlus, Some(label)) if finding.tumour == Tumour::Pancreatic => {
            format!("{} {PANCREATIC}", label_line(label))
        }
        (Kind::Low | Kind::Ultralow | Kind::SolidThreePlus, Some(label)) => label_line(label),
        (Kind::NegativeOpen, Some(label)) if finding.next_step == NextStep::None => {
            let variant = match her2_condition(label) {
                Verdict::Unknown => "An ERBB2 variant is on record, and not whether it is activating.",
                Verdict::Met | Verdict::NotMet => "An activating ERBB2 mutation is on record.",
            };
            format!("{variant} {}", label_line(label))
        }
        (Kind::Discordant, Some(_)) if finding.category == Category::Negative && looks_back(assessment) => {
            format!("{} {RESIDUAL}", phrases::why_of(finding))
        }
        (Kind::Positive, label)
            if finding.flags.contains(Flag::LabelRequiresIhc3)
                && !(label.is_some() && finding.next_step == NextStep::None) =>
        {
            phrases::why(NextStep::OptionalIshTrialOnly).to_owned()
        }
        (Kind::Positive, Some(_)) if finding.next_step == NextStep::None => {
            "Labelled HER2-directed options depend on setting and line.".to_owned()
        }
        (Kind::SolidTrials, _) if finding.next_step == NextStep::None => {
            "The tumour-agnostic label counts IHC 3+ only. A new sample can differ.".to_owned()
        }
        _ => phrases::why_of(finding).to_owned(),
    }
}

/// Six or more copies by single probe, and an IHC that says negative.
fn is_amplified_by_single_probe_alone(finding: &Finding) -> bool {
    let single = finding.ish.as_ref().is_some_and(|shown| shown.ish.method == IshMethod::Single);
    let breast = finding.tumour == Tumour::Breast;
    breast
        && single
        && finding.category == Category::Positive
        && finding.next_step == NextStep::PathologistReview
        && finding.ihc.as_ref().is_some_and(|ihc| matches!(ihc.score, Some(IhcScore::Zero | IhcScore::OnePlus)))
}

/// Why the last test may not hold any more, on the cards that say it.
fn retest_of<'a>(kind: Kind, assessment: &'a Assessment<'_>) -> Option<&'a Retest> {
    assessment.retest.as_ref().filter(|_| matches!(kind, Kind::Retest | Kind::Positive))
}

/// Is there a label for residual disease that the result before neoadjuvant treatment keeps open?
fn looks_back(assessment: &Assessment<'_>) -> bool {
    let before = |one: &&Consideration<'_>| one.rule.result == ResultChoice::BeforeNeoadjuvant;
    assessment.considerations.iter().filter(before).any(|one| one.verdict != Verdict::NotMet)
}

/// The first US label whose conditions are all met, else the first of which none is known to fail.
fn open_label<'a, 'k>(assessment: &'a Assessment<'k>) -> Option<&'a Consideration<'k>> {
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

/// What is known of the HER2 condition of a label: the first of its conditions.
fn her2_condition(label: &Consideration<'_>) -> Verdict {
    label.conditions().next().map_or(Verdict::Unknown, |(_, verdict)| verdict)
}

/// A label with its date and what it rests on.
fn label_line(consideration: &Consideration<'_>) -> String {
    let label = consideration.label;
    let accelerated = if label.accelerated { ", accelerated" } else { "" };
    let unconfirmed = if consideration.rule.unconfirmed { ", unconfirmed" } else { "" };
    let cite = consideration.rule.cite.last().map_or("", |cite| &**cite);
    format!("{}, US label of {}{accelerated}{unconfirmed} ({cite}).", consideration.rule.agent, label.date)
}

/// "Not found" only where nothing was set aside that may be the ISH.
fn no_ish(assessment: &Assessment<'_>) -> Cow<'static, str> {
    match assessment.excluded.iter().filter(|excluded| is_unread(excluded.why)).count() {
        0 => " No ISH result found in what was sent.".into(),
        1 => " No ISH result could be read: one HER2 entry could not be used, see the report first.".into(),
        many => {
            format!(" No ISH result could be read: {many} HER2 entries could not be used, see the report first.").into()
        }
    }
}

fn without_result(kind: Kind, assessment: &Assessment<'_>) -> String {
    match kind {
        Kind::Unreadable => {
            let count = assessment.excluded.len();
            format!("{count} HER2 entries that could not be used; the assessment names each with its reason.")
        }
        _ => "no HER2 result in the data that the record system sent. Results elsewhere may exist.".to_owned(),
    }
}

/// Open conditions of the label that the card names, and data that were not visible or not all of which may have come.
fn missing(kind: Kind, assessment: &Assessment<'_>) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let no_gap = assessment.record.lead_finding().is_some_and(|lead| lead.next_step == NextStep::None);
    let names_a_label = match kind {
        Kind::Low | Kind::Ultralow | Kind::SolidThreePlus => true,
        Kind::NegativeOpen => no_gap,
        _ => false,
    };
    if let Some(label) = open_label(assessment).filter(|_| names_a_label) {
        let open = label.conditions().filter(|(_, verdict)| *verdict == Verdict::Unknown);
        let open: Vec<&str> = open.map(|(what, _)| what).collect();
        parts.extend(open.iter().take(CONDITIONS_SHOWN).map(|what| (*what).to_owned()));
        if open.len() > CONDITIONS_SHOWN {
            parts.push(match open.len() - CONDITIONS_SHOWN {
                1 => "1 more condition".to_owned(),
                more => format!("{more} more conditions"),
            });
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
