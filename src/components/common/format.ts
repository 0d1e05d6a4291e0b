/** Numbers as the page writes them: the same words as in files. */
export * from '../../engine/core/format';
