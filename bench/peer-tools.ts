import { spawnSync } from 'node:child_process'
import { commandPrefix, costOfPrefix } from './command-prefix.ts'
import { composeText } from './project.ts'
import { residentBytes } from './resident-bytes.ts'
import { runTimed } from './run-timed.ts'
import type { FoundTool, Tool } from './tool.ts'

/** A tool to compare with. */
interface Peer {
  readonly name: string
  /** The container engine behind it, which imports images. */
  readonly engine: string
  readonly composeCommand: readonly string[]
  readonly imageName: string
  readonly maxSize: number
  /** Variable with a command prefix, for an engine that runs in a namespace of its own. */
  readonly prefixVariable: string
  /** Names of its processes that run as long as containers do. */
  readonly processNames: RegExp
}

const PEERS: readonly Peer[] = [
  {
    name: 'docker compose',
    engine: 'docker',
    composeCommand: ['docker', 'compose'],
    imageName: 'tcompose-bench:latest',
    maxSize: 50,
    prefixVariable: 'TCOMPOSE_BENCH_DOCKER',
    processNames: /^(dockerd|containerd|containerd-shim|docker-proxy)/,
  },
  {
    name: 'podman-compose',
    engine: 'podman',
    composeCommand: ['podman-compose'],
    imageName: 'localhost/tcompose-bench:latest',
    maxSize: 10,
    prefixVariable: 'TCOMPOSE_BENCH_PODMAN',
    processNames: /^(conmon|aardvark-dns|netavark|podman)/,
  },
]

/** Returns the peers, each with the image `tarFile` imported, or why it cannot be measured. */
export function findPeers(tarFile: string): Promise<readonly FoundTool[]> {
  return Promise.all(PEERS.map(peer => findPeer(peer, tarFile)))
}

async function findPeer(peer: Peer, tarFile: string): Promise<FoundTool> {
  const prefix = commandPrefix(peer.prefixVariable)
  const [program = '', ...args] = [...prefix, peer.engine, 'info']
  if (spawnSync(program, args, { stdio: 'ignore' }).status !== 0) {
    const reason = `"${[program, ...args].join(' ')}" fails; ${peer.prefixVariable} may give a command prefix`
    return { kind: 'absent', name: peer.name, reason }
  }
  try {
    await runTimed({ command: [...prefix, peer.engine, 'import', '-', peer.imageName], inputFile: tarFile })
  } catch (error) {
    return { kind: 'absent', name: peer.name, reason: error instanceof Error ? error.message : String(error) }
  }
  const prefixMs = await costOfPrefix(prefix)
  const remark = `the command prefix takes ${prefixMs.toFixed(0)} ms, which are subtracted`
  return { kind: 'found', tool: peerTool(peer, prefix, prefixMs), ...(prefixMs > 0 ? { remark } : {}) }
}

function peerTool(peer: Peer, prefix: readonly string[], prefixMs: number): Tool {
  return {
    name: peer.name,
    maxSize: peer.maxSize,
    // The file is passed on standard input: the peer may not see this file system.
    compose: async (project, args) => {
      const command = [...prefix, ...peer.composeCommand, '-p', project.name, '-f', '-', ...args]
      return (await runTimed({ command, input: composeText(project, peer.imageName) })) - prefixMs
    },
    residentBytes: () => residentBytes(({ name }) => peer.processNames.test(name)),
    dispose: async () => {
      await runTimed({ command: [...prefix, peer.engine, 'rmi', '-f', peer.imageName] })
    },
  }
}
