import { cgroupChecks } from './cgroup-checks.ts'
import { commandChecks } from './command-checks.ts'
import { engineCgroupChecks } from './engine-cgroup-checks.ts'
import { quotaChecks } from './quota-checks.ts'
import { report } from './report.ts'
import { userNamespaceChecks } from './user-namespace-checks.ts'

/** A check inside the machine. */
export interface Check {
  readonly title: string
  /** Returns why it cannot be checked; undefined if it holds; throws if it does not. */
  readonly run: () => Promise<string | undefined> | string | undefined
}

for (const { title, run } of [
  ...cgroupChecks,
  ...engineCgroupChecks,
  ...commandChecks,
  ...quotaChecks,
  ...userNamespaceChecks,
]) {
  try {
    const reason = await run()
    report(reason === undefined ? 'passed' : 'skipped', title, reason)
  } catch (error) {
    report('failed', title, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}
