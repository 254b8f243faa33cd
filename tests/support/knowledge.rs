//! The rules and labels of this binary, loaded and proved once for all tests of a target. No trials: those are a site's own.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::sync::LazyLock;

use herald::assessment::Knowledge;

pub static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: herald::rules::therapies(&files).unwrap(),
        order_rules: herald::rules::order_rules(&files).unwrap(),
        cohorts: Vec::new(),
    }
});
