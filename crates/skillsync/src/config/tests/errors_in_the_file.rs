//! The whole text of what is said about a file that cannot be used.

use super::*;

#[test]
fn a_value_of_the_wrong_kind() {
    assert_snapshot!(refusal_of_file("# mine\n[voting]\napprove_net_votes = \"ten\""), @r#"
    config.toml:3: voting.approve_net_votes must be a whole number from 1 to 1000000, not "ten"
    hint: the default is 10; docs/configuration.md tells when to change it
    "#);
}

#[test]
fn a_value_out_of_range() {
    assert_snapshot!(refusal_of_file("[views]\nflush_interval_ms = 0"), @r"
    config.toml:2: views.flush_interval_ms must be a whole number from 10 to 60000, not 0
    hint: the default is 1000; docs/configuration.md tells when to change it
    ");
    assert_snapshot!(refusal_of_file("[voting]\napprove_percent = nan"), @r"
    config.toml:2: voting.approve_percent must be a number from 0 to 100, not nan
    hint: the default is 80.0; docs/configuration.md tells when to change it
    ");
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(refusal_of_file("[voting]\n\naprove_net_vote = 3"), @r"
    config.toml:3: there is no setting voting.aprove_net_vote
    hint: did you mean voting.approve_net_votes?
    ");
    assert_snapshot!(refusal_of_file("[server]\napprove_net_votes = 3"), @r"
    config.toml:2: there is no setting server.approve_net_votes
    hint: did you mean voting.approve_net_votes?
    ");
    assert_snapshot!(refusal_of_file("zzz = 3"), @r"
    config.toml:1: there is no setting zzz
    hint: docs/configuration.md lists every setting
    ");
}

#[test]
fn an_unknown_table_is_named_rather_than_what_is_in_it() {
    assert_snapshot!(refusal_of_file("[log]\nlevel = \"info\"\n[votting]\napprove_net_votes = 3"), @r"
    config.toml:3: there is no setting votting
    hint: did you mean voting?
    ");
}

#[test]
fn a_value_where_a_table_belongs_and_a_table_where_a_value_does() {
    assert_snapshot!(refusal_of_file("voting = 3"), @r"
    config.toml:1: voting must be a table: write [voting] on a line of its own
    hint: docs/configuration.md shows how it is written
    ");
    assert_snapshot!(refusal_of_file("[[prices]]\nmodel = \"x\""), @r"
    config.toml:1: prices must be a table: write [prices] on a line of its own
    hint: docs/configuration.md shows how it is written
    ");
    assert_snapshot!(refusal_of_file("[server.listen]\nport = 3"), @r#"
    config.toml:1: server.listen must be an IP address and a port, such as 127.0.0.1:8080, not a table
    hint: the default is "127.0.0.1:8080"; docs/configuration.md tells when to change it
    "#);
}

#[test]
fn a_price_with_a_part_missing_or_wrong() {
    assert_snapshot!(refusal_of_file("[prices.\"m-1.5\"]\ninput_dollars_per_million = 1"), @r#"
    config.toml:1: prices."m-1.5" needs output_dollars_per_million
    hint: docs/configuration.md shows how it is written
    "#);
    assert_snapshot!(refusal_of_file("[prices.m]\ninput_dollars_per_million = -1"), @r"
    config.toml:2: prices.m.input_dollars_per_million must be a number from 0 to 1000000, not -1
    hint: docs/configuration.md shows how it is written
    ");
    assert_snapshot!(refusal_of_file("[prices.m]\ninput = 1"), @r"
    config.toml:2: there is no setting prices.m.input
    hint: prices.m takes input_dollars_per_million, cached_input_dollars_per_million, output_dollars_per_million
    ");
    assert_snapshot!(refusal_of_file("[prices.m]"), @r"
    config.toml:1: prices.m needs input_dollars_per_million
    hint: docs/configuration.md shows how it is written
    ");
}

#[test]
fn a_list_that_names_nobody() {
    assert_snapshot!(refusal_of_file("[models]\norder = \"openai, gemni\"\n[models.servers.lab]\nbase_url = \"http://h\""), @r#"
    config.toml:2: models.order names "gemni", which is no provider; there are openai, gemini, groq, openrouter, anthropic, ollama, lab
    hint: the default is "openai, gemini, groq, openrouter, anthropic, ollama"; docs/configuration.md tells when to change it
    "#);
    assert_snapshot!(refusal_of_file("[models.routes]\nquiz = \"openai/\""), @r#"
    config.toml:2: models.routes.quiz must be empty or a list such as "openai, groq/openai/gpt-oss-120b", not "openai/"
    hint: the default is ""; docs/configuration.md tells when to change it
    "#);
}

#[test]
fn a_server_with_a_part_missing_or_wrong() {
    assert_snapshot!(refusal_of_file("[models.servers.lab]\nmodel = \"m\""), @r"
    config.toml:1: models.servers.lab needs base_url
    hint: docs/configuration.md shows how it is written
    ");
    assert_snapshot!(refusal_of_file("[models.servers.lab]\nbase_url = \"http://h\"\nkind = \"vllm\""), @r#"
    config.toml:3: models.servers.lab.kind must be "openai", "anthropic" or "gemini", not "vllm"
    hint: docs/configuration.md shows how it is written
    "#);
    assert_snapshot!(refusal_of_file("[models.servers.lab]\nurl = \"http://h\""), @r"
    config.toml:2: there is no setting models.servers.lab.url
    hint: models.servers.lab takes kind, base_url, api_key, model, requests_per_minute, tokens_per_minute
    ");
    assert_snapshot!(refusal_of_file("[models.servers.groq]\nbase_url = \"http://h\""), @r#"
    config.toml:1: models.servers names a server "groq": a name holds letters, digits, - and _, and is none of openai, gemini, groq, openrouter, anthropic, ollama
    hint: docs/configuration.md shows how it is written
    "#);
}

#[test]
fn text_that_is_not_toml() {
    assert_snapshot!(refusal_of_file("[server]\nlisten = \"127.0.0.1:80"), @r#"
    config.toml:2: not valid TOML: invalid basic string, expected `"`
    hint: write name = value, each name once, under a [table]; text stands in double quotes
    "#);
    assert_snapshot!(refusal_of_file("[log]\nlevel = \"info\"\nlevel = \"debug\""), @r"
    config.toml:3: not valid TOML: duplicate key
    hint: write name = value, each name once, under a [table]; text stands in double quotes
    ");
}

#[test]
fn a_named_file_that_is_missing() {
    let sources = Sources { file: Some("absent.toml".into()), environment: &environment(&[]), flags: &[] };
    assert_snapshot!(Config::load(sources).expect_err("an error"), @r"
    absent.toml: cannot read the configuration file: No such file or directory (os error 2)
    hint: it was named by --config
    ");
    let environment = environment(&[("SKILLSYNC_CONFIG", "absent.toml")]);
    let sources = Sources { file: None, environment: &environment, flags: &[] };
    assert_snapshot!(Config::load(sources).expect_err("an error"), @r"
    absent.toml: cannot read the configuration file: No such file or directory (os error 2)
    hint: it was named by SKILLSYNC_CONFIG
    ");
}
