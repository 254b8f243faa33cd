//! When the last HER2 test is no longer a test of the disease of today: a metastasis is newer, it is old and the cancer
//! progressed, or it was taken before trastuzumab.
//!
//! *Policy*, and UNCONFIRMED in the clinical reference (5.4, 8.5): a clinician has to consent to it before sign-off.

use smol_str::SmolStr;

use jiff::civil::Date;
use jiff::{ToSpan, Unit};

use super::finding::{Basis, Category, Finding, NextStep};
use super::history::History;
use super::medicine::Medicine;
use super::over_time::Record;
use super::tumour::Tumour;
use super::when::When;

/// A test is called old if it is more than this many months old. *Policy.*
const OLD_AFTER_MONTHS: i32 = 24;

/// A metastasis that was found within so many days of the test belongs to what was tested: the same as the episode of
/// [`over_time`](super::over_time). *Policy.*
const SAME_EPISODE_DAYS: i32 = 90;

/// A reason to consider new tissue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retest {
    /// Collection of the newest specimen.
    pub tested: When,
    /// Why that test may not hold any more.
    pub why: RetestWhy,
}

/// Why a test may not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetestWhy {
    /// It is old, and the cancer progressed since.
    OldAtProgression {
        /// Whole months since the specimen was taken, counted from the last day that its date can mean.
        months: i32,
        /// The latest event since.
        course: Course,
    },
    /// It is not old, and a metastasis was found since, later than with what was tested.
    NewMetastasis {
        /// That metastasis.
        course: Course,
    },
    /// Stomach and junction: it was positive, and trastuzumab was used since. In about a third or more HER2 is lost then
    /// (PMC4742006 and the clinical reference 5.4, UNCONFIRMED).
    BeforeTrastuzumab {
        /// First use on record.
        begun: When,
        /// Progression since: a second line is near. None: not on record.
        course: Option<Course>,
    },
}

/// How the disease went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Progression or a metastasis.
    pub what: &'static str,
    /// When it was recorded.
    pub when: When,
    /// Where it was read; None for metastases, which many resources may tell of.
    pub reference: Option<SmolStr>,
}

impl Retest {
    /// A step that is open for the tested tissue is no hindrance: it asks about old tissue, and a newer metastasis is not
    /// tested by its answer. None while a newer result is awaited, where no rule applies, where a date is missing on which the
    /// answer depends, and where two primaries are on record: nobody knows which of them progressed, and which one a treatment
    /// was for.
    #[must_use]
    pub fn of(record: &Record, history: &History, today: Date) -> Option<Self> {
        let lead = record.lead_finding().filter(|lead| is_of_tested_tissue(lead))?;
        if history.tumours_differ {
            return None;
        }
        let tested = newest(record)?;
        if let Some(begun) = trastuzumab_since(lead, tested, history, today) {
            let course = latest(history, begun, today);
            let why = RetestWhy::BeforeTrastuzumab { begun: begun.clone(), course };
            return Some(Self { tested: tested.clone(), why });
        }
        let last_day = tested.last_day();
        let old_after = last_day.checked_add(OLD_AFTER_MONTHS.months()).ok()?;
        let why = if today > old_after {
            let course = latest(history, tested, today)?;
            let months = last_day.until((Unit::Month, today)).ok()?.get_months();
            RetestWhy::OldAtProgression { months, course }
        } else {
            let same_until = last_day.checked_add(SAME_EPISODE_DAYS.days()).ok()?;
            let course = newest_metastasis(history, tested, today)?;
            (course.when.first_day() > same_until).then_some(RetestWhy::NewMetastasis { course })?
        };
        Some(Self { tested: tested.clone(), why })
    }

    /// How the disease went on since, as far as it is on record.
    #[must_use]
    pub const fn course(&self) -> Option<&Course> {
        match &self.why {
            RetestWhy::OldAtProgression { course, .. } | RetestWhy::NewMetastasis { course } => Some(course),
            RetestWhy::BeforeTrastuzumab { course, .. } => course.as_ref(),
        }
    }
}

/// Final, with a rule for the tumour, and not waiting for a newer result.
fn is_of_tested_tissue(lead: &Finding) -> bool {
    let has_rule = match lead.next_step {
        NextStep::AwaitFinal | NextStep::ObtainTumorType | NextStep::ConfirmInvasiveComponent => false,
        NextStep::None => matches!(lead.category, Category::Positive | Category::Negative),
        _ => true,
    };
    lead.basis == Basis::Final && has_rule
}

/// Collection of the newest specimen, one whose test is under way among them. None if one has no date, since that one may be
/// the newest.
fn newest(record: &Record) -> Option<&When> {
    let says_something = |one: &&Finding| one.is_usable() || !one.evidence.is_empty();
    let dates = record.findings.iter().filter(says_something);
    let dates: Option<Vec<&When>> = dates.map(|one| one.collected.as_ref().map(|collected| &collected.when)).collect();
    dates?.into_iter().max_by(|a, b| a.last_day().cmp(&b.last_day()))
}

/// The first use of trastuzumab after `tested`, where the stomach cancer was positive then and no use is on record before.
fn trastuzumab_since<'h>(lead: &Finding, tested: &When, history: &'h History, today: Date) -> Option<&'h When> {
    if lead.tumour != Tumour::Gastroesophageal || lead.category != Category::Positive {
        return None;
    }
    let used = history
        .treatments
        .iter()
        .filter(|one| one.medicine == Medicine::Trastuzumab && one.was_used() && one.has_begun(today));
    let begun = used.filter_map(|one| one.from.as_ref()).min_by(|a, b| a.chronological(b))?;
    begun.is_surely_after(tested).then_some(begun)
}

/// The latest progression or metastasis that is on record and surely later than `since`.
fn latest(history: &History, since: &When, today: Date) -> Option<Course> {
    let progressions = history.progressions.iter().filter_map(|event| {
        let reference = Some(event.reference.clone());
        Some(Course { what: "progression", when: event.when.clone()?, reference })
    });
    progressions
        .filter(|course| is_between(&course.when, since, today))
        .chain(newest_metastasis(history, since, today))
        .max_by(|a, b| a.when.chronological(&b.when))
}

/// The newest metastasis, the first one or one at another site, that is on record and surely later than `since`.
fn newest_metastasis(history: &History, since: &When, today: Date) -> Option<Course> {
    let metastases = history.metastatic_since.iter().chain(&history.newest_metastasis);
    metastases.filter(|when| is_between(when, since, today)).max_by(|a, b| a.chronological(b)).map(|when| Course {
        what: "a metastasis",
        when: when.clone(),
        reference: None,
    })
}

fn is_between(when: &When, since: &When, today: Date) -> bool {
    when.is_surely_after(since) && when.first_day() <= today
}

#[cfg(test)]
mod tests;
