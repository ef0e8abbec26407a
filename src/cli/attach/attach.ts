import { loadRequested } from '../../app/find-project.ts'
import type { HookLine, LogEvent, Plan, RunFollower, RunHooks, StepEvent } from '../../app/index.ts'
import { kill } from '../../app/kill.ts'
import { stop } from '../../app/stop.ts'
import { up } from '../../app/up.ts'
import type { UpOptions } from '../../app/up-plan.ts'
import { type Millis, millisOf } from '../../base/millis.ts'
import { type ModelPath, servicePath } from '../../base/model-path.ts'
import { askYes } from '../ask-yes.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { hookLogLine } from '../views/hook-log-line.ts'
import { type LogText, logView } from '../views/log-view.ts'
import { type ProgressView, quietView } from '../views/progress-view.ts'
import { safeLine } from '../views/safe-text.ts'
import { writeLogEvents } from '../write-log-events.ts'
import { type AbortMode, AbortRule } from './abort-rule.ts'
import {
  type AttachedServices,
  type AttachOptions,
  attachedContainers,
  attachedServices,
} from './attached-services.ts'
import { AttachedWatch, type AttachedWatchOptions } from './attached-watch.ts'
import { Menu, type Shortcut } from './menu.ts'
import { StopCountdown } from './stop-countdown.ts'

/** How often the seconds that are left are shown anew. */
const REDRAW_MS = 250

/** The options of `up` that say what its logs look like. */
export interface AttachValues extends AttachOptions {
  readonly color: boolean
  readonly logPrefix: boolean
  readonly timestamps?: boolean
  readonly quietPull?: boolean
  readonly quietBuild?: boolean
  readonly timeout?: Millis
}

/** An `up` that shows logs. */
export interface AttachedCall {
  /** Services as the user named them; empty is all. */
  readonly services: readonly string[]
  readonly values: AttachValues
  readonly options: UpOptions
  /** Undefined continues until the last container has ended. */
  readonly abort: AbortMode | undefined
  /** Watch files once everything is started. */
  readonly watches: boolean
  /** Take keys: `w` switches watching on and off, `d` leaves the containers running. */
  readonly hasMenu: boolean
}

/**
 * Brings the project up and shows what its containers write, from before the first one starts until the last one has
 * ended. The first Ctrl-C stops what has been started, whether all has or not, and the second kills it; both make the
 * exit code that of an interrupt. A terminal shows meanwhile what is still stopping, and when it will be killed.
 */
export async function attach(given: CommandContext, call: AttachedCall): Promise<number> {
  const menu = call.hasMenu || showsCountdown(given) ? new Menu(given.ports) : undefined
  const context = menu === undefined ? given : { ...given, ports: menu.ports }
  const attached = await attachedServices(context.ports.call, context.request, call)
  using _menu = menu
  return await new AttachedRun({ context, call, attached, menu }).run()
}

function showsCountdown({ ports, settings }: CommandContext): boolean {
  return settings.progress === 'tty' && ports.stdout.isTerminal
}

interface Attachment {
  readonly context: CommandContext
  readonly call: AttachedCall
  readonly attached: AttachedServices
  readonly menu: Menu | undefined
}

class AttachedRun {
  readonly #attachment: Attachment
  readonly #rule: AbortRule
  /** Aborts when everything is to stop, for whatever reason. */
  readonly #halt = new AbortController()
  /** Aborts when no step of the plan can start a container any more. */
  readonly #settled = new AbortController()
  /** Aborts when no more is to be shown. */
  readonly #silence = new AbortController()
  readonly #started = new Set<string>()
  /** Everything has been started. */
  #isUp = false
  #plan: Plan | undefined
  #isAnnounced = false
  readonly #watch: AttachedWatch
  /** Aborts when the logs are left, and what runs stays. */
  readonly #detach = new AbortController()
  #view: ProgressView = quietView
  /** Undefined until logs are shown. */
  #format: ((event: LogEvent) => LogText) | undefined
  /** Undefined until the first step is about to run. */
  #shown: Promise<void> | undefined

