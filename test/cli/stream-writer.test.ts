import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

const source = (name: string) => JSON.stringify(join(import.meta.dirname, '../../src/cli', name))

/** A program that writes without end to standard output, and ends with 7 when SIGTERM has ended that. */
const PROGRAM = `import { writeToDescriptor } from ${source('stream-writer.ts')}
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const chunk = Buffer.alloc(65_536, 'x')
await writeToDescriptor(1, { name: 'standard output', signal: stop.signal }, async write => {
  for (;;) await write(chunk)
}).catch(error => process.stderr.write(String(error.message)))
process.exit(7)`

test.for(['pipe', 'socket'])(
  'writeToDescriptor() ends at a signal while the reader of a %s takes nothing',
  async kind => {
    using folder = temporaryFolder()
    await using reader = kind === 'pipe' ? fifoIn(folder.path) : await socketIn(folder.path)
    const child = spawn(
      process.execPath,
      ['--input-type=module-typescript', '--no-warnings', '-e', PROGRAM],
      {
        stdio: ['ignore', reader.output, 'inherit'],
      },
    )
    const ended = once(child, 'exit')
    await delay(1500)
    expect(child.exitCode).toBe(null)
    child.kill('SIGTERM')
    expect(await ended).toEqual([7, null])
  },
)

test('writeToDescriptor() leaves a pipe blocking for the other programs that have it', () => {
  const small = PROGRAM.replace('for (;;) ', '')
  const program = [process.execPath, '--input-type=module-typescript', '--no-warnings', '-e', small]
  const script = '{ "$@"; grep ^flags: /proc/self/fdinfo/1; } | tail -c 20'
  const text = execFileSync('sh', ['-c', script, 'sh', ...program], { encoding: 'utf8' })
  const flags = Number.parseInt(/flags:\s*(\d+)/.exec(text)?.[1] ?? '', 8)
  expect(flags & 0o4000).toBe(0)
})

interface SilentReader extends AsyncDisposable {
  readonly output: number | import('node:net').Socket
}

function fifoIn(folder: string): SilentReader {
  const path = join(folder, 'fifo')
  execFileSync('mkfifo', [path])
  // Opened for both directions it has a reader.
  const output = openSync(path, 'r+')
  return { output, [Symbol.asyncDispose]: async () => closeSync(output) }
}

async function socketIn(folder: string): Promise<SilentReader> {
  const server = createServer(socket => socket.pause())
  server.listen(join(folder, 'socket'))
  await once(server, 'listening')
  const output = createConnection(join(folder, 'socket'))
  await once(output, 'connect')
  return {
    output,
    [Symbol.asyncDispose]: async () => {
      output.destroy()
      server.close()
    },
  }
}
