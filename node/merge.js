// Merge sort of a file of integers: node merge.js INPUT OUTPUT

import { main } from './harness.js';

/** Runs up to this length are sorted by insertion. */
const RUN = 16;

/**
 * Sorts with top-down merge sort and one buffer of the same size.
 * @param {Int32Array} values
 */
function sort(values) {
  // A copy, not zeros: source and target change roles at every level of the recursion,
  // so that nothing is ever copied back.
  sortInto(values, values.slice(), 0, values.length);
}

/** Sorts `target[from..to]`, where `scratch` holds the same integers. */
function sortInto(target, scratch, from, to) {
  if (to - from <= RUN) {
    insertionSort(target, from, to);
    return;
  }
  const middle = from + ((to - from) >> 1);
  sortInto(scratch, target, from, middle);
  sortInto(scratch, target, middle, to);
  merge(scratch, target, from, middle, to);
}

/** Merges the sorted `source[from..middle]` and `source[middle..to]` into `target`. */
function merge(source, target, from, middle, to) {
  let left = from;
  let right = middle;
  let at = from;
  while (left < middle && right < to) {
    const l = source[left];
    const r = source[right];
    // `<=` keeps the sort stable.
    if (l <= r) {
      target[at++] = l;
      left++;
    } else {
      target[at++] = r;
      right++;
    }
  }
  while (left < middle) target[at++] = source[left++];
  while (right < to) target[at++] = source[right++];
}

function insertionSort(values, from, to) {
  for (let sorted = from + 1; sorted < to; sorted++) {
    const value = values[sorted];
    let hole = sorted;
    while (hole > from && values[hole - 1] > value) {
      values[hole] = values[hole - 1];
      hole--;
    }
    values[hole] = value;
  }
}

main(sort);
