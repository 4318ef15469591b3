// Control: starts and stops, touching no file: node noop.js INPUT OUTPUT

import { mainWithoutWork } from './harness.js';

mainWithoutWork();
