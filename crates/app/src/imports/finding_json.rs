//! Findings as they are kept: codes, keys and values, no words.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tonalite_core::csv::Separator;
use tonalite_core::csv::import::{Code, Encoding, Finding, ImportColumn};
use tonalite_core::{Result, error::Cause};

#[derive(Serialize, Deserialize)]
struct FindingJson<'a> {
    c: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    v: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    a: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<Cow<'a, str>>,
}

/// What is known of a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Report {
    pub(super) encoding: Option<Encoding>,
    pub(super) separator: Option<Separator>,
    pub(super) notices: Vec<Finding>,
    pub(super) error: Option<Finding>,
}

#[derive(Serialize, Deserialize, Default)]
struct ReportJson {
    #[serde(default)]
    encoding: Option<String>,
    #[serde(default)]
    separator: Option<String>,
    #[serde(default)]
    notices: String,
    #[serde(default)]
    error: String,
}

#[derive(Debug, thiserror::Error)]
#[error("what is kept of an import is not understood")]
struct Unreadable;

fn json_of(finding: &Finding) -> FindingJson<'_> {
    FindingJson {
        c: finding.code.as_str().into(),
        l: finding.column.map(|column| column.key().into()),
        v: finding.value.as_str().into(),
        a: finding.args.iter().map(|(name, value)| (name.as_ref().into(), value.as_str().into())).collect(),
        s: finding.suggestion.as_deref().map(Cow::Borrowed),
    }
}

/// `None` where there is nothing to keep.
pub(super) fn write_findings(findings: &[Finding]) -> Result<Option<String>> {
    if findings.is_empty() {
        return Ok(None);
    }
    let json: Vec<FindingJson<'_>> = findings.iter().map(json_of).collect();
    Ok(Some(serde_json::to_string(&json)?))
}

pub(super) fn read_findings(text: Option<&str>) -> Result<Vec<Finding>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    let json: Vec<FindingJson<'_>> = serde_json::from_str(text)?;
    json.into_iter().map(read_finding).collect()
}

fn read_finding(json: FindingJson<'_>) -> Result<Finding> {
    let unreadable = || tonalite_core::Error::Internal(Cause::new(Unreadable));
    let column = match json.l {
        Some(key) => Some(ImportColumn::parse(&key).ok_or_else(unreadable)?),
        None => None,
    };
    Ok(Finding {
        code: Code::parse(&json.c).ok_or_else(unreadable)?,
        column,
        value: json.v.into_owned(),
        args: json
            .a
            .into_iter()
            .map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned()))
            .collect(),
        suggestion: json.s.map(Cow::into_owned),
    })
}

impl Report {
    pub(super) fn write(&self) -> Result<String> {
        let separator = self.separator.map(|separator| char::from(separator.byte()).to_string());
        let json = ReportJson {
            encoding: self.encoding.map(|encoding| encoding.as_str().to_owned()),
            separator,
            notices: write_findings(&self.notices)?.unwrap_or_default(),
            error: write_findings(self.error.as_slice())?.unwrap_or_default(),
        };
        Ok(serde_json::to_string(&json)?)
    }

    pub(super) fn read(text: &str) -> Result<Report> {
        let json: ReportJson = serde_json::from_str(text)?;
        Ok(Report {
            encoding: json.encoding.as_deref().and_then(Encoding::parse),
            separator: json.separator.as_deref().and_then(Separator::parse),
            notices: read_findings(Some(&json.notices))?,
            error: read_findings(Some(&json.error))?.into_iter().next(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_found() {
        let findings = vec![
            Finding::at(Code::R02, ImportColumn::Mac, "a\u{0}\"é").suggest(Some("x".into())).with("n", 7),
            Finding::new(Code::N03),
        ];
        let kept = write_findings(&findings).unwrap();
        assert_eq!(read_findings(kept.as_deref()).unwrap(), findings);
        assert_eq!(write_findings(&[]).unwrap(), None);
        let report = Report {
            encoding: Some(Encoding::Windows1252),
            separator: Some(Separator::Tab),
            notices: findings.clone(),
            error: findings.into_iter().next(),
        };
        assert_eq!(Report::read(&report.write().unwrap()).unwrap(), report);
        assert_eq!(Report::read("{}").unwrap(), Report::default());
        assert!(read_findings(Some("[{\"c\":\"X99\"}]")).is_err());
    }
}
