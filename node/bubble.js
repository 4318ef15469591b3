// Bubble sort of a file of integers: node bubble.js INPUT OUTPUT

import { main } from './harness.js';

/**
 * Sorts with bubble sort; a pass goes only as far as the last swap of the pass before,
 * because nothing beyond it was out of order.
 * @param {Int32Array} values
 */
function sort(values) {
  let unsorted = values.length;
  while (unsorted > 1) {
    let lastSwap = 0;
    for (let i = 1; i < unsorted; i++) {
      const left = values[i - 1];
      const right = values[i];
      if (left > right) {
        values[i - 1] = right;
        values[i] = left;
        lastSwap = i;
      }
    }
    unsorted = lastSwap;
  }
}

main(sort);
