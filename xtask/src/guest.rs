//! `cargo xtask guest`: builds what is checked in under `guest/prebuilt`, or compares it.
//!
//! Three things are made: the guest's constants from the crate holm-host-api, the engine (QuickJS-ng, wasi-libc,
//! zlib-ng and brotli, whose sources pinned crates carry, compiled by the C compiler of a pinned Python package),
//! and the built-ins (TypeScript, bundled). All are reproducible to the byte, so comparing is enough.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::shell::{command, metadata, output, root, run, target};

/// The C compiler, as a Python package: the same bytes on every machine.
const COMPILER: &str = "ziglang==0.17.0";
/// The crates in `guest/engine/Cargo.toml` that carry the engine's sources, in the order that `build.sh` takes them.
const SOURCES: [&str; 3] = ["rquickjs-sys", "libz-sys", "compu-brotli-sys"];

const CONSTANTS_C: &str = "guest/src/abi.h";
const CONSTANTS_TS: &str = "guest/builtins/abi.ts";
const ENGINE: &str = "guest/prebuilt/guest.wasm";
const BUILTINS: &str = "guest/prebuilt/builtins.js";
const NOTICES: &str = "guest/prebuilt/NOTICES.txt";
/// The npm packages in the built-ins, and the files of their licences.
const BUNDLED: &[(&str, &str)] = &[
    ("web-streams-polyfill", "LICENSE"),
    ("readable-stream", "LICENSE"),
    ("punycode", "LICENSE-MIT.txt"),
    ("@pkgjs/parseargs", "LICENSE"),
];
const HASHES: &str = "guest/prebuilt/SHA256SUMS";

/// Builds the guest. With `check`, compares with the checked-in files and changes none of them.
///
/// # Errors
/// When something cannot be built, or with `check`, when a file differs; the message names each.
pub fn build(check: bool) -> Result<String> {
    let constants = [
        (CONSTANTS_C, holm_host_api::generate::c_header().into_bytes()),
        (CONSTANTS_TS, holm_host_api::generate::typescript().into_bytes()),
    ];
    if !check {
        // First, since what follows is compiled with them.
        for (path, bytes) in &constants {
            write(path, bytes)?;
        }
    }
    let sources = engine_sources()?;
    let engine = engine(&sources)?;
    let builtins = builtins()?;
    let notices = notices(&sources)?;
    let hashes = [(ENGINE, &engine), (BUILTINS, &builtins)]
        .map(|(path, bytes)| hash_line(path, bytes))
        .concat();
    let remark = format!(
        "engine {} bytes, built-ins {} bytes",
        engine.len(),
        builtins.len()
    );
    let made = constants.into_iter().chain([
        (ENGINE, engine),
        (BUILTINS, builtins),
        (NOTICES, notices.into_bytes()),
        (HASHES, hashes.into_bytes()),
    ]);

    if !check {
        for (path, bytes) in made {
            write(path, &bytes)?;
        }
        return Ok(remark);
    }
    let differing: Vec<String> = made
        .filter_map(|(path, bytes)| match fs::read(root().join(path)) {
            Ok(found) if found == bytes => None,
            Ok(found) => Some(format!(
                "{path}: checked in {} bytes, sha256 {}; built {} bytes, sha256 {}",
                found.len(),
                hash(&found),
                bytes.len(),
                hash(&bytes)
            )),
            Err(error) => Some(format!("{path}: {error}")),
        })
        .collect();
    if !differing.is_empty() {
        bail!(
            "the checked-in guest is not what its sources build:\n{}\nrun `cargo xtask guest` and commit the files",
            differing.join("\n")
        );
    }
    Ok(format!("{remark}, as checked in"))
}

/// Installs the built-ins' packages when they are not those of the lock file.
///
/// # Errors
/// When npm fails.
pub fn install_packages() -> Result<PathBuf> {
    install_packages_of("guest/builtins")
}

