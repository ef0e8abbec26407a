import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/support/free-port.ts'
import { projectRoot } from './project-root.ts'

/** Brings examples/hello up, shows what it does, and takes it down. Its state folder is removed at the end. */
async function main(): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.error('Cannot run the demo: it must be run as root, e.g. "sudo npm run demo"')
    process.exitCode = 1
    return
  }
  const state = mkdtempSync(join(tmpdir(), 'tcompose-demo-'))
  const environment = {
    ...process.env,
    TCOMPOSE_DATA: join(state, 'data'),
    TCOMPOSE_RUN: join(state, 'run'),
    HELLO_PORT: String(await freePort()),
  }
  try {
    await show(environment)
  } finally {
    if (process.exitCode !== undefined && process.exitCode !== 0)
      tcompose(['logs', '--tail', '20'], environment)
    tcompose(['down', '-v'], environment)
    rmSync(state, { recursive: true })
  }
}

async function show(environment: NodeJS.ProcessEnv): Promise<void> {
  if (!tcompose(['up', '-d', '--wait'], environment)) return
  for (let visit = 0; visit < 3; visit += 1) await visitPage(`http://127.0.0.1:${environment['HELLO_PORT']}/`)
  tcompose(['ps'], environment)
  tcompose(['plan'], environment)
}

function tcompose(args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  console.log(`\n$ tcompose ${args.join(' ')}`)
  const { status } = spawnSync(join(projectRoot, 'bin/tcompose'), args, {
    cwd: join(projectRoot, 'examples/hello'),
    env,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
  return status === 0
}

async function visitPage(url: string): Promise<void> {
  console.log(`\n$ curl ${url}`)
  const answer = await fetch(url)
  console.log((await answer.text()).trimEnd())
  if (!answer.ok) process.exitCode = 1
}

await main()
