//! A connection: by which door it came in, and how far its client is with a request.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::HeaderValue;

use crate::clock::Stopwatch;
use crate::protocol::base_url::BaseUrl;

/// Where connections are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    /// The address listened on.
    pub(crate) address: SocketAddr,
    /// Whether it is https.
    pub(crate) is_secure: bool,
}

/// A connection. Clones are handles to the same one.
#[derive(Clone)]
pub(crate) struct Connection(Rc<Inner>);

struct Inner {
    door: Door,
    peer: Option<SocketAddr>,
    /// Requests that are being answered.
    under_way: Cell<usize>,
    /// Since when there is a head of a request that is not complete.
    head: Cell<Option<Stopwatch>>,
    /// Whether there was a whole head before.
    is_known: Cell<bool>,
    /// A body of HTTP/1.1 that was not read to its end.
    unread: RefCell<Option<Payload>>,
    /// The last `Host` and the base URL that it makes: clients name one, and reading it is dear.
    base: RefCell<Option<(HeaderValue, BaseUrl)>>,
}

impl Connection {
    /// A connection of which nothing was read.
    pub(crate) fn new(door: Door, peer: Option<SocketAddr>) -> Self {
        Self(Rc::new(Inner {
            door,
            peer,
            under_way: Cell::new(0),
            head: Cell::new(None),
            is_known: Cell::new(false),
            unread: RefCell::default(),
            base: RefCell::default(),
        }))
    }

    /// The connection of a request.
    pub(super) fn of(request: &HttpRequest) -> &Self {
        request.conn_data().expect("the server makes every connection known")
    }

    pub(crate) fn door(&self) -> Door {
        self.0.door
    }

    /// Who it is, for logs.
    pub(crate) fn peer(&self) -> String {
        self.0.peer.map(|peer| peer.to_string()).unwrap_or_default()
    }

    /// The base URL that a `Host` makes, by `made` if it is another one than the last.
    pub(super) fn base_at(&self, host: &HeaderValue, made: impl FnOnce() -> BaseUrl) -> BaseUrl {
        let mut last = self.0.base.borrow_mut();
        match &*last {
            Some((known, base)) if known == host => base.clone(),
            _ => last.insert((host.clone(), made())).1.clone(),
        }
    }

    /// Bytes came while nothing was under way: the beginning of a head.
    pub(crate) fn received(&self) {
        if self.0.head.get().is_none() {
            self.0.head.set(Some(Stopwatch::start()));
        }
    }

    /// Since when there is a head that is not complete.
    pub(crate) fn head(&self) -> Option<Stopwatch> {
        self.0.head.get()
    }

    /// Whether nothing came but, maybe, the beginning of a first head.
    pub(crate) fn is_new(&self) -> bool {
        !self.0.is_known.get()
    }

    /// Whether a request is being answered.
    pub(crate) fn is_answering(&self) -> bool {
        self.0.under_way.get() > 0
    }

    /// A body was not read to its end. While it is kept here, actix makes the answer the connection's last, and
    /// throws away for a moment what still comes; it tells by whether the reader was dropped. Of a body that was,
    /// it waits for the end, without a time, if no length was declared.
    pub(super) fn leave_unread(&self, body: Payload) {
        *self.0.unread.borrow_mut() = Some(body);
    }

    /// Whether a body was not read to its end.
    pub(crate) fn has_unread(&self) -> bool {
        self.0.unread.borrow().is_some()
    }

    /// The body that was not read to its end.
    pub(super) fn take_unread(&self) -> Option<Payload> {
        self.0.unread.take()
    }

    /// A head is complete: its request is being answered until each guard for it is dropped.
    pub(super) fn answering(&self) -> Answering {
        self.0.head.set(None);
        self.0.is_known.set(true);
        self.0.under_way.set(self.0.under_way.get() + 1);
        Answering(self.clone())
    }
}

/// A request of the connection is being answered.
pub(super) struct Answering(Connection);

impl Drop for Answering {
    fn drop(&mut self) {
        let under_way = &self.0.0.under_way;
        under_way.set(under_way.get().saturating_sub(1));
    }
}