/// Installs the locked packages of a folder of ours, unless they are there; the folder.
///
/// # Errors
/// When npm fails.
pub fn install_packages_of(folder: &str) -> Result<PathBuf> {
    let folder = root().join(folder);
    let time = |path: &str| {
        fs::metadata(folder.join(path))
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    // npm writes this file last: older than ours, it belongs to another list of packages.
    if time("node_modules/.package-lock.json")
        .is_none_or(|installed| Some(installed) < time("package-lock.json"))
    {
        run(command("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    }
    Ok(folder)
}

fn engine(sources: &[PathBuf; 3]) -> Result<Vec<u8>> {
    let folder = target().join("guest");
    fs::create_dir_all(&folder)?;
    let out = folder.join("guest.wasm");
    run(command(root().join("guest/build.sh"), &[])
        .args(sources)
        .arg(&out)
        .env("ZIG", format!("{} -m ziglang", compiler()?.display()))
        // The compiler keeps what it has built of its own runtime here instead of in the home folder.
        .env("ZIG_GLOBAL_CACHE_DIR", folder.join("compiler-cache"))
        .env("ZIG_LOCAL_CACHE_DIR", folder.join("compiler-cache")))?;
    fs::read(&out).with_context(|| format!("{} was not built", out.display()))
}

fn builtins() -> Result<Vec<u8>> {
    let folder = install_packages()?;
    output(command("node", &["build.mjs", "--stdout"]).current_dir(folder))
}

/// The licences of what the two files hold that others wrote, as those licences demand.
fn notices([engine, zlib, _]: &[PathBuf; 3]) -> Result<String> {
    let read = |path: PathBuf| fs::read_to_string(&path).with_context(|| path.display().to_string());
    let mut text = format!(
        "guest.wasm holds wasi-libc, used under the Apache License 2.0 with the LLVM exception, and QuickJS-ng:\n\n{}\n",
        read(engine.join("quickjs/LICENSE"))?.trim()
    );
    text += &format!(
        "\nguest.wasm holds zlib-ng:\n\n{}\n",
        read(zlib.join("src/zlib-ng/LICENSE.md"))?.trim()
    );
    // The crate that carries brotli's sources does not carry their licence.
    text += &format!(
        "\nguest.wasm holds brotli:\n\n{}\n",
        read(root().join("guest/engine/LICENSE.brotli"))?.trim()
    );
    for (package, licence) in BUNDLED {
        let licence = read(
            root()
                .join("guest/builtins/node_modules")
                .join(package)
                .join(licence),
        )?;
        text += &format!("\nbuiltins.js holds {package}:\n\n{}\n", licence.trim());
    }
    let data = read(root().join("guest/cldr/LICENSE"))?;
    text += &format!(
        "\nbuiltins.js and holm hold locale data of Unicode's CLDR:\n\n{}\n",
        data.trim()
    );
    Ok(text)
}

/// The folders of the engine's sources, downloaded by cargo and checked against its lock file.
fn engine_sources() -> Result<[PathBuf; 3]> {
    let metadata = metadata(Some(&root().join("guest/engine/Cargo.toml")))?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let mut folders = SOURCES.map(PathBuf::from);
    for (folder, name) in folders.iter_mut().zip(SOURCES) {
        let manifest = packages
            .iter()
            .find(|package| package["name"] == name)
            .and_then(|package| package["manifest_path"].as_str())
            .with_context(|| format!("guest/engine/Cargo.toml does not bring {name}"))?;
        Path::new(manifest)
            .parent()
            .expect("a manifest lies in a folder")
            .clone_into(folder);
    }
    Ok(folders)
}

/// The Python of a virtual environment that has the C compiler.
fn compiler() -> Result<PathBuf> {
    // The version is part of the name, so that another one gets a folder of its own.
    let folder = target().join("guest").join(COMPILER.replace("==", "-"));
    let python = folder.join("bin/python");
    if run(&mut command(&python, &["-m", "ziglang", "version"])).is_err() {
        run(command("python3", &["-m", "venv", "--clear"]).arg(&folder))?;
        run(&mut command(
            &python,
            &["-m", "pip", "install", "--quiet", COMPILER],
        ))?;
    }
    Ok(python)
}

fn write(path: &str, bytes: &[u8]) -> Result<()> {
    let path = root().join(path);
    fs::create_dir_all(path.parent().expect("every path above lies in a folder"))?;
    // A file that stays as it is keeps its time, so that nothing is built again for it.
    if fs::read(&path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// A line as `sha256sum --check` reads it, in the folder of the file.
fn hash_line(path: &str, bytes: &[u8]) -> String {
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    format!("{}  {name}\n", hash(bytes))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
