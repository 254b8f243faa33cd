//! Laboratory numbers: kept as the text that was sent, compared as exact rational numbers.
//!
//! A threshold decides about treatment, so 1.999 must stay below 2.0 and 3.9999999999999999 below 4.0, which a binary
//! float cannot promise. Nothing here rounds.

use std::cmp::Ordering;

use num_bigint::BigInt;
use smol_str::{SmolStr, format_smolstr};

use super::exact::Exact;

/// Longest number text that is read; a longer one is no laboratory value, and work for whoever computes with it.
const LONGEST: usize = 64;

/// A text that is no finite decimal number of at most 64 characters with an exponent of at most two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotADecimal;

/// An exact number with the text under which it is shown.
#[derive(Debug, Clone)]
pub struct Decimal {
    text: SmolStr,
    value: Exact,
}

impl Decimal {
    /// Reads the JSON number grammar (`-1.20e3`); a leading plus, blanks, NaN and Infinity are refused.
    ///
    /// # Errors
    /// [`NotADecimal`] if the text is anything else, longer than 64 characters, or has an exponent above 99.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        if text.len() > LONGEST {
            return Err(NotADecimal);
        }
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], read_exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(NotADecimal),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(NotADecimal);
        }
        let scale = i32::try_from(fraction.len()).map_err(|_| NotADecimal)? - exponent;
        let value = match small(whole, fraction, scale) {
            Some(value) => value,
            None => Exact::scaled(coefficient(whole, fraction), scale),
        };
        Ok(Self { text: text.into(), value: if negative { value.negated() } else { value } })
    }

    /// `numerator ÷ denominator`, exact; shown exactly, or cut (never rounded) after `places` decimals. None for a
    /// denominator of zero.
    #[must_use]
    pub fn quotient(numerator: &Self, denominator: &Self, places: usize) -> Option<Self> {
        let value = numerator.value.over(&denominator.value)?;
        Some(Self { text: value.cut(places).into(), value })
    }

    /// `self - other`, exact; shown exactly, or cut (never rounded) after 6 decimals.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let value = self.value.minus(&other.value);
        Self { text: value.cut(6).into(), value }
    }

    /// The text as the sender wrote it, `2.10` and not `2.1`.
    #[must_use]
    pub fn as_sent(&self) -> &str {
        &self.text
    }

    /// The exact value.
    #[must_use]
    pub fn value(&self) -> &Exact {
        &self.value
    }

    /// Zero or less.
    #[must_use]
    pub fn is_zero_or_less(&self) -> bool {
        !self.value.is_positive()
    }
}

impl From<u32> for Decimal {
    fn from(number: u32) -> Self {
        Self { text: format_smolstr!("{number}"), value: Exact::whole(number) }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

fn read_exponent(text: &str) -> Result<i32, NotADecimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotADecimal);
    }
    text.strip_prefix('+').unwrap_or(text).parse().map_err(|_| NotADecimal)
}

/// Up to 18 digits with up to 18 decimals fit into machine words.
fn small(whole: &str, fraction: &str, scale: i32) -> Option<Exact> {
    let decimals = u32::try_from(scale).ok().filter(|decimals| *decimals <= 18)?;
    if whole.len() + fraction.len() > 18 {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes());
    let coefficient = digits.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(Exact::Small(coefficient, 10_i64.pow(decimals)))
}

fn coefficient(whole: &str, fraction: &str) -> BigInt {
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    BigInt::from_radix_be(num_bigint::Sign::Plus, &digits, 10).unwrap_or_default()
}

/// Which side of the number the true value lies on, when a sender writes a bound ("< 2.0") instead of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Comparator {
    /// The FHIR code, which is also the sign that is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }
}

/// A number or a bound, as a laboratory reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// None for a plain number.
    pub comparator: Option<Comparator>,
    /// The number, or the limit of the bound.
    pub number: Decimal,
}

impl Quantity {
    /// A plain number.
    #[must_use]
    pub fn exact(number: Decimal) -> Self {
        Self { comparator: None, number }
    }

    /// As sent, a bound with its comparator and without a blank: `1.90`, `<2.0`.
    #[must_use]
    pub fn as_sent(&self) -> SmolStr {
        let number = &self.number.text;
        self.comparator.map_or_else(|| number.clone(), |sign| format_smolstr!("{}{number}", sign.as_str()))
    }

