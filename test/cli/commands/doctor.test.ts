import { expect, test } from 'vitest'
import type { Examination } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const CHECK = { name: 'overlayfs', status: 'ok', detail: 'is there', hint: undefined } as const
const SOUND: Examination = { checks: [CHECK], damaged: [], orphans: [] }
const ORPHAN = { kind: 'interface', name: 'tc0', project: 'shop', removed: true } as const
const RECORD = { path: '/p/project.json', reason: 'no', project: undefined, aside: '/p/project.json.damaged' }

/** Runs `doctor` on a machine of which it finds `examination`; `asked` are what it was asked. */
async function doctor(examination: Examination, ...args: readonly string[]) {
  const asked: unknown[] = []
  const ports = recordedPorts(['doctor', ...args], {
    doctor: async options => {
      asked.push(options)
      return examination
    },
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, asked }
}

test('doctor only looks, and mends what it finds with --fix', async () => {
  expect(await doctor(SOUND)).toMatchObject({ exitCode: 0, asked: [{ fix: false }] })
  expect(await doctor(SOUND, '--fix')).toMatchObject({ exitCode: 0, asked: [{ fix: true }] })
})

test('doctor --json writes what was found', async () => {
  expect(JSON.parse((await doctor(SOUND, '--json')).stdout)).toEqual({
    checks: [
      { name: 'overlayfs', status: 'ok', detail: 'is there' },
      { name: 'warm process', status: 'ok', detail: 'none: each command starts Node' },
    ],
    damaged: [],
    orphans: [],
  })
})

for (const { what, exitCode, found } of [
  { what: 'a warning', exitCode: 0, found: { checks: [{ ...CHECK, status: 'warning' }] } },
  { what: 'something missing', exitCode: 1, found: { checks: [CHECK, { ...CHECK, status: 'missing' }] } },
  { what: 'a record that was put aside', exitCode: 0, found: { damaged: [RECORD] } },
  { what: 'a damaged record', exitCode: 1, found: { damaged: [RECORD, { ...RECORD, aside: undefined }] } },
  { what: 'an orphan that was removed', exitCode: 0, found: { orphans: [ORPHAN] } },
  { what: 'an orphan', exitCode: 1, found: { orphans: [ORPHAN, { ...ORPHAN, removed: false }] } },
  { what: 'what it may not look at', exitCode: 0, found: { damaged: undefined, orphans: undefined } },
] satisfies readonly { what: string; exitCode: number; found: Partial<Examination> }[]) {
  test(`doctor ends with ${exitCode} for ${what}`, async () => {
    expect((await doctor({ ...SOUND, ...found })).exitCode).toBe(exitCode)
  })
}
