//! HTTP and the command line, thin. What staff may do is in `backoffice`, what they see in `app`.
//!
//! Read in this order: [`routes`] is the whole URL map; `edge` is what every request passes; `form` is the
//! one codec; `asked` turns a request into a form and a desk; `api` are the endpoints and `pages` the
//! pages; [`config`] is what a bank may set; [`command`] the command line.

/// glibc's keeps what one thread freed from the others, and takes longer: 110 to 390 MB where this holds 60.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod answer;
mod api;
mod asked;
pub mod command;
pub mod config;
mod cookies;
mod demo;
mod drain;
mod edge;
mod even;
mod file;
mod filters;
mod form;
pub mod health;
pub mod listen;
mod log_files;
pub mod metrics;
pub mod office;
mod pages;
pub mod proxy;
pub mod routes;
pub mod sso;
mod statics;
mod tail;
pub mod telemetry;
pub mod tls;
