//! `/_mock/v1`: a test steers the tenants and sees what happened.

mod access;
mod clock;
mod directory;
mod keys;
mod openapi;
mod problems;
mod tenants;
