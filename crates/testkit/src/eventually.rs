//! Waiting for what happens on another thread, with an end. The only pause that tests make.

use std::time::Duration;

/// Between two looks: what a test waits for usually takes a millisecond or two.
const PAUSE: Duration = Duration::from_millis(5);
/// Ten seconds on an idle machine. A bound, not an expectation: a busy one may take long.
const LOOKS: u32 = 2_000;

/// Looks until the answer is `Some`, and gives it.
///
/// # Panics
/// When it is still `None` after ten seconds; `what` says what was waited for.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(seen) = look().await {
            return seen;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("waited in vain: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn looks_until_it_is_there() {
        let mut looks = 0;
        let seen = eventually("the third look", async || {
            looks += 1;
            (looks == 3).then_some("there")
        });
        assert_eq!(seen.await, "there");
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up() {
        let waited = tokio::spawn(eventually::<()>("nothing", async || None)).await;
        let said = waited.expect_err("it must end").into_panic();
        assert_eq!(said.downcast_ref::<String>().map(String::as_str), Some("waited in vain: nothing"));
    }
}
