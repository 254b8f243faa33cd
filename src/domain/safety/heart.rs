//! Left ventricular ejection fraction: found, recent, and not below what the label of the ordered medicine asks for.

use jiff::civil::Date;

use crate::domain::decimal::Quantity;
use crate::domain::evidence::Reading;
use crate::domain::history::{EjectionFraction, Event, Extent, Treatment, TreatmentSource};
use crate::domain::medicine::Medicine;
use crate::domain::order::{DraftOrder, OrderStage};
use crate::domain::when::When;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity, Told};
use super::rules::{HeartLimit, HeartRule, LimitSays, Phase, Window};

/// Where the medicine that is ordered stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    /// No dose on record, and the medicines were visible.
    NotBegun,
    /// A dose was given or taken.
    Begun,
    /// An order is on record, and no dose.
    Ordered,
    /// The medicines could not be seen.
    Unknown,
}

/// The ejection fractions that matter for one medicine.
struct Measured<'k> {
    /// The newest with a date; of several of one day the lowest.
    newest: &'k EjectionFraction,
    on: &'k When,
    /// The newest up to the first dose.
    before_treatment: Option<&'k EjectionFraction>,
}

pub(super) fn check<'k>(situation: &Situation<'k>, order: &'k DraftOrder, agent: Medicine) -> Vec<SafetyFinding<'k>> {
    let Some(rule) = situation.rules.heart.iter().find(|rule| rule.agent == agent) else { return Vec::new() };
    let course = course(situation, agent);
    let found = |check, severity, read: Vec<Reading>| finding(check, severity, agent, order, &rule.ground, read);
    let Some(measured) = measured(situation, agent) else {
        return vec![SafetyFinding { window: Some(&rule.before_start), ..undated(situation, &found) }];
    };
    let low = low(situation, rule, course, &measured);
    let window = window(rule, course, situation);
    let stale = window.and_then(|window| stale(measured.on, window.opens(situation.today)));
    let stale =
        stale.map(|check| SafetyFinding { window, ..found(check, Severity::Warning, vec![reading(measured.newest)]) });
    let unread = unread(situation, Some(measured.on));
    let unread = (!unread.is_empty()).then(|| found(Check::LvefUnread, Severity::Warning, unread));
    low.map(|(check, severity, limits)| {
        let by_fall = limits.iter().any(|limit| limit.fall.is_some());
        let before = measured.before_treatment.filter(|before| by_fall && !std::ptr::eq(*before, measured.newest));
        let fall = before.and_then(|_| fall(&measured));
        let read = std::iter::once(measured.newest).chain(before).map(reading).collect();
        SafetyFinding { told: Some(Told::Limits { limits, fall }), ..found(check, severity, read) }
    })
    .into_iter()
    .chain(unread.or(stale))
    .collect()
}

/// Older than the first day that still counts. A year or a month of which a part lies before that day may be older.
fn stale(on: &When, opens: Date) -> Option<Check> {
    if on.last_day() < opens {
        Some(Check::LvefStale)
    } else {
        (on.first_day() < opens).then_some(Check::LvefPerhapsStale)
    }
}

/// No value with a date that has come: one without a date, none at all, or none that could be seen.
fn undated<'k>(
    situation: &Situation<'k>,
    found: &impl Fn(Check, Severity, Vec<Reading>) -> SafetyFinding<'k>,
) -> SafetyFinding<'k> {
    let all = &situation.evidence.history.ejection_fractions;
    let mut read: Vec<Reading> = all.iter().map(reading).collect();
    read.sort_unstable();
    let unread = unread(situation, None);
    let check = if !unread.is_empty() {
        read = unread;
        Check::LvefUnread
    } else if !read.is_empty() {
        Check::LvefStale
    } else if situation.is_unseen("lvef") {
        Check::LvefNotVisible
    } else {
        Check::LvefMissing
    };
    found(check, Severity::Warning, read)
}

/// Values that are not used and may be newer than the one of the day `than`: an older value is never taken for the last.
fn unread(situation: &Situation<'_>, than: Option<&When>) -> Vec<Reading> {
    let as_new = |event: &&Event| match (&event.when, than) {
        (Some(when), Some(than)) => when.last_day() >= than.first_day(),
        (None, _) | (_, None) => true,
    };
    let one = |event: &Event| {
        let date = event.when.as_ref().map_or("date unknown", When::shown);
        Reading { reference: event.reference.clone(), reads: format!("LVEF not readable or not final, {date}").into() }
    };
    let mut read: Vec<Reading> =
        situation.evidence.history.unread_ejection_fractions.iter().filter(as_new).map(one).collect();
    read.sort_unstable();
    read
}

