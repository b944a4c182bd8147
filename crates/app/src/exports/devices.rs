//! The device list as a CSV file.

use futures_util::StreamExt;
use tonalite_catalog::catalog;
use tonalite_core::Result;
use tonalite_core::access::{Actor, View};
use tonalite_core::audit::Action;
use tonalite_core::csv::device::DeviceColumn;
use tonalite_core::csv::write::CsvWriter;
use tonalite_core::filter::DeviceFilter;
use tonalite_core::party::Party;
use tonalite_core::time::Timestamp;
use tonalite_store::{AuditRecord, DeviceDetails, DeviceRecord};

use super::PIECE;
use super::form::{SheetForm, Words};
use super::spool::{SpoolFile, SpoolWriter};
use crate::App;
use crate::device_search::with_types;

/// What the file looks like.
pub struct DeviceSheet {
    /// Its columns.
    pub columns: Vec<DeviceColumn>,
    /// Its form.
    pub form: SheetForm,
}

impl App {
    /// Every device of a party's subtree that the actor sees and the filter lets through, in a private file that is
    /// finished. `asked` is the request, for the audit log. Dropping the future ends the work and leaves nothing.
    ///
    /// # Errors
    /// [`tonalite_core::Error::TooMany`] for who has begun many, and when there is no room.
    pub async fn export_devices(
        &self,
        actor: &Actor,
        party: View<Party>,
        filter: DeviceFilter,
        sheet: &DeviceSheet,
        asked: serde_json::Value,
        now: Timestamp,
    ) -> Result<SpoolFile> {
        let filter = DeviceFilter { party: Some((party.kind, party.key)), ..filter };
        let outcome = self.make_device_file(actor, &filter, sheet, now).await;
        let columns: Vec<&str> = sheet.columns.iter().map(|column| column.key()).collect();
        let rows = outcome.as_ref().ok().map(|(_, rows)| *rows);
        let audit = AuditRecord::new(actor, party.key, party.tenancy, Action::DevicesExport, now)
            .on("party", party.id.uuid())
            .detail(serde_json::json!({ "asked": asked, "columns": columns, "rows": rows }));
        match outcome {
            Ok((file, _)) => {
                self.store.add_audit(&audit).await?;
                Ok(file)
            }
            Err(error) => {
                self.store.add_audit(&audit.refused(error.code())).await?;
                Err(error)
            }
        }
    }

    async fn make_device_file(
        &self,
        actor: &Actor,
        filter: &DeviceFilter,
        sheet: &DeviceSheet,
        now: Timestamp,
    ) -> Result<(SpoolFile, u64)> {
        self.exports.admit(actor, now)?;
        let mut spool: SpoolWriter = self.begin_spool_file().await?;
        let with_details = sheet.columns.iter().any(|column| !DeviceColumn::DEFAULT.contains(column));
        let words = Words::new(&sheet.form, now);
        let mut writer = CsvWriter::new(sheet.form.dialect);
        for column in &sheet.columns {
            writer.plain(&column.heading(sheet.form.naming, &sheet.form.zone));
        }
        writer.end_row();
        let mut rows = 0;
        let mut devices = self.store.stream_devices(actor, &with_types(filter), with_details);
        while let Some(device) = devices.next().await {
            let device = device?;
            write_row(&mut writer, sheet, &words, &device.read(self.ready_at, now)?);
            rows += 1;
            if writer.pending() >= PIECE {
                spool.write(&writer.take()).await?;
            }
        }
        spool.write(&writer.take()).await?;
        Ok((spool.finish().await?, rows))
    }
}

fn write_row(writer: &mut CsvWriter, sheet: &DeviceSheet, words: &Words, device: &DeviceRecord<'_>) {
    for column in &sheet.columns {
        match (column, &device.details) {
            (DeviceColumn::Mac, _) => writer.mac(device.mac),
            (DeviceColumn::DeviceType, _) => {
                // One that the catalogue no longer has keeps its id.
                writer.text(catalog().get(&device.device_type).map_or(&*device.device_type, |t| &t.name));
            }
            (DeviceColumn::LinesAvailable, _) => writer.number(device.lines_available),
            (DeviceColumn::LinesTotal, _) => writer.number(device.lines_total),
            (DeviceColumn::Site, _) => writer.text(&device.site),
            (DeviceColumn::CheckedAt, _) => writer.plain(&words.checked_at),
            (column, Some(details)) => write_detail(writer, *column, sheet, words, details),
            // Details are read whenever a column needs them.
            (_, None) => writer.empty(),
        }
    }
    writer.end_row();
}

fn write_detail(
    writer: &mut CsvWriter,
    column: DeviceColumn,
    sheet: &DeviceSheet,
    words: &Words,
    details: &DeviceDetails<'_>,
) {
    let time = |writer: &mut CsvWriter, at: Option<Timestamp>| match at {
        Some(at) => writer.plain(&(sheet.form.write_time)(at)),
        None => writer.empty(),
    };
    match column {
        DeviceColumn::Name => writer.optional_text(details.name.as_deref()),
        DeviceColumn::Status => {
            writer.text(words.state(details.state.state));
        }
        DeviceColumn::StatusDetail => {
            writer.optional_text(details.state.detail.map(|detail| words.detail(detail)));
        }
        DeviceColumn::StatusSince => time(writer, Some(details.since)),
        DeviceColumn::LinesRegistered => writer.number(details.lines_registered),
        DeviceColumn::AssignedTo => writer.optional_text(details.users.as_deref()),
        DeviceColumn::LastRegisteredAt => time(writer, details.last_seen),
        DeviceColumn::Ip => writer.optional_text(details.last_ip.as_deref()),
        DeviceColumn::UserAgent => writer.optional_text(details.user_agent.as_deref()),
        DeviceColumn::Serial => writer.optional_text(details.serial.as_deref()),
        DeviceColumn::InventoryId => writer.optional_text(details.inventory_id.as_deref()),
        DeviceColumn::DectChainId => match details.chain_id {
            Some(chain_id) => writer.plain(&chain_id.to_string()),
            None => writer.empty(),
        },
        DeviceColumn::Note => writer.optional_text(details.note.as_deref()),
        DeviceColumn::Customer => writer.text(&details.customer),
        DeviceColumn::DeviceId => writer.plain(&details.id.to_string()),
        DeviceColumn::Mac
        | DeviceColumn::DeviceType
        | DeviceColumn::LinesAvailable
        | DeviceColumn::LinesTotal
        | DeviceColumn::Site
        | DeviceColumn::CheckedAt => writer.empty(),
    }
}
