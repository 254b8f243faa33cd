//! Treatment before the operation on a breast cancer, as the record shows it: a specimen before, trastuzumab, a resection
//! after.
//!
//! *Policy*: the labels for residual disease look at the last result before that treatment, since the trial behind them
//! (KATHERINE, NCT01772472) enrolled on it.

use jiff::ToSpan;

use super::finding::Finding;
use super::history::{Extent, History};
use super::medicine::Medicine;
use super::over_time::Record;
use super::specimen::{Site, SpecimenKind};
use super::when::When;

/// Longest time from the first dose to the operation (*policy*): what was begun earlier belongs to an earlier operation.
const LONGEST_DAYS: i64 = 365;

/// Neoadjuvant trastuzumab between two specimens of one record.
#[derive(Debug, Clone, Copy)]
pub struct Neoadjuvant<'r> {
    /// The last usable result before the treatment.
    pub before: &'r Finding,
    /// A taxane was used in the same time.
    pub with_taxane: bool,
}

impl<'r> Neoadjuvant<'r> {
    /// None where the record does not show all of it: two dated specimens, the later one a resection with invasive tumour,
    /// and trastuzumab begun between them.
    #[must_use]
    pub fn of(record: &'r Record, history: &History) -> Option<Self> {
        if history.extent == Some(Extent::Metastatic) || history.tumours_differ || history.treatments.is_empty() {
            return None;
        }
        let usable = || record.findings.iter().filter(|one| one.is_usable() && one.site != Site::Metastatic);
        let resection = usable().filter(|one| one.kind == SpecimenKind::Resection).filter_map(collected);
        let resected = resection.max_by(|a, b| a.chronological(b))?;
        let first_dose = resected.first_day().checked_sub(LONGEST_DAYS.days()).ok()?;
        let begun = |medicine: Medicine| {
            let used = history.treatments.iter().filter(move |one| one.medicine == medicine && one.was_used());
            used.filter_map(|one| one.from.as_ref())
                .filter(|from| from.first_day() >= first_dose && resected.is_surely_after(from))
        };
        // a biopsy between two doses is no result before the treatment, and neither is tissue of an earlier operation
        let first = begun(Medicine::Trastuzumab).map(When::first_day).min()?;
        let (day, before) = usable()
            .filter(|one| one.kind != SpecimenKind::Resection)
            .filter_map(|one| Some((collected(one)?, one)))
            .filter(|(day, _)| day.last_day() <= first)
            .max_by(|(a, _), (b, _)| a.chronological(b))?;
        let with_taxane = begun(Medicine::Taxane).any(|from| from.first_day() >= day.last_day());
        Some(Self { before, with_taxane })
    }
}

