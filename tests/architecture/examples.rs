//! What is public and has no example that runs.

/// Words after `pub` that begin an item, in front of others like `async` or not.
const ITEMS: [&str; 8] = ["fn", "const", "async", "unsafe", "struct", "enum", "trait", "type"];

/// Public items without a doc test, as line and text. A fence that the compiler passes over is none.
pub(crate) fn without_example(production: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut runs, mut is_open) = (false, false);
    for (at, line) in production.lines().enumerate() {
        let line = line.trim();
        let text = line.strip_prefix("///").map(str::trim);
        if let Some(fence) = text.and_then(|text| text.strip_prefix("```")) {
            runs |= !is_open && matches!(fence, "" | "should_panic");
            is_open = !is_open;
        }
        let item = item(line);
        if let Some(item) = item.as_ref().filter(|_| !runs) {
            found.push((at + 1, format!("{item} has no example")));
        }
        // Attributes and remarks stand between the documentation and the item.
        let ends = !line.starts_with("//") && line.ends_with([';', '{', '}']);
        runs &= item.is_none() && !line.is_empty() && !ends;
    }
    found
}

/// The name of a public item that begins here, with its kind.
fn item(line: &str) -> Option<String> {
    let mut words = line.strip_prefix("pub ")?.split(' ');
    let kind = words.by_ref().find(|word| !matches!(*word, "async" | "unsafe" | "extern"))?;
    let name = words.next()?;
    let name =
        name.split(|character: char| !character.is_alphanumeric() && character != '_').next();
    ITEMS.contains(&kind).then(|| format!("{kind} {}", name.unwrap_or_default()))
}
