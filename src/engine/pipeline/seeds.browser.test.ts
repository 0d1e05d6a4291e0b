/** A seed repeats a run when three threads share the work, in a real browser. */
import { beforeAll } from 'vitest';
import { seedSuite } from '../testing/testSeeds';
import { startThreads } from '../testing/testThreads';

beforeAll(startThreads);

seedSuite();
