//! How a check tells its faults: each on a line of its own, then how many they are.

use crate::Outcome;
use crate::steps::say;

/// How many faults are printed; the rest is counted.
const SHOWN: usize = 60;

/// Prints the faults, and fails when there are any.
pub(crate) fn report(faults: &[String], subject: &str) -> Outcome {
    for fault in faults.iter().take(SHOWN) {
        say(fault);
    }
    match faults.len() {
        0 => {
            say(&format!("{subject}: all well"));
            Ok(())
        }
        1 => Err("1 fault, see above".to_owned()),
        count if count > SHOWN => Err(format!("{count} faults, the first {SHOWN} of them above")),
        count => Err(format!("{count} faults, see above")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_fail() {
        assert!(report(&[], "texts").is_ok());
        assert_eq!(report(&["x".to_owned()], "texts"), Err("1 fault, see above".to_owned()));
    }
}
