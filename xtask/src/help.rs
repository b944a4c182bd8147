//! The help articles against the catalogues. What stands in bold in an article is a label of the pages, to the letter, so that
//! no article tells of a button that was renamed; and the typographer's rules hold for articles, too. That links and pictures
//! are there, a test of `crates/http` sees.

use std::collections::BTreeSet;

use crate::Outcome;
use crate::ftl::{Catalogue, PLACE};
use crate::workspace::{File, files};

const ARTICLES: &str = "docs/help";

/// Labels of pages that are being made: named here until the catalogues hold them, and a fault from then on.
const AWAITED: &[&str] = &[
    "Download .CSV template",
    "Export Device Status",
    "Exporter l’état de l’appareil",
    "ID de la station multicellulaire",
    "Import",
    "Importer",
    "Instructions",
    "Line States",
    "Multi Cell Chain ID",
    "Party Manager",
    "Télécharger le fichier .CSV",
    "Télécharger le modèle .CSV",
    "Upload .CSV file",
    "États des lignes",
];

/// What is wrong with the articles in one language.
pub(crate) fn check(
    language: &str,
    catalogue: &Catalogue,
    rules: fn(&str) -> Vec<&'static str>,
) -> Outcome<Vec<String>> {
    let articles = files(&format!("{ARTICLES}/{language}"))?;
    if articles.is_empty() {
        return Err(format!("there is no article in {ARTICLES}/{language}"));
    }
    Ok(faults(catalogue, &articles, rules))
}

fn faults(catalogue: &Catalogue, articles: &[File], rules: fn(&str) -> Vec<&'static str>) -> Vec<String> {
    let mut faults = Vec::new();
    let is_label =
        |text: &str| catalogue.entries.iter().flat_map(|entry| &entry.texts).any(|label| fits(label, text));
    for article in articles {
        for (number, line) in article.text.lines().enumerate() {
            let place = format!("{}:{}", article.path, number + 1);
            let prose = prose(line);
            for label in bold(&prose) {
                if !is_label(label) && !AWAITED.contains(&label) {
                    faults.push(format!("{place}: **{label}** is no label of the pages in this language"));
                }
            }
            let wrong: BTreeSet<&str> = rules(&prose.replace('*', "")).into_iter().collect();
            faults.extend(wrong.into_iter().map(|rule| format!("{place}: {rule}")));
        }
    }
    faults
}

/// Labels that are awaited although they are there.
pub(crate) fn stale(catalogues: &[&Catalogue]) -> Vec<String> {
    let texts = || catalogues.iter().flat_map(|catalogue| &catalogue.entries).flat_map(|entry| &entry.texts);
    let there = AWAITED.iter().filter(|awaited| texts().any(|label| label == *awaited));
    there
        .map(|label| format!("xtask/src/help.rs: `{label}` is a label now: take it out of AWAITED"))
        .collect()
}

/// A line as it is read: code, and where links lead, are left out.
fn prose(line: &str) -> String {
    let mut prose = String::new();
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 1 {
            prose.push(PLACE);
            continue;
        }
        let mut rest = part;
        while let Some((before, after)) = rest.split_once("](") {
            prose.push_str(before);
            prose.push(']');
            rest = after.split_once(')').map_or("", |(_, after)| after);
        }
        prose.push_str(rest);
    }
    prose
}

fn bold(prose: &str) -> impl Iterator<Item = &str> {
    prose.split("**").skip(1).step_by(2)
}

/// Whether a text of the catalogue, with anything in its places, is this label.
fn fits(text: &str, label: &str) -> bool {
    let mut pieces = text.split(PLACE);
    let Some(mut rest) = pieces.next().and_then(|first| label.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    // A text that is nearly all places fits everything.
    if text.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return false;
    }
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typography;

    fn told(text: &str) -> Vec<String> {
        let catalogue =
            Catalogue::parse("a-save = Save\na-sum = Add the { $n } right rows\na-any = { $x }\n");
        let article = File { path: "docs/help/en/a.md".to_owned(), text: text.to_owned() };
        faults(&catalogue, &[article], typography::common)
    }

    #[test]
    fn labels_are_those_of_the_pages() {
        assert_eq!(told("Select **Save**, then **Add the 231 right rows**; `it's` [so](it's.md)."), [""; 0]);
        assert_eq!(
            told("# A\n\n**Save** or **Store**"),
            ["docs/help/en/a.md:3: **Store** is no label of the pages in this language"]
        );
        assert_eq!(told("**save**").len(), 1, "to the letter");
        assert_eq!(told("**Add the right rows**").len(), 1);
    }

    #[test]
    fn the_typographer_reads_articles() {
        assert_eq!(told("It's **Save**").len(), 1);
        let french = |line: &str| typography::french(&prose(line).replace('*', ""));
        assert_eq!(french("**Site**\u{A0}: `a:b` [x](y.md)\u{202F}?"), Vec::<&str>::new());
        assert_eq!(french("**Site** : x").len(), 1);
        assert_eq!(french("`code` ; x").len(), 1);
    }

    #[test]
    fn what_is_there_is_no_longer_awaited() {
        let catalogue = Catalogue::parse("a-import = Import\n");
        assert_eq!(stale(&[&catalogue]).len(), 1);
        assert_eq!(stale(&[&Catalogue::parse("a-import = Importing\n")]), [""; 0]);
    }
}
