//! The last second of a certificate, for the doctor: the few bytes of DER that hold it (RFC 5280, 4.1).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `notAfter` of an X.509 certificate; none if it is none.
pub(super) fn end(certificate: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = inside(SEQUENCE, certificate)?;
    let (mut fields, _) = inside(SEQUENCE, certificate)?;
    if *fields.first()? == VERSION {
        fields = element(fields)?.2;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (validity, _) = inside(SEQUENCE, fields)?;
    let (_, _, not_before_passed) = element(validity)?;
    let (kind, text, _) = element(not_before_passed)?;
    time(kind, str::from_utf8(text).ok()?)
}

/// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from 2050.
fn time(kind: u8, text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, rest) = match (kind, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i16 = digits[..2].parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[2 * at..2 * at + 2].parse::<i8>().ok();
    let moment = DateTime::new(year, part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(moment).ok()
}

/// What is inside the first element, which must be of this kind, and what follows it.
fn inside(kind: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(bytes)?;
    (found == kind).then_some((content, rest))
}

/// Kind, content and what follows the first element.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (long, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (long.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((kind, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(year: i32) -> Vec<u8> {
        let mut parameters = rcgen::CertificateParams::new(vec!["cds.example.org".to_owned()]).unwrap();
        parameters.not_after = rcgen::date_time_ymd(year, 3, 4);
        let key = rcgen::KeyPair::generate().unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_last_day_of_a_certificate_is_read_on_both_sides_of_2050() {
        for year in [1999, 2030, 2049, 2050, 2120] {
            assert_eq!(end(&until(year)).unwrap().to_string(), format!("{year}-03-04T00:00:00Z"));
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_last_day() {
        let good = until(2030);
        for length in 0..good.len().min(120) {
            assert_eq!(end(&good[..length]), None);
        }
        assert_eq!(end(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
