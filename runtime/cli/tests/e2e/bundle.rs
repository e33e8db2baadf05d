//! A program's own files, as it reads them at /bundle.

use crate::client::get;
use crate::holm::{folder, holm, with_files, write};
use crate::story::Test;

const PROGRAM: &str = "import fs from 'node:fs'; import { readFile } from 'node:fs/promises';
    import data from './data.json' with { type: 'json' }; import { util } from './lib/util.mjs';
    console.log(util, JSON.parse(fs.readFileSync('/bundle/data.json', 'utf8')).n === data.n);
    console.log(fs.readdirSync('/bundle'), fs.readdirSync('/bundle/lib/'), fs.readdirSync('/').join());
    console.log((await readFile(new URL('./lib/util.mjs', import.meta.url), 'utf8')).length);
    const stat = fs.statSync('/bundle/data.json');
    console.log(stat.size, stat.isFile(), stat.mtime.toISOString(), fs.statSync('/bundle/lib').isDirectory());
    const fd = fs.openSync('/bundle/data.json'); const two = new Uint8Array(2);
    console.log(fs.readSync(fd, two), fs.readSync(fd, two), fs.readSync(fd, two, 0, 2, 5), fs.fstatSync(fd).size); fs.closeSync(fd);
    console.log(fs.existsSync('/bundle/missing'), fs.realpathSync('/bundle/lib/util.mjs'));
    fs.cpSync('/bundle/lib', '/tmp/lib', { recursive: true }); console.log(fs.readdirSync('/tmp/lib'));";

const DENIED: &str = "import fs from 'node:fs'; import './data.json' with { type: 'json' };
    const refused = (call) => { try { call(); console.log('allowed') } catch (error) { console.log(error.code, error.syscall) } };
    refused(() => fs.writeFileSync('/bundle/data.json', ''));
    refused(() => fs.writeFileSync('/bundle/new', ''));
    refused(() => fs.appendFileSync('/bundle/data.json', ''));
    refused(() => fs.openSync('/bundle/data.json', 'r+'));
    refused(() => fs.mkdirSync('/bundle/new'));
    refused(() => fs.unlinkSync('/bundle/data.json'));
    refused(() => fs.renameSync('/bundle/data.json', '/bundle/other.json'));
    refused(() => fs.renameSync('/bundle/data.json', '/tmp/data.json'));
    fs.writeFileSync('/tmp/a', '');
    refused(() => fs.renameSync('/tmp/a', '/bundle/a'));
    refused(() => fs.linkSync('/tmp/a', '/bundle/a'));
    refused(() => fs.symlinkSync('/tmp/a', '/bundle/a'));
    refused(() => fs.utimesSync('/bundle/data.json', 1, 1));
    refused(() => fs.writeSync(fs.openSync('/bundle/data.json'), 'x'));
    refused(() => fs.readFileSync('/bundle/secret.txt'));
    refused(() => fs.readFileSync('/bundle/data.json/x'));
    refused(() => fs.readFileSync('/bundle/../bundle/missing/../../etc/passwd'));
    let n = 0; try { for (;; n++) fs.openSync('/bundle/data.json') } catch (error) { console.log(n, error.code) }";

/// Runs it live, recorded and, without its files, replayed.
fn thrice(program: &str) -> String {
    let sources = with_files(&[
        ("main.mjs", program),
        ("data.json", "{\"n\": 7}"),
        ("secret.txt", "no module imports this"),
    ]);
    write(sources.path(), "lib/util.mjs", "export const util = 'useful'");
    let live = holm(sources.path(), ["run", "main.mjs"]);
    let elsewhere = folder();
    let journal = elsewhere.path().join("r.holm");
    let journal = journal.to_str().expect("Unicode");
    let recorded = holm(sources.path(), ["run", "--record", journal, "main.mjs"]);
    drop(sources);
    assert_eq!(live, recorded);
    assert_eq!(recorded, holm(elsewhere.path(), ["replay", "r.holm"]));
    assert_eq!(live.code, 0, "{}", live.stderr);
    live.stdout
}

#[test]
fn a_program_reads_its_own_files() {
    let expected = "useful true
[ 'data.json', 'lib', 'main.mjs' ] [ 'util.mjs' ] bundle,tmp
28
8 true 2025-01-01T00:00:00.000Z true
2 2 2 8
false /bundle/lib/util.mjs
[ 'util.mjs' ]
";
    assert_eq!(thrice(PROGRAM), expected);
}

#[test]
fn a_program_changes_none_of_its_files_and_sees_no_others() {
    let expected = "EROFS open
EROFS open
EROFS open
EROFS open
EROFS mkdir
EROFS unlink
EROFS rename
EXDEV rename
EXDEV rename
EXDEV link
EROFS symlink
EROFS utime
EBADF write
ENOENT open
ENOTDIR open
ENOENT open
63 EMFILE
";
    assert_eq!(thrice(DENIED), expected);
}

#[test]
fn a_function_reads_its_own_files() {
    let source = "import fs from 'node:fs'; export default () => new Response(fs.readdirSync('/bundle').length + fs.readFileSync(new URL(import.meta.url), 'utf8').slice(0, 6))";
    let [first, second] = Test::using(source).against([get("/"), get("/")]);
    first.is(200, "1import");
    second.is(200, "1import");
}
