//! Which system calls can be made: those that an interpreter with one thread needs. All others fail with "not permitted".

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::io;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

type Rules = Vec<SeccompRule>;

/// What both engines need: memory, time, the three open descriptors, an end.
const BOTH: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_read,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];

/// What Python needs beside: to be loaded, to read its library, to wait, to ask about itself. `asyncio` waits with epoll.
const PYTHON: &[i64] = &[
    // Refused by the first filter, in the way that makes the C library try `clone`, which is refused here.
    libc::SYS_clone3,
    libc::SYS_clock_nanosleep,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getppid,
    libc::SYS_getrusage,
    libc::SYS_getuid,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_pselect6,
    libc::SYS_readlinkat,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_times,
    libc::SYS_uname,
];

/// The older calls for the same purposes, which newer processors never had.
#[cfg(target_arch = "x86_64")]
const PYTHON_OLDER: &[i64] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_epoll_wait,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const PYTHON_OLDER: &[i64] = &[];

/// What may be asked of an open descriptor. Who gets its signals may not be set: that would be a way to send them.
const DESCRIPTOR_COMMANDS: &[i32] =
    &[libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];

/// Whether it is a terminal, and how it waits.
const DEVICE_COMMANDS: &[u64] = &[0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451];

/// Closes this layer, for ever. The one program that the process may still become is named by the address of its path:
/// once it has become it, nothing lies at that address any longer.
pub(super) fn restrict(executable: Option<&CStr>) -> io::Result<()> {
    let not_there = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let not_permitted = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let newer = BTreeMap::from([(libc::SYS_clone3, Rules::new())]);
    let allowed = allowed(executable).map_err(io::Error::other)?;
    let newer = program(newer, SeccompAction::Allow, not_there).map_err(io::Error::other)?;
    let allowed = program(allowed, not_permitted, SeccompAction::Allow).map_err(io::Error::other)?;
    // Of two refusals the one of the last filter counts, and the last filter lets `clone3` pass to the first.
    apply_filter(&newer).map_err(io::Error::other)?;
    apply_filter(&allowed).map_err(io::Error::other)
}

fn program(
    rules: BTreeMap<i64, Rules>,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<BpfProgram, BackendError> {
    SeccompFilter::new(rules, otherwise, listed, std::env::consts::ARCH.try_into()?)?.try_into()
}

fn allowed(executable: Option<&CStr>) -> Result<BTreeMap<i64, Rules>, BackendError> {
    let mut allowed: BTreeMap<i64, Rules> = BOTH.iter().map(|call| (*call, Rules::new())).collect();
    // To end itself with a signal, as `abort` does, and nobody else.
    allowed.insert(libc::SYS_tgkill, vec![rule(&[equal(0, u64::from(std::process::id()))?])?]);
    let Some(executable) = executable else { return Ok(allowed) };
    allowed.extend(PYTHON.iter().chain(PYTHON_OLDER).map(|call| (*call, Rules::new())));
    let path = executable.as_ptr().addr() as u64;
    allowed.insert(libc::SYS_execve, vec![rule(&[equal_whole(0, path)?])?]);
    // To ask for one's own limits, not to set any.
    allowed.insert(libc::SYS_prlimit64, vec![rule(&[equal(0, 0)?, equal_whole(2, 0)?])?]);
    let commands = DESCRIPTOR_COMMANDS.iter().map(|command| rule(&[equal(1, u64::from(command.cast_unsigned()))?]));
    allowed.insert(libc::SYS_fcntl, commands.collect::<Result<_, _>>()?);
    let commands = DEVICE_COMMANDS.iter().map(|command| rule(&[equal(1, *command)?]));
    allowed.insert(libc::SYS_ioctl, commands.collect::<Result<_, _>>()?);
    // A pair of sockets that lead to each other and nowhere else: `asyncio` wakes itself up with one.
    let kind = SeccompCmpOp::MaskedEq(0xF);
    let stream = SeccompCondition::new(1, SeccompCmpArgLen::Dword, kind, libc::SOCK_STREAM as u64)?;
    allowed.insert(libc::SYS_socketpair, vec![rule(&[equal(0, libc::AF_UNIX as u64)?, stream])?]);
    Ok(allowed)
}

fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.to_vec())
}

/// The lower half of an argument, where it is a 32-bit number: the kernel ignores the upper half as well.
fn equal(argument: u8, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

/// A whole argument, where it is an address.
fn equal_whole(argument: u8, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)
}
