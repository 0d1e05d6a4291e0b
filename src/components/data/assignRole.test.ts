import { describe, expect, it } from 'vitest';
import { assigned } from './assignRole';

const columns = ['id', 'message', 'intent'];

describe('assigned', () => {
  it('gives the role and keeps the other', () => {
    const roles = { text: 'message', label: 'intent' };
    expect(assigned(roles, columns, 'id', 'label')).toEqual({ text: 'message', label: 'id' });
  });

  it('swaps when the column has the other role', () => {
    const roles = { text: 'message', label: 'intent' };
    expect(assigned(roles, columns, 'message', 'label')).toEqual({ text: 'intent', label: 'message' });
  });

  it('takes another column for the role not given yet, and refuses a file of one column', () => {
    expect(assigned(null, columns, 'id', 'text')).toEqual({ text: 'id', label: 'message' });
    expect(assigned(null, ['only'], 'only', 'text')).toBeNull();
  });
});
