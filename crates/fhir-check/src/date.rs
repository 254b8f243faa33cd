//! Dates and times as R4 writes them: partial dates, and a time zone behind every time of a day.

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a day of the calendar.
pub(crate) fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some(year) = parts.first().and_then(|year| digits(year, 4)).filter(|&year| year > 0) else { return false };
    let month = parts.get(1).map(|month| digits(month, 2).filter(|month| (1..=12).contains(month)));
    let day = parts.get(2).map(|day| digits(day, 2));
    match (month, day, parts.len()) {
        (None, None, 1) | (Some(Some(_)), None, 2) => true,
        (Some(Some(month)), Some(Some(day)), 3) => (1..=days(year, month)).contains(&day),
        _ => false,
    }
}

/// A date, or a day with the time of the day and its zone.
pub(crate) fn date_time(text: &str) -> bool {
    date(text) || instant(text)
}

/// A day with the time of the day and its zone.
pub(crate) fn instant(text: &str) -> bool {
    text.split_once('T').is_some_and(|(day, rest)| day.len() == 10 && date(day) && zoned(rest))
}

/// `hh:mm:ss`, with a fraction of the second or without. 60 is a leap second.
pub(crate) fn time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let parts: Vec<&str> = whole.split(':').collect();
    let [hour, minute, second] = parts[..] else { return false };
    at_most(hour, 23)
        && at_most(minute, 59)
        && at_most(second, 60)
        && fraction.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()))
}

fn zoned(text: &str) -> bool {
    if let Some(clock) = text.strip_suffix('Z') {
        return time(clock);
    }
    let Some(sign) = text.rfind(['+', '-']) else { return false };
    let (clock, offset) = text.split_at(sign);
    let Some((hour, minute)) = offset[1..].split_once(':') else { return false };
    time(clock) && at_most(minute, 59) && (at_most(hour, 13) || (hour, minute) == ("14", "00"))
}

fn at_most(text: &str, most: u32) -> bool {
    digits(text, 2).is_some_and(|number| number <= most)
}

/// The number, if it is written with exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|c| c.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_partial_and_is_a_day_of_the_calendar() {
        for text in ["2026", "2026-02", "2026-02-28", "2024-02-29", "2000-02-29"] {
            assert!(date(text) && date_time(text), "{text}");
        }
        for text in [
            "",
            "26",
            "0000",
            "2026-2",
            "2026-13",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-00-01",
            "2026-1-1-1",
            "20260101",
        ] {
            assert!(!date(text) && !date_time(text), "{text}");
        }
    }

    #[test]
    fn a_time_of_a_day_has_seconds_and_a_zone() {
        for text in ["2026-10-12T08:30:00Z", "2026-10-12T08:30:60.125+14:00", "2026-10-12T23:59:59-13:59"] {
            assert!(date_time(text) && instant(text), "{text}");
        }
        for text in [
            "2026-10-12T08:30:00",
            "2026-10-12T08:30Z",
            "2026-10-12T24:00:00Z",
            "2026-10-12T08:30:00.Z",
            "2026-10-12T08:30:00+14:30",
            "2026-10-12T08:30:00+1:00",
            "2026-10T08:30:00Z",
            "2026-10-12 08:30:00Z",
        ] {
            assert!(!date_time(text) && !instant(text), "{text}");
        }
        assert!(!instant("2026-10-12"));
        assert!(time("08:30:00") && !time("08:30") && !time("08:30:00Z") && !time("+8:30:00"));
    }
}
