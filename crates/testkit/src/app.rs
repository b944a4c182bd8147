//! A running application on a folder of its own, with a clock that stands still and the made-up tree in it.

use std::sync::Arc;

use sqlx::Connection as _;
use tempfile::TempDir;
use tonalite_app::{
    App, AppConfig, DeviceRequest, ExportSettings, Location, OpenError, PartyChange, Session,
};
use tonalite_core::Result;
use tonalite_core::access::{Actor, Identity};
use tonalite_core::device::Device;
use tonalite_core::id::PartyId;
use tonalite_core::line::{Line, LineUse};
use tonalite_core::party::Feature;
use tonalite_core::portal_user::{PortalUser, Role};
use tonalite_core::secret::Secret;
use tonalite_core::site::Site;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::user::{NewUser, User};
use tonalite_core::world::Clock;

use crate::stores::{TestDatabase, chosen_database};
use crate::{Runs, SeededEntropy, Tree, VirtualClock, Whose, eventually};

/// The password of every portal user that a [`TestApp`] makes.
pub const PASSWORD: &str = "one phone to ring them all";

/// An application with everything around it that a test needs. Dropping it deletes its folder.
pub struct TestApp {
    /// The application.
    pub app: Arc<App>,
    /// Its clock.
    pub clock: Arc<VirtualClock>,
    /// Its randomness.
    pub entropy: Arc<SeededEntropy>,
    /// Parties and sites.
    pub tree: Tree,
    /// The runs of its exports of line states.
    pub runs: Runs,
    exports: ExportSettings,
    location: Location,
    folder: TempDir,
    database: Option<TestDatabase>,
}

impl TestApp {
    /// Starts on SQLite in a temporary folder, or on the engine that [`crate::ENGINE`] names.
    ///
    /// # Panics
    /// When it does not start: then the test has failed.
    pub async fn start() -> TestApp {
        Self::start_with(ExportSettings::default()).await
    }

