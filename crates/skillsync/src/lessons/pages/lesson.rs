//! A lesson's page, its diagrams, and the forms below it.

use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Viewer;
use crate::app::App;
use crate::generation::authors::STARTER_LIBRARY;
use crate::generation::rewrite::can_be_written_again;
use crate::ids::LessonId;
use crate::lessons::document::{Block, Body, Document};
use crate::lessons::lesson::{Lesson, VersionSummary};
use crate::lessons::regenerate::{RegenerateError, Wish, start_regeneration};
use crate::lessons::versions;
use crate::voting::approval::{ApprovalStatus, approval};
use crate::voting::ballot::{Ballot, Review, Tally, Vote};
use crate::voting::cast_vote::{CastVoteError, cast_vote, own_vote};
use crate::voting::ranking::Reason;
use crate::web::pages::{Checked, Facts, LessonHead, LessonPage, OwnVote, Standing, Version, Votes};
use crate::web::render::{Html, Theme, block_name, diagram as draw, lesson_blocks, outline};
use crate::web::responses::{failed, frame, missing, page_with_players, picture, signed_in, trouble, visitor};

use super::rendered::{self, Drawn};
use super::reports::blocks;

pub(super) type LessonPath = Result<Path<LessonId>, PathRejection>;

const NO_LESSON: &str = "There is no lesson with this number.";

/// What the page was come back to from.
#[derive(Debug, Deserialize)]
pub struct BackFrom {
    voted: Option<String>,
    reported: Option<String>,
}

/// `GET /lessons/{id}`: one version, and a view of it. Neither asking for its head nor coming back after a vote or a
/// report is a view.
pub async fn lesson(
    method: Method,
    Query(BackFrom { voted, reported }): Query<BackFrom>,
    State(app): State<App>,
    headers: HeaderMap,
    id: LessonPath,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let lesson = find(&app, id).await?;
    if method == Method::GET && voted.is_none() && reported.is_none() {
        app.views.count(lesson.id);
    }
    show(&app, &visitor, &lesson, None).await
}

pub(super) async fn find(app: &App, id: LessonPath) -> Result<Lesson, Response> {
    let Ok(Path(id)) = id else { return Err(missing(NO_LESSON)) };
    let lesson = versions::by_id(app, id).await.map_err(|error| failed(&error))?;
    lesson.ok_or_else(|| missing(NO_LESSON))
}

pub(super) async fn show(
    app: &App,
    visitor: &Viewer,
    lesson: &Lesson,
    problem: Option<String>,
) -> Result<Response, Response> {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let drawn = app.rendered.page(lesson.id, || {
        let document = lesson.document()?;
        let player_hosts = document.player_hosts().into_iter().map(str::to_owned).collect();
        Ok(rendered::Page { outline: outline(&document), pieces: pieces(lesson, &document), player_hosts })
    });
    let drawn = drawn.map_err(|error| damaged(lesson, &error))?;
    let entry = versions::entry(app, &lesson.request).await.map_err(|error| failed(&error))?;
    let (all, served) = entry.map(|entry| (entry.versions.clone(), entry.served.clone())).unwrap_or_default();
    let served = served.map(|served| (served.lesson.id, served.reason));
    let shown = LessonPage {
        frame: frame(&format!("/lessons/{}", lesson.id), visitor),
        lesson: head(lesson),
        why: why(lesson, all.len(), served),
        standing: standing(app, lesson.review, lesson.tally),
        checked: checked(lesson),
        outline: drawn.outline.clone(),
        blocks: blocks(app, visitor, lesson.id, &drawn.pieces).await.map_err(|error| failed(&error))?,
        is_mentor: visitor.mentor().is_ok(),
        has_player: !drawn.player_hosts.is_empty(),
        votes: votes(app, visitor, lesson).await?,
        views: versions::views_now(app, lesson),
        versions: versions_shown(app, &all, lesson.id, served),
        facts: facts(app, lesson).await?,
        problem,
    };
    Ok(page_with_players(status, &shown, &drawn.player_hosts))
}

fn pieces(lesson: &Lesson, document: &Document) -> Vec<rendered::Piece> {
    let bodies = lesson_blocks(lesson.id.0, document);
    let piece = |(block, body): (&Block, Html)| rendered::Piece {
        id: block.id.clone(),
        name: block_name(block),
        body,
        can_be_written_again: can_be_written_again(&block.body),
    };
    document.blocks.iter().zip(bodies).map(piece).collect()
}

