//! What the guest tries; `guests/sandbox` does it under the same names.

/// One attempt, which is one process.
#[derive(Debug)]
pub struct Attempt {
    /// The guest's word for it.
    pub name: &'static str,
    /// For people who read the table.
    pub what: &'static str,
    pub goal: Goal,
}

/// What would show that an attempt was allowed, besides the secret in what the guest prints and
/// a change of the folder outside, which always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Nothing else.
    Outside,
    /// A change of the folder inside, which the guest should not be able to make.
    Inside,
    /// The guest's own word.
    Word,
    /// Nothing: the guest wants more than there is, and the engine must end it and live on.
    Limit,
}

/// Reads and writes inside: what works everywhere, or no denial means anything.
pub const CONTROL: Attempt = attempt("control", "reads and writes inside", Goal::Outside);

pub const READ_ONLY: &str = "read-only";
pub const ENVIRONMENT: &str = "environment";
pub const MEMORY: &str = "memory";

const fn attempt(name: &'static str, what: &'static str, goal: Goal) -> Attempt {
    Attempt { name, what, goal }
}

/// All of them, in the order of the table.
pub const ATTEMPTS: [Attempt; 27] = {
    use Goal::{Inside, Limit, Outside, Word};
    [
        attempt("parent", "reads through `..`", Outside),
        attempt("parent-below", "reads through `folder/../..`", Outside),
        attempt("absolute", "reads an absolute path", Outside),
        attempt("link-relative", "reads through a relative link", Outside),
        attempt("link-absolute", "reads through an absolute link", Outside),
        attempt("link-folder", "reads in a linked folder", Outside),
        attempt("own-link-relative", "makes a relative link, reads", Outside),
        attempt(
            "own-link-absolute",
            "makes an absolute link, reads",
            Outside,
        ),
        attempt("own-link-folder", "links a folder, reads in it", Outside),
        attempt("nul", "reads a path with a NUL in it", Outside),
        attempt("overlong", "reads through `..` in overlong UTF-8", Outside),
        attempt(
            "not-utf8",
            "makes a file inside, its name no UTF-8",
            Outside,
        ),
        attempt("create", "makes a file through `..`", Outside),
        attempt(
            "create-through-link",
            "makes a file in a linked folder",
            Outside,
        ),
        attempt("unlink", "removes a file through `..`", Outside),
        attempt("rename-out", "moves a file out", Outside),
        attempt("rename-in", "moves a file in", Outside),
        attempt("hard-link-out", "hard-links a file out", Outside),
        attempt("hard-link-in", "hard-links a file in", Outside),
        attempt("descriptors", "looks for other folders", Outside),
        attempt("rights-opened", "writes where opened to read", Inside),
        attempt("rights-reduced", "writes after giving it up", Inside),
        attempt(READ_ONLY, "writes to a read-only mount", Inside),
        attempt(ENVIRONMENT, "reads the host's variables", Outside),
        attempt("arguments", "reads arguments not passed", Word),
        attempt(MEMORY, "grows memory without bound", Limit),
        attempt("recursion", "calls itself without end", Limit),
    ]
};
