//! A form of a page, filled in and submitted as a browser does it.

use crate::harness::{Answer, Mock};

/// A form: where it goes, and its fields with the values that the page gives them.
#[derive(Debug)]
pub(crate) struct Form {
    action: String,
    fields: Vec<(String, String)>,
    buttons: Vec<(String, String)>,
}

impl Form {
    /// The form with this id.
    pub(crate) fn on(page: &Answer, id: &str) -> Self {
        assert_eq!(page.status, 200, "{page:?}");
        let open = format!("<form id=\"{id}\"");
        let (_, rest) = page.body.split_once(&open).unwrap_or_else(|| panic!("no {id}: {page:?}"));
        let (form, _) = rest.split_once("</form>").expect("the form ends");
        let (tag, _) = form.split_once('>').expect("the tag ends");
        let form = &enabled(form);
        assert_eq!(attribute(tag, "method").as_deref(), Some("post"));
        Self {
            action: attribute(tag, "action").expect("the form goes somewhere"),
            fields: elements(form, "<input "),
            buttons: elements(form, "<button "),
        }
    }

    /// The value of the field of that name.
    pub(crate) fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(own, _)| own == name);
        &field.unwrap_or_else(|| panic!("no field {name}: {self:?}")).1
    }

    /// The values of all fields of that name.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|(own, _)| own == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The values of the buttons of that name.
    pub(crate) fn buttons(&self, name: &str) -> Vec<String> {
        let named = self.buttons.iter().filter(|(own, _)| own == name);
        named.map(|(_, value)| value.clone()).collect()
    }

    /// Submits the fields, those in `filled` with another value.
    pub(crate) fn submit(&self, mock: &Mock, filled: &[(&str, &str)]) -> Answer {
        let kept =
            self.fields.iter().filter(|(own, _)| !filled.iter().any(|(name, _)| name == own));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        mock.post(&self.action, &kept.chain(filled.iter().copied()).collect::<Vec<_>>())
    }
}

/// The form without its disabled parts, which no browser submits.
fn enabled(form: &str) -> String {
    let mut parts = form.split("<fieldset ");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tag, _) = part.split_once('>').expect("the tag ends");
        let (_, behind) = part.split_once("</fieldset>").expect("the part ends");
        kept.push_str(if tag.ends_with(" disabled hidden") { behind } else { part });
    }
    kept
}

/// Name and value of each element with this opening that has a name, and would be submitted.
fn elements(form: &str, opening: &str) -> Vec<(String, String)> {
    let tags = form.split(opening).skip(1).filter_map(|rest| Some(rest.split_once('>')?.0));
    let is_unticked = |tag: &str| tag.contains(" type=\"checkbox\"") && !tag.contains(" checked");
    tags.filter(|tag| !is_unticked(tag))
        .filter_map(|tag| {
            Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
        })
        .collect()
}

/// The value of an attribute, its character references resolved.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let references =
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    Some(references.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
}
