import { readdirSync } from 'node:fs'
import type { LaunchOp, LaunchStep } from './launch-op.ts'

/** What the kernel says where a folder meets a file: move_mount(2), mkdir(2), open(2). */
const CLASH_ERRNOS: ReadonlySet<string> = new Set(['EINVAL', 'ENOTDIR', 'EISDIR', 'EEXIST'])

/** Returns why a mount cannot be placed if its source is a folder and its target a file, or the other way round. */
export function mountKindClash(
  op: LaunchOp,
  { errnoName }: { readonly errnoName: string },
  program: readonly LaunchStep[],
): { readonly reason: string; readonly hint: string } | undefined {
  if (!CLASH_ERRNOS.has(errnoName)) return undefined
  if (op.op !== 'place-tree' && op.op !== 'move-tree' && op.op !== 'make-target') return undefined
  const { target } = op
  const ops = program.map(step => step.op)
  const wanted = ops.find(one => one.op === 'make-target' && one.target === target)
  const placed = ops.find(one => (one.op === 'place-tree' || one.op === 'move-tree') && one.target === target)
  if (wanted?.op !== 'make-target' || placed === undefined || !('slot' in placed)) return undefined
  const opened = ops.find(one => one.op === 'open-tree' && one.slot === placed.slot)
  if (opened?.op !== 'open-tree') return undefined
  const clash = { source: opened.source, target, isFolder: wanted.directory }
  return ops.some(one => isMadeAt(one, opened.source)) ? describeOwnClash(clash) : describeClash(clash)
}

/** What the launch itself has made says nothing to the user. */
function isMadeAt(op: LaunchOp, source: string): boolean {
  if (op.op === 'write-file' || op.op === 'write-held') return op.path === source
  return (op.op === 'mount' || op.op === 'mount-overlay') && op.target === source
}

function describeOwnClash({ target, isFolder }: Clash): { readonly reason: string; readonly hint: string } {
  const [own, other] = isFolder ? ['folder', 'file'] : ['file', 'folder']
  return {
    reason: `it is a ${own}, and ${target} is a ${other} in the container`,
    hint: 'Choose another target',
  }
}

interface Clash {
  readonly source: string
  readonly target: string
  /** What the source is; the target is the other. */
  readonly isFolder: boolean
}

function describeClash({ source, target, isFolder }: Clash): {
  readonly reason: string
  readonly hint: string
} {
  if (!isFolder) {
    return {
      reason: `"${source}" is a file, and ${target} is a folder in the container`,
      hint: `Mount it at a path below ${target}, or mount a folder`,
    }
  }
  return {
    reason: `"${source}" is a folder, and ${target} is a file in the container`,
    hint: isEmptyFolder(source)
      ? `There was nothing at "${source}", so an empty folder was created: remove it and create the file`
      : 'Mount a file, or a folder at another target',
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    // Gone or unreadable in the meantime: nothing is known of it.
    return false
  }
}
