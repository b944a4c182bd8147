//! The configuration: one TOML file, overridden by `TONALITE_…` variables, with defaults that run on a laptop.
//! An unknown key or variable is an error: a setting that is not read is a trap.

mod export;
mod retention;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tonalite_app::Location;
use tonalite_registrar::StreamLimits;

pub(crate) use export::Export;
pub(crate) use retention::Retention;

/// Variables that override the file, and the key each stands for.
const VARIABLES: [(&str, &str, &str); 21] = [
    ("TONALITE_DATA", "", "data"),
    ("TONALITE_KEY_FILE", "", "key_file"),
    ("TONALITE_HTTP_LISTEN", "http", "listen"),
    ("TONALITE_PUBLIC_URL", "http", "public_url"),
    ("TONALITE_TRUSTED_PROXIES", "http", "trusted_proxies"),
    ("TONALITE_METRICS_ALLOWED", "http", "metrics_allowed"),
    ("TONALITE_SIP_LISTEN", "sip", "listen"),
    ("TONALITE_SIP_PUBLIC_ADDRESS", "sip", "public_address"),
    ("TONALITE_DATABASE_URL", "database", "url"),
    ("TONALITE_EXPORT_WINDOW", "export", "window"),
    ("TONALITE_EXPORT_DELAY", "export", "delay"),
    ("TONALITE_EXPORT_RUNNING", "export", "running"),
    ("TONALITE_EXPORT_QUEUE", "export", "queue"),
    ("TONALITE_EXPORT_QUEUE_COUNTS_RUNNING", "export", "queue_counts_running"),
    ("TONALITE_EXPORT_WAIT", "export", "wait"),
    ("TONALITE_EXPORT_GENERATION", "export", "generation"),
    ("TONALITE_EXPORT_PLACES_PER_CUSTOMER", "export", "places_per_customer"),
    ("TONALITE_EXPORT_SAME_SESSION_CACHED", "export", "same_session_cached"),
    ("TONALITE_RETENTION_TIMELINE_DAYS", "retention", "timeline_days"),
    ("TONALITE_RETENTION_ADDRESS_DAYS", "retention", "address_days"),
    ("TONALITE_RETENTION_AUDIT_MONTHS", "retention", "audit_months"),
];
/// Keys that hold a list; in a variable its items are separated by commas.
const LISTS: [&str; 2] = ["trusted_proxies", "metrics_allowed"];
/// Variables that have no key in the file.
const OTHERS: [&str; 3] = ["TONALITE_CONFIG", "TONALITE_LOG", "TONALITE_LOG_FORMAT"];

/// The configuration in force.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Folder of the database files.
    pub(crate) data: PathBuf,
    /// File with the key that seals SIP secrets; by default `secret.key` in the data folder.
    pub(crate) key_file: Option<PathBuf>,
    /// The portal and its API.
    pub(crate) http: Http,
    /// The registrar.
    pub(crate) sip: Sip,
    /// The database.
    pub(crate) database: Database,
    /// Exports of line states.
    pub(crate) export: Export,
    /// How long things are kept.
    pub(crate) retention: Retention,
}

/// The portal and its API.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// Address to listen on; port 0 lets the system choose.
    pub(crate) listen: SocketAddr,
    /// Address under which browsers reach the portal; by default that of `listen`.
    pub(crate) public_url: Option<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<String>,
    /// Addresses beside loopback that may read `/metrics`.
    pub(crate) metrics_allowed: Vec<IpAddr>,
}

/// The registrar.
#[derive(Debug, Clone, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sip {
    /// Address to listen on, for UDP and TCP; port 0 lets the system choose.
    pub(crate) listen: SocketAddr,
    /// Host, or host and port, under which phones reach us; by default the address of this machine.
    pub(crate) public_address: Option<String>,
    /// Threads; 0 is one a processor.
    pub(crate) workers: usize,
    /// TCP connections in all.
    pub(crate) connections: usize,
    /// TCP connections from one address.
    pub(crate) connections_per_address: usize,
}

/// The database.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `postgres://…`; without it SQLite files in the data folder.
    pub(crate) url: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data: PathBuf::from("tonalite-data"),
            key_file: None,
            http: Http::default(),
            sip: Sip::default(),
            database: Database::default(),
            export: Export::default(),
            retention: Retention::default(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Http {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            metrics_allowed: Vec::new(),
        }
    }
}

impl Default for Sip {
    fn default() -> Self {
        let StreamLimits { connections, per_address, .. } = StreamLimits::default();
        Sip {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060)),
            public_address: None,
            workers: 0,
            connections,
            connections_per_address: per_address,
        }
    }
}

impl Config {
    /// Reads the file, if one is given, and the variables.
    pub(crate) fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Config> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
                text.parse().with_context(|| format!("{} is not a configuration file", path.display()))?
            }
        };
        for (name, value) in variables.filter(|(name, _)| name.starts_with("TONALITE_")) {
            overlay(&mut table, &name, value)?;
        }
        let config: Config = table.try_into().context("the configuration is not understood")?;
        config.check()?;
        Ok(config)
    }

    /// Where the state lies.
    pub(crate) fn location(&self) -> Location {
        match &self.database.url {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::Folder(self.data.clone()),
        }
    }

    /// Where the key lies.
    pub(crate) fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("secret.key"))
    }

    /// As it may be shown: with the password of a database address hidden.
    pub(crate) fn shown(&self) -> Config {
        let mut shown = self.clone();
        if let Some(url) = &mut shown.database.url
            && let (Some((scheme, _)), Some((_, rest))) =
                (url.clone().split_once("://"), url.clone().rsplit_once('@'))
        {
            *url = format!("{scheme}://…@{rest}");
        }
        shown
    }

    fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.database.url
            && !url.starts_with("postgres://")
            && !url.starts_with("postgresql://")
        {
            bail!("database.url: only postgres:// is known");
        }
        if let Some(address) = &self.sip.public_address
            && (address.is_empty() || address.contains(char::is_whitespace) || address.contains('/'))
        {
            bail!("sip.public_address: write a host name or address, with or without a port");
        }
        self.export.check()?;
        self.retention.check()?;
        Ok(())
    }
}

