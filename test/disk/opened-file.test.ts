import { constants, existsSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { closedLater } from '../../src/disk/opened-file.ts'
import { eventually } from '../support/eventually.ts'

test('closedLater() closes all descriptors, however many wait for it', async () => {
  const files = Array.from({ length: 900 }, () => closedLater(openSync('/', constants.O_DIRECTORY)))
  for (const file of files) file[Symbol.dispose]()
  await eventually(async () =>
    expect(files.filter(({ fd }) => existsSync(`/proc/self/fd/${fd}`)).length).toBeLessThan(10),
  )
})
