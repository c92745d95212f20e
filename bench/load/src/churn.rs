//! Connections that are opened only to be left.

use crate::connection::{Service, leave};
use crate::order::{Leaving, Moment, Pace};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub struct Visit<'a> {
    pub number: usize,
    pub path: &'a str,
    pub when: Moment,
    pub how: Leaving,
}

impl Visit<'_> {
    /// Whether it got as far as it wanted to.
    pub async fn pay(&self, service: &Service) -> bool {
        self.come_and_go(service).await.unwrap_or(false)
    }

    async fn come_and_go(&self, service: &Service) -> io::Result<bool> {
        let mut stream = service.connect(self.number, Pace::Full).await?;
        let head = service.head(self.path, None);
        match self.when {
            Moment::Connected => {}
            Moment::HalfAsked => stream.write_all(&head.as_bytes()[..head.len() / 2]).await?,
            Moment::Asked | Moment::Begun => stream.write_all(head.as_bytes()).await?,
        }
        let mut got = vec![0; 16 * 1024];
        let mut size = 0;
        while self.when == Moment::Begun && size < got.len() && !has_begun(&got[..size]) {
            match stream.read(&mut got[size..]).await? {
                0 => return Ok(false),
                more => size += more,
            }
        }
        leave(stream, self.how);
        Ok(true)
    }
}

/// Whether the first frame is there.
fn has_begun(got: &[u8]) -> bool {
    got.windows(3).any(|window| window == b"id:")
}
