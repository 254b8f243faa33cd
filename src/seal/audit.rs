//! An audit of one tenant: what its seals say against what its rows hold.
//!
//! Seals are given first, in their order, then every row in any order. What is found is named; nothing is repaired.

use std::collections::{HashMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use super::chain::{Seal, SealFault};
use super::head::Head;
use super::hex::to_hex;
use super::key::PublicKey;
use super::leaf::{Kind, Leaf, Month};

/// A row as it lies in the database, with its hash computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// In which table.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// In which month it is filed. None: in none that a record can have.
    pub month: Option<Month>,
    /// How its content is packed.
    pub packing: i16,
    /// When it was stored, by the clock of the database.
    pub stored_at: Timestamp,
    /// The column `record_hash`. None: it is no hash.
    pub record_hash: Option<[u8; 32]>,
    /// The hash of what the other columns hold. None: they hold what the service never writes.
    pub computed: Option<[u8; 32]>,
    /// Whether `decision_key` says the same of it.
    pub key_agrees: bool,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It was changed after it was stored; the columns or the place that differ.
    Changed(&'static str),
    /// It is sealed and gone, and its month was not deleted by policy.
    Missing,
    /// It is not sealed although it claims to be older than the newest seal, or it is there twice, or it lies in a month that
    /// was deleted.
    Inserted,
    /// It claims another time of storing than the one that was sealed.
    Reordered,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// With a row.
    Row(Kind, Uuid, Fault),
    /// With a seal.
    Seal(u64, SealFault),
    /// The published head names a seal that is not there.
    CutOff {
        /// Number of the seal that was published.
        published: u64,
        /// Number of the newest seal there is.
        found: u64,
    },
    /// The published head has another hash for this seal.
    NotPublished(u64),
}

/// One thing that is wrong, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose row or seal.
    pub tenant: String,
    /// What is wrong.
    pub damage: Damage,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.tenant)?;
        match &self.damage {
            Damage::Row(kind, id, fault) => {
                write!(f, "{} {id}: ", kind.table())?;
                match fault {
                    Fault::Changed(what) => write!(f, "changed ({what})"),
                    Fault::Missing => write!(f, "missing"),
                    Fault::Inserted => {
                        write!(f, "inserted (not sealed, although older than the newest seal, or a copy)")
                    }
                    Fault::Reordered => write!(f, "reordered (stored_at is not what was sealed)"),
                }
            }
            Damage::Seal(seq, fault) => write!(f, "seal {seq}: {fault}"),
            Damage::CutOff { published, found } => {
                write!(f, "seal {published}: missing; it was published, and the newest one here is seal {found}")
            }
            Damage::NotPublished(seq) => write!(f, "seal {seq}: not the one that was published"),
        }
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Seals.
    pub seals: u64,
    /// Rows that are sealed and there.
    pub sealed: u64,
    /// Rows that are newer than the newest seal.
    pub not_sealed_yet: u64,
    /// Rows whose month was deleted by policy.
    pub deleted: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.seals += other.seals;
        self.sealed += other.sealed;
        self.not_sealed_yet += other.not_sealed_yet;
        self.deleted += other.deleted;
    }
}

/// The audit of one tenant.
pub struct Audit<'k> {
    tenant: String,
    keys: &'k [PublicKey],
    deleted: &'k HashSet<Month>,
    last: Option<(u64, [u8; 32])>,
    /// Sorted by kind and id once the first row comes, with what was found of each.
    leaves: Vec<(Leaf, bool)>,
    /// The last row that is sealed.
    newest: Option<(Timestamp, Uuid)>,
    hashes: HashMap<u64, [u8; 32]>,
    tally: Tally,
    findings: Vec<Finding>,
    sorted: bool,
}

impl<'k> Audit<'k> {
    /// Nothing was looked at yet. `deleted`: months that were deleted by policy.
    #[must_use]
    pub fn new(tenant: &str, keys: &'k [PublicKey], deleted: &'k HashSet<Month>) -> Self {
        Self {
            tenant: tenant.to_owned(),
            keys,
            deleted,
            last: None,
            leaves: Vec::new(),
            newest: None,
            hashes: HashMap::new(),
            tally: Tally::default(),
            findings: Vec::new(),
            sorted: true,
        }
    }

