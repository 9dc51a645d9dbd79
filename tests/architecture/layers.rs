//! The layers and what each may know: the table that `src/` is held to.

/// One layer.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// The modules at the crate's root that belong to it.
    pub(crate) modules: &'static [&'static str],
    /// Layers below it that it may import, besides itself.
    pub(crate) below: &'static [&'static str],
    /// Crates that it may import besides `std`; `None` when any.
    pub(crate) crates: Option<&'static [&'static str]>,
    /// Words that must not stand in it, neither whole nor as a part: `cookie` is found in
    /// `set_cookie` and `CookieJar`.
    pub(crate) never: &'static [&'static str],
}

/// The layers, from the ground up.
pub(crate) const LAYERS: [Layer; 11] = [
    Layer {
        name: "protocol",
        modules: &["protocol"],
        below: &[],
        crates: Some(&[
            "base64",
            "percent_encoding",
            "png",
            "qrcode",
            "schemars",
            "serde",
            "serde_json",
            "subtle",
            "thiserror",
            "url",
        ]),
        never: &["async", "await", "DashMap", "Mutex", "RwLock"],
    },
    Layer {
        name: "clock",
        modules: &["clock"],
        below: &[],
        crates: Some(&["time"]),
        never: &["async", "await"],
    },
    Layer {
        name: "ids",
        modules: &["ids"],
        below: &[],
        crates: Some(&["base64", "rand"]),
        never: &["async", "await"],
    },
    Layer {
        name: "documents",
        modules: &["documents"],
        below: &[],
        crates: Some(&["miniz_oxide"]),
        never: &["async", "await"],
    },
    Layer {
        name: "tenant",
        modules: &["tenant"],
        below: &["protocol", "clock", "ids"],
        crates: Some(&[
            "base64",
            "bytestring",
            "dashmap",
            "der",
            "hashbrown",
            "schemars",
            "serde",
            "serde_json",
            "thiserror",
        ]),
        never: &[
            "actix",
            "async",
            "await",
            "cookie",
            "cookies",
            "header",
            "headers",
            "StatusCode",
            "status_code",
            "HttpRequest",
            "HttpResponse",
            "302",
            "303",
            "400",
            "401",
            "403",
            "404",
            "500",
            "503",
        ],
    },
    Layer {
        name: "outgoing",
        modules: &["outgoing"],
        below: &[],
        crates: Some(&["rustls", "tokio", "tracing", "ureq"]),
        never: &["actix", "async", "await"],
    },
    Layer {
        name: "http",
        modules: &["http"],
        // The ids: requests that bring no name of their own are given one.
        below: &["clock", "documents", "ids", "protocol", "tenant", "outgoing"],
        crates: Some(&[
            "actix_cors",
            "actix_web",
            "askama",
            "bytestring",
            "futures_core",
            "percent_encoding",
            "prometheus_client",
            "schemars",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "url",
        ]),
        never: &["DashMap", "Mutex", "RwLock"],
    },
    Layer {
        name: "fixtures",
        modules: &["fixtures"],
        below: &["documents", "protocol", "tenant"],
        crates: Some(&["schemars", "serde_json", "thiserror"]),
        never: &["actix", "async", "await", "http"],
    },
    Layer {
        name: "server",
        modules: &["server"],
        // The clock: certificates have a validity.
        below: &["protocol", "clock", "tenant", "outgoing", "http"],
        crates: None,
        never: &[],
    },
    Layer {
        name: "mock",
        modules: &["mock"],
        below: &["protocol", "clock", "ids", "tenant", "fixtures", "server"],
        crates: None,
        never: &[],
    },
    Layer {
        name: "program",
        modules: &["lib", "main", "arguments", "start_message", "health_check", "https"],
        below: &["protocol", "clock", "ids", "tenant", "fixtures", "server", "mock"],
        crates: None,
        never: &[],
    },
];

/// Something that stands in these files only.
#[derive(Debug)]
pub(crate) struct Confined {
    pub(crate) files: &'static [&'static str],
    /// Whole identifiers.
    pub(crate) words: &'static [&'static str],
    /// Crates, which every layer but these files' is refused.
    pub(crate) crates: &'static [&'static str],
    /// Words of [`Layer::never`] that mean something else in these files.
    pub(crate) excused: &'static [&'static str],
}

/// Cryptography, time and chance have one room each.
pub(crate) const CONFINED: [Confined; 3] = [
    Confined {
        files: &[
            // Hashes are cryptography too.
            "src/protocol/digest.rs",
            "src/tenant/keys.rs",
            "src/tenant/keys/certificate.rs",
            "src/tenant/keys/foreign.rs",
            "src/tenant/keys/one_time.rs",
            "src/tenant/keys/forge.rs",
            "src/tenant/keys/pair.rs",
            "src/tenant/keys/token.rs",
        ],
        words: &["OsRng", "SystemRandom"],
        crates: &["aws_lc_rs", "jsonwebtoken", "rsa"],
        // A JWT has a header too.
        excused: &["header", "headers"],
    },
    Confined {
        files: &["src/clock.rs"],
        words: &["SystemTime", "Instant", "UNIX_EPOCH"],
        crates: &[],
        excused: &[],
    },
    Confined { files: &["src/ids.rs"], words: &["StdRng"], crates: &["rand"], excused: &[] },
];

/// The layer of a module at the crate's root.
pub(crate) fn layer_of(module: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.modules.contains(&module))
}
