//! Reading ISH numbers, in the order of the guide: failed, word only, implausible, computed ratio, consistency,
//! missing numbers, number of cells, and only then the group.

use super::columns::IshColumn;
use super::decimal::{Comparator, Decimal, Quantity};
use super::finding::Flag;
use super::flags::Flags;
use super::ish::{Count, Ish, IshMethod, IshWord};
use super::recount;
use super::rulebook::{Axis, IshBand, IshRules, LabWord, NumberChecks};

/// Decimals after which a computed ratio is cut where it is shown.
const PLACES: usize = 4;

/// What one ISH result says to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IshReading {
    pub column: IshColumn,
    /// Group of the numbers, also where it may not be used (fewer than 20 cells).
    pub group: Option<u8>,
    pub flags: Flags,
    pub lab_word: LabWord,
}

impl IshReading {
    fn of(column: IshColumn) -> Self {
        Self { column, group: None, flags: Flags::NONE, lab_word: LabWord::NotCompared }
    }

    /// A result that contradicts itself is an ISH that cannot be assessed, but the laboratory did not say failed.
    pub(super) fn not_assessable() -> Self {
        Self::of(IshColumn::Failed)
    }

    fn flagged(column: IshColumn, flag: Flag) -> Self {
        Self { flags: flag.into(), ..Self::of(column) }
    }
}

/// The three numbers that bands are about.
#[derive(Clone, Copy)]
pub(super) struct Point<'q> {
    pub ratio: Option<&'q Quantity>,
    pub copies: Option<&'q Quantity>,
    pub percent_cells: Option<&'q Quantity>,
}

impl<'q> Point<'q> {
    const fn get(&self, axis: Axis) -> Option<&'q Quantity> {
        match axis {
            Axis::Ratio => self.ratio,
            Axis::Copies => self.copies,
            Axis::PercentCells => self.percent_cells,
        }
    }

    const fn without(self, axis: Axis) -> Self {
        match axis {
            Axis::Ratio => Self { ratio: None, ..self },
            Axis::Copies => Self { copies: None, ..self },
            Axis::PercentCells => Self { percent_cells: None, ..self },
        }
    }

    const fn is_empty(&self) -> bool {
        self.ratio.is_none() && self.copies.is_none() && self.percent_cells.is_none()
    }
}

/// Ratio from HER2 and CEP17 where none was sent; exact.
pub(super) fn computed_ratio(count: &Count) -> Option<Decimal> {
    if count.ratio.is_some() { None } else { quotient(count) }
}

fn quotient(count: &Count) -> Option<Decimal> {
    let (her2, cep17) = (count.her2.as_ref()?.as_number()?, count.cep17.as_ref()?.as_number()?);
    Decimal::quotient(her2, cep17, PLACES)
}

/// Reads one result. None: what was sent is no ISH (CEP17 alone, or bounds that decide nothing).
pub(super) fn read(checks: &NumberChecks, rules: &IshRules, ish: &Ish) -> Option<IshReading> {
    let count = &ish.count;
    if ish.interpretation == Some(IshWord::Failed) {
        return Some(IshReading::flagged(IshColumn::Failed, Flag::IshFailed));
    }
    if ish.implausible {
        return Some(IshReading::flagged(IshColumn::Implausible, Flag::ImplausibleValue));
    }
    let percent_cells = ish.percent_cells_ratio_ge_2.as_ref().filter(|_| rules.asks_for(Axis::PercentCells));
    if count.ratio.is_none() && count.her2.is_none() && percent_cells.is_none() {
        return ish.interpretation.map(|word| word_alone(rules, word));
    }
    let numbers = [&count.ratio, &count.her2, &count.cep17];
    if numbers.into_iter().flatten().any(is_implausible) || is_a_sum(checks, count) {
        return Some(IshReading::flagged(IshColumn::Implausible, Flag::ImplausibleValue));
    }
    let dual = ish.method == IshMethod::Dual;
    let as_sent = Point { ratio: count.ratio.as_ref(), copies: count.her2.as_ref(), percent_cells };
    // a bound that leaves a comparison open is missing (guide 2.4), and then the quotient counts (4.2 (4))
    let open = as_sent.ratio.is_some_and(|ratio| ratio.comparator.is_some()) && !rules.decide(ish.method, as_sent);
    let quotient = quotient(count).filter(|_| dual).map(Quantity::exact);
    let computed = quotient.as_ref().filter(|_| open || as_sent.ratio.is_none());
    let point = Point { ratio: computed.or(as_sent.ratio), ..as_sent };
    let Some((band, point)) = rules.band(ish.method, point) else {
        return ish.interpretation.map(|word| word_alone(rules, word));
    };
    let mut reading = IshReading { group: band.column.group(), lab_word: band.lab_word, ..IshReading::of(band.column) };
    if computed.is_some() {
        reading.flags.insert(Flag::RatioComputed);
    }
    if dual && differs(checks, count) {
        reading.flags.insert(Flag::RatioCopyInconsistent);
        let elsewhere = rules.band(ish.method, Point { ratio: quotient.as_ref(), ..point });
        if open || elsewhere.is_none_or(|(other, _)| other.column != band.column) {
            return Some(IshReading { flags: reading.flags, ..IshReading::of(IshColumn::Inconsistent) });
        }
    }
    if dual && rules.asks_for(Axis::Copies) && point.copies.is_none() && point.ratio.is_some() {
        reading.flags.insert(Flag::RatioWithoutCopyNumber);
    }
    if dual && point.ratio.is_none() && point.copies.is_some() {
        reading.flags.insert(Flag::CopyNumberWithoutRatio);
    }
    if ish.interpretation == Some(IshWord::Equivocal) {
        reading.flags.insert(Flag::ObsoleteIshEquivocal);
    }
    // a bound says enough where even the number below it is too small
    let too_few = count.cells_below.filter(|below| *below <= checks.fewest_cells);
    match count.cells.or_else(|| too_few?.checked_sub(1)) {
        None => {
            reading.flags.insert(Flag::CellsNotReported);
        }
        Some(cells) if cells < checks.fewest_cells => {
            reading.flags.insert(Flag::CellsBelow20);
            return Some(IshReading { column: IshColumn::TooFewCells, lab_word: LabWord::NotCompared, ..reading });
        }
        Some(_) => {}
    }
    Some(recount::settle(rules, ish, reading))
}

