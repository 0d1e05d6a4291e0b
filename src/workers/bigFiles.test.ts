/** A disk that is full in the middle of a piece. */
import { expect, test } from 'vitest';
import { opfsBigFiles } from './bigFiles';

/** A file system of one file with room for so many bytes; it writes what it can, or throws as browsers may. */
function diskOf(room: number, throws: boolean) {
  let size = 0;
  const access = {
    getSize: () => size,
    write(piece: Uint8Array, { at }: { at: number }) {
      const taken = Math.min(piece.byteLength, room - at);
      size = at + taken;
      if (throws && taken < piece.byteLength) throw new DOMException('no room', 'QuotaExceededError');
      return taken;
    },
    truncate: (bytes: number) => {
      size = bytes;
    },
    close: () => undefined,
  };
  const folder = {
    getDirectoryHandle: async () => folder,
    getFileHandle: async () => ({ createSyncAccessHandle: async () => access }),
  };
  return opfsBigFiles(folder as unknown as FileSystemDirectoryHandle);
}

test.each([true, false])('keeps whole pieces alone, and says so (throws: %s)', async (throws) => {
  const writer = await diskOf(10, throws).append('models/a/0');
  writer.write(new Uint8Array(7));
  expect(() => writer.write(new Uint8Array(7))).toThrow(expect.objectContaining({ code: 'storage-full' }));
  expect(writer.bytes()).toBe(7);
});
