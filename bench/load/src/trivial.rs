//! A service that does nothing: it answers each POST at once, and sends the body of a progress report to all streams that are open.
//! What producers and readers reach against it is what they can measure.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::task::spawn_local;

const READ: usize = 64 * 1024;
/// Frames that wait for one stream.
const WAITING: usize = 65_536;
const STREAM: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Hub {
    frames: Sender<Rc<Vec<u8>>>,
    last: Cell<u64>,
}

/// Says where it listens, and serves until the process ends.
pub async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let hub = Rc::new(Hub { frames: broadcast::channel(WAITING).0, last: Cell::new(1) });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let hub = Rc::clone(&hub);
        spawn_local(async move { hub.attend(stream).await });
    }
}

impl Hub {
    async fn attend(&self, mut stream: TcpStream) -> io::Result<()> {
        let (mut asked, mut buffer) = (vec![], vec![0; READ]);
        loop {
            let size = stream.read(&mut buffer).await?;
            if size == 0 {
                return Ok(());
            }
            asked.extend_from_slice(&buffer[..size]);
            let Some(body) = whole(&asked) else { continue };
            if asked.starts_with(b"GET") {
                return self.stream(stream, self.frames.subscribe()).await;
            }
            let id = self.report(&asked[body..]);
            asked.clear();
            let body = format!(r#"{{"success":true,"id":{id}}}"#);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
            stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
        }
    }

    fn report(&self, body: &[u8]) -> u64 {
        let id = self.last.get() + 1;
        self.last.set(id);
        if self.frames.receiver_count() > 0 {
            let _ = self.frames.send(Rc::new(chunk("job:progress", id, body)));
        }
        id
    }

    /// What waits is written together, so that its writes are not what is measured. A stream that falls too far behind ends.
    async fn stream(&self, mut stream: TcpStream, mut frames: Receiver<Rc<Vec<u8>>>) -> io::Result<()> {
        stream.write_all(STREAM).await?;
        stream.write_all(&chunk("job:snapshot", 1, b"{}")).await?;
        let mut text = vec![];
        while let Ok(frame) = frames.recv().await {
            text.extend_from_slice(&frame);
            while let Ok(frame) = frames.try_recv() {
                text.extend_from_slice(&frame);
            }
            stream.write_all(&text).await?;
            text.clear();
        }
        Ok(())
    }
}

fn chunk(event: &str, id: u64, data: &[u8]) -> Vec<u8> {
    let head = format!("event: {event}\nid: {id}\ndata: ");
    let size = format!("{:x}\r\n", head.len() + data.len() + 2);
    [size.as_bytes(), head.as_bytes(), data, b"\n\n\r\n"].concat()
}

/// Where the body of a request begins that is there whole.
fn whole(asked: &[u8]) -> Option<usize> {
    let body = asked.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&asked[..body]).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    (asked.len() >= body + length).then_some(body)
}
