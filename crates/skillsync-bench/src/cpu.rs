//! How much processor time other processes have used, as Linux counts it, in steps of a hundredth of a second.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The fields of /proc/PID/stat that matter here, counted after the command's name; see proc_pid_stat(5).
const PARENT: usize = 1;
const OWN: [usize; 2] = [11, 12];
const OF_ENDED_CHILDREN: [usize; 2] = [13, 14];

/// The kernel's unit for programs (USER_HZ), which is the same on every processor that we build for.
const TICK_MS: u64 = 10;

/// What a process has used, in its own code and in the kernel for it.
///
/// # Errors
/// When it is gone.
pub fn of_process(process: u32) -> Result<Duration> {
    Ok(sum(&fields(process)?, &OWN))
}

/// What a process and its children have used, those included that have ended.
///
/// # Errors
/// When it is gone.
pub fn of_family(process: u32) -> Result<Duration> {
    let own = fields(process)?;
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))?;
    // A child that ends between these two lines is found among the ended ones by the next reader.
    let children = children.split_whitespace().filter_map(|child| fields(child.parse().ok()?).ok());
    Ok(sum(&own, &OWN) + sum(&own, &OF_ENDED_CHILDREN) + children.map(|child| sum(&child, &OWN)).sum())
}

/// The parent of a process, if it runs on this machine under this name.
pub fn parent(process: u32, name: &str) -> Option<u32> {
    let parent = *fields(process).ok()?.get(PARENT)?;
    let command = fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    (command.trim_end() == name).then(|| parent.try_into().ok()).flatten()
}

/// The numbers after the command's name, which may itself contain spaces and brackets.
fn fields(process: u32) -> Result<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).context("a process under test is gone")?;
    let (_, fields) = text.rsplit_once(')').context("the kernel's report has another form than expected")?;
    // Letters and negative numbers are of no interest, but keep their places.
    Ok(fields.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

fn sum(fields: &[u64], places: &[usize]) -> Duration {
    let ticks: u64 = places.iter().filter_map(|place| fields.get(*place)).sum();
    Duration::from_millis(ticks * TICK_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_process_uses_time_and_has_a_parent() {
        let began = of_process(std::process::id()).unwrap();
        while of_process(std::process::id()).unwrap() == began {
            std::hint::spin_loop();
        }
        assert_eq!(parent(std::process::id(), "surely no program"), None);
        assert!(of_family(std::process::id()).unwrap() > began);
    }
}
