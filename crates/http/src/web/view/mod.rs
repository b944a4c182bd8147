//! What pages show, as plain values made of `core`'s types: askama templates and the structs behind them.
//! Pure: no request, no use case, no clock; handlers (`super`) fetch, views say.

pub(crate) mod acting_pages;
pub(crate) mod api_docs;
mod api_reference;
pub(crate) mod audit_list;
pub(crate) mod choice;
pub(crate) mod confirm;
pub(crate) mod dect_pages;
pub(crate) mod dect_reboot_pages;
pub(crate) mod device_check;
pub(crate) mod device_columns;
pub(crate) mod device_list;
pub(crate) mod device_new;
pub(crate) mod device_show;
pub(crate) mod export_part;
pub(crate) mod feature_off;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod help_pages;
pub(crate) mod import_help;
pub(crate) mod import_list;
pub(crate) mod import_new;
pub(crate) mod import_show;
pub(crate) mod line_columns;
pub(crate) mod line_list;
pub(crate) mod line_pages;
pub(crate) mod nav;
pub(crate) mod party_list;
pub(crate) mod party_many;
pub(crate) mod party_pages;
pub(crate) mod party_show;
pub(crate) mod party_types;
pub(crate) mod problem_page;
pub(crate) mod reboot_pages;
pub(crate) mod sign_in_page;
pub(crate) mod site_pages;
pub(crate) mod state_counts;
pub(crate) mod status;
pub(crate) mod tabs;
pub(crate) mod times;
pub(crate) mod user_pages;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod sample_import;
#[cfg(test)]
mod sample_lines;
#[cfg(test)]
mod sample_reboot;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_import;
