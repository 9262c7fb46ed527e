//! Builds the crate again when a migration, a prompt or a starter lesson changes: they are compiled in.

fn main() {
    for folder in ["../../migrations", "../../library", "prompts", "templates", "assets"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
