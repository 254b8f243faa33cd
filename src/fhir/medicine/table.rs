//! The table of medicines: what each code and each name means, and a text cut into the words that names are made of.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::medicine::Medicine;

/// Codes and names of medicines, each with whether it was seen in a published source. `other` is a medicine that none of
/// ours may be taken for.
const TABLE: &str = include_str!("medicines.tsv");

pub(super) static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::default();
    for line in TABLE.lines().skip(1) {
        known.take(line);
    }
    for names in known.names.values_mut() {
        names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    }
    known
});

/// The table, by kind of code and by the first word of a name.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub rxnorm: HashMap<&'static str, Claim>,
    pub atc: HashMap<&'static str, Claim>,
    pub snomed: HashMap<&'static str, Claim>,
    /// Under each first word the names that begin with it, the longest first.
    pub names: HashMap<&'static str, Vec<Name>>,
}

/// One code or one text as a statement about the medicine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Claim {
    /// What it means, in the order of [`Medicine`], each once.
    pub medicines: Vec<Medicine>,
    /// It also means a medicine that none of ours may be taken for.
    pub another: bool,
}

impl Claim {
    /// In order, each once; None if it says nothing.
    pub(super) fn settled(mut self) -> Option<Self> {
        self.medicines.sort_unstable();
        self.medicines.dedup();
        (self.another || !self.medicines.is_empty()).then_some(self)
    }
}

/// A name in lower case without accents, word by word.
#[derive(Debug)]
pub(super) struct Name {
    pub words: Vec<&'static str>,
    pub claim: Claim,
}

impl Name {
    /// Does `text` begin with this name? Hyphens, commas and brackets between its words do not matter.
    pub(super) fn begins(&self, text: &[Word<'_>]) -> bool {
        text.len() >= self.words.len() && self.words.iter().zip(text).all(|(own, sent)| *own == sent.text)
    }

    /// The international name of an antibody, which also begins the names of its conjugates.
    pub(super) fn is_an_antibody_alone(&self) -> bool {
        matches!(self.words[..], ["trastuzumab" | "pertuzumab" | "margetuximab" | "zanidatamab"])
    }
}

impl Known {
    /// Is it a word of a name, wherever in the name it stands?
    pub(super) fn is_word_of_a_name(&self, word: &str) -> bool {
        self.names.contains_key(word) || self.names.values().flatten().any(|name| name.words.contains(&word))
    }

    /// Takes one line; false if it is none of the table.
    fn take(&mut self, line: &'static str) -> bool {
        let mut cells = line.split('\t');
        let (Some(medicines), Some(system), Some(code)) = (cells.next(), cells.next(), cells.next()) else {
            return false;
        };
        let Some(claim) = claim(medicines) else { return false };
        match system {
            "rxnorm" => self.rxnorm.insert(code, claim).is_none(),
            "atc" => self.atc.insert(code, claim).is_none(),
            "snomed" => self.snomed.insert(code, claim).is_none(),
            "name" => {
                let words: Vec<&str> = code.split(' ').collect();
                let same_beginning = self.names.entry(words[0]).or_default();
                let new = same_beginning.iter().all(|name| name.words != words);
                same_beginning.push(Name { words, claim });
                new
            }
            _ => false,
        }
    }
}

/// `trastuzumab+pertuzumab`, or `other`.
fn claim(cell: &str) -> Option<Claim> {
    if cell == "other" {
        return Some(Claim { medicines: Vec::new(), another: true });
    }
    let medicines = cell.split('+').map(str::parse).collect::<Result<Vec<Medicine>, _>>().ok()?;
    Claim { medicines, another: false }.settled()
}

/// A word of a text.
#[derive(Debug)]
pub(super) struct Word<'t> {
    pub text: &'t str,
    /// Nothing but a hyphen parts it from the word before.
    pub hyphenated: bool,
}

/// The words of a text: letters and digits.
pub(super) fn words(plain: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    // separators between two words: none for a hyphen that follows the word directly
    let mut gap = 0;
    for piece in plain.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let text = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !text.is_empty() {
            found.push(Word { text, hyphenated: gap == 1 && !found.is_empty() });
            gap = 0;
        }
        gap += if piece.ends_with('-') { 1 } else { 2 };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read_and_none_stands_twice() {
        let mut known = Known::default();
        for line in TABLE.lines().skip(1) {
            assert!(known.take(line), "{line}");
            let verified = line.split('\t').nth(3);
            assert!(matches!(verified, Some("yes" | "no")), "{line}");
        }
        assert!(!known.take("aspirin\tname\taspirin\tyes"));
    }

    #[test]
    fn a_hyphen_that_joins_two_words_is_told_from_other_marks() {
        let told: Vec<(&str, bool)> = words("a-b, c - d e").iter().map(|word| (word.text, word.hyphenated)).collect();
        assert_eq!(told, [("a", false), ("b", true), ("c", false), ("d", false), ("e", false)]);
    }
}
