//! What only another guest than ours would ask for.

use holm_core::Limits;
use wasmtime::{Config, Engine, Linker, Module, Store, Trap};

use super::OpenFiles;
use crate::boot::ImageHost;
use crate::borrowed::Lent;
use crate::state::State;

/// A module that imports `fd_read`, exports its memory, and whose `run(n)` reads descriptor 3 into n vectors.
fn guest() -> Vec<u8> {
    let name = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
    let section = |id: u8, body: Vec<u8>| [vec![id, body.len() as u8], body].concat();
    let import = [
        vec![1],
        name("wasi_snapshot_preview1"),
        name("fd_read"),
        vec![0, 0],
    ]
    .concat();
    let export = [vec![2], name("memory"), vec![2, 0], name("run"), vec![0, 1]].concat();
    // Parameters and results are i32 (0x7f): four and one of the import, one and one of `run`.
    let types = vec![
        2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f,
    ];
    // i32.const 3, i32.const 0, local.get 0, i32.const 32, call 0, end
    let code = vec![1, 12, 0, 0x41, 3, 0x41, 0, 0x20, 0, 0x41, 32, 0x10, 0, 0x0b];
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, types),
        section(2, import),
        section(3, vec![1, 1]),
        section(5, vec![1, 0, 1]),
        section(7, export),
        section(10, code),
    ]
    .concat()
}

#[test]
fn several_vectors_in_one_call_are_refused() {
    /// What [`ImageHost`] answers to every call.
    const NOT_CAPABLE: i32 = 76;
    let engine = Engine::new(Config::new().consume_fuel(true)).expect("an engine");
    let module = Module::new(&engine, guest()).expect("a module");
    let mut linker = Linker::new(&engine);
    super::link(&mut linker).expect("functions");
    let mut host = ImageHost::default();
    // SAFETY: the store is declared after the host and dropped before it.
    let lent = unsafe { Lent::new(&mut host) };
    let state = State::new(lent, Limits::default(), OpenFiles::new(0));
    let mut store = Store::new(&engine, state);
    store.set_fuel(100_000_000).expect("fuel");
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    store.data_mut().memory = instance.get_memory(&mut store, "memory");
    let run = instance
        .get_typed_func::<u32, i32>(&mut store, "run")
        .expect("it is there");
    assert_eq!(run.call(&mut store, 1).ok(), Some(NOT_CAPABLE));
    for count in [0, 2, u32::MAX] {
        let error = run.call(&mut store, count).expect_err("it is refused");
        assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::UnreachableCodeReached));
    }
}
