// Control: reads, parses, formats and writes without sorting: node copy.js INPUT OUTPUT

import { main } from './harness.js';

main(() => {});
