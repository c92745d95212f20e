//! Owns how long one object waits for another. An isolate that panicked may never answer, and nobody else has a time-out: the
//! one who waits would tell nothing any more for as long as it lives.

use crate::edge::platform::ask;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Env, Error, Result};

/// Longer than an object that is busy takes, ms; what is told twice is heard once.
const PATIENCE_MS: u64 = 20_000;

/// Asks the object of a name, text to text, and gives up when it does not answer.
pub async fn ask_in_time(env: &Env, binding: &str, name: &str, call: &str) -> Result<String> {
    let answer = pin!(ask(env, binding, name, call));
    let time = pin!(Delay::from(Duration::from_millis(PATIENCE_MS)));
    match select(answer, time).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Error::from("an object did not answer in time")),
    }
}
