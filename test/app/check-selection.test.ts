import { expect, test } from 'vitest'
import { checkSelection } from '../../src/app/check-selection.ts'
import { desiredOf } from '../../src/app/desired-of.ts'
import { loadMemory } from '../support/memory-project.ts'

const CLASH = `
name: shop
services:
  old: {image: a, container_name: web}
  new: {image: a, container_name: web}
`
const INTERVAL = `
name: shop
services:
  good: {image: a, healthcheck: {test: "true", start_interval: 1s, start_period: 9s}}
  bad: {image: a, healthcheck: {test: "true", start_interval: 1s}}
`
const table = [
  {
    what: 'two services of one container name',
    compose: CLASH,
    services: [],
    says: 'container name "web" is already in use by service new',
  },
  { what: 'one of them', compose: CLASH, services: ['new'], says: undefined },
  {
    what: 'a start interval without a start period',
    compose: INTERVAL,
    services: [],
    says: 'healthcheck.start_interval requires healthcheck.start_period to be set',
  },
  { what: 'a start interval in a start period', compose: INTERVAL, services: ['good'], says: undefined },
]
for (const { what, compose, services, says } of table) {
  test(`checkSelection() ${says === undefined ? 'takes' : 'refuses'} ${what}`, () => {
    const { value } = loadMemory({ files: { 'compose.yaml': compose }, request: { services } })
    if (value === undefined) throw new Error('the file is not good')
    const errors = checkSelection(desiredOf(value, { services, noDeps: false, scale: new Map() }))
    expect(errors.map(({ message }) => message)).toEqual(
      says === undefined ? [] : [expect.stringContaining(says)],
    )
  })
}
