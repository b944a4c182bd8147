//! What can be typed: commands, arguments, and where the log goes.

mod typed;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use tonalite_core::id::{PartyId, SiteId};
use tonalite_phones::OnReboot;
use tracing_subscriber::EnvFilter;

pub(crate) use typed::{DeviceName, FeatureSwitch, Typed};

/// The open portal for fleets of SIP phones.
#[derive(Debug, Parser)]
#[command(name = "tonalite", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Configuration file (TOML). Variables `TONALITE_…` override it.
    #[arg(long, global = true, env = "TONALITE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON for programs: one document, or one object a line where there are several.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the portal, the API and the SIP registrar.
    Serve,
    /// Serve a made-up fleet with simulated phones, to look around.
    Demo(Demo),
    #[command(flatten)]
    Job(Job),
    /// Run simulated phones against a registrar.
    Phones(Phones),
    /// Print the configuration in force, without secrets.
    Config,
    /// Print the OpenAPI document of the API.
    Openapi,
}

/// What is done to an installation: by the server of its data folder where one runs, else by this process.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Job {
    /// Providers, operators and customers.
    #[command(subcommand)]
    Party(Party),
    /// Sites of customers.
    #[command(subcommand)]
    Site(Site),
    /// Portal users: people who sign in.
    #[command(subcommand)]
    User(User),
    /// API tokens.
    #[command(subcommand)]
    Token(Token),
    /// Phones of the inventory.
    #[command(subcommand)]
    Device(Device),
    /// Bring many things in at once, from a file.
    #[command(subcommand)]
    Import(Import),
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Fill an empty installation with a made-up fleet, the same each time.
    Seed(Seed),
    /// Bring the database to this version, and say which engine it is on.
    Migrate,
}