    /// The next seal. None in the place of one that cannot be read.
    pub fn seal(&mut self, seq: u64, seal: Option<Seal>) {
        self.tally.seals += 1;
        let (before, previous) = self.last.unwrap_or((0, [0; 32]));
        if seq != before + 1 {
            self.found(Damage::Seal(seq, SealFault::Gap));
        }
        let Some(seal) = seal else {
            self.found(Damage::Seal(seq, SealFault::Unreadable));
            self.last = Some((seq, [0; 32]));
            return;
        };
        if let Err(fault) = seal.check(self.keys) {
            self.found(Damage::Seal(seq, fault));
        } else if seq == before + 1 && seal.draft.previous != previous {
            self.found(Damage::Seal(seq, SealFault::Previous));
        }
        let hash = seal.hash();
        self.last = Some((seq, hash));
        self.hashes.insert(seq, hash);
        let newest = seal.draft.leaves.iter().map(|leaf| (leaf.stored_at, leaf.id)).max();
        self.newest = self.newest.max(newest);
        self.leaves.extend(seal.draft.leaves.into_iter().map(|leaf| (leaf, false)));
        self.sorted = false;
    }

    /// One row of the tenant.
    pub fn row(&mut self, row: &Row) {
        if !self.sorted {
            self.leaves.sort_unstable_by_key(|(leaf, _)| (leaf.kind, leaf.id));
            self.sorted = true;
        }
        let place = self.leaves.binary_search_by_key(&(row.kind, row.id), |(leaf, _)| (leaf.kind, leaf.id));
        let fault = match place {
            Ok(place) => {
                let (leaf, seen) = &mut self.leaves[place];
                let fault = if *seen { Some(Fault::Inserted) } else { against(leaf, row) };
                *seen = true;
                self.tally.sealed += u64::from(fault.is_none());
                fault
            }
            Err(_) if self.newest.is_some_and(|newest| (row.stored_at, row.id) <= newest) => Some(Fault::Inserted),
            Err(_) => {
                self.tally.not_sealed_yet += 1;
                by_itself(row)
            }
        };
        let in_deleted = row.month.is_some_and(|month| self.deleted.contains(&month));
        let fault = fault.or(if in_deleted { Some(Fault::Inserted) } else { None });
        if let Some(fault) = fault {
            self.found(Damage::Row(row.kind, row.id, fault));
        }
    }

    /// After the last row: what is missing, and whether the newest seals are those that were published.
    #[must_use]
    pub fn finish(mut self, published: Option<&Head>) -> (Vec<Finding>, Tally) {
        for (leaf, seen) in std::mem::take(&mut self.leaves) {
            match seen {
                true => {}
                false if self.deleted.contains(&leaf.month) => self.tally.deleted += 1,
                false => self.found(Damage::Row(leaf.kind, leaf.id, Fault::Missing)),
            }
        }
        if let Some(head) = published {
            let found = self.last.map_or(0, |(seq, _)| seq);
            if head.seq > found {
                self.found(Damage::CutOff { published: head.seq, found });
            } else {
                let hash = self.hashes.get(&head.seq).map(|hash| to_hex(hash));
                if hash.as_deref() != Some(&*head.seal_hash) {
                    self.found(Damage::NotPublished(head.seq));
                }
            }
        }
        (self.findings, self.tally)
    }

    fn found(&mut self, damage: Damage) {
        self.findings.push(Finding { tenant: self.tenant.clone(), damage });
    }
}

/// What differs between a row and its leaf, the gravest first.
fn against(leaf: &Leaf, row: &Row) -> Option<Fault> {
    if row.computed != Some(leaf.hash) {
        return Some(Fault::Changed("its content or columns do not give the sealed hash"));
    }
    if row.record_hash != Some(leaf.hash) {
        return Some(Fault::Changed("record_hash"));
    }
    if row.packing != i16::from(leaf.packing) {
        return Some(Fault::Changed("packing"));
    }
    if row.month != Some(leaf.month) {
        return Some(Fault::Changed("received_month"));
    }
    if row.stored_at != leaf.stored_at {
        return Some(Fault::Reordered);
    }
    if row.key_agrees { None } else { Some(Fault::Changed("its row in decision_key")) }
}

/// What a row that is not sealed yet says against itself.
fn by_itself(row: &Row) -> Option<Fault> {
    if row.record_hash.is_none() || row.computed != row.record_hash {
        return Some(Fault::Changed("its content or columns do not give record_hash"));
    }
    if row.key_agrees { None } else { Some(Fault::Changed("its row in decision_key")) }
}

#[cfg(test)]
mod tests {
    use super::super::chain::tests::{draft, key, leaf};
    use super::super::{Head, Heads};
    use super::*;

    fn row(leaf: &Leaf) -> Row {
        Row {
            kind: leaf.kind,
            id: leaf.id,
            month: Some(leaf.month),
            packing: leaf.packing.into(),
            stored_at: leaf.stored_at,
            record_hash: Some(leaf.hash),
            computed: Some(leaf.hash),
            key_agrees: true,
        }
    }

    fn seals() -> Vec<Seal> {
        let first = draft(1, [0; 32], vec![leaf(1), leaf(2)]).sealed(&key());
        let second = draft(2, first.hash(), vec![leaf(3)]).sealed(&key());
        let third = draft(3, second.hash(), vec![leaf(4), leaf(5)]).sealed(&key());
        vec![first, second, third]
    }

