//! One attempt at one job, as its producer reports it: `opening` makes and acks the job, `outbox` is what waits to be
//! told, `reporter` tells it.

mod opening;
mod outbox;
mod reporter;

pub use opening::{Job, Opening};
pub use outbox::{Outbox, Outcome};
pub use reporter::{Account, Fate, Notice, Reporter};
