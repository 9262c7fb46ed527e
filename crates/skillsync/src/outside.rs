//! What of the world outside the settings allow: where programs are run, which sites are asked.

use std::sync::Arc;

use skillsync_sandbox::{Jailer, Limits, Sandbox};
use skillsync_sources::research::{DevTo, Documentation, GitHub, ResearchSettings as Sites, StackOverflow, Wikipedia};
use skillsync_sources::transcripts::{TranscriptChain, Whisper, WhisperSettings, YtDlp, YtDlpSettings};
use skillsync_sources::videos::{PeerTube, SEPIA_SEARCH, VideoSettings as Platforms, Videos, YOUTUBE_DATA, YouTube};
use skillsync_sources::{Http, HttpSettings, LinkChecker, LinkSettings, Researcher, Secret, SetupError};

use crate::config::models::ApiKey;
use crate::config::settings::SandboxSettings;
use crate::config::sources::{ResearchSettings, VideoSettings};
use crate::config::{Config, own_program};
use crate::generation::sources::Sources;
use crate::storage::Db;

/// Programs are run in child processes of this very program, which jail themselves before they begin.
pub fn sandbox(settings: &SandboxSettings) -> Sandbox {
    let Some(program) = own_program() else { return Sandbox::none() };
    let jailer = Jailer { program, arguments: vec!["jail".into()] };
    let limits = Limits {
        cpu: settings.cpu,
        wall: settings.wall,
        memory_bytes: settings.memory_bytes,
        output_bytes: settings.output_bytes,
    };
    if settings.enabled { Sandbox::new(jailer, limits, settings.max_at_once) } else { Sandbox::none() }
}

/// What lessons may rest on. What cannot be set up is left out and said so: a lesson without it is better than no server.
pub fn sources(config: &Config, db: &Db) -> Sources {
    let none = Sources::none(db.clone());
    match reachable(config, none.clone()) {
        Ok(sources) => sources,
        Err(error) => {
            tracing::error!(%error, "no other site can be asked; lessons are written without sources and videos");
            none
        }
    }
}

fn reachable(config: &Config, none: Sources) -> Result<Sources, SetupError> {
    // Addresses that strangers and models write must not lead into the operator's own network.
    let public = Http::new(&HttpSettings::default())?;
    let research = config.research.enabled.then(|| Arc::new(Researcher::new(public.clone(), sites(&config.research))));
    let links =
        config.research.check_links.then(|| Arc::new(LinkChecker::new(public.clone(), LinkSettings::default())));
    let transcripts = transcripts(&config.video, &public)?;
    Ok(Sources {
        researcher: research,
        links,
        videos: videos(&config.video, &public, &transcripts),
        transcripts,
        ..none
    })
}

fn secret(key: &ApiKey) -> Secret {
    Secret::new(key.expose())
}

fn sites(settings: &ResearchSettings) -> Sites {
    let documentation = || match &settings.documentation_file {
        None => Documentation::curated(),
        Some(file) => match own_documentation(file) {
            Some(own) => Documentation::curated().with(own),
            None => Documentation::curated(),
        },
    };
    Sites {
        time_limit: settings.time_limit,
        documentation: settings.documentation.then(documentation),
        wikipedia: settings.wikipedia.then(Wikipedia::default),
        stack_overflow: settings.stack_overflow.then(|| StackOverflow {
            key: settings.stack_overflow_key.as_ref().map(secret),
            ..StackOverflow::default()
        }),
        github: settings
            .github
            .then(|| GitHub { token: settings.github_token.as_ref().map(secret), ..GitHub::default() }),
        dev_to: settings.dev_to.then(DevTo::default),
        ..Sites::default()
    }
}

/// The operator's own list of documentation sites. One that cannot be read is left out and said so.
fn own_documentation(file: &std::path::Path) -> Option<Documentation> {
    let unread = |error: &dyn std::fmt::Display| {
        tracing::error!(file = %file.display(), %error, "research.documentation_file cannot be used");
    };
    let list = std::fs::read_to_string(file).inspect_err(|error| unread(error)).ok()?;
    Documentation::read(&list).inspect_err(|error| unread(error)).ok()
}

fn videos(settings: &VideoSettings, public: &Http, transcripts: &TranscriptChain) -> Option<Videos> {
    let youtube = settings.youtube_api_key.as_ref().map(|key| YouTube::new(public.clone(), YOUTUBE_DATA, secret(key)));
    let peertube = transcripts.peertube.clone();
    let other_transcripts = transcripts.whisper.is_some();
    let is_searched = youtube.is_some() || peertube.is_some();
    let platforms = Platforms { youtube, peertube, other_transcripts, time_limit: settings.time_limit };
    is_searched.then(|| Videos::new(platforms))
}

fn transcripts(settings: &VideoSettings, public: &Http) -> Result<TranscriptChain, SetupError> {
    let time_limit = settings.transcript_time_limit;
    let yt_dlp = settings.yt_dlp.clone();
    let whisper = match &settings.whisper_base_url {
        None => None,
        Some(base_url) => {
            // The operator named this server, and it may stand in the operator's own network.
            let http =
                Http::new(&HttpSettings { allow_private: true, total_timeout: time_limit, ..HttpSettings::default() })?;
            let (base_url, key) = (base_url.as_str().to_owned(), settings.whisper_api_key.as_ref().map(secret));
            let model = settings.whisper_model.clone();
            Some(Whisper::new(http, WhisperSettings { base_url, key, model, time_limit }))
        }
    };
    Ok(TranscriptChain {
        peertube: settings.peertube.then(|| PeerTube::new(public.clone(), SEPIA_SEARCH)),
        yt_dlp: yt_dlp.map(|program| YtDlp::new(YtDlpSettings { program, proxy: None, time_limit })),
        whisper,
    })
}
