import { runTimed } from './run-timed.ts'
import type { Sample } from './samples.ts'
import type { Tool } from './tool.ts'

/** Size of the file that is only read and checked. No container is created, so every tool can handle it. */
export const CONFIG_SIZE = 200

/** The name of the row's yardstick: starting Node to do nothing. */
export const BARE_NODE = 'node'

/** Measures `config -q` and the bare start of Node in turn. The first run of each is not counted. */
export async function measureConfig(
  tools: readonly Tool[],
  { runs, onProgress }: { readonly runs: number; readonly onProgress: (text: string) => void },
): Promise<readonly Sample[]> {
  const project = { name: `tcbench${CONFIG_SIZE}`, size: CONFIG_SIZE }
  const contenders: readonly Contender[] = [
    { name: BARE_NODE, run: () => runTimed({ command: [process.execPath, '-e', '0'] }) },
    ...tools.map(tool => ({ name: tool.name, run: () => tool.compose(project, ['config', '-q']) })),
  ]
  const samples: Sample[] = []
  for (let run = 0; run <= runs; run += 1) {
    for (const contender of contenders) {
      onProgress(`config of ${CONFIG_SIZE} services, run ${run}: ${contender.name}`)
      const sample = await sampleOf(contender)
      if (run > 0 || sample.kind === 'failed') samples.push(sample)
    }
  }
  return samples
}

interface Contender {
  readonly name: string
  readonly run: () => Promise<number>
}

async function sampleOf({ name, run }: Contender): Promise<Sample> {
  const place = { tool: name, work: 'config', size: CONFIG_SIZE } as const
  try {
    return { kind: 'measured', ...place, value: await run() }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  }
}