    fn audited(seals: Vec<Seal>, rows: &[Row], head: Option<&Head>) -> (Vec<Damage>, Tally) {
        let (keys, deleted) = ([key().public()], HashSet::new());
        let mut audit = Audit::new("north", &keys, &deleted);
        for seal in seals {
            audit.seal(seal.draft.seq, Some(seal));
        }
        rows.iter().for_each(|row| audit.row(row));
        let (findings, tally) = audit.finish(head);
        (findings.into_iter().map(|finding| finding.damage).collect(), tally)
    }

    #[test]
    fn a_whole_record_has_no_findings() {
        let rows: Vec<Row> = (1..=6).map(|n| row(&leaf(n))).collect();
        let (found, tally) = audited(seals(), &rows, None);
        assert_eq!((found, tally), (vec![], Tally { seals: 3, sealed: 5, not_sealed_yet: 1, deleted: 0 }));
    }

    #[test]
    fn each_kind_of_damage_to_a_row_is_named() {
        type Change = fn(&mut Row);
        let changes: [(Change, Fault); 6] = [
            (|row| row.computed = None, Fault::Changed("its content or columns do not give the sealed hash")),
            (|row| row.record_hash = Some([0; 32]), Fault::Changed("record_hash")),
            (|row| row.packing = 3, Fault::Changed("packing")),
            (|row| row.month = None, Fault::Changed("received_month")),
            (|row| row.stored_at = Timestamp::UNIX_EPOCH, Fault::Reordered),
            (|row| row.key_agrees = false, Fault::Changed("its row in decision_key")),
        ];
        for (change, fault) in changes {
            let mut rows: Vec<Row> = (1..=5).map(|n| row(&leaf(n))).collect();
            change(&mut rows[2]);
            assert_eq!(audited(seals(), &rows, None).0, [Damage::Row(Kind::Decision, leaf(3).id, fault)]);
        }
        let mut rows: Vec<Row> = (1..=5).map(|n| row(&leaf(n))).collect();
        let removed = rows.remove(0);
        let missing = Damage::Row(Kind::Decision, removed.id, Fault::Missing);
        assert_eq!(audited(seals(), &rows, None).0, [missing]);
        let mut back_dated = row(&leaf(9));
        back_dated.stored_at = leaf(4).stored_at;
        rows.extend([removed, removed, back_dated]);
        let inserted = |id| Damage::Row(Kind::Decision, id, Fault::Inserted);
        assert_eq!(audited(seals(), &rows, None).0, [inserted(removed.id), inserted(back_dated.id)]);
    }

    #[test]
    fn a_seal_that_is_missing_exchanged_or_cut_off_is_named() {
        let rows: Vec<Row> = (1..=5).map(|n| row(&leaf(n))).collect();
        let whole = seals();
        let mut heads = Heads::new(key().public());
        heads.put(&whole[2]);
        let head = heads.of("north");
        assert_eq!(audited(whole.clone(), &rows, head).0, []);
        let cut = audited(whole[..2].to_vec(), &rows, head).0;
        assert_eq!(cut, [Damage::CutOff { published: 3, found: 2 }]);
        let gap = audited(vec![whole[0].clone(), whole[2].clone()], &rows, None).0;
        assert!(gap.contains(&Damage::Seal(3, SealFault::Gap)), "{gap:?}");
        // The holder of the key himself makes another history.
        let mut other = whole.clone();
        other[1] = draft(2, whole[0].hash(), vec![leaf(8)]).sealed(&key());
        let found = audited(other, &rows, head).0;
        assert!(found.contains(&Damage::Seal(3, SealFault::Previous)), "{found:?}");
        let mut rewritten = whole.clone();
        rewritten[2] = draft(3, whole[1].hash(), vec![leaf(4)]).sealed(&key());
        assert!(audited(rewritten, &rows, head).0.contains(&Damage::NotPublished(3)));
    }

    #[test]
    fn rows_of_a_month_that_was_deleted_are_counted_and_not_missed_and_none_may_be_left() {
        let (keys, deleted) = ([key().public()], HashSet::from([leaf(1).month]));
        let mut audit = Audit::new("north", &keys, &deleted);
        for seal in seals() {
            audit.seal(seal.draft.seq, Some(seal));
        }
        audit.row(&row(&leaf(1)));
        let (findings, tally) = audit.finish(None);
        assert_eq!(tally.deleted, 4);
        assert_eq!(
            findings[0].to_string(),
            format!(
                "north: decision {}: inserted (not sealed, although older than the newest seal, or a copy)",
                leaf(1).id
            )
        );
        assert_eq!(findings.len(), 1);
    }
}
