/** The run under way: the store around runReducer. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { IDLE_RUN, type RunAction, type RunState, runReducer } from './runReducer';

export const runStore = createStore<RunState>()(() => IDLE_RUN);

export function useRun<T>(selector: (run: RunState) => T): T {
  return useStore(runStore, selector);
}

export function dispatchRun(action: RunAction): void {
  runStore.setState(runReducer(runStore.getState(), action), true);
}
