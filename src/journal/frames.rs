//! The form of a segment: a header, then frames `[length u32][crc32c u32][seq u64][payload]`, then zeros that were reserved
//! and not used. Numbers are big-endian; the checksum covers length, sequence number and payload.

/// Bytes of a header.
pub const HEADER_BYTES: u64 = 32;
/// Bytes that a frame adds to its payload.
pub const FRAME_OVERHEAD: usize = 16;

const MAGIC: [u8; 8] = *b"HRLDSPL\x01";
/// No payload comes near this: a damaged length must not be believed.
const LONGEST_PAYLOAD: usize = 64 << 20;
/// A segment holds fewer frames than this, so a frame behind damage is known by its number too.
const MOST_FRAMES: u64 = 1 << 20;

/// What a segment says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Which key its payloads are sealed with: the start of a hash of it.
    pub key: [u8; 4],
    /// Its number, as in its name.
    pub segment: u64,
}

impl Header {
    /// As it is written.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&self.key);
        bytes[12..20].copy_from_slice(&self.segment.to_be_bytes());
        let check = crc32c::crc32c(&bytes[..28]);
        bytes[28..].copy_from_slice(&check.to_be_bytes());
        bytes
    }

    /// None where the first bytes are no header of this version.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.first_chunk::<{ HEADER_BYTES as usize }>()?;
        let whole = bytes[..8] == MAGIC && bytes[28..] == crc32c::crc32c(&bytes[..28]).to_be_bytes();
        whole.then(|| Self { key: [bytes[8], bytes[9], bytes[10], bytes[11]], segment: u64_at(bytes, 12) })
    }
}

/// The number of the first frame of a segment. Numbers rise through all segments.
#[must_use]
pub const fn first_frame(segment: u64) -> u64 {
    segment.saturating_mul(MOST_FRAMES)
}

/// Appends a frame.
pub fn frame(seq: u64, payload: &[u8], to: &mut Vec<u8>) {
    // A payload is a decision, whose body is limited to megabytes.
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(&checksum(length, seq, payload).to_be_bytes());
    to.extend_from_slice(&seq.to_be_bytes());
    to.extend_from_slice(payload);
}

/// Bytes of the whole frame that begins like this; None where no frame does.
#[must_use]
pub fn frame_bytes(start: [u8; 4]) -> Option<usize> {
    let length = u32::from_be_bytes(start) as usize;
    (1..=LONGEST_PAYLOAD).contains(&length).then_some(FRAME_OVERHEAD + length)
}

/// What a payload is bound to when it is sealed: a frame that was moved to another place does not open.
#[must_use]
pub fn frame_tag(segment: u64, seq: u64) -> [u8; 16] {
    let mut tag = [0; 16];
    tag[..8].copy_from_slice(&segment.to_be_bytes());
    tag[8..].copy_from_slice(&seq.to_be_bytes());
    tag
}

/// What is found in a segment, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'s> {
    /// A frame whose checksum is right.
    Whole {
        /// Its number.
        seq: u64,
        /// Where it begins.
        at: u64,
        /// What it holds.
        payload: &'s [u8],
    },
    /// From here to there nothing can be read, and something was there. The end may be the end of the segment.
    Damaged {
        /// First byte.
        from: u64,
        /// Behind the last byte.
        to: u64,
    },
}

/// Reads frames from an offset on. Ends at the reserved zeros, or at the end of the bytes.
#[derive(Debug)]
pub struct Frames<'s> {
    bytes: &'s [u8],
    at: usize,
    /// The next frame has this number or a greater one.
    least: u64,
    /// And a smaller one than this.
    end: u64,
}

impl<'s> Frames<'s> {
    /// Of the segment of this number, given whole, from the offset `at` on.
    #[must_use]
    pub fn of(segment: u64, bytes: &'s [u8], at: u64) -> Self {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        Self { bytes, at, least: first_frame(segment), end: first_frame(segment.saturating_add(1)) }
    }

    /// Where the next frame would begin.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at as u64
    }

    fn frame_at(&self, at: usize) -> Option<(u64, &'s [u8])> {
        let head = self.bytes.get(at..at + FRAME_OVERHEAD)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let seq = u64_at(head, 8);
        if frame_bytes([head[0], head[1], head[2], head[3]]).is_none() || !(self.least..self.end).contains(&seq) {
            return None;
        }
        let payload = self.bytes.get(at + FRAME_OVERHEAD..)?.get(..length as usize)?;
        (checksum(length, seq, payload).to_be_bytes() == head[4..8]).then_some((seq, payload))
    }
}

