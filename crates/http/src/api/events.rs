//! The stream of server-sent events: what was committed, for those who see it.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tonalite_app::{Received, Session, Subscription};
use tonalite_core::Error;
use tonalite_core::event::{Event, EventKind};
use tonalite_core::time::{Span, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::wire::time_text;
use crate::ctx::{Ctx, find_session};
use crate::problem::Problem;
use crate::read::{Query, query};
use crate::session::Credential;
use crate::state::HttpState;
use crate::streams::StreamSlot;

/// Who signed out, or lost a right, hears nothing more after this long.
const SESSION_CHECK: Span = Span::from_secs(30);
/// Proxies commonly cut what is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A phone has registered, as a client reads it.
const EXAMPLE: &str = "\
id: 5f2c1a-1042
event: device.status
data: {\"device_id\":\"019ac2f0-0000-7000-8000-00000000d001\",\"status\":\"registered\",\"status_detail\":null,\"lines_registered\":1,\"lines_assigned\":1,\"since\":\"2026-11-23T09:02:00.000Z\"}
";

/// Operations on events.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(stream_events))
}

query! {
    /// Where to go on.
    struct EventQuery {
        /// Id of the last event received, for who cannot set the header `Last-Event-ID`.
        #[param(nullable = false)]
        last_event_id: Option<String>,
    }
}

/// `device.status`: the committed state of a device changed.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceStatusEvent {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    status: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `no_line`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    status_detail: Option<&'static str>,
    /// Assigned lines with a live registration.
    #[schema(examples(1))]
    lines_registered: u16,
    /// Lines assigned to a user.
    #[schema(examples(1))]
    lines_assigned: u16,
    /// Since when it has this status.
    #[schema(format = DateTime)]
    since: String,
}

/// `line.state`: the committed state of one line changed.
#[derive(Debug, Serialize, ToSchema)]
struct LineStateEvent {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
    /// Id of the line.
    #[schema(format = Uuid)]
    line_id: String,
    /// Port of the device, from 1.
    #[schema(examples(1))]
    port: u16,
    /// `registered`, `aged` or `unregistered`.
    #[schema(examples("registered"))]
    state: &'static str,
    /// `never_seen`, `withdrawn`, `ended`, `overdue`, `unconfirmed` or `null`.
    #[schema(examples(json!(null)))]
    state_detail: Option<&'static str>,
    /// Since when it has this state.
    #[schema(format = DateTime)]
    since: String,
}

/// `device.added` and `device.removed`.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceEvent {
    /// Id of the device.
    #[schema(format = Uuid)]
    device_id: String,
}

/// `reboot`: a reboot went a step further.
#[derive(Debug, Serialize, ToSchema)]
struct RebootEvent {
    /// Id of the reboot.
    #[schema(format = Uuid)]
    id: String,
    /// The device.
    #[schema(format = Uuid)]
    device_id: String,
    /// As in the reboot itself.
    #[schema(examples("accepted"))]
    state: &'static str,
    /// Status code of the phone's answer; `null` before there is one.
    #[schema(examples(200))]
    code: Option<u16>,
    /// When it came to this state.
    #[schema(format = DateTime)]
    at: String,
}

/// `import`: an import of devices went on. Told to the person who began it.
#[derive(Debug, Serialize, ToSchema)]
struct ImportEvent {
    /// Id of the import.
    #[schema(format = Uuid)]
    id: String,
    /// As in the import itself.
    #[schema(examples("reading"))]
    state: &'static str,
    /// Bytes of the file that have been read.
    bytes_read: u64,
    /// Bytes of the file.
    bytes: u64,
    /// Rows read so far.
    rows_read: u64,
    /// Of these, devices that are added.
    create: u64,
    /// Of these, devices that are changed.
    update: u64,
    /// Of these, devices that are there already.
    unchanged: u64,
    /// Of these, rows that are wrong.
    rejected: u64,
}

/// `export`: an export of line states went on. Told to the person who asked for it.
#[derive(Debug, Serialize, ToSchema)]
struct ExportEvent {
    /// Id of the export.
    #[schema(format = Uuid)]
    id: String,
    /// As in the export itself.
    #[schema(examples("queued"))]
    state: &'static str,
    /// Its place in the queue, from 1; `null` when it does not wait there.
    #[schema(examples(3))]
    place: Option<usize>,
}

/// What stands in `data`, by the name of the event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum EventData {
    DeviceStatus(DeviceStatusEvent),
    LineState(LineStateEvent),
    Device(DeviceEvent),
    Reboot(RebootEvent),
    Import(ImportEvent),
    Export(ExportEvent),
}

