//! The words of the audit log: every act that the code writes down, in groups for people, and what a list of them is
//! narrowed to. An act without an entry here does not compile; one without a text fails a test.

use uuid::Uuid;

use crate::access::Scope;
use crate::id::PortalUserKey;
use crate::search::Search;
use crate::time::Timestamp;

macro_rules! actions {
    ($($group:ident { $($(#[$doc:meta])* $action:ident = $word:literal),* $(,)? })*) => {
        /// An act that the audit log knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($($(#[$doc])* $action),*),* }

        impl Action {
            /// All of them, group by group.
            pub const ALL: &'static [Action] = &[$($(Action::$action),*),*];

            /// As it is stored, and as the API says it: noun and verb.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Action::$action => $word),*),* }
            }

            /// What people look for it under.
            pub const fn group(self) -> ActionGroup {
                match self { $($(Action::$action => ActionGroup::$group),*),* }
            }
        }
    };
}

actions! {
    SignIn {
        /// Signing in; refused with a wrong password as well.
        SessionCreate = "session.create",
        /// Signing out.
        SessionDelete = "session.delete",
        /// Somebody begins to work in a customer's portal.
        ActingBegin = "acting.begin",
        /// And ends it.
        ActingEnd = "acting.end",
        /// An API token is made.
        TokenCreate = "token.create",
        /// An API token is withdrawn.
        TokenDelete = "token.delete",
    }
    PortalUsers {
        /// Somebody may sign in.
        PortalUserCreate = "portal_user.create",
        /// A person's settings or rights change.
        PortalUserUpdate = "portal_user.update",
        /// What is kept about somebody who signs in is handed out.
        PortalUserExport = "portal_user.export",
        /// Somebody who signed in is forgotten.
        PortalUserErase = "portal_user.erase",
    }
    Parties {
        /// A party is made.
        PartyCreate = "party.create",
        /// A party's name, contact or features change.
        PartyUpdate = "party.update",
        /// A site is made.
        SiteCreate = "site.create",
        /// A site changes.
        SiteUpdate = "site.update",
        /// A site is deleted.
        SiteDelete = "site.delete",
        /// The device types change that may be used.
        ApprovedDeviceTypesUpdate = "approved_device_types.update",
        /// A whole made-up fleet is added.
        FleetCreate = "fleet.create",
        /// A party is closed.
        PartyClose = "party.close",
        /// A closed party is opened again.
        PartyReopen = "party.reopen",
    }
    Devices {
        /// A device is added.
        DeviceCreate = "device.create",
        /// A device changes.
        DeviceUpdate = "device.update",
        /// A device is removed.
        DeviceDelete = "device.delete",
        /// A device is told to restart.
        DeviceReboot = "device.reboot",
        /// A DECT system is made.
        DectSystemCreate = "dect_system.create",
        /// A DECT system changes.
        DectSystemUpdate = "dect_system.update",
        /// A DECT system is deleted.
        DectSystemDelete = "dect_system.delete",
        /// A base is put into a DECT system.
        DectSystemAddBase = "dect_system.add_base",
        /// A base leaves a DECT system.
        DectSystemRemoveBase = "dect_system.remove_base",
        /// All bases of a DECT system are told to restart.
        DectSystemReboot = "dect_system.reboot",
    }
    Lines {
        /// A user is added.
        UserCreate = "user.create",
        /// What is kept about a user is handed out.
        UserExport = "user.export",
        /// A user is forgotten.
        UserErase = "user.erase",
        /// A port is given to a user.
        LineAssign = "line.assign",
        /// A port is taken from its user.
        LineUnassign = "line.unassign",
        /// A line gets new SIP credentials.
        LineNewCredentials = "line.new_credentials",
        /// A user changes.
        UserUpdate = "user.update",
        /// A user is removed.
        UserDelete = "user.delete",
        /// SIP credentials of another system are taken over.
        LinesTakeCredentialsOver = "lines.take_credentials_over",
        /// All lines of a site get new SIP credentials.
        SiteNewCredentials = "site.new_credentials",
        /// The former SIP credentials of a line end at once.
        LineRevokeOldCredentials = "line.revoke_old_credentials",
    }
    Files {
        /// The device list as a file.
        DevicesExport = "devices.export",
        /// Line states as a file.
        LineStatesExport = "line_states.export",
        /// A finished file of line states is taken away.
        LineStatesFetch = "line_states.fetch",
        /// The audit log as a file.
        AuditExport = "audit.export",
        /// A file of devices is uploaded.
        ImportCreate = "import.create",
        /// It has been read.
        ImportRead = "import.read",
        /// Its rows are written.
        ImportApply = "import.apply",
        /// What it wrote is taken back.
        ImportUndo = "import.undo",
        /// It is thrown away.
        ImportCancel = "import.cancel",
        /// Nobody decided in time.
        ImportExpire = "import.expire",
    }
    Log {
        /// Something was asked for that is not allowed, not found, or too often.
        RequestRefuse = "request.refuse",
        /// Rows older than the retention are removed.
        AuditExpire = "audit.expire",
    }
}

impl Action {
    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Action> {
        Self::ALL.iter().copied().find(|action| action.as_str() == word)
    }

    /// Key of its text.
    pub fn text_key(self) -> String {
        format!("audit-action-{}", self.as_str().replace('.', "-"))
    }
}

/// What people look for acts under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionGroup {
    /// Signing in, by password or token.
    SignIn,
    /// Those who may.
    PortalUsers,
    /// Parties, sites and what is approved there.
    Parties,
    /// Devices and DECT systems.
    Devices,
    /// Users and lines.
    Lines,
    /// Exports and imports.
    Files,
    /// The log itself, and refusals.
    Log,
}

impl ActionGroup {
    /// All of them, in the order of the filter.
    pub const ALL: [ActionGroup; 7] = [
        ActionGroup::SignIn,
        ActionGroup::PortalUsers,
        ActionGroup::Parties,
        ActionGroup::Devices,
        ActionGroup::Lines,
        ActionGroup::Files,
        ActionGroup::Log,
    ];

    /// The word in addresses. No act is called so: a filter takes both.
    pub const fn as_str(self) -> &'static str {
        match self {
            ActionGroup::SignIn => "sign_in",
            ActionGroup::PortalUsers => "portal_users",
            ActionGroup::Parties => "parties",
            ActionGroup::Devices => "devices",
            ActionGroup::Lines => "lines",
            ActionGroup::Files => "files",
            ActionGroup::Log => "log",
        }
    }

    /// Key of its text.
    pub fn text_key(self) -> String {
        format!("audit-group-{}", self.as_str())
    }
}

/// One act, or all of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionFilter {
    /// One.
    One(Action),
    /// A group.
    Group(ActionGroup),
}

