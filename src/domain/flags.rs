//! A set of remarks. One word of memory: a specimen is classified many times to find what would change its answer, and most
//! sets hold one remark or none.

use super::finding::Flag;

/// Remarks, each at most once, in the order of the vocabulary.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags(u64);

const _: () = assert!(Flag::ALL.len() <= u64::BITS as usize, "every remark has its bit");

impl Flags {
    /// None.
    pub const NONE: Self = Self(0);

    const fn bit(flag: Flag) -> u64 {
        1 << flag as u32
    }

    /// Is this one among them?
    #[must_use]
    pub const fn contains(self, flag: Flag) -> bool {
        self.0 & Self::bit(flag) != 0
    }

    /// None at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds one.
    pub const fn insert(&mut self, flag: Flag) {
        self.0 |= Self::bit(flag);
    }

    /// Those of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let flag = *Flag::ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(flag)
        })
    }
}

impl From<Flag> for Flags {
    fn from(flag: Flag) -> Self {
        Self(Self::bit(flag))
    }
}

impl Extend<Flag> for Flags {
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        flags.into_iter().for_each(|flag| self.insert(flag));
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut all = Self::NONE;
        all.extend(flags);
        all
    }
}

impl std::fmt::Debug for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_remark_is_told_from_every_other_and_kept_in_the_order_of_the_vocabulary() {
        for flag in Flag::ALL {
            let found: Vec<Flag> = Flags::from(*flag).iter().collect();
            assert_eq!(found, [*flag]);
        }
        let backwards: Flags = Flag::ALL.iter().rev().copied().collect();
        assert!(backwards.iter().eq(Flag::ALL.iter().copied()));
        assert!(Flags::NONE.is_empty() && !backwards.is_empty());
        assert_eq!(Flags::from(Flag::NotFinal).union(Flags::from(Flag::EverLow)).iter().count(), 2);
    }

    #[test]
    fn a_set_of_remarks_names_each_of_them_where_a_test_fails() {
        let two: Flags = [Flag::EverLow, Flag::NotFinal].into_iter().collect();
        assert_eq!(format!("{two:?}"), "{NotFinal, EverLow}");
    }

    #[test]
    fn a_remark_that_is_made_twice_stands_once() {
        let mut flags = Flags::from(Flag::NotFinal);
        flags.insert(Flag::NotFinal);
        let both = flags.union(Flags::from(Flag::NotFinal));
        assert!(both.contains(Flag::NotFinal) && !both.contains(Flag::EverLow) && both == flags);
    }
}
