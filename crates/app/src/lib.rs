//! The use cases of the portal: rights, rules, store and events together. No HTTP, no SIP, no HTML.
//! Each takes who acts, the capability it needs, and `now`; each change writes its audit record in the same transaction.

mod acting;
mod approved;
mod assignments;
mod audit;
mod checks;
mod dect_reboots;
mod dect_systems;
mod device_search;
mod devices;
mod events;
mod exports;
mod features;
mod fleets;
mod health;
mod idempotency;
mod import_template;
mod imports;
mod line_states;
mod lines;
mod parties;
mod party_changes;
mod passwords;
mod personal_data;
mod phones;
mod portal_users;
mod reboot_driver;
mod reboot_table;
mod reboots;
mod refusals;
mod registrations;
mod sealing;
mod sessions;
mod sites;
mod taken_over;
mod throttle;
mod tokens;
mod upkeep;
mod users;
pub mod workbook;

use std::sync::Arc;

use tonalite_core::Result;
use tonalite_core::audit::Retention;
use tonalite_core::secret::Secret;
use tonalite_core::time::Timestamp;
use tonalite_core::world::Entropy;
use tonalite_store::Store;

pub use acting::{ACTING, Acting};
pub use assignments::{AssignedPort, PortOrder, PortTaker};
pub use audit::AuditTarget;
pub use checks::{CheckedContact, CheckedLine, DeviceCheck, LONGEST_WAIT};
pub use dect_systems::{DectSystemChange, DectSystemView, KnownChain};
pub use devices::{ContactView, DeviceChange, DeviceRequest, LineView};
pub use events::{Events, Received, Subscription};
pub use exports::{
    Asker, BeforeRun, BegunExport, DeviceSheet, ExportSettings, FollowedExport, LineExport, LineExportOrder,
    LineSheet, NeutralFile, SheetForm, SpoolFile, refused_code,
};
pub use fleets::{DevicePlan, LinePassword, SitePlan};
pub use health::Health;
pub use imports::{
    AlreadyApplied, ImportChange, ImportJob, ImportOrder, ImportRow, ImportUpload, KeptByUndo, OnError,
    UndoReport,
};
pub use lines::NewCredentials;
pub use parties::{PartyChange, PartyQuery};
pub use party_changes::{MOST_NAMED, MOST_PARTIES, ManyChange, PartyPlan, PartySet};
pub use phones::{CarriedOut, PhoneCommand, Phones};
pub use reboots::RebootOutlook;
pub use sessions::Session;
pub use taken_over::{TakeOver, TakeOverReport, WrongRow};
pub use tokens::ApiToken;
pub use tonalite_catalog::{DeviceType, Kind as DeviceKind};
pub use tonalite_store::live::{Committed, Done, Full, LiveWriter};
pub use tonalite_store::{
    AuditCheck, AuditFault, AuditPage, AuditRow as AuditEntry, AuditSeal, Differs, Engine, HeldLine,
    LineCount, LineUser, ListedContact, ListedLine, ListedPort, Location, Mention, OpenError, Owner,
    PartyAct, PartyRemainder, PlacedParty, PortalUserTraces, Remembered, SessionTrace, SiteRemainder,
    TokenTrace, UsedLine, UserTraces,
};
pub use upkeep::{Sweep, hex};
pub use users::{LinesToLose, UserLine};

/// What the application needs to know beyond its store.
pub struct AppConfig {
    /// Where the state lies.
    pub location: Location,
    /// Seals the SIP secrets.
    pub sealing_key: Secret<[u8; 32]>,
    /// `host:port` of our SIP listener as phones see it: shown with new credentials.
    pub registrar_address: String,
    /// Folder of the files that are made before they are sent.
    pub spool_folder: std::path::PathBuf,
    /// How exports go on there.
    pub exports: ExportSettings,
    /// How long things are kept.
    pub retention: Retention,
}

