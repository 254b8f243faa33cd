//! Tamper evidence, without I/O: the Merkle tree over the hashes of the record, the chain of signed seals, proofs for one row,
//! and what an audit finds. The database stores all of it and is trusted with none of it.

mod audit;
mod chain;
mod head;
mod hex;
mod key;
mod leaf;
mod proof;
mod tree;

pub use audit::{Audit, Damage, Fault, Finding, Row, Tally};
pub use chain::{Draft, Seal, SealFault};
pub use head::{Head, Heads};
pub use hex::{from_hex, to_hex};
pub use key::{KeyId, PublicKey, SealingKey};
pub use leaf::{Kind, Leaf, Month};
pub use proof::Proof;
pub use tree::{climb, path, root};
