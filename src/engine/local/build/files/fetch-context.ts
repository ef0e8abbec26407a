import type { AbsolutePath } from '../../../../base/absolute-path.ts'
export async function fetchContext(_: unknown): Promise<AbsolutePath> {
  throw new Error('not yet')
}
