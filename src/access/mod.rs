//! Who calls: bearer tokens of CDS clients (CDS Hooks, "Trusting CDS Clients"), their keys, their use once only, their quota.
//!
//! The only room that knows jsonwebtoken. It never fetches what a token names, and never says to a caller what was wrong.

mod base64url;
mod caller;
mod claims;
mod crypto;
mod fetch;
mod gate;
mod header;
mod kept;
mod key;
mod key_ring;
mod key_set;
mod look;
mod refusal;
mod replay;
mod schedule;
mod signature;
mod token;

pub use caller::{Caller, Endpoint, Token};
pub use crypto::install_crypto;
pub use gate::{Access, AccessError};
pub use look::{NoKeys, count_keys};
pub use refusal::{Cause, Refusal};
pub use replay::{Spent, TokenUse};
