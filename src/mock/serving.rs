//! The server on a thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;

use crate::protocol::base_url::BaseUrl;
use crate::server::{Https, HttpsDoor, Server, ServerOptions, Tls};
use crate::tenant::tenants::Tenants;

/// A running server; it has stopped, and its ports are free, when it is dropped.
pub(super) struct Serving {
    http: BaseUrl,
    https: Option<BaseUrl>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Serves on free ports.
    pub(super) fn start(tenants: Tenants, tls: Option<Tls>) -> io::Result<Self> {
        let (send, receive) = mpsc::channel();
        let name = env!("CARGO_PKG_NAME").to_owned();
        let thread = Builder::new().name(name).spawn(move || {
            System::new().block_on(async move {
                let https = tls.map(|tls| Https { tls, door: HttpsDoor::Port(0) });
                let options = ServerOptions { workers: Some(1), https, ..ServerOptions::default() };
                match Server::bind(tenants, "127.0.0.1", 0, options) {
                    Err(error) => drop(send.send(Err(error))),
                    Ok(server) => {
                        let (http, https) = (server.addresses(), server.https_addresses());
                        let first = |all: &[SocketAddr]| all.first().copied();
                        drop(send.send(Ok((first(http), first(https), server.handle()))));
                        if let Err(error) = server.run().await {
                            tracing::warn!("the mock has stopped: {error}");
                        }
                    }
                }
            });
        })?;
        let ended = |_| io::Error::other("the server's thread has ended");
        let (http, https, handle) = receive.recv().map_err(ended)??;
        let http = http.ok_or_else(|| io::Error::other("the server listens nowhere"))?;
        Ok(Self {
            http: BaseUrl::of_address("http", http),
            https: https.map(|https| BaseUrl::of_address("https", https)),
            handle,
            thread: Some(thread),
        })
    }

    pub(super) fn http(&self) -> &BaseUrl {
        &self.http
    }

    pub(super) fn https(&self) -> Option<&BaseUrl> {
        self.https.as_ref()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The order is given by the call; the future only tells when it was carried out.
        drop(self.handle.stop(false));
        // A panic of that thread was told when it happened.
        drop(self.thread.take().map(JoinHandle::join));
    }
}
