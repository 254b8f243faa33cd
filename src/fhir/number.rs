//! Numbers, bounds and ratios: the text that was sent, exact, with its comparator and a unit that fits its meaning.

use crate::domain::decimal::{Comparator, Decimal, Quantity};
use crate::json::Value;

use super::wire::{Raw, members, text};

/// Decimals shown of a quotient that does not end.
const QUOTIENT_DECIMALS: usize = 6;

/// What the number means; decides which units and ranges make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Ratio,
    Copies,
    Percent,
    Cells,
    Score,
}

/// Why a number is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFault {
    /// Nothing was sent under the member.
    Absent,
    /// No number, a contradicting unit, a ratio with two comparators or without denominator.
    Unreadable,
    /// A ratio of zero or less, or negative copies.
    Implausible,
}

members! {
    QuantityMembers {
        value: "value",
        comparator: "comparator",
        unit: "unit",
        code: "code",
    }
}

members! {
    RatioMembers {
        numerator: "numerator",
        denominator: "denominator",
    }
}

/// A JSON number, or a JSON string that holds one.
pub(super) fn decimal(sent: Value<'_>) -> Option<Decimal> {
    if sent.is_string() { Decimal::parse(sent.text()?.trim()).ok() } else { Decimal::parse(sent.raw()).ok() }
}

/// A Quantity with a unit that fits `meaning`.
pub(super) fn quantity(raw: Raw<'_>, meaning: Meaning) -> Result<Quantity, NumberFault> {
    let (quantity, unit) = bare_quantity(raw)?;
    if !unit.is_none_or(|unit| unit_fits(&unit, meaning)) {
        return Err(NumberFault::Unreadable);
    }
    in_range(quantity, meaning)
}

fn bare_quantity(raw: Raw<'_>) -> Result<(Quantity, Option<String>), NumberFault> {
    let raw = raw.ok_or(NumberFault::Absent)?;
    if !raw.is_object() {
        return Err(NumberFault::Unreadable);
    }
    let members = QuantityMembers::of(raw).unwrap_or_default();
    let value = members.value().ok_or(NumberFault::Absent)?;
    let number = decimal(value).ok_or(NumberFault::Unreadable)?;
    let comparator = match text(members.comparator()).as_deref() {
        None => None,
        Some("<") => Some(Comparator::Below),
        Some("<=") => Some(Comparator::AtMost),
        Some(">=") => Some(Comparator::AtLeast),
        Some(">") => Some(Comparator::Above),
        Some(_) => return Err(NumberFault::Unreadable),
    };
    let unit = text(members.unit()).or_else(|| text(members.code())).map(|unit| unit.trim().to_ascii_lowercase());
    Ok((Quantity { comparator, number }, unit.filter(|unit| !unit.is_empty())))
}

fn unit_fits(unit: &str, meaning: Meaning) -> bool {
    let plain = matches!(unit, "1" | "#" | "{#}" | "{number}" | "{count}" | "{score}");
    match meaning {
        Meaning::Ratio => plain || unit.contains("ratio"),
        Meaning::Copies => {
            plain
                || ["cop", "signal", "/cell", "/nucle", "per cell", "per nucle"].iter().any(|part| unit.contains(part))
        }
        Meaning::Percent => matches!(unit, "%" | "percent" | "{percent}" | "% of cells" | "% cells"),
        Meaning::Cells => plain || unit.contains("cell") || unit.contains("nucle"),
        Meaning::Score => plain || unit.contains("score") || unit == "+",
    }
}

/// Ranges of the guide: ratio above 0, copies from 0, percent 0 to 100, cells a whole number above 0.
pub(super) fn in_range(quantity: Quantity, meaning: Meaning) -> Result<Quantity, NumberFault> {
    let zero = Decimal::from(0);
    match meaning {
        Meaning::Ratio if quantity.number.is_zero_or_less() => Err(NumberFault::Implausible),
        Meaning::Copies if quantity.number < zero => Err(NumberFault::Implausible),
        Meaning::Percent if quantity.number < zero || quantity.number > Decimal::from(100) => {
            Err(NumberFault::Unreadable)
        }
        Meaning::Ratio | Meaning::Copies | Meaning::Percent | Meaning::Cells | Meaning::Score => Ok(quantity),
    }
}

/// A Ratio, divided exactly. Comparators on both sides cannot be read; one on the numerator is that of the quotient.
pub(super) fn ratio(raw: Raw<'_>, meaning: Meaning) -> Result<Quantity, NumberFault> {
    let members = RatioMembers::of(raw.ok_or(NumberFault::Absent)?).unwrap_or_default();
    let (numerator, _) = bare_quantity(members.numerator()).map_err(|_| NumberFault::Unreadable)?;
    let (denominator, _) = bare_quantity(members.denominator()).map_err(|_| NumberFault::Unreadable)?;
    if denominator.comparator.is_some() {
        return Err(NumberFault::Unreadable);
    }
    let number = Decimal::quotient(&numerator.number, &denominator.number, QUOTIENT_DECIMALS);
    let number = number.ok_or(NumberFault::Unreadable)?;
    in_range(Quantity { comparator: numerator.comparator, number }, meaning)
}

/// The least number that a whole number under an upper bound does not reach: 20 for "below 20", 21 for "at most 20".
pub(super) fn count_below(quantity: &Quantity) -> Option<u32> {
    let bound = quantity.number.value().as_count()?;
    match quantity.comparator? {
        Comparator::Below => Some(bound),
        Comparator::AtMost => bound.checked_add(1),
        Comparator::AtLeast | Comparator::Above => None,
    }
}

/// A whole number above zero, as Quantity, integer or string.
pub(super) fn count(quantity: &Quantity) -> Option<u32> {
    quantity.as_number()?.value().as_count().filter(|count| *count > 0)
}
