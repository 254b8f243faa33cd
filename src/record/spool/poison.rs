//! Quarantine: rows that the database refuses for their content, sealed as they were in the spool, one file each. The name
//! tells why, the file tells nothing without the key.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use uuid::Uuid;

use crate::journal::{Header, first_frame, frame, frame_tag};

use super::files::{Files, options};
use super::key::SpoolKey;

impl Files {
    /// Puts a row into quarantine and returns once it is flushed. `class`: letters and digits, for instance a SQLSTATE.
    pub(super) fn quarantine(&self, key: &SpoolKey, class: &str, plain: Vec<u8>) -> io::Result<()> {
        let class: String = class.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
        let name = format!("{}-{class}", Uuid::now_v7());
        let sealed = key.seal(&frame_tag(0, first_frame(0)), plain).ok_or(io::ErrorKind::Other)?;
        let mut bytes = Header { key: self.key(), segment: 0 }.to_bytes().to_vec();
        frame(first_frame(0), &sealed, &mut bytes);
        let unfinished = self.poison().join(format!("{name}.unfinished"));
        let mut file = options().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.poison().join(format!("{name}.poison")))?;
        File::open(self.poison())?.sync_all()
    }
}
