//! Earlier treatment: what was used and is over.
//!
//! A label that asks for an earlier treatment speaks of one that has ended or failed. A line that may still run is therefore no
//! earlier one, unless progression was recorded since it began. A dose that is dated in the future was not given yet.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::history::{History, Treatment, TreatmentSource};
use super::medicine::Medicine;
use super::when::When;

/// Weeks without a dose after which a treatment is taken for over (*policy*): trastuzumab that is held for the heart for more
/// than 8 weeks is stopped (clinical reference 7.2), and no regimen has longer breaks.
const OVER_AFTER_WEEKS: i64 = 8;

/// Doses of twenty years in three drugs. What was sent behind them is not weighed: each is held against the others.
const MOST_WEIGHED: usize = 1_024;

/// The medicines that were used by today.
pub(super) struct Prior<'h> {
    treatments: Vec<&'h Treatment>,
    history: &'h History,
    today: Date,
}

impl<'h> Prior<'h> {
    pub(super) fn of(history: &'h History, today: Date) -> Self {
        let counts = |one: &&Treatment| !history.tumours_differ && one.was_used() && one.has_begun(today);
        Self { treatments: history.treatments.iter().filter(counts).take(MOST_WEIGHED).collect(), history, today }
    }

    pub(super) fn any(&self, is: impl Fn(Medicine) -> bool) -> bool {
        self.treatments.iter().any(|one| is(one.medicine) && self.is_over(one))
    }

    pub(super) fn one(&self, medicine: Medicine) -> bool {
        self.any(|used| used == medicine)
    }

    /// Begun when metastases were on record already.
    pub(super) fn for_metastases(&self, is: impl Fn(Medicine) -> bool) -> bool {
        self.treatments.iter().any(|one| is(one.medicine) && self.is_for_metastases(one) && self.is_over(one))
    }

    /// Begun when metastases were on record already, and progression was recorded since.
    pub(super) fn failed_for_metastases(&self, medicine: Medicine) -> bool {
        let failed = |one: &&Treatment| self.is_for_metastases(one) && self.progressed_since(one);
        self.treatments.iter().any(|one| one.medicine == medicine && failed(one))
    }

    fn is_for_metastases(&self, one: &Treatment) -> bool {
        let begun = one.from.as_ref().zip(self.history.metastatic_since.as_ref());
        begun.is_some_and(|(from, since)| from.first_day() >= since.last_day())
    }

    /// Trastuzumab was used after the last operation, and no anti-HER2 treatment may still run, neratinib aside.
    pub(super) fn adjuvant_trastuzumab_ended(&self) -> bool {
        // where one of them has no date, it may be later than the treatment
        let days = self.history.operations.iter().map(|one| one.when.as_ref().map(When::last_day));
        let last = days.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other)));
        let Some(last_operation) = last.flatten() else { return false };
        let is_after = |one: &Treatment| {
            let last_known = one.until.as_ref().or(one.from.as_ref());
            one.medicine == Medicine::Trastuzumab && last_known.is_some_and(|last| last.first_day() > last_operation)
        };
        let may_run = |one: &Treatment| {
            let counts = one.medicine.is_her2_directed() && one.medicine != Medicine::Neratinib;
            counts && self.last_day(one).is_none() && !is_ended(one)
        };
        self.treatments.iter().any(|one| is_after(one)) && !self.treatments.iter().any(|one| may_run(one))
    }

    /// Every use of one of these medicines began after every use of another had ended, and is over as well.
    pub(super) fn changed(&self, is: impl Fn(Medicine) -> bool) -> bool {
        self.in_turn(&self.treatments, is, |_| true)
    }

    /// The same, both of them begun when metastases were on record. What had ended before the metastases is left out; what
    /// may belong to either setting leaves it open.
    pub(super) fn changed_for_metastases(&self, is: impl Fn(Medicine) -> bool) -> bool {
        let Some(since) = &self.history.metastatic_since else { return false };
        let mut used = self.treatments.iter().filter(|one| is(one.medicine) && self.is_for_metastases(one));
        // the ordinary record has one line of them, and nothing has to be compared
        let Some(first) = used.next() else { return false };
        if used.all(|other| other.medicine == first.medicine) {
            return false;
        }
        let ended_before = |one: &&Treatment| one.until.as_ref().is_some_and(|until| since.is_surely_after(until));
        let rest: Vec<&Treatment> = self.treatments.iter().copied().filter(|one| !ended_before(one)).collect();
        self.in_turn(&rest, is, |one| self.is_for_metastases(one))
    }

    fn in_turn(
        &self,
        treatments: &[&Treatment],
        is: impl Fn(Medicine) -> bool,
        fits: impl Fn(&Treatment) -> bool,
    ) -> bool {
        let uses = |of: Medicine| treatments.iter().copied().filter(move |one| one.medicine == of);
        let follows = |earlier: &Treatment, later: &Treatment| match (&earlier.until, &later.from) {
            (Some(ended), Some(begun)) => begun.is_surely_after(ended),
            _ => false,
        };
        let mut medicines: Vec<Medicine> = treatments.iter().map(|one| one.medicine).collect();
        medicines.retain(|medicine| is(*medicine));
        medicines.sort_unstable();
        medicines.dedup();
        let pairs = medicines.iter().flat_map(|first| medicines.iter().map(move |second| (*first, *second)));
        pairs.filter(|(first, second)| first != second).any(|(first, second)| {
            let all_later = uses(second).all(|later| uses(first).all(|earlier| follows(earlier, later)));
            all_later && uses(second).any(|later| self.is_over(later)) && uses(first).chain(uses(second)).all(&fits)
        })
    }

    /// It failed, or it ended and the same medicine did not go on.
    fn is_over(&self, one: &Treatment) -> bool {
        if self.progressed_since(one) {
            return true;
        }
        let Some(last) = self.last_day(one) else { return is_ended(one) && is_undated(one) };
        let soon = after(last, break_between_doses());
        let same = self.treatments.iter().filter(|other| other.medicine == one.medicine && !std::ptr::eq(**other, one));
        same.into_iter().all(|other| !self.carries_on(other, last, soon))
    }

    fn progressed_since(&self, one: &Treatment) -> bool {
        let Some(from) = &one.from else { return false };
        let progressions = self.history.progressions.iter().filter_map(|event| event.when.as_ref());
        progressions.into_iter().any(|when| when.is_surely_after(from) && when.first_day() <= self.today)
    }

    /// The last day of a use that is over by itself; None where it may still run, or nobody knows when it was.
    fn last_day(&self, one: &Treatment) -> Option<Date> {
        let until = one.until.as_ref().map(|until| until.last_day());
        let from = one.from.as_ref().map(|from| from.last_day());
        match one.source {
            TreatmentSource::Stated if one.ended => until.or(from).map(|last| last.min(self.today)),
            TreatmentSource::Stated => until.filter(|last| *last < self.today),
            TreatmentSource::Given | TreatmentSource::Fulfilled | TreatmentSource::Ordered => {
                until.or(from).filter(|last| self.today > after(*last, break_between_doses()))
            }
        }
    }

    /// Does the same medicine go on in `other`, by the day `soon`, behind a use that ended on the day `last`?
    fn carries_on(&self, other: &Treatment, last: Date, soon: Date) -> bool {
        // a dose without a date may be any of those before
        let soon = match &other.from {
            Some(from) => from.first_day() <= soon,
            None => other.source == TreatmentSource::Stated,
        };
        soon && match self.last_day(other) {
            Some(end) => end > last,
            None => !is_ended(other),
        }
    }
}

