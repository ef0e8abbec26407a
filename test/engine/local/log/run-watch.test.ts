import { describe, expect, test } from 'vitest'
import type { PastEnd } from '../../../../src/engine/local/log/past-ends.ts'
import { RunWatch } from '../../../../src/engine/local/log/run-watch.ts'
import type { ContainerState } from '../../../../src/model/observed-state.ts'

function running(startedAt: number): ContainerState {
  return { kind: 'running', pid: 1, startedAt }
}

function exited(exitCode: number | undefined, finishedAt: number | undefined): ContainerState {
  return { kind: 'exited', exitCode, finishedAt, outOfMemory: false }
}

function watchOf(past: readonly PastEnd[] = []): RunWatch {
  return new RunWatch((after, before) =>
    past.filter(({ finishedAt }) => finishedAt > after && finishedAt < before),
  )
}

describe('RunWatch', () => {
  test('finds each end once, and none that it began with', () => {
    const watch = watchOf()
    watch.begin(exited(1, 10))
    const looks = [exited(1, 10), running(20), exited(2, 30), exited(2, 30)].map(state => watch.look(state))
    expect(looks.flatMap(({ ends }) => ends)).toEqual([{ exitCode: 2, isRestarting: false, finishedAt: 30 }])
    expect(looks.map(({ isLive }) => isLive)).toEqual([false, true, false, false])
  })

  test('finds an end that another run has followed before the next look', () => {
    const missed = { exitCode: 7, isRestarting: true, finishedAt: 20 }
    const watch = watchOf([{ ...missed, finishedAt: 5 }, missed])
    watch.begin(exited(0, 6))
    watch.look(running(10))
    expect(watch.look(running(30)).ends).toEqual([missed])
    expect(watch.look(running(30)).ends).toEqual([])
  })

  test('takes a container between two runs for live, and one that was never started not', () => {
    const watch = watchOf()
    expect(watch.look({ kind: 'created' }).isLive).toBe(false)
    watch.look({ kind: 'restarting', exitCode: 1, finishedAt: 10 })
    expect(watch.look({ kind: 'created' })).toEqual({ ends: [], isLive: true, isPending: false })
  })

  test('waits a while for an end to be written down', () => {
    const watch = watchOf()
    watch.look(running(10))
    const looks = Array.from({ length: 21 }, () => watch.look(exited(undefined, undefined)))
    expect(looks.filter(({ isPending }) => isPending)).toHaveLength(20)
    expect(looks.at(-1)).toMatchObject({ isLive: false, ends: [{ exitCode: undefined }] })
  })

  test('finds that a keeper was lost once', () => {
    const watch = watchOf()
    watch.look(running(10))
    const orphaned: ContainerState = { kind: 'orphaned', pid: 1, startedAt: 10 }
    expect(watch.look(orphaned)).toMatchObject({ isLive: false, ends: [{ exitCode: undefined }] })
    expect(watch.look(orphaned).ends).toEqual([])
  })
})
