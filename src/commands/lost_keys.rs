//! Keys under the data directory that are missing although this is not the first start. A new one is made, since hooks must be
//! answered, but never without a word: what was made with the old key cannot be read or vouched for with the new one.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use crate::config::Config;
use crate::embedded;
use crate::record::{Pseudonyms, Spool, has_sealing_key, published_head};

/// A key that is missing, and was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LostKey {
    /// `pseudonym.key`.
    Pseudonyms,
    /// `keys/sealing.key`.
    Sealing,
    /// `keys/spool.key`, or it is another one than it was. Whoever opens the spool says it in the log.
    Spool,
}

impl LostKey {
    /// What is missing now, as far as files tell. A key that the configuration names elsewhere is not made here.
    pub(super) fn of(config: &Config) -> Vec<Self> {
        let data_dir = &config.data_dir;
        let mut lost = Vec::new();
        if config.pseudonym_key_file.is_none() && !Pseudonyms::is_made(data_dir) && was_used(data_dir) {
            lost.push(Self::Pseudonyms);
        }
        if config.sealing_key_file.is_none() && !has_sealing_key(data_dir) && has_seals(data_dir) {
            lost.push(Self::Sealing);
        }
        let (segments, waiting) = Spool::segments_lie_in(data_dir);
        if waiting || segments && !Spool::has_key(data_dir) {
            lost.push(Self::Spool);
        }
        lost
    }
}

impl Display for LostKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pseudonyms => {
                "pseudonym.key is missing although this data directory was in use. With a new key the same patients and users get \
                 other references, and the decisions from before are not found by the new ones: stop, put the key back from its \
                 backup, start again"
            }
            Self::Sealing => {
                "keys/sealing.key is missing although there are seals. With a new key an audit needs both public keys (herald \
                 audit verify --public-key OLD --public-key NEW), and nobody can vouch for the seals of the old one any more: \
                 stop, put the key back from its backup, start again"
            }
            Self::Spool => {
                "keys/spool.key is missing although decisions lie in the spool, or is another key than theirs (DATA_DIR/spool/*.kept). \
                 They are kept, and only their own key opens them: put it back from its backup"
            }
        })
    }
}

/// A first start makes the key of the pseudonyms before anything else.
fn was_used(data_dir: &Path) -> bool {
    has_sealing_key(data_dir) || Spool::has_key(data_dir) || has_seals(data_dir) || embedded::is_made(data_dir)
}

/// A head that cannot be read keeps the service from starting, with words of its own.
fn has_seals(data_dir: &Path) -> bool {
    matches!(published_head(data_dir), Ok(Some(heads)) if !heads.heads.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Given, load};
    use crate::record::{Limits, sealing_key};

    #[test]
    fn a_key_that_was_there_is_missed_and_a_first_start_misses_none() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path();
        let config = load(Given { data_dir: Some(data.to_owned()), ..Given::default() }).unwrap();
        assert_eq!(LostKey::of(&config), []);
        Pseudonyms::open(data).unwrap();
        assert_eq!(LostKey::of(&config), [], "the first start ended after its first key");
        sealing_key(data, None).unwrap();
        drop(Spool::open(data, Limits::default()).unwrap());
        assert_eq!(LostKey::of(&config), []);
        std::fs::remove_file(data.join("pseudonym.key")).unwrap();
        assert_eq!(LostKey::of(&config), [LostKey::Pseudonyms]);
        std::fs::remove_file(data.join("keys/spool.key")).unwrap();
        assert_eq!(LostKey::of(&config), [LostKey::Pseudonyms], "nothing lies in the spool");
        std::fs::write(data.join("spool/0000000000000001.segment"), "x").unwrap();
        assert_eq!(LostKey::of(&config), [LostKey::Pseudonyms, LostKey::Spool]);
        std::fs::rename(data.join("spool/0000000000000001.segment"), data.join("spool/1.kept")).unwrap();
        assert_eq!(LostKey::of(&config), [LostKey::Pseudonyms, LostKey::Spool], "it waits for its key");
        std::fs::remove_file(data.join("keys/sealing.key")).unwrap();
        std::fs::create_dir(data.join("seals")).unwrap();
        let head = r#"{"schema":"herald.seal-head/1","publicKey":"00","heads":[{"tenantSha256":"a","seq":1,"root":"b","sealHash":"c","sealedAt":"d","signature":"e"}]}"#;
        std::fs::write(data.join("seals/head.json"), head).unwrap();
        assert_eq!(LostKey::of(&config), [LostKey::Pseudonyms, LostKey::Sealing, LostKey::Spool]);
    }
}