/// Follow events
///
/// Server-sent events: `device.status`, `line.state`, `device.added`, `device.removed`, `reboot`, `import`, `export`. Each has
/// an id; who reconnects with the last one misses nothing, or is told by `reset` to read the lists again. Ends with the
/// session.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events",
    params(EventQuery, ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event received.")),
    responses((status = 200, description = "A stream that does not end by itself.", content(
        (EventData = "text/event-stream", example = json!(EXAMPLE)),
    )))
)]
async fn stream_events(
    ctx: Ctx,
    Query(query): Query<EventQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let session = ctx.signed_in()?.as_ref().clone();
    let credential = ctx.credential.clone().ok_or(Error::Unauthenticated)?;
    let streams = ctx.state.streams();
    let slot = streams.open(credential.fingerprint()).ok_or(Error::TooMany(Span::from_secs(30)))?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let last = last.or(query.last_event_id);
    let after = last.as_deref().map(|id| streams.event_number(id));
    let subscription = ctx.app.events().subscribe(after.flatten());
    let period = Duration::from_millis(SESSION_CHECK.0.unsigned_abs());
    let mut check = interval_at(Instant::now() + period, period);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        // An id that is not of this process, such as one from before a restart: what came after it is not known.
        reset: after == Some(None),
        checked_at: ctx.now,
        ctx,
        session,
        credential,
        subscription,
        check,
        _slot: slot,
    };
    let mut response =
        Sse::new(follower.stream()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // nginx would keep events until its buffer is full.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

/// One open stream. It holds no queue of its own: who reads too slowly misses events, and is told.
struct Follower {
    ctx: Ctx,
    session: Session,
    credential: Credential,
    subscription: Subscription,
    check: Interval,
    checked_at: Timestamp,
    reset: bool,
    _slot: StreamSlot,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Message, Infallible>> {
        unfold(self, async |mut follower| {
            let message = follower.next().await?;
            Some((Ok(message), follower))
        })
    }

    /// The next message; `None` at the end of the session, of the events or of the process.
    async fn next(&mut self) -> Option<Message> {
        if std::mem::take(&mut self.reset) {
            return Some(reset());
        }
        let shutdown = self.ctx.state.shutdown().clone();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return None,
                _ = self.check.tick() => self.check_session().await?,
                received = self.subscription.next() => match received? {
                    Received::Missed => return Some(reset()),
                    Received::Event(number, event) => {
                        // The timer may be late; what is told is told to who may hear it.
                        if self.ctx.state.now() >= self.checked_at + SESSION_CHECK {
                            self.check_session().await?;
                        }
                        if self.session.actor.hears(&event) {
                            return message(&self.ctx.state.streams().event_id(number), &event);
                        }
                    }
                },
            }
        }
    }

    /// `None` when the session ended. A store in trouble ends it, too: the browser comes back by itself.
    async fn check_session(&mut self) -> Option<()> {
        let state = &self.ctx.state;
        let now = state.now();
        match find_session(state, &self.credential, self.ctx.address, now).await {
            Ok(Some(session)) => (self.session, self.checked_at) = (session, now),
            Ok(None) => return None,
            Err(error) => {
                tracing::debug!(request.id = %self.ctx.request_id, code = error.code(), "a session could not be checked");
                return None;
            }
        }
        Some(())
    }
}

/// Something was missed: the reader asks for the lists again.
fn reset() -> Message {
    Message::default().event("reset").data("{}")
}

fn message(id: &str, event: &Event) -> Option<Message> {
    let (name, data) = match &event.kind {
        EventKind::DeviceStatus {
            device_id,
            status,
            status_detail,
            lines_registered,
            lines_assigned,
            since,
        } => {
            let data = DeviceStatusEvent {
                device_id: device_id.to_string(),
                status: status.as_str(),
                status_detail: status_detail.map(|detail| detail.as_str()),
                lines_registered: *lines_registered,
                lines_assigned: *lines_assigned,
                since: time_text(*since),
            };
            ("device.status", EventData::DeviceStatus(data))
        }
        EventKind::LineState { device_id, line_id, port, state, state_detail, since } => {
            let data = LineStateEvent {
                device_id: device_id.to_string(),
                line_id: line_id.to_string(),
                port: *port,
                state: state.as_str(),
                state_detail: state_detail.map(|detail| detail.as_str()),
                since: time_text(*since),
            };
            ("line.state", EventData::LineState(data))
        }
        EventKind::DeviceAdded(id) => {
            ("device.added", EventData::Device(DeviceEvent { device_id: id.to_string() }))
        }
        EventKind::DeviceRemoved(id) => {
            ("device.removed", EventData::Device(DeviceEvent { device_id: id.to_string() }))
        }
        EventKind::Reboot { id, device_id, state, code, at } => {
            let data = RebootEvent {
                id: id.to_string(),
                device_id: device_id.to_string(),
                state: state.as_str(),
                code: *code,
                at: time_text(*at),
            };
            ("reboot", EventData::Reboot(data))
        }
        EventKind::Import { id, state, bytes_read, bytes, rows } => {
            let data = ImportEvent {
                id: id.to_string(),
                state: state.as_str(),
                bytes_read: *bytes_read,
                bytes: *bytes,
                rows_read: rows.total(),
                create: rows.create,
                update: rows.update,
                unchanged: rows.unchanged,
                rejected: rows.rejected,
            };
            ("import", EventData::Import(data))
        }
        EventKind::Export { id, state, place } => {
            let data = ExportEvent { id: id.to_string(), state: state.as_str(), place: *place };
            ("export", EventData::Export(data))
        }
    };
    // These structs always serialize; were it not so, the stream would end and the reader begin anew.
    Message::default().id(id).event(name).json_data(data).ok()
}
