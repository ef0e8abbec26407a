import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { part } from '../parts/part.ts'
import { runTool } from '../parts/run-tool.ts'

/** Builds `look-up.c` with musl as `target`, or returns why this machine cannot. */
export async function buildWithMusl(target: string): Promise<string | undefined> {
  const musl = await part('musl')
  if (musl.kind === 'missing') return musl.reason
  const [triple = ''] = readdirSync(join(musl.dir, 'usr/include')).filter(name =>
    name.endsWith('-linux-musl'),
  )
  const libraries = join(musl.dir, 'usr/lib', triple)
  const at = (name: string) => join(libraries, name)
  const source = join(import.meta.dirname, 'look-up.c')
  try {
    await runTool('cc', [
      ...['-static', '-no-pie', '-fno-pie', '-fno-stack-protector', '-nostdinc', '-nostdlib'],
      ...['-isystem', join(musl.dir, 'usr/include', triple), '-o', target],
      ...[at('crt1.o'), at('crti.o'), source, at('libc.a'), '-lgcc', at('crtn.o')],
    ])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
