//! A look at the key set of a client from the command line: what the service would have of it now.

use super::fetch::fetch;
use super::key_set::KeySet;
use crate::config::Registration;

/// Why the client has no keys, in words that hold no piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoKeys(String);

/// Fetches the key set of this client once, as the service does, and counts the keys that may verify tokens.
///
/// # Errors
/// [`NoKeys`], also where none of them may.
pub async fn count_keys(registration: &Registration) -> Result<usize, NoKeys> {
    let fetched = fetch(registration.keys.clone()).await.map_err(|fault| NoKeys(fault.to_string()))?;
    let set = KeySet::read(&fetched.bytes, &registration.revoked).map_err(|fault| NoKeys(fault.to_string()))?;
    if set.is_empty() { Err(NoKeys("it holds no key that may verify tokens".to_owned())) } else { Ok(set.count()) }
}