fn overlay(table: &mut toml::Table, name: &str, value: String) -> anyhow::Result<()> {
    if OTHERS.contains(&name) {
        return Ok(());
    }
    let Some((_, section, key)) = VARIABLES.iter().find(|(variable, ..)| *variable == name) else {
        let known: Vec<&str> = VARIABLES.iter().map(|(variable, ..)| *variable).collect();
        bail!("the variable {name} is not known; known are {}", known.join(", "));
    };
    let value = if LISTS.contains(key) {
        value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(toml::Value::from)
            .collect::<Vec<_>>()
            .into()
    } else if ["export", "retention"].contains(section) {
        // Numbers and switches, as they would stand in the file; what is neither is refused with its name.
        value.parse().unwrap_or(toml::Value::String(value))
    } else {
        toml::Value::String(value)
    };
    let target = if section.is_empty() {
        table
    } else {
        let entry = table.entry(*section).or_insert_with(|| toml::Table::new().into());
        entry.as_table_mut().with_context(|| format!("[{section}] is a section"))?
    };
    target.insert((*key).to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("tonalite.toml");
        std::fs::write(&path, file)?;
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(Some(&path), variables.collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn variables_override_the_file() -> anyhow::Result<()> {
        let config = load(
            "data = '/srv/a'\n[sip]\nlisten = '127.0.0.1:5061'\n[http]\nmetrics_allowed = ['192.0.2.1']\n",
            &[
                ("TONALITE_DATA", "/srv/b"),
                ("TONALITE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.9"),
                ("PATH", "x"),
            ],
        )?;
        assert_eq!(config.data, PathBuf::from("/srv/b"));
        assert_eq!(config.sip.listen, SocketAddr::from(([127, 0, 0, 1], 5061)));
        assert_eq!(config.http.trusted_proxies, ["10.0.0.0/8", "192.0.2.9"]);
        assert_eq!(config.http.metrics_allowed, [IpAddr::from([192, 0, 2, 1])]);
        assert_eq!(config.key_path(), PathBuf::from("/srv/b/secret.key"));
        Ok(())
    }

    #[test]
    fn the_numbers_of_exports_are_read() -> anyhow::Result<()> {
        let config = load(
            "[export]\nrunning = 2\nwait = 20\n",
            &[("TONALITE_EXPORT_WAIT", "10"), ("TONALITE_EXPORT_SAME_SESSION_CACHED", "true")],
        )?;
        let contract = config.export.settings().contract;
        let expected = tonalite_core::export_gate::Parameters {
            running: 2,
            wait: tonalite_core::time::Span::from_secs(10),
            same_session_cached: true,
            ..Default::default()
        };
        assert_eq!(contract, expected);
        Ok(())
    }

    #[test]
    fn what_is_not_read_is_an_error() {
        for (file, variables, told) in [
            ("dat = 'x'", &[][..], "dat"),
            ("[http]\nport = 1", &[][..], "port"),
            ("", &[("TONALITE_HTTP_LISTENS", "x")][..], "TONALITE_HTTP_LISTENS"),
            ("", &[("TONALITE_SIPS_LISTEN", "0.0.0.0:5061")][..], "TONALITE_SIPS_LISTEN"),
            ("", &[("TONALITE_DATABASE_URL", "mysql://x")][..], "postgres://"),
            ("", &[("TONALITE_HTTP_LISTEN", "8080")][..], "socket address"),
            ("[export]\nrunning = 4", &[][..], "export.running: 2 or 3"),
            ("[export]\nruning = 3", &[][..], "runing"),
            ("", &[("TONALITE_EXPORT_RUNNING", "many")][..], "many"),
            ("", &[("TONALITE_EXPORT_WINDOW", "0")][..], "export.window"),
            ("", &[("TONALITE_EXPORT_WINDOW", "-5")][..], "-5"),
            ("[retention]\naudit_months = 0", &[][..], "retention.audit_months: 1 to 120"),
            ("", &[("TONALITE_RETENTION_ADDRESS_DAYS", "5000")][..], "retention.address_days: 1 to 3650"),
        ] {
            let error =
                load(file, variables).map_or_else(|error| format!("{error:#}"), |_| "accepted".into());
            assert!(error.contains(told), "{file} {variables:?}: {error}");
        }
    }

    #[test]
    fn a_database_password_is_not_shown() -> anyhow::Result<()> {
        let config = load("", &[("TONALITE_DATABASE_URL", "postgres://tonalite:hunter2@db.example.net/t")])?;
        let shown = toml::to_string(&config.shown())?;
        assert!(!shown.contains("hunter2") && shown.contains("postgres://…@db.example.net/t"), "{shown}");
        Ok(())
    }
}
