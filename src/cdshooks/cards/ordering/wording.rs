//! The words of a card at ordering: fact, gap, act; what was seen, why it matters, what else is open, what it rests on.
//!
//! Limits (each a test): summary at most 115 characters after the "UNREVIEWED: " mark, detail at most 80 words in at most four
//! blocks, every result with its date, the order named.

use crate::cdshooks::cards::gaps::gaps;
use crate::cdshooks::cards::others;
use crate::cdshooks::cards::phrases;
use crate::cdshooks::cards::suggestion::is_reference;
use crate::cdshooks::cards::wording::{LONGEST_DETAIL, WHY};
use crate::domain::finding::{Basis, Category, Finding};
use crate::domain::medicine::Medicine;
use crate::domain::order::OrderStage;
use crate::domain::safety::{Check, Window};

use super::group::Group;
use super::topic::Topic;

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
        Topic::Her2 => status_ways(group),
        Topic::Heart => heart_ways(group),
        Topic::Pregnancy | Topic::Product | Topic::Lungs | Topic::Ras | Topic::PdL1 | Topic::Label => other_ways(group),
    }
}

fn status_ways(group: &Group<'_, '_>) -> Vec<String> {
    let event = event(group);
    let ground = group.result.map_or_else(String::new, |result| format!(" {}", ground(result)));
    let act = group.result.map(|result| result.next_step).filter(|step| group.is_helped_by(*step));
    let act = act.map_or("consider a review", phrases::act);
    // with the result, without it, and without the names of the medicines
    let told = |gap: &str, act: &str| {
        vec![
            format!("{event}{gap}{ground}: {act}."),
            format!("{event}{gap}: {act}."),
            format!("A HER2-directed order{gap}: {act}."),
        ]
    };
    match group.first.check {
        Check::Her2Negative => {
            let which = if group.assessment.record.findings.len() == 1 { "only" } else { "leading" };
            vec![
                format!("{event}, but the {which} HER2 result of this tumour is negative{ground}."),
                format!("{event}, but this tumour is HER2-negative{ground}."),
                format!("{event}, but this tumour is HER2-negative."),
                "HER2-directed medicines are ordered, but this tumour is HER2-negative.".to_owned(),
            ]
        }
        Check::Her2NegativeDoubted => told("; HER2 is negative, but not beyond doubt", "consider a review"),
        Check::Her2ConditionNotMet => told(", but the HER2 condition of the label is not met", "consider a review"),
        // a label by mutation: no step of the protein tests answers it
        Check::Her2ConditionOpen if group.is_by_mutation() => {
            told("; the HER2 condition of the label is open", "consider an ERBB2 mutation report")
        }
        Check::Her2ConditionOpen => told("; the HER2 condition of the label is open", act),
        Check::Her2Equivocal => told(" while HER2 is equivocal", act),
        Check::Her2NotFinal if group.result.is_some_and(|result| result.basis == Basis::Final) => {
            told(" while another HER2 result is not final", "await the final report")
        }
        Check::Her2NotFinal => told(" while the HER2 result is not final", "await the final report"),
        Check::Her2OtherTumour => match group.result {
            Some(_) => told(", but the HER2 result on file is of another tumour", "consider testing this one"),
            None => told(", and the tumours on record differ in HER2", "consider which one is treated"),
        },
        _ => {
            let ask = "consider asking pathology";
            match group.result {
                Some(_) => told(", but the HER2 status is open", act),
                None if is_unseen(group, "her2") => told(", but HER2 results are not visible to this service", ask),
                None => told(", but no usable HER2 result of this tumour was found", ask),
            }
        }
    }
}

