//! A connection that is kept: one request after the other, each asked when the one before is answered.

use crate::body::Answer;
use crate::connection::Service;
use crate::order::Pace;
use std::io::{self, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const READ: usize = 16 * 1024;

pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Of the last answer.
    pub body: Vec<u8>,
}

impl Line {
    pub async fn open(service: &Service, number: usize) -> io::Result<Line> {
        let stream = service.connect(number, Pace::Full).await?;
        Ok(Line { stream, buffer: vec![0; READ], body: vec![] })
    }

    /// Sends a request as it stands and reads its answer whole; gives the status.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.body.clear();
        let mut answer = Answer::new();
        while !answer.is_over() {
            let size = self.stream.read(&mut self.buffer).await?;
            if size == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            answer.feed(&self.buffer[..size], |bytes| self.body.extend_from_slice(bytes));
        }
        Ok(answer.status)
    }
}
