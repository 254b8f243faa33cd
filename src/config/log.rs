//! What is logged. A word that names no level would be taken for the name of a program part and silence everything else.

use super::watching::WatchingFault;

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The levels of `HERALD_LOG`, as they are given to the log: one for all, or `target=level`, several with commas.
pub(super) fn levels(text: &str) -> Result<String, WatchingFault> {
    let directives: Vec<&str> = text.split(',').map(str::trim).collect();
    match directives.iter().find(|directive| !is_usable(directive)) {
        None => Ok(directives.join(",")),
        Some(wrong) => Err(WatchingFault::NoLevel((*wrong).to_owned())),
    }
}

fn is_usable(directive: &str) -> bool {
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    let is_target = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.'))
    };
    directive.split_once('=').map_or_else(|| is_level(directive), |(of, level)| is_target(of) && is_level(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_does_not_silence_the_log() {
        for good in ["info", "DEBUG", "off", "info,actix_server=warn", "warn, herald::record=debug"] {
            assert_eq!(levels(good).unwrap(), good.replace(' ', ""));
        }
        for bad in ["verbose", "nonsense", "herald", "info,", ",", "herald=verbose", "=info", "info verbose"] {
            let refusal = levels(bad).unwrap_err().to_string();
            assert!(refusal.starts_with("HERALD_LOG: `") && refusal.contains("debug"), "{refusal}");
        }
    }
}
