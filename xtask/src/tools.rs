//! Finds the programs that the tests need, and installs Debian's packages of those that are missing.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Everything the tests start besides our own binary.
pub struct Programs {
    /// The folder with `initdb`, `pg_ctl` and `postgres`.
    pub postgres: PathBuf,
    /// The browser.
    pub chromium: PathBuf,
    /// The program that drives the browser.
    pub chromedriver: PathBuf,
}

/// Finds PostgreSQL, Chromium and its driver; installs in one go what is missing.
pub fn provide() -> Result<Programs> {
    let wanted = [("postgresql", find_postgres()), ("chromium", find_chromium()), ("chromium-driver", find_driver())];
    let missing: Vec<_> = wanted.iter().filter(|(_, found)| found.is_none()).map(|(package, _)| *package).collect();
    install(&missing)?;
    let programs = Programs {
        postgres: find_postgres().context(not_found("postgresql"))?,
        chromium: find_chromium().context(not_found("chromium"))?,
        chromedriver: find_driver().context(not_found("chromium-driver"))?,
    };
    println!("PostgreSQL   {}", programs.postgres.display());
    println!("Chromium     {}", programs.chromium.display());
    println!("ChromeDriver {}", programs.chromedriver.display());
    Ok(programs)
}

/// Finds PostgreSQL alone, for commands that need no browser.
pub fn postgres() -> Result<PathBuf> {
    if find_postgres().is_none() {
        install(&["postgresql"])?;
    }
    find_postgres().context(not_found("postgresql"))
}

/// Whether this process runs as root, as the program `id` says it: the standard library cannot tell.
pub fn is_root() -> Result<bool> {
    Ok(process::read(Command::new("id").arg("-u"))?.trim() == "0")
}

fn not_found(package: &str) -> String {
    format!("nothing that belongs to the package {package} was found\nhint: install it and run this again")
}

/// Debian keeps the server's programs off the PATH, one folder a version; the newest is taken.
fn find_postgres() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| complete(folder))
        .max();
    search_path().into_iter().find(complete).or(newest.map(|(_, folder)| folder))
}

fn find_chromium() -> Option<PathBuf> {
    find(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"], &[])
}

fn find_driver() -> Option<PathBuf> {
    find(&["chromedriver"], &["/usr/lib/chromium", "/usr/lib/chromium-browser"])
}

fn find(names: &[&str], further_folders: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = search_path().into_iter().chain(further_folders.iter().map(PathBuf::from)).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

#[expect(clippy::disallowed_methods, reason = "the product's rule; xtask has no configuration to read it through")]
fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// Installs packages as root or through sudo; where neither is possible, says what a person must do.
fn install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !Path::new("/usr/bin/apt-get").is_file() {
        bail!("these Debian packages, or what they are called on this system, are missing: {list}");
    }
    let mut prefix = Vec::new();
    if !is_root()? {
        if find(&["sudo"], &[]).is_none() {
            bail!("these packages are missing: {list}\nhint: as root, run `apt-get install {list}`");
        }
        prefix.push("sudo");
        if !std::io::stdin().is_terminal() {
            prefix.push("--non-interactive");
        }
    }
    println!("installing {list}");
    apt_get(&prefix, &["update"])?;
    apt_get(&prefix, &[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// Another installation may be going on: apt waits for it instead of failing at once.
fn apt_get(prefix: &[&str], arguments: &[&str]) -> Result<()> {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]].concat();
    let mut command = Command::new(words[0]);
    process::run(
        command.args(&words[1..]).args(["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]).args(arguments),
    )
}
