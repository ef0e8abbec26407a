import { changedSettings, readHostSettings } from '../../test/support/host-settings.ts'
import type { Step } from './step.ts'

/** A step that passes if the host's settings are as they were at this call: created first, run last. */
export function hostStep(read: typeof readHostSettings = readHostSettings): Step {
  const before = read()
  return {
    name: 'host as before',
    run: async () => {
      const changes = changedSettings(before, read())
      const failures = changes.map(change => `the host is not as it was: ${change}`)
      return { passed: failures.length === 0 ? 1 : 0, failures, skipped: [] }
    },
  }
}
