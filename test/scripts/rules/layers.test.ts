import { expect, test } from 'vitest'
import { checkDirections, checkRooms, layerArrows } from '../../../scripts/rules/layers.ts'
import { type SourceFile, scanImports } from '../../../scripts/rules/source-file.ts'

function file(path: string, ...specifiers: readonly string[]): SourceFile {
  const text = specifiers.map(specifier => `import { a } from '${specifier}'`).join('\n')
  return { path, text, imports: scanImports(path, text) }
}

const cases: ReadonlyArray<{ readonly path: string; readonly specifier: string; readonly allowed: boolean }> =
  [
    { path: 'src/base/a.ts', specifier: './b.ts', allowed: true },
    { path: 'src/base/a.ts', specifier: '../model/b.ts', allowed: false },
    { path: 'src/model/a.ts', specifier: '../base/b.ts', allowed: true },
    { path: 'src/parser/a.ts', specifier: '../planner/b.ts', allowed: false },
    { path: 'src/parser/a.ts', specifier: 'yaml', allowed: true },
    { path: 'src/parser/a.ts', specifier: 'node:fs', allowed: false },
    { path: 'src/planner/up/a.ts', specifier: '../../engine/b.ts', allowed: false },
    { path: 'src/engine/a.ts', specifier: 'node:fs', allowed: true },
    { path: 'src/engine/a.ts', specifier: '../parser/b.ts', allowed: false },
    { path: 'src/store/a.ts', specifier: '../registry/b.ts', allowed: false },
    { path: 'src/registry/a.ts', specifier: '../store/b.ts', allowed: true },
    { path: 'src/linux/a.ts', specifier: '../disk/b.ts', allowed: false },
    { path: 'src/oci/a.ts', specifier: 'node:fs', allowed: false },
    { path: 'src/oci/a.ts', specifier: 'node:os', allowed: true },
    { path: 'src/app/a.ts', specifier: '../engine/b.ts', allowed: true },
    { path: 'src/cli/a.ts', specifier: '../app/b.ts', allowed: true },
    { path: 'src/cli/a.ts', specifier: '../engine/b.ts', allowed: false },
    { path: 'src/other/a.ts', specifier: './b.ts', allowed: false },
  ]
for (const { path, specifier, allowed } of cases) {
  test(`checkDirections() ${allowed ? 'lets' : 'forbids'} ${path} import ${specifier}`, () => {
    expect(checkDirections([file(path, specifier)])).toHaveLength(allowed ? 0 : 1)
  })
}

const roomCases: typeof cases = [
  { path: 'src/engine/local/state/a.ts', specifier: './b.ts', allowed: true },
  { path: 'src/engine/local/apply/a.ts', specifier: '../state/b.ts', allowed: true },
  { path: 'src/engine/local/state/a.ts', specifier: '../apply/b.ts', allowed: false },
  { path: 'src/engine/local/apply/a.ts', specifier: '../b.ts', allowed: false },
  { path: 'src/engine/local/apply/a.ts', specifier: '../../engine.ts', allowed: true },
  { path: 'src/engine/local/supervisor/dns/a.ts', specifier: '../../exec/b.ts', allowed: false },
  { path: 'src/engine/local/a.ts', specifier: './doctor/b.ts', allowed: true },
  { path: 'src/engine/local/other/a.ts', specifier: '../state/b.ts', allowed: false },
]
for (const { path, specifier, allowed } of roomCases) {
  test(`checkRooms() ${allowed ? 'lets' : 'forbids'} ${path} import ${specifier}`, () => {
    expect(checkRooms([file(path, specifier)])).toHaveLength(allowed ? 0 : 1)
  })
}

test('layerArrows() gives each pair of layers once, sorted', () => {
  const files = [
    file('src/planner/a.ts', '../model/b.ts', '../base/c.ts'),
    file('src/planner/d.ts', '../model/b.ts', './a.ts'),
  ]
  expect(layerArrows(files)).toEqual([
    ['planner', 'base'],
    ['planner', 'model'],
  ])
})
