//! Waiting by looking: again and again until something is so, for a bounded time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long to wait between two looks. It is also the error of every time that is taken by looking.
pub const GLANCE: Duration = Duration::from_millis(10);

/// Longer than anything takes that works, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until there is something to see, and gives it.
///
/// # Errors
/// When there is nothing to see for too long, or looking fails.
pub async fn until<T>(what: &str, patience: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if began.elapsed() > patience {
            bail!("waited {:.1} s in vain until {what}", patience.as_secs_f64());
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Waits for something that ends by itself, for a bounded time.
///
/// # Errors
/// When it does not end.
pub async fn within<T>(what: &str, patience: Duration, work: impl Future<Output = T>) -> Result<T> {
    match tokio::time::timeout(patience, work).await {
        Ok(done) => Ok(done),
        Err(_) => bail!("waited {:.1} s in vain until {what}", patience.as_secs_f64()),
    }
}
