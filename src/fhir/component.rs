//! Components and numbers under their own codes: counts, percentages and the details that have no LOINC code.

use smallvec::SmallVec;

use crate::domain::decimal::{Decimal, Quantity};
use crate::domain::evidence::{ExcludedWhy, TestKind};
use crate::json::Value;

use super::claims::{claims, is_in_error};
use super::codes::{self, Detail, Test};
use super::measured::has_value;
use super::number::{self, Meaning, NumberFault};
use super::observation::{Reading, kind_of};
use super::other_gene::is_of_another_gene;
use super::test_name;
use super::text::{TextReading, unaccented};
use super::wire::{Component, Raw, Resource, concept, text};

impl Reading {
    /// One component of an Observation about `of`.
    pub(super) fn component(&mut self, component: &Component<'_>, of: Test) {
        let code = concept(component.code());
        let tests: SmallVec<[Test; 2]> = code.coding.iter().filter_map(codes::test).collect();
        let Some(&test) = tests.first() else { return };
        if code.text.as_deref().is_some_and(|text| test_name::sets_aside(text) || test_name::is_in_situ(text, true)) {
            return;
        }
        if tests.iter().any(|test| matches!(test, Test::Refused(_))) {
            return;
        }
        if !matches!(test, Test::Detail(_)) && is_of_another_gene(&code) {
            self.excluded = self.excluded.or(Some(ExcludedWhy::NotHer2));
            return;
        }
        let counted = kind_of(of) == TestKind::Ish;
        if counted && test == Test::Ihc && (component.value_quantity().is_some() || component.value_integer().is_some())
        {
            // an IHC code misused for a count of signals: its number is no score
            return;
        }
        match test {
            Test::Ihc | Test::IshResult | Test::Overall => {
                let value = claims(component);
                let mut part = Self::default();
                match test {
                    Test::Ihc => part.ihc_value(&value),
                    Test::IshResult => part.ish_value(&value),
                    _ => part.overall_value(&value),
                }
                self.join(part);
            }
            Test::Ratio | Test::Her2Copies | Test::Cep17Copies | Test::Cells | Test::Percent | Test::IntensePercent => {
                self.number_of(component, test);
            }
            Test::Detail(detail) => self.detail(component, detail),
            _ => {}
        }
    }

    /// A number under its own code. The same one twice with different values is not read.
    pub(super) fn number_of(&mut self, holder: &Resource<'_>, test: Test) {
        match number_value(holder, test) {
            Ok(_) if is_in_error(holder) => self.contradictory = Some(kind_of(test)),
            Ok(quantity) => self.keep_number(test, quantity),
            Err(NumberFault::Implausible) => self.ish_draft().implausible = true,
            Err(NumberFault::Unreadable) => self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable)),
            Err(NumberFault::Absent) => {}
        }
    }

    fn keep_number(&mut self, test: Test, quantity: Quantity) {
        if self.same_component_twice.contains(&test) {
            return;
        }
        if test == Test::IntensePercent && quantity.number.is_zero_or_less() {
            self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable));
            return;
        }
        let twice = {
            let cells = (test == Test::Cells).then(|| number::count(&quantity)).flatten();
            let slot = match test {
                Test::Ratio => &mut self.ish_draft().count.ratio,
                Test::Her2Copies => &mut self.ish_draft().count.her2,
                Test::Cep17Copies => &mut self.ish_draft().count.cep17,
                Test::Cells => {
                    if let Some(below) = number::count_below(&quantity) {
                        let slot = &mut self.ish_draft().count.cells_below;
                        *slot = Some(slot.map_or(below, |before| before.min(below)));
                        return;
                    }
                    let Some(cells) = cells else {
                        self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable));
                        return;
                    };
                    let slot = &mut self.ish_draft().count.cells;
                    let twice = slot.is_some_and(|before| before != cells);
                    *slot = (!twice).then_some(cells);
                    if twice {
                        self.same_component_twice.push(test);
                    }
                    return;
                }
                _ => &mut self.percent,
            };
            let twice = slot.as_ref().is_some_and(|before| *before != quantity);
            *slot = (!twice).then_some(quantity);
            twice
        };
        if twice {
            self.same_component_twice.push(test);
            if matches!(test, Test::Percent | Test::IntensePercent) {
                self.part_unread = Some(ExcludedWhy::Contradictory);
            }
        }
    }

    fn detail(&mut self, component: &Component<'_>, detail: Detail) {
        let concept = concept(component.value_codeable_concept());
        let word = text(component.value_string())
            .or_else(|| concept.coding.into_iter().find_map(|coding| coding.code))
            .or(concept.text);
        // without case, like every text (fhir/guide.md C1)
        let word = word.as_deref().map(|word| word.trim().to_lowercase());
        let boolean = component.value_boolean().and_then(Value::boolean);
        let said_something = has_value(component);
        let is_read = match detail {
            Detail::MembranePattern => {
                self.staining().pattern = word.and_then(|word| word.parse().ok());
                self.staining().pattern.is_some()
            }
            Detail::StainingIntensity => {
                self.staining().intensity = word.and_then(|word| word.parse().ok());
                self.staining().intensity.is_some()
            }
            Detail::ClusterCells => {
                let sent = number_value(component, Test::Cells).ok();
                let ihc = self.staining();
                ihc.cluster_cells = sent.as_ref().and_then(whole_number);
                ihc.cluster_bound = sent.filter(|sent| sent.comparator.is_some());
                ihc.cluster_cells.is_some() || ihc.cluster_bound.is_some()
            }
            Detail::PercentCellsRatioGe2 => {
                let sent = number_value(component, Test::Percent).ok();
                self.ish_draft().percent_cells_ratio_ge_2 = sent;
                self.ish_draft().percent_cells_ratio_ge_2.is_some()
            }
            Detail::Probe => {
                let method = word.and_then(|word| word.parse().ok());
                if let Some(method) = method {
                    self.ish_draft().method = method;
                }
                method.is_some()
            }
            Detail::ScoringSystem => {
                self.scoring = word.and_then(|word| word.parse().ok());
                self.scoring.is_some()
            }
            Detail::ObserverBlinded => {
                self.blinded = boolean;
                boolean.is_some()
            }
            Detail::ComponentInvasive => {
                self.invasive = boolean;
                boolean.is_some()
            }
        };
        if said_something && !is_read {
            self.excluded = self.excluded.or(Some(ExcludedWhy::Unreadable));
        }
    }
}

