//! Progress at a pace that does not wait for answers: whoever falls behind is reported to all the same.
//! Each report says when it was due, and its frame says so to the readers.

use crate::connection::Service;
use crate::latency;
use crate::line::Line;
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::interval;

pub struct Paced {
    service: Rc<Service>,
    path: String,
    headers: String,
    /// Connections that have nothing to do.
    idle: RefCell<Vec<Line>>,
    opened: Cell<usize>,
}

impl Paced {
    pub fn new(service: Rc<Service>, path: String, headers: String) -> Rc<Paced> {
        Rc::new(Paced { service, path, headers, idle: RefCell::default(), opened: Cell::new(0) })
    }

    /// `count` reports, one every `pause`. Gives how many were taken, once all are answered.
    pub async fn report(self: Rc<Self>, count: usize, pause: Duration) -> usize {
        let mut beat = interval(pause);
        let mut under_way = JoinSet::new();
        for number in 0..count {
            beat.tick().await;
            let (paced, due) = (Rc::clone(&self), latency::now());
            under_way.spawn_local(async move { paced.one(number % 101, due).await });
        }
        under_way.join_all().await.into_iter().filter(|status| matches!(status, Ok(200..300))).count()
    }

    async fn one(&self, percent: usize, due: u64) -> io::Result<u16> {
        let body = format!(r#"{{"percent":{percent},"message":"{due}"}}"#);
        let request = self.service.post(&self.path, &self.headers, body.as_bytes());
        let idle = self.idle.borrow_mut().pop();
        let mut line = match idle {
            Some(line) => line,
            None => Line::open(&self.service, self.opened.replace(self.opened.get() + 1)).await?,
        };
        let status = line.ask(&request).await?;
        self.idle.borrow_mut().push(line);
        Ok(status)
    }
}
