import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { askSecret, type SecretInput } from '../../src/cli/ask-secret.ts'
import { recordedOutput } from '../support/cli-ports.ts'

class Keyboard extends EventEmitter implements SecretInput {
  readonly modes: boolean[] = []
  readonly #keys: readonly string[]

  constructor(keys: readonly string[]) {
    super()
    this.#keys = keys
  }

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw)
  }

  resume(): void {
    for (const key of this.#keys) this.emit('data', Buffer.from(key))
  }

  pause(): void {}
}

const typings: ReadonlyArray<{
  readonly what: string
  readonly keys: readonly string[]
  readonly secret: string
}> = [
  { what: 'what is typed key by key', keys: ['a', 'b', '\r'], secret: 'ab' },
  { what: 'what is pasted', keys: ['a b:c\n'], secret: 'a b:c' },
  { what: 'what is left after erasing', keys: ['abx\u007f', 'cyy', '\u0008\u007f\r'], secret: 'abc' },
  { what: 'what follows a line that was thrown away', keys: ['abc\u0015d\r'], secret: 'd' },
  { what: 'letters of several bytes, erased whole', keys: ['äß😀\u007f\r'], secret: 'äß' },
  { what: 'nothing at the end of the input', keys: ['\u0004'], secret: '' },
]

for (const { what, keys, secret } of typings) {
  test(`askSecret() returns ${what} and shows nothing of it`, async () => {
    const keyboard = new Keyboard(keys)
    const output = recordedOutput()
    expect(await askSecret('Password: ', keyboard, output)).toBe(secret)
    expect(output.text).toBe('Password: \n')
    expect(keyboard.modes).toEqual([true, false])
    expect(keyboard.listenerCount('data')).toBe(0)
  })
}
