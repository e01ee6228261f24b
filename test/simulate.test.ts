import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../scripts/simulate/main.ts', import.meta.url))
/** In a process of its own, whose clock and disk the simulation takes over. */
const simulate = (...args: string[]) => execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })

test('whatever goes wrong, nothing is sent without a yes, lost, sent twice or left behind', () => {
  expect(simulate('--seed', '1', '--runs', '200')).toMatch(/^200 runs from seed 1 on, \d{3,} events stored/)
}, 180_000)

test.each([30138539, 261184745, 497436291, 535340326])(
  'a run that once went wrong is right (seed %i)',
  (seed) => {
    expect(simulate('--seed', `${seed}`, '--runs', '1')).toContain(`1 runs from seed ${seed} on`)
  },
)

test('a run follows from its seed', () => {
  const story = simulate('--seed', '7', '--runs', '1')
  expect(story).toMatch(/the person speaks/)
  expect(simulate('--seed', '7', '--runs', '1')).toBe(story)
})
