//! The words of a card at ordering: fact, gap, act; what was seen, why it matters, what else is open, what it rests on.
//!
//! Limits (each a test): summary at most 115 characters after the "UNREVIEWED: " mark, detail at most 80 words in at most four
//! blocks, every result with its date, the order named.

use std::borrow::Cow;

use crate::cdshooks::cards::gaps::gaps;
use crate::cdshooks::cards::others;
use crate::cdshooks::cards::phrases;
use crate::cdshooks::cards::suggestion::is_reference;
use crate::cdshooks::cards::wording::{LONGEST_DETAIL, WHY};
use crate::domain::finding::{Category, Finding};
use crate::domain::medicine::Medicine;
use crate::domain::order::OrderStage;
use crate::domain::safety::{Check, Ground, Told};

use super::group::Group;
use super::topic::Topic;
use super::{heart_words, status_words};

/// Characters of a summary, its full stop included.
const LONGEST_SUMMARY: usize = 115;
/// Readings that are named one by one; the assessment has all.
const READINGS_SHOWN: usize = 3;
/// Prefetch keys without their data that are named one by one.
const KEYS_SHOWN: usize = 3;
/// Longest reading that a card repeats.
const LONGEST_READING: usize = 60;
/// Orders, and tumours, that are named one by one.
const ORDERS_SHOWN: usize = 2;

/// One sentence: fact, gap, act. Of several ways to say it the fullest that is short enough.
pub(super) fn summary(group: &Group<'_, '_>) -> String {
    let ways = ways(group);
    let fits = |way: &&String| way.chars().count() <= LONGEST_SUMMARY;
    let chosen = ways.iter().find(fits).or(ways.last());
    chosen.map_or_else(String::new, |way| capitalised(way))
}

/// The fullest sentence first. The last one fits whatever was sent: it holds our own words only.
fn ways(group: &Group<'_, '_>) -> Vec<String> {
    match group.topic {
        Topic::Her2 => status_words::ways(group),
        Topic::Heart => heart_words::ways(group),
        Topic::Pregnancy | Topic::Product | Topic::Lungs | Topic::Ras | Topic::PdL1 | Topic::Label => other_ways(group),
    }
}

fn other_ways(group: &Group<'_, '_>) -> Vec<String> {
    let (event, seen) = (event(group), deciding(group));
    let fixed = |text: &str| vec![text.to_owned()];
    match group.first.check {
        Check::PregnancyPositive => vec![
            format!("{}, and {event}: consider confirming it first.", with_date_in_brackets(seen)),
            format!("{}, and a HER2-directed order: consider confirming it first.", with_date_in_brackets(seen)),
        ],
        Check::PregnancyMissing => vec![
            format!("No pregnancy test found in what was sent, and {event}: consider one where pregnancy is possible."),
            "No pregnancy test found in what was sent: consider one where pregnancy is possible.".to_owned(),
        ],
        Check::PregnancyNotVisible => vec![
            format!("Pregnancy tests are not visible to this service, and {event}: consider looking one up."),
            "Pregnancy tests are not visible to this service: consider looking one up.".to_owned(),
        ],
        Check::PregnancyUnread => vec![
            format!("The last pregnancy test on file is not read here, and {event}: consider looking it up."),
            "The last pregnancy test on file is not read here: consider looking it up.".to_owned(),
        ],
        Check::ProductsTogether if group.agents().len() > 1 => {
            vec![format!("{event} together: consider which one is meant.")]
        }
        Check::ProductsTogether => {
            vec![format!("{event} beside another trastuzumab product: consider which one is meant.")]
        }
        Check::ProductUnclear => vec![
            format!("It is not clear what is ordered ({}): consider which one is meant.", short_names(group)),
            "It is not clear which of several medicines is ordered: consider which one is meant.".to_owned(),
        ],
        Check::ProductChanged => vec![
            format!("{event}, but last on record is {seen}: consider which is meant."),
            format!("{event}, but the last product on record is another: consider which is meant."),
        ],
        Check::LungDisease if group.first.told == Some(Told::BeforeMedicine) => vec![
            format!(
                "Lung disease (ILD or pneumonitis) is on record from before {}: consider a lung review first.",
                short_names(group)
            ),
            "ILD or pneumonitis is on record from before this medicine: consider a lung review first.".to_owned(),
        ],
        Check::LungDisease => vec![
            format!("Lung disease is on record (ILD or pneumonitis), and {event}: consider a lung review."),
            "ILD or pneumonitis is on record beside this order: consider a lung review first.".to_owned(),
        ],
        Check::RasMutant => {
            fixed("RAS is mutated: in colorectal cancer the label of tucatinib asks for wild-type; consider a review.")
        }
        Check::RasOpen => fixed(
            "What is on file on RAS does not show wild-type; the label of tucatinib asks for it: consider a review.",
        ),
        Check::RasUnknown => {
            fixed("No RAS result found: in colorectal cancer the label of tucatinib asks for it; consider the test.")
        }
        Check::TumourNotLabelled => vec![
            format!("{event}; no label for this tumour is known here: consider a check of what it rests on."),
            "No label of the ordered medicines for this tumour is known here: consider a check.".to_owned(),
        ],
        Check::CpsBelow => {
            fixed("PD-L1 CPS is below 1: the label of pembrolizumab with trastuzumab asks for more; consider a review.")
        }
        _ => fixed("No PD-L1 CPS found: the label of pembrolizumab with trastuzumab asks for it; consider the test."),
    }
}

