import { expect, test } from 'vitest'
import { orphanOptions } from '../../src/app/orphan-options.ts'
import { loadMemory } from '../support/memory-project.ts'

const COMPOSE = { 'compose.yaml': 'services: {web: {image: a}}\n' }

for (const { given, environment = {}, files = {}, flag = false, remove, ignore } of [
  { given: 'nothing', remove: false, ignore: false },
  { given: 'the flag', flag: true, remove: true, ignore: false },
  {
    given: 'COMPOSE_REMOVE_ORPHANS=1',
    environment: { COMPOSE_REMOVE_ORPHANS: '1' },
    remove: true,
    ignore: false,
  },
  {
    given: 'COMPOSE_REMOVE_ORPHANS=0',
    environment: { COMPOSE_REMOVE_ORPHANS: '0' },
    remove: false,
    ignore: false,
  },
  {
    given: 'COMPOSE_IGNORE_ORPHANS=True',
    environment: { COMPOSE_IGNORE_ORPHANS: 'True' },
    remove: false,
    ignore: true,
  },
  {
    given: 'COMPOSE_REMOVE_ORPHANS=true in .env',
    files: { '.env': 'COMPOSE_REMOVE_ORPHANS=true\n' },
    remove: true,
    ignore: false,
  },
  {
    given: 'COMPOSE_IGNORE_ORPHANS=y in .env',
    files: { '.env': 'COMPOSE_IGNORE_ORPHANS=y\n' },
    remove: false,
    ignore: true,
  },
]) {
  test(`orphanOptions() follows ${given}`, () => {
    const { value } = loadMemory({ files: { ...COMPOSE, ...files }, environment })
    expect(orphanOptions(value, flag)).toEqual({ removeOrphans: remove, ignoreOrphans: ignore })
  })
}
