//! The tables that people read first.

pub use crate::document::terminal::to_terminal;
pub use crate::questions::cells::tables;
