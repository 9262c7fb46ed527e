//! What the process may do as somebody: nothing that needs a right.

use std::fs;
use std::io;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, chdir, close, geteuid, getppid, setgroups, setresgid, setresuid};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

/// The user and the group that own nothing, by the kernel's own convention for "nobody".
const NOBODY: u32 = 65_534;

/// Closes every descriptor but the standard ones: some may have been left open by whoever started the server.
pub(super) fn close_descriptors() -> io::Result<()> {
    let open: Vec<i32> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|descriptor| *descriptor > 2)
        .collect();
    for descriptor in open {
        // The listing's own descriptor is closed already, which is the only error there can be.
        let _ = close(descriptor);
    }
    Ok(())
}

/// Becomes nobody where the process is root, and gives up every capability in any case.
pub(super) fn drop_all() -> io::Result<()> {
    chdir("/")?;
    if geteuid().is_root() {
        let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        setgroups(&[])?;
        setresgid(group, group, group)?;
        setresuid(user, user, user)?;
    }
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    prctl::set_no_new_privs()?;
    Ok(())
}

/// Is killed when the parent ends, however it ends.
pub(super) fn die_with(parent: u32) -> io::Result<()> {
    // A change of the user forgets this setting, so it comes after it.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if i64::from(getppid().as_raw()) != i64::from(parent) {
        return Err(io::Error::other("the parent has already ended"));
    }
    Ok(())
}
