//! A failure told in as few words as can be: everybody and every fault that it does not need is left out.

use crate::history::{Invariant, Violation};
use crate::scenario::Scenario;
use crate::world::Trace;

/// The scenario with the same invariant broken, of which nothing more can be left out.
fn shrunk(scenario: &Scenario, invariant: Invariant) -> Scenario {
    let mut smallest = scenario.clone();
    let breaks = |tried: &Scenario| tried.run(Trace::Off).0.is_err_and(|violation| violation.invariant == invariant);
    loop {
        let before = (smallest.faults.len(), smallest.parts.len());
        for place in (0..smallest.faults.len()).rev() {
            let mut tried = smallest.clone();
            tried.faults.remove(place);
            if breaks(&tried) {
                smallest = tried;
            }
        }
        for place in (0..smallest.parts.len()).rev() {
            let mut tried = smallest.clone();
            tried.parts.remove(place);
            if breaks(&tried) {
                smallest = tried;
            }
        }
        if (smallest.faults.len(), smallest.parts.len()) == before {
            return smallest;
        }
    }
}

/// The longest line of a history that is worth reading.
const WIDTH: usize = 240;

/// The seed, how to replay it, and the shortest history in which it fails.
pub fn told(scenario: &Scenario, violation: &Violation) -> String {
    let smallest = shrunk(scenario, violation.invariant);
    let (outcome, history) = smallest.run(Trace::On);
    let last = outcome.err().map_or_else(String::new, |violation| violation.what);
    let lines: Vec<String> = history.iter().map(|line| line.chars().take(WIDTH).collect()).collect();
    format!(
        "seed {seed} breaks {invariant:?}: {what}\n\
         replay it: SIMULATION_SEED={seed} cargo test --test simulation every_invariant\n\
         the same with {parts:?} and {faults:#?}:\n{history}\n{invariant:?}: {last}",
        seed = scenario.seed,
        invariant = violation.invariant,
        what = violation.what,
        parts = smallest.parts,
        faults = smallest.faults,
        history = lines.join("\n"),
    )
}
