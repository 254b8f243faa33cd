//! The published head: the newest seal of every tenant, outside the database. Without it nobody could tell that the newest
//! seals were cut off.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chain::Seal;
use super::hex::to_hex;
use super::key::PublicKey;

/// The newest seal of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// SHA-256 of the tenant's name: the head is public, the name need not be.
    pub tenant_sha256: String,
    /// Number of the seal.
    pub seq: u64,
    /// Root of its tree.
    pub root: String,
    /// SHA-256 of its signed statement.
    pub seal_hash: String,
    /// When it was made.
    pub sealed_at: String,
    /// The signature of that statement.
    pub signature: String,
}

/// The document that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heads {
    schema: String,
    /// What signatures are checked with.
    pub public_key: String,
    /// One for each tenant that has a seal.
    pub heads: Vec<Head>,
}

impl Heads {
    /// None yet.
    #[must_use]
    pub fn new(key: PublicKey) -> Self {
        Self { schema: "herald.seal-head/1".to_owned(), public_key: to_hex(&key.0), heads: Vec::new() }
    }

    /// Puts `seal` in the place of an older one of its tenant; false where it is known already.
    pub fn put(&mut self, seal: &Seal) -> bool {
        let tenant_sha256 = name_of(&seal.draft.tenant);
        let known = self.heads.iter().find(|head| head.tenant_sha256 == tenant_sha256);
        if known.is_some_and(|known| known.seq >= seal.draft.seq) {
            return false;
        }
        self.heads.retain(|head| head.tenant_sha256 != tenant_sha256);
        self.heads.push(Head {
            tenant_sha256,
            seq: seal.draft.seq,
            root: to_hex(&seal.root),
            seal_hash: to_hex(&seal.hash()),
            sealed_at: seal.draft.sealed_at.to_string(),
            signature: to_hex(&seal.signature),
        });
        true
    }

    /// The same heads, for checking what is signed with `key` from now on.
    #[must_use]
    pub fn signed_with(self, key: PublicKey) -> Self {
        Self { public_key: to_hex(&key.0), ..self }
    }

    /// Whether the newest seal that the database has can follow what was published: it is newer, or the very same.
    #[must_use]
    pub fn agree(&self, tenant: &str, newest: Option<&Seal>) -> bool {
        let Some(head) = self.of(tenant) else { return true };
        newest.is_some_and(|seal| {
            seal.draft.seq > head.seq || seal.draft.seq == head.seq && to_hex(&seal.hash()) == head.seal_hash
        })
    }

    /// The heads that belong to none of `tenants`.
    pub fn beside<'h>(&'h self, tenants: &[String]) -> impl Iterator<Item = &'h Head> {
        let known: Vec<String> = tenants.iter().map(|tenant| name_of(tenant)).collect();
        self.heads.iter().filter(move |head| !known.contains(&head.tenant_sha256))
    }

    /// Is it the very seal that was published?
    #[must_use]
    pub fn names(&self, seal: &Seal) -> bool {
        self.of(&seal.draft.tenant)
            .is_some_and(|head| head.seq == seal.draft.seq && head.seal_hash == to_hex(&seal.hash()))
    }

    /// The head of a tenant.
    #[must_use]
    pub fn of(&self, tenant: &str) -> Option<&Head> {
        let wanted = name_of(tenant);
        self.heads.iter().find(|head| head.tenant_sha256 == wanted)
    }
}

fn name_of(tenant: &str) -> String {
    to_hex(&Sha256::digest(tenant))
}

#[cfg(test)]
mod tests {
    use super::super::chain::tests::{draft, key, leaf};
    use super::*;

    #[test]
    fn the_newest_seal_of_a_tenant_is_its_head_and_names_no_tenant() {
        let mut heads = Heads::new(key().public());
        let (first, second) =
            (draft(1, [0; 32], vec![leaf(1)]).sealed(&key()), draft(2, [1; 32], vec![leaf(2)]).sealed(&key()));
        assert!(heads.put(&second) && !heads.put(&first) && !heads.put(&second));
        assert_eq!(heads.of("north").map(|head| (head.seq, &*head.seal_hash)), Some((2, &*to_hex(&second.hash()))));
        assert_eq!(heads.of("south"), None);
        let another = draft(2, [2; 32], vec![leaf(2)]).sealed(&key());
        assert!(heads.agree("north", Some(&second)) && heads.agree("south", None));
        assert!(![Some(&first), Some(&another), None].into_iter().any(|newest| heads.agree("north", newest)));
        assert!(!serde_json::to_string(&heads).unwrap().contains("north"));
    }
}
