//! One reader of one stream, from its connection to its end.

use crate::body::Answer;
use crate::connection::{DRIP, Service, leave};
use crate::crowd::Board;
use crate::latency;
use crate::order::{Leaving, Pace};
use crate::seen::{self, Ending, Seen};
use crate::sse::Blocks;
use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::select;
use tokio::time::sleep;

const READ: usize = 64 * 1024;
/// Where `Pace` writes when a report was due.
const DUE: &[u8] = b"\"message\":\"";
/// Before a stream that was cut is taken up again: the shortest that the service asks for.
const RETRY: Duration = Duration::from_secs(1);

pub struct Reader {
    pub number: usize,
    pub path: Rc<str>,
    /// The last id that came.
    pub cursor: Cell<Option<u64>>,
    pub resumes: bool,
    pub pace: Cell<Pace>,
    pub seen: RefCell<Seen>,
    /// Has had a frame with an id, or has ended.
    pub begun: Cell<bool>,
    pub leaving: Cell<Option<Leaving>>,
}

impl Reader {
    pub fn new(number: usize, path: &str, pace: Pace, cursor: Option<u64>, resumes: bool) -> Reader {
        Reader {
            number,
            path: path.into(),
            cursor: Cell::new(cursor),
            resumes,
            pace: Cell::new(pace),
            seen: RefCell::default(),
            begun: Cell::new(false),
            leaving: Cell::new(None),
        }
    }

    pub async fn follow(&self, service: &Service, board: &Board) {
        let mut ending = self.once(service, board).await;
        while self.resumes && ending == Some(Ending::Cut) {
            self.seen.borrow_mut().cuts += 1;
            sleep(RETRY).await;
            ending = self.once(service, board).await;
        }
        self.seen.borrow_mut().ending = ending;
        self.begun.set(true);
        board.news.notify_waiters();
    }

    async fn once(&self, service: &Service, board: &Board) -> Option<Ending> {
        match self.connected(service).await {
            Some(stream) => self.read(stream, board).await,
            None => Some(Ending::Unreachable),
        }
    }

    async fn connected(&self, service: &Service) -> Option<TcpStream> {
        let mut stream = service.connect(self.number, self.pace.get()).await.ok()?;
        service.ask(&mut stream, &self.path, self.cursor.get()).await.ok()?;
        Some(stream)
    }

    /// Reads to the end, or until it is told to leave, which is no end.
    async fn read(&self, stream: TcpStream, board: &Board) -> Option<Ending> {
        let (mut answer, mut blocks, mut buffer) = (Answer::new(), Blocks::default(), vec![0; READ]);
        loop {
            if let Some(how) = self.leaving.get() {
                leave(stream, how);
                return None;
            }
            let may_read = self.may_read(&stream, board).await;
            // Who was told to leave reads nothing more, even where something has come: what is counted from here on is others'.
            if !may_read || self.leaving.get().is_some() {
                continue;
            }
            let wanted = if self.drips() { 1 } else { READ };
            let size = match stream.try_read(&mut buffer[..wanted]) {
                Ok(size) => size,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(_) => 0,
            };
            answer.feed(&buffer[..size], |bytes| self.take(&mut blocks, bytes, board));
            match (answer.is_over(), answer.status, size) {
                (true, 200, _) => return Some(Ending::Clean),
                (true, status, _) => return Some(Ending::Refused(status)),
                (false, _, 0) => return Some(Ending::Cut),
                _ => {}
            }
        }
    }

    fn drips(&self) -> bool {
        self.begun.get() && self.pace.get() == Pace::Drip
    }

    /// Waits until there is something that it wants to read; false when something else happened.
    async fn may_read(&self, stream: &TcpStream, board: &Board) -> bool {
        let told = board.told.notified();
        if self.begun.get() && self.pace.get() == Pace::Stopped {
            told.await;
            return false;
        }
        if self.drips() {
            return select! {
                () = sleep(DRIP) => true,
                () = told => false,
            };
        }
        select! {
            ready = stream.readable() => ready.is_ok(),
            () = told => false,
        }
    }

    fn take(&self, blocks: &mut Blocks, bytes: &[u8], board: &Board) {
        let now = latency::now();
        blocks.feed(bytes, |frame| {
            if let Some(id) = frame.id {
                self.cursor.set(Some(id));
                if !self.begun.replace(true) {
                    board.news.notify_waiters();
                }
            }
            if let Some(id) = self.seen.borrow_mut().note(&frame) {
                board.count(id, seen::number(frame.data, DUE), now);
            }
        });
    }
}
