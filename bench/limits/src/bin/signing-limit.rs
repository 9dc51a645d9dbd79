//! Signs as fast as this machine can: RS256 with a 2048-bit key that is parsed once, in the library that
//! the mock signs with, and nothing else. Prints one JSON object.
//!
//! `signing-limit THREADS SECONDS`

use std::env::args;
use std::fs::read_to_string;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

fn main() {
    let numbers: Vec<f64> = args().skip(1).filter_map(|number| number.parse().ok()).collect();
    let [threads, seconds] = numbers[..] else {
        eprintln!("usage: signing-limit THREADS SECONDS");
        std::process::exit(2);
    };
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key is made");
    let time = Duration::from_secs_f64(seconds);
    let (began, before) = (Instant::now(), cpu());
    let signatures: u32 = thread::scope(|scope| {
        let signing: Vec<_> =
            (0..threads as usize).map(|_| scope.spawn(|| sign(&key, time))).collect();
        signing.into_iter().map(|thread| thread.join().expect("the thread signs")).sum()
    });
    let (wall, cpu) = (began.elapsed().as_secs_f64(), cpu() - before);
    let (rate, each) = (f64::from(signatures) / wall, cpu / f64::from(signatures));
    println!(r#"{{"threads":{threads},"per_second":{rate:.1},"cpu_seconds":{each:.9}}}"#);
}

/// Signs for so long; how often.
fn sign(key: &RsaKeyPair, time: Duration) -> u32 {
    // As long as header and claims of an access token.
    let message = [b'a'; 512];
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let (began, mut signatures) = (Instant::now(), 0);
    while began.elapsed() < time {
        for _ in 0..16 {
            key.sign(&RSA_PKCS1_SHA256, &random, black_box(&message), &mut signature)
                .expect("the key signs");
        }
        signatures += 16;
    }
    signatures
}

/// Seconds of processor time of this process: user and system, by the clock of the kernel's table.
fn cpu() -> f64 {
    let stat = read_to_string("/proc/self/stat").expect("Linux has /proc");
    let (_, fields) = stat.rsplit_once(") ").expect("the name stands in parentheses");
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
