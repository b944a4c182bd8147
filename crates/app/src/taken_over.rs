//! SIP credentials that a fleet brings along from another system, from a CSV file, for the command line alone. What is secret
//! in a row is sealed at once and is in no error, no log and no audit record.

use std::collections::{HashMap, HashSet};

use tonalite_core::access::{Actor, Manage};
use tonalite_core::audit::Action;
use tonalite_core::id::LineKey;
use tonalite_core::line::Line;
use tonalite_core::mac::Mac;
use tonalite_core::page::Limit;
use tonalite_core::party::{Party, PartyKind};
use tonalite_core::registration::LineSecret;
use tonalite_core::secret::Secret;
use tonalite_core::site::Site;
use tonalite_core::time::Timestamp;
use tonalite_core::timeline::TimelineKind;
use tonalite_core::{Error, Result};
use tonalite_store::{AuditRecord, TakenOver};

use crate::App;
use crate::parties::scope_of;

/// Rows of one file; all are held until they are written.
const MOST_ROWS: usize = 200_000;
/// Wrong rows that are told.
const MOST_WRONG: usize = 10_000;
/// Longest SIP user name.
const LONGEST_NAME: usize = 64;
/// Longest password.
const LONGEST_PASSWORD: usize = 128;

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct TakeOver {
    /// Write nothing.
    pub dry_run: bool,
    /// Write the rows that are right though others are wrong.
    pub skip_wrong: bool,
}

/// A row that is wrong, without anything that stood in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRow {
    /// Line of the file.
    pub line: u64,
    /// Why, in words for who runs the installation.
    pub reason: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakeOverReport {
    /// Rows read.
    pub rows: u64,
    /// Lines whose credentials were taken over, or would be.
    pub right: u64,
    /// Of these, with a hash instead of a password.
    pub hashes: u64,
    /// Rows that are wrong, the first of many.
    pub wrong: Vec<WrongRow>,
    /// How many rows are wrong.
    pub wrong_count: u64,
    /// Whether anything was written.
    pub written: bool,
}

/// Which column of the file is which.
#[derive(Default)]
struct Columns {
    mac: Option<usize>,
    port: Option<usize>,
    extension: Option<usize>,
    site: Option<usize>,
    username: Option<usize>,
    realm: Option<usize>,
    password: Option<usize>,
    ha1: Option<usize>,
}

/// A row that is right.
struct Row {
    line_number: u64,
    line: Line,
    device_port: u16,
    username: String,
    secret: LineSecret,
}

/// What is known of the customer while the file is read.
struct Known {
    party: Party,
    sites: Vec<Site>,
}