fn whole_number(quantity: &Quantity) -> Option<u32> {
    quantity.as_number()?.value().as_count()
}

const fn meaning(test: Test) -> Meaning {
    match test {
        Test::Ratio => Meaning::Ratio,
        Test::Her2Copies | Test::Cep17Copies => Meaning::Copies,
        Test::Cells => Meaning::Cells,
        _ => Meaning::Percent,
    }
}

/// The value[x] members in which a number may stand.
#[derive(Debug, Clone, Copy, Default)]
struct Numeric<'a> {
    quantity: Raw<'a>,
    ratio: Raw<'a>,
    integer: Raw<'a>,
    string: Raw<'a>,
    /// A code or a range stands there.
    unread: bool,
}

impl<'a> Numeric<'a> {
    fn of(holder: &Resource<'a>) -> Self {
        Self {
            quantity: holder.value_quantity(),
            ratio: holder.value_ratio(),
            integer: holder.value_integer(),
            string: holder.value_string(),
            unread: holder.value_codeable_concept().is_some() || holder.value_range().is_some(),
        }
    }
}

/// Two value[x] members whose numbers differ.
pub(super) fn says_two_numbers(holder: &Resource<'_>, test: Test) -> bool {
    let sent = Numeric::of(holder);
    if [sent.quantity, sent.ratio, sent.integer, sent.string].into_iter().flatten().nth(1).is_none() {
        return false;
    }
    let none = Numeric::default();
    let alone = [
        Numeric { quantity: sent.quantity, ..none },
        Numeric { ratio: sent.ratio, ..none },
        Numeric { integer: sent.integer, ..none },
        Numeric { string: sent.string, ..none },
    ];
    let numbers: Vec<Quantity> = alone.into_iter().filter_map(|one| number_of(one, test).ok()).collect();
    numbers.windows(2).any(|pair| pair[0] != pair[1])
}

/// Quantity, Ratio, integer or string, whichever was sent.
fn number_value(holder: &Resource<'_>, test: Test) -> Result<Quantity, NumberFault> {
    number_of(Numeric::of(holder), test)
}

fn number_of(sent: Numeric<'_>, test: Test) -> Result<Quantity, NumberFault> {
    let meaning = meaning(test);
    if sent.quantity.is_some() {
        return number::quantity(sent.quantity, meaning);
    }
    if sent.ratio.is_some() && meaning == Meaning::Percent {
        // 80:100 is 80 %, or 0.8: the contract knows no such form
        return Err(NumberFault::Unreadable);
    }
    if sent.ratio.is_some() {
        return number::ratio(sent.ratio, meaning);
    }
    if let Some(raw) = sent.integer {
        let number = number::decimal(raw).ok_or(NumberFault::Unreadable)?;
        return number::in_range(Quantity::exact(number), meaning);
    }
    let Some(text) = text(sent.string) else {
        let nothing = sent.string.is_none() && !sent.unread;
        return Err(if nothing { NumberFault::Absent } else { NumberFault::Unreadable });
    };
    if let Ok(number) = Decimal::parse(unaccented(&text).trim()) {
        // with its sign: "-2.5" is no 2.5
        return number::in_range(Quantity::exact(number), meaning);
    }
    let reading = super::text::read(&text);
    let number = match meaning {
        Meaning::Ratio => reading.ratio.or(reading.bare),
        Meaning::Copies => copies(reading, test),
        Meaning::Percent => reading.percent.or(reading.bare),
        Meaning::Cells => reading.cells.map(|cells| Quantity::exact(cells.into())).or(reading.bare),
        Meaning::Score => None,
    };
    number.ok_or(NumberFault::Unreadable).and_then(|number| number::in_range(number, meaning))
}

/// Copies of the probe that the code is about; those of the other one are none.
fn copies(reading: TextReading, test: Test) -> Option<Quantity> {
    match (reading.her2_copies, reading.cep17_copies) {
        (her2, cep17) if test == Test::Cep17Copies => cep17.or(her2.filter(|_| reading.probe_unnamed)).or(reading.bare),
        (None, Some(_)) => None,
        (her2, _) => her2.or(reading.bare),
    }
}
