//! Grille from outside: the real binary, asked over HTTP and by its command line, and killed.
//!
//! Read in this order: [`app`] starts the binary; [`http`] is the client, written by hand since half of what
//! it must send no client would; [`person`] signs in and works; [`log`] reads what was recorded; [`tls`] is the
//! other end of a TLS connection, and its tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where and stops")]
#![expect(clippy::expect_used, reason = "the same")]
#![expect(clippy::panic, reason = "the same")]

mod app;
mod http;
mod log;
mod person;
mod tls;
mod trace;

mod attacks;
mod backup;
mod budgets;
mod cluster;
mod crash;
mod drain;
mod edge;
mod exports;
mod faults;
mod imports;
mod instances;
mod journeys;
mod leak;
mod matrix;
mod metrics;
mod misuse;
mod needles;
mod operating;
mod people;
mod proxy;
mod put_back;
mod recertify;
mod returning;
mod servers;
mod sessions;
mod spans;
mod sso;
mod statics;
mod supervise;
mod timing;
