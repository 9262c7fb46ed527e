//! A headless Chromium of one test's own, and what tests do in it.

use std::process::Stdio;
use std::str::FromStr;

use fantoccini::wd::{Capabilities, TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::world::{PATIENCE, TestServer, until, within};

/// A browser of one test, and the driver that it hangs on. Dropping it ends both.
pub struct Browser {
    pub page: Client,
    driver: Child,
    /// The browser's process, as long as it was not closed.
    process: Option<u64>,
    /// Where both put their files.
    _files: TempDir,
}

/// How a browser is set up.
#[derive(Clone, Copy)]
pub struct Look {
    pub javascript: bool,
    pub dark: bool,
    pub width: u32,
}

/// A window on a desk.
pub const USUAL: Look = Look { javascript: true, dark: false, width: 1280 };

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

#[expect(clippy::disallowed_methods, reason = "tests have no configuration; the browser is that of the machine")]
fn programs() -> Option<(String, String)> {
    let named = |name: &str| std::env::var(name).ok().filter(|path| !path.is_empty());
    let programs = named("SKILLSYNC_TEST_CHROMEDRIVER").zip(named("SKILLSYNC_TEST_CHROMIUM"));
    if programs.is_none() {
        eprintln!(
            "skipped: SKILLSYNC_TEST_CHROMEDRIVER and SKILLSYNC_TEST_CHROMIUM name no browser; `cargo xtask test` does"
        );
    }
    programs
}

impl Browser {
    /// A new browser with nothing in it; none where the machine has none.
    pub async fn open(look: Look) -> Option<Self> {
        let (driver, chromium) = programs()?;
        let files = tempfile::tempdir().expect("a temporary directory");
        let mut driver = Command::new(driver)
            .env("TMPDIR", files.path())
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the driver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = loop {
            let line = within(lines.next_line()).await.expect("text").expect("the driver says its port");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--window-size={},900", look.width.max(500)));
        if look.dark {
            flags.push("--force-dark-mode".into());
            flags.push("--blink-settings=preferredColorScheme=0".into());
        }
        let mut options = json!({ "binary": chromium, "args": flags });
        if !look.javascript {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        if look.width < 500 {
            // A window cannot be as narrow as a phone, so the browser pretends to be one.
            let metrics =
                json!({ "width": look.width, "height": 640, "pixelRatio": 2.0, "touch": true, "mobile": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".into(), options);
        capabilities.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let page = within(builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}"))).await;
        let page = page.expect("a session");
        let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
        let process = page.capabilities().and_then(|told| told.get("goog:processID")?.as_u64());
        assert!(process.is_some(), "the driver tells the browser's process");
        page.update_timeouts(timeouts).await.expect("timeouts");
        Some(Self { page, driver, process, _files: files })
    }

    pub async fn goto(&self, server: &TestServer, path: &str) {
        self.page.goto(&server.url(path)).await.expect("the page opens");
    }

    /// Where the browser is.
    pub async fn path(&self) -> String {
        self.page.current_url().await.expect("an address").path().to_owned()
    }

    /// Waits until the browser is where this holds.
    pub async fn arrives(&self, is_there: impl Fn(&str) -> bool) -> String {
        until(async || Some(self.path().await).filter(|path| is_there(path))).await
    }

    pub async fn count(&self, css: &str) -> usize {
        self.page.find_all(Locator::Css(css)).await.expect("elements").len()
    }

    pub async fn click(&self, css: &str) {
        self.page.find(Locator::Css(css)).await.expect(css).click().await.expect(css);
    }

    pub async fn fill(&self, css: &str, text: &str) {
        self.page.find(Locator::Css(css)).await.expect(css).send_keys(text).await.expect(css);
    }

    /// What an element shows; nothing where there is none, as between two pages.
    pub async fn text(&self, css: &str) -> Option<String> {
        self.page.find(Locator::Css(css)).await.ok()?.text().await.ok()
    }

    pub async fn value(&self, script: &str) -> Value {
        self.page.execute(script, vec![]).await.expect(script)
    }

    /// Asks for a lesson on the start page.
    pub async fn ask(&self, server: &TestServer, topic: &str, style: &str) {
        self.goto(server, "/").await;
        self.fill("#for_topic", topic).await;
        self.click(&format!(".card:has(input[value='{style}'])")).await;
        self.click("form.request button").await;
    }

    /// Nothing was blocked by the policy, nothing failed to load, and no script stumbled.
    #[track_caller]
    pub fn is_clean(log: &Value) {
        let is_fault = |entry: &&Value| entry["level"] == "SEVERE" || entry["level"] == "WARNING";
        let told: Vec<_> = log.as_array().into_iter().flatten().filter(is_fault).collect();
        assert!(told.is_empty(), "{told:#?}");
    }

    /// What the browser's console said since the last look.
    pub async fn log(&self) -> Value {
        self.page.issue_cmd(BrowserLog).await.expect("the log")
    }

    /// How far the page is wider than the window.
    pub async fn overflow(&self) -> i64 {
        let script = "return document.scrollingElement.scrollWidth - window.innerWidth";
        self.value(script).await.as_i64().expect("a number")
    }

    /// Closes the browser, then the driver. A test that fails does not come here, but its browser is dropped.
    pub async fn close(mut self) {
        within(self.page.clone().close()).await.expect("the browser closes");
        self.process = None;
        self.driver.kill().await.expect("the driver ends");
    }
}

/// The driver ends with its handle, but would leave the browser behind.
impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(process) = self.process {
            // A failing test has nothing to say about a browser that is gone already.
            let kill = ["-KILL", &process.to_string()];
            let _ = std::process::Command::new("kill").args(kill).stderr(Stdio::null()).status();
        }
    }
}

/// Chromium's own command to read the console.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base_url.join(&format!("session/{}/se/log", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}
