//! A disk that keeps what was flushed, and of the rest what it likes.

use std::collections::BTreeMap;

use herald::journal::{HEADER_BYTES, Segment};

use crate::chance::Chance;

/// Bytes of one row in the spool.
pub const ROW: u64 = 60;

pub type Row = usize;

#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    row: Row,
    flushed: bool,
}

#[derive(Default)]
struct File {
    entries: Vec<Entry>,
    broken: bool,
}

#[derive(Default)]
pub struct Disk {
    files: BTreeMap<u64, File>,
}

impl Disk {
    pub fn create(&mut self, number: u64) {
        let made = self.files.insert(number, File::default());
        assert!(made.is_none(), "segment {number} is made twice");
    }

    /// Writes rows one behind the other; `whole` of them get to the disk.
    pub fn write(&mut self, number: u64, at: u64, rows: &[Row], whole: usize) {
        let file = self.files.get_mut(&number).unwrap();
        assert!(!file.broken, "segment {number} is written after a flush of it failed");
        let end = at + ROW * whole as u64;
        file.entries.retain(|entry| entry.at + ROW <= at || entry.at >= end);
        let placed = rows.iter().take(whole).zip(0..);
        file.entries.extend(placed.map(|(row, n)| Entry { at: at + ROW * n, row: *row, flushed: false }));
    }

    pub fn flush(&mut self, number: u64) {
        let file = self.files.get_mut(&number).unwrap();
        assert!(!file.broken, "segment {number} is flushed again after a flush of it failed");
        file.entries.iter_mut().for_each(|entry| entry.flushed = true);
    }

    /// The kernel drops what it could not write, or not, and calls all of it clean.
    pub fn fail_flush(&mut self, number: u64, chance: &mut Chance) {
        let file = self.files.get_mut(&number).unwrap();
        file.broken = true;
        file.entries.retain(|entry| entry.flushed || chance.one_in(2));
        file.entries.iter_mut().for_each(|entry| entry.flushed = true);
    }

    pub fn cut(&mut self, number: u64, to: u64) {
        if let Some(file) = self.files.get_mut(&number)
            && !file.broken
        {
            file.entries.retain(|entry| entry.at + ROW <= to);
        }
    }

    pub fn read(&self, number: u64, from: u64, to: u64, most: usize) -> (Vec<Row>, u64, bool) {
        let mut entries: Vec<Entry> = self.files.get(&number).unwrap().entries.clone();
        entries.sort_by_key(|entry| entry.at);
        entries.retain(|entry| entry.at >= from && entry.at + ROW <= to);
        let end = entries.len() <= most;
        entries.truncate(most);
        let next = entries.last().map_or(to, |entry| entry.at + ROW);
        (entries.into_iter().map(|entry| entry.row).collect(), next, end)
    }

    pub fn delete(&mut self, number: u64) {
        assert!(self.files.remove(&number).is_some(), "segment {number} is deleted twice");
    }

    /// What is not flushed survives a crash, or not.
    pub fn crash(&mut self, chance: &mut Chance) -> Vec<Segment> {
        for file in self.files.values_mut() {
            file.broken = false;
            file.entries.retain(|entry| entry.flushed || chance.one_in(2));
            file.entries.iter_mut().for_each(|entry| entry.flushed = true);
        }
        let length = |file: &File| file.entries.iter().map(|entry| entry.at + ROW).max().unwrap_or(HEADER_BYTES);
        self.files.iter().map(|(number, file)| Segment { number: *number, length: length(file) }).collect()
    }

    pub fn holds(&self, row: Row) -> bool {
        self.files.values().any(|file| file.entries.iter().any(|entry| entry.row == row && entry.flushed))
    }

    /// No rows; a segment without any may stay open.
    pub fn is_empty(&self) -> bool {
        self.files.values().all(|file| file.entries.is_empty())
    }
}
