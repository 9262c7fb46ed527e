//! Keeps what a broken file does to a parser from doing harm: a panic, a deep recursion, an endless loop.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::ExtractError;

/// The name of the threads that read files, by which their panics are told from others.
const THREAD: &str = "extract";

/// Room for deeply nested files, some hundred times what a sound one needs.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Does the work on a thread of its own and waits for it, for as long as allowed. The work is told until when it has time
/// and should look from time to time.
///
/// It is no thread of the runtime's: a runtime that ends waits for those, and one in an endless loop would keep a command
/// from ending. A thread that is given up ends with its work, or with the program.
pub(super) async fn within<T: Send + 'static>(
    time: Duration,
    work: impl FnOnce(Instant) -> Result<T, ExtractError> + Send + 'static,
) -> Result<T, ExtractError> {
    keep_panics_quiet();
    let deadline = Instant::now() + time;
    let (answer, answered) = oneshot::channel();
    let thread = std::thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK_BYTES);
    let begun = thread.spawn(move || {
        let done = panic::catch_unwind(AssertUnwindSafe(|| work(deadline)));
        // Nobody waits any more when the time is over.
        let _ = answer.send(done.unwrap_or(Err(ExtractError::Broken)));
    });
    if let Err(error) = begun {
        tracing::error!(%error, "no thread could be started to read a file");
        return Err(ExtractError::TooSlow);
    }
    match tokio::time::timeout(time, answered).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(ExtractError::Broken),
        Err(_) => Err(ExtractError::TooSlow),
    }
}

/// A parser's panic is the file's fault and is told as such; its place in the source helps no operator.
fn keep_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(THREAD) {
                tracing::debug!(%panic, "a parser gave up on a file");
            } else {
                usual(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_panic_is_a_broken_file() {
        let done = within::<()>(LONG, |_| panic!("index out of bounds"));
        assert_eq!(done.await, Err(ExtractError::Broken));
        assert_eq!(within(LONG, |_| Ok(1)).await, Ok(1));
    }

    #[tokio::test]
    async fn work_that_never_ends_is_given_up() {
        let (end, ended) = mpsc::channel::<()>();
        let done = within::<()>(Duration::ZERO, move |_| {
            // It ends with this test, which is when nobody holds the other end any more.
            let _ = ended.recv();
            Ok(())
        });
        assert_eq!(done.await, Err(ExtractError::TooSlow));
        drop(end);
    }

    #[tokio::test]
    async fn a_deep_recursion_has_room() {
        fn depth(left: u32) -> u32 {
            if left == 0 { 0 } else { std::hint::black_box(depth(std::hint::black_box(left - 1))) + 1 }
        }
        assert_eq!(within(LONG, |_| Ok(depth(50_000))).await, Ok(50_000));
    }
}
