//! A decision as it lies in the database: packed bytes, hashes and short words.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use time::Date;
use uuid::Uuid;

use super::StoreError;
use super::instants::to_stored;

/// One row of `decision` or `decision_conflict`.
#[derive(Clone)]
pub struct DecisionRow {
    /// The tenant; never empty.
    pub tenant: Arc<str>,
    /// The CDS service that answered.
    pub service: Cow<'static, str>,
    /// The client's id of this firing of the hook.
    pub hook_instance: Box<str>,
    /// The hook, for instance `patient-view`.
    pub hook: Cow<'static, str>,
    /// UUIDv7: the order of ids is the order in time.
    pub decision_id: Uuid,
    /// The client's clock, where the request tells it.
    pub client_at: Option<Timestamp>,
    /// Our clock at receipt.
    pub received_at: Timestamp,
    /// Category of the lead specimen, or `none`.
    pub category: Cow<'static, str>,
    /// Next step of the lead specimen, or `none`.
    pub next_step: Cow<'static, str>,
    /// Which key made the two references below.
    pub pseudonym_key: [u8; 4],
    /// Keyed hash of the patient's id.
    pub patient_ref: Option<[u8; 32]>,
    /// Keyed hash of the user's id.
    pub user_ref: Option<[u8; 32]>,
    /// SHA-256 of what the answer was computed from.
    pub request_hash: [u8; 32],
    /// SHA-256 over all loaded rule files.
    pub rules_digest: [u8; 32],
    /// Leaf of the tamper-evident record.
    pub record_hash: [u8; 32],
    /// The cards of the reply, in their order.
    pub card_ids: Vec<Uuid>,
    /// Evidence, packed.
    pub evidence: PackedBytes,
    /// The reply, packed.
    pub reply: PackedBytes,
}

impl DecisionRow {
    /// The first day of the month (UTC) in which the request was received: the partition.
    pub(super) fn received_month(&self) -> Date {
        let day = to_stored(self.received_at).date();
        day.replace_day(1).unwrap_or(day)
    }
}

// The content of a decision is health data: no field of it is printed.
impl std::fmt::Debug for DecisionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionRow").field("decision_id", &self.decision_id).finish_non_exhaustive()
    }
}

/// An LZ4 block after its uncompressed length, with a dictionary of what replies have in common (packing 2 of the table).
#[derive(Clone, PartialEq, Eq)]
pub struct PackedBytes(Vec<u8>);

/// The packing written today.
pub(super) const PACKING: i16 = PACKING_DICTIONARY_1;
const PACKING_NONE: i16 = 0;
const PACKING_LZ4: i16 = 1;
const PACKING_DICTIONARY_1: i16 = 2;

/// Invented replies and evidence. Rows refer to it, so this file never changes: a better dictionary is a new file and a new
/// number.
const DICTIONARY_1: &[u8] = include_bytes!("dictionaries/1.txt");

/// No stored reply comes near this; a damaged length must not make the service allocate gigabytes.
const LARGEST: usize = 64 << 20;

impl PackedBytes {
    /// Packs `bytes`.
    #[must_use]
    pub fn pack(bytes: &[u8]) -> Self {
        Self(lz4_flex::block::compress_prepend_size_with_dict(bytes, DICTIONARY_1))
    }

    /// What is stored.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The bytes that were packed in the way the row says.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for an unknown packing, or bytes that do not unpack.
    pub fn unpack(packing: i16, stored: &[u8]) -> Result<Bytes, StoreError> {
        match packing {
            PACKING_NONE => Ok(Bytes::copy_from_slice(stored)),
            PACKING_LZ4 | PACKING_DICTIONARY_1 => {
                let (size, _) = lz4_flex::block::uncompressed_size(stored)
                    .map_err(|_| StoreError::Inconsistent("packed length"))?;
                if size > LARGEST {
                    return Err(StoreError::Inconsistent("packed length"));
                }
                let unpacked = match packing {
                    PACKING_LZ4 => lz4_flex::block::decompress_size_prepended(stored),
                    _ => lz4_flex::block::decompress_size_prepended_with_dict(stored, DICTIONARY_1),
                };
                unpacked.map(Bytes::from).map_err(|_| StoreError::Inconsistent("packed bytes"))
            }
            _ => Err(StoreError::Inconsistent("packing")),
        }
    }
}

/// Who holds a key already, as `decision_key` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHolder {
    /// The decision that came first.
    pub decision_id: Uuid,
    /// Its partition.
    pub(super) received_month: Date,
    /// What it was computed from.
    pub request_hash: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_comes_back_byte_for_byte() {
        let reply = br#"{"cards":[],"extension":{"a":1}}"#.repeat(50);
        let packed = PackedBytes::pack(&reply);
        assert!(packed.as_slice().len() < reply.len());
        assert_eq!(PackedBytes::unpack(PACKING, packed.as_slice()).unwrap(), reply);
        assert_eq!(PackedBytes::unpack(PACKING_NONE, &reply).unwrap(), reply);
    }

    #[test]
    fn a_damaged_reply_is_reported_and_never_guessed() {
        let mut packed = PackedBytes::pack(&[7; 1_000]).as_slice().to_vec();
        packed.truncate(packed.len() - 1);
        assert!(PackedBytes::unpack(PACKING, &packed).is_err());
        assert!(PackedBytes::unpack(PACKING, &[255; 8]).is_err());
        assert!(PackedBytes::unpack(9, &[]).is_err());
    }
}
