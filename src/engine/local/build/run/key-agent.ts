import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { programCandidates } from '../../../../runtime/launch/program-candidates.ts'

/** An agent that is to have keys of files. */
export interface KeyAgentRequest {
  /** It runs under the keeper, and ends with the connection. */
  readonly keeper: KeeperConnection
  /** Unique among the keeper's processes. */
  readonly processId: string
  /** Where its socket is made. */
  readonly path: string
  /** Files of private keys. */
  readonly keys: readonly string[]
  /** `PATH=...`: where its programs are looked for. */
  readonly environment: readonly string[]
}

const LOOK_MS = 5
const PATIENCE_MS = 5000

/**
 * Starts an SSH agent with the keys of files.
 *
 * @throws {TcomposeError} `build-secret` if the machine has no agent, or it does not take a key.
 */
export async function startKeyAgent(request: KeyAgentRequest): Promise<void> {
  const agent = findProgram('ssh-agent', request)
  const add = findProgram('ssh-add', request)
  await request.keeper.launch(agentLaunch(agent, request))
  await listens(request)
  try {
    const env = { SSH_AUTH_SOCK: request.path }
    await promisify(execFile)(add, ['-q', ...request.keys], { env, timeout: PATIENCE_MS })
  } catch (error) {
    throw refused(request, complaintOf(error))
  }
}

/** An agent that cannot listen ends at once. */
async function listens(request: KeyAgentRequest): Promise<void> {
  const { keeper, processId, path } = request
  let hasEnded = false
  const note = (): void => {
    hasEnded = true
  }
  keeper.wait(processId).then(note, note)
  const deadline = performance.now() + PATIENCE_MS
  while (!existsSync(path)) {
    if (hasEnded || performance.now() > deadline) throw refused(request, 'ssh-agent does not listen')
    await delay(LOOK_MS)
  }
}

function findProgram(name: string, { environment, keys }: KeyAgentRequest): string {
  const found = programCandidates(name, environment).find(candidate => existsSync(candidate))
  if (found !== undefined) return found
  throw new TcomposeError('build-secret', `Cannot use SSH key "${keys[0]}": this machine has no ${name}`, {
    hint: 'Install the OpenSSH client, or give the socket of an agent that runs',
  })
}

function agentLaunch(program: string, { processId, path, environment }: KeyAgentRequest): LaunchRequest {
  const argv = ['ssh-agent', '-D', '-a', path]
  return {
    id: processId,
    kind: 'auxiliary',
    killOnHangup: true,
    stdinOpen: false,
    cloneFlags: 0,
    join: undefined,
    cgroup: undefined,
    stateDir: undefined,
    logPath: undefined,
    program: [
      {
        op: { op: 'exec', candidates: [program], argv, environment },
        purpose: 'start ssh-agent',
        optional: false,
        origin: undefined,
      },
    ],
  }
}

function complaintOf(error: unknown): string {
  const text = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
  return text.trim().split('\n')[0] || String(error)
}

function refused({ keys }: KeyAgentRequest, reason: string): TcomposeError {
  return new TcomposeError('build-secret', `Cannot use SSH keys ${keys.join(', ')}: ${reason}`, {
    hint: 'Use keys without a passphrase that only their owner may read, or an agent that has them',
  })
}
