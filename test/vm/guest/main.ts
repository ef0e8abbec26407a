import { readFileSync } from 'node:fs'
import { cgroupChecks } from './cgroup-checks.ts'
import { commandChecks } from './command-checks.ts'
import { containerViewChecks } from './container-view-checks.ts'
import { engineCgroupChecks } from './engine-cgroup-checks.ts'
import { ociRuntimeChecks } from './oci-runtime-checks.ts'
import { quotaChecks } from './quota-checks.ts'
import { report } from './report.ts'
import { userNamespaceChecks } from './user-namespace-checks.ts'

/** A check inside the machine. */
export interface Check {
  readonly title: string
  /** Returns why it cannot be checked; undefined if it holds; throws if it does not. */
  readonly run: () => Promise<string | undefined> | string | undefined
}

const GROUPS: Readonly<Record<string, readonly Check[]>> = {
  cgroup: cgroupChecks,
  'engine-cgroup': engineCgroupChecks,
  command: commandChecks,
  quota: quotaChecks,
  'user-namespace': userNamespaceChecks,
  'container-view': containerViewChecks,
  'oci-runtime': ociRuntimeChecks,
}

/** The kernel's command line names the groups to run; without a name all are run. */
const [, only] = / checks=(\S+)/.exec(readFileSync('/proc/cmdline', 'utf8')) ?? []
const names = only?.split(',') ?? Object.keys(GROUPS)

for (const { title, run } of names.flatMap(name => GROUPS[name] ?? [])) {
  try {
    const reason = await run()
    report(reason === undefined ? 'passed' : 'skipped', title, reason)
  } catch (error) {
    report('failed', title, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}
