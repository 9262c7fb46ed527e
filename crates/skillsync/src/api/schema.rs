//! The schema: the namespaces that each feature fills, and the limits of one request.

use async_graphql::{MergedObject, Object, Schema, SchemaBuilder};

use crate::accounts::graphql::{AuthMutations, UserQueries};
use crate::analytics::graphql::AnalyticsQueries;
use crate::app::App;
use crate::config::Config;
use crate::lessons::graphql::{LessonMutations, LessonQueries, LessonSubscriptions};

/// The schema with its fields.
pub type ApiSchema = Schema<Query, Mutation, LessonSubscriptions>;

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(Namespaces, AnalyticsQueries);

/// The namespaces that are read from.
#[derive(Default)]
pub struct Namespaces;

#[Object]
impl Namespaces {
    /// Lessons: served, looked up, listed.
    async fn lessons(&self) -> LessonQueries {
        LessonQueries
    }

    /// People with an account.
    async fn users(&self) -> UserQueries {
        UserQueries
    }
}

/// Everything that can be changed.
#[derive(Default)]
pub struct Mutation;

#[Object]
impl Mutation {
    /// Lessons: vote, write again.
    async fn lessons(&self) -> LessonMutations {
        LessonMutations
    }

    /// Sign up, sign in, sign out.
    async fn auth(&self) -> AuthMutations {
        AuthMutations
    }
}

fn builder(config: &Config) -> SchemaBuilder<Query, Mutation, LessonSubscriptions> {
    Schema::build(Query::default(), Mutation, LessonSubscriptions)
        .limit_depth(config.graphql.max_depth)
        .limit_complexity(config.graphql.max_complexity)
        .limit_recursive_depth(config.graphql.max_depth.max(32) * 2)
}

/// The schema at work.
pub fn schema(app: &App) -> ApiSchema {
    builder(&app.config).data(app.clone()).finish()
}

/// The schema's text, as committed in schema.graphql.
pub fn sdl() -> String {
    builder(&Config::defaults()).finish().sdl()
}