  constructor(attachment: Attachment) {
    this.#attachment = attachment
    this.#rule = new AbortRule(attachment.call.abort)
    const { context, call, menu } = attachment
    this.#watch = new AttachedWatch(context, {
      services: call.services,
      quietBuild: call.values.quietBuild ?? false,
      write: text => this.#view.write(context.ports.stdout, text),
      ask: askOf(context, call.hasMenu ? menu : undefined),
    })
  }

  async run(): Promise<number> {
    const { interrupts, stdout } = this.#attachment.context.ports
    onAbort(interrupts.first, () => this.#interrupt())
    const code = await this.#bringUp()
    if (this.#shown === undefined) return interrupts.first.aborted ? interrupts.exitCode : code
    this.#isUp = code === EXIT.done
    this.#settled.abort()
    if (code === EXIT.done) this.#announce()
    else await this.#showRest()
    const isOver = code !== EXIT.done && !this.#halt.signal.aborted
    if (this.#isUp) this.#takeOver()
    await Promise.race([this.#shown, aborted(this.#halt.signal), aborted(this.#detach.signal)])
    this.#attachment.menu?.hide()
    await this.#watch.stop()
    if (this.#halt.signal.aborted) await this.#stop()
    else if (this.#detach.signal.aborted) return await this.#leave()
    if (interrupts.first.aborted) return interrupts.exitCode
    // As for docker compose, whose process dies of SIGPIPE: containers outlive the reader of their logs.
    if (stdout.failure !== undefined) return EXIT.failed
    return isOver ? code : this.#rule.exitCode
  }

  /** Everything is started: from here on files are watched and keys are taken. */
  #takeOver(): void {
    const { call, menu } = this.#attachment
    if (call.watches) this.#watch.start()
    if (call.hasMenu) menu?.show(this.#shortcuts())
  }

  #shortcuts(): readonly Shortcut[] {
    return [
      {
        key: 'w',
        text: () => (this.#watch.isOn ? 'Disable Watch' : 'Enable Watch'),
        press: () => {
          if (this.#watch.isOn) void this.#watch.stop()
          else this.#watch.start()
        },
      },
      { key: 'd', text: () => 'Detach', press: () => this.#detach.abort() },
    ]
  }

  async #leave(): Promise<number> {
    this.#silence.abort()
    await this.#shown
    return EXIT.done
  }

  async #bringUp(): Promise<number> {
    const { context, call } = this.#attachment
    const { options, values } = call
    const { ports, request } = context
    return await runWithProgress(context, {
      title: 'up',
      signal: this.#halt.signal,
      quietPull: values.quietPull ?? false,
      quietBuild: values.quietBuild ?? false,
      run: (hooks, view) => {
        this.#view = view
        const watched = { ...this.#watched(hooks), follow: this.#follower() }
        return ports.call(up, { request, options, hooks: watched })
      },
    })
  }

  #watched(hooks: RunHooks): RunHooks {
    return {
      ...hooks,
      onPlan: plan => {
        this.#plan = plan
        hooks.onPlan(plan)
      },
      ...this.#heardHooks({
        ...hooks,
        onEvent: event => {
          this.#noteStart(event)
          hooks.onEvent(event)
        },
      }),
    }
  }

  #heardHooks({ onEvent }: RunHooks): Pick<RunHooks, 'onEvent'> {
    return {
      onEvent: event => {
        if (event.kind === 'hook-line') this.#showHook(event)
        onEvent(event)
      },
    }
  }

  #showHook(line: HookLine): void {
    const { context, attached } = this.#attachment
    const { stdout, stderr } = context.ports
    if (this.#format === undefined || attached.silent.includes(line.service)) return
    const { stream, text } = this.#format(hookLogLine(line, Date.now()))
    this.#view.write(stream === 'stdout' ? stdout : stderr, text)
  }

  #noteStart({ kind, step: { action } }: StepEvent): void {
    if (kind !== 'step-started' || action.kind !== 'start-container') return
    this.#started.add(action.replica.service)
    this.#announce()
  }

  #follower(): RunFollower {
    const { context, call, attached } = this.#attachment
    return {
      services: call.services.length === 0 ? [] : attached.services.map(({ name }) => name),
      silent: attached.silent,
      hold: this.#settled.signal,
      signal: this.#silence.signal,
      onFollowed: events => {
        context.ports.interrupts.hold()
        this.#shown = this.#show(events)
      },
    }
  }

  async #show(events: AsyncIterable<LogEvent>): Promise<void> {
    const { context, call, attached } = this.#attachment
    const { ports, settings } = context
    const names = attachedContainers(attached, this.#plan).map(({ name }) => name)
    this.#format = logView(names, {
      isColored: call.values.color && settings.isOutputColored,
      hasPrefix: call.values.logPrefix,
      hasTimestamps: call.values.timestamps ?? false,
    })
    await writeLogEvents(ports, this.#heard(events), {
      format: this.#format,
      write: (output, text) => this.#view.write(output, text),
    })
  }

  /** Leaves out the ends of services that are silent. An end is shown before anything is done about it. */
  async *#heard(events: AsyncIterable<LogEvent>): AsyncGenerator<LogEvent, void, undefined> {
    const silent = new Set(this.#attachment.attached.silent)
    for await (const event of events) {
      if (!silent.has(event.service)) yield event
      if (event.kind === 'end' && this.#rule.take(event)) this.#abort()
    }
  }

  #announce(): void {
    if (this.#isAnnounced) return
    this.#isAnnounced = true
    const labels = attachedContainers(this.#attachment.attached, this.#plan).map(({ label }) => label)
    if (labels.length === 0) return
    this.#view.write(this.#attachment.context.ports.stdout, `Attaching to ${safeLine(labels.join(', '))}\n`)
  }

  #abort(): void {
    if (this.#halt.signal.aborted) return
    this.#view.write(this.#attachment.context.ports.stderr, 'Aborting on container exit...\n')
    this.#halt.abort()
  }

  #interrupt(): void {
    const { ports, request } = this.#attachment.context
    const { interrupts, stderr } = ports
    if (this.#shown !== undefined) {
      this.#view.write(stderr, 'Gracefully stopping... (press Ctrl+C again to force)\n')
      onAbort(interrupts.second, () => {
        const killed = ports.call(kill, request, { services: this.#services(), signal: 'SIGKILL' })
        // The concurrent stop reports what it could not end.
        killed.catch(() => {})
      })
    }
    this.#halt.abort()
  }

  /** Shows the output and the ends until now. */
  async #showRest(): Promise<void> {
    if (this.#halt.signal.aborted) return
    this.#silence.abort()
    await this.#shown
  }

  /** Logs continue meanwhile, and a redrawn picture would overwrite them. */
  async #stop(): Promise<void> {
    const { context, call } = this.#attachment
    const { settings, ports } = context
    const timeout = ports.interrupts.second.aborted ? millisOf(0) : call.values.timeout
    const plain = settings.progress === 'tty' ? { ...settings, progress: 'plain' as const } : settings
    const countdown = await this.#countdown()
    const leave = new AbortController()
    using _shown = this.#showCountdown(countdown, () => leave.abort())
    await runWithProgress(
      { ...context, settings: plain },
      {
        title: 'stop',
        signal: leave.signal,
        run: hooks => {
          const onEvent = (event: StepEvent): void => {
            countdown.take(event)
            hooks.onEvent(event)
          }
          return ports.call(stop, {
            request: context.request,
            options: { services: this.#services(), timeout },
            hooks: { ...hooks, ...this.#heardHooks({ ...hooks, onEvent }) },
          })
        },
      },
    )
    this.#silence.abort()
    await this.#shown
  }

  async #countdown(): Promise<StopCountdown> {
    const { ports, request } = this.#attachment.context
    const { project } = await ports.call(loadRequested, request)
    const graces = [...(project?.services ?? [])].flatMap(
      ([name, { stopGracePeriod }]): readonly (readonly [ModelPath, number])[] =>
        stopGracePeriod === undefined ? [] : [[servicePath(name), stopGracePeriod]],
    )
    return new StopCountdown({ project: this.#plan?.project ?? '', graces: new Map(graces), now: ports.now })
  }

  /** Who leaves does not wait for the ends: what has its signal ends by itself, however long that takes. */
  #showCountdown(countdown: StopCountdown, leave: () => void): Disposable {
    const { menu, context } = this.#attachment
    const { interrupts, every } = context.ports
    if (menu === undefined || !showsCountdown(context)) return { [Symbol.dispose]: () => {} }
    const stack = new DisposableStack()
    menu.show(
      [
        { key: 'Ctrl-C', text: () => 'Kill now', press: () => {} },
        { key: 'd', text: () => 'Detach', press: leave },
      ],
      columns => countdown.text(columns, interrupts.second.aborted),
    )
    stack.defer(() => menu.hide())
    stack.defer(every(REDRAW_MS, () => menu.redraw()))
    return stack
  }

  /** What an interrupt of the start leaves half-way is stopped too, though it was not named. */
  #services(): readonly string[] {
    const { services } = this.#attachment.call
    if (services.length === 0 || this.#isUp) return services
    return [...new Set([...services, ...this.#started])]
  }
}

/** Keys are the menu's where there is one. */
function askOf(context: CommandContext, menu: Menu | undefined): AttachedWatchOptions['ask'] {
  if (menu !== undefined) return question => menu.ask(question)
  const { isInputTerminal, stdout } = context.ports
  return isInputTerminal && stdout.isTerminal ? question => askYes(context, question) : undefined
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => onAbort(signal, resolve))
}

function onAbort(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action()
  else signal.addEventListener('abort', action, { once: true })
}
