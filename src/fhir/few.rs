//! A set of the values of a small enum.

/// More values than any of these enums has.
const MOST: usize = 8;

/// The values, each once and in their order, in the place of one machine word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Few<T> {
    /// Those that are there come first.
    all: [Option<T>; MOST],
}

impl<T: Copy> Default for Few<T> {
    fn default() -> Self {
        Self { all: [None; MOST] }
    }
}

impl<T: Copy + Ord> Few<T> {
    pub(super) fn insert(&mut self, one: T) {
        if self.iter().any(|known| known == one) {
            return;
        }
        let count = self.len();
        debug_assert!(count < MOST, "an enum has more values than there is room for");
        if let Some(place) = self.all.get_mut(count) {
            *place = Some(one);
            self.all[..=count].sort_unstable();
        }
    }

    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = T>) {
        more.into_iter().for_each(|one| self.insert(one));
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = T> {
        self.all.iter().copied().flatten()
    }

    pub(super) fn first(&self) -> Option<T> {
        self.all[0]
    }

    pub(super) fn last(&self) -> Option<T> {
        self.iter().next_back()
    }

    pub(super) fn len(&self) -> usize {
        self.iter().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all[0].is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::codes::Word;

    #[test]
    fn values_stand_in_their_order_and_each_once() {
        let mut words = Few::default();
        words.extend([Word::Low, Word::Positive, Word::Low, Word::Ultralow, Word::Negative]);
        assert_eq!(words.iter().collect::<Vec<_>>(), [Word::Positive, Word::Negative, Word::Low, Word::Ultralow]);
        assert_eq!((words.first(), words.last(), words.len()), (Some(Word::Positive), Some(Word::Ultralow), 4));
        assert!(!words.is_empty() && Few::<Word>::default().is_empty());
    }
}
