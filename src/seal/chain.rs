//! One seal: a signed statement about a run of rows of one tenant, and the hash of the seal before it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::key::{KeyId, PublicKey, SealingKey};
use super::leaf::Leaf;
use super::tree::root;

const FORM: &[u8] = b"herald.seal/1";

/// What a seal says, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whose rows.
    pub tenant: String,
    /// 1 for the first seal of a tenant, and one more for each.
    pub seq: u64,
    /// Hash of the seal before it; 32 zero bytes for the first one.
    pub previous: [u8; 32],
    /// When it was made, by the clock of the service.
    pub sealed_at: Timestamp,
    /// The rows in the order in which they were stored.
    pub leaves: Vec<Leaf>,
}

/// A seal as it is stored. Its fields are what the database says, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What it says.
    pub draft: Draft,
    /// Root of the Merkle tree over the hashes of its rows.
    pub root: [u8; 32],
    /// Which key signed it.
    pub key: KeyId,
    /// Ed25519 over [`Seal::statement`].
    pub signature: [u8; 64],
}

/// What is wrong with a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// Its bytes are not those of a seal.
    #[error("it cannot be read")]
    Unreadable,
    /// The tree over its leaves has another root.
    #[error("its leaves do not give its root")]
    Root,
    /// It was changed after it was signed, or signed by somebody else.
    #[error("its signature does not hold")]
    Signature,
    /// Nobody told which public key to check it with.
    #[error("it was signed with a key that is not known")]
    UnknownKey,
    /// The seal before it is not the one that it names.
    #[error("it does not follow the seal before it")]
    Previous,
    /// Seals before it are gone.
    #[error("a seal before it is missing")]
    Gap,
}

impl Draft {
    /// Signs it.
    #[must_use]
    pub fn sealed(self, key: &SealingKey) -> Seal {
        let root = root_of(&self.leaves);
        let mut seal = Seal { draft: self, root, key: key.public().id(), signature: [0; 64] };
        seal.signature = key.sign(&seal.statement());
        seal
    }
}

impl Seal {
    /// The bytes that are signed: the name of the form and every field, each after its length in four bytes. The leaves
    /// count by their own digest.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let Draft { tenant, seq, previous, sealed_at, leaves } = &self.draft;
        let digest: [u8; 32] = Sha256::digest(Leaf::encode_all(leaves)).into();
        let mut statement = Vec::with_capacity(256);
        for field in [
            FORM,
            tenant.as_bytes(),
            &seq.to_be_bytes(),
            previous,
            &sealed_at.as_microsecond().to_be_bytes(),
            &(leaves.len() as u64).to_be_bytes(),
            &self.root,
            &digest,
            &self.key,
        ] {
            // The longest field is the name of a tenant.
            statement.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
            statement.extend_from_slice(field);
        }
        statement
    }

    /// SHA-256 of what is signed: how the next seal and the published head name this one.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.statement()).into()
    }

    /// Checks the seal by itself: its tree and its signature.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, keys: &[PublicKey]) -> Result<(), SealFault> {
        if root_of(&self.draft.leaves) != self.root {
            return Err(SealFault::Root);
        }
        let key = keys.iter().find(|key| key.id() == self.key).ok_or(SealFault::UnknownKey)?;
        if key.accepts(&self.statement(), &self.signature) { Ok(()) } else { Err(SealFault::Signature) }
    }
}

fn root_of(leaves: &[Leaf]) -> [u8; 32] {
    root(&leaves.iter().map(|leaf| leaf.hash).collect::<Vec<_>>())
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::super::{Kind, Month};
    use super::*;

    pub(in crate::seal) fn key() -> SealingKey {
        SealingKey::from_seed(&[7; 32]).unwrap()
    }

    pub(in crate::seal) fn leaf(number: u8) -> Leaf {
        Leaf {
            kind: Kind::Decision,
            month: Month::new(2026, 11).unwrap(),
            packing: 4,
            id: Uuid::from_u128(number.into()),
            stored_at: Timestamp::from_microsecond(i64::from(number) * 1_000_000).unwrap(),
            hash: [number; 32],
        }
    }

    pub(in crate::seal) fn draft(seq: u64, previous: [u8; 32], leaves: Vec<Leaf>) -> Draft {
        Draft { tenant: "north".to_owned(), seq, previous, sealed_at: Timestamp::UNIX_EPOCH, leaves }
    }

    #[test]
    fn a_seal_holds_and_no_field_of_it_can_be_changed() {
        type Change = fn(&mut Seal);
        let seal = draft(1, [0; 32], vec![leaf(1), leaf(2), leaf(3)]).sealed(&key());
        let keys = [key().public()];
        assert_eq!(seal.check(&keys), Ok(()));
        assert_eq!(seal.check(&[]), Err(SealFault::UnknownKey));
        let changes: [(Change, SealFault); 9] = [
            (|seal| seal.draft.tenant.push('x'), SealFault::Signature),
            (|seal| seal.draft.seq = 2, SealFault::Signature),
            (|seal| seal.draft.previous[0] ^= 1, SealFault::Signature),
            (|seal| seal.draft.sealed_at = Timestamp::MAX, SealFault::Signature),
            (|seal| seal.draft.leaves[0].packing = 3, SealFault::Signature),
            (|seal| seal.draft.leaves[0].stored_at = Timestamp::MAX, SealFault::Signature),
            (|seal| seal.draft.leaves.swap(0, 1), SealFault::Root),
            (|seal| seal.root[0] ^= 1, SealFault::Root),
            (|seal| seal.signature[0] ^= 1, SealFault::Signature),
        ];
        for (change, fault) in changes {
            let mut changed = seal.clone();
            change(&mut changed);
            assert_eq!(changed.check(&keys), Err(fault));
        }
    }
}
