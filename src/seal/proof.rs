//! A proof that one row is sealed, without any other row: an auditor checks it with the public key alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chain::Seal;
use super::hex::{from_hex, to_hex};
use super::key::PublicKey;
use super::tree::{climb, path};

const SCHEMA: &str = "herald.seal-proof/1";

/// The proof as JSON: everything in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    schema: String,
    /// The decision.
    pub decision: String,
    /// `record_hash` of the row.
    pub record_hash: String,
    /// Its place among the leaves of the seal, from 0.
    place: usize,
    /// How many leaves the seal has.
    leaves: usize,
    /// The hashes beside the way from the leaf to the root.
    path: Vec<String>,
    /// Root of the seal.
    root: String,
    /// The signed bytes of the seal: they hold the root.
    statement: String,
    /// Its signature.
    signature: String,
    /// Who signed.
    pub public_key: String,
}

impl Proof {
    /// The proof of the row at `place` of `seal`. None: there is no such row.
    #[must_use]
    pub fn of(seal: &Seal, place: usize, key: PublicKey) -> Option<Self> {
        let leaf = seal.draft.leaves.get(place)?;
        let hashes: Vec<[u8; 32]> = seal.draft.leaves.iter().map(|leaf| leaf.hash).collect();
        Some(Self {
            schema: SCHEMA.to_owned(),
            decision: leaf.id.to_string(),
            record_hash: to_hex(&leaf.hash),
            place,
            leaves: hashes.len(),
            path: path(&hashes, place)?.iter().map(|hash| to_hex(hash)).collect(),
            root: to_hex(&seal.root),
            statement: to_hex(&seal.statement()),
            signature: to_hex(&seal.signature),
            public_key: to_hex(&key.0),
        })
    }

    /// Whether it proves that the holder of `key` sealed the row of `record_hash`.
    #[must_use]
    pub fn holds(&self, key: PublicKey) -> bool {
        self.proved(key).is_some()
    }

    fn proved(&self, key: PublicKey) -> Option<()> {
        let way: Vec<[u8; 32]> = self.path.iter().map(|hash| from_hex(hash)).collect::<Option<_>>()?;
        let root = climb(from_hex(&self.record_hash)?, self.place, self.leaves, &way)?;
        let statement = bytes(&self.statement)?;
        let stated = [&32_u32.to_be_bytes()[..], &root].concat();
        let count = [&8_u32.to_be_bytes()[..], &(self.leaves as u64).to_be_bytes()].concat();
        let holds_root = fields(&statement)?.get(5..7) == Some(&[&count[4..], &stated[4..]]);
        let signed = key.accepts(&statement, &from_hex(&self.signature)?);
        (self.schema == SCHEMA && holds_root && signed && to_hex(&root) == self.root).then_some(())
    }

    /// SHA-256 of the signed statement: the seal's name in the chain and in published heads.
    #[must_use]
    pub fn seal_hash(&self) -> Option<[u8; 32]> {
        Some(Sha256::digest(bytes(&self.statement)?).into())
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| from_hex::<1>(std::str::from_utf8(pair).ok()?).map(|[byte]| byte);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// The fields of a statement, each after its length.
fn fields(mut statement: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !statement.is_empty() {
        let (length, rest) = statement.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        fields.push(field);
        statement = rest;
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::super::SealingKey;
    use super::super::chain::tests::{draft, key, leaf};
    use super::*;

    #[test]
    fn one_row_is_proved_with_the_public_key_alone_and_nothing_in_the_proof_can_be_changed() {
        let seal = draft(1, [0; 32], (0..7).map(leaf).collect()).sealed(&key());
        let proof = Proof::of(&seal, 4, key().public()).unwrap();
        let json = serde_json::to_string(&proof).unwrap();
        let read: Proof = serde_json::from_str(&json).unwrap();
        assert!(read.holds(key().public()) && read.seal_hash() == Some(seal.hash()));
        assert!(!read.holds(SealingKey::from_seed(&[8; 32]).unwrap().public()));
        assert!(!json.contains(&leaf(3).id.to_string()), "no other row is in it");
        let changes: [fn(&mut Proof); 8] = [
            |proof| proof.record_hash = to_hex(&[5; 32]),
            |proof| proof.place = 3,
            |proof| proof.leaves = 8,
            |proof| drop(proof.path.pop()),
            |proof| proof.path[0] = to_hex(&[0; 32]),
            |proof| proof.root = to_hex(&[0; 32]),
            |proof| proof.statement.replace_range(60..62, "ff"),
            |proof| proof.signature.replace_range(0..2, "ff"),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut changed = proof.clone();
            change(&mut changed);
            assert!(!changed.holds(key().public()), "change {number}");
        }
        assert_eq!(Proof::of(&seal, 7, key().public()), None);
    }
}
