//! Layers, and the whole text of each kind of error, through [`Config::load`] as the command line uses it.

mod errors_in_the_file;

use std::{collections::BTreeMap, fs, path::PathBuf};

use insta::assert_snapshot;
use skillsync_llm::WireFormat;
use tempfile::TempDir;

use super::model_list::ModelList;
use super::providers::MinuteLimits;
use super::{Config, DatabaseUrl, Environment, FlagValue, Sources, models::ModelPrice};

fn environment(variables: &[(&str, &str)]) -> Environment {
    let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::from_map(owned.collect::<BTreeMap<_, _>>())
}

fn flag(flag: &str, path: &str, value: &str) -> FlagValue {
    FlagValue { flag: flag.to_owned(), path: path.to_owned(), value: value.to_owned() }
}

/// Loads from a user file of this text, these variables and these flags; an error names the file `config.toml`.
fn load(file: &str, variables: &[(&str, &str)], flags: &[FlagValue]) -> Result<Config, String> {
    let directory = TempDir::new().expect("a temporary directory");
    let path = directory.path().join("config.toml");
    fs::write(&path, file).expect("a file in it");
    let environment = environment(variables);
    Config::load(Sources { file: Some(path), environment: &environment, flags })
        .map_err(|error| error.to_string().replace(&format!("{}/", directory.path().display()), ""))
}

/// The names of all providers that are connected.
fn names(config: &Config) -> Vec<String> {
    config.models.connected().into_iter().map(|provider| provider.name).collect()
}

fn refusal_of_file(text: &str) -> String {
    load(text, &[], &[]).expect_err("a refused file")
}

fn refusal_of_variable(name: &str, value: &str) -> String {
    load("", &[(name, value)], &[]).expect_err("a refused variable")
}

mod layers {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        let config = Config::defaults();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.voting.approve_net_votes, 10);
        assert_eq!(names(&config), ["ollama"]);
        assert!(config.prices.is_empty());
    }

    #[test]
    fn each_layer_wins_over_the_one_before() {
        let file = "[server]\nlisten = \"127.0.0.1:1\"";
        let variable = ("SKILLSYNC_SERVER_LISTEN", "127.0.0.1:2");
        let flag = flag("--listen", "server.listen", "127.0.0.1:3");
        let port = |config: Result<Config, String>| config.expect("a valid configuration").server.listen.port();

        assert_eq!(port(load("", &[], &[])), 8080);
        assert_eq!(port(load(file, &[], &[])), 1);
        assert_eq!(port(load(file, &[variable], &[])), 2);
        assert_eq!(port(load(file, &[variable], &[flag])), 3);
    }

    #[test]
    fn the_programs_own_variable_wins_over_the_well_known_one() {
        let model = |variables: &[(&str, &str)]| load("", variables, &[]).expect("valid").models.openai.model;
        let well_known = ("OPENAI_MODEL", "theirs");

        assert_eq!(model(&[well_known]).as_deref(), Some("theirs"));
        assert_eq!(model(&[well_known, ("SKILLSYNC_MODELS_OPENAI_MODEL", "ours")]).as_deref(), Some("ours"));
        assert_eq!(model(&[well_known, ("SKILLSYNC_MODELS_OPENAI_MODEL", "")]).as_deref(), Some("theirs"));
    }

    #[test]
    fn text_is_read_as_the_kind_of_the_default() {
        let variables = [
            ("SKILLSYNC_MODELS_OLLAMA_DETECT", "false"),
            ("SKILLSYNC_VOTING_APPROVE_PERCENT", "66"),
            ("SKILLSYNC_CACHE_MAX_BYTES", "2000000"),
            ("SKILLSYNC_MODELS_OLLAMA_MODEL", "4"),
        ];
        let config = load("", &variables, &[]).expect("a valid configuration");
        assert!(!config.models.ollama.detect);
        assert!((config.voting.approve_percent - 66.0).abs() < f64::EPSILON);
        assert_eq!(config.cache.max_bytes, 2_000_000);
        assert_eq!(config.models.ollama.model.as_deref(), Some("4"));
    }

    #[test]
    fn the_platforms_file_is_read_if_it_exists() {
        let directory = TempDir::new().expect("a temporary directory");
        let environment = environment(&[]).with_config_dir(directory.path().to_owned());
        let level = || {
            let sources = Sources { file: None, environment: &environment, flags: &[] };
            Config::load(sources).expect("a valid configuration").log.level
        };

        assert_eq!(level(), "info");
        fs::write(directory.path().join("config.toml"), "log.level = \"debug\"").expect("a file");
        assert_eq!(level(), "debug");
    }

    #[test]
    fn the_environment_may_name_the_file_and_the_flag_wins() {
        let directory = TempDir::new().expect("a temporary directory");
        let written = |name: &str, level: &str| {
            let path = directory.path().join(name);
            fs::write(&path, format!("log = {{ level = \"{level}\" }}")).expect("a file");
            path
        };
        let (by_variable, by_flag) = (written("variable.toml", "warn"), written("flag.toml", "error"));
        let environment = environment(&[("SKILLSYNC_CONFIG", &by_variable.to_string_lossy())]);
        let level = |file| {
            let sources = Sources { file, environment: &environment, flags: &[] };
            Config::load(sources).expect("a valid configuration").log.level
        };

        assert_eq!(level(None), "warn");
        assert_eq!(level(Some(by_flag)), "error");
    }

    #[test]
    fn variables_of_tests_and_other_programs_are_left_alone() {
        let others = [("SKILLSYNC_TEST_POSTGRES", "x"), ("PATH", "/bin"), ("SKILLSYNC_GONE", "")];
        assert!(load("", &others, &[]).is_ok());
    }
}

