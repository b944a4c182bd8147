//! A registered phone, and the test in the place of the registrar.

use tokio::sync::{mpsc, oneshot};
use tonalite_app::PhoneCommand;
use tonalite_core::Result;
use tonalite_core::access::Actor;
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_core::device::Device;
use tonalite_core::line::Line;
use tonalite_core::line_state::{Binding, LineState, Source, StateDetail, Transport};
use tonalite_core::page::Limit;
use tonalite_core::portal_user::Role;
use tonalite_core::reboot::{Reboot, RebootState};
use tonalite_core::registration::{DeviceRef, LineChange, LineRef, Renewal};
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::timeline::TimelineKind;
use tonalite_testkit::{TestApp, Whose, eventually};

/// A registered phone, and the test in the place of the registrar.
pub(crate) struct Bench {
    pub(crate) t: TestApp,
    pub(crate) actor: Actor,
    pub(crate) device: Device,
    pub(crate) line: Line,
    pub(crate) inbox: mpsc::Receiver<PhoneCommand>,
}

pub(crate) fn binding(id: i64, call_id: &str, cseq: u32, at: Timestamp) -> Binding {
    Binding {
        id,
        contact: format!("sip:k7@192.0.2.9:{}", 5060 + id),
        instance: None,
        reg_id: None,
        call_id: call_id.into(),
        cseq,
        source: Source { transport: Transport::Udp, address: ([192, 0, 2, 9], 5060).into() },
        path: Vec::new(),
        user_agent: Some("Yealink SIP-T54W 96.86".into()),
        registered_at: at,
        refreshed_at: at,
        expires_at: at + Span::from_secs(600),
        granted: Span::from_secs(600),
        not_before: Timestamp::default(),
    }
}

pub(crate) fn answered(code: u16, reason: &str) -> ContactAnswer {
    ContactAnswer::Answered { code, reason: reason.into(), after: Span(23), authenticated: false }
}

impl Bench {
    /// A Yealink T54W with one line, registered a minute ago.
    pub(crate) async fn start() -> Bench {
        let mut bench = Bench::unplugged().await;
        let at = bench.t.now();
        bench.registered(vec![binding(1, "old", 40, at)], TimelineKind::Registered).await;
        bench.t.advance(Span::from_secs(60));
        bench
    }

    /// The same phone, which never registered.
    pub(crate) async fn unplugged() -> Bench {
        let t = TestApp::start().await;
        let site = t.tree.a.sites[0].clone();
        let device = t.add_device(&site, "yealink-t54w", Some("00:15:65:ab:cd:ef")).await;
        let user = t.add_user(&site, "Anne Leroy", "1001").await;
        let line = t.assign_line(&device, 1, &user).await;
        let actor = t.actor(Whose::A, Role::Support).await;
        let inbox = t.app.phones().attach();
        Bench { t, actor, device, line, inbox }
    }

    pub(crate) fn line_ref(&self) -> LineRef {
        let device = DeviceRef {
            key: self.device.key,
            id: self.device.id,
            site: self.device.site_key,
            tenancy: self.device.tenancy,
        };
        LineRef { key: self.line.key, id: self.line.id, port: self.line.port, device }
    }

    pub(crate) async fn change(
        &mut self,
        state: LineState,
        stored: Vec<Binding>,
        removed: Vec<i64>,
        kind: TimelineKind,
    ) {
        let now = self.t.now();
        let withdrawn = (kind == TimelineKind::Withdrew).then_some(StateDetail::Withdrawn);
        let change = LineChange {
            line: self.line_ref(),
            at: now,
            state,
            detail: withdrawn,
            since: now,
            registered_at: Some(now),
            expires_at: stored.iter().map(|binding| binding.expires_at).max(),
            stored,
            removed,
            observed: vec![kind],
            ip: Some("192.0.2.9".into()),
            user_agent: None,
        };
        self.t.app.live().change(change, Box::new(drop)).unwrap();
        self.t.app.flush().await;
    }

    pub(crate) async fn registered(&mut self, bindings: Vec<Binding>, kind: TimelineKind) {
        self.change(LineState::Registered, bindings, Vec::new(), kind).await;
    }

