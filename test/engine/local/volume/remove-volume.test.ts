import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { sweepRemovedVolumes, takeVolumeAway } from '../../../../src/engine/local/volume/remove-volume.ts'
import { removedVolumesFolder, volumeLayout } from '../../../../src/engine/local/volume/volume-layout.ts'
import { readVolumeRecord } from '../../../../src/engine/local/volume/volume-record.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const volume = { name: 'p_data', labels: new Map([['a', 'b']]), createdAt: 5 }

function rootsIn(folder: string): Roots {
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

describe('createVolume()', () => {
  test('makes the folder and its record, and keeps both when repeated', () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    const data = createVolume(roots, volume)
    writeFileSync(join(data, 'own'), '')
    expect(createVolume(roots, { ...volume, createdAt: 6 })).toBe(data)
    expect(readdirSync(data)).toEqual(['own'])
    expect(readVolumeRecord(roots, 'p_data')).toEqual({ version: 1, ...volume })
  })

  for (const name of ['', '.', '..', 'a/b', '../a', '-a']) {
    test(`rejects the name ${JSON.stringify(name)}`, () => {
      expect(() => createVolume(rootsIn('/nonexistent'), { ...volume, name })).toThrow(
        expect.objectContaining({ code: 'volume' }),
      )
    })
  }
})

describe('takeVolumeAway()', () => {
  test('takes the volume out of view, whose content sweepRemovedVolumes() leaves to a process that lives', async () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    writeFileSync(join(createVolume(roots, volume), 'own'), '')
    mkdirSync(join(removedVolumesFolder(roots), 'tmp-999999-1-1/_data'), { recursive: true })
    const content = takeVolumeAway(roots, 'p_data') ?? ''
    expect(existsSync(volumeLayout(roots, 'p_data').folder)).toBe(false)
    await sweepRemovedVolumes(roots)
    expect(readdirSync(removedVolumesFolder(roots))).toEqual([basename(content)])
    expect(existsSync(join(content, '_data/own'))).toBe(true)
  })

  test('is done with a volume that does not exist', () => {
    using root = temporaryFolder()
    expect(takeVolumeAway(rootsIn(root.path), 'none')).toBeUndefined()
  })
})
