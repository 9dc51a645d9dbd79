//! A source file as words: comments, texts and tests are left out.

/// A word (identifier, number), `::`, or a single punctuation character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    /// Counted from one.
    pub(crate) line: usize,
    pub(crate) text: &'s str,
}

/// What stands before the test module at the end of the file.
pub(crate) fn production(source: &str) -> &str {
    let tests = source.match_indices("#[cfg(test)]\nmod ").find(|(at, _)| {
        // At the start of a line: not inside another module, a comment or a text.
        *at == 0 || source[..*at].ends_with('\n')
    });
    tests.map_or(source, |(at, _)| &source[..at])
}

/// The words of a source.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < source.len() {
        let rest = &source[at..];
        let (length, counts) = match silent(rest) {
            Some(length) => (length, false),
            None => (word(rest), true),
        };
        let text = &rest[..length];
        if counts {
            tokens.push(Token { line, text });
        }
        line += text.matches('\n').count();
        at += length;
    }
    tokens
}

/// The length of what has no meaning here: white space, a comment, a text, a character.
fn silent(rest: &str) -> Option<usize> {
    let space = rest.len() - rest.trim_start().len();
    if space > 0 {
        return Some(space);
    }
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    text(rest).or_else(|| character(rest))
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// `"…"`, `r#"…"#` and their `b` and `c` kinds.
fn text(rest: &str) -> Option<usize> {
    let unprefixed = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let raw = unprefixed.strip_prefix('r').unwrap_or(unprefixed);
    let is_raw = raw.len() < unprefixed.len();
    let body = raw.trim_start_matches('#');
    let hashes = if is_raw { raw.len() - body.len() } else { 0 };
    let body = if is_raw { body } else { raw };
    let content = body.strip_prefix('"')?;
    let start = rest.len() - content.len();
    let length = if is_raw {
        let end = format!("\"{}", "#".repeat(hashes));
        content.find(&end).map(|at| at + end.len())
    } else {
        closing(content, '"')
    };
    Some(start + length.unwrap_or(content.len()))
}

/// `'x'` and `b'x'`; the quote alone of a lifetime.
fn character(rest: &str) -> Option<usize> {
    let content = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('\'')?;
    let start = rest.len() - content.len();
    let is_literal = content.starts_with('\\') || content.chars().nth(1) == Some('\'');
    if is_literal {
        return closing(content, '\'').map(|length| start + length);
    }
    Some(start)
}

/// The length up to and with the first `quote` that is not escaped.
fn closing(content: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    content.char_indices().find_map(|(at, character)| {
        let ends = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(at + 1)
    })
}

/// The length of a word or of one punctuation.
fn word(rest: &str) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
    match length {
        0 if rest.starts_with("::") => 2,
        0 => rest.chars().next().map_or(1, char::len_utf8),
        length => length,
    }
}
