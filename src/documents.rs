//! Documents that the program carries compressed (`build.rs` does it): few read them, and everybody
//! pulls the image. Optimised builds show these; debug builds make them anew, and tests compare.

use miniz_oxide::inflate::decompress_to_vec_zlib;

/// The `OpenAPI` document of the control API.
pub(crate) fn openapi() -> String {
    unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.z")))
}

/// The JSON Schema of fixtures.
pub(crate) fn fixture_schema() -> String {
    unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/fixture.schema.json.z")))
}

fn unpacked(packed: &[u8]) -> String {
    let text = decompress_to_vec_zlib(packed).expect("build.rs has compressed it");
    String::from_utf8(text).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_those_of_the_repository() {
        assert!(openapi() == include_str!("http/control/openapi.json"));
        assert!(fixture_schema() == include_str!("../fixtures/fixture.schema.json"));
    }
}
