//! TypeScript and JSX to JavaScript, one file at a time; what it imports after that, and the map back.
//!
//! Types are removed without being checked, as every tool does that transpiles file by file: `holm` is no type checker. Modules
//! stay modules: `import` is not rewritten.
//!
//! Parser and transformer recurse. How deep a source can nest at most is bounded ([`levels`](crate::levels)), and the thread has stack
//! for that.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use holm_core::ModuleFormat;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, Statement};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_parser::{ParseOptions, Parser};
use oxc_resolver::TsConfig;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use oxc_transformer::{
    DecoratorOptions, HelperLoaderOptions, JsxOptions, JsxRuntime, Module, TransformOptions, Transformer,
    TypeScriptOptions,
};

use crate::{
    decorators,
    format::Dialect,
    helpers,
    levels::levels_at_most,
    parse::{Failed, Parsed, SyntaxError, first_error},
    scan::{Request, RequestKind, scan},
};

/// A source that could nest deeper is refused. Two megabytes of ordinary source stay below it.
pub(crate) const LEVELS_MAX: usize = 320 * 1024;
/// Stack for each level; a test parses sources that have as many as they may.
const STACK_BYTES_PER_LEVEL: usize = 8 * 1024;
/// Stack that any source may need.
const STACK_BYTES_LEAST: usize = 16 * 1024 * 1024;

/// What the transpiler calls every source; it is in no output.
const NAME: &str = "source";

/// One at a time, so that a hostile source cannot make the process use the largest stack more than once.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A source as JavaScript.
#[derive(Clone, Debug)]
pub(crate) struct Transpiled {
    pub(crate) code: String,
    pub(crate) parsed: Parsed,
    /// Those of its source map.
    pub(crate) mappings: String,
}

/// What a tsconfig.json says of how a file is transpiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    decorators: bool,
    metadata: bool,
    keep_unused_imports: bool,
    /// Fields without an initial value are types only.
    drop_bare_fields: bool,
    strict_null_checks: bool,
    classic_jsx: bool,
    jsx_factory: Option<String>,
    jsx_fragment: Option<String>,
    jsx_import_source: Option<String>,
}

impl Settings {
    pub(crate) fn of(config: &TsConfig) -> Self {
        let options = &config.compiler_options;
        let target = options.target.as_deref().map(str::to_ascii_lowercase);
        let old_target = target.is_some_and(|target| {
            matches!(target.as_str(), "es3" | "es5" | "es6")
                || [
                    "es2015", "es2016", "es2017", "es2018", "es2019", "es2020", "es2021",
                ]
                .contains(&target.as_str())
        });
        Self {
            decorators: options.experimental_decorators == Some(true),
            metadata: options.emit_decorator_metadata == Some(true),
            keep_unused_imports: options.verbatim_module_syntax == Some(true)
                || options.preserve_value_imports == Some(true),
            drop_bare_fields: !options.use_define_for_class_fields.unwrap_or(!old_target),
            strict_null_checks: options.strict_null_checks.or(options.strict) == Some(true),
            classic_jsx: options.jsx.as_deref() == Some("react"),
            jsx_factory: options.jsx_factory.clone(),
            jsx_fragment: options.jsx_fragment_factory.clone(),
            jsx_import_source: options.jsx_import_source.clone(),
        }
    }
}

/// Transpiles a source.
pub(crate) fn transpile(
    source: &str,
    dialect: Dialect,
    settings: &Settings,
) -> Result<Transpiled, SyntaxError> {
    let levels = levels_at_most(source);
    if levels > LEVELS_MAX {
        return Err(SyntaxError {
            start: 0,
            end: 1,
            message: format!(
                "TypeScript and JSX are taken up to {LEVELS_MAX} operators, brackets and keywords a file, and this one has {levels}"
            ),
            help: Some(
                "split the file, or compile it to JavaScript first (for instance with esbuild or tsc)".into(),
            ),
        });
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("holm-transpile".into())
            .stack_size(STACK_BYTES_LEAST + levels * STACK_BYTES_PER_LEVEL)
            .spawn_scoped(scope, || here(source, dialect, settings));
        let failed = || SyntaxError {
            start: 0,
            end: 1,
            message: "holm failed while it transpiled this file; this is a bug in holm".into(),
            help: Some("compile it to JavaScript first (for instance with esbuild or tsc)".into()),
        };
        match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err(failed())),
            Err(_) => Err(failed()),
        }
    })
}

fn here(source: &str, dialect: Dialect, settings: &Settings) -> Result<Transpiled, SyntaxError> {
    if dialect.format == Some(ModuleFormat::Esm) {
        return attempt(source, dialect, settings, true).map_err(|failed| failed.error);
    }
    // Node's rule: CommonJS if it can be that, else an ES module.
    match attempt(source, dialect, settings, false) {
        Ok(transpiled) => Ok(transpiled),
        Err(script) => match attempt(source, dialect, settings, true) {
            Ok(transpiled) => Ok(transpiled),
            Err(module) if script.has_module_syntax || module.has_module_syntax => Err(module.error),
            Err(_) => Err(script.error),
        },
    }
}

