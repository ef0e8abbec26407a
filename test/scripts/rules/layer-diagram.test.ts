import { expect, test } from 'vitest'
import { drawLayers } from '../../../scripts/rules/layer-diagram.ts'
import { scanImports } from '../../../scripts/rules/source-file.ts'

test('drawLayers() leaves out what a chain implies, and base', () => {
  const files = [
    ['src/store/a.ts', '../disk/b.ts', '../linux/b.ts', '../base/b.ts'],
    ['src/disk/b.ts', '../linux/b.ts'],
    ['src/linux/b.ts', '../base/b.ts'],
  ].map(([path = '', ...specifiers]) => {
    const text = specifiers.map(specifier => `import { a } from '${specifier}'`).join('\n')
    return { path, text, imports: scanImports(path, text) }
  })
  expect(
    drawLayers(files)
      .split('\n')
      .filter(line => line.includes('-->')),
  ).toEqual(['  disk --> linux', '  store --> disk'])
})
