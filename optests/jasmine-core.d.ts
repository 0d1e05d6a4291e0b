/** The little of jasmine-core that the op tests' program uses; it ships no types. */
declare module 'jasmine-core' {
  interface SpecResult {
    id: string;
    fullName: string;
    status: 'passed' | 'failed' | 'pending' | 'excluded';
    failedExpectations: readonly { message: string }[];
  }

  interface Env {
    configure(changes: {
      random: boolean;
      forbidDuplicateNames: boolean;
      specFilter(spec: { id: string; getFullName(): string }): boolean;
    }): void;
    addReporter(reporter: { specStarted(spec: SpecResult): void; specDone(spec: SpecResult): void }): void;
    execute(): Promise<unknown>;
  }

  /** Makes `describe`, `it`, `expect` and the rest global. */
  export function boot(): { DEFAULT_TIMEOUT_INTERVAL: number; getEnv(): Env };
}

declare module '@tensorflow/tfjs-core/dist/tests';