/// The answer where a stored text is not a document.
pub(super) fn damaged(lesson: &Lesson, error: &serde_json::Error) -> Response {
    tracing::error!(lesson = %lesson.id, %error, "a stored lesson cannot be read");
    let message = "It is damaged. The server's log says more.";
    trouble(StatusCode::INTERNAL_SERVER_ERROR, "This lesson cannot be shown", message)
}

fn head(lesson: &Lesson) -> LessonHead {
    LessonHead {
        id: lesson.id.0,
        topic: lesson.request.step_title.given().to_owned(),
        number: lesson.request.lesson_number.get(),
        title: lesson.title.clone(),
        description: lesson.description.clone(),
        style: lesson.request.learning_style,
        difficulty: lesson.request.difficulty,
        language: lesson.request.language.to_string(),
        minutes: lesson.minutes.try_into().unwrap_or(0),
        profile: lesson.request.profile.clone(),
    }
}

/// Why this version is on the page: chosen for everybody, or picked by its number.
fn why(lesson: &Lesson, of: usize, served: Option<(LessonId, Reason)>) -> String {
    match served {
        Some((id, reason)) if id == lesson.id => {
            let reason = reason.to_string();
            let mut letters = reason.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
        _ => format!("Version {} of {of}, which you picked; another one is served to those who ask", lesson.version),
    }
}

fn standing(app: &App, review: Review, tally: Tally) -> Standing {
    match approval(review, tally, app.approval_policy()) {
        ApprovalStatus::Pending => Standing::New,
        ApprovalStatus::Approved => Standing::Approved,
        ApprovalStatus::Verified => Standing::Verified,
        ApprovalStatus::NeedsImprovement => Standing::NeedsImprovement,
        ApprovalStatus::Rejected => Standing::Rejected,
    }
}

async fn votes(app: &App, visitor: &Viewer, lesson: &Lesson) -> Result<Votes, Response> {
    let own = match visitor.person() {
        Some(person) => own_vote(app, lesson.id, person).await.map_err(|error| failed(&error))?,
        None => None,
    };
    let (vote, comment) = own.map(|own| (own.vote, own.comment.unwrap_or_default())).unzip();
    let own = vote.map(|vote| match vote {
        Vote::Upvote => OwnVote::Up,
        Vote::Downvote => OwnVote::Down,
    });
    Ok(Votes { up: lesson.tally.upvotes, down: lesson.tally.downvotes, own, comment: comment.unwrap_or_default() })
}

/// All versions, newest first, each with the one before it.
fn versions_shown(
    app: &App,
    all: &[VersionSummary],
    shown: LessonId,
    served: Option<(LessonId, Reason)>,
) -> Vec<Version> {
    let before = std::iter::once(None).chain(all.iter().map(|version| Some(version.version)));
    let version = |(other, since): (&VersionSummary, Option<i64>)| Version {
        since,
        id: other.id.0,
        number: other.version,
        written_at: other.generated_at,
        up: other.tally.upvotes,
        down: other.tally.downvotes,
        standing: standing(app, other.review, other.tally),
        shown: other.id == shown,
        served: served.is_some_and(|(id, _)| id == other.id),
    };
    let mut versions: Vec<_> = all.iter().zip(before).map(version).collect();
    versions.reverse();
    versions
}

/// What was checked before the version was published; none where nobody knows.
fn checked(lesson: &Lesson) -> Option<Checked> {
    let origin = &lesson.origin;
    if origin.author_model == STARTER_LIBRARY {
        return Some(Checked { words: "Checked by the project's own tests".to_owned(), notes: Vec::new() });
    }
    let words = origin.checks.in_words();
    let notes = origin.checks.results.iter().flat_map(|result| result.notes.clone()).collect();
    (!words.is_empty()).then(|| Checked { words: format!("Checked: {}", words.join(", ")), notes })
}

async fn facts(app: &App, lesson: &Lesson) -> Result<Facts, Response> {
    let origin = &lesson.origin;
    let (cost, saved) = match origin.run_id {
        Some(run) => {
            let spent = app.ledger.spent(run).await.map_err(|error| failed(&error))?;
            (spent.in_words(), spent.saved_in_words(versions::views_now(app, lesson)))
        }
        None => ("nothing".to_owned(), None),
    };
    let by_model = !matches!(origin.author_model.as_str(), STARTER_LIBRARY | "import");
    let written_by = match origin.author_model.as_str() {
        STARTER_LIBRARY => "SkillSync's starter library",
        "import" => "a person, imported",
        model => model,
    };
    Ok(Facts {
        written_by: written_by.to_owned(),
        written_at: origin.generated_at,
        prompt_version: by_model.then(|| origin.prompt_version.clone()),
        cost,
        saved,
        lookup_key: lesson.lookup_key().to_string(),
        cache_key: lesson.cache_key.clone(),
    })
}

/// How long browsers may keep a picture: a version never changes, but how it is drawn may.
const KEEP_PICTURE_S: u32 = 86_400;

/// The theme that an address names; light where it names none.
pub(super) fn theme_of(name: Option<&str>) -> Theme {
    if name == Some("dark") { Theme::Dark } else { Theme::Light }
}

#[derive(Debug, Deserialize)]
pub struct ThemeQuery {
    theme: Option<String>,
}

/// `GET /lessons/{id}/diagrams/{block}.svg?theme=light|dark`
pub async fn diagram(
    State(app): State<App>,
    Path((id, file)): Path<(String, String)>,
    Query(ThemeQuery { theme }): Query<ThemeQuery>,
) -> Result<Response, Response> {
    let theme = theme_of(theme.as_deref());
    let missing = || StatusCode::NOT_FOUND.into_response();
    let id = id.parse::<LessonId>().map_err(|_| missing())?;
    let block = file.strip_suffix(".svg").ok_or_else(missing)?;
    let lesson = versions::by_id(&app, id).await.map_err(|error| failed(&error))?.ok_or_else(missing)?;
    let svg = app.rendered.picture(Drawn::Lesson(id), block, theme, || {
        let document = lesson.document().map_err(|_| missing())?;
        let found = document.blocks.iter().find(|other| other.id == block).map(|block| &block.body);
        let Some(Body::Diagram { mermaid, .. }) = found else { return Err(missing()) };
        draw(mermaid, theme).map(|svg| svg.text).map_err(|_| missing())
    })?;
    Ok(picture(&svg, KEEP_PICTURE_S))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct VoteFields {
    vote: String,
    comment: String,
}

/// `POST /lessons/{id}/vote`
pub async fn vote(
    State(app): State<App>,
    headers: HeaderMap,
    id: LessonPath,
    fields: Result<Form<VoteFields>, FormRejection>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let lesson = find(&app, id).await?;
    let here = format!("/lessons/{}", lesson.id);
    let person = signed_in(&visitor, &here)?;
    let Form(VoteFields { vote, comment }) = fields.unwrap_or_default();
    let cast = match vote.parse::<Ballot>() {
        Ok(ballot) => cast_vote(&app, person, lesson.id, ballot, &comment).await,
        Err(invalid) => Err(CastVoteError::Invalid(invalid)),
    };
    match cast {
        Ok(_) => Ok(Redirect::to(&format!("{here}?voted=yes#page_votes")).into_response()),
        Err(CastVoteError::Invalid(invalid)) => show(&app, &visitor, &lesson, Some(invalid.to_string())).await,
        Err(CastVoteError::NotFound) => Err(missing(NO_LESSON)),
        Err(CastVoteError::Storage(error)) => Err(failed(&error)),
    }
}

/// `POST /lessons/{id}/regenerate`: to the page that shows how the new version is being written. Each field `block` names a
/// block; with one of them, or with a field `only`, no others are written again.
pub async fn regenerate(
    State(app): State<App>,
    headers: HeaderMap,
    id: LessonPath,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let lesson = find(&app, id).await?;
    let person = signed_in(&visitor, &format!("/lessons/{}", lesson.id))?;
    let Form(fields) = fields.unwrap_or_default();
    let named = |name: &'static str| fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value);
    let reason = named("reason").next().map_or("", String::as_str);
    let blocks: Vec<String> = named("block").cloned().collect();
    let only = !blocks.is_empty() || named("only").next().is_some();
    let wish = Wish { lesson: lesson.id, reason, blocks: only.then_some(&*blocks) };
    let problem = match start_regeneration(&app, person, &wish).await {
        Ok((_, flight)) => match flight.registered().await.map(|status| (status.run, status.outcome)) {
            Ok((Some(run), _)) => return Ok(Redirect::to(&format!("/generations/{run}")).into_response()),
            Ok((None, Some(Err(error)))) | Err(error) => error.to_string(),
            Ok((None, _)) => return Ok(Redirect::to(&format!("/lessons/{}", lesson.id)).into_response()),
        },
        Err(RegenerateError::NotFound) => return Err(missing(NO_LESSON)),
        Err(RegenerateError::Storage(error)) => return Err(failed(&error)),
        Err(error) => error.to_string(),
    };
    show(&app, &visitor, &lesson, Some(problem)).await
}