fn attempt(source: &str, dialect: Dialect, settings: &Settings, is_esm: bool) -> Result<Transpiled, Failed> {
    let allocator = Allocator::default();
    let source_type = if is_esm {
        SourceType::mjs()
    } else {
        SourceType::cjs()
    };
    let source_type = source_type
        .with_typescript(dialect.typescript)
        .with_jsx(dialect.jsx);
    let parsed = Parser::new(&allocator, source, source_type)
        .with_options(ParseOptions::default())
        .parse();
    let has_module_syntax = parsed.module_record.has_module_syntax;
    let failed = |error| Failed {
        error,
        has_module_syntax,
        module_statement: None,
    };
    if let Some(error) = first_error(&parsed.diagnostics) {
        return Err(failed(error));
    }
    if parsed.panicked || (!is_esm && has_module_syntax && !is_commonjs(&parsed.program)) {
        return Err(failed(SyntaxError {
            start: 0,
            end: 1,
            message: "this is an ES module".into(),
            help: None,
        }));
    }
    let mut program = parsed.program;
    let semantic = SemanticBuilder::new()
        .with_excess_capacity(2.0)
        .with_enum_eval(true)
        .build(&program);
    if let Some(error) = first_error(&semantic.diagnostics) {
        return Err(failed(error));
    }
    let scoping = semantic.semantic.into_scoping();
    let mut options = options(settings, is_esm);
    // A field with a decorator is more than a type, and the transformer does not tell the two apart.
    if !settings.decorators && source.contains('@') && scan(&program, source, is_esm).decorator.is_some() {
        options.typescript.remove_class_fields_without_initializer = false;
    }
    let transformed =
        Transformer::new(&allocator, Path::new(NAME), &options).build_with_scoping(scoping, &mut program);
    if let Some(error) = first_error(&transformed.diagnostics) {
        return Err(failed(error));
    }
    let mut findings = scan(&program, source, is_esm);
    let codegen = CodegenOptions {
        source_map_path: Some(NAME.into()),
        comments: CommentOptions::disabled(),
        // Nobody reads it, and of what nests deep the indentation is most.
        indent_width: 0,
        ..CodegenOptions::default()
    };
    let generated = Codegen::new().with_options(codegen).build(&program);
    let format = if is_esm {
        ModuleFormat::Esm
    } else {
        ModuleFormat::CommonJs
    };
    let mut code = generated.code;
    let mut mappings = generated
        .map
        .map_or_else(String::new, |map| map.to_json().mappings);
    if let Some(at) = findings.decorator {
        (code, mappings) = decorators::lower(&code, &mappings, is_esm).map_err(|error| {
            failed(SyntaxError {
                start: at,
                end: at + 1,
                ..error
            })
        })?;
        findings.requests.push(Request {
            specifier: decorators::HELPER.into(),
            kind: RequestKind::Require,
            start: at,
            end: at + 1,
            guarded: false,
            deferred: false,
        });
    }
    Ok(Transpiled {
        code,
        parsed: Parsed { format, findings },
        mappings,
    })
}

/// Whether the only module syntax is TypeScript's for CommonJS: `export =`, `import x = require()`.
fn is_commonjs(program: &Program<'_>) -> bool {
    let mut found = false;
    for statement in &program.body {
        match statement {
            Statement::TSExportAssignment(_) => found = true,
            Statement::TSImportEqualsDeclaration(_) => found = true,
            other if other.is_module_declaration() => return false,
            _ => {}
        }
    }
    found
}

fn options(settings: &Settings, is_esm: bool) -> TransformOptions {
    let mut jsx = JsxOptions::enable();
    jsx.display_name_plugin = false;
    jsx.pure = false;
    // Names with a colon (`xlink:href`) are fine for all but React.
    jsx.throw_if_namespace = false;
    if settings.classic_jsx {
        jsx.runtime = JsxRuntime::Classic;
        jsx.pragma.clone_from(&settings.jsx_factory);
        jsx.pragma_frag.clone_from(&settings.jsx_fragment);
    } else {
        jsx.import_source.clone_from(&settings.jsx_import_source);
    }
    let mut typescript = TypeScriptOptions {
        only_remove_type_imports: settings.keep_unused_imports,
        remove_class_fields_without_initializer: settings.drop_bare_fields,
        ..TypeScriptOptions::default()
    };
    if let Some(factory) = &settings.jsx_factory {
        typescript.jsx_pragma = factory.clone().into();
    }
    if let Some(fragment) = &settings.jsx_fragment {
        typescript.jsx_pragma_frag = fragment.clone().into();
    }
    let mut options = TransformOptions {
        typescript,
        jsx,
        decorator: DecoratorOptions {
            legacy: settings.decorators,
            emit_decorator_metadata: settings.metadata,
            strict_null_checks: settings.strict_null_checks,
        },
        helper_loader: HelperLoaderOptions {
            module_name: helpers::PACKAGE.into(),
            ..HelperLoaderOptions::default()
        },
        ..TransformOptions::default()
    };
    options.env.module = if is_esm { Module::Esm } else { Module::CommonJS };
    options
}
