//! One connection: how it is opened, asks, and is given up.

use crate::order::{Leaving, Pace};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// What a slow reader's kernel holds for it: little, so that the service soon meets the reader itself.
const SLOW_BUFFER: u32 = 16 * 1024;
/// Connections from one address of this machine; there are some 28,000 ports.
const PER_SOURCE: usize = 10_000;

pub struct Service {
    pub address: SocketAddr,
    pub key: String,
}

impl Service {
    /// Connects as the `number`th reader.
    pub async fn connect(&self, number: usize, pace: Pace) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if pace != Pace::Full {
            socket.set_recv_buffer_size(SLOW_BUFFER)?;
        }
        let source = Ipv4Addr::new(127, 0, 0, 2 + (number / PER_SOURCE) as u8);
        socket.bind(SocketAddr::new(source.into(), 0))?;
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    pub async fn ask(&self, stream: &mut TcpStream, path: &str, cursor: Option<u64>) -> io::Result<()> {
        stream.write_all(self.head(path, cursor).as_bytes()).await
    }

    /// A whole request. `headers` are complete lines.
    pub fn post(&self, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {}\r\n{headers}Content-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    pub fn head(&self, path: &str, cursor: Option<u64>) -> String {
        let cursor = cursor.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nx-api-key: {}\r\n{cursor}\r\n",
            self.key
        )
    }
}

pub fn leave(stream: TcpStream, how: Leaving) {
    if matches!(how, Leaving::Reset) {
        // A linger of nothing makes the close an RST.
        let _ = stream.set_zero_linger();
    }
    drop(stream);
}

/// Between two bytes of a reader that drips.
pub const DRIP: Duration = Duration::from_secs(1);
