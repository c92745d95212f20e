//! A timer.

use super::slot::Slot;
use crate::world::world;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub struct Delay(Slot<()>);

impl From<Duration> for Delay {
    fn from(duration: Duration) -> Delay {
        let slot = Slot::default();
        let rings = slot.clone();
        world().after(duration.as_millis() as u64, move || rings.fill(()));
        Delay(slot)
    }
}

impl Future for Delay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// Waits so many ms.
pub async fn pause(milliseconds: u64) {
    Delay::from(Duration::from_millis(milliseconds)).await;
}
