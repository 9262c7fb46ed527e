//! The pages in a real browser: headless Chromium, driven by its own driver.
//!
//! `SKILLSYNC_TEST_CHROMIUM` and `SKILLSYNC_TEST_CHROMEDRIVER` name the two programs, as `cargo xtask test` sets them.
//! Without them each test says so and passes.

mod chromium;
mod streaming;
mod video;

use fantoccini::Locator;
use skillsync::generation::draft::Draft;
use skillsync::generation::draft::{plan::Plan, topic::Topic};
use skillsync::generation::sample;
use skillsync::testing::TestDatabase;
use skillsync_llm::{Gate, Script};

use self::chromium::{Browser, Look, USUAL};
use crate::world::{Setup, TestServer, until, within};

/// A server and a browser, or nothing where the machine has no browser.
async fn open(setup: Setup, look: Look) -> Option<(TestDatabase, TestServer, Browser)> {
    let browser = Browser::open(look).await?;
    let database = TestDatabase::sqlite().await;
    let server = TestServer::with(&database, setup).await;
    Some((database, server, browser))
}

async fn close(database: TestDatabase, server: TestServer, browser: Browser) {
    browser.close().await;
    server.stop().await;
    database.close().await;
}

/// A writer whose plan comes at once and whose other parts wait for the gate.
fn planner(gate: &Gate) -> Script {
    let gate = gate.clone();
    Script::new(move |request| {
        let answer = sample::answer(request);
        match request.schema.as_ref().map(|schema| schema.name.as_str()) {
            Some(Topic::NAME | Plan::NAME) => answer,
            _ => answer.behind(&gate),
        }
    })
}

#[tokio::test]
async fn a_visitor_asks_reads_and_tries_the_quiz() {
    let Some((database, server, browser)) = open(Setup::default(), USUAL).await else { return };
    browser.ask(&server, "Git Basics", "mixed").await;
    browser.arrives(|path| path.starts_with("/lessons/")).await;
    assert!(browser.text("h1").await.is_some_and(|title| title.contains("Git")));
    for kind in ["prose", "code", "diagram", "exercise", "quiz"] {
        assert!(browser.count(&format!("section.block.{kind}")).await > 0, "{kind}");
    }
    let drawn = "return [...document.querySelectorAll('.picture img')].map((image) => {
        image.loading = 'eager'; return image.decode().then(() => image.naturalWidth); })";
    let decode = format!(
        "const done = arguments[0]; Promise.all((() => {{ {drawn} }})()).then(done, (error) => done(String(error)));"
    );
    let widths = browser.page.execute_async(&decode, vec![]);
    let widths = within(widths).await.expect("pictures");
    let widths = widths.as_array().unwrap_or_else(|| panic!("a picture is not drawn: {widths}"));
    assert!(!widths.is_empty() && widths.iter().all(|width| width.as_i64() > Some(0)), "{widths:?}");

    let question = "section.quiz fieldset.question:first-of-type";
    let answer: usize = browser
        .page
        .find(Locator::Css(question))
        .await
        .expect("a question")
        .attr("data-answer")
        .await
        .expect("its answer")
        .expect("its answer")
        .parse()
        .expect("a number");
    let wrong = usize::from(answer == 0);
    for (option, verdict) in [(wrong, "Not quite."), (answer, "Right.")] {
        browser.click(&format!("{question} .options li:nth-child({}) label", option + 1)).await;
        browser.click(&format!("{question} button.check")).await;
        let said = browser.text(&format!("{question} .verdict")).await.expect("a verdict");
        assert!(said.starts_with(verdict), "{said}");
    }
    Browser::is_clean(&browser.log().await);
    browser.goto(&server, "/").await;
    assert_eq!(browser.count("ul.library form").await, 34, "every lesson of the library");
    browser.goto(&server, "/nothing").await;
    assert_eq!(browser.text("h1").await.as_deref(), Some("There is nothing here"));
    close(database, server, browser).await;
}