fn break_between_doses() -> Span {
    OVER_AFTER_WEEKS.weeks()
}

fn after(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(Date::MAX)
}

const fn is_ended(one: &Treatment) -> bool {
    one.ended && matches!(one.source, TreatmentSource::Stated)
}

const fn is_undated(one: &Treatment) -> bool {
    one.from.is_none() && one.until.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{given, when};
    use crate::domain::history::Event;

    const TODAY: Date = jiff::civil::date(2026, 11, 28);

    fn stated(from: &str, until: &str, ended: bool) -> Treatment {
        Treatment { source: TreatmentSource::Stated, ended, ..given(Medicine::Trastuzumab, from, until) }
    }

    fn dose(day: &str) -> Treatment {
        given(Medicine::Trastuzumab, day, day)
    }

    fn is_prior(treatments: Vec<Treatment>) -> bool {
        Prior::of(&History { treatments, ..History::default() }, TODAY).one(Medicine::Trastuzumab)
    }

    #[test]
    fn a_first_dose_of_yesterday_is_no_earlier_treatment() {
        assert!(!is_prior(vec![dose("2026-11-27")]));
        assert!(!is_prior(vec![dose("2026-10-03")]), "eight weeks ago");
        assert!(is_prior(vec![dose("2026-10-02")]));
        assert!(!is_prior(vec![dose("")]), "nobody knows when");
    }

    #[test]
    fn a_treatment_of_years_that_still_runs_is_no_earlier_one() {
        assert!(!is_prior(vec![dose("2026-09-01"), dose("2026-10-10")]));
        assert!(!is_prior(vec![dose("2026-08-01"), dose("2026-09-20"), dose("2026-11-10")]));
        assert!(is_prior(vec![dose("2024-08-01"), dose("2026-11-10")]), "an earlier course, and one that runs");
    }

    #[test]
    fn a_statement_is_over_when_it_says_so() {
        assert!(!is_prior(vec![stated("2026-11-08", "", false)]));
        assert!(!is_prior(vec![stated("2020-01-01", "", false)]), "taken since long ago, and still");
        assert!(!is_prior(vec![stated("2026-01-01", "2027-01-01", false)]));
        assert!(is_prior(vec![stated("2026-01-01", "2026-11-01", false)]));
        assert!(is_prior(vec![stated("2026-11-08", "", true)]));
        assert!(is_prior(vec![stated("", "", true)]));
        assert!(!is_prior(vec![stated("", "", false)]));
        assert!(
            !is_prior(vec![dose("2026-01-01"), stated("2026-01-01", "", false)]),
            "the dose is one of those stated"
        );
    }

    #[test]
    fn a_line_that_failed_is_an_earlier_one_although_it_may_still_run() {
        let with = |progression: &str| {
            let progressions = vec![Event { when: Some(when(progression)), reference: "Observation/p".into() }];
            let history = History { treatments: vec![dose("2026-11-10")], progressions, ..History::default() };
            Prior::of(&history, TODAY).one(Medicine::Trastuzumab)
        };
        assert!(with("2026-11-20"));
        assert!(!with("2026-11-10"), "on the day of the dose");
        assert!(!with("2026-09-10"));
        assert!(!with("2026-12-20"));
    }

    #[test]
    fn a_dose_that_is_dated_in_the_future_was_not_given() {
        assert!(!is_prior(vec![dose("2026-12-08")]));
        assert!(!is_prior(vec![stated("2026-12-08", "", true)]));
        assert!(is_prior(vec![dose("2026-01-08"), dose("2026-12-08")]));
    }
}
