import { expect, test } from 'vitest'
import { exportFromServer } from '../src/rights/rights.ts'
import { grantedHome } from './homes.ts'
import { Receiver, WithoutEnd } from './receiver.ts'
import { hostOf } from './sending.ts'

test('an answer without end is read no further than a whole export takes', async () => {
  using home = await grantedHome([])
  await using receiver = await Receiver.start()
  const endless = new WithoutEnd()
  receiver.answer = endless.answer
  expect(await exportFromServer(hostOf(home, receiver.url))).toMatchObject({ outcome: 'failed' })
  expect(endless.written).toBeLessThan(32 * 1024 * 1024)
})
