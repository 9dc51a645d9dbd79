//! Where in a text an error is.
//!
//! The reader says only how far it came; which member that is, the text tells. A reader that keeps the
//! path is compiled once for every type, and made a twentieth of the program.

use super::{JsonError, escaped};

/// The error of a reader, with its place.
pub(super) fn located(text: &[u8], error: &serde_json::Error) -> JsonError {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    // The column of what is no JSON is that of the first byte which does not belong there.
    let column = error.column().saturating_sub(usize::from(error.is_syntax()));
    let read = &text[..text.len().min(before + column)];
    let place = path_at_end(read, error.is_data());
    let path = if place.is_empty() { ".".to_owned() } else { path(&place) };
    let pointer = place.iter().map(pointer).collect();
    JsonError { path, pointer, problem: error.to_string() }
}

/// One step on the way to a member.
enum Step {
    Member(String),
    Item(usize),
}

fn path(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Item(index) => format!("{path}[{index}]"),
        Step::Member(name) if path.is_empty() => name.clone(),
        Step::Member(name) => format!("{path}.{name}"),
    })
}

fn pointer(step: &Step) -> String {
    match step {
        Step::Item(index) => format!("/{index}"),
        Step::Member(name) => format!("/{}", escaped(name)),
    }
}

/// Where a text ends that was cut: in which member of which members. What is wrong with a value right
/// behind the bracket that opens it is wrong with the whole list.
fn path_at_end(text: &[u8], is_of_value: bool) -> Vec<Step> {
    let mut open: Vec<Option<Step>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let mut after = at + 1;
        match byte {
            b'{' => open.push(None),
            b'[' => open.push(Some(Step::Item(0))),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Some(Step::Item(index))) => *index += 1,
                Some(member) => *member = None,
                None => {}
            },
            b'"' => {
                after = end_of_string(text, at);
                if let Some(member @ None) = open.last_mut() {
                    *member = serde_json::from_slice(&text[at..after]).ok().map(Step::Member);
                }
            }
            _ => {}
        }
        at = after;
    }
    if is_of_value && text.trim_ascii_end().ends_with(b"[") {
        open.pop();
    }
    open.into_iter().flatten().collect()
}

/// Behind the quotation mark that closes the string which begins at `start`.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}