fn collected(finding: &Finding) -> Option<&When> {
    finding.collected.as_ref().map(|collected| &collected.when)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Basis;
    use crate::domain::fixtures::{given, null, ordered, positive};
    use crate::domain::history::Treatment;
    use crate::domain::over_time::compare;

    fn core(day: &str) -> Finding {
        Finding { kind: SpecimenKind::Biopsy, ..positive(day) }
    }

    fn resection(day: &str) -> Finding {
        Finding { kind: SpecimenKind::Resection, ..null(day) }
    }

    fn treated(treatments: Vec<Treatment>) -> History {
        History { treatments, ..History::default() }
    }

    fn trastuzumab(day: &str) -> Treatment {
        given(Medicine::Trastuzumab, day, day)
    }

    /// Day of the result before the treatment, and whether a taxane was part of it.
    fn before(findings: Vec<Finding>, history: &History) -> Option<(String, bool)> {
        let record = compare(findings);
        let found = Neoadjuvant::of(&record, history)?;
        Some((collected(found.before).unwrap().shown().to_owned(), found.with_taxane))
    }

    fn at(day: &str, with_taxane: bool) -> Option<(String, bool)> {
        Some((day.to_owned(), with_taxane))
    }

    /// A core of January, an operation of June, and the treatments between or around them.
    fn around(treatments: Vec<Treatment>) -> Option<(String, bool)> {
        before(vec![core("2026-01-10"), resection("2026-06-20")], &treated(treatments))
    }

    #[test]
    fn trastuzumab_between_core_and_operation_is_neoadjuvant_treatment() {
        assert_eq!(around(vec![trastuzumab("2026-02-01")]), at("2026-01-10", false));
        assert_eq!(around(vec![trastuzumab("2026-01-10")]), at("2026-01-10", false), "begun on the day of the core");
        assert_eq!(around(vec![trastuzumab("2026-06-19")]), at("2026-01-10", false));
    }

    #[test]
    fn what_was_begun_before_the_core_or_from_the_operation_on_is_none() {
        for day in ["2026-01-09", "2026-06-20", "2026-07-01", "", "2026-01", "2026"] {
            assert_eq!(around(vec![given(Medicine::Trastuzumab, day, "")]), None, "{day}");
        }
        assert_eq!(around(vec![]), None);
        assert_eq!(around(vec![ordered(Medicine::Trastuzumab, "2026-02-01")]), None, "ordered is not given");
        assert_eq!(around(vec![given(Medicine::Pertuzumab, "2026-02-01", "")]), None);
    }

    #[test]
    fn a_taxane_is_part_of_it_only_where_it_was_given_in_the_same_time() {
        let with = |taxane: Treatment| around(vec![trastuzumab("2026-02-01"), taxane]);
        for day in ["2026-01-10", "2026-02-01", "2026-06-19"] {
            assert_eq!(with(given(Medicine::Taxane, day, "")), at("2026-01-10", true), "{day}");
        }
        for day in ["2025-12-01", "2026-06-20", ""] {
            assert_eq!(with(given(Medicine::Taxane, day, "")), at("2026-01-10", false), "{day}");
        }
        assert_eq!(with(ordered(Medicine::Taxane, "2026-02-01")), at("2026-01-10", false));
    }

    #[test]
    fn treatment_that_began_more_than_a_year_before_the_operation_belongs_to_an_earlier_one() {
        let of = |first_dose: &str| {
            let findings = vec![core("2024-12-01"), resection("2026-06-20")];
            before(findings, &treated(vec![trastuzumab(first_dose)]))
        };
        assert_eq!(of("2025-06-20"), at("2024-12-01", false));
        assert_eq!(of("2025-06-19"), None);
    }

    #[test]
    fn of_two_cores_before_the_treatment_the_last_one_counts_whatever_was_sent_first() {
        for findings in [
            vec![core("2025-12-01"), core("2026-01-10"), resection("2026-06-20")],
            vec![resection("2026-06-20"), core("2026-01-10"), core("2025-12-01")],
        ] {
            assert_eq!(before(findings, &treated(vec![trastuzumab("2026-02-01")])), at("2026-01-10", false));
        }
    }

    #[test]
    fn a_biopsy_during_the_treatment_is_no_result_before_it() {
        let findings = || {
            vec![
                core("2026-01-10"),
                Finding { category: null("").category, ..core("2026-03-15") },
                resection("2026-06-20"),
            ]
        };
        let doses = || vec![trastuzumab("2026-02-01"), trastuzumab("2026-02-22"), trastuzumab("2026-03-22")];
        assert_eq!(before(findings(), &treated(doses())), at("2026-01-10", false));
        let taxane_first = given(Medicine::Taxane, "2026-02-01", "2026-03-01");
        let with_taxane = [doses(), vec![taxane_first]].concat();
        assert_eq!(before(findings(), &treated(with_taxane)), at("2026-01-10", true));
        assert_eq!(before(findings()[1..].to_vec(), &treated(doses())), None);
    }

    #[test]
    fn tissue_of_an_earlier_operation_is_no_result_before_neoadjuvant_treatment() {
        let findings = vec![resection("2026-01-10"), resection("2026-06-20")];
        assert_eq!(before(findings, &treated(vec![trastuzumab("2026-02-01")])), None);
    }

    #[test]
    fn the_operation_is_the_last_resection_of_the_primary_tumour_that_holds_invasive_tumour() {
        let history = treated(vec![trastuzumab("2026-02-01")]);
        let of = |last: Finding| before(vec![core("2026-01-10"), last], &history);
        assert_eq!(of(resection("2026-06-20")), at("2026-01-10", false));
        assert_eq!(of(core("2026-06-20")), None, "a biopsy is no operation");
        assert_eq!(of(Finding { site: Site::Metastatic, ..resection("2026-06-20") }), None);
        assert_eq!(of(Finding { basis: Basis::Nothing, ..resection("2026-06-20") }), None);
        assert_eq!(of(resection("")), None);
        let two = || vec![core("2026-01-10"), resection("2026-08-01"), resection("2026-06-20")];
        assert_eq!(before(two(), &treated(vec![trastuzumab("2026-07-01")])), at("2026-01-10", false));
        let of_metastasis = Finding { site: Site::Metastatic, ..core("2026-01-10") };
        assert_eq!(before(vec![of_metastasis, resection("2026-06-20")], &history), None);
    }

    #[test]
    fn metastatic_disease_and_a_record_with_two_tumours_show_no_neoadjuvant_treatment() {
        let of = |extent, tumours_differ| {
            let history = History { extent, tumours_differ, ..treated(vec![trastuzumab("2026-02-01")]) };
            before(vec![core("2026-01-10"), resection("2026-06-20")], &history)
        };
        assert_eq!(of(Some(Extent::Early), false), at("2026-01-10", false));
        assert_eq!(of(None, false), at("2026-01-10", false));
        assert_eq!(of(Some(Extent::Metastatic), false), None);
        assert_eq!(of(None, true), None);
    }
}