/// `LVEF 45 %, 2026-11-01` as `LVEF 45 % (2026-11-01)`.
pub(super) fn with_date_in_brackets(reads: &str) -> String {
    reads.rsplit_once(", ").map_or_else(|| reads.to_owned(), |(what, date)| format!("{what} ({date})"))
}

/// `trastuzumab and T-DXd are being signed`, `trastuzumab or T-DM1 is being signed`.
pub(super) fn event(group: &Group<'_, '_>) -> String {
    let one = group.is_unclear() || group.agents().len() == 1;
    let verb = match (group.stage, one) {
        (OrderStage::Sign, true) => "is being signed",
        (OrderStage::Sign, false) => "are being signed",
        (OrderStage::Select, true) => "is being chosen",
        (OrderStage::Select, false) => "are being chosen",
    };
    format!("{} {verb}", short_names(group))
}

/// What the finding turns on, as it was read.
pub(super) fn deciding<'a>(group: &Group<'a, '_>) -> &'a str {
    group.first.evidence.first().map(|reading| &*reading.reads).unwrap_or_default()
}

/// `trastuzumab, pertuzumab and T-DXd`.
pub(super) fn short_names(group: &Group<'_, '_>) -> String {
    list(group, |agent| match agent {
        Medicine::TrastuzumabEmtansine => "T-DM1",
        Medicine::TrastuzumabDeruxtecan => "T-DXd",
        other => other.name(),
    })
}

/// The medicines of a card as they are listed in a sentence: "or" where nobody can tell which one is ordered.
pub(super) fn list(group: &Group<'_, '_>, name: fn(Medicine) -> &'static str) -> String {
    let names: Vec<&str> = group.agents().into_iter().map(name).collect();
    let joined = if group.is_unclear() { "or" } else { "and" };
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {joined} {last}", first.join(", ")),
    }
}

