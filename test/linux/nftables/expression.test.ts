import { describe, expect, test } from 'vitest'
import {
  type Attributes,
  parseAttributeList,
  parseAttributes,
  textOf,
} from '../../../src/linux/netlink/attribute.ts'
import {
  counter,
  destinationNat,
  type Expression,
  masquerade,
  matchConnection,
  matchInterface,
  matchLocalDestination,
  matchPayload,
  matchProtocol,
  verdict,
} from '../../../src/linux/nftables/expression.ts'

const nothing = Buffer.alloc(0)

const cases: ReadonlyArray<{
  readonly what: string
  readonly expression: Expression
  readonly text: string
}> = [
  {
    what: 'matchInterface() compares a whole name with its NULs',
    expression: matchInterface('iifname', 'lo'),
    text: 'meta 1=00000001 2=00000006, cmp 1=00000001 2=00000000 3={1=6c6f0000000000000000000000000000}',
  },
  {
    what: 'matchInterface() compares a prefix',
    expression: matchInterface('oifname', 'tcb*', 'not-equal'),
    text: 'meta 1=00000001 2=00000007, cmp 1=00000001 2=00000001 3={1=746362}',
  },
  {
    what: 'matchProtocol() compares one byte',
    expression: matchProtocol(17),
    text: 'meta 1=00000001 2=00000010, cmp 1=00000001 2=00000000 3={1=11}',
  },
  {
    what: 'matchPayload() compares whole bytes',
    expression: matchPayload({ base: 'transport', offset: 2, value: Buffer.of(0x1f, 0x90) }),
    text: 'payload 1=00000001 2=00000002 3=00000002 4=00000002, cmp 1=00000001 2=00000000 3={1=1f90}',
  },
  {
    what: 'matchPayload() masks the bits that do not count',
    expression: matchPayload({ base: 'network', offset: 12, value: Buffer.of(10, 8, 16, 0), bits: 20 }),
    text: 'payload 1=00000001 2=00000001 3=0000000c 4=00000004, bitwise 1=00000001 2=00000001 3=00000004 4={1=fffff000} 5={1=00000000}, cmp 1=00000001 2=00000000 3={1=0a081000}',
  },
  {
    what: 'matchConnection() masks in the order of the machine',
    expression: matchConnection('status', 32),
    text: 'ct 1=00000001 2=00000002, bitwise 1=00000001 2=00000001 3=00000004 4={1=20000000} 5={1=00000000}, cmp 1=00000001 2=00000001 3={1=00000000}',
  },
  {
    what: 'matchLocalDestination() asks the routing table',
    expression: matchLocalDestination(),
    text: 'fib 1=00000001 2=00000003 3=00000002, cmp 1=00000001 2=00000000 3={1=02000000}',
  },
  {
    what: 'destinationNat() loads address and port',
    expression: destinationNat(Buffer.of(10, 8, 1, 2), Buffer.of(0, 80)),
    text: 'immediate 1=00000001 2={1=0a080102}, immediate 1=00000002 2={1=0050}, nat 1=00000001 2=00000002 3=00000001 5=00000002',
  },
  { what: 'masquerade() has no attribute', expression: masquerade(), text: 'masq ' },
  { what: 'counter() has no attribute', expression: counter(), text: 'counter ' },
  {
    what: 'verdict() drops',
    expression: verdict('drop'),
    text: 'immediate 1=00000000 2={2=0800010000000000}',
  },
  {
    what: 'verdict() accepts',
    expression: verdict('accept'),
    text: 'immediate 1=00000000 2={2=0800010000000001}',
  },
]

describe('expressions', () => {
  for (const { what, expression, text } of cases) {
    test(what, () => expect(describeExpressions(expression)).toBe(text))
  }
})

function describeExpressions(expression: Expression): string {
  return parseAttributeList(expression)
    .map(([, element]) => parseAttributes(element))
    .map(element => `${textOf(element.get(1))} ${describeData(parseAttributes(element.get(2) ?? nothing))}`)
    .join(', ')
}

/** Values in hex; one that starts like a list of one attribute is shown as that. */
function describeData(data: Attributes): string {
  return [...data].map(([type, value]) => `${type}=${describeValue(value)}`).join(' ')
}

function describeValue(value: Buffer): string {
  const inner = parseAttributes(value)
  if (inner.size === 0) return value.toString('hex')
  return `{${[...inner].map(([type, bytes]) => `${type}=${bytes.toString('hex')}`).join(' ')}}`
}
