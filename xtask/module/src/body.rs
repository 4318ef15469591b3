//! The functions of a module: statements of random kinds, in the proportions of compiled programs.

use rand::Rng;
use rand::rngs::ChaCha8Rng;
use wasm_encoder::ValType::{F64, I32, I64};
use wasm_encoder::{BlockType, Function, MemArg, MemArgTarget};

/// Blocks are nested no deeper.
const DEEPEST: u32 = 6;
/// What an address leads to.
pub const WORD: MemArg = MemArg {
    offset: 0,
    align: 2,
    target: MemArgTarget::Memory(0),
    ordering: None,
};

/// Function number `own` of its module, in about so many bytes at most. It calls some of those before
/// it, and the last of them for certain. Half of all are small, a quarter twice as large, and so on.
pub fn function(dice: &mut ChaCha8Rng, own: u32, most_bytes: usize) -> Function {
    let bytes = 64 << dice.next_u32().trailing_zeros().min(6);
    // Locals 0 to 11 are i32, two of them parameters; 12 to 14 i64; 15 to 17 f64.
    let mut code = Function::new([(10, I32), (3, I64), (3, F64)]);
    let before = own.max(2) - 1;
    let mut call = code.instructions();
    call.local_get(0).local_get(1).call(before).local_set(2);
    let mut body = Body {
        own,
        bytes: most_bytes.min(bytes),
        dice,
        code,
    };
    while body.code.byte_len() < body.bytes {
        body.statements(0);
    }
    body.code.instructions().local_get(2).end();
    body.code
}

/// A function that is being written.
struct Body<'d> {
    own: u32,
    bytes: usize,
    dice: &'d mut ChaCha8Rng,
    code: Function,
}

impl Body<'_> {
    /// A number below `n`, by multiplication instead of division; its bias is below n / 2^32.
    fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.dice.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// One to four statements with `depth` blocks around them, fewer where the function is full.
    fn statements(&mut self, depth: u32) {
        for _ in 0..=self.below(4) {
            if self.code.byte_len() < self.bytes {
                self.statement(depth);
            }
        }
    }

    fn statement(&mut self, depth: u32) {
        let kind = self.below(16);
        if kind > 8 && depth < DEEPEST {
            return self.block(kind, depth + 1);
        }
        let [a, b, c] = [(); 3].map(|()| self.below(12));
        let [x, y, z] = [(); 3].map(|()| 12 + self.below(3));
        // Small numbers are many.
        let bits = self.below(18);
        let n = self.below(1 << bits) as i32;
        let other = 1 + self.below(self.own);
        let mut code = self.code.instructions();
        match kind {
            ..2 => {
                code.local_get(a).local_get(b).i32_const(n).i32_shl();
                code.i32_add().local_tee(c).i32_load(WORD).local_set(a);
            }
            2..4 => {
                code.local_get(a).local_get(b).i32_const(n).i32_and();
                code.local_get(c).i32_const(n).i32_sub().local_get(a);
                code.select().i32_store(WORD);
            }
            4 => {
                code.local_get(a).i64_load(WORD).local_get(x);
                code.i64_mul().local_get(y).i64_add().local_set(z);
            }
            5 => {
                code.local_get(a).f64_load(WORD).local_get(x + 3);
                code.f64_mul().local_get(y + 3).f64_add().local_set(z + 3);
            }
            6..8 => {
                code.local_get(a).i32_const(n).call(other).local_set(b);
            }
            _ => {
                code.local_get(a).i32_load(WORD).local_tee(b);
                code.i32_const(n).i32_add().local_set(c);
            }
        }
    }

    /// An `if` with its `else`, a loop, or a block, with a jump in these to the end of a block around it
    /// or to the start of a loop.
    fn block(&mut self, kind: u32, depth: u32) {
        let (a, label) = (self.below(12), self.below(depth));
        let mut code = self.code.instructions();
        match kind {
            9..12 => code.local_get(a).i32_eqz().if_(BlockType::Empty),
            12 => code.loop_(BlockType::Empty),
            _ => code.block(BlockType::Empty),
        };
        self.statements(depth);
        let mut code = self.code.instructions();
        match kind {
            9..12 => code.else_(),
            _ => code.local_get(a).i32_const(8).i32_lt_u().br_if(label),
        };
        self.statements(depth);
        self.code.instructions().end();
    }
}
