//! Seeded simulation: the Worker's own objects, statements and rules on a platform whose clock, network, storage and
//! accidents a seed decides. docs/SIMULATION.md says what is real, what goes wrong and what must hold.

// The objects' files are whole; not all of each is called.
#![allow(dead_code)]

// The objects know their platform by these names.
extern crate futures as futures_util;
extern crate self as wasm_bindgen;
extern crate self as worker;

pub use cloud::*;
pub use jobcast::{
    access, address, call, chunk, command, event, evolve, feed, fields, id, job, lines, log_batch, logs, metrics, pace, problem, record, request,
    response, route, sql, sse, time, token, view,
};
pub use rules::{decide, notice, relay, replay};

mod check;
mod cloud;
mod draws;
mod edge;
mod failure;
mod fault;
mod history;
mod limits;
mod mutant;
mod people;
mod producer;
mod reader;
mod rules;
mod scenario;
mod world;

use history::Violation;
use mutant::Mutant;
use scenario::Scenario;
use std::num::NonZero;
use world::Trace;

/// Seeds of every `cargo test`. SIMULATION_SEEDS asks for more, SIMULATION_SEED where to begin.
const SEEDS: u64 = 60;

fn asked(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text}")))
}

fn broken(seed: u64) -> Option<Violation> {
    Scenario::drawn(seed).run(Trace::Off).0.err()
}

/// Tries seeds on every core; gives what broke, by seed.
fn tried(seeds: &[u64]) -> Vec<(u64, Violation)> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = |core: usize| seeds.iter().skip(core).step_by(cores).filter_map(|seed| Some((*seed, broken(*seed)?)));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || share(core).collect::<Vec<_>>())).collect();
        let found = threads.into_iter().flat_map(|thread| thread.join().expect("no panic"));
        found.collect()
    })
}

#[test]
fn every_invariant_holds_whatever_the_seed_brings() {
    let seeds: Vec<u64> = match asked("SIMULATION_SEED") {
        Some(first) => (first..first + asked("SIMULATION_SEEDS").unwrap_or(1)).collect(),
        None => (0..asked("SIMULATION_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let broken = tried(&seeds);
    if let Some((seed, violation)) = broken.iter().min_by_key(|(seed, _)| *seed) {
        let others: Vec<u64> = broken.iter().map(|(seed, _)| *seed).collect();
        panic!("{}\n{} of {} seeds fail: {others:?}", failure::told(&Scenario::drawn(*seed), violation), others.len(), seeds.len());
    }
    println!("{} seeds, every invariant held", seeds.len());
}

#[test]
fn the_same_seed_is_the_same_world() {
    let history = || Scenario::drawn(7).run(Trace::On).1;
    assert!(!history().is_empty());
    assert_eq!(history(), history());
}

/// How far a kill is looked for when a mutant's seed kills it no more.
const SEARCHED: u64 = 1_000;

#[test]
fn every_planted_bug_breaks_the_invariant_that_it_should() {
    let survivors: Vec<String> = mutant::KILLS.iter().filter_map(|(planted, seed, invariant)| {
        mutant::plant(Some(*planted));
        let found = broken(*seed);
        let is_killed = found.as_ref().is_some_and(|violation| violation.invariant == *invariant);
        let survivor = (!is_killed).then(|| format!("{planted:?} survives seed {seed}: {found:?}; {}", killers(*planted)));
        mutant::plant(None);
        survivor
    }).collect();
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
}

/// The first seeds that kill it now, for whoever has changed what a seed means.
fn killers(planted: Mutant) -> String {
    let found: Vec<_> = (0..SEARCHED).filter_map(|seed| Some((seed, broken(seed)?))).take(3).collect();
    format!("{planted:?} is killed by {found:?}")
}
