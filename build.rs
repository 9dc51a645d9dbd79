//! Compresses the documents that the program carries, see `src/documents.rs`.

use std::path::PathBuf;
use std::{env, fs};

const DOCUMENTS: [&str; 2] = ["src/http/control/openapi.json", "fixtures/fixture.schema.json"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for document in DOCUMENTS {
        println!("cargo::rerun-if-changed={document}");
        let path = PathBuf::from(document);
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{document}: {error}"));
        let name = path.with_extension("json.z");
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&text, 10);
        fs::write(folder.join(name.file_name().expect("it has one")), packed)
            .unwrap_or_else(|error| panic!("{document}: {error}"));
    }
}
