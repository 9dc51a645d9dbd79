//! One signature: what a token costs at least.

use std::hint::black_box;

use criterion::Criterion;
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::json;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let key = SigningKey::development();
    // The claims of an access token of the built-in tenant.
    let claims = json!({
        "auth_time": 1_700_000_000,
        "iss": "http://localhost:8080/bank/",
        "iat": 1_700_000_000,
        "aud": "bank-client",
        "unique_name": "alice@example.com",
        "exp": 1_700_018_000,
        "sub": "a11ce000-0000-4000-8000-000000000001",
        "nonce": "n-0S6_WzA2Mj",
        "scope": "openid profile email",
        "app_id": "bank",
        "jti": "_aY04VXKTVO1mUsK5RZt55o2y5i52HpHgyt4cQmh0qA1",
    });
    criterion.bench_function("sign an access token", |bencher| {
        bencher.iter(|| key.sign(black_box(&claims)));
    });
    criterion.final_summary();
}
