//! How evidence and reply lie in a row: packed, with a dictionary of what decisions have in common.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use bytes::Bytes;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, compress_bound};

use super::StoreError;

/// The packing written today: [`Content`], with dictionary 3.
pub(super) const PACKING: i16 = PACKING_ZSTD_3;
const PACKING_NONE: i16 = 0;
const PACKING_LZ4: i16 = 1;
const PACKING_LZ4_DICTIONARY_1: i16 = 2;
const PACKING_ZSTD_1: i16 = 3;
const PACKING_ZSTD_2: i16 = 4;
const PACKING_ZSTD_3: i16 = 5;

/// Invented replies and evidence. Rows refer to them, so these files never change: a better dictionary is a new file and
/// a new packing. The third holds tables of frequencies too, which then need not be made and stored for each decision;
/// `dictionaries/README.md` says how it was made.
const DICTIONARY_1: &[u8] = include_bytes!("dictionaries/1.txt");
const DICTIONARY_2: &[u8] = include_bytes!("dictionaries/2.txt");
const DICTIONARY_3: &[u8] = include_bytes!("dictionaries/3.zdict");

/// The fastest level that finds what the dictionary holds; `make bench-micro` shows what it costs. A finer table and longer
/// matches find more of the dictionary in the same time.
const LEVEL: i32 = 1;
const CHANGED: [CParameter; 2] = [CParameter::HashLog(14), CParameter::MinMatch(7)];

/// For what is packed once and stored with many rows: half as long.
const LEVEL_OF_SHARED: i32 = 12;

/// No stored reply comes near this; a damaged length must not make the service allocate gigabytes.
const LARGEST: usize = 256 << 20;

/// Bytes of the four lengths behind the frames.
const TAIL: usize = 16;

static FOR_SHARED: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_3, LEVEL_OF_SHARED));
static FOR_UNPACKING_1: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));
static FOR_UNPACKING_2: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_2));
static FOR_UNPACKING_3: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_3));

thread_local! {
    /// Its tables are large and the same for every decision.
    static PACKER: RefCell<Option<Packer>> = const { RefCell::new(None) };
}

/// Evidence and reply of one decision, as they are stored: a frame of them, a frame of a piece that many replies share and
/// that is left out of the first, where there is one, and the lengths of the parts (the migration that made the column describes it to the byte).
#[derive(Clone, PartialEq, Eq)]
pub struct Content(Vec<u8>);

/// A piece that many replies share, packed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedPiece {
    frame: Box<[u8]>,
    length: usize,
}

impl SharedPiece {
    /// Packs it.
    #[must_use]
    pub fn pack(piece: &[u8]) -> Self {
        let mut frame = Vec::new();
        if !piece.is_empty() {
            frame.reserve_exact(compress_bound(piece.len()));
            enough_memory(Compressor::with_prepared_dictionary(&FOR_SHARED).and_then(|mut compressor| {
                lean(&mut compressor)?;
                compressor.compress_to_buffer(piece, &mut frame)
            }));
        }
        Self { frame: frame.into(), length: piece.len() }
    }
}

impl Content {
    /// Packs both. `shared`: where in the reply a piece stands that was packed before.
    #[must_use]
    pub fn pack(evidence: &[u8], reply: &[u8], shared: Option<(&SharedPiece, usize)>) -> Self {
        let none = SharedPiece { frame: Box::default(), length: 0 };
        let (piece, at) = shared.unwrap_or((&none, reply.len()));
        let (before, behind) = (&reply[..at], &reply[at + piece.length..]);
        PACKER.with_borrow_mut(|packer| {
            let packer = packer.get_or_insert_with(|| enough_memory(Packer::new()));
            let frame = packer.frame_of([evidence, before, behind]);
            // it may wait in a queue with many others
            let mut packed = Vec::with_capacity(frame.len() + piece.frame.len() + TAIL);
            packed.extend_from_slice(frame);
            packed.extend_from_slice(&piece.frame);
            for length in [evidence.len(), before.len(), piece.length, behind.len()] {
                // A body is limited to megabytes, and so is what is made of it.
                packed.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
            }
            Self(packed)
        })
    }

