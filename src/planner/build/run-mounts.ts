import { assertNever } from '../../base/assert-never.ts'
import type { RunInstruction, RunMountFlag } from '../../model/dockerfile.ts'
import { MOUNT_SHARINGS } from '../../model/mount-option.ts'
import type { RunMount, TreeRef } from './build-graph.ts'
import { InstructionError } from './instruction-error.ts'
import { joinPath } from './join-path.ts'
import { MountOptions } from './mount-options.ts'
import { expandIn, type StageContext, type StageState } from './stage-state.ts'

/** The mounts of a RUN, in order. @throws {InstructionError} If one cannot be made as it is written. */
export function planMounts(
  state: StageState,
  { mounts }: RunInstruction,
  context: StageContext,
): readonly RunMount[] {
  const agents = mounts.filter(({ type }) => type === 'ssh')
  return mounts.map((flag, index) => {
    const source = context.command.sources[index]
    const options = new MountOptions(flag, word => expandIn(state, word, context))
    return mountOf(flag, {
      options,
      workingDir: state.settings.workingDir,
      from: source === undefined ? undefined : context.treeOf(source),
      agent: agents.indexOf(flag),
      cacheNamespace: context.request.args.get('BUILDKIT_CACHE_MOUNT_NS') ?? '',
    })
  })
}

interface MountScene {
  readonly options: MountOptions
  readonly workingDir: string
  readonly from: TreeRef | undefined
  /** Which of the agents it is, of an agent. */
  readonly agent: number
  readonly cacheNamespace: string
}

function mountOf(flag: RunMountFlag, scene: MountScene): RunMount {
  switch (flag.type) {
    case 'bind':
      return bindMount(flag, scene)
    case 'cache':
      return cacheMount(flag, scene)
    case 'tmpfs':
      return {
        kind: 'tmpfs',
        target: targetOf(flag, scene),
        sizeBytes: scene.options.bytes('size'),
        span: flag.span,
      }
    case 'secret':
      return secretMount(flag, scene)
    case 'ssh':
      return agentMount(flag, scene)
    default:
      return assertNever(flag.type)
  }
}

function bindMount(flag: RunMountFlag, scene: MountScene): RunMount {
  const { options, from = { kind: 'context', name: '' } } = scene
  const source = joinPath('/', options.text('source') ?? '')
  const target = targetOf(flag, scene)
  return { kind: 'bind', from, source, target, isWritable: !(options.isReadOnly() ?? true), span: flag.span }
}

const CACHE_MODE = 0o755

function cacheMount(flag: RunMountFlag, scene: MountScene): RunMount {
  const { options, from, cacheNamespace } = scene
  const name = options.text('id') || cleanPath(options.text('target') ?? '')
  return {
    kind: 'cache',
    id: cacheNamespace === '' ? name : `${cacheNamespace}/${name}`,
    target: targetOf(flag, scene),
    from,
    source: joinPath('/', options.text('source') ?? ''),
    sharing: options.oneOf('sharing', MOUNT_SHARINGS) ?? 'shared',
    isReadOnly: options.isReadOnly() ?? false,
    uid: options.count('uid') ?? 0,
    gid: options.count('gid') ?? 0,
    mode: options.mode('mode') ?? CACHE_MODE,
    span: flag.span,
  }
}

/** As written, but without a slash at its end, `.` and `..`: the id of a cache is not seen from the working folder. */
function cleanPath(path: string): string {
  const joined = joinPath('/', path)
  return path.startsWith('/') ? joined : joined.slice(1)
}

const SECRET_MODE = 0o400

function secretMount(flag: RunMountFlag, { options, workingDir }: MountScene): RunMount {
  const target = options.text('target') || undefined
  const id = options.text('source') || options.text('id') || (target && baseName(target))
  if (id === undefined) {
    throw new InstructionError('Cannot mount secret: it has no id', { span: flag.span, hint: 'add id=NAME' })
  }
  const variable = options.text('env')
  const path = target ?? (variable === undefined ? `/run/secrets/${baseName(id)}` : undefined)
  const owner = options.owner(SECRET_MODE)
  return {
    kind: 'secret',
    id,
    target: path === undefined ? undefined : joinPath(workingDir, path),
    variable,
    isRequired: options.boolean('required') ?? false,
    uid: owner?.uid,
    gid: owner?.gid,
    mode: owner?.mode,
    span: flag.span,
  }
}

const AGENT_MODE = 0o600

function agentMount(flag: RunMountFlag, { options, agent, workingDir }: MountScene): RunMount {
  const target = options.text('target') || `/run/buildkit/ssh_agent.${agent}`
  const owner = options.owner(AGENT_MODE)
  return {
    kind: 'ssh',
    id: options.text('id') || 'default',
    target: joinPath(workingDir, target),
    isRequired: options.boolean('required') ?? false,
    uid: owner?.uid ?? 0,
    gid: owner?.gid ?? 0,
    mode: owner?.mode ?? AGENT_MODE,
    span: flag.span,
  }
}

/** The working folder, if nothing is said. */
function targetOf({ span }: RunMountFlag, { options, workingDir }: MountScene): string {
  const target = joinPath(workingDir, options.text('target') ?? '')
  if (target !== '/') return target
  throw new InstructionError('Cannot mount at "/": a command needs the files of the stage', {
    span,
    hint: 'add target=PATH',
  })
}

function baseName(path: string): string {
  return joinPath('/', path).split('/').at(-1) ?? ''
}
