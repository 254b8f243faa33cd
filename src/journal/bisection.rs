//! Finding the rows of a refused batch that can never be stored, with few further statements.
//!
//! Known: the suspects hold a culprit. If their first half is stored, the culprit is in the second half, and nobody has
//! to ask. If the first half is refused, the second half is put aside unexamined. One culprit among 256 rows costs eight
//! statements to find and one for all that was put aside.

/// The search, as a dialogue: [`Bisection::next_attempt`] names rows to store together, [`Bisection::stored`] or
/// [`Bisection::refused`] tells what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bisection {
    /// These hold at least one culprit. Empty while none is known to be left.
    suspects: Vec<usize>,
    /// These may or may not.
    aside: Vec<usize>,
    culprits: Vec<usize>,
}

impl Bisection {
    /// Of a batch of `rows` rows that was refused as a whole.
    #[must_use]
    pub fn of(rows: usize) -> Self {
        Self { suspects: (0..rows).collect(), aside: Vec::new(), culprits: Vec::new() }
    }

    /// The rows to try together now; None when every row is stored or a culprit.
    pub fn next_attempt(&mut self) -> Option<Vec<usize>> {
        if let [culprit] = self.suspects[..] {
            self.culprits.push(culprit);
            self.suspects.clear();
        }
        if self.suspects.is_empty() {
            return (!self.aside.is_empty()).then(|| self.aside.clone());
        }
        Some(self.suspects[..self.suspects.len() / 2].to_vec())
    }

    /// The rows of the last attempt are stored.
    pub fn stored(&mut self) {
        if self.suspects.is_empty() {
            self.aside.clear();
        } else {
            self.suspects.drain(..self.suspects.len() / 2);
        }
    }

    /// The rows of the last attempt were refused as a whole.
    pub fn refused(&mut self) {
        if self.suspects.is_empty() {
            self.suspects = std::mem::take(&mut self.aside);
        } else {
            let half = self.suspects.len() / 2;
            self.aside.extend(self.suspects.drain(half..));
        }
    }

    /// The rows that are neither stored nor known to be culprits.
    pub fn unsettled(&self) -> impl Iterator<Item = usize> {
        self.suspects.iter().chain(&self.aside).copied()
    }

    /// The rows that can never be stored, as far as they are known.
    #[must_use]
    pub fn culprits(&self) -> &[usize] {
        &self.culprits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn search(rows: usize, bad: &[usize]) -> (Vec<usize>, Vec<usize>, usize) {
        let mut bisection = Bisection::of(rows);
        let (mut stored, mut statements) = (Vec::new(), 0);
        while let Some(attempt) = bisection.next_attempt() {
            statements += 1;
            if attempt.iter().any(|row| bad.contains(row)) {
                bisection.refused();
            } else {
                stored.extend(attempt);
                bisection.stored();
            }
        }
        stored.sort_unstable();
        let mut culprits = bisection.culprits().to_vec();
        culprits.sort_unstable();
        (stored, culprits, statements)
    }

    #[test]
    fn one_bad_row_among_256_is_found_with_nine_statements_at_most() {
        for bad in 0..256 {
            let (stored, culprits, statements) = search(256, &[bad]);
            assert_eq!((stored.len(), culprits), (255, vec![bad]));
            assert!(statements <= 9, "{statements} statements for row {bad}");
        }
    }

    #[test]
    fn a_single_row_that_was_refused_needs_no_further_statement() {
        assert_eq!(search(1, &[0]), (vec![], vec![0], 0));
    }

    proptest! {
        #[test]
        fn every_good_row_is_stored_once_and_every_bad_one_is_named(
            rows in 1_usize..80,
            picks in prop::collection::vec(0_usize..80, 1..12),
        ) {
            let mut bad: Vec<usize> = picks.into_iter().map(|pick| pick % rows).collect();
            bad.sort_unstable();
            bad.dedup();
            let good: Vec<usize> = (0..rows).filter(|row| !bad.contains(row)).collect();
            let (stored, culprits, _) = search(rows, &bad);
            prop_assert_eq!(stored, good);
            prop_assert_eq!(culprits, bad);
        }
    }
}
