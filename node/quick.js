// Quicksort of a file of integers: node quick.js INPUT OUTPUT

import { main } from './harness.js';

/** Up to this length, insertion sort moves less than partitioning does. */
const SMALL = 24;

/** From this length on, the pivot is worth nine looks instead of three. */
const LARGE = 128;

/**
 * Sorts with quicksort in place. It recurs into the smaller part only, so the stack
 * holds at most log₂ n frames.
 * @param {Int32Array} values
 */
function sort(values) {
  sortRange(values, 0, values.length);
}

function sortRange(values, from, to) {
  while (to - from > SMALL) {
    const middle = partition(values, from, to, choosePivot(values, from, to));
    if (middle - from < to - middle) {
      sortRange(values, from, middle);
      from = middle;
    } else {
      sortRange(values, middle, to);
      to = middle;
    }
  }
  insertionSort(values, from, to);
}

/** The median of three integers, or of three such medians (Tukey's ninther). */
function choosePivot(values, from, to) {
  const last = to - 1;
  const middle = from + ((to - from) >> 1);
  if (to - from < LARGE) return median(values[from], values[middle], values[last]);
  const step = (to - from) >> 3;
  return median(
    median(values[from], values[from + step], values[from + 2 * step]),
    median(values[middle - step], values[middle], values[middle + step]),
    median(values[last - 2 * step], values[last - step], values[last]),
  );
}

function median(a, b, c) {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Hoare's partition: returns where the right part starts; no integer of the left part
 * is above `pivot` and none of the right part below it. Both scans stop at integers
 * equal to the pivot, which splits a run of them in the middle. The pivot is a median
 * of three integers or more, so neither part is empty.
 */
function partition(values, from, to, pivot) {
  let i = from;
  let j = to - 1;
  for (;;) {
    while (values[i] < pivot) i++;
    while (values[j] > pivot) j--;
    if (i >= j) return j + 1;
    const left = values[i];
    values[i++] = values[j];
    values[j--] = left;
  }
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
