import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { joinWords } from '../../../base/did-you-mean.ts'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { OciRuntime, OciRuntimeKind } from '../../../runtime/launch/oci-runtime.ts'
import type { RuntimeProgram } from '../host/runtime-sources.ts'
import { identifyRuntime, isBefore, type RuntimeIdentity } from './identify-runtime.ts'

/** Why a runtime cannot be used; whoever catches it knows which service asks. */
export class Unusable extends Error {
  readonly hint: string | undefined

  constructor(reason: string, { hint }: { readonly hint?: string } = {}) {
    super(reason)
    this.hint = hint
  }
}

/** Returns why no virtual machine is to be had: since their version 2 Kata Containers are run by containerd's shim alone. */
export function kataProblem(): Unusable {
  const machine = existsSync('/dev/kvm') ? '' : ', and this machine has no /dev/kvm'
  return new Unusable(`Kata Containers have no command line for single containers${machine}`, {
    hint: 'Use "x-isolation: gvisor", which puts a kernel of its own between the container and the host',
  })
}

const KINDS: readonly OciRuntimeKind[] = ['runc', 'crun', 'runsc']

/**
 * Returns what a program is as a runtime, by what it says about itself.
 *
 * @throws {Unusable}
 */
export function requireRuntime(program: RuntimeProgram): OciRuntime {
  const { path } = program
  const text = versionText(path)
  const identity = identifyRuntime(text)
  switch (identity.kind) {
    case 'runtime':
      return { kind: identity.runtime, path, args: [...ownArgs(identity), ...program.args] }
    case 'too-old':
      throw new Unusable(
        `${path} is ${identity.name} ${identity.version}, expected version ${identity.oldest} or a later one`,
      )
    case 'kata':
      throw kataProblem()
    default:
      throw new Unusable(
        `${path} does not say which runtime it is: "${path} --version" writes "${text.split('\n')[0]}"`,
        { hint: `Use one of ${joinWords(KINDS)}` },
      )
  }
}

/** Arguments that keep a runtime from what is tcompose's part. What a user adds comes behind them, so it counts. */
function ownArgs({ runtime, version }: Extract<RuntimeIdentity, { kind: 'runtime' }>): readonly string[] {
  switch (runtime) {
    case 'runc':
      // Warnings would be lines of the container's log; an error is written to standard error too.
      return ['--log', '/dev/null', '--rootless=true']
    case 'crun':
      return ['--cgroup-manager=disabled']
    default:
      return ['--ignore-cgroups', '--network=host', `--platform=${platformOf(version)}`]
  }
}

/** systrap took the place of ptrace in May 2023, and ptrace is gone from later releases. */
function platformOf(version: string): string {
  const day = /20\d{6}/.exec(version)?.[0]
  return day !== undefined && isBefore(day, '20230501') ? 'ptrace' : 'systrap'
}

const VERSION_TIMEOUT_MS = 10_000
const versions = new Map<string, string>()

/** Returns what the program writes about itself. It is run once for each state of its file. */
function versionText(path: string): string {
  const identity = fileIdentity(path)
  const known = versions.get(identity)
  if (known !== undefined) return known
  try {
    const text = execFileSync(path, ['--version'], {
      encoding: 'utf8',
      timeout: VERSION_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    versions.set(identity, text)
    return text
  } catch (error) {
    throw new Unusable(`"${path} --version" fails: ${reasonOf(error)}`, {
      hint: 'Run it by hand to see what is missing',
    })
  }
}

function fileIdentity(path: string): string {
  try {
    const { ino, mtimeNs, size, dev } = statSync(path, { bigint: true })
    accessSync(path, constants.X_OK)
    return [path, dev, ino, mtimeNs, size].join(' ')
  } catch (error) {
    const code = errnoNameOf(error)
    if (code === 'EACCES') {
      throw new Unusable(`${path} may not be executed`, { hint: `Change its mode: chmod +x ${path}` })
    }
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Unusable(`${path} does not exist`)
    throw error
  }
}

function reasonOf(error: unknown): string {
  const code = errnoNameOf(error)
  if (code !== undefined) return code
  const { status } = error as { readonly status?: number | null }
  return status === undefined || status === null ? 'it was killed' : `it exits with code ${status}`
}
