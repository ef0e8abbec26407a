import { isObject, objectsAt, parseJsonObject, textAt } from '../base/json-reader.ts'
import type { HttpReply } from './http-client.ts'

/** What a registry says of its refusal, by the distribution specification's error document. */
export interface Explanation {
  /** E.g. `MANIFEST_UNKNOWN`; undefined where it names none. */
  readonly code: string | undefined
  /** Its words in brackets, with a blank before; empty if it says nothing that can be read. */
  readonly text: string
}

const LARGEST_EXPLANATION = 64 * 1024
const NOTHING: Explanation = { code: undefined, text: '' }

/** Reads the body of a refusal. */
export async function readExplanation(reply: HttpReply): Promise<Explanation> {
  try {
    const bytes = await reply.bytes(LARGEST_EXPLANATION)
    if (bytes === undefined) return NOTHING
    const answer = parseJsonObject(bytes, 'answer')
    const [first] = objectsAt(answer, 'errors')
    const message = isObject(first) ? textAt(first, 'message') : textAt(answer, 'details')
    const code = isObject(first) ? textAt(first, 'code') : undefined
    return { code, text: message ? ` ("${message.slice(0, 200)}")` : '' }
  } catch {
    return NOTHING
  }
}
