import type { Step } from '../../../planner/plan.ts'

/** How one node of a walk ended. */
export type WalkOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'skipped'; readonly blockedBy: number }
  | { readonly kind: 'cancelled' }

type WalkNode = Pick<Step, 'id' | 'dependsOn'>

export interface WalkOptions<Node extends WalkNode> {
  readonly run: (node: Node) => Promise<void>
  /** Once aborted, nothing that has not begun begins; what runs is left to end. */
  readonly signal: AbortSignal
  /** Tells whether `node` counts as done, without being run, when something that it depends on was not done. */
  readonly tolerates?: (node: Node, blockedBy: number) => boolean
  /** Resolves when what `run` has set going is done; other nodes do not wait for it. @default nothing was set going */
  readonly confirm?: (node: Node) => Promise<unknown> | undefined
  /** Called when every `run` has ended. */
  readonly onAllRun?: () => void
  readonly onOutcome: (node: Node, outcome: WalkOutcome) => void
}

/**
 * Runs `nodes`, given in topological order, as wide as their edges allow. Never rejects. The outcome of a node that has
 * nothing to confirm is reported before a node that depends on it begins.
 */
export async function walk<Node extends WalkNode>(
  nodes: readonly Node[],
  options: WalkOptions<Node>,
): Promise<ReadonlyMap<number, WalkOutcome>> {
  const runs = new Map<number, Promise<WalkOutcome>>()
  const ends = nodes.map(async node => {
    const run = settle(node, runs, options)
    runs.set(node.id, run)
    const ran = await run
    const pending = ran.kind === 'done' ? options.confirm?.(node) : undefined
    const outcome = pending === undefined ? ran : await confirmed(pending)
    options.onOutcome(node, outcome)
    return [node.id, outcome] as const
  })
  await Promise.all(runs.values())
  options.onAllRun?.()
  return new Map(await Promise.all(ends))
}

async function confirmed(pending: Promise<unknown>): Promise<WalkOutcome> {
  try {
    await pending
    return { kind: 'done' }
  } catch (error) {
    return { kind: 'failed', error }
  }
}

async function settle<Node extends WalkNode>(
  node: Node,
  outcomes: ReadonlyMap<number, Promise<WalkOutcome>>,
  { run, signal, tolerates }: WalkOptions<Node>,
): Promise<WalkOutcome> {
  for (const id of node.dependsOn) {
    const outcome = await outcomes.get(id)
    if (outcome?.kind === 'cancelled') return outcome
    if (outcome?.kind === 'done') continue
    return tolerates?.(node, id) === true ? { kind: 'done' } : { kind: 'skipped', blockedBy: id }
  }
  if (signal.aborted) return { kind: 'cancelled' }
  try {
    await run(node)
    return { kind: 'done' }
  } catch (error) {
    return signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error }
  }
}
