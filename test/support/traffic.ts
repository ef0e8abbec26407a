import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { withNetns } from '../../src/linux/netns.ts'
import type { Protocol } from '../../src/model/network.ts'

const AGENT = fileURLToPath(new URL('traffic-agent.ts', import.meta.url))

/** A process in a network namespace that answers and asks. */
export interface TrafficAgent extends AsyncDisposable {
  readonly pid: number
  /** Answers on TCP and UDP with `<name> saw <address of the asker>`. */
  listen(address: string, port: number): Promise<void>
  /** Returns the answer, or the name of the failure, e.g. `ECONNREFUSED` or `timeout`. */
  ask(question: Question): Promise<string>
}

export interface Question {
  readonly protocol: Protocol
  readonly address: string
  readonly port: number
  /** How long to wait for an answer. @default 5000 */
  readonly timeoutMs?: number
}

/** Starts an agent in the namespace of the file `netns`. */
export async function startAgent(netns: string, name: string): Promise<TrafficAgent> {
  const agent: ChildProcess = withNetns(netns, () =>
    spawn(process.execPath, [AGENT, name], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const { stdin, stdout } = agent
  if (stdin === null || stdout === null) throw new Error('Cannot talk to the agent: it has no pipes')
  const lines = createInterface({ input: stdout })
  let turn: Promise<unknown> = once(lines, 'line')
  const request = (command: object): Promise<string> => {
    const answer = turn.then(async () => {
      const line = once(lines, 'line')
      stdin.write(`${JSON.stringify(command)}\n`)
      return String((await line)[0])
    })
    turn = answer
    return answer
  }
  await turn
  return {
    pid: agent.pid ?? -1,
    listen: async (address, port) => {
      const answer = await request({ kind: 'listen', address, port })
      if (answer !== 'listening') throw new Error(`Cannot listen on ${address}:${port}: ${answer}`)
    },
    ask: ({ timeoutMs = 5000, ...question }) => request({ kind: 'ask', ...question, timeoutMs }),
    [Symbol.asyncDispose]: async () => {
      const exit = once(agent, 'exit')
      stdin.end()
      await exit
    },
  }
}
