//! Authorization requests of a user who is signed in: without tokens, and with both.

#[path = "setup/bank.rs"]
mod bank;

use bank::Bank;
use criterion::{BatchSize, Criterion};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let bank = Bank::open();
    let mut group = criterion.benchmark_group("authorize with a session");
    for (response_type, signatures) in [("code", 0), ("code id_token token", 2)] {
        let request = Bank::request(response_type);
        assert_eq!(bank.authorize(request.clone()).signatures(), signatures);
        group.bench_function(response_type, |bencher| {
            bencher.iter_batched(
                || request.clone(),
                |request| bank.authorize(request).respond(),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.final_summary();
}
