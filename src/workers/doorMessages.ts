/** What passes between the engine and its door. */

export type DoorRequest =
  | {
      type: 'send';
      id: number;
      url: string;
      method: string;
      headers: [string, string][];
      body: string | null;
    }
  | { type: 'abort'; id: number };

/** An answer comes as its head, then its body in parts, then its end. */
export type DoorAnswer =
  /** Status 0: no answer, and nothing follows. */
  | { type: 'head'; id: number; status: number; headers: [string, string][] }
  | { type: 'part'; id: number; bytes: Uint8Array<ArrayBuffer> }
  /** `whole` is false where the connection broke off. */
  | { type: 'end'; id: number; whole: boolean };
