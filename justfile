# The menu. Each recipe is one command; CI runs `just test`.

default:
    @just --list

# What fails fast, while one works
check:
    cargo xtask test format tidy clippy

# Everything that CI runs
test:
    cargo xtask test

# Build the guest's binaries
guest:
    cargo xtask guest

# The whole product, as a user sees it
e2e:
    cargo nextest run --package holm-cli

# Measure next to what users would pick instead
bench *ARGUMENTS:
    cargo xtask bench {{ARGUMENTS}}