fn reading(fraction: &EjectionFraction) -> Reading {
    let date = fraction.when.as_ref().map_or("date unknown", When::shown);
    Reading {
        reference: fraction.reference.clone(),
        reads: format!("LVEF {} %, {date}", fraction.percent.as_sent()).into(),
    }
}

fn course(situation: &Situation<'_>, agent: Medicine) -> Course {
    let of_agent = || situation.evidence.history.treatments.iter().filter(|treatment| treatment.medicine == agent);
    if of_agent().any(was_used) {
        Course::Begun
    } else if ["medRequests", "medAdmins"].iter().any(|key| situation.is_unseen(key)) {
        Course::Unknown
    } else if of_agent().next().is_some() {
        Course::Ordered
    } else {
        Course::NotBegun
    }
}

fn was_used(treatment: &Treatment) -> bool {
    treatment.source != TreatmentSource::Ordered
}

/// How old the newest value may be; None where the label names no time, or where it is not known which time counts. Doses are
/// shown at signing only, so that at choosing an order on record may mean a course that goes on.
fn window<'k>(rule: &'k HeartRule, course: Course, situation: &Situation<'_>) -> Option<&'k Window> {
    let signing = situation.evidence.order_stage == OrderStage::Sign;
    match course {
        Course::NotBegun => Some(&rule.before_start),
        Course::Ordered if signing => Some(&rule.before_start),
        Course::Begun => rule.during.as_ref(),
        Course::Ordered | Course::Unknown => {
            let longer = |during| std::cmp::min_by_key(during, &rule.before_start, |w| w.opens(situation.today));
            rule.during.as_ref().map(longer)
        }
    }
}

fn measured<'k>(situation: &Situation<'k>, agent: Medicine) -> Option<Measured<'k>> {
    let history = &situation.evidence.history;
    let dated = || {
        let of_one =
            |one: &'k EjectionFraction| Some((one.when.as_ref().filter(|when| situation.has_come(when))?, one));
        history.ejection_fractions.iter().filter_map(of_one)
    };
    let newest_of = |values: &mut dyn Iterator<Item = (&'k When, &'k EjectionFraction)>| {
        values.max_by(|(a, lower), (b, other)| {
            let by_value = other.percent.number.cmp(&lower.percent.number);
            a.chronological(b).then(by_value).then_with(|| other.reference.cmp(&lower.reference))
        })
    };
    let (on, newest) = newest_of(&mut dated())?;
    let first_dose: Option<Date> = history
        .treatments
        .iter()
        .filter(|treatment| treatment.medicine == agent && was_used(treatment))
        .filter_map(|treatment| Some(treatment.from.as_ref().or(treatment.until.as_ref())?.first_day()))
        .min();
    let before = first_dose.and_then(|day| newest_of(&mut dated().filter(|(when, _)| when.last_day() <= day)));
    Some(Measured { newest, on, before_treatment: before.map(|(_, fraction)| fraction) })
}

/// What the newest value is against the limits, and which of them say so.
fn low<'k>(
    situation: &Situation<'_>,
    rule: &'k HeartRule,
    course: Course,
    measured: &Measured<'_>,
) -> Option<(Check, Severity, Vec<&'k HeartLimit>)> {
    let outcomes: Vec<Outcome> = worlds(situation, course).map(|world| outcome(rule, world, measured)).collect();
    let all = |among: &[Outcome]| outcomes.iter().all(|outcome| among.contains(outcome));
    let any = |among: &[Outcome]| outcomes.iter().any(|outcome| among.contains(outcome));
    let recent = measured.on.first_day() >= rule.low_holds.opens(situation.today);
    let (check, severity) = if all(&[Outcome::Low]) {
        (Check::LvefLow, if recent && !rule.ground.unconfirmed { Severity::Critical } else { Severity::Warning })
    } else if all(&Outcome::BELOW) {
        (Check::LvefLow, Severity::Warning)
    } else if all(&[Outcome::Low, Outcome::BelowInstitution, Outcome::NotStudied]) {
        (Check::LvefNotStudied, Severity::Warning)
    } else if any(&[Outcome::Low, Outcome::BelowInstitution, Outcome::NotStudied, Outcome::Open]) {
        (Check::LvefPerhapsLow, Severity::Warning)
    } else if any(&[Outcome::Fall]) {
        (Check::LvefFall, Severity::Warning)
    } else if any(&[Outcome::Repeat]) {
        (Check::LvefRepeat, Severity::Info)
    } else {
        return None;
    };
    let limits = rule.limits.iter().filter(|limit| {
        worlds(situation, course).any(|world| {
            let (whole, own) = (outcome(rule, world, measured), outcome_of(limit, measured));
            let counts = match own {
                Outcome::Fine => false,
                Outcome::Fall => true,
                Outcome::Repeat => check == Check::LvefRepeat,
                Outcome::Low | Outcome::BelowInstitution | Outcome::NotStudied | Outcome::Open => own == whole,
            };
            counts && applies(limit, world)
        })
    });
    Some((check, severity, limits.collect()))
}

