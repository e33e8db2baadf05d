//! Fetches against servers on this machine, under names and addresses that the tests make up: the resolver
//! and the dialer are fakes, so that a "public" address leads to a local server and every address that is
//! dialled is seen.

mod addresses;
mod bodies;
mod limits;
mod log;
mod pools;
mod redirects;
mod requests;
mod tls;
mod world;
