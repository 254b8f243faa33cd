//! The writer's state machine under random schedules of faults, against a model of the database and of the disk.
//!
//! `HERALD_SIM_SCHEDULES` and `HERALD_SIM_SEED` set how many and from where; a failure prints its seed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chance;
mod disk;
mod idle;
mod outages;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use chance::Chance;
use world::World;

const SCHEDULES: u64 = 20_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn whatever_fails_in_whatever_order_nothing_that_was_acknowledged_is_lost_and_everybody_is_answered() {
    let schedules = setting("HERALD_SIM_SCHEDULES").unwrap_or(SCHEDULES);
    let first = setting("HERALD_SIM_SEED").unwrap_or(1);
    println!("{schedules} schedules from seed {first}");
    let mut seen = world::Seen::default();
    for seed in first..first + schedules {
        let run = catch_unwind(AssertUnwindSafe(|| World::run(Chance::of(seed))));
        match run {
            Ok(one) => seen.add(&one),
            Err(_) => panic!("seed {seed} fails; run it alone with HERALD_SIM_SEED={seed} HERALD_SIM_SCHEDULES=1"),
        }
    }
    println!("{seen:?}");
    // A simulation in which nothing happens proves nothing.
    if schedules >= SCHEDULES {
        assert!(seen.durable > schedules && seen.spooled > schedules && seen.unrecorded > schedules / 10, "{seen:?}");
        assert!(seen.crashes > schedules / 2 && seen.replayed > schedules && seen.flush_failures > schedules / 20);
        assert!(seen.quarantined > schedules / 20 && seen.lost_replies > schedules / 4, "{seen:?}");
    }
}
