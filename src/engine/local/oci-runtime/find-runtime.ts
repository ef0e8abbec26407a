import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Isolation } from '../../../model/isolation.ts'
import type { OciRuntime, OciRuntimeKind } from '../../../runtime/launch/oci-runtime.ts'
import type { RuntimeProgram, RuntimeSources } from '../host/runtime-sources.ts'
import { asksForRuntime, type RuntimeWish } from './asks-for-runtime.ts'
import { kataProblem, requireRuntime, Unusable } from './require-runtime.ts'

/**
 * Returns the OCI runtime that a service asks for; undefined if tcompose runs it itself.
 *
 * @throws {TcomposeError} `oci-runtime` if there is none of this name, or none that can be used.
 */
export function findRuntime(wish: RuntimeWish, sources: RuntimeSources): OciRuntime | undefined {
  if (!asksForRuntime(wish)) return undefined
  const { name, runtime, isolation } = wish
  try {
    if (runtime === undefined) return findByClass(isolation ?? 'process', sources)
    const found = findByName(runtime, sources)
    if (isolation === undefined || isolation === CLASSES[found.kind]) return found
    throw new Unusable(`it isolates by ${CLASSES[found.kind]}, and "x-isolation" asks for ${isolation}`, {
      hint: 'Remove one of the two keys',
    })
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    const subject = runtime === undefined ? `isolation "${isolation}"` : `runtime "${runtime}"`
    throw new TcomposeError('oci-runtime', `Cannot use ${subject} of service "${name}": ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      origin: servicePath(name, runtime === undefined ? 'x-isolation' : 'runtime'),
    })
  }
}

const CLASSES: Readonly<Record<OciRuntimeKind, Isolation>> = {
  runc: 'process',
  crun: 'process',
  runsc: 'gvisor',
}

const KATA = 'kata-runtime'

/** The names of containerd and Docker for runtimes, with the program of each. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['runc', 'runc'],
  ['io.containerd.runc.v1', 'runc'],
  ['io.containerd.runc.v2', 'runc'],
  ['crun', 'crun'],
  ['runsc', 'runsc'],
  ['io.containerd.runsc.v1', 'runsc'],
  ['kata', KATA],
  ['kata-runtime', KATA],
  ['io.containerd.kata.v2', KATA],
])

const SETTINGS = '/etc/tcompose/config.json'

function findByName(name: string, sources: RuntimeSources): OciRuntime {
  const { programs, file } = configuredOf(sources)
  const program = programs.get(name)
  if (program !== undefined) return requireRuntime(program)
  const known = PROGRAMS.get(name)
  const place = file ?? SETTINGS
  if (known === undefined) {
    throw new Unusable('no runtime has this name', {
      hint:
        didYouMean(name, [...programs.keys(), ...PROGRAMS.keys()]) ??
        `Name its program in ${place}: {"runtimes": {"${name}": {"path": "/usr/local/bin/..."}}}`,
    })
  }
  if (known === KATA) throw kataProblem()
  const path = onPath(known, sources)
  if (path !== undefined) return requireRuntime({ path, args: [] })
  throw new Unusable(`no program ${known} is on PATH`, {
    hint: `Install it, or name its program in ${place}: {"runtimes": {"${name}": {"path": "/usr/local/bin/${known}"}}}`,
  })
}

function configuredOf({ configured }: RuntimeSources) {
  const found = configured()
  if (found.kind === 'unfit') throw new Unusable(found.reason)
  return found
}

function onPath(program: string, { folders }: RuntimeSources): string | undefined {
  return folders.map(folder => posix.join(folder, program)).find(path => existsSync(path))
}

/** The one of the settings comes before that on PATH. */
function findByClass(isolation: Isolation, sources: RuntimeSources): OciRuntime {
  if (isolation === 'vm') throw kataProblem()
  for (const program of configuredOf(sources).programs.values()) {
    const found = runtimeIfUsable(program)
    if (found !== undefined && CLASSES[found.kind] === isolation) return found
  }
  const path = onPath('runsc', sources)
  if (path !== undefined) return requireRuntime({ path, args: [] })
  throw new Unusable('no program runsc is on PATH, and the settings name none', {
    hint: `Install gVisor, or name its program in ${SETTINGS}: {"runtimes": {"runsc": {"path": "/usr/local/bin/runsc"}}}`,
  })
}

function runtimeIfUsable(program: RuntimeProgram): OciRuntime | undefined {
  try {
    return requireRuntime(program)
  } catch (error) {
    if (error instanceof Unusable) return undefined
    throw error
  }
}