fn word_alone(rules: &IshRules, word: IshWord) -> IshReading {
    match word {
        IshWord::Positive => IshReading::flagged(IshColumn::WordPositive, Flag::InterpretationOnlyNoNumbers),
        IshWord::Negative => IshReading::flagged(IshColumn::WordNegative, Flag::InterpretationOnlyNoNumbers),
        IshWord::Equivocal => IshReading::flagged(IshColumn::WordEquivocal, rules.equivocal_word),
        IshWord::Failed => IshReading::flagged(IshColumn::Failed, Flag::IshFailed),
    }
}

/// Zero or less, or a bound that allows nothing else.
pub(super) fn is_implausible(value: &Quantity) -> bool {
    value.number.is_zero_or_less() && matches!(value.comparator, None | Some(Comparator::Below | Comparator::AtMost))
}

/// The signals of all cells were sent in the place of their mean.
fn is_a_sum(checks: &NumberChecks, count: &Count) -> bool {
    // a bound is the end of a scale, and no sum
    let reaches = |mean: &Quantity| mean.comparator.is_none() && mean.number >= checks.most_copies;
    [&count.her2, &count.cep17].into_iter().flatten().any(reaches)
}

/// Copies differ from ratio × CEP17 by more than rounding explains; of a bound, from every ratio that it allows.
fn differs(checks: &NumberChecks, count: &Count) -> bool {
    let [her2, cep17] = [&count.her2, &count.cep17].map(|value| value.as_ref().and_then(Quantity::as_number));
    let (Some(ratio), Some(her2), Some(cep17)) = (count.ratio.as_ref(), her2, cep17) else {
        return false;
    };
    let expected = ratio.number.value().times(cep17.value());
    let allowed = match ratio.comparator {
        None => false,
        Some(Comparator::Below | Comparator::AtMost) => *her2.value() <= expected,
        Some(Comparator::AtLeast | Comparator::Above) => *her2.value() >= expected,
    };
    if allowed {
        return false;
    }
    let difference = her2.value().minus(&expected).abs();
    difference > checks.consistency.value().times(cep17.value())
}

impl IshRules {
    pub(super) fn asks_for(&self, axis: Axis) -> bool {
        self.bands.iter().any(|band| band.ranges.iter().any(|(named, _)| *named == axis))
    }

    /// The band of a point, with the point as it was used: a bound that does not decide every comparison is missing.
    pub(super) fn band<'q>(&self, probe: IshMethod, point: Point<'q>) -> Option<(&IshBand, Point<'q>)> {
        if point.is_empty() {
            return None;
        }
        let mut used = point;
        if let Some(band) = self.bands.iter().find(|band| band.probe == probe && band.holds(used)) {
            return Some((band, used));
        }
        for axis in Axis::ALL {
            let undecided = |value: &Quantity| self.ranges(probe, axis).any(|range| range.holds(value).is_none());
            if used.get(axis).is_some_and(undecided) {
                used = used.without(axis);
            }
        }
        if used.is_empty() {
            return None;
        }
        self.bands.iter().find(|band| band.probe == probe && band.holds(used)).map(|band| (band, used))
    }

    /// Does a band hold the point for certain, with every bound in it?
    fn decide(&self, probe: IshMethod, point: Point<'_>) -> bool {
        self.bands.iter().any(|band| band.probe == probe && band.holds(point))
    }

    /// Where a number lies among the thresholds of its axis: in which of the ranges.
    pub(super) fn side_of(&self, probe: IshMethod, axis: Axis, number: &Quantity) -> Vec<Option<bool>> {
        self.ranges(probe, axis).map(|range| range.holds(number)).collect()
    }

    fn ranges(&self, probe: IshMethod, axis: Axis) -> impl Iterator<Item = &super::range::Range> {
        self.bands
            .iter()
            .filter(move |band| band.probe == probe)
            .flat_map(|band| &band.ranges)
            .filter(move |(named, _)| *named == axis)
            .map(|(_, range)| range)
    }
}

impl IshBand {
    /// Is the point certainly in this band?
    pub(super) fn holds(&self, point: Point<'_>) -> bool {
        self.missing.iter().all(|axis| point.get(*axis).is_none())
            && self
                .ranges
                .iter()
                .all(|(axis, range)| point.get(*axis).is_some_and(|value| range.holds(value) == Some(true)))
    }
}

/// A ratio (sent or computed) or a copy number lies near a threshold.
pub(super) fn is_near_threshold(checks: &NumberChecks, count: &Count) -> bool {
    let computed = computed_ratio(count);
    let ratio = count.ratio.as_ref().and_then(Quantity::as_number).or(computed.as_ref());
    let copies = count.her2.as_ref().and_then(Quantity::as_number);
    ratio.is_some_and(|ratio| checks.near_ratio.iter().any(|range| range.contains(ratio)))
        || copies.is_some_and(|copies| checks.near_copies.iter().any(|range| range.contains(copies)))
}
