import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pushLayout } from '../../test/support/registry/push-layout.ts'
import { type RegistryServer, startRegistry } from '../../test/support/registry/registry-server.ts'
import { commandPrefix } from '../command-prefix.ts'
import { writeUnseenImage } from './unseen-image.ts'

/** A registry that tcompose and its peers reach. */
export interface BenchRegistry extends AsyncDisposable {
  /** The repository's name for tcompose, e.g. `127.0.0.1:4711/tcompose/bench`. */
  readonly ours: string
  /** Its name for the peers. */
  readonly theirs: string
  /** Pushes a copy of the image in `layout` that no tool has seen, and returns its tag. */
  readonly pushUnseen: (layout: string) => Promise<string>
}

const REPOSITORY = 'tcompose/bench'

/** Starts it. @throws {Error} If the machine has no docker-registry. */
export async function startBenchRegistry(): Promise<BenchRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-bench-registry-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const prefix = commandPrefix('TCOMPOSE_BENCH_REGISTRY')
  const start = (name: string, words: readonly string[]) => startHere({ folder, name, prefix: words })
  const own = stack.use(await start('ours', []))
  const theirs = prefix.length === 0 ? own : stack.use(await start('theirs', prefix))
  let count = 0
  const pushUnseen = async (layout: string): Promise<string> => {
    count += 1
    const [tag, target] = [`run-${count}`, join(folder, `layout-${count}`)]
    await writeUnseenImage(layout, target, `${process.pid} ${Date.now()} ${count}`)
    await pushLayout({ layout: target, host: own.host, repository: REPOSITORY, tag })
    return tag
  }
  const held = stack.move()
  return {
    ours: `${own.host}/${REPOSITORY}`,
    theirs: `${theirs.host}/${REPOSITORY}`,
    pushUnseen,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

interface Start {
  readonly folder: string
  readonly name: string
  readonly prefix: readonly string[]
}

async function startHere({ folder, name, prefix }: Start): Promise<RegistryServer> {
  const config = join(folder, `${name}.json`)
  const started = await startRegistry({ storage: join(folder, 'storage'), config, prefix })
  if (started.kind === 'missing') throw new Error(`Cannot start a registry: ${started.reason}`)
  return started
}
