//! Programs in real instances: scripts, handlers, isolation.

mod common;

use common::{answered, deploy, get, run};

#[test]
fn a_script_runs_to_its_end() {
    let (report, host) = run("console.log('hello', 1 + 1)");
    assert_eq!(
        (report.outcome, host.output()),
        (answered(), "hello 2\n".to_owned())
    );
}

#[test]
fn a_handler_answers() {
    let hello = deploy("export default { fetch() { return new Response('hello') } }");
    let (report, host) = get(&hello, "/");
    assert_eq!(
        (report.outcome, host.response()),
        (answered(), Some((200, "hello".to_owned())))
    );
}

#[test]
fn every_request_has_an_instance_of_its_own() {
    let counter = deploy("let n = 0; export default { fetch() { return new Response(String(++n)) } }");
    for _ in 0..20 {
        assert_eq!(get(&counter, "/").1.response(), Some((200, "1".to_owned())));
    }
}

#[test]
fn the_same_request_uses_the_same_fuel() {
    let function =
        deploy("export default { fetch(r) { return new Response(JSON.stringify([...r.headers])) } }");
    let first = get(&function, "/").0;
    for _ in 0..20 {
        assert_eq!(get(&function, "/").0, first);
    }
}
