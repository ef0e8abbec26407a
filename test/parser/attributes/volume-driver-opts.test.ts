import { expect, test } from 'vitest'
import { diagnosticsOf, projectOf, webFile } from '../../support/memory-project.ts'

const file = (options: string) =>
  webFile('volumes: ["v:/v"]', `volumes:\n  v:\n    driver_opts: ${options}\n`)

for (const [options, value] of [
  ['{}', undefined],
  ['{type: tmpfs, device: tmpfs, o: "size=1m"}', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }],
  ['{type: nfs4, device: ":/x"}', { type: 'nfs4', device: ':/x' }],
  ['{type: none, device: ./x, o: bind}', { type: 'none', device: '/project/x', o: 'bind' }],
] as const) {
  test(`driver_opts ${options} of a volume reach the model`, () =>
    expect(projectOf(file(options)).volumes.get('v')?.options).toEqual(value))
}

for (const [options, code, column, hint] of [
  ['{type: tmpfs}', 'missing-key', 18, 'for a file system in memory'],
  ['{device: /x, o: bind}', 'missing-key', 18, 'type: none'],
  ['{type: tmpfs, device: tmpfs, op: ro}', 'bad-value', 47, 'did you mean "o"?'],
] as const) {
  test(`driver_opts ${options} of a volume are refused`, () => {
    expect(diagnosticsOf(file(options))).toMatchObject([
      { code, span: { line: 7, column }, hint: expect.stringContaining(hint) },
    ])
  })
}
