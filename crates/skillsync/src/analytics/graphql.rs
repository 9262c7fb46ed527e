//! Analytics in the GraphQL API, for administrators.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};

use crate::accounts::graphql::viewer;
use crate::api::errors::{Code, OrError};
use crate::app::App;

use super::report::{Report, report_to};
use super::span::Span;

/// What administrators can read of the server's work.
#[derive(Default)]
pub struct AnalyticsQueries;

#[Object]
impl AnalyticsQueries {
    /// What the server did and what it cost over a span of time, in whole hours; by default over the last seven days. For
    /// administrators only.
    #[graphql(complexity = "100 + child_complexity")]
    async fn analytics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From when on; by default seven days before the end.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Until when; by default until now.")] to: Option<DateTime<Utc>>,
    ) -> Result<Report> {
        let admin = viewer(ctx)?.admin().or_error()?;
        let app: &App = ctx.data_unchecked();
        let span = Span::new(from, to, app.clock.now()).map_err(|error| Code::InvalidInput.error(error))?;
        report_to(&admin, app, span).await.or_error()
    }
}
