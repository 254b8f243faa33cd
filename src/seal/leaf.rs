//! What a seal keeps of a row: enough to find it, to tell what was changed, and to rebuild the tree when the row is gone.

use jiff::Timestamp;
use uuid::Uuid;

/// Which table a row lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `decision`
    Decision,
    /// `decision_conflict`
    Conflict,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Decision => 0,
            Self::Conflict => 1,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Decision),
            1 => Some(Self::Conflict),
            _ => None,
        }
    }

    /// The table.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Conflict => "decision_conflict",
        }
    }
}

/// Year and month in which a row is filed, as `12 × year + month − 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub u16);

impl Month {
    /// None for a month that no record has.
    #[must_use]
    pub fn new(year: i32, month: u8) -> Option<Self> {
        let months = year.checked_mul(12)?.checked_add(i32::from(month) - 1)?;
        if (1..=12).contains(&month) { u16::try_from(months).ok().map(Self) } else { None }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

/// One sealed row. The tree is built over `hash` alone; the rest is covered by the digest that the seal signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Where it lies.
    pub kind: Kind,
    /// In which month it is filed.
    pub month: Month,
    /// How its content is packed.
    pub packing: u8,
    /// Its id.
    pub id: Uuid,
    /// When the database stored it, by its own clock.
    pub stored_at: Timestamp,
    /// `record_hash`: SHA-256 of 0x00 and the canonical bytes of the row.
    pub hash: [u8; 32],
}

impl Leaf {
    /// Bytes of one leaf in the column `leaves`: kind, packing, month (2), id (16), microseconds since 1970 (8), hash (32).
    pub const BYTES: usize = 60;

    /// As it is stored.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = self.kind.byte();
        bytes[1] = self.packing;
        bytes[2..4].copy_from_slice(&self.month.0.to_be_bytes());
        bytes[4..20].copy_from_slice(self.id.as_bytes());
        bytes[20..28].copy_from_slice(&self.stored_at.as_microsecond().to_be_bytes());
        bytes[28..].copy_from_slice(&self.hash);
        bytes
    }

    /// A whole column.
    #[must_use]
    pub fn encode_all(leaves: &[Self]) -> Vec<u8> {
        leaves.iter().map(Self::encode).collect::<Vec<_>>().into_flattened()
    }

    /// All leaves of a column; None where these bytes were never written by a seal.
    #[must_use]
    pub fn decode_all(bytes: &[u8]) -> Option<Vec<Self>> {
        let (leaves, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        if rest.is_empty() { leaves.iter().map(Self::decode).collect() } else { None }
    }

    fn decode(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (id, rest) = bytes[4..].split_first_chunk::<16>()?;
        let (stored_at, hash) = rest.split_first_chunk::<8>()?;
        Some(Self {
            kind: Kind::of(bytes[0])?,
            packing: bytes[1],
            month: Month(u16::from_be_bytes([bytes[2], bytes[3]])),
            id: Uuid::from_bytes(*id),
            stored_at: Timestamp::from_microsecond(i64::from_be_bytes(*stored_at)).ok()?,
            hash: hash.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_comes_back_as_it_was_and_other_bytes_are_none() {
        let leaf = Leaf {
            kind: Kind::Conflict,
            month: Month::new(2026, 11).unwrap(),
            packing: 4,
            id: Uuid::from_u128(7),
            stored_at: "2026-11-24T10:00:00.123456Z".parse().unwrap(),
            hash: [9; 32],
        };
        let bytes = Leaf::encode_all(&[leaf, leaf]);
        assert_eq!(bytes, [leaf.encode(), leaf.encode()].concat());
        assert_eq!(Leaf::decode_all(&bytes), Some(vec![leaf, leaf]));
        assert_eq!(Leaf::decode_all(&bytes[1..]), None);
        let mut unknown = leaf.encode();
        unknown[0] = 9;
        assert_eq!(Leaf::decode_all(&unknown), None);
    }

    #[test]
    fn a_month_is_written_as_people_write_it() {
        assert_eq!(Month::new(2026, 11).unwrap().to_string(), "2026-11");
        assert_eq!(Month::new(2027, 1).unwrap().to_string(), "2027-01");
        assert!(Month::new(2026, 12).unwrap() < Month::new(2027, 1).unwrap());
        assert_eq!((Month::new(2026, 13), Month::new(-1, 1), Month::new(9_999, 1)), (None, None, None));
    }
}
