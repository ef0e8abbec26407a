import { spawnSync } from 'node:child_process'
import { commandPrefix, costOfPrefix } from '../command-prefix.ts'
import { runTimed } from '../run-timed.ts'
import type { PullTool } from './pull-tool.ts'

interface Peer {
  readonly engine: 'docker' | 'podman'
  readonly prefixVariable: string
  readonly pullOptions: readonly string[]
}

const PEERS: readonly Peer[] = [
  { engine: 'docker', prefixVariable: 'TCOMPOSE_BENCH_DOCKER', pullOptions: [] },
  { engine: 'podman', prefixVariable: 'TCOMPOSE_BENCH_PODMAN', pullOptions: ['--tls-verify=false'] },
]

/** A peer that can be measured here, or why it cannot. */
export type FoundPuller =
  | { readonly kind: 'found'; readonly tool: PullTool }
  | { readonly kind: 'absent'; readonly name: string; readonly reason: string }

/** Returns `docker pull` and `podman pull`. `repository` is where they reach the registry. */
export async function findPeerPullers(repository: string): Promise<readonly FoundPuller[]> {
  return await Promise.all(PEERS.map(peer => findPeer(peer, repository)))
}

async function findPeer(
  { engine, prefixVariable, pullOptions }: Peer,
  repository: string,
): Promise<FoundPuller> {
  const prefix = commandPrefix(prefixVariable)
  const name = `${engine} pull`
  const [program = '', ...args] = [...prefix, engine, 'info']
  if (spawnSync(program, args, { stdio: 'ignore' }).status !== 0) {
    return { kind: 'absent', name, reason: `"${[program, ...args].join(' ')}" fails` }
  }
  const prefixMs = await costOfPrefix(prefix)
  const pulled = new Set<string>()
  const pull = async (tag: string) => {
    const image = `${repository}:${tag}`
    pulled.add(image)
    const ms = await runTimed({ command: [...prefix, engine, 'pull', '-q', ...pullOptions, image] })
    return { ms: ms - prefixMs, peakBytes: undefined }
  }
  const dispose = async () => {
    if (pulled.size > 0) await runTimed({ command: [...prefix, engine, 'rmi', '-f', ...pulled] })
  }
  return { kind: 'found', tool: { name, pull, dispose } }
}
