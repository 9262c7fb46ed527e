//! The layers of the jail, in the order in which they are closed. All must hold, or nothing runs.

#[cfg(target_os = "linux")]
mod bounds;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod rights;
#[cfg(target_os = "linux")]
mod syscalls;

use std::ffi::CStr;
use std::io;

use crate::order::Order;

/// The proof that the jail around this process is closed.
pub(crate) struct Sealed;

/// Closes the jail around this process for ever. `executable` is the one program that it may still become.
///
/// # Errors
/// When a layer cannot be set up, with what is missing. The process must end then.
#[cfg(target_os = "linux")]
pub(crate) fn close(order: &Order, executable: Option<&CStr>) -> io::Result<Sealed> {
    rights::close_descriptors().map_err(layer("descriptors could not be closed"))?;
    rights::drop_all().map_err(layer("rights could not be given up"))?;
    rights::die_with(order.parent).map_err(layer("the process could not be tied to its parent"))?;
    bounds::set(order).map_err(layer("resource limits could not be set"))?;
    files::restrict(order.interpreter.as_ref()).map_err(layer("Landlock could not be set up (it needs Linux 5.13)"))?;
    syscalls::restrict(executable).map_err(layer("seccomp could not be set up"))?;
    Ok(Sealed)
}

/// There is no jail on other systems, so nothing runs there.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(crate) fn close(_order: &Order, _executable: Option<&CStr>) -> io::Result<Sealed> {
    Err(io::Error::other("programs are only run on Linux, which has the means to jail them"))
}

#[cfg(target_os = "linux")]
fn layer(what: &'static str) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::other(format!("{what}: {error}"))
}
