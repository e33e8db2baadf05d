//! Programs in real containers. Without an engine, or without the image, each test says that it was skipped, and why:
//! `HOLM_TEST_DOCKER` names the engine's socket (else `/var/run/docker.sock`), `deploy/node-image/build.sh` builds the image.

mod common;

mod bypass;
mod fetches;
mod functions;
mod limits;
mod pools;
mod scripts;
