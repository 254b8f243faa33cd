//! Was the cancer that a result is about operated on? An operation of years before it belongs to an earlier one.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::finding::Finding;
use super::history::History;
use super::over_time::Record;
use super::specimen::{Site, SpecimenKind};
use super::when::When;

/// Tissue that is not called a biopsy may be reported this long after the operation that it comes from (*policy*: the length
/// of an episode, clinical reference 8.3).
const EPISODE_DAYS: i64 = 90;

/// The operation on the cancer of a result, as the record shows it. False means that none was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surgery {
    /// A Procedure says so.
    pub on_record: bool,
    /// A specimen is what was operated on.
    pub resected: bool,
}

impl Surgery {
    /// None that counts where the diagnoses name two tumours: it may have been the other one.
    #[must_use]
    pub fn of(record: &Record, history: &History, lead: &Finding, today: Date) -> Self {
        if history.tumours_differ {
            return Self::default();
        }
        let specimens = record.findings.iter().filter(|one| one.tumour == lead.tumour && one.site != Site::Metastatic);
        let mut resections = specimens.filter(|one| one.kind == SpecimenKind::Resection);
        let mut operations = history.operations.iter().map(|operation| operation.when.as_ref());
        Self {
            on_record: operations.any(|day| is_past(day, today) && !is_of_an_earlier_cancer(day, lead)),
            resected: resections.any(|one| !is_of_an_earlier_cancer(day_of(one), lead)),
        }
    }

    /// By either of them.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.on_record || self.resected
    }
}

fn is_past(day: Option<&When>, today: Date) -> bool {
    day.is_none_or(|day| day.first_day() <= today)
}

/// A biopsy that was taken after the operation, and any tissue of long after it, come from what grew later.
fn is_of_an_earlier_cancer(operated: Option<&When>, lead: &Finding) -> bool {
    let (Some(operated), Some(lead_day)) = (operated, day_of(lead)) else { return false };
    let long_after = operated.last_day().checked_add(episode()).is_ok_and(|last| lead_day.first_day() > last);
    lead_day.is_surely_after(operated) && (lead.kind == SpecimenKind::Biopsy || long_after)
}

fn episode() -> Span {
    EPISODE_DAYS.days()
}

fn day_of(finding: &Finding) -> Option<&When> {
    finding.collected.as_ref().map(|collected| &collected.when)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{null, positive};
    use crate::domain::history::Event;
    use crate::domain::over_time::compare;

    const TODAY: Date = jiff::civil::date(2026, 11, 28);

    fn of_kind(kind: SpecimenKind, day: &str) -> Finding {
        Finding { kind, ..positive(day) }
    }

    fn operated(day: &str) -> History {
        let day = When::parse(day);
        History { operations: vec![Event { when: day, reference: "Procedure/p1".into() }], ..History::default() }
    }

    fn surgery(findings: Vec<Finding>, history: &History) -> (bool, bool) {
        let record = compare(findings);
        let found = Surgery::of(&record, history, record.lead_finding().unwrap(), TODAY);
        assert_eq!(found.is_known(), found.on_record || found.resected);
        (found.on_record, found.resected)
    }

    #[test]
    fn nothing_on_record_is_no_operation_that_was_seen() {
        assert_eq!(surgery(vec![of_kind(SpecimenKind::Biopsy, "2026-10-01")], &History::default()), (false, false));
    }

    #[test]
    fn an_operation_after_the_biopsy_counts_and_one_before_it_belongs_to_an_earlier_cancer() {
        let of = |kind, day: &str| surgery(vec![of_kind(kind, "2026-10-01")], &operated(day)).0;
        for (day, after_biopsy, of_tissue) in [
            ("2026-10-20", true, true),
            ("2026-10-01", true, true),
            ("2026-10", true, true),
            ("2026-09-30", false, true),
            ("2026-07-03", false, true),
            ("2026-07-02", false, false),
            ("2019", false, false),
            ("2026-11-29", false, false),
            ("", true, true),
        ] {
            assert_eq!(of(SpecimenKind::Biopsy, day), after_biopsy, "{day}");
            assert_eq!(of(SpecimenKind::Unknown, day), of_tissue, "{day}");
        }
        assert!(surgery(vec![of_kind(SpecimenKind::Biopsy, "")], &operated("2019")).0, "nobody knows which came first");
    }

    #[test]
    fn a_resection_of_this_tumour_is_an_operation_and_one_of_a_metastasis_or_of_years_ago_is_none() {
        let core = || of_kind(SpecimenKind::Biopsy, "2026-10-01");
        let with = |other: Finding| surgery(vec![core(), other], &History::default()).1;
        let resection = |day: &str| Finding { kind: SpecimenKind::Resection, ..null(day) };
        assert!(with(resection("2026-10-20")));
        assert!(!with(resection("2019-10-20")));
        assert!(!with(Finding { site: Site::Metastatic, ..resection("2026-10-20") }));
        assert!(surgery(vec![of_kind(SpecimenKind::Resection, "2026-10-01")], &History::default()).1);
    }

    #[test]
    fn an_operation_in_a_record_with_two_tumours_counts_for_neither() {
        let history = History { tumours_differ: true, ..operated("2026-10-20") };
        assert_eq!(surgery(vec![of_kind(SpecimenKind::Resection, "2026-10-01")], &history), (false, false));
    }
}
