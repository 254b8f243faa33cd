//! Exact fractions. Nothing rounds, and nothing overflows: what does not fit into machine words is kept as big integers.

use std::borrow::Cow;
use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

/// A fraction with a denominator above zero, not reduced. Laboratory values fit into two machine words, which makes comparing
/// them cheap; hostile ones do not, and are compared by two multiplications: to reduce them first, or to compare them as
/// continued fractions, takes the square of their digits, which somebody could make the service do all day.
#[derive(Debug, Clone)]
pub enum Exact {
    /// Numerator and denominator.
    Small(i64, i64),
    /// Anything else.
    Big(Box<Fraction>),
}

/// Numerator and denominator beyond machine words.
#[derive(Debug, Clone)]
pub struct Fraction {
    numerator: BigInt,
    denominator: BigInt,
}

impl Exact {
    /// The whole number `number`.
    #[must_use]
    pub fn whole(number: u32) -> Self {
        Self::Small(i64::from(number), 1)
    }

    /// `coefficient × 10^-scale`.
    pub(super) fn scaled(coefficient: BigInt, scale: i32) -> Self {
        let power = num_traits::pow(BigInt::from(10), usize::try_from(scale.unsigned_abs()).unwrap_or(usize::MAX));
        if scale > 0 { Self::fraction(coefficient, power) } else { Self::fraction(coefficient * power, BigInt::one()) }
    }

    fn fraction(numerator: BigInt, denominator: BigInt) -> Self {
        Self::Big(Box::new(Fraction { numerator, denominator }))
    }

    fn of(numerator: i128, denominator: i128) -> Self {
        if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator)) {
            return Self::Small(numerator, denominator);
        }
        let common = numerator.gcd(&denominator);
        match (i64::try_from(numerator / common), i64::try_from(denominator / common)) {
            (Ok(numerator), Ok(denominator)) => Self::Small(numerator, denominator),
            _ => Self::fraction(BigInt::from(numerator), BigInt::from(denominator)),
        }
    }

    fn big(&self) -> (Cow<'_, BigInt>, Cow<'_, BigInt>) {
        match self {
            Self::Small(numerator, denominator) => {
                (Cow::Owned(BigInt::from(*numerator)), Cow::Owned(BigInt::from(*denominator)))
            }
            Self::Big(fraction) => (Cow::Borrowed(&fraction.numerator), Cow::Borrowed(&fraction.denominator)),
        }
    }

    /// `self − other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            let (a, b, c, d) = (i128::from(*a), i128::from(*b), i128::from(*c), i128::from(*d));
            if let Some(numerator) = (a * d).checked_sub(c * b) {
                return Self::of(numerator, b * d);
            }
        }
        let ((a, b), (c, d)) = (self.big(), other.big());
        Self::fraction(&*a * &*d - &*c * &*b, &*b * &*d)
    }

    /// `self × other`.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            return Self::of(i128::from(*a) * i128::from(*c), i128::from(*b) * i128::from(*d));
        }
        let ((a, b), (c, d)) = (self.big(), other.big());
        Self::fraction(&*a * &*c, &*b * &*d)
    }

    /// `self ÷ other`; None where `other` is zero.
    #[must_use]
    pub fn over(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            let (a, b, c, d) = (i128::from(*a), i128::from(*b), i128::from(*c), i128::from(*d));
            return Some(Self::of(a * d * c.signum(), b * c.abs()));
        }
        let ((a, b), (c, d)) = (self.big(), other.big());
        Some(Self::fraction(&*a * &*d * c.signum(), &*b * c.abs()))
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        match self {
            Self::Small(numerator, denominator) => Self::of(i128::from(*numerator).abs(), i128::from(*denominator)),
            Self::Big(fraction) => Self::fraction(fraction.numerator.abs(), fraction.denominator.clone()),
        }
    }

    /// The value with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self::Small(0, 1).minus(self)
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Small(numerator, _) => *numerator == 0,
            Self::Big(fraction) => fraction.numerator.is_zero(),
        }
    }

    /// Above zero?
    #[must_use]
    pub fn is_positive(&self) -> bool {
        match self {
            Self::Small(numerator, _) => *numerator > 0,
            Self::Big(fraction) => fraction.numerator.is_positive(),
        }
    }

    /// The whole number that this is; None for fractions, negative numbers and numbers beyond 32 bits.
    #[must_use]
    pub fn as_count(&self) -> Option<u32> {
        match self {
            Self::Small(numerator, denominator) => {
                (numerator % denominator == 0).then(|| u32::try_from(numerator / denominator).ok()).flatten()
            }
            Self::Big(fraction) => {
                let (whole, rest) = fraction.numerator.div_rem(&fraction.denominator);
                rest.is_zero().then(|| whole.try_into().ok()).flatten()
            }
        }
    }

    /// Decimal expansion, ended where it is exact or cut after `places` decimals.
    pub(super) fn cut(&self, places: usize) -> String {
        match self {
            Self::Small(numerator, denominator) => {
                let (whole, rest) = i128::from(*numerator).abs().div_rem(&i128::from(*denominator));
                let digits = digits(rest, &i128::from(*denominator), places);
                written(*numerator < 0, &whole.to_string(), &digits)
            }
            Self::Big(fraction) => {
                let (whole, rest) = fraction.numerator.abs().div_rem(&fraction.denominator);
                let digits = digits(rest, &fraction.denominator, places);
                written(fraction.numerator.is_negative(), &whole.to_string(), &digits)
            }
        }
    }
}