    /// The same with other settings of the exports.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(exports: ExportSettings) -> TestApp {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let database = chosen_database().await;
        let location = match &database {
            Some(database) => database.location(),
            None => Location::Folder(folder.path().join("data")),
        };
        TestApp { database, ..Self::start_in(folder, location, exports).await }
    }

    /// Starts where the test says, for tests that run on each engine.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_at(location: Location) -> TestApp {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        Self::start_in(folder, location, ExportSettings::default()).await
    }

    async fn start_in(folder: TempDir, location: Location, exports: ExportSettings) -> TestApp {
        let (clock, entropy, runs) = (VirtualClock::new(), SeededEntropy::new(1), Runs::new());
        let exports = ExportSettings { before_run: Some(runs.before_run()), ..exports };
        let app = must(
            open(&location, folder.path().join("spool"), &exports, &entropy, clock.now()).await,
            "the application does not open",
        );
        let tree = must(Tree::plant(&app, clock.now()).await, "the tree is refused");
        TestApp { app, clock, entropy, tree, runs, exports, location, folder, database: None }
    }

    /// Switches a feature of a party and of all below it, or clears what it said, as the program itself, which is above all.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn switch(&self, party: PartyId, feature: Feature, on: Option<bool>) {
        let system = Actor::system();
        let switched = async {
            let granted = system.administer(self.app.find_party(&system, party).await?.into_inner())?;
            let change = PartyChange { features: vec![(feature, on)], ..PartyChange::default() };
            self.app.update_party(&system, granted, None, change, self.now()).await
        };
        must(switched.await, "a feature is not switched");
    }

    /// Stops the application in good order and opens it again, as an upgrade does. Whoever else holds the [`App`]
    /// must let go first.
    ///
    /// # Panics
    /// When it does not open again.
    pub async fn restart(self) -> TestApp {
        let TestApp { app, clock, entropy, tree, runs, exports, location, folder, database } = self;
        app.shutdown().await;
        drop(app);
        // The writer's task gives up the folder a moment after the last handle is gone.
        let app = eventually("the folder is free again", async || {
            match open(&location, folder.path().join("spool"), &exports, &entropy, clock.now()).await {
                Err(OpenError::InUse(_)) => None,
                opened => Some(must(opened, "the application does not open again")),
            }
        });
        TestApp { app: app.await, clock, entropy, tree, runs, exports, location, folder, database }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock.
    pub fn advance(&self, span: Span) -> Timestamp {
        self.clock.advance(span)
    }

    /// Moves the clock, and lets fall due what then does for exports.
    pub fn advance_exports(&self, span: Span) -> Timestamp {
        let now = self.advance(span);
        self.turn_exports();
        now
    }

    /// What a server does for exports by itself.
    pub fn turn_exports(&self) {
        let clock: Arc<dyn Clock> = self.clock.clone();
        self.app.turn_exports(&clock);
    }

    /// Where the data lie.
    pub(crate) const fn location(&self) -> &Location {
        &self.location
    }

    /// A folder that is deleted with this; the data lie in its folder `data`, unless they lie elsewhere.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The name with which a portal user of that party and role signs in: `a-manager`.
    pub fn username(whose: Whose, role: Role) -> String {
        format!("{}-{}", whose.as_str(), role.as_str())
    }

    /// The portal user of that party and role, made when first asked for: hashing a password takes time.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn portal_user(&self, whose: Whose, role: Role) -> PortalUser {
        let username = Self::username(whose, role);
        if let Ok(session) = self.app.session_from_command_line(&username).await {
            return session.portal_user;
        }
        let system = Actor::system();
        let made = async {
            let party = system.administer(self.tree.party(whose).clone())?;
            let password = Secret::new(PASSWORD.to_owned());
            self.app.create_portal_user(&system, party, &username, password, role, None, self.now()).await
        };
        must(made.await, "a portal user is refused")
    }

    /// Its session, without signing in.
    ///
    /// # Panics
    /// When the portal user is refused.
    pub async fn session(&self, whose: Whose, role: Role) -> Session {
        let user = self.portal_user(whose, role).await;
        let session = self.app.session_from_command_line(&user.username).await;
        let mut session = must(session, "a portal user is gone");
        session.actor.identity = Identity::PortalUser(user.key, user.id);
        session
    }

    /// What it may do.
    ///
    /// # Panics
    /// When the portal user is refused.
    pub async fn actor(&self, whose: Whose, role: Role) -> Actor {
        self.session(whose, role).await.actor
    }

    /// Narrows a portal user to some sites, which nothing of the product does yet: the row is written by hand.
    ///
    /// # Panics
    /// When it cannot be written.
    pub async fn narrow(&self, user: &PortalUser, sites: &[&Site]) {
        for site in sites {
            narrow(&self.location, user.key.0, site.key.0).await;
        }
    }

    /// Adds a device, in the program's own name; `mac` is `None` for types without one.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_device(&self, site: &Site, device_type_id: &str, mac: Option<&str>) -> Device {
        let system = Actor::system();
        let added = async {
            let request = DeviceRequest { mac, device_type_id, ..DeviceRequest::default() };
            self.app.create_device(&system, system.manage(site.clone())?, request, self.now()).await
        };
        must(added.await, "a device is refused").0
    }

    /// Adds a user, in the program's own name.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_user(&self, site: &Site, name: &str, extension: &str) -> User {
        let system = Actor::system();
        let added = async {
            let new = NewUser::parse(name, extension, None, None, None)?;
            self.app.create_user(&system, system.manage(site.clone())?, new, self.now()).await
        };
        must(added.await, "a user is refused")
    }

    /// Assigns a line, in the program's own name.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn assign_line(&self, device: &Device, port: u16, user: &User) -> Line {
        let system = Actor::system();
        let assigned = async {
            let (device, user) = (system.manage(device.clone())?, system.view(user.clone())?);
            self.app.assign_line(&system, device, port, user, LineUse::Primary, self.now()).await
        };
        must(assigned.await, "a line is refused")
    }

    /// The SIP user name, password and domain of an assigned line, as a phone is given them.
    ///
    /// # Panics
    /// When there is no such line.
    pub async fn credentials(&self, device: &Device, port: u16) -> (String, String, String) {
        let mut found = None;
        let mut each = |line: tonalite_core::registration::RegistrarLine| {
            if line.line.device.key == device.key && line.line.port == port {
                found = Some(line);
            }
        };
        let loaded = self.app.load_registrar_lines(self.now(), &mut each).await;
        must(loaded, "the lines cannot be read");
        let line = found.unwrap_or_else(|| panic!("port {port} of {} is not assigned", device.id));
        let secret =
            must(self.app.open_secret(line.line.id, &line.credential.secret), "a secret does not open");
        let sip = line.credential.sip;
        let password = secret.into_password().unwrap_or_else(|| panic!("only a hash is known"));
        (sip.username, password.into_exposed(), sip.domain.as_str().to_owned())
    }
}

async fn narrow(location: &Location, user: i64, site: i64) {
    const TEXT: &str = "INSERT INTO portal_user_site (portal_user_id, site_id) VALUES ($1, $2)";
    let written = async {
        match location {
            Location::Folder(folder) => {
                let file = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("inventory.db"));
                let mut connection = sqlx::SqliteConnection::connect_with(&file).await?;
                sqlx::query(TEXT).bind(user).bind(site).execute(&mut connection).await?;
                connection.close().await
            }
            Location::Postgres(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await?;
                sqlx::query(TEXT).bind(user).bind(site).execute(&mut connection).await?;
                connection.close().await
            }
        }
    };
    must(written.await, "a portal user cannot be narrowed");
}

async fn open(
    location: &Location,
    spool_folder: std::path::PathBuf,
    exports: &ExportSettings,
    entropy: &Arc<SeededEntropy>,
    now: Timestamp,
) -> Result<Arc<App>, OpenError> {
    let config = AppConfig {
        retention: tonalite_core::audit::Retention::default(),
        location: location.clone(),
        sealing_key: Secret::new([7; 32]),
        registrar_address: "sip.example.net:5060".to_owned(),
        spool_folder,
        exports: exports.clone(),
    };
    App::open(config, entropy.clone(), now).await
}

/// Unwraps with what the error says, cause included: this is a test.
pub(crate) fn must<T, E: std::fmt::Debug>(result: std::result::Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|error| panic!("{what}: {error:?}"))
}
