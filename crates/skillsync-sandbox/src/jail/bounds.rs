//! The kernel's limits for one process.

use std::io;

use nix::sys::resource::{Resource, setrlimit};

use crate::Language;
use crate::order::Order;

const MIB: u64 = 1024 * 1024;

/// The stack of the one thread. The JavaScript engine stays below half of it and says so when that is used up.
const STACK_BYTES: u64 = 32 * MIB;

/// What the engine itself and the program's own code take beside what a JavaScript program may use.
const ENGINE_BYTES: u64 = 64 * MIB;

/// Sets all limits, soft and hard, so that they cannot be raised again.
pub(super) fn set(order: &Order) -> io::Result<()> {
    let same = |resource, bound| setrlimit(resource, bound, bound);
    // One byte, not none: with none the kernel still hands a dump to a collector, with one it does not, and no file is
    // ever that small.
    same(Resource::RLIMIT_CORE, 1)?;
    same(Resource::RLIMIT_FSIZE, 0)?;
    same(Resource::RLIMIT_MEMLOCK, 0)?;
    same(Resource::RLIMIT_MSGQUEUE, 0)?;
    same(Resource::RLIMIT_NPROC, 0)?;
    same(Resource::RLIMIT_NOFILE, 32)?;
    same(Resource::RLIMIT_STACK, STACK_BYTES)?;
    // The first bound ends a program; the second, one second later, ends a program that ignores the first.
    setrlimit(Resource::RLIMIT_CPU, order.cpu_s, order.cpu_s.saturating_add(1))?;
    match order.language {
        Language::Python => {
            same(Resource::RLIMIT_DATA, order.memory_bytes)?;
            same(Resource::RLIMIT_AS, order.memory_bytes)?;
        }
        // QuickJS has a bound of its own. This process is the whole server's program file, whose mapped size says
        // nothing, so only what it may write to is counted.
        Language::JavaScript => same(Resource::RLIMIT_DATA, order.memory_bytes.saturating_add(ENGINE_BYTES))?,
    }
    Ok(())
}