/// Decimals of `rest ÷ denominator` by long division; `rest` is below `denominator`.
fn digits<T: Integer + Clone + From<u8> + ToString>(rest: T, denominator: &T, places: usize) -> String {
    let (mut rest, mut digits) = (rest, String::with_capacity(places));
    while !rest.is_zero() && digits.len() < places {
        let (digit, left) = (rest * T::from(10)).div_rem(denominator);
        digits.push_str(&digit.to_string());
        rest = left;
    }
    digits
}

fn written(negative: bool, whole: &str, digits: &str) -> String {
    let sign = if negative { "-" } else { "" };
    let point = if digits.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{digits}")
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(a, b), Self::Small(c, d)) => {
                (i128::from(*a) * i128::from(*d)).cmp(&(i128::from(*c) * i128::from(*b)))
            }
            _ => {
                let ((a, b), (c, d)) = (self.big(), other.big());
                (&*a * &*d).cmp(&(&*c * &*b))
            }
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

#[cfg(test)]
mod tests {
    use num_rational::BigRational;
    use proptest::prelude::*;

    use super::*;

    fn either(numerator: i64, denominator: i64) -> (Exact, BigRational) {
        (Exact::Small(numerator, denominator), BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
    }

    fn big(numerator: i64, denominator: i64) -> Exact {
        Exact::fraction(BigInt::from(numerator), BigInt::from(denominator))
    }

    fn reduced(exact: &Exact) -> BigRational {
        let (numerator, denominator) = exact.big();
        BigRational::new(numerator.into_owned(), denominator.into_owned())
    }

    #[test]
    fn a_count_of_cells_is_a_whole_number_that_is_not_negative_however_it_was_written() {
        for exact in [Exact::Small(20, 1), Exact::Small(40, 2), big(40, 2)] {
            assert_eq!(exact.as_count(), Some(20));
        }
        for exact in [Exact::Small(41, 2), big(41, 2), Exact::Small(-20, 1), big(-20, 1), Exact::Small(1 << 40, 1)] {
            assert_eq!(exact.as_count(), None, "{exact:?}");
        }
        assert_eq!(Exact::Small(0, 7).as_count(), Some(0));
    }

    #[test]
    fn a_value_is_written_with_its_sign_and_cut_after_its_places() {
        for (exact, places, text) in [
            (Exact::Small(-5, 2), 4, "-2.5"),
            (big(-5, 2), 4, "-2.5"),
            (Exact::Small(0, 3), 4, "0"),
            (big(0, 3), 4, "0"),
            (Exact::Small(2, 3), 4, "0.6666"),
            (big(7, 1), 0, "7"),
        ] {
            assert_eq!(exact.cut(places), text);
        }
    }

    #[test]
    fn nothing_is_divided_by_zero_however_zero_was_written() {
        for zero in [Exact::Small(0, 1), Exact::Small(0, 7), big(0, 7)] {
            assert!(Exact::whole(5).over(&zero).is_none() && big(5, 1).over(&zero).is_none(), "{zero:?}");
        }
    }

    #[test]
    fn zero_and_what_lies_below_it_is_not_positive() {
        for (numerator, positive) in [(1, true), (0, false), (-1, false)] {
            assert_eq!(Exact::Small(numerator, 3).is_positive(), positive);
            assert_eq!(big(numerator, 3).is_positive(), positive);
        }
    }

    #[test]
    fn a_product_that_can_be_reduced_stays_in_machine_words() {
        let large = 1 << 40;
        let product = Exact::Small(large, 1).times(&Exact::Small(large, large));
        assert!(matches!(product, Exact::Small(numerator, 1) if numerator == large), "{product:?}");
        let inverse = Exact::Small(1, large).times(&Exact::Small(large, large));
        assert!(matches!(inverse, Exact::Small(1, denominator) if denominator == large), "{inverse:?}");
        assert!(matches!(Exact::Small(large, 1).times(&Exact::Small(large, 1)), Exact::Big(_)));
    }

    proptest! {
        #[test]
        fn machine_words_and_big_integers_always_agree(
            a in any::<i64>(), b in 1..i64::MAX, c in any::<i64>(), d in 1..i64::MAX,
        ) {
            let ((small_x, big_x), (small_y, big_y)) = (either(a, b), either(c, d));
            for (x, y) in [(&small_x, &small_y), (&small_x, &big(c, d)), (&big(a, b), &small_y), (&big(a, b), &big(c, d))] {
                prop_assert_eq!(x.cmp(y), big_x.cmp(&big_y));
                prop_assert_eq!(reduced(&x.minus(y)), &big_x - &big_y);
                prop_assert_eq!(reduced(&x.times(y)), &big_x * &big_y);
                prop_assert_eq!(reduced(&x.abs()), big_x.abs());
                prop_assert_eq!(reduced(&x.negated()), -&big_x);
                prop_assert_eq!(x == y, big_x == big_y);
                if c != 0 {
                    prop_assert_eq!(x.over(y).map(|z| reduced(&z)), Some(&big_x / &big_y));
                    prop_assert!(x.over(y).is_none_or(|z| z.big().1.is_positive()));
                }
            }
        }
    }
}
