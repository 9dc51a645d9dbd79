//! The house keeps its shape: reads `src/` and fails where a layer imports from above, knows a
//! crate or a word that it must not know, where a file is too long or badly named, or where the
//! library for Rust tests has something public without an example.
//!
//! Comments, texts and test modules do not count.

#[path = "architecture/examples.rs"]
mod examples;
#[path = "architecture/layers.rs"]
mod layers;
#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use examples::without_example;
use layers::{CONFINED, Confined, Layer, layer_of};
use source::{Token, production, tokens};

/// The most lines of a source file before its tests.
const LONGEST_FILE: usize = 300;

/// File names that say nothing about what is inside, or that the style does not use.
const BAD_NAMES: [&str; 7] = ["mod", "utils", "util", "helpers", "helper", "common", "types"];

/// Crates that every file may use.
const ALWAYS: [&str; 3] = ["std", "core", "alloc"];

#[test]
fn the_house_keeps_its_shape() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = dependencies(&fs::read_to_string(root.join("Cargo.toml")).unwrap());
    let mut files = Vec::new();
    list(&root.join("src"), &mut files);
    assert!(files.len() > 30, "only {} files were found", files.len());
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            violations(&path, &fs::read_to_string(file).unwrap(), &crates)
        })
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Every `.rs` file below a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The names under which the sources know the dependencies.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let (_, after) = manifest.split_once("\n[dependencies]\n").expect("there are some");
    let section = after.split("\n[").next().unwrap_or(after);
    let name = |line: &str| Some(line.split_once('=')?.0.trim().replace('-', "_"));
    section.lines().filter_map(name).collect()
}

/// What is wrong with one file, as `file:line: what`.
fn violations(path: &str, text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let production = production(text);
    let mut found = Vec::new();
    let mut report = |line: usize, what: String| found.push(format!("{path}:{line}: {what}"));
    let modules: Vec<&str> =
        path.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
    let lines = production.lines().count();
    if lines > LONGEST_FILE {
        report(lines, format!("longer than {LONGEST_FILE} lines"));
    }
    let name = modules[modules.len() - 1];
    if BAD_NAMES.contains(&name) {
        report(1, format!("no file is named {name}.rs"));
    }
    let Some(layer) = layer_of(modules[0]) else {
        report(1, "belongs to no layer: tests/architecture/layers.rs has to name it".to_owned());
        return found;
    };
    if modules[0] == "mock" {
        for (line, what) in without_example(production) {
            report(line, what);
        }
    }
    let tokens = tokens(production);
    for imported in imports(&tokens, modules.len()) {
        if let Some(what) = wrong_import(layer, imported.text) {
            report(imported.line, what);
        }
    }
    for root in roots(&tokens, crates) {
        if !may_use(path, layer, root.text) {
            report(root.line, format!("{} may not use the crate {}", layer.name, root.text));
        }
    }
    for token in &tokens {
        if let Some(word) = wrong_word(path, layer, token.text) {
            report(token.line, format!("{} must not contain {word}", layer.name));
        }
    }
    found
}

/// What is imported from the crate's root: by `crate::`, by the crate's name, by enough `super::`.
fn imports<'s>(tokens: &[Token<'s>], depth: usize) -> Vec<Token<'s>> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let starts_path = at == 0 || tokens[at - 1].text != "::";
        let steps = match tokens[at].text {
            "crate" | "cyberark_identity_mock" => 1,
            "super" => supers(&tokens[at..]),
            _ => continue,
        };
        let reaches_root = tokens[at].text != "super" || steps >= depth;
        let follows = tokens.get(at + 2 * steps - 1).is_some_and(|next| next.text == "::");
        if starts_path && reaches_root && follows {
            found.extend(names(&tokens[at + 2 * steps..]));
        }
    }
    found
}

/// How many times a path starts with `super`.
fn supers(tokens: &[Token<'_>]) -> usize {
    let pairs = tokens.chunks(2);
    pairs.take_while(|pair| pair[0].text == "super").count()
}

/// The name that a path goes on with, or the names of a group in braces.
fn names<'s>(tokens: &[Token<'s>]) -> Vec<Token<'s>> {
    if tokens.first().is_none_or(|first| first.text != "{") {
        return tokens.first().copied().into_iter().collect();
    }
    let (mut depth, mut found) = (0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," => {}
            _ if depth == 1 && matches!(tokens[at - 1].text, "{" | ",") => found.push(*token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn wrong_import(layer: &Layer, module: &str) -> Option<String> {
    let Some(imported) = layer_of(module) else {
        return Some(format!("`{module}` at the crate's root is no layer"));
    };
    let allowed = imported.name == layer.name || layer.below.contains(&imported.name);
    (!allowed).then(|| format!("{} may not import {}", layer.name, imported.name))
}

/// Paths that start at a dependency, and dependencies that are imported whole.
fn roots<'s>(tokens: &[Token<'s>], crates: &BTreeSet<String>) -> Vec<Token<'s>> {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text);
    let continues = |text: &str| {
        text == ">" || (text != "use" && text.ends_with(|last: char| last.is_alphanumeric()))
    };
    let is_root = |at: &usize| {
        let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
        // `a::b` goes on at `b`, `(::b` starts there.
        let starts = before != "::" || !continues(text(at.checked_sub(2)));
        let whole = matches!(before, "use" | "crate") && matches!(after, ";" | "as");
        starts && (whole || after == "::") && crates.contains(tokens[*at].text)
    };
    (0..tokens.len()).filter(is_root).map(|at| tokens[at]).collect()
}

fn may_use(path: &str, layer: &Layer, name: &str) -> bool {
    if ALWAYS.contains(&name) {
        return true;
    }
    match CONFINED.iter().find(|room| room.crates.contains(&name)) {
        Some(room) => room.files.contains(&path),
        None => layer.crates.is_none_or(|crates| crates.contains(&name)),
    }
}

/// The forbidden word that an identifier is or has in it.
fn wrong_word(path: &str, layer: &Layer, word: &str) -> Option<&'static str> {
    let here = |room: &&Confined| room.files.contains(&path);
    let elsewhere = CONFINED.iter().filter(|room| !here(room)).flat_map(|room| room.words);
    let parts = parts(word);
    layer.never.iter().chain(elsewhere).copied().find(|never| {
        let excused = CONFINED.iter().filter(here).any(|room| room.excused.contains(never));
        !excused && (word == *never || parts.iter().any(|part| part == never))
    })
}

/// The words that `snake_case` and `CamelCase` are made of, in lower case; a number is one word.
fn parts(identifier: &str) -> Vec<String> {
    if identifier.starts_with(|first: char| first.is_ascii_digit()) {
        return Vec::new();
    }
    let mut parts = vec![String::new()];
    let mut after_lower = false;
    for character in identifier.chars() {
        if character == '_' || (character.is_uppercase() && after_lower) {
            parts.push(String::new());
        }
        after_lower = character.is_lowercase();
        let last = parts.len() - 1;
        parts[last].extend(character.to_lowercase().filter(|lower| *lower != '_'));
    }
    parts
}

#[path = "architecture/planted.rs"]
mod planted;
