//! The configuration file of a process under test.

use std::fmt::{Display, Write};

use crate::program::Program;
use crate::provider::{PRICE, Provider};

/// The name of the model, as it is asked for.
const MODEL: &str = "faults-model";

/// The names of the provider's servers in the configuration. The first is the one that every build knows.
const SERVERS: [&str; 2] = ["openai", "second"];

/// How a further server's format is called.
const SERVER_KIND: &str = "openai";

/// What a trial sets; all else is as by default.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: Vec<(&'static str, &'static str, String)>,
    servers: usize,
}

impl Settings {
    /// Nobody's models but ours, and so many servers of our provider.
    pub fn with_servers(servers: usize) -> Self {
        Self { servers, ..Self::default() }.set("models.ollama", "detect", false)
    }

    /// Sets a number or a truth value.
    #[must_use]
    pub fn set(mut self, section: &'static str, name: &'static str, value: impl Display) -> Self {
        self.values.push((section, name, value.to_string()));
        self
    }

    /// The settings that this build does not know. They are left out of the file.
    pub fn unknown_to(&self, program: &Program) -> Vec<String> {
        let unknown = self.values.iter().filter(|(section, name, _)| !program.knows(section, name));
        unknown.map(|(section, name, _)| format!("{section}.{name}")).collect()
    }

    /// The file for one process, whose name is its key at the provider.
    pub fn file(&self, program: &Program, provider: &Provider, process: &str) -> String {
        let mut file = String::new();
        // Writing into a text cannot fail.
        let mut line = |line: String| _ = writeln!(file, "{line}");
        let known = || self.values.iter().filter(|(section, name, _)| program.knows(section, name));
        let server = |number: usize| {
            format!("base_url = \"{}\"\napi_key = \"{process}\"\nmodel = \"{MODEL}\"", provider.base_url(number))
        };
        let mut sections: Vec<_> = known().map(|(section, ..)| *section).collect();
        sections.sort_unstable();
        sections.dedup();
        if self.servers > 1 && !sections.contains(&"models") {
            sections.push("models");
        }
        for section in sections {
            line(format!("[{section}]"));
            for (_, name, value) in known().filter(|(of, ..)| *of == section) {
                line(format!("{name} = {value}"));
            }
            if section == "models" && self.servers > 1 && program.knows("models", "order") {
                line(format!("order = \"{}\"", SERVERS[..self.servers].join(", ")));
            }
        }
        line(format!("[models.openai]\n{}", server(0)));
        for (number, name) in SERVERS.iter().enumerate().take(self.servers).skip(1) {
            line(format!("[models.servers.{name}]\nkind = \"{SERVER_KIND}\"\n{}", server(number)));
        }
        let dollars = |nano_dollars: i64| nano_dollars as f64 / 1_000.0;
        line(format!("[prices.\"{MODEL}\"]\ninput_dollars_per_million = {:?}", dollars(PRICE.input)));
        line(format!("cached_input_dollars_per_million = {:?}", dollars(PRICE.cached_input)));
        line(format!("output_dollars_per_million = {:?}", dollars(PRICE.output)));
        file
    }
}
