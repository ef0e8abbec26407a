import type { Step } from '../../planner/plan.ts'

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
  readonly onOutcome: (node: Node, outcome: WalkOutcome) => void
}

/** Runs `nodes`, given in topological order, as wide as their edges allow. Never rejects. */
export async function walk<Node extends WalkNode>(
  nodes: readonly Node[],
  options: WalkOptions<Node>,
): Promise<ReadonlyMap<number, WalkOutcome>> {
  const outcomes = new Map<number, Promise<WalkOutcome>>()
  for (const node of nodes) {
    const outcome = settle(node, outcomes, options).then(settled => {
      options.onOutcome(node, settled)
      return settled
    })
    outcomes.set(node.id, outcome)
  }
  return new Map(await Promise.all([...outcomes].map(async ([id, outcome]) => [id, await outcome] as const)))
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
