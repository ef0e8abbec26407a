import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { assertNever } from '../../../../base/assert-never.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { ChangeWatcher } from '../../../../disk/change-watcher.ts'
import { readRecord, writeVolatileRecord } from '../../../../disk/record-file.ts'
import type { LogTarget, SyslogAddress } from '../../../../model/log-target.ts'
import { type LogMark, LogReader } from '../../log/log-reader.ts'
import type { ForwardedLine, LineOrigin } from './forwarded-line.ts'
import { journalMessage } from './journal-message.ts'
import { type MessageSender, openSender } from './message-sender.ts'
import { syslogMessage } from './syslog-message.ts'

export interface ForwardOptions {
  readonly target: LogTarget
  readonly origin: LineOrigin
  readonly logPath: string
  /** Where it is written down how far the log was passed on. */
  readonly markPath: string
  /** Where to begin without that. */
  readonly first: LogMark
  /** Takes an error after which it is tried again. */
  readonly onError: (error: unknown) => void
}

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000
/** Lines between two marks: so many are sent twice at most, by a supervisor that follows one that was killed. */
const LINES_PER_MARK = 200
/** What the log holds at the end of a run is passed on within this time, or at its next start. */
const LAST_LINES_MS = 1500

/**
 * Passes the lines of a log on, from where an earlier run left off, until disposed and what was written by then is sent.
 * No line is left out but those that were removed unread; where nobody takes them, they stay in the log until somebody
 * does.
 */
export function forwardLog(options: ForwardOptions): Disposable {
  const stopping = new AbortController()
  const giveUp = new AbortController()
  void run(options, stopping.signal, giveUp.signal).catch(options.onError)
  return {
    [Symbol.dispose]: () => {
      stopping.abort()
      setTimeout(() => giveUp.abort(), LAST_LINES_MS).unref()
    },
  }
}

async function run(options: ForwardOptions, stopping: AbortSignal, giveUp: AbortSignal): Promise<void> {
  const { logPath, markPath, onError } = options
  using watcher = new ChangeWatcher()
  let retryMs = FIRST_RETRY_MS
  for (let isOver = false; !isOver && !giveUp.aborted; ) {
    using reader = new LogReader(logPath, { from: readMark(markPath) ?? options.first })
    try {
      using sender = await openSender(addressOf(options.target))
      do {
        watcher.add(logPath)
        isOver = !(await watcher.changed(stopping))
        await passOn({ reader, sender, signal: giveUp }, options)
        retryMs = FIRST_RETRY_MS
      } while (!isOver)
    } catch (error) {
      isOver = false
      if (giveUp.aborted) return
      onError(error)
      await delay(retryMs, undefined, { signal: giveUp }).catch(() => {})
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)
      watcher.notice()
    }
  }
}

interface Passage {
  readonly reader: LogReader
  readonly sender: MessageSender
  readonly signal: AbortSignal
}

/** Sends what there is to read, and writes down how far that went. */
async function passOn(
  { reader, sender, signal }: Passage,
  { target, origin, markPath, onError }: ForwardOptions,
): Promise<void> {
  let sent: LogMark | undefined
  let lines = 0
  try {
    for (const line of reader.read()) {
      for (const piece of piecesOf(line)) await sendOne(messageOf(piece, origin, target))
      sent = reader.mark
      lines += 1
      if (lines % LINES_PER_MARK === 0) writeMark(markPath, sent)
    }
  } finally {
    if (sent !== undefined) writeMark(markPath, sent)
  }

  /** What nobody could ever take keeps no other line back. */
  async function sendOne(message: Buffer): Promise<void> {
    try {
      await sender.send(message, signal)
    } catch (error) {
      if (errnoNameOf(error) !== 'EMSGSIZE') throw error
      onError(error)
    }
  }
}

/** Characters of a message, of 48 KiB at most: a datagram has less than 64 KiB. */
const LONGEST_TEXT = 16 * 1024

function* piecesOf(line: ForwardedLine): Generator<ForwardedLine> {
  for (let at = 0; at < line.text.length || at === 0; at += LONGEST_TEXT) {
    const isLast = at + LONGEST_TEXT >= line.text.length
    yield { ...line, text: line.text.slice(at, at + LONGEST_TEXT), partial: line.partial || !isLast }
  }
}

function messageOf(line: ForwardedLine, origin: LineOrigin, target: LogTarget): Buffer {
  switch (target.kind) {
    case 'journald':
      return journalMessage(line, origin)
    case 'syslog':
      return Buffer.from(syslogMessage(line, origin, { ...target, hostname: hostname() }))
    default:
      return assertNever(target)
  }
}

const JOURNAL: SyslogAddress = { kind: 'unix', path: '/run/systemd/journal/socket' }

function addressOf(target: LogTarget): SyslogAddress {
  return target.kind === 'journald' ? JOURNAL : target.address
}

function readMark(path: string): LogMark | undefined {
  try {
    const { number, position } = readRecord(path, 1) ?? {}
    return typeof number === 'number' && typeof position === 'number' ? { number, position } : undefined
  } catch {
    // What cannot be read counts as absent: lines are sent again rather than not at all.
    return undefined
  }
}

/** A full disk, or a container that is gone, costs the mark alone. */
function writeMark(path: string, mark: LogMark): void {
  try {
    writeVolatileRecord(path, { version: 1, ...mark })
  } catch {
    // The next batch writes it again.
  }
}
