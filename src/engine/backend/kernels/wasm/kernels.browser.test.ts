/** The build with relaxed SIMD and threads, which Node does not run, against float64 in a real browser. */
import { beforeAll } from 'vitest';
import { startThreads } from '../../../testing/testThreads';
import { kernelSuite } from '../testKernels';

beforeAll(startThreads);

kernelSuite();