mod meaning {
    use super::*;

    #[test]
    fn data_goes_where_it_is_told_else_to_the_platforms_place() {
        let environment = environment(&[]).with_data_dir("/platform".into());
        let sources = Sources { file: None, environment: &environment, flags: &[] };
        let mut config = Config::load(sources).expect("a valid configuration");

        assert_eq!(config.data_dir(), PathBuf::from("/platform"));
        assert_eq!(config.database_url(), DatabaseUrl::SqliteFile("/platform/skillsync.sqlite".into()));
        config.server.data_dir = Some("/told".into());
        assert_eq!(config.database_url(), DatabaseUrl::SqliteFile("/told/skillsync.sqlite".into()));
    }

    #[test]
    fn a_key_alone_means_openai_itself() {
        let endpoint = |variables: &[(&str, &str)]| {
            let connected = load("", variables, &[]).expect("valid").models.connected();
            let found = connected.into_iter().find(|provider| provider.name == "openai");
            found.map(|provider| format!("{} {:?}", provider.base_url.as_str(), provider.model))
        };
        let key = ("OPENAI_API_KEY", "sk-1");
        let elsewhere = ("OPENAI_BASE_URL", "http://localhost:8000/v1/");

        assert_eq!(endpoint(&[]), None);
        let itself = "https://api.openai.com/v1 Some(\"gpt-6-luna\")";
        assert_eq!(endpoint(&[key]).as_deref(), Some(itself));
        assert_eq!(endpoint(&[key, elsewhere]).as_deref(), Some("http://localhost:8000/v1 None"));
        assert_eq!(endpoint(&[elsewhere]).as_deref(), Some("http://localhost:8000/v1 None"));
        let chosen = endpoint(&[elsewhere, ("OPENAI_MODEL", "mine")]);
        assert_eq!(chosen.as_deref(), Some("http://localhost:8000/v1 Some(\"mine\")"));
    }

    #[test]
    fn a_key_connects_each_of_the_known_providers() {
        for name in ["gemini", "groq", "openrouter", "anthropic", "openai"] {
            let variable = format!("{}_API_KEY", name.to_ascii_uppercase());
            let config = load("", &[(&variable, "sk-1")], &[]).expect("valid");
            assert_eq!(names(&config), [name, "ollama"]);
            let provider = config.models.connected().remove(0);
            assert!(provider.base_url.as_str().starts_with("https://") && provider.model.is_some(), "{provider:?}");
            assert!(!provider.is_guess && provider.limits == MinuteLimits::default());
        }
    }

