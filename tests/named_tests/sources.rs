//! What is looked at: pages, and the sources in which a test may stand.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the project.
pub fn file(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("the file is there")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source of the crate and of its tests.
pub fn sources() -> String {
    let mut folders: Vec<PathBuf> = ["src", "tests", "crates"].map(|name| root().join(name)).into();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("its entries").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&fs::read_to_string(&path).expect("sources are text"));
            }
        }
    }
    text
}

/// Words in code marks that can only be the name of a test.
pub fn named_tests(page: &str) -> Vec<&str> {
    let is_name = |word: &&str| {
        word.matches('_').count() > 2
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    page.split('`').skip(1).step_by(2).filter(is_name).collect()
}

/// Is a function of this name in `sources` a test, and one that is run?
pub fn is_test(name: &str, sources: &str) -> bool {
    sources.match_indices(&format!("fn {name}(")).any(|(at, _)| {
        let above = sources[..at].rsplit("\n\n").next().unwrap_or_default();
        let is_test = above.contains("#[test]") || above.contains("#[tokio::test") || above.contains("proptest!");
        is_test && !above.contains("#[ignore")
    })
}

#[test]
fn a_name_that_is_no_test_would_be_noticed() {
    assert_eq!(named_tests("`a_test_of_ours`; `docs/x.md`, `flag_word`"), ["a_test_of_ours"]);
    assert!(!is_test(&["a_test_that_", "nobody_wrote"].concat(), &sources()));
    assert!(is_test("one", "#[test]\nfn one() {}") && !is_test("one", "#[test]\n#[ignore]\nfn one() {}"));
    assert!(!is_test("one", "#[test]\nfn two() {}\n\nfn one() {}"));
}
