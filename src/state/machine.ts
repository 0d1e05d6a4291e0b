/** Where the model runs, the models at hand, and what has left this computer. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Estimate, ModelEntry, Result } from '../workers/protocol';

export type MachineInfo = Result<'machine.start'>;

export interface SampleCard {
  id: string;
  name: string;
  description: string;
  rows: number;
  classes: number;
  labelDescriptions: Readonly<Record<string, string>>;
}

export interface Machine {
  info: MachineInfo | null;
  models: readonly ModelEntry[] | null;
  samples: readonly SampleCard[] | null;
  /** Of the config now in the project; null while none is known. */
  estimate: Estimate | null;
  /** Request bodies sent by this page since it opened, in bytes. */
  bytesSent: number;
  /** Of those, what went to each origin other than the page's own. */
  sentTo: Readonly<Record<string, number>>;
}

export const machineStore = createStore<Machine>()(() => ({
  info: null,
  models: null,
  samples: null,
  estimate: null,
  bytesSent: 0,
  sentTo: {},
}));

export function useMachine<T>(selector: (machine: Machine) => T): T {
  return useStore(machineStore, selector);
}

/** Where it computes now: a run's place may be another than what was found at the start. */
export function tookPlace(backend: MachineInfo['backend']): void {
  machineStore.setState(({ info }) => ({ info: info && { ...info, backend } }));
}

/** The catalogue entry of a model id; undefined while the catalogue is loading or when it is gone. */
export function modelOf(machine: Machine, id: string | undefined): ModelEntry | undefined {
  return machine.models?.find((model) => model.id === id);
}