impl App {
    /// Puts the credentials of a file in the place of those of lines that are assigned already: all rows or none, unless
    /// wrong ones are to be skipped.
    ///
    /// # Errors
    /// [`Error::Invalid`] `not_a_customer`, or at `file` when it is no such table: `credentials_columns`, `too_many_rows`.
    pub async fn take_credentials_over(
        &self,
        actor: &Actor,
        customer: Manage<Party>,
        file: Secret<Vec<u8>>,
        asked: TakeOver,
        now: Timestamp,
    ) -> Result<TakeOverReport> {
        if customer.kind != PartyKind::Customer {
            return Err(Error::invalid("party_id", "not_a_customer"));
        }
        let known = Known { sites: self.all_sites(actor, &customer).await?, party: customer.into_inner() };
        let separator = separator_of(file.expose());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .trim(csv::Trim::Fields)
            .from_reader(file.expose().strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.expose()));
        let columns = reader.byte_headers().ok().and_then(columns_of);
        let Some(columns) = columns else { return Err(Error::invalid("file", "credentials_columns")) };
        let mut report = TakeOverReport::default();
        let (mut right, mut lines, mut names) = (Vec::new(), HashSet::new(), HashSet::new());
        for record in reader.into_byte_records() {
            report.rows += 1;
            if report.rows > MOST_ROWS as u64 {
                return Err(Error::invalid("file", "too_many_rows"));
            }
            let (line_number, read) = match record {
                Ok(record) => {
                    let line_number = record.position().map_or(0, csv::Position::line);
                    (line_number, self.read_row(&known, &columns, &record, line_number, now).await?)
                }
                Err(error) => {
                    let line_number = error.position().map_or(0, csv::Position::line);
                    (line_number, Err("the row cannot be read as CSV".to_owned()))
                }
            };
            let outcome = read.and_then(|row| {
                if !lines.insert(row.line.key) {
                    return Err("a row above is for the same line".to_owned());
                }
                if !names.insert((row.username.clone(), row.line.sip.domain.as_str().to_owned())) {
                    return Err("a row above has the same user name".to_owned());
                }
                Ok(row)
            });
            match outcome {
                Ok(row) => right.push(row),
                Err(reason) => report.refuse(line_number, reason),
            }
        }
        let right = self.refuse_taken_names(right, &lines, &mut report).await?;
        report.right = right.len() as u64;
        report.hashes = right.iter().filter(|row| matches!(row.secret, LineSecret::Ha1(_))).count() as u64;
        let may_write = report.wrong_count == 0 || asked.skip_wrong;
        if asked.dry_run || !may_write || right.is_empty() {
            return Ok(report);
        }
        self.write_taken_over(actor, &known.party, &right, &report, now).await?;
        report.written = true;
        Ok(report)
    }

    async fn all_sites(&self, actor: &Actor, customer: &Party) -> Result<Vec<Site>> {
        let limit = Limit::at_most(200);
        let (mut sites, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.page_sites(actor, Some(scope_of(customer)), limit, after.as_ref()).await?;
            sites.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(sites);
            }
        }
    }

    /// One row; the inner error is its reason, the outer one is trouble of ours.
    async fn read_row(
        &self,
        known: &Known,
        columns: &Columns,
        record: &csv::ByteRecord,
        line_number: u64,
        now: Timestamp,
    ) -> Result<std::result::Result<Row, String>> {
        let cell = |column: Option<usize>| {
            column.and_then(|at| record.get(at)).map(|bytes| std::str::from_utf8(bytes).map(str::trim))
        };
        let mut texts = HashMap::new();
        for (name, column) in columns.named() {
            match cell(column) {
                None | Some(Ok("")) => {}
                Some(Ok(text)) => {
                    texts.insert(name, text);
                }
                Some(Err(_)) => return Ok(Err(format!("{name}: not UTF-8"))),
            }
        }
        let line = match (texts.get("mac"), texts.get("extension")) {
            (Some(mac), _) => self.line_by_port(known, mac, texts.get("port").copied(), now).await?,
            (None, Some(extension)) => {
                self.line_by_extension(known, extension, texts.get("site").copied(), now).await?
            }
            (None, None) => Err("neither a mac nor an extension says which line is meant".to_owned()),
        };
        Ok(line.and_then(|line| {
            let (username, secret) = read_secret(&texts, &line)?;
            Ok(Row { line_number, device_port: line.port, line, username, secret })
        }))
    }

    async fn line_by_port(
        &self,
        known: &Known,
        mac: &str,
        port: Option<&str>,
        now: Timestamp,
    ) -> Result<std::result::Result<Line, String>> {
        let Ok(mac) = Mac::parse(mac) else { return Ok(Err("mac: not a MAC address".to_owned())) };
        let port = match port.map(str::parse::<u16>) {
            None => 1,
            Some(Ok(port)) => port,
            Some(Err(_)) => return Ok(Err("port: not a number".to_owned())),
        };
        let device = self.store.find_device_by_mac(mac, self.ready_at, now).await?;
        let device = device.filter(|device| device.tenancy.customer == Some(known.party.key));
        let Some(device) = device else {
            return Ok(Err(format!("{mac} is not in this customer's inventory")));
        };
        let line = self.store.find_line(device.key, port).await?;
        Ok(line.ok_or_else(|| format!("port {port} of {mac} is not assigned to anybody")))
    }

    async fn line_by_extension(
        &self,
        known: &Known,
        extension: &str,
        site: Option<&str>,
        now: Timestamp,
    ) -> Result<std::result::Result<Line, String>> {
        let site = match site {
            Some(name) => known.sites.iter().find(|site| site_is(site, name)),
            None if known.sites.len() == 1 => known.sites.first(),
            None => return Ok(Err("site: this customer has several, so that one must be named".to_owned())),
        };
        let Some(site) = site else { return Ok(Err("site: this customer has none of that name".to_owned())) };
        let users = self.store.find_users_by_extension(site.key, &[extension]).await?;
        let Some(user) = users.first() else {
            return Ok(Err("extension: nobody at the site has it".to_owned()));
        };
        let (mut lines, _) = self.store.find_lines_of_users(&[user.key], self.ready_at, now).await?;
        Ok(match (lines.pop(), lines.len()) {
            (Some(held), 0) => Ok(held.line),
            (None, _) => Err("extension: the user has no line".to_owned()),
            (Some(_), more) => {
                Err(format!("extension: the user has {} lines; name the one by mac and port", more + 1))
            }
        })
    }

    /// Refuses rows whose user name a line has that is not in the file.
    async fn refuse_taken_names(
        &self,
        rows: Vec<Row>,
        lines: &HashSet<LineKey>,
        report: &mut TakeOverReport,
    ) -> Result<Vec<Row>> {
        let mut right = Vec::with_capacity(rows.len());
        for row in rows {
            let holder = self.store.find_line_by_sip(&row.username, row.line.sip.domain.as_str()).await?;
            match holder {
                Some(holder) if holder != row.line.key && !lines.contains(&holder) => {
                    report.refuse(
                        row.line_number,
                        "username: another line of this SIP domain has it".to_owned(),
                    );
                }
                _ => right.push(row),
            }
        }
        Ok(right)
    }

    async fn write_taken_over(
        &self,
        actor: &Actor,
        party: &Party,
        rows: &[Row],
        report: &TakeOverReport,
        now: Timestamp,
    ) -> Result<()> {
        let mut sealed = Vec::with_capacity(rows.len());
        for row in rows {
            sealed.push(TakenOver {
                line: row.line.key,
                username: row.username.clone(),
                secret: self.sealer.seal_secret(row.line.id, &row.secret, self.entropy.as_ref())?,
                place: format!("rows[{}].username", row.line_number),
            });
        }
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::LinesTakeCredentialsOver, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({
                "rows": report.rows, "lines": report.right, "hashes": report.hashes, "wrong": report.wrong_count,
            }));
        self.store.take_credentials_over(&sealed, &audit).await?;
        for row in rows {
            self.tell_credential_of(row.line.key).await?;
            let kind = TimelineKind::NewCredentials;
            self.live.note(row.line.device_key, actor.stamp(now), kind, Some(row.device_port)).await;
        }
        Ok(())
    }
}