impl ActionFilter {
    /// Reads the word of an act or of a group.
    pub fn parse(word: &str) -> Option<ActionFilter> {
        let group = ActionGroup::ALL.into_iter().find(|group| group.as_str() == word);
        group.map(ActionFilter::Group).or_else(|| Action::parse(word).map(ActionFilter::One))
    }

    /// As it is read.
    pub const fn as_str(self) -> &'static str {
        match self {
            ActionFilter::One(action) => action.as_str(),
            ActionFilter::Group(group) => group.as_str(),
        }
    }

    /// Every act it lets through.
    pub fn actions(self) -> Vec<Action> {
        let through = |action: &Action| match self {
            ActionFilter::One(one) => one == *action,
            ActionFilter::Group(group) => action.group() == group,
        };
        Action::ALL.iter().copied().filter(through).collect()
    }
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// It was refused, or failed.
    Refused,
}

impl Outcome {
    /// Both.
    pub const ALL: [Outcome; 2] = [Outcome::Ok, Outcome::Refused];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Refused => "refused",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Outcome> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// Who did it, as a filter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByWhom {
    /// A person, by password or token. One who does not exist has done nothing.
    Person(Option<PortalUserKey>),
    /// The command line.
    CommandLine,
    /// The program itself.
    System,
}

/// What a reading of the log is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// What was done for this party and those below it.
    pub party: Option<Scope>,
    /// By whom.
    pub by: Option<ByWhom>,
    /// What.
    pub action: Option<ActionFilter>,
    /// To this thing.
    pub target: Option<Uuid>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Words, each of them in what is told of the act.
    pub search: Option<Search>,
}

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days of the timelines of devices.
    pub timeline_days: u16,
    /// Days of addresses and User-Agents, and of what people typed in passing.
    pub address_days: u16,
    /// Months of 30.44 days of the audit log.
    pub audit_months: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { timeline_days: 90, address_days: 30, audit_months: 12 }
    }
}

impl Retention {
    /// Nothing is kept for less than a day, nor for more than ten years.
    pub const DAYS: std::ops::RangeInclusive<u16> = 1..=3650;
    /// The same for the log. Less than a month would leave no time to look into something.
    pub const MONTHS: std::ops::RangeInclusive<u16> = 1..=120;
    /// The least that a batch of the log is kept, in milliseconds: whoever verifies it takes less for a forgery.
    pub const LEAST_AUDIT: i64 = 30 * Self::DAY;
    const DAY: i64 = 24 * 3_600_000;

    /// Timeline rows before this go.
    pub const fn timeline_before(self, now: Timestamp) -> Timestamp {
        Timestamp(now.0 - self.timeline_days as i64 * Self::DAY)
    }

    /// Addresses from before this go.
    pub const fn address_before(self, now: Timestamp) -> Timestamp {
        Timestamp(now.0 - self.address_days as i64 * Self::DAY)
    }

    /// Rows of the log from before this go: a twelfth of 365.25 days for each month.
    pub const fn audit_before(self, now: Timestamp) -> Timestamp {
        Timestamp(now.0 - self.audit_months as i64 * (Self::DAY * 1461 / 48))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_act_has_a_word_and_a_text_of_its_own() {
        for language in Language::ALL {
            let t = language.locale();
            let mut texts: Vec<String> =
                Action::ALL.iter().map(|action| t.text(&action.text_key())).collect();
            texts.extend(ActionGroup::ALL.map(|group| t.text(&group.text_key())));
            assert!(texts.iter().all(|text| !text.starts_with("audit-")), "{texts:#?}");
            let all = texts.len();
            texts.sort();
            texts.dedup();
            assert_eq!(texts.len(), all, "two with one text: {texts:#?}");
        }
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
            assert_eq!(ActionFilter::parse(action.as_str()), Some(ActionFilter::One(*action)));
        }
        for group in ActionGroup::ALL {
            let filter = ActionFilter::parse(group.as_str());
            assert_eq!(filter, Some(ActionFilter::Group(group)));
            assert!(!ActionFilter::Group(group).actions().is_empty(), "{group:?}");
        }
        assert_eq!(ActionFilter::parse("device.explode"), None);
    }

    #[test]
    fn a_year_is_twelve_months() {
        let now = Timestamp(1_795_454_525_007);
        let kept = Retention::default();
        assert_eq!(now.since(kept.audit_before(now)).0, 31_557_600_000);
        assert_eq!(now.since(kept.timeline_before(now)).0, 90 * 86_400_000);
        let least = Retention { audit_months: 1, ..kept };
        assert!(now.since(least.audit_before(now)).0 >= Retention::LEAST_AUDIT);
    }
}