    #[test]
    fn servers_of_ones_own_need_no_more_than_an_address_and_come_last() {
        let file = "[models]\norder = \"lab, groq\"\n[models.servers.attic]\nbase_url = \"http://10.0.0.2/v1/\"\n
            [models.servers.lab]\nkind = \"anthropic\"\nbase_url = \"http://10.0.0.3\"\nmodel = \"m\"\ntokens_per_minute = 5";
        let models = load(file, &[], &[]).expect("valid").models;
        let order: Vec<_> = models.general_order().0.into_iter().map(|choice| choice.provider).collect();
        assert_eq!(order, ["lab", "groq", "attic"]);
        let connected = models.connected();
        let found = |name: &str| connected.iter().find(|provider| provider.name == name).expect("connected").clone();
        let (attic, lab) = (found("attic"), found("lab"));
        assert_eq!(
            (attic.format, attic.model, attic.base_url.as_str()),
            (WireFormat::OpenAi, None, "http://10.0.0.2/v1")
        );
        assert_eq!((lab.format, lab.model.as_deref(), lab.limits.tokens), (WireFormat::Anthropic, Some("m"), Some(5)));
    }

    #[test]
    fn a_route_may_come_from_the_environment() {
        let variable = ("SKILLSYNC_MODELS_ROUTES_QUIZ", "ollama/llama3.2:latest, openai");
        let quiz = load("", &[variable], &[]).expect("valid").models.routes.quiz;
        assert_eq!(Some(quiz), ModelList::parse(variable.1));
    }

    #[test]
    fn a_model_may_have_any_name_and_cached_input_costs_as_input_unless_told() {
        let file = "[prices.\"a/b-1.5\"]\ninput_dollars_per_million = 2\noutput_dollars_per_million = 8.5";
        let prices = load(file, &[], &[]).expect("valid").prices;
        let expected = ModelPrice {
            input_dollars_per_million: 2.0,
            cached_input_dollars_per_million: 2.0,
            output_dollars_per_million: 8.5,
        };
        assert_eq!(prices, BTreeMap::from([("a/b-1.5".to_owned(), expected)]));
    }

    #[test]
    fn the_examples_of_the_reference_are_valid() {
        let sections = &super::super::catalogue::Catalogue::embedded().sections;
        let examples: Vec<_> = sections.iter().map(|section| section.example.as_str()).collect();
        let config = load(&examples.join("\n"), &[], &[]).expect("valid");
        assert_eq!((config.prices.len(), config.models.servers.len()), (1, 1));
        assert_eq!(examples.iter().filter(|example| !example.is_empty()).count(), 2);
    }
}

mod errors_elsewhere {
    use super::*;

