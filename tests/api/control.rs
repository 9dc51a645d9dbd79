//! `/_mock/v1`: a test steers the tenants and sees what happened.

mod access;
mod clock;
mod directory;
mod doors;
mod journal;
mod keys;
mod mint;
mod openapi;
mod problems;
mod steering;
mod tenants;
