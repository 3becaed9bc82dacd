//! Responses that tell what happens while it happens: one JSON object a line, and an empty line now and then, so that nobody in between
//! believes that the connection is dead. When the client goes away, the work stops after its current step.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// The form of such a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON object a line.
    Lines,
    /// Of the published client.
    ServerSentEvents,
}

impl Format {
    fn content_type(self) -> &'static str {
        match self {
            Self::Lines => "application/x-ndjson",
            Self::ServerSentEvents => "text/event-stream",
        }
    }
}

/// How long nothing happens before an empty line is sent.
const QUIET: Duration = Duration::from_secs(2);

/// Sends events to a client, as long as there is one.
#[derive(Clone)]
pub(super) struct Teller {
    sender: UnboundedSender<Bytes>,
    is_gone: Arc<AtomicBool>,
}

impl Teller {
    /// Sends an event. It is lost if nobody reads it any more.
    pub(crate) fn tell(&self, event: &impl Serialize) {
        let mut line = serde_json::to_string(event).expect("an event has only texts and numbers");
        line.push('\n');
        self.send(line);
    }

    /// The same for a text in the format of the response.
    pub(crate) fn send(&self, text: String) {
        let _ = self.sender.send(text.into());
    }

    /// Set when the client has gone away.
    pub(crate) fn is_gone(&self) -> &AtomicBool {
        &self.is_gone
    }
}

/// A response, and what sends its events. It ends when the last teller is dropped.
pub(super) fn response(format: Format) -> (Teller, Response) {
    let (sender, receiver) = unbounded_channel();
    let is_gone = Arc::new(AtomicBool::new(false));
    let mut beat = interval(QUIET);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let events = Events { receiver, beat, is_gone: Arc::clone(&is_gone) };
    (Teller { sender, is_gone }, ([(CONTENT_TYPE, format.content_type())], Body::new(events)).into_response())
}

/// The body of such a response.
struct Events {
    receiver: UnboundedReceiver<Bytes>,
    beat: Interval,
    is_gone: Arc<AtomicBool>,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.receiver.poll_recv(context) {
            Poll::Ready(line) => {
                self.beat.reset();
                Poll::Ready(line.map(|line| Ok(Frame::data(line))))
            }
            Poll::Pending => self.beat.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from_static(b"\n"))))),
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }
}
