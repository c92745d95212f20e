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
    access, call, chunk, command, event, evolve, feed, fields, id, job, logs, problem, record, request, response, route, sql,
    sse, time, token, view,
};
pub use rules::{decide, notice, replay};

mod check;
mod cloud;
mod draws;
mod edge;
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

#[test]
fn it_runs() {
    use scenario::Scenario;
    let began = std::time::Instant::now();
    let from: u64 = std::env::var("SIMULATION_SEED").ok().and_then(|t| t.parse().ok()).unwrap_or(0);
    let n: u64 = std::env::var("SIMULATION_SEEDS").ok().and_then(|t| t.parse().ok()).unwrap_or(20);
    let mut bad = 0;
    for seed in from..from + n {
        let trace = if n == 1 { world::Trace::On } else { world::Trace::Off };
        let (outcome, lines) = Scenario::drawn(seed).run(trace);
        for line in lines { println!("{line}"); }
        if let Err(violation) = outcome {
            println!("{seed}: {violation:?}");
            bad += 1;
        }
    }
    println!("{bad} bad of {n} in {:?}", began.elapsed());
}
