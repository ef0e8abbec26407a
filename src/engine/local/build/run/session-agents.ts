import { join } from 'node:path'
import { callerEnvironment } from '../../../../base/caller-environment.ts'
import type { RunMount } from '../../../../planner/build/build-graph.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import { type AgentSocket, openAgentSocket } from './agent-socket.ts'
import { startKeyAgent } from './key-agent.ts'
import type { RunAgent } from './run-request.ts'

/** What RUN mounts to use keys. */
export type SshMount = Extract<RunMount, { kind: 'ssh' }>

/** The SSH agents of a session. For keys of files one is started, which ends with the session's keeper. */
export class SessionAgents {
  readonly #folder: string
  readonly #keeper: () => Promise<KeeperConnection>
  /** Sockets of agents that were started, by their keys. */
  readonly #started = new Map<string, Promise<string>>()
  #count = 0

  /** @param folder Where sockets are made. */
  constructor(folder: string, keeper: () => Promise<KeeperConnection>) {
    this.#folder = folder
    this.#keeper = keeper
  }

  /**
   * Returns a socket to `agent` with the owner and mode that `mount` wants.
   *
   * @throws {TcomposeError} `build-secret` if there can be no agent for its keys.
   */
  async open(
    { uid, gid, mode }: Pick<SshMount, 'uid' | 'gid' | 'mode'>,
    agent: RunAgent,
  ): Promise<AgentSocket> {
    const socket = agent.kind === 'socket' ? agent.path : await this.#agentOf(agent.paths)
    return await openAgentSocket({ path: this.#nextPath(), agent: socket, uid, gid, mode })
  }

  #agentOf(keys: readonly string[]): Promise<string> {
    const name = JSON.stringify(keys)
    const started = this.#started.get(name) ?? this.#start(keys)
    this.#started.set(name, started)
    return started
  }

  async #start(keys: readonly string[]): Promise<string> {
    const path = this.#nextPath()
    const environment = [`PATH=${callerEnvironment(process.env)['PATH'] ?? ''}`]
    const processId = `agent-${this.#count}`
    await startKeyAgent({ keeper: await this.#keeper(), processId, path, keys, environment })
    return path
  }

  #nextPath(): string {
    this.#count += 1
    return join(this.#folder, `agent-${this.#count}.sock`)
  }
}
