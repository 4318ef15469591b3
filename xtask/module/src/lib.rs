//! WebAssembly modules of a given size, for asking what starting costs as programs grow. Pure.

mod body;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wasm_encoder::ValType::I32;
use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, MemorySection, MemoryType, Module, TypeSection,
};

/// As much as a small Rust program starts with, in pages of 64 KiB.
const MEMORY: MemoryType = MemoryType {
    minimum: 17,
    maximum: None,
    memory64: false,
    shared: false,
    page_size_log2: None,
};

/// A WASI command that ends at once, beside functions of so many bytes together, a little more at
/// most. The same seed makes the same bytes.
///
/// An engine must take the functions for real: `_start` would call the last one if the first word
/// of memory were not 0, and each calls the one before it.
pub fn generate(code_bytes: usize, seed: u64) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([I32], []);
    types.ty().function([I32, I32], [I32]);
    // Function 0.
    let mut imports = ImportSection::new();
    let proc_exit = EntityType::Function(1);
    imports.import("wasi_snapshot_preview1", "proc_exit", proc_exit);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    while code.byte_len() < code_bytes {
        functions.function(2);
        let left = code_bytes - code.byte_len();
        code.function(&body::function(&mut dice, functions.len(), left));
    }
    let last = functions.len();
    functions.function(0);
    code.function(&start(last));
    let mut memories = MemorySection::new();
    memories.memory(MEMORY);
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("_start", ExportKind::Func, last + 1);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    module.section(&memories).section(&exports).section(&code);
    module.finish()
}

fn start(last: u32) -> Function {
    let mut start = Function::new([]);
    let mut code = start.instructions();
    code.i32_const(0).i32_load(body::WORD).if_(BlockType::Empty);
    code.i32_const(0).i32_const(0).call(last).drop();
    code.end().end();
    start
}

#[cfg(test)]
mod tests;
