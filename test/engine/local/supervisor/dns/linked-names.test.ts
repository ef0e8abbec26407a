import { expect, test } from 'vitest'
import { linkedNames, withLinkedNames } from '../../../../../src/engine/local/supervisor/dns/linked-names.ts'
import type { KnownName } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import { NO_RECORDS } from '../../../../../src/engine/local/supervisor/dns/record-set.ts'
import { foldCase, wireName } from '../../../../../src/engine/local/supervisor/dns/wire-name.ts'

const wire = (name: string) => foldCase(wireName(name) ?? '')
const known = (): KnownName => ({ kind: 'name', ipv4: NO_RECORDS, ipv6: NO_RECORDS })
const [db, cache] = [known(), known()]
const view = new Map([
  [wire('db'), db],
  [wire('db.shop_default'), db],
  [wire('cache'), cache],
])

const linked = withLinkedNames(
  view,
  linkedNames(
    new Map([
      ['Sql', 'db'],
      ['cache', 'DB'],
      ['far', 'other-redis-1'],
      ['bad..alias', 'db'],
    ]),
    ['shop_default'],
  ),
)

test('withLinkedNames() finds what a link leads to, in any case and behind the name of a network', () => {
  expect(linked.get(wire('sql'))).toBe(db)
  expect(linked.get(wire('sql.shop_default'))).toBe(db)
})

test('withLinkedNames() hides the name that an alias is', () => {
  expect(linked.get(wire('cache'))).toBe(db)
})

test('withLinkedNames() does not know an alias of what is not on the network, and leaves other names as they are', () => {
  expect(linked.get(wire('far'))).toEqual({ kind: 'absent' })
  expect(linked.get(wire('db'))).toBe(db)
  expect(linked.get(wire('elsewhere'))).toBeUndefined()
})

test('withLinkedNames() of no links is the view itself', () => {
  expect(withLinkedNames(view, undefined)).toBe(view)
})
