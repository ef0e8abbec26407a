import { type BulkCalls, loadBulkCalls } from '../../../src/linux/bulk-calls.ts'

/** What bulk functions are made from: the library, where it is built, and nothing. */
export const IMPLEMENTATIONS: readonly { readonly how: string; readonly calls: BulkCalls | undefined }[] = [
  { how: 'file by file', calls: undefined },
  ...[loadBulkCalls()].flatMap(calls => (calls === undefined ? [] : [{ how: 'by the library', calls }])),
]