fn heart_ways(group: &Group<'_, '_>) -> Vec<String> {
    let named = short_names(group);
    let seen = deciding(group);
    let with_value = |gap: &str, act: &str| {
        vec![
            format!("{} {gap} of {named}{act}.", with_date_in_brackets(seen)),
            format!("The last LVEF {gap} of {named}{act}."),
            format!("The last LVEF {gap}{act}."),
        ]
    };
    let without_value = |gap: &str, act: &str| {
        vec![
            format!("{gap}: the label of {named} asks for it; {act}."),
            format!("{gap}: the labels ask for it; {act}."),
        ]
    };
    match group.first.check {
        Check::LvefLow => with_value("is below the limit of the label", ": consider a review first"),
        Check::LvefPerhapsLow => {
            with_value("may be below the limit of the label", ", by setting or course: consider a check")
        }
        Check::LvefFall => with_value("has fallen beyond the limit of the label", ": consider a review first"),
        Check::LvefStale => {
            let last = seen.rsplit_once(", ").map_or("date unknown", |(_, date)| date);
            let span = group.first.window.map_or("time that the label names", Window::as_str);
            without_value(&format!("No LVEF found in the last {span} (last: {last})"), "consider measuring")
        }
        Check::LvefPerhapsStale => {
            let last = seen.rsplit_once(", ").map_or("date unknown", |(_, date)| date);
            let span = group.first.window.map_or("the label's time", Window::as_str);
            let gap = format!("The day of the last LVEF is not known ({last}); it may be older than {span}");
            vec![format!("{gap}: consider measuring for {named}."), format!("{gap}: consider measuring.")]
        }
        Check::LvefUnread => without_value("The last LVEF on file is not read here", "consider looking it up"),
        Check::LvefNotVisible if !group.also.is_empty() => vec![
            format!("LVEF and pregnancy tests are not visible here, and {}: consider looking them up.", event(group)),
            "LVEF and pregnancy tests are not visible to this service: consider looking them up first.".to_owned(),
        ],
        Check::LvefMissing if !group.also.is_empty() => vec![
            format!(
                "No LVEF and no pregnancy test found in what was sent, and {}: consider both, the test where relevant.",
                event(group)
            ),
            format!("No LVEF and no pregnancy test found in what was sent, and {}: consider both.", event(group)),
            "No LVEF and no pregnancy test found in what was sent: consider both before this order.".to_owned(),
        ],
        Check::LvefNotVisible => without_value("LVEF is not visible to this service", "consider looking it up"),
        _ => without_value("No LVEF found in what was sent", "consider measuring it first"),
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
fn with_date_in_brackets(reads: &str) -> String {
    reads.rsplit_once(", ").map_or_else(|| reads.to_owned(), |(what, date)| format!("{what} ({date})"))
}

/// `trastuzumab and T-DXd are being signed`, `trastuzumab or T-DM1 is being signed`.
fn event(group: &Group<'_, '_>) -> String {
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
fn deciding<'a>(group: &Group<'a, '_>) -> &'a str {
    group.first.evidence.first().map(|reading| &*reading.reads).unwrap_or_default()
}

/// `trastuzumab, pertuzumab and T-DXd`.
fn short_names(group: &Group<'_, '_>) -> String {
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

/// `(IHC 1+, 2026-10-14)`.
fn ground(result: &Finding) -> String {
    let date = result.collected.as_ref().map_or("date unknown", |collected| collected.when.shown());
    let ihc = result.ihc.as_ref().and_then(phrases::ihc_ground).map(|ihc| format!("{ihc}, "));
    format!("({}{date})", ihc.unwrap_or_default())
}

fn is_unseen(group: &Group<'_, '_>, key: &str) -> bool {
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
    let whole = told(Some(&group.first.ground.because));
    let fits = whole.split_ascii_whitespace().count() <= LONGEST_DETAIL;
    if fits { whole } else { told(None) }
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
        text.push_str(&group.result.map_or_else(String::new, |result| others::compared(result, group.assessment)));
        text.push_str(&others::withdrawn(group.assessment));
    }
    text
}

/// What was read beside the orders, or what was looked for and not found.
fn read(group: &Group<'_, '_>) -> Vec<String> {
    let record = &group.assessment.record;
    match (group.result, group.first.check) {
        (Some(result), _) => return vec![status(group, result)],
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
    let cited = ground.cite.iter().map(|cite| cite.to_string());
    let unlabelled = (ground.label.is_none() && ground.unconfirmed).then(|| "unconfirmed".to_owned());
    let parts: Vec<String> = label.into_iter().chain(cited).chain(unlabelled).collect();
    format!("{}.", parts.join("; "))
}