#[tokio::test]
async fn all_block_types_of_the_library_are_shown_without_a_fault() {
    let Some((database, server, browser)) = open(Setup::default(), USUAL).await else { return };
    for topic in ["Python Variables", "JavaScript Functions"] {
        for style in ["hands_on", "reading", "mixed"] {
            browser.ask(&server, topic, style).await;
            browser.arrives(|path| path.starts_with("/lessons/")).await;
            assert!(browser.count("section.block").await > 3, "{topic} {style}");
            assert_eq!(browser.count("p.missing").await, 0, "{topic} {style}: a picture could not be drawn");
            Browser::is_clean(&browser.log().await);
        }
    }
    close(database, server, browser).await;
}

#[tokio::test]
async fn progress_is_live_with_javascript() {
    let gate = Gate::closed();
    let Some((database, server, browser)) = open(Setup::written_by(&planner(&gate)), USUAL).await else { return };
    browser.ask(&server, "Rust Lifetimes", "reading").await;
    browser.arrives(|path| path == "/generations/1").await;
    browser.value("window.isTheSamePage = true").await;
    let bar = async || browser.value("return document.querySelector('progress')?.value ?? null").await.as_f64();
    // The plan is there and the parts wait, so the bar stands between its ends.
    let planned = until(async || bar().await.filter(|percent| *percent > 0.0)).await;
    assert!(planned < 100.0, "{planned}");
    assert_eq!(browser.value("return window.isTheSamePage === true").await, true, "the page was not loaded again");
    gate.open();
    browser.arrives(|path| path == "/lessons/1").await;
    Browser::is_clean(&browser.log().await);
    close(database, server, browser).await;
}

#[tokio::test]
async fn progress_moves_before_the_eyes_of_the_learner() {
    let (first, rest) = (Gate::closed(), Gate::closed());
    let (door, other) = (first.clone(), rest.clone());
    let script = Script::new(move |request| match request.schema.as_ref().map(|schema| schema.name.as_str()) {
        Some(Topic::NAME | Plan::NAME) => sample::answer(request).behind(&door),
        _ => sample::answer(request).behind(&other),
    });
    let Some((database, server, browser)) = open(Setup::written_by(&script), USUAL).await else { return };
    browser.ask(&server, "Rust Lifetimes", "reading").await;
    browser.arrives(|path| path == "/generations/1").await;
    browser.value("window.isTheSamePage = true").await;
    let bar = async || browser.value("return document.querySelector('progress').value").await.as_f64().expect("a bar");
    assert_eq!(bar().await, 0.0);
    let before = browser.text("[data-stage]").await;
    first.open();
    until(async || (bar().await > 0.0).then_some(())).await;
    assert_ne!(browser.text("[data-stage]").await, before, "it is said what happens now");
    assert_eq!(browser.value("return window.isTheSamePage").await, true, "the bar moved in the same page");
    rest.open();
    browser.arrives(|path| path == "/lessons/1").await;
    close(database, server, browser).await;
}

#[tokio::test]
async fn without_javascript_the_page_asks_again_by_itself() {
    let gate = Gate::closed();
    let look = Look { javascript: false, ..USUAL };
    let Some((database, server, browser)) = open(Setup::written_by(&planner(&gate)), look).await else { return };
    browser.ask(&server, "Rust Lifetimes", "reading").await;
    browser.arrives(|path| path == "/generations/1").await;
    assert_eq!(browser.count("progress").await, 1);
    gate.open();
    browser.arrives(|path| path == "/lessons/1").await;
    assert!(browser.count("section.block").await > 3);
    assert_eq!(browser.count("button.check").await, 0, "no script ran");
    browser.click("section.quiz details.answer summary").await;
    assert!(browser.text("section.quiz details.answer .right").await.is_some_and(|answer| !answer.is_empty()));
    close(database, server, browser).await;
}

