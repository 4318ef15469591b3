//! What the guest tries; `guests/sandbox` does it under the same names.

/// One attempt, which is one process.
#[derive(Debug)]
pub struct Attempt {
    /// The guest's word for it.
    pub name: &'static str,
    /// For people who read the table.
    pub what: &'static str,
    pub kind: Kind,
}

/// What an attempt is after, and so what would show that it was allowed, besides the secret in
/// what the guest prints and a change of the folder outside, which always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is outside: nothing else would show it.
    Escape,
    /// A right that the guest lacks inside: a change of the folder inside.
    Write,
    /// What the guest was not told: only its own word shows it.
    Disclosure,
    /// More than there is: nothing, for the engine must end the guest and live on.
    Exhaustion,
}

/// Reads and writes inside: what works everywhere, or no denial means anything.
pub const CONTROL: Attempt = attempt("control", "reads and writes inside", Kind::Escape);

pub const READ_ONLY: &str = "read-only";
pub const ENVIRONMENT: &str = "environment";
pub const MEMORY: &str = "memory";

const fn attempt(name: &'static str, what: &'static str, kind: Kind) -> Attempt {
    Attempt { name, what, kind }
}

/// All of them, in the order of the table.
pub const ATTEMPTS: [Attempt; 27] = {
    use Kind::{Disclosure, Escape, Exhaustion, Write};
    [
        attempt("parent", "reads through `..`", Escape),
        attempt("parent-below", "reads through `folder/../..`", Escape),
        attempt("absolute", "reads an absolute path", Escape),
        attempt("link-relative", "reads through a relative link", Escape),
        attempt("link-absolute", "reads through an absolute link", Escape),
        attempt("link-folder", "reads in a linked folder", Escape),
        attempt("own-link-relative", "makes a relative link, reads", Escape),
        attempt("own-link-absolute", "makes an absolute link, reads", Escape),
        attempt("own-link-folder", "links a folder, reads in it", Escape),
        attempt("nul", "reads a path with a NUL in it", Escape),
        attempt("overlong", "reads through `..` in overlong UTF-8", Escape),
        attempt("not-utf8", "makes a file inside, its name no UTF-8", Escape),
        attempt("create", "makes a file through `..`", Escape),
        attempt(
            "create-through-link",
            "makes a file in a linked folder",
            Escape,
        ),
        attempt("unlink", "removes a file through `..`", Escape),
        attempt("rename-out", "moves a file out", Escape),
        attempt("rename-in", "moves a file in", Escape),
        attempt("hard-link-out", "hard-links a file out", Escape),
        attempt("hard-link-in", "hard-links a file in", Escape),
        attempt("descriptors", "looks for other folders", Escape),
        attempt("rights-opened", "writes where opened to read", Write),
        attempt("rights-reduced", "writes after giving it up", Write),
        attempt(READ_ONLY, "writes to a read-only mount", Write),
        attempt(ENVIRONMENT, "reads the host's variables", Escape),
        attempt("arguments", "reads arguments not passed", Disclosure),
        attempt(MEMORY, "grows memory without bound", Exhaustion),
        attempt("recursion", "calls itself without end", Exhaustion),
    ]
};
