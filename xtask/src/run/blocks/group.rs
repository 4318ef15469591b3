//! Jobs that are measured back to back, again and again.

use std::collections::HashSet;

use crate::model::{Kind, Load};
use crate::plan::pace::Pace;

/// Jobs whose figures are compared: all engines and modes on one input, or all compilers of one
/// guest.
#[derive(Debug)]
pub struct Group {
    pub kind: Kind,
    pub jobs: Vec<usize>,
    /// Of no jobs before the pilot is over.
    pub pace: Pace,
    /// Blocks that were begun.
    pub blocks: u32,
    /// The rounds of those that were taken again.
    pub again: HashSet<u32>,
    /// Are its ratios as sharp as asked, or past the last look?
    pub is_sharp: bool,
    /// Half-width of its widest ratio at the last look, as a share, and the look.
    pub seen: Option<(f64, u32)>,
}

impl Group {
    pub fn new(kind: Kind, load: Load, jobs: Vec<usize>) -> Group {
        Group {
            kind,
            jobs,
            pace: Pace::new(load, Vec::new(), 0),
            blocks: 0,
            again: HashSet::new(),
            is_sharp: false,
            seen: None,
        }
    }

    /// Does it lack blocks that it must have?
    pub fn lacks(&self) -> bool {
        self.blocks < self.pace.least_blocks()
    }

    /// Seconds from here to so many blocks.
    pub fn until_s(&self, blocks: u32) -> f64 {
        self.pace.blocks_s(self.blocks, blocks)
    }
}