pub(super) fn is_unseen(group: &Group<'_, '_>, key: &str) -> bool {
    group.assessment.unseen.iter().any(|unseen| &**unseen == key)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// At most four blocks of plain Markdown. Where they were too long, what was seen and what is open is worth more than why it
/// matters.
pub(super) fn detail(group: &Group<'_, '_>, without_card: &[&'static str]) -> String {
    let policy = time_is_ours(group);
    let told = |why: Option<&str>| {
        let mut blocks = vec![format!("**What we saw:** {}", seen(group))];
        blocks.extend(why.map(|why| format!("{WHY} {why}")));
        blocks.extend(open(group, without_card).map(|open| format!("**Also open:** {open}.")));
        blocks.push(format!("*Basis:* {}{policy}", basis(group)));
        blocks.join("\n\n")
    };
    let reason = reason(group);
    let whole = told(Some(&reason));
    let fits = whole.split_ascii_whitespace().count() <= LONGEST_DETAIL;
    if fits { whole } else { told(None) }
}

/// Why it matters: what the finding turns on, else the reason of the rule.
fn reason<'k>(group: &Group<'_, 'k>) -> Cow<'k, str> {
    let ground = group.first.ground;
    let found = match group.topic {
        Topic::Her2 => status_words::reason(group),
        Topic::Heart => heart_words::reason(group),
        Topic::Pregnancy | Topic::Product | Topic::Lungs | Topic::Ras | Topic::PdL1 | Topic::Label => None,
    };
    let found = found.or_else(|| says_what_was_found(group).then(|| with_what_was_found(ground)));
    found.map_or(Cow::Borrowed(&*ground.because), Cow::Owned)
}

/// Was the very thing found that the second sentence of the rule is about?
fn says_what_was_found(group: &Group<'_, '_>) -> bool {
    match group.first.check {
        Check::PregnancyPositive => true,
        Check::Her2Negative => !status_words::was_positive_elsewhere(group),
        _ => false,
    }
}

/// The reason with the sentence that holds only where the very thing was found.
fn with_what_was_found(ground: &Ground) -> String {
    let only = ground.where_found.as_ref().map(|sentence| format!(" {sentence}"));
    format!("{}{}", ground.because, only.unwrap_or_default())
}

/// The orders, then what was read, each with its date.
fn seen(group: &Group<'_, '_>) -> String {
    let mut text = format!("order of {}", list(group, Medicine::name));
    let orders: Vec<&str> = group.orders().into_iter().filter(|order| is_reference(order)).collect();
    if !orders.is_empty() {
        let unlisted: usize = group.all.iter().map(|finding| finding.more).sum();
        let more = orders.len().saturating_sub(ORDERS_SHOWN) + unlisted;
        let shown = orders.iter().take(ORDERS_SHOWN).copied().collect::<Vec<_>>().join(", ");
        text.push_str(&if more > 0 { format!(" ({shown}, {more} more)") } else { format!(" ({shown})") });
    }
    for part in read(group) {
        text.push_str(&format!("; {part}"));
    }
    text.push('.');
    if group.topic == Topic::Her2 {
        let numbers = group.result.and_then(status_words::ish_numbers);
        text.push_str(&numbers.map_or_else(String::new, |numbers| format!(" ISH: {numbers}.")));
        text.push_str(&match (status_words::before(group), group.result) {
            (Some(before), beside) => format!(" Before treatment: {}.", others::named(before, beside)),
            (None, Some(result)) => others::compared(result, group.assessment),
            (None, None) => String::new(),
        });
        text.push_str(&others::withdrawn(group.assessment));
    }
    text
}

/// What was read beside the orders, or what was looked for and not found.
fn read(group: &Group<'_, '_>) -> Vec<String> {
    let record = &group.assessment.record;
    match (group.result, group.first.check) {
        (Some(result), _) => return vec![status(group, result)],
        (None, Check::Erbb2VariantOpen) => return vec![status_words::variant(group).to_owned()],
        (None, Check::Her2OtherTumour) => {
            let usable = record.findings.iter().filter(|finding| finding.is_usable());
            return usable.map(|result| status(group, result)).take(ORDERS_SHOWN).collect();
        }
        (None, check) => {
            let checks = std::iter::once(check).chain(group.also.first().map(|also| also.check));
            let words: Vec<String> =
                checks.filter_map(|one| without_reading(one, is_unseen(group, "her2"))).map(str::to_owned).collect();
            if !words.is_empty() {
                return words;
            }
        }
    }
    let orders = group.orders();
    let readings = group.all.iter().flat_map(|finding| &finding.evidence);
    let mut read: Vec<String> = readings
        .filter(|reading| orders.binary_search(&&*reading.reference).is_err() && reading.reads.len() <= LONGEST_READING)
        .map(|reading| reading.reads.to_string())
        .collect();
    read.sort_unstable();
    read.dedup();
    read.truncate(READINGS_SHOWN);
    read
}

/// What a finding without a reading of its own rests on: how far the search went, or a marker that the history holds.
const fn without_reading(check: Check, her2_is_unseen: bool) -> Option<&'static str> {
    match check {
        Check::Her2InSituOnly => Some("HER2 results of carcinoma in situ only, which do not count"),
        Check::Her2Unknown if her2_is_unseen => Some("HER2 results could not be seen"),
        Check::Her2Unknown => Some("no usable HER2 result of this tumour in what was sent"),
        Check::LvefMissing => Some("no LVEF in what was sent"),
        Check::LvefNotVisible => Some("LVEF could not be seen"),
        Check::PregnancyMissing => Some("no pregnancy test in what was sent"),
        Check::PregnancyNotVisible => Some("pregnancy tests could not be seen"),
        Check::RasOpen => Some("a KRAS, NRAS or RAS result that does not settle the RAS status"),
        Check::RasUnknown => Some("no RAS result in what was sent"),
        Check::RasMutant => Some("RAS mutated"),
        Check::CpsUnknown => Some("no PD-L1 CPS that answers the label in what was sent"),
        Check::CpsBelow => Some("PD-L1 CPS below 1"),
        Check::TumourNotLabelled => Some("a tumour that no label named below covers"),
        _ => None,
    }
}

/// `HER2-negative breast cancer (IHC 1+, HER2-low), 2026-10-14`, with the laboratory's word and the open step.
fn status(group: &Group<'_, '_>, result: &Finding) -> String {
    let date = result.collected.as_ref().map_or("date unknown", |collected| collected.when.shown());
    let mut text = format!("{}, {date}", phrases::fact(result));
    if let Some(word) = result.lab_reported {
        text.push_str(&format!("; reported by the laboratory: {}", phrases::overall_word(word)));
    }
    let closed = matches!(result.category, Category::Positive | Category::Negative);
    if group.is_helped_by(result.next_step) && closed {
        text.push_str(&format!("; {}", phrases::act(result.next_step)));
    }
    text
}

/// A time of our own is not passed off as one of the label.
fn time_is_ours(group: &Group<'_, '_>) -> String {
    match group.first.window {
        Some(window) if group.first.ground.policy => {
            format!(" The {} are a policy of this rule set, not a number of the label.", window.as_str())
        }
        _ => String::new(),
    }
}

/// Findings without a card of their own, and data that were not visible.
fn open(group: &Group<'_, '_>, without_card: &[&'static str]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if !without_card.is_empty() {
        parts.push(without_card.join(", "));
    }
    parts.extend(gaps(group.assessment, KEYS_SHOWN));
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Label with its date, trial and publication.
fn basis(group: &Group<'_, '_>) -> String {
    let ground = group.first.ground;
    let unconfirmed = if ground.unconfirmed { ", unconfirmed" } else { "" };
    let agent = group.first.agent.name();
    let label = ground.label.as_ref().map(|date| format!("US label of {agent} of {date}{unconfirmed}"));
    let unlabelled = (ground.label.is_none() && ground.unconfirmed).then(|| "unconfirmed".to_owned());
    let parts: Vec<String> = label.into_iter().chain(cited(group)).chain(unlabelled).collect();
    format!("{}.", parts.join("; "))
}

/// Trial and publication of what the card says: those of the row, or of what stands in place of its reason.
fn cited(group: &Group<'_, '_>) -> Vec<String> {
    let ground = group.first.ground;
    match group.first.check {
        Check::Her2NegativeByComment => vec!["ASCO/CAP 2018, PMID 29846122, unconfirmed".to_owned()],
        Check::Her2PositiveBefore => vec!["NCT01772472".to_owned()],
        // the sources of a sentence that does not stand here
        _ if ground.where_found.is_some() && !says_what_was_found(group) => Vec::new(),
        _ => ground.cite.iter().map(|cite| cite.to_string()).collect(),
    }
}
