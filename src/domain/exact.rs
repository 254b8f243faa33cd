//! Exact fractions. Nothing rounds, and nothing overflows: what does not fit into machine words is kept as big integers.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A fraction with a denominator above zero. Laboratory values fit into two machine words, which makes comparing them cheap;
/// hostile ones do not and are compared all the same.
#[derive(Debug, Clone)]
pub enum Exact {
    /// Numerator and denominator, not reduced.
    Small(i64, i64),
    /// Anything else.
    Big(Box<BigRational>),
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
        let fraction =
            if scale > 0 { BigRational::new(coefficient, power) } else { BigRational::from(coefficient * power) };
        Self::Big(Box::new(fraction))
    }

    fn of(numerator: i128, denominator: i128) -> Self {
        if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator)) {
            return Self::Small(numerator, denominator);
        }
        let common = numerator.gcd(&denominator);
        match (i64::try_from(numerator / common), i64::try_from(denominator / common)) {
            (Ok(numerator), Ok(denominator)) => Self::Small(numerator, denominator),
            _ => Self::Big(Box::new(BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))),
        }
    }

    fn big(&self) -> BigRational {
        match self {
            Self::Small(numerator, denominator) => {
                BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator))
            }
            Self::Big(fraction) => (**fraction).clone(),
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
        Self::Big(Box::new(self.big() - other.big()))
    }

    /// `self × other`.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        if let (Self::Small(a, b), Self::Small(c, d)) = (self, other) {
            return Self::of(i128::from(*a) * i128::from(*c), i128::from(*b) * i128::from(*d));
        }
        Self::Big(Box::new(self.big() * other.big()))
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
        Some(Self::Big(Box::new(self.big() / other.big())))
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        match self {
            Self::Small(numerator, denominator) => Self::of(i128::from(*numerator).abs(), i128::from(*denominator)),
            Self::Big(fraction) => Self::Big(Box::new(fraction.abs())),
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
            Self::Big(fraction) => fraction.is_zero(),
        }
    }

    /// Above zero?
    #[must_use]
    pub fn is_positive(&self) -> bool {
        match self {
            Self::Small(numerator, _) => *numerator > 0,
            Self::Big(fraction) => fraction.is_positive(),
        }
    }

    /// The whole number that this is; None for fractions, negative numbers and numbers beyond 32 bits.
    #[must_use]
    pub fn as_count(&self) -> Option<u32> {
        match self {
            Self::Small(numerator, denominator) => {
                (numerator % denominator == 0).then(|| u32::try_from(numerator / denominator).ok()).flatten()
            }
            Self::Big(fraction) => fraction.is_integer().then(|| fraction.to_integer().try_into().ok()).flatten(),
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
                let (whole, rest) = fraction.numer().abs().div_rem(fraction.denom());
                let digits = digits(rest, fraction.denom(), places);
                written(fraction.is_negative(), &whole.to_string(), &digits)
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
            _ => self.big().cmp(&other.big()),
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
    use proptest::prelude::*;

    use super::*;

    fn either(numerator: i64, denominator: i64) -> (Exact, BigRational) {
        (Exact::Small(numerator, denominator), BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
    }

    fn big(numerator: i64, denominator: i64) -> Exact {
        Exact::Big(Box::new(either(numerator, denominator).1))
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
                prop_assert_eq!(x.minus(y).big(), &big_x - &big_y);
                prop_assert_eq!(x.times(y).big(), &big_x * &big_y);
                prop_assert_eq!(x.abs().big(), big_x.abs());
                prop_assert_eq!(x.negated().big(), -&big_x);
                prop_assert_eq!(x == y, big_x == big_y);
                if c != 0 {
                    prop_assert_eq!(x.over(y).map(|z| z.big()), Some(&big_x / &big_y));
                }
            }
        }
    }
}
