//! The help articles against the catalogues. What stands in bold in an article is a label of the pages, to the letter, so that
//! no article tells of a button that was renamed; and the typographer's rules hold for articles, too. That links and pictures
//! are there, a test of `crates/http` sees.

use std::collections::BTreeSet;

use crate::Outcome;
use crate::ftl::{Catalogue, PLACE};
use crate::steps::say;
use crate::workspace::{File, files};

const ARTICLES: &str = "docs/help";

/// Articles that are written before their pages: what they name is told, but is no fault until all of it is there.
const AHEAD: &[&str] = &[];

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
    let mut faults = Vec::new();
    for article in &articles {
        let labels = unknown_labels(catalogue, article);
        match (AHEAD.iter().any(|name| article.path.ends_with(&format!("/{name}.md"))), labels.is_empty()) {
            (false, _) => faults.extend(labels),
            (true, false) => labels.iter().for_each(|label| say(&format!("awaited: {label}"))),
            (true, true) => {
                faults.push(format!(
                    "{}: its pages are there: take it out of AHEAD in xtask/src/help.rs",
                    article.path
                ));
            }
        }
        faults.extend(slips(article, rules));
    }
    Ok(faults)
}

/// What an article has in bold that is on no page.
fn unknown_labels(catalogue: &Catalogue, article: &File) -> Vec<String> {
    let is_label = |text: &str| {
        let counted = with_places(text);
        catalogue
            .entries
            .iter()
            .flat_map(|entry| &entry.texts)
            .any(|label| *label == text || *label == counted)
    };
    let mut unknown = Vec::new();
    for (number, line) in article.text.lines().enumerate() {
        let prose = prose(line);
        let labels = prose.split("**").skip(1).step_by(2);
        unknown.extend(labels.filter(|label| !is_label(label)).map(|label| {
            format!("{}:{}: **{label}** is no label of the pages in this language", article.path, number + 1)
        }));
    }
    unknown
}

/// Slips of typography.
fn slips(article: &File, rules: fn(&str) -> Vec<&'static str>) -> Vec<String> {
    let mut slips = Vec::new();
    for (number, line) in article.text.lines().enumerate() {
        let wrong: BTreeSet<&str> = rules(&prose(line).replace('*', "")).into_iter().collect();
        slips.extend(wrong.into_iter().map(|rule| format!("{}:{}: {rule}", article.path, number + 1)));
    }
    slips
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

/// A label that counts something, with a place where an article shows a number.
fn with_places(label: &str) -> String {
    let mut text = String::new();
    for c in label.chars() {
        match c {
            '0'..='9' if text.ends_with(PLACE) => {}
            '0'..='9' => text.push(PLACE),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typography;

    fn article(text: &str) -> File {
        File { path: "docs/help/en/a.md".to_owned(), text: text.to_owned() }
    }

    fn told(text: &str) -> Vec<String> {
        let catalogue =
            Catalogue::parse("a-save = Save\na-sum = Add the { $n } right rows\na-any = { $x }\n");
        unknown_labels(&catalogue, &article(text))
    }

    #[test]
    fn labels_are_those_of_the_pages() {
        assert_eq!(
            told("Select **Save**, then **Add the 231 right rows**; `**so**` [**Save**](it.md)."),
            [""; 0]
        );
        assert_eq!(
            told("# A\n\n**Save** or **Store**"),
            ["docs/help/en/a.md:3: **Store** is no label of the pages in this language"]
        );
        assert_eq!(told("**save**").len(), 1, "to the letter");
        assert_eq!(told("**Add the right rows**").len(), 1);
    }

    #[test]
    fn the_typographer_reads_articles() {
        assert_eq!(slips(&article("`it's` [x](it's.md)\nIt's so"), typography::common).len(), 1);
        let french = |line: &str| typography::french(&prose(line).replace('*', ""));
        assert_eq!(french("**Site**\u{A0}: `a:b` [x](y.md)\u{202F}?"), Vec::<&str>::new());
        assert_eq!(french("**Site** : x").len(), 1);
        assert_eq!(french("`code` ; x").len(), 1);
    }
}