    /// What waits to be stored, in the packing of today or in the one before it, which is then packed anew.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for an older packing, or bytes that do not unpack.
    pub(super) fn of_spooled(packing: i16, content: &[u8]) -> Result<Self, StoreError> {
        match packing {
            PACKING => Ok(Self(content.to_vec())),
            PACKING_ZSTD_2 => {
                let before = Packed { packing, content: Some(content), evidence: None, reply: None }.unpack()?;
                Ok(Self::pack(&before.evidence, &before.reply, None))
            }
            _ => Err(StoreError::Inconsistent("packing")),
        }
    }

    /// As the version before packed it.
    #[cfg(test)]
    pub(super) fn packed_before(evidence: &[u8], reply: &[u8]) -> (i16, Vec<u8>) {
        let both = [evidence, reply].concat();
        let mut content = Compressor::with_dictionary(LEVEL, DICTIONARY_2).unwrap().compress(&both).unwrap();
        for length in [evidence.len(), reply.len(), 0, 0] {
            content.extend(u32::try_from(length).unwrap().to_be_bytes());
        }
        (PACKING_ZSTD_2, content)
    }

    /// What is stored.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

/// A checksum, since a disk may fail; no number of the dictionary, since the row names the packing.
fn lean(compressor: &mut Compressor<'_>) -> io::Result<()> {
    compressor.include_checksum(true)?;
    compressor.include_dictid(false)
}

/// Makes frames, one after the other in the same memory.
struct Packer {
    compressor: Compressor<'static>,
    plain: Vec<u8>,
    frame: Vec<u8>,
}

/// Larger frames are rare, and their memory is given back.
const KEPT: usize = 64 << 10;

impl Packer {
    fn new() -> io::Result<Self> {
        let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY_3)?;
        for parameter in CHANGED {
            compressor.set_parameter(parameter)?;
        }
        lean(&mut compressor)?;
        Ok(Self { compressor, plain: Vec::new(), frame: Vec::new() })
    }

    /// The frame of these parts, one behind the other.
    fn frame_of(&mut self, parts: [&[u8]; 3]) -> &[u8] {
        let Self { compressor, plain, frame } = self;
        for memory in [&mut *plain, &mut *frame] {
            memory.clear();
            memory.shrink_to(KEPT);
        }
        parts.into_iter().for_each(|part| plain.extend_from_slice(part));
        frame.reserve(compress_bound(plain.len()));
        enough_memory(compressor.compress_to_buffer(plain, frame));
        frame
    }
}

/// Memory is all that compression asks for, in a buffer of the size that it names; without it nothing else would go on either.
#[expect(clippy::expect_used, reason = "level, parameters and dictionary are constants that the tests use")]
fn enough_memory<T>(done: io::Result<T>) -> T {
    done.expect("memory for packing, in a buffer that takes any frame of these bytes")
}

/// What was decided on, and what was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The canonical evidence.
    pub evidence: Bytes,
    /// The reply, byte for byte.
    pub reply: Bytes,
}

// The content is health data: it is never printed.
impl std::fmt::Debug for Unpacked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacked([phi])")
    }
}

/// The columns that hold evidence and reply.
#[derive(Clone, Copy)]
pub struct Packed<'r> {
    /// How they are packed.
    pub packing: i16,
    /// Both in one block, since packing 3.
    pub content: Option<&'r [u8]>,
    /// The evidence alone, before packing 3.
    pub evidence: Option<&'r [u8]>,
    /// The reply alone, before packing 3.
    pub reply: Option<&'r [u8]>,
}

impl Packed<'_> {
    /// The bytes that were packed in the way the row says.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for an unknown packing, or bytes that do not unpack.
    pub fn unpack(self) -> Result<Unpacked, StoreError> {
        let alone = |part: Option<&[u8]>| {
            let stored = part.ok_or(StoreError::Inconsistent("content"))?;
            match self.packing {
                PACKING_NONE => Ok(Bytes::copy_from_slice(stored)),
                PACKING_LZ4 => unpack_lz4(stored, &[]),
                PACKING_LZ4_DICTIONARY_1 => unpack_lz4(stored, DICTIONARY_1),
                _ => Err(StoreError::Inconsistent("packing")),
            }
        };
        match self.packing {
            PACKING_ZSTD_1 => unpack_zstd(self.content, &FOR_UNPACKING_1),
            PACKING_ZSTD_2 => unpack_zstd(self.content, &FOR_UNPACKING_2),
            PACKING_ZSTD_3 => unpack_zstd(self.content, &FOR_UNPACKING_3),
            _ => Ok(Unpacked { evidence: alone(self.evidence)?, reply: alone(self.reply)? }),
        }
    }
}