    #[test]
    fn a_variable_with_a_wrong_value() {
        assert_snapshot!(refusal_of_variable("SKILLSYNC_SERVER_LISTEN", "localhost"), @r#"
        environment variable SKILLSYNC_SERVER_LISTEN: server.listen must be an IP address and a port, such as 127.0.0.1:8080, not "localhost"
        hint: the default is "127.0.0.1:8080"; docs/configuration.md tells when to change it
        "#);
        assert_snapshot!(refusal_of_variable("SKILLSYNC_SERVER_SECURE_COOKIES", "yes"), @r#"
        environment variable SKILLSYNC_SERVER_SECURE_COOKIES: server.secure_cookies must be true or false, not "yes"
        hint: the default is false; docs/configuration.md tells when to change it
        "#);
        assert_snapshot!(refusal_of_variable("SKILLSYNC_LOG_LEVEL", "inof"), @r#"
        environment variable SKILLSYNC_LOG_LEVEL: log.level must be off, error, warn, info, debug or trace, or parts such as info,sqlx=warn, not "inof"
        hint: the default is "info"; docs/configuration.md tells when to change it
        "#);
        assert_snapshot!(refusal_of_variable("SKILLSYNC_LOG_FORMAT", "xml"), @r#"
        environment variable SKILLSYNC_LOG_FORMAT: log.format must be "text" or "json", not "xml"
        hint: the default is "text"; docs/configuration.md tells when to change it
        "#);
    }

    #[test]
    fn a_variable_that_no_setting_has() {
        assert_snapshot!(refusal_of_variable("SKILLSYNC_SERVER_LISTENS", "127.0.0.1:80"), @r"
        environment variable SKILLSYNC_SERVER_LISTENS: no setting has this variable
        hint: did you mean SKILLSYNC_SERVER_LISTEN?
        ");
        assert_snapshot!(refusal_of_variable("SKILLSYNC_MODELS_SERVERS_LAB_API_KEY", "k"), @r"
        environment variable SKILLSYNC_MODELS_SERVERS_LAB_API_KEY: no setting has this variable
        hint: servers of your own are set in the configuration file only
        ");
        assert_snapshot!(refusal_of_variable("SKILLSYNC_PRICES_GPT", "1"), @r"
        environment variable SKILLSYNC_PRICES_GPT: no setting has this variable
        hint: prices are set in the configuration file only
        ");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8() {
        use std::os::unix::ffi::OsStringExt;

        let mut environment = environment(&[]);
        environment.set_raw("SKILLSYNC_SERVER_DATA_DIR", std::ffi::OsString::from_vec(vec![b'/', 0xff]));
        let sources = Sources { file: None, environment: &environment, flags: &[] };
        assert_snapshot!(Config::load(sources).expect_err("an error"), @r"
        environment variable SKILLSYNC_SERVER_DATA_DIR: its value is not UTF-8
        hint: set it again, or put the setting into the configuration file
        ");
    }

    #[test]
    fn a_flag_with_a_wrong_value_or_path() {
        assert_snapshot!(load("", &[], &[flag("--listen", "server.listen", "80")]).expect_err("an error"), @r#"
        flag --listen: server.listen must be an IP address and a port, such as 127.0.0.1:8080, not "80"
        hint: the default is "127.0.0.1:8080"; docs/configuration.md tells when to change it
        "#);
        assert_snapshot!(load("", &[], &[flag("--set", "server.lisen", "80")]).expect_err("an error"), @r"
        flag --set: there is no setting server.lisen
        hint: did you mean server.listen?
        ");
    }
}

mod secrets {
    use super::*;

    const SECRET: &str = "hunter2";

    #[test]
    fn no_error_repeats_one() {
        let files = [
            format!("[models.openai]\napi_key = {SECRET}"),
            format!("[models.openai]\napi_key = \"{SECRET}"),
            format!("[models.openai]\napi_key = [\"{SECRET}\"]"),
            format!("[models.openai]\napi_key = \"{SECRET} {SECRET}\""),
            format!("[models.openai]\nbase_url = \"{SECRET}\""),
            format!("[models.servers.lab]\nbase_url = \"http://h\"\napi_key = \"{SECRET} {SECRET}\""),
            format!("[models.servers.lab]\napi_key = \"{SECRET}\""),
            format!("[models.openai]\nbase_url = \"https://me:{SECRET}@host/v1\""),
            format!("[database]\nurl = \"mysql://me:{SECRET}@host/db\""),
            format!("[database]\nurl = {{ password = \"{SECRET}\" }}"),
        ];
        for file in files {
            let message = refusal_of_file(&file);
            assert!(!message.contains(SECRET), "{message}");
        }
        for name in ["OPENAI_BASE_URL", "DATABASE_URL", "SKILLSYNC_DATABASE_URL", "SKILLSYNC_KEY"] {
            let message = refusal_of_variable(name, SECRET);
            assert!(!message.contains(SECRET), "{message}");
        }
    }

    #[test]
    fn the_error_still_names_place_and_rule() {
        assert_snapshot!(refusal_of_variable("DATABASE_URL", "mysql://me:hunter2@host/db"), @r#"
        environment variable DATABASE_URL: database.url must be empty or an address that begins with postgres://, postgresql:// or sqlite:// (the value is not shown: it may hold a secret)
        hint: the default is ""; docs/configuration.md tells when to change it
        "#);
        assert_snapshot!(refusal_of_variable("OPENAI_API_KEY", "hunter2\n"), @r#"
        environment variable OPENAI_API_KEY: models.openai.api_key must be empty or a key of visible ASCII characters (the value is not shown: it may hold a secret)
        hint: the default is ""; docs/configuration.md tells when to change it
        "#);
    }

    #[test]
    fn debug_output_hides_them() {
        let database = format!("postgres://me:{SECRET}@localhost/db");
        let variables = [("OPENAI_API_KEY", SECRET), ("GROQ_API_KEY", SECRET), ("DATABASE_URL", database.as_str())];
        let file = format!("[models.servers.lab]\nbase_url = \"http://h\"\napi_key = \"{SECRET}\"");
        let config = load(&file, &variables, &[]).expect("a valid configuration");
        assert_eq!(config.models.openai.api_key.as_ref().map(super::super::models::ApiKey::expose), Some(SECRET));
        let shown = format!("{config:?} {:?} {:?}", config.models.connected(), environment(&variables));
        assert!(shown.contains("lab") && !shown.contains(SECRET));
    }
}
