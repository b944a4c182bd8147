//! The template of an import: the columns, and rows to copy that name the types and sites of who asked for it. Its rows
//! are comments, since their first cell begins with `#`: sent back as it is, it changes nothing.

use super::import::ImportColumn;
use super::write::CsvWriter;
use super::{Dialect, Naming};
use crate::text::Locale;

/// An address to look at: of nobody's telephone, since the row is a comment.
const EXAMPLE_MAC: &str = "# 00:15:65:12:34:56";

/// The columns of every template.
const COLUMNS: [ImportColumn; 7] = [
    ImportColumn::Mac,
    ImportColumn::DeviceType,
    ImportColumn::Site,
    ImportColumn::Name,
    ImportColumn::Serial,
    ImportColumn::InventoryId,
    ImportColumn::Note,
];

/// What the template of one person names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateContent {
    /// A type and a site at which it may be added, for each row.
    pub rows: Vec<(String, String)>,
    /// Whether there are sites that are not named, since they are too many.
    pub more_sites: bool,
    /// Whether there is a column of chain ids, the last: for who may enter them, where there can be DECT bases.
    pub chain_ids: bool,
}

impl TemplateContent {
    /// As many rows as there are types or sites, whichever are more: each is named at least once where a row for it can be
    /// right. `approved` says whether a type may be added at a site, both by their place in the lists.
    pub fn of(
        types: &[String],
        sites: &[String],
        approved: impl Fn(usize, usize) -> bool,
    ) -> TemplateContent {
        let row = |n: usize| {
            let (wanted_type, wanted_site) = (n % types.len(), n % sites.len());
            let pair = if approved(wanted_type, wanted_site) {
                Some((wanted_type, wanted_site))
            } else if types.len() >= sites.len() {
                (0..sites.len()).find(|site| approved(wanted_type, *site)).map(|site| (wanted_type, site))
            } else {
                (0..types.len()).find(|kind| approved(*kind, wanted_site)).map(|kind| (kind, wanted_site))
            };
            let (kind, site) = pair?;
            Some((types[kind].clone(), sites[site].clone()))
        };
        let rows = if types.is_empty() || sites.is_empty() { 0 } else { types.len().max(sites.len()) };
        TemplateContent { rows: (0..rows).filter_map(row).collect(), ..TemplateContent::default() }
    }
}

/// The file. `texts` are of the language that the example is in, also where the headings are keys.
pub fn write_template(content: &TemplateContent, naming: Naming, texts: Locale, dialect: Dialect) -> Vec<u8> {
    let mut writer = CsvWriter::new(dialect);
    let chain_id = content.chain_ids.then_some(ImportColumn::DectChainId);
    for column in COLUMNS.into_iter().chain(chain_id) {
        writer.plain(&column.heading(naming));
    }
    writer.end_row();
    let more = usize::from(content.chain_ids);
    let empty = |writer: &mut CsvWriter, cells: usize| (0..cells).for_each(|_| writer.empty());
    if let Some((device_type, site)) = content.rows.first() {
        writer.plain(EXAMPLE_MAC);
        writer.text(device_type);
        writer.text(site);
        writer.text(&texts.text("csv-template-name"));
        empty(&mut writer, COLUMNS.len() - 5);
        writer.text(&texts.text("csv-template-example"));
        empty(&mut writer, more);
        writer.end_row();
    }
    for (device_type, site) in &content.rows {
        writer.plain("#");
        writer.text(device_type);
        writer.text(site);
        empty(&mut writer, COLUMNS.len() - 3 + more);
        writer.end_row();
    }
    if content.more_sites {
        writer.plain("#");
        writer.empty();
        writer.text(&texts.text("csv-template-more"));
        empty(&mut writer, COLUMNS.len() - 3 + more);
        writer.end_row();
    }
    writer.take()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::Separator;
    use crate::text::Language;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_template_of_a_french_reader() {
        let types = names(&["Yealink T54W", "Cisco 8851"]);
        let sites = names(&["Lyon", "=Paris; \"Siège\"", "Brest"]);
        let content = TemplateContent::of(&types, &sites, |_, _| true);
        let french = Language::French.locale();
        let dialect = Dialect { separator: Separator::Semicolon, bom: true };
        let file = write_template(&content, Naming::Words(french), french, dialect);
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "\u{feff}Adresse MAC;Type d’appareil;Site;Nom;Numéro de série;N° d’inventaire;Remarque\r\n\
             # 00:15:65:12:34:56;\"Yealink T54W\";\"Lyon\";\"Accueil\";;;\"exemple, ligne ignorée\"\r\n\
             #;\"Yealink T54W\";\"Lyon\";;;;\r\n\
             #;\"Cisco 8851\";\"'=Paris; \"\"Siège\"\"\";;;;\r\n\
             #;\"Yealink T54W\";\"Brest\";;;;\r\n"
        );
    }

    #[test]
    fn each_type_and_each_site_stands_in_a_row_that_would_be_right() {
        let (types, sites) = (names(&["a", "b", "c"]), names(&["1", "2"]));
        let pairs = |approved: fn(usize, usize) -> bool, types: &[String], sites: &[String]| {
            let rows = TemplateContent::of(types, sites, approved).rows;
            rows.into_iter().map(|(kind, site)| kind + &site).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(pairs(|_, _| true, &types, &sites), "a1 b2 c1");
        assert_eq!(pairs(|kind, site| kind != 1 || site == 0, &types, &sites), "a1 b1 c1");
        assert_eq!(pairs(|kind, _| kind != 1, &types, &sites), "a1 c1", "a type that no site may have");
        assert_eq!(pairs(|kind, site| kind == site, &types[..1], &sites), "a1", "a site that may have none");
        assert_eq!(pairs(|_, _| true, &types, &[]), "");
    }

    #[test]
    fn programs_get_keys_and_that_there_are_more_sites_is_said() {
        let content =
            TemplateContent { rows: vec![("a".into(), "1".into())], more_sites: true, chain_ids: false };
        let file = write_template(&content, Naming::Keys, Language::English.locale(), Dialect::default());
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "mac,device_type,site,name,serial,inventory_id,note\r\n\
             # 00:15:65:12:34:56,\"a\",\"1\",\"Reception\",,,\"example, this line is ignored\"\r\n\
             #,\"a\",\"1\",,,,\r\n\
             #,,\"and more sites\",,,,\r\n"
        );
        let content = TemplateContent { chain_ids: true, ..content };
        let file = write_template(&content, Naming::Keys, Language::English.locale(), Dialect::default());
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "mac,device_type,site,name,serial,inventory_id,note,dect_chain_id\r\n\
             # 00:15:65:12:34:56,\"a\",\"1\",\"Reception\",,,\"example, this line is ignored\",\r\n\
             #,\"a\",\"1\",,,,,\r\n\
             #,,\"and more sites\",,,,,\r\n"
        );
    }
}