impl Job {
    /// The noun of the command, for the log: its arguments are not for it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Job::Party(_) => "party",
            Job::Site(_) => "site",
            Job::User(_) => "user",
            Job::Token(_) => "token",
            Job::Device(_) => "device",
            Job::Import(_) => "import",
            Job::Audit(_) => "audit",
            Job::Seed(_) => "seed",
            Job::Migrate => "migrate",
        }
    }

    /// Whether a password comes on standard input.
    pub(crate) const fn wants_password(&self) -> bool {
        matches!(self, Job::User(User::Create { .. }))
    }
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for the data of the demo.
    #[arg(long, default_value = "demo-data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Throw away what an earlier demo left there.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Port of the portal (0 lets the system choose). Without it: 8080, or any free one.
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Party {
    /// Make a provider, operator or customer; prints its id.
    Create {
        /// Kind of party.
        #[arg(long)]
        kind: PartyKindArg,
        /// Display name.
        #[arg(long)]
        name: String,
        /// Id of the party above; `platform` for a provider.
        #[arg(long, default_value = "platform")]
        parent: Typed<PartyId>,
        /// SIP domain, which is also the digest realm.
        #[arg(long)]
        sip_domain: Option<String>,
    },
    /// Switch features of a party on or off, at once; say how it is reached.
    Set {
        /// Id of the party.
        id: Typed<PartyId>,
        /// A feature and its state: `line_state_export=on`; `inherit` leaves it to the parties above.
        #[arg(long, value_name = "KEY=on|off|inherit", required_unless_present = "contact")]
        feature: Vec<FeatureSwitch>,
        /// How those below reach it: a telephone number, an e-mail address; empty for none.
        #[arg(long, value_name = "TEXT")]
        contact: Option<String>,
    },
    /// List parties.
    List {
        /// Only the subtree of this party.
        #[arg(long, value_name = "ID")]
        below: Option<Typed<PartyId>>,
        /// Only this kind.
        #[arg(long)]
        kind: Option<PartyKindArg>,
        /// Only names that hold these words.
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
        #[command(flatten)]
        rows: Rows,
    },
    /// Show a party, and which features hold for it.
    Show {
        /// Id of the party.
        id: Typed<PartyId>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
pub(crate) enum PartyKindArg {
    Provider,
    Operator,
    Customer,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Site {
    /// List sites.
    List {
        /// Only sites of this party and those below it.
        #[arg(long, value_name = "ID")]
        party: Option<Typed<PartyId>>,
        #[command(flatten)]
        rows: Rows,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum User {
    /// Make a portal user; prints its id.
    Create {
        /// Name to sign in with.
        #[arg(long)]
        username: String,
        /// Id of the party it belongs to; `platform` for the root.
        #[arg(long)]
        party: Typed<PartyId>,
        /// What it may do.
        #[arg(long)]
        role: RoleArg,
        /// Read the password from standard input (one line).
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List portal users.
    List {
        /// Only those of this party and those below it.
        #[arg(long, value_name = "ID")]
        party: Option<Typed<PartyId>>,
        #[command(flatten)]
        rows: Rows,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
pub(crate) enum RoleArg {
    Admin,
    Manager,
    Support,
    Viewer,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Token {
    /// Make an API token for a portal user; prints it, this once.
    Create {
        /// Whose token.
        #[arg(long)]
        username: String,
        /// What to call it.
        #[arg(long, default_value = "command line")]
        name: String,
    },
    /// List the API tokens of a portal user.
    List {
        /// Whose tokens.
        #[arg(long)]
        username: String,
        #[command(flatten)]
        rows: Rows,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Device {
    /// List devices, by MAC address.
    List {
        /// Only devices of this party and those below it.
        #[arg(long, value_name = "ID")]
        party: Option<Typed<PartyId>>,
        /// Only devices at this site.
        #[arg(long, value_name = "ID")]
        site: Option<Typed<SiteId>>,
        /// Only devices of this type, for instance `yealink-t54w`.
        #[arg(long, value_name = "ID")]
        device_type: Option<String>,
        /// Only devices in this state.
        #[arg(long)]
        status: Option<StatusArg>,
        #[command(flatten)]
        rows: Rows,
    },
    /// Show a device, its lines and their contacts.
    Show {
        /// Its id, or its MAC address in any notation.
        device: DeviceName,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Import {
    /// Add the devices of a CSV file (or .xlsx) to a customer; ends with 1 when a row is wrong.
    Devices {
        /// The file: with the columns of the portal's template, as spreadsheets write it.
        // Absolute: a server that carries this out stands in another folder.
        #[arg(value_name = "FILE", value_parser = |text: &str| std::path::absolute(text))]
        file: PathBuf,
        /// Id of the customer.
        #[arg(long, value_name = "ID")]
        party: Typed<PartyId>,
        /// What becomes of devices that are there with other values: `add` leaves them and says so.
        #[arg(long, value_name = "WORD", default_value = "add", value_parser = ["add", "add_and_update"])]
        mode: String,
        /// What to write: all or nothing, the rows that are right, or nothing yet (a plan, to be applied in the portal).
        #[arg(long, value_name = "WORD", default_value = "all_or_nothing", value_parser = ["all_or_nothing", "valid_rows", "no"])]
        apply: String,
        /// Site of all rows that name none.
        #[arg(long, value_name = "ID")]
        site: Option<Typed<SiteId>>,
        /// Write your rows, with what became of each, to this new file.
        #[arg(long, value_name = "FILE", value_parser = |text: &str| std::path::absolute(text))]
        result: Option<PathBuf>,
    },
    /// Take over the SIP credentials that a customer's phones have already; ends with 1 when a row is wrong.
    Credentials {
        /// A CSV file with the columns mac and port (or extension and site), username, realm, and password or ha1 (MD5).
        #[arg(value_name = "FILE", value_parser = |text: &str| std::path::absolute(text))]
        file: PathBuf,
        /// Id of the customer.
        #[arg(long, value_name = "ID")]
        party: Typed<PartyId>,
        /// Read and judge every row, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Write the rows that are right though others are wrong.
        #[arg(long)]
        skip_wrong: bool,
    },
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
pub(crate) enum Audit {
    /// Compare the audit log with its seals; ends with 1 and names what was changed, removed or inserted.
    Verify,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
#[value(rename_all = "snake_case")]
pub(crate) enum StatusArg {
    Registered,
    Partial,
    Aged,
    Unregistered,
    NoLine,
}

/// How much of a list is printed.
#[derive(Debug, Clone, Copy, Args, Serialize, Deserialize)]
pub(crate) struct Rows {
    /// At most this many rows. Without it: 1,000 as a table, all as JSON.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<std::num::NonZeroU32>,
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub(crate) struct Seed {
    /// How many devices, up to ten million, each with one assigned line.
    #[arg(long, value_name = "N", value_parser = devices)]
    pub(crate) devices: std::num::NonZeroU32,
    /// How many of them a customer has: a clinic's worth, or all in one.
    #[arg(long, value_name = "N", value_parser = devices, default_value = "500")]
    pub(crate) per_customer: std::num::NonZeroU32,
    /// Write one `username;domain;password` a line to this new file.
    // Absolute: a server that carries this out stands in another folder.
    #[arg(long, value_name = "FILE", value_parser = |text: &str| std::path::absolute(text))]
    pub(crate) credentials: Option<PathBuf>,
}

/// A made-up address has 24 bits of its own: sixteen million.
fn devices(text: &str) -> Result<std::num::NonZeroU32, String> {
    text.parse::<std::num::NonZeroU32>()
        .ok()
        .filter(|devices| devices.get() <= 10_000_000)
        .ok_or_else(|| "a number from 1 to 10000000".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Phones {
    /// File with one `username;domain;password` a row.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: PathBuf,
    /// Where the phones register.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) registrar: String,
    /// Run only the first N rows.
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<usize>,
    /// Transport.
    #[arg(long, default_value = "udp")]
    pub(crate) transport: TransportArg,
    /// Seconds that each phone asks for.
    #[arg(long, default_value_t = 3600, value_name = "S")]
    pub(crate) expires: u32,
    /// End without a goodbye, like a power cut, instead of withdrawing.
    #[arg(long)]
    pub(crate) vanish: bool,
    /// Address that the phones send from.
    #[arg(long, value_name = "IP")]
    pub(crate) bind: Option<std::net::IpAddr>,
    /// What the phones do when they are told to restart.
    #[arg(long, default_value = "obeys", value_name = "WORD", value_parser = on_reboot())]
    pub(crate) on_reboot: OnReboot,
    /// Seconds that a restart takes.
    #[arg(long, default_value_t = 20, value_name = "S")]
    pub(crate) reboot_time: u32,
}

/// The words are those of the simulated phones.
fn on_reboot() -> impl TypedValueParser<Value = OnReboot> {
    PossibleValuesParser::new(OnReboot::ALL.map(OnReboot::as_str))
        .try_map(|word| OnReboot::parse(&word).ok_or("no such behaviour"))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TransportArg {
    Udp,
    Tcp,
}

/// The log goes to standard error. `TONALITE_LOG` takes the directives of `tracing`; `TONALITE_LOG_FORMAT=json` makes it JSON.
pub(crate) fn start_log(command: &Command) {
    let fallback = match command {
        Command::Serve => "info",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_env("TONALITE_LOG").unwrap_or_else(|_| EnvFilter::new(fallback));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("TONALITE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().init();
    } else {
        log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init();
    }
}

/// Resolves `host:port`.
pub(crate) fn resolve(text: &str) -> anyhow::Result<SocketAddr> {
    use std::net::ToSocketAddrs;
    text.to_socket_addrs()
        .map_err(|error| anyhow::anyhow!("{text}: {error}"))?
        .next()
        .ok_or_else(|| anyhow::anyhow!("{text} has no address"))
}
