//! The terminal of who typed a command: output, words beside it, and a bar for long work.

use std::io::{ErrorKind, Write as _};
use std::ops::ControlFlow;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

use crate::control::Reply;

/// What a command says, shown.
#[derive(Default)]
pub(crate) struct Screen {
    bar: Option<ProgressBar>,
}

impl Screen {
    /// Shows everything that is said; ends when all is said, or when nobody reads it any more.
    pub(crate) async fn follow(&mut self, mut replies: mpsc::Receiver<Reply>) -> anyhow::Result<()> {
        while let Some(reply) = replies.recv().await {
            if self.show(reply)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Shows one thing. `Break`: the output was closed (by `head`, for instance), which is no fault.
    pub(crate) fn show(&mut self, reply: Reply) -> anyhow::Result<ControlFlow<()>> {
        match reply {
            Reply::Print(text) => {
                let written = self.beside_the_bar(|| {
                    let mut output = std::io::stdout().lock();
                    output.write_all(text.as_bytes()).and_then(|()| output.flush())
                });
                match written {
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ControlFlow::Break(())),
                    written => written.context("cannot write the output")?,
                }
            }
            Reply::Note(words) => self.beside_the_bar(|| eprintln!("{words}")),
            Reply::Progress { done, total } => self.bar(total).set_position(done),
            Reply::Welcome | Reply::Alive | Reply::Done | Reply::Failed(_) => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn beside_the_bar<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(act),
            None => act(),
        }
    }

    /// On standard error, and only where that is a terminal.
    fn bar(&mut self, total: u64) -> &ProgressBar {
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len}, {eta} left");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_length(total);
        bar
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
