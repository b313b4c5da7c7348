//! Waits for a session's next view in the place of a customer who has no socket.
//!
//! The wait is the Worker's: it opens a socket to the session's object as a browser would, hears what every watcher hears, and closes
//! it. So nothing waits inside the object, and whoever long-polls counts as watching. When the customer's connection breaks, the platform
//! ends the request and with it the socket, which the object sees as any watcher's going; at the latest the wait ends it.

use crate::error::ApiResult;
use crate::log::{self, Level};
use crate::session_stub::{self, Question};
use checkout_core::long_poll::LongPoll;
use checkout_shared::session::SessionView;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Env, Headers, Request, RequestInit, WebSocket, WebsocketEvent};

/// The session's view as soon as it is newer than what the caller knows, else as it is when the wait is over.
///
/// A socket that cannot be had, or breaks, ends the wait early: the view as it is then is answer enough, and the caller asks again.
pub async fn newer(env: &Env, id: &str, wanted: LongPoll) -> ApiResult<SessionView> {
    let socket = Socket::open(env, id).await;
    if let Some(socket) = &socket {
        let wait = Delay::from(Duration::from_secs(wanted.wait));
        if let Either::Left((Some(view), _)) = select(pin!(socket.newer(wanted.after)), pin!(wait)).await {
            return Ok(view);
        }
    }
    // Asked anew rather than answered with what the socket said at first: the view says what time it is. The socket is closed only
    // after that, so that the session does not take its customer for gone in between.
    session_stub::ask(env, id, &Question::View).await
}

/// A socket to a session's object; closed when dropped.
struct Socket(WebSocket);

impl Socket {
    /// `None`: there is none to be had. Asking for the view says why.
    async fn open(env: &Env, id: &str) -> Option<Self> {
        match connect(env, id).await {
            Ok(socket) => socket.map(Self),
            Err(error) => {
                log(&format!("{error:?}"));
                None
            }
        }
    }

    /// The first view after this one. `None`: the socket broke.
    async fn newer(&self, after: u64) -> Option<SessionView> {
        // Listening comes first, or what is sent at once is heard by nobody.
        let mut events = self.0.events().ok()?;
        self.0.accept().ok()?;
        while let Some(event) = events.next().await {
            match event {
                Ok(WebsocketEvent::Message(message)) => {
                    let view: SessionView = serde_json::from_str(&message.text()?).ok()?;
                    if view.sequence > after {
                        return Some(view);
                    }
                }
                Ok(WebsocketEvent::Close(_)) => return None,
                Err(error) => {
                    log(&error.to_string());
                    return None;
                }
            }
        }
        None
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // One that is closed already is as good.
        let _ = self.0.close(Some(1000), Some(""));
    }
}

async fn connect(env: &Env, id: &str) -> ApiResult<Option<WebSocket>> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    let mut init = RequestInit::new();
    init.with_headers(headers);
    let request = Request::new_with_init("https://session/", &init)?;
    Ok(session_stub::connect(env, id, request).await?.websocket())
}

fn log(reason: &str) {
    log::line(Level::Warning, "no socket to wait on", &[("reason", reason)]);
}