#[tokio::test]
async fn a_learner_signs_up_votes_and_takes_the_vote_back() {
    let Some((database, server, browser)) = open(Setup::default(), USUAL).await else { return };
    browser.ask(&server, "Git Basics", "reading").await;
    let lesson = browser.arrives(|path| path.starts_with("/lessons/")).await;
    browser.click("section.votes a.button").await;
    browser.arrives(|path| path == "/sign-in").await;
    browser.click("main a[href^='/sign-up']").await;
    browser.arrives(|path| path == "/sign-up").await;
    browser.fill("#for_email", "ada@example.com").await;
    browser.fill("#for_password", "correct horse").await;
    browser.click("form.account button").await;
    assert_eq!(browser.arrives(|path| path == lesson).await, lesson, "back where one came from");
    assert_eq!(browser.text(".who").await.as_deref(), Some("ada@example.com"));
    let tally = async || browser.text(".tally").await.unwrap_or_default();
    browser.click("button[value='upvote']").await;
    until(async || tally().await.contains("1 yes").then_some(())).await;
    assert_eq!(browser.count("button[value='upvote'].chosen").await, 1);
    browser.click("button[value='downvote']").await;
    until(async || tally().await.contains("1 no").then_some(())).await;
    assert!(tally().await.contains("0 yes"));
    browser.click("button[value='withdraw']").await;
    until(async || tally().await.contains("0 no").then_some(())).await;
    assert_eq!(browser.count("button[value='withdraw']").await, 0);
    browser.click("header.top form button").await;
    until(async || (browser.count("header.top a[href^='/sign-in']").await == 1).then_some(())).await;
    Browser::is_clean(&browser.log().await);
    close(database, server, browser).await;
}

#[tokio::test]
async fn the_console_shows_the_schema_and_runs_an_example() {
    let Some((database, server, browser)) = open(Setup::default(), USUAL).await else { return };
    browser.goto(&server, "/graphiql").await;
    until(async || browser.text("#schema").await.filter(|schema| schema.contains("lessons"))).await;
    browser.click("#examples-menu summary").await;
    browser.click("#examples button").await;
    browser.click("#run").await;
    let output = until(async || browser.text("#output").await.filter(|output| output.contains("\"data\""))).await;
    assert!(output.contains("lessons"), "{output}");
    Browser::is_clean(&browser.log().await);
    close(database, server, browser).await;
}

#[tokio::test]
async fn pages_fit_a_phone_in_the_dark() {
    let look = Look { dark: true, width: 320, ..USUAL };
    let Some((database, server, browser)) = open(Setup::written_by(&sample::scripted_writer()), look).await else {
        return;
    };
    let mut places = vec!["/".to_owned(), "/sign-in".into(), "/sign-up".into(), "/nothing".into(), "/graphiql".into()];
    for style in ["hands_on", "reading", "mixed"] {
        places.push(format!("/lessons/{}", server.lesson("Rust Lifetimes", style).await));
    }
    for place in places {
        browser.goto(&server, &place).await;
        assert_eq!(browser.value("return window.innerWidth").await, 320, "{place}");
        assert_eq!(browser.value("return matchMedia('(prefers-color-scheme: dark)').matches").await, true, "{place}");
        assert!(browser.overflow().await <= 0, "{place} is {} px too wide", browser.overflow().await);
        let background = browser.value("return getComputedStyle(document.body).backgroundColor").await;
        let background = background.as_str().expect("a colour").to_owned();
        let light = background.trim_start_matches(|c: char| !c.is_ascii_digit()).split([',', ')']).take(3);
        let light: Vec<f64> = light.filter_map(|part| part.trim().parse().ok()).collect();
        assert!(light.iter().all(|part| *part < 100.0), "{place} is not dark: {background}");
    }
    close(database, server, browser).await;
}

#[tokio::test]
async fn lessons_of_the_library_fit_a_phone() {
    let Some((database, server, browser)) = open(Setup::default(), Look { width: 320, ..USUAL }).await else { return };
    for topic in ["Python Variables", "Python Functions", "JavaScript Functions", "Git Basics"] {
        for style in ["hands_on", "reading", "mixed"] {
            let id = server.lesson(topic, style).await;
            browser.goto(&server, &format!("/lessons/{id}")).await;
            assert!(browser.overflow().await <= 0, "{topic} {style} is {} px too wide", browser.overflow().await);
        }
    }
    close(database, server, browser).await;
}
