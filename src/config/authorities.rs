//! The certificate authorities of a file, for a server whose certificate is not of a public one.

use std::io;
use std::path::Path;

use reqwest::Certificate;

/// The certificates of a PEM file.
///
/// # Errors
/// The file cannot be read, or holds none.
pub fn authorities(path: &Path) -> io::Result<Vec<Certificate>> {
    let none = || io::Error::new(io::ErrorKind::InvalidData, "holds no certificate in PEM form");
    let found = Certificate::from_pem_bundle(&std::fs::read(path)?).map_err(|_| none())?;
    if found.is_empty() { Err(none()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
            std::fs::write(file.path(), text).unwrap();
            assert!(authorities(file.path()).is_err(), "{text}");
        }
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(file.path(), made.cert.pem()).unwrap();
        assert_eq!(authorities(file.path()).unwrap().len(), 1);
    }
}
