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
        // tissue of an earlier operation is no result before neoadjuvant treatment
        let earlier = usable().filter(|one| {
            one.kind != SpecimenKind::Resection && collected(one).is_some_and(|day| resected.is_surely_after(day))
        });
        let begun = |medicine: Medicine, since: &When| {
            history.treatments.iter().any(|treatment| {
                let between = |from: &When| {
                    from.first_day() >= since.last_day().max(first_dose) && resected.is_surely_after(from)
                };
                treatment.medicine == medicine && treatment.was_used() && treatment.from.as_ref().is_some_and(between)
            })
        };
        let mut before: Vec<&Finding> =
            earlier.filter(|one| collected(one).is_some_and(|day| begun(Medicine::Trastuzumab, day))).collect();
        before.sort_by(|a, b| match (collected(a), collected(b)) {
            (Some(a), Some(b)) => a.chronological(b),
            _ => std::cmp::Ordering::Equal,
        });
        let before = before.pop()?;
        let with_taxane = collected(before).is_some_and(|day| begun(Medicine::Taxane, day));
        Some(Self { before, with_taxane })
    }
}

fn collected(finding: &Finding) -> Option<&When> {
    finding.collected.as_ref().map(|collected| &collected.when)
}
