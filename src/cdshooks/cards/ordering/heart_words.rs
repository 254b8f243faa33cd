//! The words of a card at ordering about the ejection fraction: the value, the limit that it meets, and how far it fell.

use crate::domain::decimal::Decimal;
use crate::domain::history::Extent;
use crate::domain::range::Range;
use crate::domain::safety::{Check, HeartLimit, LimitSays, Phase, Told, Window};

use super::group::Group;
use super::wording::{deciding, event, short_names, with_date_in_brackets};

/// Limits that are named one by one; the rule has all.
const LIMITS_SHOWN: usize = 2;

/// The fullest sentence first, as for every summary.
pub(super) fn ways(group: &Group<'_, '_>) -> Vec<String> {
    let named = short_names(group);
    let seen = deciding(group);
    let value = with_date_in_brackets(seen);
    let with_value = |gap: &str, act: &str| {
        vec![
            format!("{value} {gap} of {named}{act}."),
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
        Check::LvefLow if is_only(group, LimitSays::Review) => {
            with_value("is below every limit of the label", ": consider a cardiology review first")
        }
        Check::LvefLow => with_value("is below the limit of the label", ": consider a review first"),
        Check::LvefNotStudied => vec![
            format!("{value}: the label of {named} says that such values were not studied; consider a review first."),
            format!("The last LVEF is one that the label of {named} calls not studied: consider a review first."),
            "The last LVEF is one that the label calls not studied: consider a review first.".to_owned(),
        ],
        Check::LvefPerhapsLow if is_for_want_of_a_fall(group) => {
            with_value("may meet a limit of the label", "; the fall is not known: consider a check")
        }
        Check::LvefPerhapsLow => {
            with_value("may be below the limit of the label", ", by setting or course: consider a check")
        }
        Check::LvefFall => {
            let gap = "has fallen beyond the limit of the label";
            let act = ": consider a review first";
            let by = measured_fall(group).map(|points| {
                format!("{value} has fallen by {points} points, beyond the label's limit for {named}{act}.")
            });
            by.into_iter().chain(with_value(gap, act)).collect()
        }
        Check::LvefRepeat => vec![
            format!(
                "{value}: the label of {named} says to go on and to repeat LVEF{}: consider planning it.",
                soon(group)
            ),
            format!("{value}: the label says to go on and to repeat LVEF{}: consider planning it.", soon(group)),
            "The last LVEF is one after which the label says to go on and to repeat it: consider planning it."
                .to_owned(),
        ],
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

/// The limits that the value meets, as the label of the first medicine has them (the basis names it), and the fall that was
/// measured; None where the card is about no value.
pub(super) fn reason(group: &Group<'_, '_>) -> Option<String> {
    let limits = limits(group);
    if limits.is_empty() {
        return None;
    }
    let mut sentences: Vec<String> = limits.iter().take(LIMITS_SHOWN).map(|limit| sentence(limit)).collect();
    if let Some(points) = measured_fall(group) {
        sentences.push(format!("The fall that was measured is {points} points."));
    } else if limits.iter().any(|limit| limit.fall.is_some()) && group.first.check == Check::LvefPerhapsLow {
        sentences.push("The fall is not known: no value before treatment is on record.".to_owned());
    }
    Some(sentences.join(" "))
}

fn limits<'a>(group: &'a Group<'_, '_>) -> &'a [&'a HeartLimit] {
    match &group.first.told {
        Some(Told::Limits { limits, .. }) => limits,
        _ => &[],
    }
}

fn is_only(group: &Group<'_, '_>, says: LimitSays) -> bool {
    let told = |limit: &&HeartLimit| limit.says == says || limit.fall.is_some();
    limits(group).iter().all(told) && limits(group).iter().any(|limit| limit.says == says)
}

/// Everything that is open is how far it fell.
fn is_for_want_of_a_fall(group: &Group<'_, '_>) -> bool {
    let limits = limits(group);
    measured_fall(group).is_none() && !limits.is_empty() && limits.iter().all(|limit| limit.fall.is_some())
}

/// Points of a fall that was measured; a value that has not fallen is none.
fn measured_fall(group: &Group<'_, '_>) -> Option<String> {
    let Some(Told::Limits { fall: Some(fall), .. }) = &group.first.told else { return None };
    let points = fall.as_number().filter(|points| !points.is_zero_or_less())?;
    Some(points.as_sent().to_owned())
}

/// ` within 3 weeks`
fn soon(group: &Group<'_, '_>) -> String {
    let within = limits(group).iter().find_map(|limit| limit.within.as_ref());
    within.map_or_else(String::new, |within| format!(" within {}", within.as_str()))
}

/// `The label says to interrupt at LVEF 40 to 45 % with a fall of 10 points or more in metastatic disease.`
fn sentence(limit: &HeartLimit) -> String {
    let extent = limit.extent.map(|extent| match extent {
        Extent::Early => "in early disease",
        Extent::Metastatic => "in metastatic disease",
    });
    let anthracycline = limit
        .after_anthracycline
        .map(|after| if after { "after an anthracycline" } else { "without an anthracycline" });
    let phase = (limit.phase == Phase::Start).then_some("before the first dose");
    let setting: Vec<&str> = [phase, extent, anthracycline].into_iter().flatten().collect();
    let setting = if setting.is_empty() { String::new() } else { format!(" {}", setting.join(", ")) };
    let value = limit.lvef.as_ref().map(|range| format!("LVEF {}", percent(range)));
    let fall = limit.fall.as_ref().map(|range| format!("a fall of {}", points(range)));
    let met = value.iter().chain(&fall).map(String::as_str).collect::<Vec<_>>().join(" with ");
    let within = limit.within.as_ref().map_or_else(String::new, |within| format!(" within {}", within.as_str()));
    match limit.says {
        LimitSays::Required => {
            let least = limit.lvef.as_ref().and_then(|range| range.below.as_ref()).map_or("more", Decimal::as_sent);
            format!("The label asks for LVEF of {least} % or more{setting}.")
        }
        LimitSays::NotStudied => format!("The label says that {met}{setting} was not studied."),
        LimitSays::Interrupt if limit.institution => {
            let here = limit.lvef.as_ref().and_then(|range| range.below.as_ref()).map_or("its own", Decimal::as_sent);
            let fall = fall.map_or_else(String::new, |fall| format!(" with {fall}"));
            format!("The label says to interrupt below the institution's limit (here {here} %){fall}{setting}.")
        }
        LimitSays::Interrupt => format!("The label says to interrupt at {met}{setting}."),
        LimitSays::Repeat => {
            format!("The label says to go on and to repeat LVEF{within}. That holds at {met}{setting}.")
        }
        LimitSays::Review => format!(
            "The label names a value only together with a fall{setting}. {met} is below any such value (policy)."
        ),
    }
}

/// `below 40 %`, `40 to 45 %`, `45 to below 50 %`
fn percent(range: &Range) -> String {
    match (&range.at_least, &range.below, &range.at_most) {
        (Some(from), Some(to), _) => format!("{} to below {} %", from.as_sent(), to.as_sent()),
        (Some(from), None, Some(to)) => format!("{} to {} %", from.as_sent(), to.as_sent()),
        (None, Some(to), None) => format!("below {} %", to.as_sent()),
        _ => format!("(%) {range}"),
    }
}

/// `10 points or more`, `more than 20 points`, `less than 10 points`
fn points(range: &Range) -> String {
    match (&range.at_least, &range.above, &range.below) {
        (Some(from), None, None) => format!("{} points or more", from.as_sent()),
        (None, Some(over), None) => format!("more than {} points", over.as_sent()),
        (None, None, Some(under)) => format!("less than {} points", under.as_sent()),
        _ => format!("(points) {range}"),
    }
}
