import { existsSync, writeFileSync } from 'node:fs'
import type { ContainerLayout } from './layout.ts'
import type { ContainerEntry } from './project-record.ts'

/** Notes, before the container starts, that its hooks have not run: who is killed meanwhile cannot say so. */
export function notePostStart({ awaitsPostStart: mark }: ContainerLayout, { spec }: ContainerEntry): void {
  if (spec.config.postStart !== undefined) writeFileSync(mark, '', { mode: 0o600 })
}

/** Tells whether the hooks of a container have not run to their end since it was started. */
export function awaitsPostStart(
  { awaitsPostStart: mark }: ContainerLayout,
  { spec }: ContainerEntry,
): boolean {
  return spec.config.postStart !== undefined && existsSync(mark)
}
