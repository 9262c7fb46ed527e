//! Reports: what readers say is wrong with single blocks of a version.

pub mod graphql;
pub mod open_reports;
pub mod report;
pub mod report_block;
pub mod store;