/// The application. Shared behind an `Arc` by every edge.
pub struct App {
    store: Arc<Store>,
    live: LiveWriter,
    events: Arc<Events>,
    phones: Arc<Phones>,
    checks: checks::Checks,
    reboots: Arc<reboot_table::Reboots>,
    dect_runs: dect_reboots::DectRuns,
    health: Health,
    entropy: Arc<dyn Entropy>,
    sealer: sealing::Sealer,
    passwords: passwords::Passwords,
    sign_ins: throttle::SignIns,
    probes: throttle::Probes,
    exports: exports::Exports,
    imports: imports::Imports,
    refusals: refusals::Refusals,
    retention: Retention,
    registrar_address: std::sync::RwLock<String>,
    /// What was last heard before this is *unconfirmed*.
    ready_at: Timestamp,
}

impl App {
    /// Opens the store and starts the live writer.
    ///
    /// # Errors
    /// [`OpenError`], in words for an administrator.
    pub async fn open(
        config: AppConfig,
        entropy: Arc<dyn Entropy>,
        now: Timestamp,
    ) -> Result<Arc<App>, OpenError> {
        let store = Arc::new(Store::open(&config.location).await?);
        let exports = exports::Exports::open(&config.spool_folder, &config.exports, &entropy)?;
        let wanted = store.find_import_files().await.map_err(|_| OpenError::Imports)?;
        let imports = imports::Imports::open(&config.spool_folder, &wanted)?;
        let events = Arc::new(Events::new(now));
        let told = Arc::clone(&events);
        let reboots = Arc::new(reboot_table::Reboots::default());
        let hears = Arc::clone(&reboots);
        let (live, _writer) = LiveWriter::start(Arc::clone(&store), move |report| {
            hears.hear(&report.observed);
            for event in report.events {
                told.publish(event);
            }
        });
        let (phones, confirmed) = Phones::new();
        let app = Arc::new(App {
            sealer: sealing::Sealer::new(&config.sealing_key),
            passwords: passwords::Passwords::new(entropy.as_ref()),
            store,
            live,
            events,
            phones: Arc::new(phones),
            checks: checks::Checks::default(),
            reboots,
            dect_runs: dect_reboots::DectRuns::default(),
            health: Health::default(),
            entropy,
            sign_ins: throttle::SignIns::default(),
            probes: throttle::Probes::default(),
            exports,
            imports,
            refusals: refusals::Refusals::default(),
            retention: config.retention,
            registrar_address: std::sync::RwLock::new(config.registrar_address),
            ready_at: now,
        });
        tokio::spawn(lines::promote_confirmed(Arc::downgrade(&app), confirmed));
        Ok(app)
    }

    /// Events of what has been committed.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The way to the phones, for the registrar.
    pub fn phones(&self) -> &Phones {
        &self.phones
    }

    /// The live writer, for the registrar.
    pub const fn live(&self) -> &LiveWriter {
        &self.live
    }

    /// What is degraded.
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// Where randomness comes from: ids of requests.
    pub fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// Says where phones find the registrar, once its port is known.
    pub fn set_registrar_address(&self, address: String) {
        *self.registrar_address.write().unwrap_or_else(std::sync::PoisonError::into_inner) = address;
    }

    /// Where phones find the registrar: `host:port`.
    pub fn registrar_address(&self) -> String {
        self.registrar_address.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Asks the store for an answer.
    ///
    /// # Errors
    /// [`tonalite_core::Error::Unavailable`].
    pub async fn check_ready(&self) -> Result<()> {
        self.store.check().await
    }

    /// Which engine the state lies on.
    pub fn engine(&self) -> Engine {
        self.store.engine()
    }

    /// Waits until everything that was submitted so far is written.
    pub async fn flush(&self) -> Committed {
        self.live.barrier().await
    }

    /// Writes what is pending and closes the store. Nothing may be asked afterwards.
    pub async fn shutdown(&self) {
        self.flush().await;
        self.store.close().await;
    }

    fn new_id(&self, now: Timestamp) -> uuid::Uuid {
        tonalite_core::world::new_id(now, self.entropy.as_ref())
    }
}
