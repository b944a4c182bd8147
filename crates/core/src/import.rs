//! Imports of devices: what is asked, where an import stands, and what a row of it comes to.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $word),* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$word),*];

            /// The word used in storage and API.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$word => $text),* }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }
    };
}

words! {
    /// What becomes of rows whose device exists already with other values.
    ImportMode {
        /// They are wrong.
        Add = "add",
        /// The device is changed.
        AddAndUpdate = "add_and_update",
    }
}

words! {
    /// What happens by itself once a file is checked.
    ImportApply {
        /// Nothing: a person decides.
        No = "no",
        /// All rows are written if none is wrong; else a person decides.
        AllOrNothing = "all_or_nothing",
        /// The right rows are written.
        ValidRows = "valid_rows",
    }
}

words! {
    /// Where an import stands.
    ImportState {
        /// The file is read and checked, or waits for that.
        Reading = "reading",
        /// Checked; waits for a person.
        Planned = "planned",
        /// Being written.
        Applying = "applying",
        /// Written.
        Applied = "applied",
        /// The file could not be read, or nothing could be written.
        Failed = "failed",
        /// Nobody decided in time.
        Expired = "expired",
        /// Somebody decided against it.
        Cancelled = "cancelled",
        /// Written, and taken back.
        Undone = "undone",
    }
}

impl ImportState {
    /// Whether it goes on by itself.
    pub const fn is_under_way(self) -> bool {
        matches!(self, ImportState::Reading | ImportState::Applying)
    }
}

words! {
    /// What a row comes to.
    RowOutcome {
        /// A device is added.
        Create = "create",
        /// A device is changed.
        Update = "update",
        /// The device is there already, and the same.
        Unchanged = "unchanged",
        /// Something is wrong with it.
        Rejected = "rejected",
    }
}

/// Rows by outcome; their sum is the rows read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// Devices to be added.
    pub create: u64,
    /// Devices to be changed.
    pub update: u64,
    /// Devices that are there already.
    pub unchanged: u64,
    /// Rows that are wrong.
    pub rejected: u64,
}

impl RowCounts {
    /// All rows.
    pub const fn total(&self) -> u64 {
        self.create + self.update + self.unchanged + self.rejected
    }

    /// Counts one row.
    pub const fn add(&mut self, outcome: RowOutcome) {
        match outcome {
            RowOutcome::Create => self.create += 1,
            RowOutcome::Update => self.update += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
            RowOutcome::Rejected => self.rejected += 1,
        }
    }
}