impl TakeOverReport {
    fn refuse(&mut self, line: u64, reason: String) {
        self.wrong_count += 1;
        if self.wrong.len() < MOST_WRONG {
            self.wrong.push(WrongRow { line, reason });
        }
    }
}

fn site_is(site: &Site, name: &str) -> bool {
    let folded = tonalite_core::search::searchable(name);
    site.code.as_deref() == Some(name) || tonalite_core::search::searchable(&site.name) == folded
}

/// User name and secret of a row.
fn read_secret(
    texts: &HashMap<&str, &str>,
    line: &Line,
) -> std::result::Result<(String, LineSecret), String> {
    let username = *texts.get("username").ok_or("username: empty")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~');
    if username.len() > LONGEST_NAME || !username.chars().all(is_name) {
        return Err(format!("username: up to {LONGEST_NAME} letters, digits, and . _ - + ~"));
    }
    let domain = line.sip.domain.as_str();
    match texts.get("realm") {
        Some(realm) if !realm.eq_ignore_ascii_case(domain) => {
            return Err(format!("realm: the SIP domain of this line is {domain}"));
        }
        None if texts.contains_key("ha1") => {
            return Err("realm: empty; a hash is of one realm, and worth nothing in another".to_owned());
        }
        _ => {}
    }
    let secret = match (texts.get("password"), texts.get("ha1")) {
        (Some(_), Some(_)) => return Err("password and ha1: one of the two".to_owned()),
        (None, None) => return Err("password, ha1: both empty".to_owned()),
        (Some(password), None) => {
            if password.chars().count() > LONGEST_PASSWORD || password.chars().any(char::is_control) {
                return Err(format!("password: up to {LONGEST_PASSWORD} characters, none that controls"));
            }
            LineSecret::Password(Secret::new((*password).to_owned()))
        }
        (None, Some(hash)) => {
            if hash.len() != 32 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err("ha1: not 32 hexadecimal digits (MD5 of user:realm:password)".to_owned());
            }
            // The digits are of user name and realm as the phone writes them: the realm in other letters is another.
            if texts.get("realm").is_some_and(|realm| *realm != domain) {
                return Err(format!("realm: the hash must be of {domain}, letter by letter"));
            }
            LineSecret::Ha1(Secret::new(hash.to_ascii_lowercase()))
        }
    };
    Ok((username.to_owned(), secret))
}

impl Columns {
    fn named(&self) -> [(&'static str, Option<usize>); 8] {
        [
            ("mac", self.mac),
            ("port", self.port),
            ("extension", self.extension),
            ("site", self.site),
            ("username", self.username),
            ("realm", self.realm),
            ("password", self.password),
            ("ha1", self.ha1),
        ]
    }
}

/// `None`: no column says which line a row is for, or one of user name and secret is missing.
fn columns_of(header: &csv::ByteRecord) -> Option<Columns> {
    let mut columns = Columns::default();
    for (at, name) in header.iter().enumerate() {
        let name = String::from_utf8_lossy(name).trim().to_lowercase().replace([' ', '-'], "_");
        let place = match name.as_str() {
            "mac" | "mac_address" => &mut columns.mac,
            "port" => &mut columns.port,
            "extension" => &mut columns.extension,
            "site" => &mut columns.site,
            "username" | "user" | "auth_user" => &mut columns.username,
            "realm" | "domain" => &mut columns.realm,
            "password" => &mut columns.password,
            "ha1" => &mut columns.ha1,
            _ => continue,
        };
        *place = Some(at);
    }
    let which = columns.mac.or(columns.extension);
    let secret = columns.password.or(columns.ha1);
    (which.is_some() && columns.username.is_some() && secret.is_some()).then_some(columns)
}

/// That which stands most often in the first line.
fn separator_of(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| first.iter().filter(|byte| **byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}
