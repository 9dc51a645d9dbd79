//! The files that people copy: the Dockerfile and `examples/` name what the program knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::harness::Program;

const DOCKERFILE: &str = include_str!("../../../Dockerfile");

/// Every file below `examples/`, with its text.
fn examples() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("its entries can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("examples are text");
                found.push((path, text));
            }
        }
    }
    found
}

/// The variables of the mock that a text names.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_name = |character: char| character.is_ascii_uppercase() || character == '_';
    let starts = text.match_indices("CYBERARK_MOCK_").map(|(at, _)| &text[at..]);
    starts.map(|rest| rest.split(|character| !is_name(character)).next().unwrap_or(rest)).collect()
}

#[test]
fn every_variable_that_is_set_exists() {
    let help = Program::run(&["--help"], &[]).out;
    let known = variables(&help);
    let dockerfile = (PathBuf::from("Dockerfile"), DOCKERFILE.to_owned());
    let files = [examples(), vec![dockerfile]].concat();
    assert!(files.len() > 9, "{files:?}");
    for (path, text) in files {
        let unknown: Vec<_> = variables(&text).difference(&known).copied().collect();
        assert!(unknown.is_empty(), "{}: {unknown:?}", path.display());
    }
}

#[test]
fn the_ports_are_those_of_the_image() {
    assert!(DOCKERFILE.contains("\nEXPOSE 8080 8443\n"));
    for (path, text) in examples() {
        let numbers = text.split(|character: char| !character.is_ascii_digit());
        let ports = numbers.filter(|number| number.len() == 4 && number.starts_with('8'));
        let others: Vec<_> = ports.filter(|port| !["8080", "8443"].contains(port)).collect();
        assert!(others.is_empty(), "{}: {others:?}", path.display());
        assert!(text.contains("8080") || path.ends_with("application.py"), "{}", path.display());
    }
}

#[test]
fn test_containers_wait_for_health() {
    let tests: Vec<_> = examples()
        .into_iter()
        .filter(|(path, _)| path.iter().any(|part| part == "testcontainers"))
        .collect();
    assert_eq!(tests.len(), 5);
    for (path, text) in tests {
        assert!(text.contains("/health"), "{}", path.display());
    }
}

/// The fixtures in the examples are such as the program takes.
#[test]
fn the_fixtures_of_the_examples_are_taken() {
    for (name, from, to) in [
        ("github-actions.yaml", "FIXTURES_INLINE: >-", "    steps:"),
        ("kubernetes.yaml", "tenant.json: |", "\u{0}"),
    ] {
        let (_, text) = examples().into_iter().find(|(path, _)| path.ends_with(name)).unwrap();
        let (_, document) = text.split_once(from).unwrap();
        let document = document.split(to).next().unwrap();
        let program = Program::start(&["--port", "0", "--fixtures-inline", document], &[]);
        assert!(
            program.line().unwrap().starts_with("app id=shop client_id=shop-client "),
            "{name}"
        );
    }
}

#[test]
fn the_image_takes_its_program_from_the_stage_that_builds_it() {
    for line in [
        "FROM scratch",
        "COPY --from=build /out/cyberark-identity-mock /cyberark-identity-mock",
        "USER 65532:65532",
        "STOPSIGNAL SIGTERM",
        "  CMD [\"/cyberark-identity-mock\", \"healthcheck\"]",
        "ENTRYPOINT [\"/cyberark-identity-mock\"]",
    ] {
        assert!(DOCKERFILE.lines().any(|found| found == line), "{line}");
    }
}
