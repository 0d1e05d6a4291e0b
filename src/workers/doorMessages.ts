/** What passes between the engine and its door. */

export type DoorRequest =
  | { type: 'send'; id: number; url: string; method: string; headers: [string, string][]; body: string }
  | { type: 'abort'; id: number };

/** Status 0: no answer. */
export interface DoorAnswer {
  id: number;
  status: number;
  headers: [string, string][];
  body: string;
}
