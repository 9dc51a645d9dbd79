//! Where a client keeps request objects: a listener that answers each path as it was told, well or
//! badly, and counts who asks.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What is answered under a path; any other path is 404.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    /// 200 with this text.
    Object(String),
    /// These bytes, whatever they are.
    Raw(Vec<u8>),
    /// Nothing, while the connection stays open.
    Silence,
    /// 200, and then a byte now and again, without end.
    Drip,
}

/// The listener; it stops when it is dropped.
pub(crate) struct Shelf {
    address: SocketAddr,
    kept: Arc<Mutex<BTreeMap<String, Kept>>>,
    asked: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Shelf {
    pub(crate) fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = socket.local_addr().expect("the socket is bound");
        let (kept, asked) = (Arc::<Mutex<BTreeMap<_, _>>>::default(), Arc::default());
        let over = Arc::<AtomicBool>::default();
        let shared = (kept.clone(), Arc::clone(&asked), over.clone());
        let thread = std::thread::spawn(move || {
            let (kept, asked, over) = shared;
            for stream in socket.incoming() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let (stream, over) = (stream.expect("a connection"), over.clone());
                let (kept, asked) = (Arc::clone(&kept), Arc::clone(&asked));
                std::thread::spawn(move || serve(stream, &kept, &asked, &over));
            }
        });
        Self { address, kept, asked, over, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts something under a path, in the place of what is there.
    pub(crate) fn keep(&self, path: &str, what: Kept) {
        self.kept.lock().expect("nobody panics with it").insert(path.to_owned(), what);
    }

    /// How many requests came.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Acquire)
    }
}

fn serve(
    stream: TcpStream,
    kept: &Mutex<BTreeMap<String, Kept>>,
    asked: &AtomicUsize,
    over: &AtomicBool,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    while line.trim_end() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
    }
    asked.fetch_add(1, Ordering::AcqRel);
    let what = kept.lock().expect("nobody panics with it").get(&path).cloned();
    let mut stream = reader.into_inner();
    let step = Duration::from_millis(50);
    match what {
        None => stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n").ok(),
        Some(Kept::Object(text)) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", text.len());
            stream.write_all(format!("{head}{text}").as_bytes()).ok()
        }
        Some(Kept::Raw(bytes)) => stream.write_all(&bytes).ok(),
        Some(Kept::Silence) => {
            while !over.load(Ordering::Acquire) {
                std::thread::sleep(step);
            }
            None
        }
        Some(Kept::Drip) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n").ok()?;
            while !over.load(Ordering::Acquire) && stream.write_all(b"e").is_ok() {
                std::thread::sleep(step);
            }
            None
        }
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