    pub(crate) async fn withdrew(&mut self) {
        self.change(LineState::Unregistered, Vec::new(), vec![1], TimelineKind::Withdrew).await;
    }

    /// The phone renews, as it is now, with this Call-ID.
    pub(crate) async fn renewed(&mut self, call_id: &str, cseq: u32) {
        let now = self.t.now();
        let observed = if call_id == "old" { Vec::new() } else { vec![TimelineKind::Restarted] };
        let renewal = Renewal {
            line: self.line_ref(),
            binding: 1,
            call_id: call_id.into(),
            cseq,
            refreshed_at: now,
            expires_at: now + Span::from_secs(600),
            granted: Span::from_secs(600),
            observed,
        };
        self.t.app.live().renew(vec![renewal]).unwrap();
        self.t.app.flush().await;
    }

    pub(crate) async fn try_reboot(&self) -> Result<Reboot> {
        let device = self.t.app.find_device(&self.actor, self.device.id, self.t.now()).await?;
        let device = self.actor.operate(device.into_inner())?;
        self.t.app.reboot_device(&self.actor, device, self.t.now()).await
    }

    pub(crate) async fn reboot(&self) -> Reboot {
        self.try_reboot().await.unwrap()
    }

    /// The next request to the phone.
    pub(crate) async fn asked(&mut self) -> (ContactRequest, oneshot::Sender<ContactAnswer>) {
        match self.inbox.recv().await.unwrap() {
            PhoneCommand::Request(request, tell) => (request, tell),
            _ => panic!("another command"),
        }
    }

    pub(crate) async fn answers(&mut self, answer: ContactAnswer) -> ContactRequest {
        let (request, tell) = self.asked().await;
        tell.send(answer).unwrap();
        request
    }

    /// Turns until the reboot stands there.
    pub(crate) async fn until(&self, reboot: &Reboot, state: RebootState) -> Reboot {
        eventually(state.as_str(), async || {
            self.t.app.turn_reboots(self.t.now()).await;
            let found = self.t.app.find_reboot(&self.actor, reboot.id).await.unwrap();
            (found.state == state).then_some(found)
        })
        .await
    }

    /// A reboot that the phone has accepted.
    pub(crate) async fn accepted(&mut self) -> Reboot {
        let reboot = self.reboot().await;
        assert_eq!(reboot.state, RebootState::Sent);
        let request = self.answers(answered(200, "OK")).await;
        let kind = ContactRequestKind::Notify { event: "check-sync;reboot=true".into(), user: None };
        assert_eq!(request, ContactRequest { line: self.line.key, binding: 1, kind });
        let reboot = self.until(&reboot, RebootState::Accepted).await;
        assert_eq!((reboot.code, reboot.answered_at), (Some(200), Some(self.t.now())));
        reboot
    }

    /// Tests every five seconds for so long, answered so; gives how many there were.
    pub(crate) async fn probed_for(&mut self, seconds: i64, answer: &ContactAnswer) -> usize {
        let mut probes = 0;
        for _ in 0..seconds / 5 {
            self.t.advance(Span::from_secs(5));
            self.t.app.turn_reboots(self.t.now()).await;
            let asked = tokio::time::timeout(std::time::Duration::from_secs(5), self.asked()).await;
            let Ok((request, tell)) = asked else { panic!("no test of the phone") };
            assert_eq!(request.kind, ContactRequestKind::Options);
            tell.send(answer.clone()).unwrap();
            // The answer is in the driver's hands once nobody else holds it.
            tokio::task::yield_now().await;
            probes += 1;
        }
        probes
    }

    pub(crate) async fn timeline(&self) -> Vec<TimelineKind> {
        self.t.app.flush().await;
        let device = self.t.app.find_device(&self.actor, self.device.id, self.t.now()).await.unwrap();
        let rows = self.t.app.timeline_of_device(&device, Limit::DEFAULT).await.unwrap();
        let mut kinds: Vec<_> = rows.into_iter().map(|row| row.kind).collect();
        kinds.reverse();
        let began = kinds.iter().position(|kind| *kind == TimelineKind::RebootRequested);
        kinds.split_off(began.unwrap_or(kinds.len()))
    }
}
