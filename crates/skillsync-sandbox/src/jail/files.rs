//! Which files can be opened: those that the interpreter is made of, to read, and no others.

use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

use crate::order::Interpreter;

/// Refuses every access to files that is not listed, for ever. What a newer kernel can refuse as well is refused there;
/// seccomp refuses the same calls everywhere.
pub(super) fn restrict(interpreter: Option<&Interpreter>) -> io::Result<()> {
    let mut rules = create().map_err(io::Error::other)?;
    if let Some(interpreter) = interpreter {
        let read = BitFlags::from(AccessFs::ReadFile);
        for folder in &interpreter.folders {
            rules = allow(rules, folder, read | AccessFs::ReadDir)?;
        }
        for file in &interpreter.files {
            // The kernel starts a program through the loader, and asks for the same right there.
            let loader = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld"));
            rules = allow(rules, file, if loader { read | AccessFs::Execute } else { read })?;
        }
        rules = allow(rules, &interpreter.executable, read | AccessFs::Execute)?;
    }
    let status = rules.restrict_self().map_err(io::Error::other)?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(io::Error::other("the kernel does not enforce it"));
    }
    Ok(())
}

fn create() -> Result<RulesetCreated, landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)?
        .create()
}

/// A path that is gone or hidden is left out: less can be opened then, and the interpreter says what it misses.
fn allow(rules: RulesetCreated, path: &Path, access: BitFlags<AccessFs>) -> io::Result<RulesetCreated> {
    match PathFd::new(path) {
        Ok(open) => rules.add_rule(PathBeneath::new(open, access)).map_err(io::Error::other),
        Err(_) => Ok(rules),
    }
}