impl<'s> Iterator for Frames<'s> {
    type Item = Frame<'s>;

    fn next(&mut self) -> Option<Frame<'s>> {
        if let Some((seq, payload)) = self.frame_at(self.at) {
            let at = self.at as u64;
            self.at += FRAME_OVERHEAD + payload.len();
            self.least = seq.saturating_add(1);
            return Some(Frame::Whole { seq, at, payload });
        }
        let rest = &self.bytes[self.at..];
        if rest.iter().all(|byte| *byte == 0) {
            return None;
        }
        let from = self.at;
        let found = (from + 1..self.bytes.len()).find(|at| self.frame_at(*at).is_some());
        self.at = found.unwrap_or(self.bytes.len());
        Some(Frame::Damaged { from: from as u64, to: self.at as u64 })
    }
}

fn checksum(length: u32, seq: u64, payload: &[u8]) -> u32 {
    let mut head = [0; 12];
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4..].copy_from_slice(&seq.to_be_bytes());
    crc32c::crc32c_append(crc32c::crc32c(&head), payload)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment() -> (Vec<u8>, Vec<Vec<u8>>) {
        let mut bytes = Header { key: [7; 4], segment: 3 }.to_bytes().to_vec();
        let payloads: Vec<Vec<u8>> = (1..=12_u8).map(|n| vec![n; 20 + 7 * usize::from(n)]).collect();
        for (seq, payload) in (first_frame(3)..).zip(&payloads) {
            frame(seq, payload, &mut bytes);
        }
        (bytes, payloads)
    }

    fn whole(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        Frames::of(3, bytes, HEADER_BYTES)
            .filter_map(|found| match found {
                Frame::Whole { seq, payload, .. } => Some((seq, payload.to_vec())),
                Frame::Damaged { .. } => None,
            })
            .collect()
    }

    #[test]
    fn what_was_written_is_read_and_reserved_space_is_its_end() {
        let (mut bytes, payloads) = segment();
        bytes.resize(bytes.len() + 500, 0);
        assert_eq!(Header::read(&bytes).map(|header| header.segment), Some(3));
        let read: Vec<Vec<u8>> = whole(&bytes).into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(read, payloads);
        assert!(Frames::of(3, &bytes, HEADER_BYTES).all(|found| matches!(found, Frame::Whole { .. })));
    }

    #[test]
    fn a_segment_cut_anywhere_gives_all_frames_before_the_cut_and_no_other() {
        let (bytes, _) = segment();
        let complete = whole(&bytes);
        for length in 0..bytes.len() {
            let read = whole(&bytes[..length]);
            assert_eq!(read[..], complete[..read.len()], "cut after {length} bytes");
        }
    }

    /// R7: with a hundred thousand flipped bits there is no panic, no false frame, and at most the frame that was hit is
    /// missing.
    #[test]
    fn a_flipped_bit_loses_one_frame_at_most_and_never_makes_a_false_one() {
        let (bytes, _) = segment();
        let complete = whole(&bytes);
        let mut chance = 0x5eed_u64;
        for _ in 0..100_000 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bit = usize::try_from(chance >> 20).unwrap() % (8 * (bytes.len() - HEADER_BYTES as usize));
            let at = HEADER_BYTES as usize + bit / 8;
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (bit % 8);
            let read = whole(&damaged);
            assert_eq!(read.len(), complete.len() - 1, "bit {bit}");
            assert!(read.iter().all(|frame| complete.contains(frame)), "bit {bit}");
            let mut found = Frames::of(3, &damaged, HEADER_BYTES);
            assert!(
                found
                    .any(|found| matches!(found, Frame::Damaged { from, to } if from <= at as u64 && (at as u64) < to))
            );
        }
    }

    #[test]
    fn a_header_with_a_flipped_bit_is_no_header() {
        let bytes = Header { key: [1; 4], segment: 9 }.to_bytes();
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::read(&damaged), None, "bit {bit}");
        }
    }
}
