//! Reading a segment back: rows in their order, and what is damaged between them.

use crate::journal::{Frame, Frames, HEADER_BYTES, Header, frame_tag};

use super::key::SpoolKey;

/// A row as it lay in the spool, opened.
#[derive(Clone)]
pub(in crate::record) struct Spooled(pub(in crate::record) Vec<u8>);

/// Some rows of one segment.
#[derive(Default)]
pub(in crate::record) struct Chunk {
    pub(in crate::record) rows: Vec<Spooled>,
    /// Where the next chunk begins.
    pub(in crate::record) next: u64,
    /// Nothing follows.
    pub(in crate::record) end: bool,
    /// Stretches that cannot be read: a damaged header, frames that are not whole or do not open.
    pub(in crate::record) damaged: usize,
}

impl Chunk {
    /// The rows of the segment `number` from an offset on, so many of them at most.
    pub(in crate::record) fn read(number: u64, segment: &[u8], from: u64, most: usize, key: &SpoolKey) -> Self {
        let mut chunk = Self::default();
        let is_written = || segment.iter().any(|byte| *byte != 0);
        if from == HEADER_BYTES && Header::read(segment).is_none_or(|header| header.segment != number) && is_written() {
            chunk.damaged += 1;
        }
        let mut frames = Frames::of(number, segment, from);
        while chunk.rows.len() < most {
            match frames.next() {
                None => {
                    chunk.end = true;
                    break;
                }
                Some(Frame::Damaged { .. }) => chunk.damaged += 1,
                Some(Frame::Whole { seq, payload, .. }) => match key.open_sealed(&frame_tag(number, seq), payload) {
                    Some(plain) => chunk.rows.push(Spooled(plain)),
                    None => chunk.damaged += 1,
                },
            }
        }
        chunk.next = frames.position();
        chunk
    }

    /// The one row of a frame that was read alone.
    pub(in crate::record) fn one(number: u64, bytes: &[u8], key: &SpoolKey) -> Option<Spooled> {
        match Frames::of(number, bytes, 0).next()? {
            Frame::Whole { seq, at: 0, payload } => key.open_sealed(&frame_tag(number, seq), payload).map(Spooled),
            Frame::Whole { .. } | Frame::Damaged { .. } => None,
        }
    }
}
