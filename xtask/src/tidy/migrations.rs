//! Both engines have the same migrations: the same file names below `sqlite` and `postgres`.
//! That they make the same columns is a test of the store's.

use std::collections::BTreeSet;

use crate::workspace::File;

pub(crate) fn check(files: &[File]) -> Vec<String> {
    let of = |engine: &str| -> BTreeSet<String> {
        let migrations =
            files.iter().filter(|file| file.is(&["sql"]) && file.path.starts_with("crates/store/"));
        let folder = format!("/{engine}/");
        // The folder of the engine is taken out, so that the rest of the path must be the same.
        migrations
            .filter(|file| file.path.contains(&folder))
            .map(|file| file.path.replacen(&folder, "/*/", 1))
            .collect()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    if sqlite.is_empty() && postgres.is_empty() {
        return vec!["crates/store: no migrations found below folders `sqlite` and `postgres`".to_owned()];
    }
    let lonely = |path: &String, has: &str, lacks: &str| {
        let (there, missing) = (path.replacen('*', has, 1), path.replacen('*', lacks, 1));
        format!("{there}: its twin {missing} does not exist")
    };
    let only_sqlite = sqlite.difference(&postgres).map(|path| lonely(path, "sqlite", "postgres"));
    only_sqlite.chain(postgres.difference(&sqlite).map(|path| lonely(path, "postgres", "sqlite"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str]) -> Vec<String> {
        let file = |path: &&str| File { path: (*path).to_owned(), text: String::new() };
        super::check(&paths.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn twins_pass() {
        let (a, b) = (
            "crates/store/migrations/sqlite/0001_ground.sql",
            "crates/store/migrations/postgres/0001_ground.sql",
        );
        assert_eq!(check(&[a, b]), Vec::<String>::new());
    }

    #[test]
    fn a_missing_twin_is_told() {
        let (a, b) = (
            "crates/store/migrations/sqlite/0001_ground.sql",
            "crates/store/migrations/postgres/0002_more.sql",
        );
        let faults = check(&[a, b]);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(
            faults[0].contains("its twin crates/store/migrations/postgres/0001_ground.sql"),
            "{faults:?}"
        );
        assert_eq!(check(&[]).len(), 1);
    }
}