fn unpack_zstd(stored: Option<&[u8]>, dictionary: &DecoderDictionary<'_>) -> Result<Unpacked, StoreError> {
    let stored = stored.ok_or(StoreError::Inconsistent("content"))?;
    let damaged = || StoreError::Inconsistent("packed length");
    let (frames, tail) = stored.split_last_chunk::<TAIL>().ok_or_else(damaged)?;
    let length = |at: usize| u32::from_be_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]) as usize;
    let (evidence, before, shared, behind) = (length(0), length(4), length(8), length(12));
    let whole = evidence + before + shared + behind;
    if whole > LARGEST {
        return Err(damaged());
    }
    let unpacked = Decompressor::with_prepared_dictionary(dictionary)
        .and_then(|mut decompressor| decompressor.decompress(frames, whole))
        .map_err(|_| StoreError::Inconsistent("packed bytes"))?;
    if unpacked.len() != whole {
        return Err(damaged());
    }
    let (own, shared) = unpacked.split_at(whole - shared);
    let (evidence, reply) = own.split_at(evidence);
    let (before, behind) = reply.split_at(before);
    Ok(Unpacked { evidence: Bytes::copy_from_slice(evidence), reply: Bytes::from([before, shared, behind].concat()) })
}

fn unpack_lz4(stored: &[u8], dictionary: &[u8]) -> Result<Bytes, StoreError> {
    let (size, _) =
        lz4_flex::block::uncompressed_size(stored).map_err(|_| StoreError::Inconsistent("packed length"))?;
    if size > LARGEST {
        return Err(StoreError::Inconsistent("packed length"));
    }
    let unpacked = match dictionary {
        [] => lz4_flex::block::decompress_size_prepended(stored),
        dictionary => lz4_flex::block::decompress_size_prepended_with_dict(stored, dictionary),
    };
    unpacked.map(Bytes::from).map_err(|_| StoreError::Inconsistent("packed bytes"))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    const DIGEST_STARTS: [[u8; 8]; 3] = [
        [0xe5, 0x49, 0x5a, 0xec, 0x4d, 0x30, 0xe8, 0x95],
        [0x62, 0xf0, 0xaf, 0xab, 0x03, 0x01, 0xf9, 0x3b],
        [0x38, 0xae, 0x71, 0x97, 0x84, 0xb9, 0x60, 0x62],
    ];

    fn stored(packing: i16, content: &[u8]) -> Result<Unpacked, StoreError> {
        Packed { packing, content: Some(content), evidence: None, reply: None }.unpack()
    }

    fn apart(packing: i16, evidence: &[u8], reply: &[u8]) -> Result<Unpacked, StoreError> {
        Packed { packing, content: None, evidence: Some(evidence), reply: Some(reply) }.unpack()
    }

    #[test]
    fn evidence_and_reply_come_back_byte_for_byte() {
        let reply = br#"{"cards":[],"extension":{"a":1}}"#.repeat(50);
        for (evidence, reply) in [(&b"{\"tumour\":\"breast\"}"[..], &reply[..]), (b"", b"{}"), (b"", b"")] {
            let packed = Content::pack(evidence, reply, None);
            let unpacked = stored(PACKING, packed.as_slice()).unwrap();
            assert_eq!((&unpacked.evidence[..], &unpacked.reply[..]), (evidence, reply));
        }
        assert!(Content::pack(b"", &reply, None).as_slice().len() < reply.len() / 10);
    }

    #[test]
    fn a_piece_that_was_packed_before_comes_back_in_its_place() {
        let (evidence, reply) = (b"{}", br#"{"cards":[],"considerations":[{"id":1}],"trials":[]}"#);
        for (from, to) in [(30, 40), (0, 10), (40, reply.len()), (0, reply.len()), (20, 20)] {
            let piece = SharedPiece::pack(&reply[from..to]);
            let packed = Content::pack(evidence, reply, Some((&piece, from)));
            let unpacked = stored(PACKING, packed.as_slice()).unwrap();
            assert_eq!((&unpacked.evidence[..], &unpacked.reply[..]), (&evidence[..], &reply[..]), "{from} to {to}");
        }
    }

    #[test]
    fn rows_of_every_older_packing_are_still_read() {
        let (evidence, reply) = (b"{\"tumour\":\"breast\"}", br#"{"cards":[]}"#.repeat(9));
        let expected = Unpacked { evidence: Bytes::from_static(evidence), reply: Bytes::from(reply.clone()) };
        assert_eq!(apart(PACKING_NONE, evidence, &reply).unwrap(), expected);
        let plain = lz4_flex::block::compress_prepend_size;
        assert_eq!(apart(PACKING_LZ4, &plain(evidence), &plain(&reply)).unwrap(), expected);
        let with = |bytes: &[u8]| lz4_flex::block::compress_prepend_size_with_dict(bytes, DICTIONARY_1);
        assert_eq!(apart(PACKING_LZ4_DICTIONARY_1, &with(evidence), &with(&reply)).unwrap(), expected);
        let both = [&evidence[..], &reply].concat();
        let mut content = Compressor::with_dictionary(LEVEL, DICTIONARY_1).unwrap().compress(&both).unwrap();
        for length in [evidence.len(), reply.len(), 0, 0] {
            content.extend(u32::try_from(length).unwrap().to_be_bytes());
        }
        assert_eq!(stored(PACKING_ZSTD_1, &content).unwrap(), expected);
        let (packing, content) = Content::packed_before(evidence, &reply);
        assert_eq!(stored(packing, &content).unwrap(), expected);
    }

    /// Packing is no encryption, but a name that stands among others shall not be found by a search in the files.
    #[test]
    fn ids_and_names_in_any_letters_are_not_stored_as_they_were_sent() {
        let lists: [&[&str]; 4] = [
            &[
                "Kq3vXzP0fTgW9aLmRbE7dUyHcN2sJ8oVi4x-tQ_1",
                "Zt8WpYc0QhLr5NvGmXk2BsJdEfUa7TiO9lRx3Vq6",
                "gH5_pQ2wEr7tYu8iOp0aSdFz",
            ],
            &["GFQ0MWUFXBV932BYV7S6", "TR8KQZ7CANARYXKWPLMV", "LM4PXW0Q2Z9VTYB6NDKE", "ZZ81KQW0PLXV53MTRB7C"],
            &[
                "\u{41a}\u{43e}\u{432}\u{430}\u{43b}\u{435}\u{432}\u{430}",
                "\u{41f}\u{435}\u{442}\u{440}\u{43e}\u{432}\u{441}\u{43a}\u{430}\u{44f}",
            ],
            &["ab34cf12-98ee-4d21-9a0b-12cd34ef56ab"],
        ];
        for ids in lists {
            let evidence = format!("{{\"evidence\":[\"{}\"]}}", ids.join("\",\""));
            let packed = Content::pack(evidence.as_bytes(), b"{\"cards\":[]}", None);
            let runs = ids.iter().flat_map(|id| id.as_bytes().windows(8));
            let readable = runs.filter(|run| packed.as_slice().windows(8).any(|window| window == *run)).count();
            assert_eq!(readable, 0, "{evidence}");
        }
    }

    #[test]
    fn the_dictionaries_that_rows_refer_to_never_change() {
        for (dictionary, start) in [DICTIONARY_1, DICTIONARY_2, DICTIONARY_3].into_iter().zip(DIGEST_STARTS) {
            let digest: [u8; 32] = Sha256::digest(dictionary).into();
            assert_eq!(digest[..8], start);
        }
    }

    #[test]
    fn a_damaged_row_is_reported_and_never_guessed() {
        let packed = Content::pack(b"{}", &[7; 1_000], None).as_slice().to_vec();
        for at in 0..packed.len() - TAIL {
            let mut damaged = packed.clone();
            damaged[at] ^= 1;
            let unpacked = stored(PACKING, &damaged);
            let whole = |unpacked: Unpacked| unpacked.evidence == b"{}"[..] && unpacked.reply == [7; 1_000][..];
            assert!(unpacked.is_err() || unpacked.is_ok_and(whole), "byte {at}");
        }
        for length in 0..packed.len() {
            assert!(stored(PACKING, &packed[..length]).is_err(), "cut after {length} bytes");
        }
        let mut longer = packed.clone();
        *longer.last_mut().unwrap() += 1;
        assert!(stored(PACKING, &longer).is_err());
        assert!(stored(PACKING, &[255; 20]).is_err());
        assert!(stored(9, &packed).is_err());
        assert!(apart(PACKING, b"{}", b"{}").is_err());
        assert!(apart(PACKING_LZ4, &[255; 8], &[255; 8]).is_err());
    }
}
