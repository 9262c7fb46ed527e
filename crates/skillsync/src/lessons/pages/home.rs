//! The start page, and the form on it that asks for a lesson.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Viewer;
use crate::app::App;
use crate::generation::authors::{NoAuthor, STARTER_LIBRARY};
use crate::lessons::get_or_generate::{Answer, Ask, GetOrGenerateError, get_or_generate};
use crate::lessons::request::{InvalidRequest, LessonNumber, LessonRequest, StepTitle};
use crate::lessons::store::ReadyLesson as Ready;
use crate::lessons::versions;
use crate::storage::StorageError;
use crate::web::pages::{
    Field, FieldProblem, HomePage, LibraryTopic, ModelStatus, NoModelPage, ReadyLesson, RequestForm,
};
use crate::web::responses::{failed, frame, page, trouble, visitor};

/// How many lessons the start page lists.
const READY_LESSONS: i64 = 12;

/// `GET /`
pub async fn home(State(app): State<App>, headers: HeaderMap) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    start_page(&app, &visitor, RequestForm::default()).await
}

async fn start_page(app: &App, visitor: &Viewer, form: RequestForm) -> Result<Response, Response> {
    let status = if form.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let model = match app.authors.model().await {
        Some(model) => ModelStatus::Connected { model: model.name().to_owned() },
        None => ModelStatus::None,
    };
    let library = if matches!(model, ModelStatus::None) { library(app) } else { Vec::new() };
    // A lesson of the library that was opened before stands in the library's list already.
    let hidden = if library.is_empty() { "" } else { STARTER_LIBRARY };
    let ready = ready(app, hidden).await.map_err(|error| failed(&error))?;
    Ok(page(status, &HomePage { frame: frame("/", visitor), form, library, ready, model }))
}

async fn ready(app: &App, but_by: &str) -> Result<Vec<ReadyLesson>, StorageError> {
    let lessons = versions::ready(app, but_by, READY_LESSONS).await?;
    let lesson = |lesson: Ready| ReadyLesson {
        id: lesson.id.0,
        title: lesson.title,
        style: lesson.learning_style,
        minutes: lesson.minutes.try_into().unwrap_or(0),
    };
    Ok(lessons.into_iter().map(lesson).collect())
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RequestFields {
    topic: String,
    style: String,
    number: String,
    difficulty: String,
    language: String,
}

impl RequestFields {
    /// The request, or the first field that is wrong.
    fn parse(&self) -> Result<LessonRequest, FieldProblem> {
        let wrong = |field| move |error: InvalidRequest| FieldProblem { field, message: error.to_string() };
        let title = StepTitle::parse(self.topic.trim()).map_err(wrong(Field::Topic))?;
        let style = self.style.parse().map_err(wrong(Field::Style))?;
        let mut request = LessonRequest::new(title, style);
        if !self.number.trim().is_empty() {
            // What is not a number at all is as wrong as 0, and is told the same.
            let number = self.number.trim().parse().unwrap_or(0);
            request.lesson_number = LessonNumber::try_from(number).map_err(wrong(Field::Number))?;
        }
        if !self.difficulty.is_empty() {
            request.difficulty = self.difficulty.parse().map_err(wrong(Field::Difficulty))?;
        }
        if !self.language.trim().is_empty() {
            request.language = self.language.trim().parse().map_err(wrong(Field::Language))?;
        }
        Ok(request)
    }

    /// The form as it was filled in, so that nothing needs to be typed again.
    fn into_form(self, problem: Option<FieldProblem>) -> RequestForm {
        let usual = RequestForm::default();
        RequestForm {
            topic: self.topic,
            style: self.style.parse().unwrap_or(usual.style),
            number: self.number,
            difficulty: self.difficulty.parse().unwrap_or(usual.difficulty),
            language: self.language,
            problem,
            ..usual
        }
    }
}

/// The form that asks for a request again.
pub(super) fn form_of(request: &LessonRequest) -> RequestForm {
    RequestForm {
        topic: request.step_title.given().to_owned(),
        style: request.learning_style,
        number: request.lesson_number.to_string(),
        difficulty: request.difficulty,
        language: request.language.to_string(),
        ..RequestForm::default()
    }
}

/// `POST /lessons`: to the lesson, or to the page that shows how it is being written.
///
/// Opening the lesson's page counts the view, so asking for it here does not.
pub async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    fields: Result<Form<RequestFields>, FormRejection>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let Ok(Form(fields)) = fields else {
        return Err(trouble(StatusCode::BAD_REQUEST, "That form could not be read", "Go back and send it again."));
    };
    let request = match fields.parse() {
        Ok(request) => request,
        Err(problem) => return start_page(&app, &visitor, fields.into_form(Some(problem))).await,
    };
    let by = visitor.person().map(|person| person.id);
    match get_or_generate(&app, Ask { request: request.clone(), by, wait: false, counts: false }).await {
        Ok(Answer::Served { served, .. }) => {
            Ok(Redirect::to(&format!("/lessons/{}", served.lesson.id)).into_response())
        }
        Ok(Answer::Writing(progress)) => Ok(Redirect::to(&format!("/generations/{}", progress.run)).into_response()),
        Err(GetOrGenerateError::NoAuthor(NoAuthor::NoModel { .. })) => {
            let no_model =
                NoModelPage { frame: frame("/", &visitor), request: form_of(&request), library: library(&app) };
            Ok(page(StatusCode::SERVICE_UNAVAILABLE, &no_model))
        }
        Err(GetOrGenerateError::NoAuthor(error @ NoAuthor::NoResearch)) => {
            let problem = FieldProblem { field: Field::Style, message: error.to_string() };
            start_page(&app, &visitor, fields.into_form(Some(problem))).await
        }
        Err(GetOrGenerateError::Busy(error)) => {
            Err(trouble(StatusCode::SERVICE_UNAVAILABLE, "Busy just now", &error.to_string()))
        }
        Err(GetOrGenerateError::Generation(error)) => {
            Err(trouble(StatusCode::BAD_GATEWAY, "This lesson could not be written", &error.to_string()))
        }
        Err(GetOrGenerateError::Storage(error)) => Err(failed(&error)),
    }
}

/// What the starter library has, by topic.
fn library(app: &App) -> Vec<LibraryTopic> {
    let mut topics: Vec<LibraryTopic> = Vec::new();
    for file in app.authors.library().lessons() {
        let topic = file.request.step_title.given();
        if topics.last().is_none_or(|last| last.topic != topic) {
            topics.push(LibraryTopic { topic: topic.to_owned(), lessons: Vec::new() });
        }
        if let Some(last) = topics.last_mut() {
            last.lessons.push(form_of(&file.request));
        }
    }
    topics
}
