//! Jobs that are measured back to back, again and again.

use crate::model::{Kind, Load};
use crate::plan::pace::{Pace, next_look};

/// Jobs whose figures are compared: all engines and modes on one input, all compilers of one
/// guest, or all version commands.
#[derive(Debug)]
pub struct Group {
    pub kind: Kind,
    pub jobs: Vec<usize>,
    /// None of jobs that have no input.
    pub load: Option<Load>,
    pub pace: Pace,
    /// Blocks that were begun.
    pub blocks: u32,
    /// Are its ratios as sharp as asked, or past the last look?
    pub is_sharp: bool,
    /// Half-width of its widest ratio at the last look, as a share, and the look.
    pub seen: Option<(f64, u32)>,
}

impl Group {
    pub fn new(kind: Kind, load: Option<Load>, jobs: Vec<usize>) -> Group {
        Group {
            kind,
            jobs,
            load,
            pace: Pace::new(Load::Light, Vec::new(), 0),
            blocks: 0,
            is_sharp: false,
            seen: None,
        }
    }

    /// Does it lack blocks that it must have?
    pub fn lacks(&self) -> bool {
        self.blocks < self.pace.least_blocks()
    }

    pub fn least_s(&self) -> f64 {
        self.until_s(self.pace.least_blocks())
    }

    pub fn to_next_look_s(&self) -> f64 {
        self.until_s(next_look(self.blocks).unwrap_or(self.blocks))
    }

    /// Seconds from here to so many blocks.
    pub fn until_s(&self, blocks: u32) -> f64 {
        self.pace.blocks_s(self.blocks, blocks)
    }
}
