//! What changed: the words of a result before it was amended, corrected or replaced.

use super::evidence::{Reading, ResultStatus, SpecimenEvidence, TestResult, TestValue};
use super::ish::Ish;
use super::resolve::{Counted, IhcCounted};

/// What was read before: of results that were replaced, and of final ones to which an amended one of the same test was
/// preferred. `ish`: the ISH that counted.
pub(super) fn before_amendment(specimen: &SpecimenEvidence, counted: &Counted<'_>, ish: Option<&Ish>) -> Vec<Reading> {
    let mut before = specimen.superseded.clone();
    let amended = |is_counted: &dyn Fn(&TestValue) -> bool| {
        let status = |result: &TestResult| result.status == ResultStatus::Amended && is_counted(&result.value);
        specimen.results.iter().any(status)
    };
    let is_final = |one: &TestResult| matches!(one.status, ResultStatus::Final | ResultStatus::Appended);
    let final_ones = || specimen.results.iter().filter(|one| is_final(one) && one.text.is_none());
    if let IhcCounted::Score(_, ihc) | IhcCounted::Word(_, ihc) = counted.ihc
        && amended(&|value| matches!(value, TestValue::Ihc(one) if std::ptr::eq(one, ihc)))
    {
        let differs = |value: &TestValue| matches!(value, TestValue::Ihc(one) if one.score != ihc.score || one.interpretation != ihc.interpretation);
        before.extend(final_ones().filter(|one| differs(&one.value)).flat_map(|one| one.readings.iter().cloned()));
    }
    if let Some(ish) = ish
        && amended(&|value| matches!(value, TestValue::Ish(one) if std::ptr::eq(&**one, ish)))
    {
        let differs = |value: &TestValue| matches!(value, TestValue::Ish(one) if **one != *ish);
        before.extend(final_ones().filter(|one| differs(&one.value)).flat_map(|one| one.readings.iter().cloned()));
    }
    before
}
