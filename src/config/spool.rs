//! `spool_bytes` and `when_spool_full`: how much waits on the local disk while the database is away, and what is answered
//! when no more may wait.

use super::fault::Fault;
use crate::journal::{Limits, WhenFull};

/// Less than this holds no decision.
const LEAST_BYTES: u64 = 4_096;

pub(super) fn limits(bytes: Option<u64>, when_full: Option<&str>) -> Result<Limits, Fault> {
    let bytes = bytes.unwrap_or(Limits::default().bytes);
    if bytes < LEAST_BYTES {
        return Err(Fault::TooSmallSpool(LEAST_BYTES));
    }
    match when_full {
        None | Some("serve") => Ok(Limits { bytes, when_full: WhenFull::Serve }),
        Some("refuse") => Ok(Limits { bytes, when_full: WhenFull::Refuse }),
        Some(other) => Err(Fault::NeitherServeNorRefuse(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spool_has_a_size_and_a_policy_for_when_it_is_full() {
        assert_eq!(limits(None, None).unwrap(), Limits { bytes: 1 << 30, when_full: WhenFull::Serve });
        assert_eq!(limits(Some(5_000), Some("refuse")).unwrap(), Limits { bytes: 5_000, when_full: WhenFull::Refuse });
        assert!(limits(Some(9), None).unwrap_err().to_string().contains("spool_bytes: at least"));
        assert!(limits(None, Some("drop")).unwrap_err().to_string().contains("`drop` is neither"));
    }
}
