//! A line to the network, which can be cut: then its port refuses connections and those that are there break, as if the machine were
//! gone. What goes over the line is no business of this file. Simulators are behind one, and customers who lose their network.

use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// How long to wait before trying again to listen.
const RETRY: Duration = Duration::from_millis(20);

/// Connects the line and cuts it.
#[derive(Debug)]
pub(crate) struct Switch(watch::Sender<bool>);

impl Switch {
    /// Connects the line, or cuts it.
    pub(crate) fn set(&self, connected: bool) {
        self.0.send_replace(connected);
    }
}

/// A listener that is there only while the line is connected.
#[derive(Debug)]
pub(crate) struct Line {
    listener: Option<TcpListener>,
    address: io::Result<SocketAddr>,
    connected: watch::Receiver<bool>,
}

impl Line {
    /// A connected line, and its switch.
    pub(crate) fn new(listener: TcpListener) -> (Self, Switch) {
        let (switch, connected) = watch::channel(true);
        let address = listener.local_addr();
        (Self { listener: Some(listener), address, connected }, Switch(switch))
    }

    /// The listener, made anew if need be.
    async fn listener(&mut self) -> io::Result<&TcpListener> {
        if self.listener.is_none() {
            let address = self.local_addr()?;
            self.listener = Some(TcpListener::bind(address).await?);
        }
        self.listener.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Listener for Line {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            let mut connected = self.connected.clone();
            if !*connected.borrow_and_update() {
                self.listener = None;
                if connected.changed().await.is_err() {
                    // Its switch is gone, and nobody will connect it again.
                    std::future::pending::<()>().await;
                }
                continue;
            }
            let accepted = async { self.listener().await?.accept().await };
            tokio::select! {
                accepted = accepted => match accepted {
                    Ok((stream, from)) => return (Wire { stream, connected: self.connected.clone() }, from),
                    Err(_) => tokio::time::sleep(RETRY).await,
                },
                // Cut: look again.
                _ = connected.changed() => {}
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.address.as_ref().copied().map_err(|error| error.kind().into())
    }
}

/// Passes on to a port of this machine whatever comes over the line, until the task is ended.
pub(crate) fn pass_on(mut line: Line, port: u16) -> AbortHandle {
    let passing = async move {
        let mut under_way = JoinSet::new();
        loop {
            let (mut wire, _) = line.accept().await;
            while under_way.try_join_next().is_some() {}
            under_way.spawn(async move {
                let mut machine = TcpStream::connect(("127.0.0.1", port)).await?;
                tokio::io::copy_bidirectional(&mut wire, &mut machine).await
            });
        }
    };
    tokio::spawn(passing).abort_handle()
}

/// One connection, which breaks as soon as anything is to go over it while the line is cut.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    connected: watch::Receiver<bool>,
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if *self.connected.borrow() { Ok(()) } else { Err(io::ErrorKind::ConnectionReset.into()) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        read.map(|read| self.check().and(read))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