/// What limits turn on beside the value, each of it settled. A record that does not settle it leaves several of these.
#[derive(Clone, Copy)]
struct World {
    begun: bool,
    extent: Extent,
    after_anthracycline: bool,
}

fn worlds(situation: &Situation<'_>, course: Course) -> impl Iterator<Item = World> {
    let history = &situation.evidence.history;
    let begun: &[bool] = match course {
        Course::NotBegun => &[false],
        Course::Begun => &[true],
        Course::Ordered | Course::Unknown => &[false, true],
    };
    let extents: &[Extent] = match history.extent {
        Some(Extent::Early) => &[Extent::Early],
        Some(Extent::Metastatic) => &[Extent::Metastatic],
        None => &[Extent::Early, Extent::Metastatic],
    };
    let anthracyclines = history.treatments.iter().filter(|treatment| treatment.medicine == Medicine::Anthracycline);
    let had_anthracycline = anthracyclines.into_iter().any(was_used);
    // that none was seen does not say that none was given
    let anthracycline: &[bool] = if had_anthracycline { &[true] } else { &[false, true] };
    begun.iter().flat_map(move |&begun| {
        extents.iter().flat_map(move |&extent| {
            anthracycline.iter().map(move |&after_anthracycline| World { begun, extent, after_anthracycline })
        })
    })
}

/// What a value is in one world, **the most urgent first**.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Below a limit, whatever the value before treatment was.
    Low,
    /// Below what stands for the limit of the institution.
    BelowInstitution,
    /// Fallen too far.
    Fall,
    /// Before the first dose, and not studied.
    NotStudied,
    /// Too low only if it fell, and the value before treatment is not known; or a bound that leaves it open.
    Open,
    /// To be measured again soon.
    Repeat,
    Fine,
}

impl Outcome {
    const BELOW: [Self; 2] = [Self::Low, Self::BelowInstitution];
}

fn applies(limit: &HeartLimit, world: World) -> bool {
    (limit.phase == Phase::Any || !world.begun)
        && limit.extent.is_none_or(|extent| extent == world.extent)
        && limit.after_anthracycline.is_none_or(|after| after == world.after_anthracycline)
}

fn outcome(rule: &HeartRule, world: World, measured: &Measured<'_>) -> Outcome {
    let limits = rule.limits.iter().filter(|limit| applies(limit, world));
    limits.map(|limit| outcome_of(limit, measured)).min().unwrap_or(Outcome::Fine)
}

/// What one limit says of the value, where it applies.
fn outcome_of(limit: &HeartLimit, measured: &Measured<'_>) -> Outcome {
    match (crossed(limit, measured), limit.says) {
        (Some(false), _) => Outcome::Fine,
        (Some(true), LimitSays::Repeat) => Outcome::Repeat,
        (Some(true), LimitSays::NotStudied) => Outcome::NotStudied,
        (Some(true), _) if limit.fall.is_some() => Outcome::Fall,
        (Some(true), _) if limit.institution => Outcome::BelowInstitution,
        (Some(true), LimitSays::Required | LimitSays::Interrupt | LimitSays::Review) => Outcome::Low,
        // a fall that is not known is asked for only where the value itself is low
        (None, LimitSays::Repeat) => Outcome::Fine,
        (None, _) if limit.lvef.is_some() => Outcome::Open,
        (None, _) => Outcome::Fine,
    }
}

/// None where a bound or a missing value leaves it open.
fn crossed(limit: &HeartLimit, measured: &Measured<'_>) -> Option<bool> {
    let percent = &measured.newest.percent;
    let lvef = limit.lvef.as_ref().map_or(Some(true), |range| range.holds(percent));
    let fall = match (&limit.fall, fall(measured)) {
        (None, _) => Some(true),
        (Some(_), None) => None,
        (Some(range), Some(fall)) => range.holds(&fall),
    };
    match (lvef, fall) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// Percentage points between the value before treatment and the newest; None without both as plain numbers.
fn fall(measured: &Measured<'_>) -> Option<Quantity> {
    let before = measured.before_treatment?.percent.as_number()?;
    let now = measured.newest.percent.as_number()?;
    Some(Quantity::exact(before.minus(now)))
}
