//! What holds for every input of each parser, whatever it is. A property panics where it does not hold.
//! The fuzzer (`fuzz/`) looks for such an input; `tests/corpus.rs` tries those that it found interesting with each `cargo test`.

mod batches;
mod bodies;
mod cursors;
mod frames;
mod headers;
mod queries;
mod routes;
mod stored;
mod stories;
mod support;
mod tokens;
mod words;

pub type Property = fn(&[u8]);

/// Each has a corpus of its name.
pub const TARGETS: [(&str, Property); 12] = [
    ("batches", batches::plain),
    ("gzip", batches::gzip),
    ("bodies", bodies::every_request),
    ("cursors", cursors::cursor),
    ("frames", frames::any_data),
    ("headers", headers::who_asks),
    ("queries", queries::every_query),
    ("routes", routes::any_path),
    ("stored", stored::what_is_kept),
    ("stories", stories::life_of_a_job),
    ("tokens", tokens::forged),
    ("words", words::every_word),
];

#[allow(dead_code, reason = "the replay takes all of them")]
pub fn find(name: &str) -> Option<Property> {
    TARGETS.into_iter().find(|(target, _)| *target == name).map(|(_, property)| property)
}

/// The parts of a text that stand for several texts: fuzzers find a line end soon.
fn parts<const N: usize>(input: &[u8]) -> Option<[Option<&str>; N]> {
    let mut texts = std::str::from_utf8(input).ok()?.splitn(N, '\n');
    // A lone `-` is what was not sent.
    Some(std::array::from_fn(|_| texts.next().filter(|text| *text != "-")))
}

/// A refusal of what was sent tells its caller what to do.
fn refused(problem: &jobcast::problem::Problem) {
    assert!([400, 401, 403, 404, 405, 409, 413].contains(&problem.status()), "{problem:?}");
    assert!(!problem.message.is_empty());
    if problem.status() == 400 || problem.status() == 413 {
        assert!(problem.details["field"].as_str().is_some_and(|field| !field.is_empty()), "{problem:?}");
    }
}
