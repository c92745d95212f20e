//! What is told once, and who waits for it: without promises.

use futures::channel::oneshot::{self, Canceled, Sender};
use std::future::Future;

pub struct Teller<T>(Sender<T>);

impl<T> Teller<T> {
    pub fn send(self, told: T) {
        // Whoever has gone wants no answer.
        let _ = self.0.send(told);
    }
}

pub fn channel<T>() -> (Teller<T>, impl Future<Output = Result<T, Canceled>>) {
    let (sender, receiver) = oneshot::channel();
    (Teller(sender), receiver)
}