    /// The sign before the number of a bound.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        self.comparator.map_or("", Comparator::as_str)
    }

    /// The number, if this is no bound.
    #[must_use]
    pub fn as_number(&self) -> Option<&Decimal> {
        self.comparator.is_none().then_some(&self.number)
    }

    /// Is the true value at or above `threshold`? None where a bound leaves it open.
    #[must_use]
    pub fn at_least(&self, threshold: &Decimal) -> Option<bool> {
        let order = self.number.cmp(threshold);
        match self.comparator {
            None => Some(order.is_ge()),
            Some(Comparator::Below) => order.is_le().then_some(false),
            Some(Comparator::AtMost) => order.is_lt().then_some(false),
            Some(Comparator::AtLeast) => order.is_ge().then_some(true),
            Some(Comparator::Above) => order.is_ge().then_some(true),
        }
    }

    /// Is the true value above `threshold`? None where a bound leaves it open.
    #[must_use]
    pub fn above(&self, threshold: &Decimal) -> Option<bool> {
        let order = self.number.cmp(threshold);
        match self.comparator {
            None => Some(order.is_gt()),
            Some(Comparator::Below | Comparator::AtMost) => order.is_le().then_some(false),
            Some(Comparator::AtLeast) => order.is_gt().then_some(true),
            Some(Comparator::Above) => order.is_ge().then_some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn a_ratio_of_1_999_is_below_2_0() {
        assert!(decimal("1.999") < decimal("2.0"));
        assert_eq!(decimal("2.00"), decimal("2"));
        assert_eq!(decimal("2.00").as_sent(), "2.00");
    }

    #[test]
    fn a_number_that_a_binary_float_would_round_up_stays_below_the_threshold() {
        assert!(decimal("3.9999999999999999") < decimal("4.0"));
        assert!(decimal("1.99999999999999999999999999999999999999999999") < decimal("2.0"));
    }

    #[test]
    fn the_sign_of_a_bound_stands_before_its_number_and_a_number_has_none() {
        let bound = Quantity { comparator: Some(Comparator::Below), number: decimal("2.0") };
        assert_eq!((bound.sign(), bound.as_sent()), ("<", "<2.0".into()));
        let number = Quantity { comparator: None, number: decimal("1.90") };
        assert_eq!((number.sign(), number.as_sent()), ("", "1.90".into()));
    }

    #[test]
    fn what_is_no_json_number_is_refused() {
        for text in
            ["", "-", ".5", "5.", "+1", "1,2", "NaN", "Infinity", "1e", "1e100", "1e-100", "0x1", " 1", "1 ", "１"]
        {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
        assert!(Decimal::parse(&"9".repeat(65)).is_err());
        assert_eq!(decimal("1.5e1"), decimal("15"));
        assert_eq!(decimal("15e-1"), decimal("1.5"));
        assert!(decimal("-0.1").is_zero_or_less());
    }

    #[test]
    fn the_longest_number_that_is_read_is_still_exact() {
        let longest = format!("1.{}", "9".repeat(62));
        assert!(decimal(&longest) < decimal("2.0") && decimal(&longest) > decimal("1.999999999999999999999"));
        assert_eq!(decimal(&format!("2.{}", "0".repeat(62))), decimal("2"));
        assert!(decimal("1e99") > decimal("1e98") && decimal("1e-99") < decimal("1e-98"));
        assert_ne!(decimal("12345678901234567890"), decimal("12345678901234567891"));
    }

    #[test]
    fn a_quotient_is_exact_and_its_text_is_cut_and_never_rounded() {
        let ratio = Decimal::quotient(&decimal("246"), &decimal("120"), 6).unwrap();
        assert_eq!(ratio.as_sent(), "2.05");
        let third = Decimal::quotient(&decimal("2"), &decimal("3"), 4).unwrap();
        assert_eq!(third.as_sent(), "0.6666");
        assert!(third > decimal("0.6666"));
        assert_eq!(Decimal::quotient(&decimal("4.0"), &decimal("2"), 4).unwrap().as_sent(), "2");
        assert!(Decimal::quotient(&decimal("1"), &decimal("0"), 4).is_none());
    }

    #[test]
    fn a_power_of_ten_is_the_number_that_it_stands_for() {
        assert_eq!(decimal("2e1"), decimal("20"));
        assert_eq!(decimal("2E+2"), decimal("200"));
        assert_eq!(decimal("2e19"), decimal("20000000000000000000"));
        assert_eq!(decimal("2e-19"), decimal("0.0000000000000000002"));
        assert_eq!(decimal("-1.50e1"), decimal("-15"));
    }

    #[test]
    fn a_laboratory_value_is_kept_in_machine_words_and_only_a_longer_one_is_not() {
        for text in ["1.90", "0", "-4.0", "123456789012345678", "0.12345678901234567", "1e-18"] {
            assert!(matches!(decimal(text).value(), Exact::Small(..)), "{text}");
        }
        for text in ["1234567890123456789", "0.123456789012345678", "1e-19", "1e1"] {
            assert!(matches!(decimal(text).value(), Exact::Big(_)), "{text}");
        }
    }

    #[test]
    fn a_fall_of_the_ejection_fraction_is_exact() {
        assert_eq!(decimal("60.5").minus(&decimal("45")).as_sent(), "15.5");
        assert_eq!(decimal("45").minus(&decimal("60.5")).as_sent(), "-15.5");
        assert_eq!(
            decimal("1").minus(&Decimal::quotient(&decimal("1"), &decimal("3"), 4).unwrap()).as_sent(),
            "0.666666"
        );
        assert_eq!(decimal("60").minus(&Decimal::from(60)), decimal("0.0"));
    }

    #[test]
    fn zero_is_no_ratio_and_what_lies_above_it_may_be_one() {
        assert!(decimal("0").is_zero_or_less() && decimal("0.00").is_zero_or_less() && decimal("-1").is_zero_or_less());
        assert!(!decimal("0.0001").is_zero_or_less());
    }

    /// Every bound below, at and above a threshold of 2.0: is the value 2.0 or more, and is it above 2.0?
    #[test]
    fn what_a_bound_says_of_a_threshold_is_what_holds_for_every_value_within_it() {
        let (below, at_most) = (Some(Comparator::Below), Some(Comparator::AtMost));
        let (at_least, above) = (Some(Comparator::AtLeast), Some(Comparator::Above));
        for (comparator, text, reached, passed) in [
            (None, "1.9", Some(false), Some(false)),
            (None, "2.0", Some(true), Some(false)),
            (None, "2.1", Some(true), Some(true)),
            (below, "1.9", Some(false), Some(false)),
            (below, "2.0", Some(false), Some(false)),
            (below, "2.1", None, None),
            (at_most, "1.9", Some(false), Some(false)),
            (at_most, "2.0", None, Some(false)),
            (at_most, "2.1", None, None),
            (at_least, "1.9", None, None),
            (at_least, "2.0", Some(true), None),
            (at_least, "2.1", Some(true), Some(true)),
            (above, "1.9", None, None),
            (above, "2.0", Some(true), Some(true)),
            (above, "2.1", Some(true), Some(true)),
        ] {
            let value = Quantity { comparator, number: decimal(text) };
            assert_eq!(value.at_least(&decimal("2.0")), reached, "{}", value.as_sent());
            assert_eq!(value.above(&decimal("2.0")), passed, "{}", value.as_sent());
        }
    }

    #[test]
    fn a_bound_is_shown_with_its_sign_and_is_no_number() {
        let shown = |comparator| Quantity { comparator: Some(comparator), number: decimal("2.0") };
        for (comparator, text) in [
            (Comparator::Below, "<2.0"),
            (Comparator::AtMost, "<=2.0"),
            (Comparator::AtLeast, ">=2.0"),
            (Comparator::Above, ">2.0"),
        ] {
            assert_eq!(shown(comparator).as_sent(), text);
            assert!(shown(comparator).as_number().is_none());
        }
        assert_eq!(Quantity::exact(decimal("2.0")).as_number(), Some(&decimal("2")));
        assert_eq!(Quantity::exact(decimal("2.0")).as_sent(), "2.0");
    }
}
