//! Whole memories, in both kinds: an instance begins as its image, whatever ran before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use holm_core::event::Moment;
use holm_core::{Event, Limits, Module, ModuleFormat, Program, RequestHead};

use super::MemoryKind;
use crate::boot::ImageHost;
use crate::image::Image;
use crate::instance::{Instance, Turn};
use crate::{Cache, Engine, EngineConfig, WasmBackend, codec};

fn image(engine: &Arc<Engine>, source: &str) -> Arc<Image> {
    let module = Module {
        format: ModuleFormat::Esm,
        source: Bytes::copy_from_slice(source.as_bytes()),
        links: BTreeMap::new(),
        exports: Vec::new(),
    };
    let program = Program {
        entry: "/bundle/main.mjs".into(),
        modules: BTreeMap::from([("/bundle/main.mjs".into(), module)]),
        ..Program::default()
    };
    let backend = WasmBackend::new(engine.clone());
    let made = backend.make_image(&program, &Limits::default(), &mut ImageHost::default());
    let (image, failure) = made.expect("the host does its part");
    assert_eq!(failure, None);
    image
}

fn request() -> Vec<u8> {
    let moment = Moment {
        wall_us: 1_800_000_000_000_000,
        mono_us: 0,
    };
    let head = RequestHead {
        id: "test".into(),
        method: "GET".into(),
        url: "http://localhost/".into(),
        headers: String::new(),
        has_body: false,
    };
    let event = Event::Request {
        seed: [7; 32],
        inline: false,
        head,
    };
    codec::event(moment, &event)
}

#[test]
fn an_instance_begins_as_its_image_whatever_ran_before_and_all_kinds_have_the_same_images() {
    // The second one's image is larger than the engine's; the last one leaves a memory larger still.
    let sources = [
        "export default () => new Response('small')",
        "const kept = []; for (let i = 0; i < 4e5; i++) kept.push(i * 1.5); export default () => new Response(String(kept.length))",
        "export default () => { const all = []; for (let i = 0; i < 20; i++) all.push(new Uint8Array(1e6).fill(i + 1)); return new Response('large') }",
    ];
    let mut kinds = Vec::new();
    for kind in MemoryKind::ALL {
        let config = EngineConfig {
            memories: *kind,
            ..EngineConfig::default()
        };
        let engine = Engine::new(&Cache::off(), config).expect("an engine");
        let mut images = vec![engine.image.clone()];
        images.extend(sources.iter().map(|source| image(&engine, source)));
        assert!(images[2].memory_bytes() > engine.image.memory_bytes());
        for round in 0..24 {
            // Each follows each of the others.
            let image = &images[(round * 7 + round / 4) % images.len()];
            let limits = Limits::default();
            let mut host = ImageHost::default();
            let instance = Instance::new(&engine, image, &limits, limits.fuel(), &mut host);
            let mut instance = instance.expect("an instance");
            assert!(
                instance.memory() == image.to_memory(),
                "{}, round {round}",
                kind.name()
            );
            if !Arc::ptr_eq(image, &images[0]) {
                let turn = crate::backend::block_on(instance.turn(&request()));
                assert!(matches!(turn, Turn::Idle), "{turn:?}");
                assert!(
                    instance.memory() != image.to_memory(),
                    "the program left no trace"
                );
            }
        }
        // An image does not depend on what ran where it is made.
        for (source, made) in sources.iter().zip(&images[1..]) {
            assert!(image(&engine, source).to_memory() == made.to_memory());
        }
        kinds.push(images);
    }
    for images in &kinds {
        for (one, other) in images.iter().zip(&kinds[0]) {
            assert!(one.to_memory() == other.to_memory());
        }
    }
}
